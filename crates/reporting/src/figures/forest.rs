//! The coefficients of an equation: a panel for each regressor, a row for each unit, intervals of three levels, and
//! the published values.

use super::axis::Range;
use super::colour::Colour;
use super::drawing::{Anchor, Drawing, Form, Key, MARGIN, Point, SMALL, Stroke, WIDTH, at};
use super::text_width::{fitted, minus, text_width};
use super::words::{FigureWords, number};
use crate::estimate_row::{EstimateOutcome, EstimateRow};
use crate::number_format::fixed;
use crate::printed_number::PrintedNumber;
use crate::published::Published;
use crate::report_unit::ReportUnit;
use crate::table_spec::TableSpec;
use crate::tidy_estimate::units_in_order;
use crate::variable_definition::VariableDefinition;

/// The levels of the intervals and the widths of their lines, the widest interval first.
const INTERVALS: [(f64, f64); 3] = [(0.99, 1.0), (0.95, 2.4), (0.90, 4.6)];
const GAP: f64 = 12.0;
const ROW: f64 = 18.0;
/// Room for the regressors' names.
const HEAD: f64 = 32.0;
const ESTIMATE: Stroke = Stroke::new(Colour::STRONG, 0.9);
const PUBLISHED: Stroke = Stroke::new(Colour::VERMILLION, 1.1);

/// The coefficients of a table.
#[derive(Debug, Clone, PartialEq)]
pub struct Forest<'a> {
    /// The table.
    pub table: &'a TableSpec,
    /// Its coefficients; rows of other tables are passed over.
    pub rows: &'a [EstimateRow],
    /// The units; the pooled one stands last.
    pub units: &'a [ReportUnit],
    /// What was published.
    pub published: &'a Published,
    /// The variables' names.
    pub variables: &'a [VariableDefinition],
}

/// A coefficient of the figure.
struct Coefficient<'a> {
    estimate: Option<f64>,
    /// The ends of the intervals of [`INTERVALS`].
    intervals: Vec<(f64, f64)>,
    p_value: Option<f64>,
    published: Option<&'a PrintedNumber>,
}

