//! The specification curve of a coefficient (Simonsohn, Simmons and Nelson 2020, Nature Human Behaviour 4,
//! 1208-1214): its estimates under all specifications, sorted, with their intervals, over a grid that says
//! which choices each was made with.

use vintner_panel::Label;

use super::drawing::{Anchor, Drawing, Ink, Point, Shape};
use crate::number_format::{fixed, significant};
use crate::{PrintedNumber, Specification, SpecifiedCoefficient};

const WIDTH: f64 = 760.0;
/// Where the plot begins and ends; names of choices stand before it.
const LEFT: f64 = 250.0;
const RIGHT: f64 = 745.0;
const TOP: f64 = 34.0;
const BOTTOM: f64 = 244.0;
/// Height of a row of the grid.
const ROW: f64 = 15.0;
const MARK: f64 = 3.4;

/// The words of the picture.
#[derive(Debug, Clone, PartialEq)]
pub struct CurveLabels {
    /// What the coefficient is of: `Equation (2): lnAI -> lnEG`.
    pub title: String,
    /// Set in bold under the title where data are synthetic; empty otherwise.
    pub notice: String,
}

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

    /// Lays the picture out.
    pub fn draw(&self, labels: &CurveLabels) -> Drawing {
        let models = distinct(self.points.iter().map(|(one, _)| &one.model));
        let errors = distinct(self.points.iter().map(|(one, _)| &one.errors));
        let grid = BOTTOM + 22.0;
        let rows = models.len() + errors.len() + 2; // and a heading each
        let mut drawing = Drawing {
            width: WIDTH,
            height: grid + ROW * rows as f64 + 14.0,
            title: labels.title.clone(),
            description: self.description(labels),
            shapes: Vec::new(),
        };
        drawing.heading(Point { x: 8.0, y: 12.0 }, labels.title.clone());
        if !labels.notice.is_empty() {
            let at = Point { x: RIGHT, y: 12.0 };
            drawing.shapes.push(Shape::Text {
                at,
                anchor: Anchor::End,
                text: labels.notice.clone(),
                bold: true,
            });
        }
        let range = self.range();
        self.draw_scale(&mut drawing, &range);
        for (rank, (specification, coefficient)) in self.points.iter().enumerate() {
            self.draw_point(&mut drawing, &range, self.x(rank), specification, coefficient);
        }
        let mut y = grid;
        for (heading, choices, of) in [
            ("Model", models, (|one: &Specification| &one.model) as fn(&Specification) -> &Label),
            ("Standard errors", errors, |one: &Specification| &one.errors),
        ] {
            drawing.heading(Point { x: 8.0, y }, heading);
            for choice in choices {
                y += ROW;
                drawing.text(Point { x: 18.0, y }, Anchor::Start, choice.en.clone());
                drawing.line(Point { x: LEFT, y }, Point { x: RIGHT, y }, Ink::Faint);
                for (rank, (specification, _)) in self.points.iter().enumerate() {
                    if of(specification) == choice {
                        let at = Point { x: self.x(rank), y };
                        drawing.shapes.push(Shape::Dot { at, radius: 2.4, filled: true });
                    }
                }
            }
            y += 1.5 * ROW;
        }
        drawing
    }

    fn x(&self, rank: usize) -> f64 {
        let step = (RIGHT - LEFT) / self.points.len().max(1) as f64;
        LEFT + step * (rank as f64 + 0.5)
    }

    /// The values that the plot shows: all estimates, zero and what was published, save estimates so far out
    /// that nothing else could be read. Intervals may be cut off.
    fn range(&self) -> Range {
        let estimates: Vec<f64> = self.points.iter().map(|(_, one)| one.estimate).collect();
        let middle = median(&estimates);
        let spread = median(&estimates.iter().map(|value| (value - middle).abs()).collect::<Vec<_>>());
        let halves: Vec<f64> =
            self.points.iter().filter_map(|(_, one)| Some((one.high? - one.low?) / 2.0)).collect();
        let reach = 8.0 * (spread + median(&halves));
        let mut range = Range { low: 0.0, high: 0.0 };
        let near = |value: &f64| reach == 0.0 || (value - middle).abs() <= reach;
        let published = self.published.map(PrintedNumber::value);
        estimates.iter().chain(published.iter()).filter(|value| near(value)).for_each(|value| {
            range.low = range.low.min(*value);
            range.high = range.high.max(*value);
        });
        let hull = range;
        let wide = (hull.high - hull.low).max(median(&halves));
        for (_, one) in &self.points {
            for end in [one.low, one.high].into_iter().flatten() {
                if end > hull.low - 1.2 * wide && end < hull.high + 1.2 * wide {
                    range.low = range.low.min(end);
                    range.high = range.high.max(end);
                }
            }
        }
        if range.high <= range.low {
            range = Range { low: -1.0, high: 1.0 };
        }
        let margin = 0.04 * (range.high - range.low);
        Range { low: range.low - margin, high: range.high + margin }
    }

    fn draw_scale(&self, drawing: &mut Drawing, range: &Range) {
        let (ticks, decimals) = range.ticks();
        for tick in ticks {
            let y = range.y(tick);
            let ink = if tick == 0.0 { Ink::Weak } else { Ink::Faint };
            drawing.line(Point { x: LEFT, y }, Point { x: RIGHT, y }, ink);
            drawing.text(Point { x: LEFT - 6.0, y }, Anchor::End, minus(&fixed(tick, decimals)));
        }
        if let Some(published) = self.published
            && range.holds(published.value())
        {
            let y = range.y(published.value());
            drawing.shapes.push(Shape::Line {
                from: Point { x: LEFT, y },
                to: Point { x: RIGHT, y },
                ink: Ink::Strong,
                dashed: true,
            });
            drawing.text(
                Point { x: 8.0, y },
                Anchor::Start,
                format!("published {}", minus(published.text())),
            );
        }
    }

    fn draw_point(
        &self,
        drawing: &mut Drawing,
        range: &Range,
        x: f64,
        specification: &Specification,
        coefficient: &SpecifiedCoefficient,
    ) {
        if let (Some(low), Some(high)) = (coefficient.low, coefficient.high) {
            let ends = [high, low].map(|value| Point { x, y: range.y(value.clamp(range.low, range.high)) });
            drawing.line(ends[0], ends[1], Ink::Weak);
            if high > range.high {
                drawing.shapes.push(Shape::Cut { at: ends[0], upwards: true });
            }
            if low < range.low {
                drawing.shapes.push(Shape::Cut { at: ends[1], upwards: false });
            }
        }
        let within = coefficient.estimate.clamp(range.low, range.high);
        let at = Point { x, y: range.y(within) };
        let filled = coefficient.p_value.is_some_and(|p| p < self.level);
        drawing.shapes.push(match specification.baseline {
            true => Shape::Diamond { at, radius: MARK, filled },
            false => Shape::Dot { at, radius: MARK, filled },
        });
        if within != coefficient.estimate {
            let below = Point { x, y: at.y + if within < coefficient.estimate { 12.0 } else { -12.0 } };
            drawing.text(below, Anchor::Middle, minus(&significant(coefficient.estimate)));
        }
    }

    fn description(&self, labels: &CurveLabels) -> String {
        let significant_ones = |positive: bool| {
            let of_sign = |one: &SpecifiedCoefficient| (one.estimate > 0.0) == positive;
            self.points
                .iter()
                .filter(|(_, one)| of_sign(one) && one.p_value.is_some_and(|p| p < self.level))
                .count()
        };
        let mut text = format!(
            "{}. {} specifications in order of their estimates, with 95% intervals",
            labels.title,
            self.points.len()
        );
        if let (Some((_, first)), Some((_, last))) = (self.points.first(), self.points.last()) {
            text.push_str(&format!(
                ", from {} to {}; at {} {} are significantly positive and {} significantly negative",
                significant(first.estimate),
                significant(last.estimate),
                crate::number_format::percent(self.level),
                significant_ones(true),
                significant_ones(false),
            ));
        }
        if let Some(published) = self.published {
            text.push_str(&format!("; published: {}", published.text()));
        }
        if self.missing > 0 {
            text.push_str(&format!("; {} without an estimate", self.missing));
        }
        text.push_str(". Filled marks are significant, the diamond is the published specification.");
        if !labels.notice.is_empty() {
            text.push_str(&format!(" {}", labels.notice));
        }
        text
    }
}

