//! The specification curve of a coefficient (Simonsohn, Simmons and Nelson 2020, Nature Human Behaviour 4,
//! 1208-1214): its estimates under all specifications, sorted, with their intervals, over a grid that says
//! which choices each was made with.

use vintner_panel::Label;

use super::axis::Range;
use super::colour::Colour;
use super::drawing::{Anchor, Drawing, Form, MARGIN, SMALL, Stroke, at};
use super::text_width::{minus, text_width};
use super::words::{FigureWords, number};
use crate::number_format::{fixed, percent};
use crate::printed_number::PrintedNumber;
use crate::specification::{Specification, SpecifiedCoefficient};

/// Where the plot begins and ends; names of choices stand before it.
const LEFT: f64 = 250.0;
const RIGHT: f64 = 745.0;
const HEIGHT: f64 = 180.0;
/// Height of a row of the grid.
const ROW: f64 = 14.0;
const MARK: f64 = 3.4;

/// The specification curve of one coefficient.
#[derive(Debug, Clone, PartialEq)]
pub struct SpecificationCurve<'a> {
    points: Vec<(&'a Specification, &'a SpecifiedCoefficient)>,
    /// Specifications without an estimate of it.
    missing: usize,
    published: Option<&'a PrintedNumber>,
    level: f64,
}

impl<'a> SpecificationCurve<'a> {
    /// The curve of `regressor` in `equation`; marks are filled where the p-value is below `level`.
    pub fn new(
        specifications: &'a [Specification],
        equation: &str,
        regressor: &str,
        published: Option<&'a PrintedNumber>,
        level: f64,
    ) -> Self {
        let of_equation: Vec<&Specification> =
            specifications.iter().filter(|one| one.equation == equation).collect();
        let mut points: Vec<(&Specification, &SpecifiedCoefficient)> =
            of_equation.iter().filter_map(|one| Some((*one, one.coefficient(regressor)?))).collect();
        // Stable, so that equal estimates stand in the order of the specifications.
        points.sort_by(|(_, one), (_, other)| one.estimate.total_cmp(&other.estimate));
        Self { missing: of_equation.len() - points.len(), points, published, level }
    }

    /// Lays the picture out. `title` says what the coefficient is of.
    pub fn draw(&self, title: String, words: &FigureWords, synthetic: bool) -> Drawing {
        let models = distinct(self.points.iter().map(|(one, _)| &one.model));
        let errors = distinct(self.points.iter().map(|(one, _)| &one.errors));
        let (mut drawing, top) = Drawing::begin(title, words, synthetic);
        let plot = Plot { bottom: top + HEIGHT, range: self.range() };
        self.draw_scale(&mut drawing, &plot, words);
        // Numbers of estimates outside the plot that stand side by side get lines of their own.
        let mut outside = 0;
        for (rank, (specification, coefficient)) in self.points.iter().enumerate() {
            outside = if plot.range.holds(coefficient.estimate) { 0 } else { outside + 1 };
            let line = f64::from((outside + 2) % 3);
            plot.draw_point(&mut drawing, self.x(rank), specification, coefficient, (self.level, line));
        }
        let mut y = plot.bottom + 22.0;
        for (heading, choices, of) in [
            ("curve_model", models, (|one: &Specification| &one.model) as fn(&Specification) -> &Label),
            ("curve_errors", errors, |one: &Specification| &one.errors),
        ] {
            drawing.put(at(MARGIN, y), Anchor::Start, words.say(heading, &[])).bold();
            for choice in choices {
                y += ROW;
                let name = words.of(choice);
                drawing.put(at(18.0, y), Anchor::Start, name).within(LEFT - 24.0);
                drawing.line(at(LEFT, y), at(RIGHT, y), Stroke::FAINT);
                for (rank, (specification, _)) in self.points.iter().enumerate() {
                    if of(specification) == choice {
                        drawing.mark(at(self.x(rank), y), 2.4, Form::Dot, Colour::STRONG, Stroke::WEAK);
                    }
                }
            }
            y += 1.5 * ROW;
        }
        drawing.height = y - 0.5 * ROW;
        let said = self.description(drawing.title(), words);
        drawing.describe(said);
        drawing
    }