impl Forest<'_> {
    /// Lays the picture out.
    pub fn draw(&self, words: &FigureWords, synthetic: bool) -> Drawing {
        let units = units_in_order(self.units);
        let title =
            words.say("forest_title", &[("id", &self.table.id), ("title", words.of(&self.table.title))]);
        let (mut drawing, top) = Drawing::begin(title, words, synthetic);
        let names: Vec<&str> = units.iter().map(|unit| words.of(&unit.label)).collect();
        let left =
            names.iter().map(|name| text_width(name, TEXT_SIZE)).fold(40.0, f64::max).min(150.0) + 16.0;
        let count = self.table.regressors.len().max(1) as f64;
        let width = (WIDTH - MARGIN - left - GAP * (count - 1.0)) / count;
        let first = top + HEAD;
        let bottom = first + ROW * units.len() as f64;
        for (place, (unit, name)) in units.iter().zip(&names).enumerate() {
            let y = first + ROW * (place as f64 + 0.5);
            if place % 2 == 0 {
                let corner = at(MARGIN, y - ROW / 2.0);
                drawing.rectangle(corner, (WIDTH - 2.0 * MARGIN, ROW), Some(Colour::BAND), None);
            }
            if unit.pooled {
                let rule = y - ROW / 2.0;
                drawing.line(at(MARGIN, rule), at(WIDTH - MARGIN, rule), Stroke::new(Colour::WEAK, 0.8));
            }
            let text = drawing.put(at(MARGIN + 3.0, y), Anchor::Start, *name).size(TEXT_SIZE);
            let text = text.within(left - 16.0);
            if unit.pooled {
                text.bold();
            }
        }
        let mut counts = Counts::default();
        let mut has_published = false;
        for (place, regressor) in self.table.regressors.iter().enumerate() {
            let from = left + place as f64 * (width + GAP);
            let points: Vec<Coefficient> = units.iter().map(|unit| self.point(unit, regressor)).collect();
            points.iter().for_each(|point| counts.add(point));
            has_published |= points.iter().any(|point| point.published.is_some());
            let panel = Panel { left: from, width, first, bottom, range: range_of(&points) };
            drawing.group(regressor);
            let named = self.variables.iter().find(|variable| variable.id == *regressor);
            let head = at(from + width / 2.0, top + 8.0);
            drawing.put(head, Anchor::Middle, regressor).bold().within(width);
            if let Some(named) = named {
                let under = at(head.x, top + 21.0);
                drawing.put(under, Anchor::Middle, words.of(&named.label)).size(SMALL).within(width + GAP);
            }
            panel.scale(&mut drawing);
            for (row, point) in points.iter().enumerate() {
                let ground = if row % 2 == 0 { Colour::BAND } else { Colour::WHITE };
                panel.point(&mut drawing, first + ROW * (row as f64 + 0.5), point, words, ground);
            }
            drawing.end_group();
        }
        drawing.height = key(&mut drawing, bottom + 30.0, words, has_published);
        let said = self.description(words, &units, &counts, drawing.title());
        drawing.describe(said);
        drawing
    }

    fn point(&self, unit: &ReportUnit, regressor: &str) -> Coefficient<'_> {
        let row = self
            .rows
            .iter()
            .find(|row| row.table == self.table.id && row.unit == unit.id && row.regressor == regressor);
        let published = self.published.get(&self.table.id, &self.table.dependent, unit.printed(), regressor);
        let mut point = Coefficient {
            estimate: None,
            intervals: Vec::new(),
            p_value: None,
            published: published.map(|published| &published.coefficient),
        };
        if let Some(EstimateRow {
            outcome: EstimateOutcome::Estimated { estimate, std_error, p_value, .. },
            reference,
            ..
        }) = row
        {
            point.estimate = Some(*estimate).filter(|estimate| estimate.is_finite());
            point.p_value = *p_value;
            if let (Some(error), Some(reference)) = (std_error, reference) {
                let ends = INTERVALS.map(|(level, _)| error * reference.critical(level));
                if ends.iter().all(|end| end.is_finite()) {
                    point.intervals = ends.map(|end| (estimate - end, estimate + end)).to_vec();
                }
            }
        }
        point
    }

    fn description(
        &self,
        words: &FigureWords,
        units: &[&ReportUnit],
        counts: &Counts,
        title: &str,
    ) -> String {
        let mut sentences = vec![words.say(
            "forest_description",
            &[
                ("title", title),
                ("dependent", &self.table.dependent),
                ("regressors", &words.list(&self.table.regressors)),
                ("n", &units.iter().filter(|unit| !unit.pooled).count().to_string()),
                ("estimated", &counts.estimated.to_string()),
                ("positive", &counts.positive.to_string()),
                ("negative", &counts.negative.to_string()),
                ("missing", &counts.missing.to_string()),
            ],
        )];
        if counts.known > 0 {
            let values = [("inside", counts.inside.to_string()), ("known", counts.known.to_string())];
            let values: Vec<(&str, &str)> =
                values.iter().map(|(name, value)| (*name, value.as_str())).collect();
            sentences.push(words.say("forest_published", &values));
        }
        words.sentences(&sentences)
    }
}

const TEXT_SIZE: f64 = 10.5;

/// What the description counts.
#[derive(Default)]
struct Counts {
    estimated: usize,
    positive: usize,
    negative: usize,
    missing: usize,
    /// Published values beside an interval, and those of them that lie in it.
    known: usize,
    inside: usize,
}

impl Counts {
    fn add(&mut self, point: &Coefficient) {
        let Some(estimate) = point.estimate else {
            self.missing += 1;
            return;
        };
        self.estimated += 1;
        if point.p_value.is_some_and(|p| p < 0.05) {
            self.positive += usize::from(estimate > 0.0);
            self.negative += usize::from(estimate < 0.0);
        }
        if let (Some(published), Some((low, high))) = (point.published, point.intervals.get(1)) {
            self.known += 1;
            self.inside += usize::from((*low..=*high).contains(&published.value()));
        }
    }
}

fn range_of(points: &[Coefficient]) -> Range {
    let estimates: Vec<f64> = points.iter().filter_map(|point| point.estimate).collect();
    let intervals: Vec<(f64, f64)> =
        points.iter().filter_map(|point| point.intervals.get(1).copied()).collect();
    let published: Vec<f64> =
        points.iter().filter_map(|point| point.published.map(PrintedNumber::value)).collect();
    Range::of_estimates(&estimates, &intervals, &published)
}

/// Where the coefficients of one regressor stand.
struct Panel {
    left: f64,
    width: f64,
    first: f64,
    bottom: f64,
    range: Range,
}

impl Panel {
    fn x(&self, value: f64) -> f64 {
        // Marks at the edge keep within the panel.
        self.left + 6.0 + self.range.share(self.range.nearest(value)) * (self.width - 12.0)
    }

