//! What plots of results have in common: an estimate with its interval, and how series are told apart.

use super::axis::Range;
use super::colour::Colour;
use super::drawing::{Anchor, Drawing, Form, Key, MARGIN, Point, SMALL, Stroke, at};
use super::words::{FigureWords, number};
use crate::number_format::percent;

/// An estimate. Numbers are finite.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PlotPoint {
    /// The estimate.
    pub estimate: f64,
    /// The ends of its interval, where it has one.
    pub interval: Option<(f64, f64)>,
    /// Two-sided, of no effect; decides whether its mark is filled.
    pub p_value: Option<f64>,
    /// Whether it is the reference, which is zero by definition.
    pub is_reference: bool,
}

/// Below it a mark is filled.
const LEVEL: f64 = 0.05;
const RADIUS: f64 = 3.0;

impl PlotPoint {
    /// The reference: zero without an interval.
    pub fn reference() -> Self {
        Self { estimate: 0.0, interval: None, p_value: None, is_reference: true }
    }

    fn is_significant(&self) -> bool {
        self.p_value.is_some_and(|p| p < LEVEL)
    }

    pub(super) fn mark(&self, drawing: &mut Drawing, place: Point, series: usize) {
        let (form, colour) = look(series);
        let fill = if self.is_significant() { colour } else { Colour::WHITE };
        let stroke = Stroke::new(if self.is_reference { Colour::WEAK } else { colour }, 1.2);
        drawing.mark(place, RADIUS, form, fill, stroke);
    }
}

/// The mark and the colour of a series.
pub(super) fn look(series: usize) -> (Form, Colour) {
    const FORMS: [Form; 5] = [Form::Dot, Form::Diamond, Form::Square, Form::Up, Form::Down];
    const COLOURS: [Colour; 5] =
        [Colour::BLUE, Colour::VERMILLION, Colour::GREEN, Colour::PURPLE, Colour::STRONG];
    let of = series % FORMS.len();
    (FORMS.get(of).copied().unwrap_or(Form::Dot), COLOURS.get(of).copied().unwrap_or(Colour::STRONG))
}

/// The range of some points: zero, all estimates save those far out, ends of intervals that don't make the rest small.
pub(super) fn range_of<'a>(points: impl Iterator<Item = &'a PlotPoint>) -> Range {
    let (mut estimates, mut intervals) = (Vec::new(), Vec::new());
    for point in points {
        estimates.push(point.estimate);
        intervals.extend(point.interval);
    }
    Range::of_estimates(&estimates, &intervals, &[])
}

/// What the description counts, in words.
pub(super) fn counted<'a>(
    points: impl Iterator<Item = &'a PlotPoint>,
    title: &str,
    words: &FigureWords,
) -> String {
    let points: Vec<&PlotPoint> = points.filter(|point| !point.is_reference).collect();
    let ones = |positive: bool| {
        let of = |point: &&&PlotPoint| point.is_significant() && (point.estimate > 0.0) == positive;
        points.iter().filter(of).count().to_string()
    };
    let hull = Range::of(points.iter().map(|point| point.estimate)).unwrap_or(Range { low: 0.0, high: 0.0 });
    words.say(
        "plot_description",
        &[
            ("title", title),
            ("n", &points.len().to_string()),
            ("low", &number(hull.low)),
            ("high", &number(hull.high)),
            ("positive", &ones(true)),
            ("negative", &ones(false)),
        ],
    )
}

/// The key of such a plot, with the names of several series; where the figure ends under it.
pub(super) fn key(
    drawing: &mut Drawing,
    y: f64,
    (level, has_intervals, has_reference): (f64, bool, bool),
    series: &[&str],
    words: &FigureWords,
) -> f64 {
    let mut key = Key::begin(at(MARGIN + 3.0, y));
    if series.len() > 1 {
        for (place, name) in series.iter().enumerate() {
            let sample = |drawing: &mut Drawing, from: Point| {
                let (form, colour) = look(place);
                drawing.mark(at(from.x + 4.0, from.y), RADIUS, form, colour, Stroke::new(colour, 1.2));
            };
            key.entry(drawing, 8.0, sample, name);
        }
    }
    if has_intervals {
        let sample = |drawing: &mut Drawing, from: Point| {
            drawing.line(from, at(from.x + 24.0, from.y), Stroke::WEAK);
            let stroke = Stroke::new(Colour::WEAK, 1.2);
            drawing.mark(at(from.x + 12.0, from.y), RADIUS, Form::Dot, Colour::WHITE, stroke);
        };
        key.entry(drawing, 24.0, sample, &words.say("plot_interval", &[("level", &percent(level))]));
    }
    let sample = |drawing: &mut Drawing, from: Point| {
        let stroke = Stroke::new(Colour::WEAK, 1.2);
        drawing.mark(at(from.x + 4.0, from.y), RADIUS, Form::Dot, Colour::WEAK, stroke);
    };
    key.entry(drawing, 8.0, sample, &words.say("plot_filled", &[]));
    if has_reference {
        let sample = |drawing: &mut Drawing, from: Point| {
            let stroke = Stroke::new(Colour::WEAK, 1.2);
            drawing.mark(at(from.x + 4.0, from.y), RADIUS, Form::Dot, Colour::WHITE, stroke);
        };
        key.entry(drawing, 8.0, sample, &words.say("plot_reference", &[]));
    }
    key.bottom()
}

/// A sentence under a plot; where the figure ends under it.
pub(super) fn remark(drawing: &mut Drawing, y: f64, text: String) -> f64 {
    drawing.put(at(MARGIN + 3.0, y + 4.0), Anchor::Start, text).size(SMALL).colour(Colour::WEAK);
    y + 16.0
}
