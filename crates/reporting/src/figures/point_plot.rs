//! Points over a scale: event studies, specification curves, binned scatters.

use vintner_panel::Label;

use super::axis::Range;
use super::colour::Colour;
use super::drawing::{Anchor, Drawing, MARGIN, SMALL, Stroke, WIDTH, at};
use super::plot_point::{PlotPoint, counted, key, look, range_of};
use super::text_width::minus;
use super::words::{FigureWords, number};
use crate::number_format::fixed;

const HEIGHT: f64 = 240.0;
const LEFT: f64 = 62.0;
/// How far apart the points of several series are, as a share of a step of the scale.
const APART: f64 = 0.18;

/// Points of one series or several.
#[derive(Debug, Clone, PartialEq)]
pub struct PointPlot {
    /// Its title.
    pub title: Label,
    /// What the scale below is of.
    pub across: Label,
    /// What the scale at the left is of.
    pub up: Label,
    /// The series, each with its name and its points by their place on the scale below.
    pub series: Vec<(Label, Vec<(f64, PlotPoint)>)>,
    /// The level of the intervals.
    pub level: f64,
    /// Where a dashed line stands between before and after.
    pub rule: Option<f64>,
    /// A straight line: what it is at zero, and how much it rises by one.
    pub line: Option<(f64, f64)>,
    /// Whether zero belongs to the scale at the left.
    pub from_zero: bool,
}

/// So much wider than what is usual an interval is cut.
const WIDEST: f64 = 6.0;

/// The range with all intervals whole, unless some make the rest small.
fn wide_range<'a>(points: impl Iterator<Item = &'a PlotPoint> + Clone) -> Range {
    let usual = range_of(points.clone());
    let ends = points.flat_map(|point| {
        let (low, high) = point.interval.unwrap_or((point.estimate, point.estimate));
        [low, point.estimate, high]
    });
    match Range::of(ends.chain([0.0])) {
        Some(all) if all.high - all.low <= WIDEST * (usual.high - usual.low) => all.with_margin(0.04),
        _ => usual,
    }
}

impl PointPlot {
    /// Lays the picture out.
    pub fn draw(&self, words: &FigureWords, synthetic: bool) -> Drawing {
        let (mut drawing, top) = Drawing::begin(words.of(&self.title).to_owned(), words, synthetic);
        let all = || self.series.iter().flat_map(|(_, points)| points);
        let places = Range::of(all().map(|(place, _)| *place)).unwrap_or(Range { low: 0.0, high: 1.0 });
        let places = places.with_margin(0.04);
        let values = match self.from_zero {
            true => wide_range(all().map(|(_, point)| point)),
            false => Range::of(all().map(|(_, point)| point.estimate))
                .unwrap_or(Range { low: 0.0, high: 1.0 })
                .with_margin(0.06),
        };
        let (first, bottom, right) = (top + 16.0, top + 16.0 + HEIGHT, WIDTH - MARGIN);
        let x = |value: f64| LEFT + places.share(places.nearest(value)) * (right - LEFT);
        let y = |value: f64| bottom - values.share(values.nearest(value)) * HEIGHT;
        drawing.put(at(MARGIN, top + 4.0), Anchor::Start, words.of(&self.up)).size(SMALL);
        let (ticks, decimals) = values.ticks(6.0);
        for tick in ticks {
            let stroke = if tick == 0.0 { Stroke::WEAK } else { Stroke::FAINT };
            drawing.line(at(LEFT, y(tick)), at(right, y(tick)), stroke);
            drawing.put(at(LEFT - 6.0, y(tick)), Anchor::End, minus(&fixed(tick, decimals))).size(SMALL);
        }
        // Whole places have whole numbers at them.
        let whole = all().all(|(place, _)| place.fract() == 0.0);
        let about = if whole { (places.high - places.low).clamp(1.0, 12.0) } else { 12.0 };
        let (ticks, decimals) = places.ticks(about);
        drawing.line(at(LEFT, bottom), at(right, bottom), Stroke::new(Colour::WEAK, 0.8));
        for tick in ticks {
            drawing.line(at(x(tick), bottom), at(x(tick), bottom + 3.0), Stroke::WEAK);
            drawing
                .put(at(x(tick), bottom + 11.0), Anchor::Middle, minus(&fixed(tick, decimals)))
                .size(SMALL);
        }
        drawing
            .put(at((LEFT + right) / 2.0, bottom + 25.0), Anchor::Middle, words.of(&self.across))
            .size(SMALL);
        if let Some(rule) = self.rule.filter(|rule| places.holds(*rule)) {
            drawing.line(at(x(rule), first), at(x(rule), bottom), Stroke::dashed(Colour::WEAK, 1.0));
        }
        if let Some((zero, slope)) = self.line {
            self.draw_line(&mut drawing, (places, values), (&x, &y), (zero, slope));
        }
        let count = self.series.len();
        for (series, (_, points)) in self.series.iter().enumerate() {
            let offset = APART * (series as f64 - (count as f64 - 1.0) / 2.0);
            for (place, point) in points {
                let place = x(place + offset);
                if let Some((low, high)) = point.interval {
                    let stroke = Stroke::new(look(series).1, 1.2);
                    drawing.line(at(place, y(high)), at(place, y(low)), stroke);
                    if high > values.high {
                        drawing.cut(at(place, first + 1.0), (0.0, -1.0), stroke);
                    }
                    if low < values.low {
                        drawing.cut(at(place, bottom - 1.0), (0.0, 1.0), stroke);
                    }
                }
                point.mark(&mut drawing, at(place, y(point.estimate)), series);
            }
        }
        let has = |of: fn(&PlotPoint) -> bool| all().any(|(_, point)| of(point));
        let said = match self.line {
            Some((_, slope)) => words.say(
                "bins_description",
                &[
                    ("title", &drawing.title),
                    ("up", words.of(&self.up)),
                    ("across", words.of(&self.across)),
                    ("bins", &all().count().to_string()),
                    ("slope", &number(slope)),
                ],
            ),
            None => counted(all().map(|(_, point)| point), &drawing.title, words),
        };
        drawing.height = bottom + 36.0;
        if has(|point| point.p_value.is_some() || point.interval.is_some()) {
            let names: Vec<&str> = self.series.iter().map(|(name, _)| words.of(name)).collect();
            let has = (self.level, has(|point| point.interval.is_some()), has(|point| point.is_reference));
            drawing.height = key(&mut drawing, bottom + 44.0, has, &names, words);
        }
        let said = words.sentences(&[said]);
        drawing.describe(said);
        drawing
    }