    fn scale(&self, drawing: &mut Drawing) {
        let (ticks, decimals) = self.range.ticks((self.width / 36.0).clamp(2.0, 7.0));
        let baseline = Stroke::new(Colour::WEAK, 0.8);
        drawing.line(at(self.left, self.bottom), at(self.left + self.width, self.bottom), baseline);
        for tick in ticks {
            let x = self.x(tick);
            let stroke = if tick == 0.0 { Stroke::new(Colour::WEAK, 1.0) } else { Stroke::FAINT };
            drawing.line(at(x, self.first), at(x, self.bottom + 3.0), stroke);
            drawing.put(at(x, self.bottom + 11.0), Anchor::Middle, minus(&fixed(tick, decimals))).size(SMALL);
        }
    }

    /// An estimate above the row's middle, what was published below it.
    fn point(&self, drawing: &mut Drawing, y: f64, point: &Coefficient, words: &FigureWords, ground: Colour) {
        let (above, below) = match point.published {
            Some(_) => (y - 2.5, y + 4.5),
            None => (y, y),
        };
        match point.estimate {
            None => {
                let centre =
                    at(self.left + self.width / 2.0, if point.published.is_some() { y - 2.5 } else { y });
                let text = fitted(&words.say("not_estimable", &[]), SMALL, self.width);
                // Clear of the rulings.
                let wide = text_width(&text, SMALL) + 6.0;
                drawing.rectangle(
                    at(centre.x - wide / 2.0, centre.y - 6.0),
                    (wide, 12.0),
                    Some(ground),
                    None,
                );
                drawing.put(centre, Anchor::Middle, text).size(SMALL).colour(Colour::WEAK);
            }
            Some(estimate) => {
                for ((low, high), (_, width)) in point.intervals.iter().zip(INTERVALS) {
                    self.interval(drawing, above, (*low, *high), width);
                }
                let place = at(self.x(estimate), above);
                if self.range.holds(estimate) {
                    drawing.mark(place, 2.7, Form::Dot, Colour::WHITE, ESTIMATE);
                } else {
                    self.outside(drawing, place, estimate, number(estimate), Stroke::STRONG);
                }
            }
        }
        if let Some(published) = point.published {
            let (value, place) = (published.value(), at(self.x(published.value()), below));
            if self.range.holds(value) {
                drawing.mark(place, 2.5, Form::Diamond, Colour::WHITE, PUBLISHED);
            } else {
                self.outside(drawing, place, value, minus(published.text()), PUBLISHED);
            }
        }
    }

    fn interval(&self, drawing: &mut Drawing, y: f64, (low, high): (f64, f64), width: f64) {
        if high < self.range.low || low > self.range.high {
            return;
        }
        let (from, to) = (at(self.x(low), y), at(self.x(high), y));
        drawing.line(from, to, interval_stroke(width));
        if width < 2.0 {
            if low < self.range.low {
                drawing.cut(at(self.left + 1.0, y), (-1.0, 0.0), Stroke::new(Colour::WEAK, 1.0));
            }
            if high > self.range.high {
                drawing.cut(at(self.left + self.width - 1.0, y), (1.0, 0.0), Stroke::new(Colour::WEAK, 1.0));
            }
        }
    }

    /// An arrowhead at the edge and the value beside it.
    fn outside(&self, drawing: &mut Drawing, place: Point, value: f64, text: String, stroke: Stroke) {
        let right = value > self.range.high;
        let (edge, way, anchor) = if right {
            (self.left + self.width - 1.0, 1.0, Anchor::End)
        } else {
            (self.left + 1.0, -1.0, Anchor::Start)
        };
        drawing.cut(at(edge, place.y), (way, 0.0), stroke);
        drawing.put(at(edge - 7.0 * way, place.y), anchor, text).size(SMALL - 0.5).colour(stroke.colour);
    }
}

/// From the widest interval to the narrowest ever darker and thicker.
fn interval_stroke(width: f64) -> Stroke {
    let colour = match width {
        width if width < 2.0 => Colour::WEAK,
        width if width < 4.0 => Colour::BLUE.tint(0.65),
        _ => Colour::BLUE,
    };
    Stroke::new(colour, width)
}