    fn x(&self, rank: usize) -> f64 {
        let step = (RIGHT - LEFT) / self.points.len().max(1) as f64;
        LEFT + step * (rank as f64 + 0.5)
    }

    fn range(&self) -> Range {
        let estimates: Vec<f64> = self.points.iter().map(|(_, one)| one.estimate).collect();
        let intervals: Vec<(f64, f64)> =
            self.points.iter().filter_map(|(_, one)| Some((one.low?, one.high?))).collect();
        let published: Vec<f64> = self.published.map(PrintedNumber::value).into_iter().collect();
        Range::of_estimates(&estimates, &intervals, &published)
    }

    fn draw_scale(&self, drawing: &mut Drawing, plot: &Plot, words: &FigureWords) {
        let (ticks, decimals) = plot.range.ticks(7.0);
        for tick in ticks {
            let y = plot.y(tick);
            let stroke = if tick == 0.0 { Stroke::WEAK } else { Stroke::FAINT };
            drawing.line(at(LEFT, y), at(RIGHT, y), stroke);
            drawing.put(at(LEFT - 6.0, y), Anchor::End, minus(&fixed(tick, decimals)));
        }
        if let Some(published) = self.published
            && plot.range.holds(published.value())
        {
            let y = plot.y(published.value());
            drawing.line(at(LEFT, y), at(RIGHT, y), Stroke::dashed(Colour::STRONG, 1.2));
            let text = format!("{} {}", words.say("published", &[]), minus(published.text()));
            // Clear of the scale's numbers.
            let place = at((LEFT - 44.0 - text_width(&text, 11.0)).max(MARGIN), y);
            drawing.put(place, Anchor::Start, text);
        }
    }

    fn description(&self, title: &str, words: &FigureWords) -> String {
        let significant_ones = |positive: bool| {
            let of_sign = |one: &SpecifiedCoefficient| (one.estimate > 0.0) == positive;
            let points = self.points.iter();
            points
                .filter(|(_, one)| of_sign(one) && one.p_value.is_some_and(|p| p < self.level))
                .count()
                .to_string()
        };
        let count = self.points.len().to_string();
        let mut text = words.say("curve_description", &[("title", title), ("n", &count)]);
        if let (Some((_, first)), Some((_, last))) = (self.points.first(), self.points.last()) {
            text.push_str(&words.say(
                "curve_range",
                &[
                    ("first", &number(first.estimate)),
                    ("last", &number(last.estimate)),
                    ("level", &percent(self.level)),
                    ("positive", &significant_ones(true)),
                    ("negative", &significant_ones(false)),
                ],
            ));
        }
        if let Some(published) = self.published {
            text.push_str(&words.say("curve_published", &[("value", &minus(published.text()))]));
        }
        if self.missing > 0 {
            text.push_str(&words.say("curve_missing", &[("n", &self.missing.to_string())]));
        }
        text.push_str(&words.say("curve_marks", &[]));
        text
    }
}

/// The plot over the grid.
struct Plot {
    bottom: f64,
    range: Range,
}

impl Plot {
    fn y(&self, value: f64) -> f64 {
        self.bottom - self.range.share(value) * HEIGHT
    }

    fn draw_point(
        &self,
        drawing: &mut Drawing,
        x: f64,
        specification: &Specification,
        coefficient: &SpecifiedCoefficient,
        (level, line): (f64, f64),
    ) {
        let range = self.range;
        if let (Some(low), Some(high)) = (coefficient.low, coefficient.high) {
            let [top, bottom] = [high, low].map(|value| at(x, self.y(range.nearest(value))));
            drawing.line(top, bottom, Stroke::WEAK);
            if high > range.high {
                drawing.cut(top, (0.0, -1.0), Stroke::WEAK);
            }
            if low < range.low {
                drawing.cut(bottom, (0.0, 1.0), Stroke::WEAK);
            }
        }
        let within = range.nearest(coefficient.estimate);
        let place = at(x, self.y(within));
        let form = if specification.baseline { Form::Diamond } else { Form::Dot };
        let filled = coefficient.p_value.is_some_and(|p| p < level);
        let fill = if filled { Colour::BLUE } else { Colour::WHITE };
        drawing.mark(place, MARK, form, fill, Stroke::new(Colour::STRONG, 1.0));
        if within != coefficient.estimate {
            let away = if within < coefficient.estimate { 1.0 } else { -1.0 };
            // Towards the middle, so that it keeps off the scale's numbers and the edge.
            let (aside, anchor) =
                if x < (LEFT + RIGHT) / 2.0 { (5.0, Anchor::Start) } else { (-5.0, Anchor::End) };
            let beside = at(x + aside, place.y + away * (4.0 + 11.0 * line));
            drawing.put(beside, anchor, number(coefficient.estimate)).size(SMALL);
        }
    }
}