    /// The straight line as far as it lies within the scales.
    fn draw_line(
        &self,
        drawing: &mut Drawing,
        (places, values): (Range, Range),
        (x, y): (&dyn Fn(f64) -> f64, &dyn Fn(f64) -> f64),
        (zero, slope): (f64, f64),
    ) {
        let (mut from, mut to) = (places.low, places.high);
        if slope != 0.0 {
            let ends = [(values.low - zero) / slope, (values.high - zero) / slope];
            from = from.max(ends[0].min(ends[1]));
            to = to.min(ends[0].max(ends[1]));
        }
        if from < to {
            let at_place = |place: f64| at(x(place), y(zero + slope * place));
            drawing.line(at_place(from), at_place(to), Stroke::new(Colour::VERMILLION, 1.4));
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::figures::testing::{both, texts};
    use crate::language::Language;

    fn plot() -> PointPlot {
        let of = |estimate: f64| PlotPoint {
            estimate,
            interval: Some((estimate - 0.3, estimate + 0.3)),
            p_value: Some(if estimate > 0.3 { 0.01 } else { 0.6 }),
            is_reference: false,
        };
        let points = vec![(-2.0, of(0.05)), (-1.0, PlotPoint::reference()), (0.0, of(0.4)), (1.0, of(0.9))];
        PointPlot {
            title: Label::new("Before and after"),
            across: Label::new("Years since"),
            up: Label::new("Effect"),
            series: vec![(Label::default(), points)],
            level: 0.95,
            rule: Some(-0.5),
            line: None,
            from_zero: true,
        }
    }

    #[test]
    fn an_event_study_shows_its_reference() {
        let drawing = plot().draw(&FigureWords::default(), false);
        let seen = texts(&drawing);
        assert!(seen.contains(&"Years since") && seen.contains(&"\u{2212}2"), "{seen:?}");
        assert!(seen.iter().any(|text| text.contains("reference")), "{seen:?}");
        assert!(drawing.description().contains("3 estimates"), "{}", drawing.description());
        assert!(
            drawing.description().contains("significant at 5%: 2 positive, 0 negative"),
            "{}",
            drawing.description()
        );
        both(&drawing);
        both(&plot().draw(&FigureWords::new(Language::Chinese), true));
    }

    #[test]
    fn a_line_stays_within_the_figure() {
        let mut plot = plot();
        plot.series[0].1.iter_mut().for_each(|(_, point)| (point.interval, point.p_value) = (None, None));
        (plot.line, plot.from_zero) = (Some((0.0, 1e3)), false);
        both(&plot.draw(&FigureWords::default(), false));
    }
}