/// The key, and where the figure ends under it.
fn key(drawing: &mut Drawing, y: f64, words: &FigureWords, published: bool) -> f64 {
    let mut key = Key::begin(at(MARGIN + 3.0, y));
    let sample = |drawing: &mut Drawing, from: Point| {
        for ((_, width), reach) in INTERVALS.into_iter().zip([17.0, 12.0, 8.0]) {
            let middle = from.x + 17.0;
            drawing.line(at(middle - reach, from.y), at(middle + reach, from.y), interval_stroke(width));
        }
        drawing.mark(at(from.x + 17.0, from.y), 2.7, Form::Dot, Colour::WHITE, ESTIMATE);
    };
    key.entry(drawing, 34.0, sample, &words.say("forest_estimate", &[]));
    if published {
        let sample = |drawing: &mut Drawing, from: Point| {
            drawing.mark(at(from.x + 4.0, from.y), 2.5, Form::Diamond, Colour::WHITE, PUBLISHED);
        };
        key.entry(drawing, 8.0, sample, &words.say("published", &[]));
    }
    let sample = |drawing: &mut Drawing, from: Point| {
        drawing.cut(at(from.x + 6.0, from.y), (1.0, 0.0), Stroke::new(Colour::WEAK, 1.0));
    };
    key.entry(drawing, 8.0, sample, &words.say("forest_outside", &[]));
    key.bottom()
}

#[cfg(test)]
mod tests {
    use vintner_estimation::ReferenceDistribution;
    use vintner_panel::Label;

    use super::*;
    use crate::figures::drawing::Shape;
    use crate::figures::testing::{both, texts};
    use crate::language::Language;

    fn table() -> TableSpec {
        TableSpec {
            id: "1".into(),
            title: Label::new("Emissions"),
            dependent: "y".into(),
            regressors: vec!["x".into()],
            note: Label::default(),
            in_report: true,
        }
    }

    fn row(unit: &str, estimate: Option<f64>) -> EstimateRow {
        EstimateRow {
            table: "1".into(),
            dependent: "y".into(),
            unit: unit.into(),
            regressor: "x".into(),
            outcome: match estimate {
                Some(estimate) => EstimateOutcome::Estimated {
                    estimate,
                    std_error: Some(0.1),
                    statistic: Some(estimate / 0.1),
                    p_value: Some(0.01),
                },
                None => EstimateOutcome::NotEstimable { reason: "too few".into() },
            },
            n_obs: Some(12),
            df_resid: Some(7),
            reference: Some(ReferenceDistribution::StudentT { df: 7 }),
            note: String::new(),
        }
    }

    fn unit(id: &str, pooled: bool) -> ReportUnit {
        ReportUnit { id: id.into(), label: Label::new(id), printed: None, pooled }
    }

    #[test]
    fn three_intervals_the_published_value_and_what_cannot_be_estimated() {
        let units = [unit("pool", true), unit("a", false), unit("b", false), unit("far", false)];
        let rows = [row("a", Some(0.2)), row("b", None), row("pool", Some(-0.3)), row("far", Some(900.0))];
        let published = Published::parse(
            "table,dependent,unit,regressor,coefficient,stars\n1,y,a,x,0.25,1\n1,y,pool,x,5.00,0\n",
            "p",
        )
        .unwrap();
        let table = table();
        let forest =
            Forest { table: &table, rows: &rows, units: &units, published: &published, variables: &[] };
        let drawing = forest.draw(&FigureWords::default(), false);
        let of_width = |wanted: f64| {
            let is = |shape: &&Shape| matches!(shape, Shape::Path { stroke: Some(stroke), .. } if stroke.width == wanted);
            drawing.shapes.iter().filter(is).count()
        };
        // Two units within the figure, and the key's sample.
        assert_eq!((of_width(4.6), of_width(2.4)), (3, 3));
        let seen = texts(&drawing);
        assert!(seen.contains(&"not estimable") && seen.contains(&"900.0"), "{seen:?}");
        assert_eq!(seen.iter().position(|text| *text == "pool"), Some(3), "{seen:?}");
        let said = drawing.description();
        assert!(
            said.contains("Of 3 estimates 2 are significantly positive and 1 significantly negative"),
            "{said}"
        );
        assert!(said.contains("1 of 2 published values lie within the 95% interval"), "{said}");
        both(&drawing);
    }

    #[test]
    fn intervals_have_the_width_of_their_distribution() {
        let (rows, units, table) = ([row("a", Some(0.0))], [unit("a", false)], table());
        let published = Published::default();
        let forest =
            Forest { table: &table, rows: &rows, units: &units, published: &published, variables: &[] };
        // R: qt(c(0.995, 0.975, 0.95), 7) / 10
        let ends = [0.349_948_329_735_049, 0.236_462_425_159_278, 0.189_457_860_509_001];
        for ((low, high), end) in forest.point(&units[0], "x").intervals.iter().zip(ends) {
            assert!((high - end).abs() < 1e-10 && (low + end).abs() < 1e-10, "{low} {high} {end}");
        }
        both(&forest.draw(&FigureWords::new(Language::Chinese), true));
    }
}
