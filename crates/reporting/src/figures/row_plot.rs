//! Estimates as rows: coefficients over models, or one coefficient over many units.

use vintner_panel::Label;

use super::axis::Range;
use super::colour::Colour;
use super::drawing::{Anchor, Drawing, MARGIN, SMALL, Stroke, WIDTH, at};
use super::plot_point::{PlotPoint, counted, key, look, range_of, remark};
use super::text_width::{minus, text_width};
use super::words::FigureWords;
use crate::number_format::fixed;

/// So many rows have room; of more some are drawn, evenly over the order of their estimates.
const MOST_ROWS: usize = 60;
const STEP: f64 = 11.0;
const TEXT_SIZE: f64 = 10.5;

/// Rows with a point for each series.
#[derive(Debug, Clone, PartialEq)]
pub struct RowPlot {
    /// Its title.
    pub title: Label,
    /// The names of the series; one of no name where there is but one.
    pub series: Vec<Label>,
    /// The rows, each with its name and a point for each series.
    pub rows: Vec<(Label, Vec<Option<PlotPoint>>)>,
    /// The level of the intervals.
    pub level: f64,
    /// How many rows have no estimate in any series, and aren't among `rows`.
    pub missing: usize,
}

impl RowPlot {
    /// Lays the picture out.
    pub fn draw(&self, words: &FigureWords, synthetic: bool) -> Drawing {
        let (mut drawing, top) = Drawing::begin(words.of(&self.title).to_owned(), words, synthetic);
        let shown = self.shown();
        let all = || shown.iter().flat_map(|(_, points)| points.iter().flatten());
        let names: Vec<&str> = shown.iter().map(|(name, _)| words.of(name)).collect();
        let left = MARGIN
            + names.iter().map(|name| text_width(name, TEXT_SIZE)).fold(40.0, f64::max).min(220.0)
            + 16.0;
        let (right, height) = (WIDTH - MARGIN, STEP * self.series.len().max(1) as f64 + 7.0);
        let range = range_of(all());
        let x = |value: f64| left + 6.0 + range.share(range.nearest(value)) * (right - left - 12.0);
        let bottom = top + height * shown.len() as f64;
        for (place, name) in names.iter().enumerate() {
            let y = top + height * (place as f64 + 0.5);
            if place % 2 == 0 {
                let corner = at(MARGIN, y - height / 2.0);
                drawing.rectangle(corner, (right - MARGIN, height), Some(Colour::BAND), None);
            }
            drawing.put(at(MARGIN + 3.0, y), Anchor::Start, *name).size(TEXT_SIZE).within(left - 16.0);
        }
        scale(&mut drawing, range, (top, bottom), (left, right), x);
        for (place, (_, points)) in shown.iter().enumerate() {
            for (series, point) in points.iter().enumerate() {
                let Some(point) = point else { continue };
                let offset = STEP * (series as f64 - (points.len() as f64 - 1.0) / 2.0);
                let y = top + height * (place as f64 + 0.5) + offset;
                if let Some((low, high)) = point.interval {
                    let stroke = Stroke::new(look(series).1, 1.2);
                    drawing.line(at(x(low), y), at(x(high), y), stroke);
                    if low < range.low {
                        drawing.cut(at(left + 1.0, y), (-1.0, 0.0), stroke);
                    }
                    if high > range.high {
                        drawing.cut(at(right - 1.0, y), (1.0, 0.0), stroke);
                    }
                }
                point.mark(&mut drawing, at(x(point.estimate), y), series);
            }
        }
        let has_intervals = all().any(|point| point.interval.is_some());
        let series: Vec<&str> = self.series.iter().map(|name| words.of(name)).collect();
        let mut y = key(&mut drawing, bottom + 30.0, (self.level, has_intervals, false), &series, words);
        let mut said = vec![counted(all(), &drawing.title, words)];
        let (of, count) = (shown.len().to_string(), self.rows.len().to_string());
        if shown.len() < self.rows.len() {
            said.push(words.say("plot_shown", &[("shown", &of), ("count", &count)]));
        }
        if self.missing > 0 {
            said.push(words.say("plot_missing", &[("n", &self.missing.to_string())]));
        }
        for sentence in said.iter().skip(1) {
            y = remark(&mut drawing, y, sentence.clone());
        }
        drawing.height = y;
        let said = words.sentences(&said);
        drawing.describe(said);
        drawing
    }