/// The values from the bottom of the plot to its top.
#[derive(Debug, Clone, Copy)]
struct Range {
    low: f64,
    high: f64,
}

impl Range {
    fn y(&self, value: f64) -> f64 {
        BOTTOM - (value - self.low) / (self.high - self.low) * (BOTTOM - TOP)
    }

    fn holds(&self, value: f64) -> bool {
        (self.low..=self.high).contains(&value)
    }

    /// Between three and eight round values or so, and the decimals that they need.
    fn ticks(&self) -> (Vec<f64>, usize) {
        let rough = (self.high - self.low) / 7.0;
        let power = rough.log10().floor();
        let unit = 10_f64.powf(power);
        let step = [1.0, 2.0, 5.0, 10.0].into_iter().find(|step| rough <= step * unit).unwrap_or(10.0);
        let decimals = if power < 0.0 { (-power) as usize } else { 0 };
        let size = step * unit;
        let (first, last) = ((self.low / size).ceil(), (self.high / size).floor());
        let mut ticks = Vec::new();
        let mut at = first;
        while at <= last && ticks.len() < 12 {
            // Not minus zero.
            ticks.push(at * size + 0.0);
            at += 1.0;
        }
        (ticks, decimals)
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

/// The middle value, zero of none.
fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    match sorted.len() {
        0 => 0.0,
        count => (sorted[(count - 1) / 2] + sorted[count / 2]) / 2.0,
    }
}

/// With a real minus sign.
fn minus(text: &str) -> String {
    text.replace('-', "\u{2212}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SpecificationOutcome;

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
        curve.draw(&CurveLabels { title: "Equation (1): x".into(), notice: String::new() })
    }

    #[test]
    fn every_specification_has_its_mark_and_its_choices() {
        let drawing = curve_of(&[
            specification("within", "classical", 0.2, 0.1, 0.01),
            specification("within", "clustered", 0.2, 0.5, 0.4),
            specification("random", "classical", -0.1, 0.1, 0.3),
        ]);
        let dots = drawing.shapes.iter().filter(|shape| matches!(shape, Shape::Dot { .. })).count();
        let diamonds: Vec<bool> = drawing
            .shapes
            .iter()
            .filter_map(|shape| match shape {
                Shape::Diamond { filled, .. } => Some(*filled),
                _ => None,
            })
            .collect();
        assert_eq!((dots, diamonds), (2 + 2 * 3, vec![true]));
        let inside = |point: &Point| {
            (0.0..=drawing.width).contains(&point.x) && (0.0..=drawing.height).contains(&point.y)
        };
        for shape in &drawing.shapes {
            let points = match shape {
                Shape::Line { from, to, .. } => vec![from, to],
                Shape::Cut { at, .. }
                | Shape::Dot { at, .. }
                | Shape::Diamond { at, .. }
                | Shape::Text { at, .. } => vec![at],
            };
            assert!(points.into_iter().all(inside), "{shape:?}");
        }
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
        let cuts = drawing.shapes.iter().filter(|shape| matches!(shape, Shape::Cut { .. })).count();
        assert_eq!(cuts, 3, "both ends of one interval and one of the far estimate's");
        assert!(
            drawing.shapes.iter().any(|shape| matches!(shape, Shape::Text { text, .. } if text == "500.0"))
        );
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