fn distinct<'a>(labels: impl Iterator<Item = &'a Label>) -> Vec<&'a Label> {
    let mut seen: Vec<&Label> = Vec::new();
    labels.for_each(|label| {
        if !seen.contains(&label) {
            seen.push(label);
        }
    });
    seen
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figures::drawing::Shape;
    use crate::figures::testing::{both, texts};
    use crate::specification::SpecificationOutcome;

    fn specification(model: &str, errors: &str, estimate: f64, half: f64, p: f64) -> Specification {
        Specification {
            equation: "1".into(),
            model: Label::new(model),
            errors: Label::new(errors),
            baseline: model == "within" && errors == "classical",
            outcome: SpecificationOutcome::Estimated {
                coefficients: vec![SpecifiedCoefficient {
                    regressor: "x".into(),
                    estimate,
                    std_error: Some(half / 2.0),
                    p_value: Some(p),
                    low: Some(estimate - half),
                    high: Some(estimate + half),
                }],
                n_obs: 10,
                notes: Vec::new(),
                left_out: Vec::new(),
            },
        }
    }

    fn curve_of(specifications: &[Specification]) -> Drawing {
        let published = PrintedNumber::parse("0.20").unwrap();
        let curve = SpecificationCurve::new(specifications, "1", "x", Some(&published), 0.1);
        curve.draw("Equation (1): x".into(), &FigureWords::default(), false)
    }

    #[test]
    fn every_specification_has_its_mark_and_its_choices() {
        let drawing = curve_of(&[
            specification("within", "classical", 0.2, 0.1, 0.01),
            specification("within", "clustered", 0.2, 0.5, 0.4),
            specification("random", "classical", -0.1, 0.1, 0.3),
        ]);
        let marks = |wanted: Form| {
            let of_form = |shape: &Shape| match shape {
                Shape::Mark { form, fill, .. } if *form == wanted => Some(*fill != Colour::WHITE),
                _ => None,
            };
            drawing.shapes.iter().filter_map(of_form).collect::<Vec<bool>>()
        };
        assert_eq!((marks(Form::Dot).len(), marks(Form::Diamond)), (2 + 2 * 3, vec![true]));
        both(&drawing);
        assert!(drawing.description().contains("1 are significantly positive"), "{}", drawing.description());
    }

    #[test]
    fn what_lies_far_out_is_cut_and_told() {
        let drawing = curve_of(&[
            specification("within", "classical", 0.2, 0.1, 0.01),
            specification("random", "classical", 0.25, 0.1, 0.01),
            specification("between", "classical", 0.3, 9.0, 0.9),
            specification("instruments", "classical", 500.0, 0.1, 0.9),
        ]);
        let cuts = drawing
            .shapes
            .iter()
            .filter(|shape| matches!(shape, Shape::Path { points, closed: false, .. } if points.len() == 3));
        assert_eq!(cuts.count(), 3, "both ends of one interval and one of the far estimate's");
        assert!(texts(&drawing).contains(&"500.0"));
        both(&drawing);
        assert!(drawing.svg().contains("published 0.20<"));
        assert!(drawing.tikz().contains("\\end{tikzpicture}"));
    }

    #[test]
    fn nothing_estimated_is_an_empty_plot() {
        let drawing = curve_of(&[]);
        assert!(drawing.description().contains("0 specifications"));
        assert!(drawing.svg().ends_with("</svg>\n"));
    }
}