    /// All rows where there is room; else the first, the last and those between, evenly in the order of their estimates.
    fn shown(&self) -> Vec<&(Label, Vec<Option<PlotPoint>>)> {
        if self.rows.len() <= MOST_ROWS {
            return self.rows.iter().collect();
        }
        let estimate = |row: &(Label, Vec<Option<PlotPoint>>)| {
            row.1.iter().flatten().next().map_or(f64::NEG_INFINITY, |point| point.estimate)
        };
        let mut sorted: Vec<&(Label, Vec<Option<PlotPoint>>)> = self.rows.iter().collect();
        sorted.sort_by(|a, b| estimate(b).total_cmp(&estimate(a)));
        let last = sorted.len() - 1;
        (0..MOST_ROWS).filter_map(|at| sorted.get(at * last / (MOST_ROWS - 1)).copied()).collect()
    }
}

fn scale(
    drawing: &mut Drawing,
    range: Range,
    (top, bottom): (f64, f64),
    (left, right): (f64, f64),
    x: impl Fn(f64) -> f64,
) {
    let (ticks, decimals) = range.ticks(7.0);
    drawing.line(at(left, bottom), at(right, bottom), Stroke::new(Colour::WEAK, 0.8));
    for tick in ticks {
        let stroke = if tick == 0.0 { Stroke::WEAK } else { Stroke::FAINT };
        drawing.line(at(x(tick), top), at(x(tick), bottom + 3.0), stroke);
        drawing.put(at(x(tick), bottom + 11.0), Anchor::Middle, minus(&fixed(tick, decimals))).size(SMALL);
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::figures::testing::{both, texts};
    use crate::language::Language;

    fn point(estimate: f64) -> Option<PlotPoint> {
        let interval = Some((estimate - 0.2, estimate + 0.2));
        Some(PlotPoint { estimate, interval, p_value: Some(0.01), is_reference: false })
    }

    #[test]
    fn series_stand_beside_one_another() {
        let rows = vec![
            (Label::new("union"), vec![point(0.18), point(0.08)]),
            (Label::new("married"), vec![point(0.1), None]),
        ];
        let series = vec![Label::new("Pooled"), Label::new("Within")];
        let plot = RowPlot { title: Label::new("Wages"), series, rows, level: 0.95, missing: 0 };
        let drawing = plot.draw(&FigureWords::default(), true);
        let seen = texts(&drawing);
        assert!(["union", "married", "Pooled", "Within"].iter().all(|text| seen.contains(text)), "{seen:?}");
        assert!(drawing.description().contains("3 estimates"), "{}", drawing.description());
        both(&drawing);
    }

    #[test]
    fn of_many_rows_some_are_drawn_and_it_is_said() {
        let rows =
            (0..545).map(|at| (Label::new(format!("u{at}")), vec![point(f64::from(at) / 100.0)])).collect();
        let plot = RowPlot {
            title: Label::new("Units"),
            series: vec![Label::default()],
            rows,
            level: 0.9,
            missing: 7,
        };
        let drawing = plot.draw(&FigureWords::new(Language::English), false);
        let names = texts(&drawing).iter().filter(|text| text.starts_with('u')).count();
        assert_eq!(names, MOST_ROWS);
        let said = drawing.description();
        assert!(said.contains("60 of 545") && said.contains('7'), "{said}");
        both(&plot.draw(&FigureWords::new(Language::Chinese), false));
    }
}
