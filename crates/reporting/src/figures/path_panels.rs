//! The path of a variable in each unit: small multiples on common scales, gaps as gaps.

use vintner_panel::{Label, Period};

use super::axis::{Range, median};
use super::colour::Colour;
use super::drawing::{Anchor, Drawing, Form, Key, MARGIN, Point, SMALL, Stroke, WIDTH, at};
use super::text_width::{minus, text_width};
use super::words::{FigureWords, number};
use crate::number_format::fixed;
use crate::variable_definition::VariableDefinition;

const COLUMNS: usize = 5;
/// Room for the values beside the first column.
const LEFT: f64 = 44.0;
const GAP: f64 = 12.0;
/// Room for a panel's name.
const HEAD: f64 = 20.0;
const HEIGHT: f64 = 82.0;

/// A unit's values, one for each of the figure's times.
#[derive(Debug, Clone, PartialEq)]
pub struct UnitPath {
    /// The unit's name.
    pub label: Label,
    /// Its values; none where there is a gap.
    pub values: Vec<Option<f64>>,
}

/// The paths of a variable.
#[derive(Debug, Clone, PartialEq)]
pub struct PathPanels<'a> {
    /// The variable.
    pub variable: &'a VariableDefinition,
    /// The times, in order.
    pub times: &'a [Period],
    /// The units, in order.
    pub units: &'a [UnitPath],
}

impl PathPanels<'_> {
    /// Lays the picture out.
    pub fn draw(&self, words: &FigureWords, synthetic: bool) -> Drawing {
        let (id, name) = (self.variable.id.as_str(), words.of(&self.variable.label));
        let (mut drawing, top) =
            Drawing::begin(words.say("paths_title", &[("id", id), ("name", name)]), words, synthetic);
        let said = self.description(words);
        drawing.describe(said);
        let values = || self.units.iter().flat_map(|unit| unit.values.iter().flatten().copied());
        let range = Range::of(values()).unwrap_or(Range { low: 0.0, high: 1.0 }).with_margin(0.06);
        let middle: Vec<Option<f64>> = (0..self.times.len()).map(|place| self.median_at(place)).collect();
        let columns = COLUMNS.min(self.units.len().max(1));
        let width = (WIDTH - MARGIN - LEFT - GAP * (COLUMNS - 1) as f64) / COLUMNS as f64;
        let (ticks, decimals) = range.ticks(4.0);
        for (place, unit) in self.units.iter().enumerate() {
            let (row, column) = (place / columns, place % columns);
            let frame = Frame {
                left: LEFT + column as f64 * (width + GAP),
                top: top + HEAD + row as f64 * (HEIGHT + HEAD),
                width,
                range,
                times: self.times,
            };
            drawing.group(words.of(&unit.label));
            frame.rulings(&mut drawing, &ticks, (column == 0).then_some(decimals));
            if place + columns >= self.units.len() {
                frame.label_times(&mut drawing);
            }
            let head = at(frame.left, frame.top - 8.0);
            drawing.put(head, Anchor::Start, words.of(&unit.label)).bold().size(10.0).within(width);
            frame.path(&mut drawing, &middle, Stroke::dashed(Colour::WEAK, 0.9), false);
            frame.path(&mut drawing, &unit.values, Stroke::new(Colour::BLUE, 1.6), true);
            if unit.values.iter().flatten().next().is_none() {
                let centre = at(frame.left + width / 2.0, frame.top + HEIGHT / 2.0);
                drawing.put(centre, Anchor::Middle, words.say("no_data", &[])).size(SMALL);
            }
            drawing.end_group();
        }
        let rows = self.units.len().div_ceil(columns);
        let bottom = top + rows as f64 * (HEIGHT + HEAD) + 18.0;
        let mut key = Key::begin(at(LEFT, bottom + 10.0));
        let own = |drawing: &mut Drawing, from: Point| {
            drawing.line(from, at(from.x + 22.0, from.y), Stroke::new(Colour::BLUE, 1.6));
            dot(drawing, at(from.x + 11.0, from.y));
        };
        key.entry(&mut drawing, 22.0, own, &words.say("paths_own", &[]));
        let all = |drawing: &mut Drawing, from: Point| {
            drawing.line(from, at(from.x + 22.0, from.y), Stroke::dashed(Colour::WEAK, 0.9));
        };
        key.entry(&mut drawing, 22.0, all, &words.say("paths_median", &[]));
        drawing.height = key.bottom();
        drawing
    }

    /// The median of the units at a time, where at least three in four of those with any value have one: of fewer
    /// it would move with who is there.
    fn median_at(&self, place: usize) -> Option<f64> {
        let there: Vec<f64> =
            self.units.iter().filter_map(|unit| unit.values.get(place).copied().flatten()).collect();
        let any = self.units.iter().filter(|unit| unit.values.iter().flatten().next().is_some()).count();
        (!there.is_empty() && 4 * there.len() >= 3 * any).then(|| median(&there))
    }

    fn description(&self, words: &FigureWords) -> String {
        let (id, name) = (self.variable.id.as_str(), words.of(&self.variable.label));
        let there: Vec<(f64, &UnitPath, Period)> = self
            .units
            .iter()
            .flat_map(|unit| {
                unit.values.iter().zip(self.times).map(move |(value, time)| (value, unit, *time))
            })
            .filter_map(|(value, unit, time)| Some(((*value)?, unit, time)))
            .collect();
        let highest = there.iter().rev().max_by(|one, other| one.0.total_cmp(&other.0));
        let lowest = there.iter().min_by(|one, other| one.0.total_cmp(&other.0));
        let (Some(high), Some(low), Some(first), Some(last)) =
            (highest, lowest, self.times.first(), self.times.last())
        else {
            return words.sentences(&[words.say("paths_empty", &[("id", id), ("name", name)])]);
        };
        let moved = |up: bool| {
            let of_sign = |change: f64| if up { change > 0.0 } else { change < 0.0 };
            self.units.iter().filter_map(first_to_last).filter(|change| of_sign(*change)).count().to_string()
        };
        let cells = self.units.len() * self.times.len();
        words.sentences(&[words.say(
            "paths_description",
            &[
                ("id", id),
                ("name", name),
                ("n", &self.units.len().to_string()),
                ("units", &words.say("units", &[])),
                ("first", &first.to_string()),
                ("last", &last.to_string()),
                ("high", &number(high.0)),
                ("high_unit", words.of(&high.1.label)),
                ("high_time", &high.2.to_string()),
                ("low", &number(low.0)),
                ("low_unit", words.of(&low.1.label)),
                ("low_time", &low.2.to_string()),
                ("up", &moved(true)),
                ("down", &moved(false)),
                ("missing", &(cells - there.len()).to_string()),
                ("cells", &cells.to_string()),
            ],
        )])
    }
}

/// How far a unit gets from its first value to its last.
fn first_to_last(unit: &UnitPath) -> Option<f64> {
    let first = unit.values.iter().flatten().next()?;
    let last = unit.values.iter().flatten().next_back()?;
    Some(last - first)
}

fn dot(drawing: &mut Drawing, place: Point) {
    drawing.mark(place, 1.6, Form::Dot, Colour::BLUE, Stroke::new(Colour::BLUE, 0.6));
}

/// Where one panel stands.
struct Frame<'a> {
    left: f64,
    top: f64,
    width: f64,
    range: Range,
    times: &'a [Period],
}

impl Frame<'_> {
    fn x(&self, time: Period) -> f64 {
        let (Some(first), Some(last)) = (self.times.first(), self.times.last()) else { return self.left };
        let since_first = |time: Period| f64::from(time.since(*first).unwrap_or_default());
        self.left + 3.0 + since_first(time) / since_first(*last).max(1.0) * (self.width - 6.0)
    }

    fn y(&self, value: f64) -> f64 {
        self.top + HEIGHT * (1.0 - self.range.share(value))
    }

    fn rulings(&self, drawing: &mut Drawing, ticks: &[f64], decimals: Option<usize>) {
        for tick in ticks {
            let y = self.y(*tick);
            drawing.line(at(self.left, y), at(self.left + self.width, y), Stroke::FAINT);
            if let Some(decimals) = decimals {
                let text = minus(&fixed(*tick, decimals));
                drawing.put(at(self.left - 5.0, y), Anchor::End, text).size(SMALL);
            }
        }
        let bottom = self.top + HEIGHT;
        drawing.line(
            at(self.left, bottom),
            at(self.left + self.width, bottom),
            Stroke::new(Colour::WEAK, 0.8),
        );
    }

    /// The first and the last time, and one between where there is room.
    fn label_times(&self, drawing: &mut Drawing) {
        let (Some(first), Some(last)) = (self.times.first(), self.times.last()) else { return };
        let y = self.top + HEIGHT;
        let mut shown = vec![*first];
        if last != first {
            let span = last.since(*first).unwrap_or_default();
            let room = 4.0 * text_width(&last.to_string(), SMALL) < self.width;
            let middle = first.plus(span / 2).filter(|middle| self.times.contains(middle));
            shown.extend(middle.filter(|_| room && span >= 4));
            shown.push(*last);
        }
        for time in shown {
            let x = self.x(time);
            drawing.line(at(x, y), at(x, y + 3.0), Stroke::new(Colour::WEAK, 0.8));
            let anchor = match time {
                time if time == *first => Anchor::Start,
                time if time == *last => Anchor::End,
                _ => Anchor::Middle,
            };
            let x = match anchor {
                Anchor::Start => self.left,
                Anchor::Middle => x,
                Anchor::End => self.left + self.width,
            };
            drawing.put(at(x, y + 10.0), anchor, time.to_string()).size(SMALL);
        }
    }

    /// Lines over times that follow one another, and a dot at each value where `dotted`, so that a value between
    /// two gaps is seen.
    fn path(&self, drawing: &mut Drawing, values: &[Option<f64>], stroke: Stroke, dotted: bool) {
        let mut run: Vec<Point> = Vec::new();
        let mut dots = Vec::new();
        let mut before: Option<Period> = None;
        let mut flush = |run: &mut Vec<Point>| {
            if run.len() > 1 {
                drawing.polyline(std::mem::take(run), stroke);
            }
            run.clear();
        };
        for (value, time) in values.iter().zip(self.times) {
            let follows = before.is_some_and(|before| time.since(before) == Some(1));
            if value.is_none() || !follows {
                flush(&mut run);
            }
            if let Some(value) = value {
                let place = at(self.x(*time), self.y(*value));
                run.push(place);
                dots.push(place);
            }
            before = Some(*time);
        }
        flush(&mut run);
        if dotted {
            dots.into_iter().for_each(|place| dot(drawing, place));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figures::drawing::Shape;
    use crate::figures::testing::{both, texts};
    use crate::language::Language;

    fn variable() -> VariableDefinition {
        VariableDefinition {
            id: "lnCO2".into(),
            label: Label { en: "Emissions".into(), zh: Some("碳排放".into()) },
            unit: Label::default(),
            definition: Label::default(),
        }
    }

    fn unit(name: &str, values: &[Option<f64>]) -> UnitPath {
        UnitPath { label: Label::new(name), values: values.to_vec() }
    }

    #[test]
    fn gaps_are_gaps() {
        let units = [
            unit("Whole", &[Some(1.0), Some(2.0), Some(3.0), Some(4.0)]),
            unit("Gap", &[Some(1.0), None, Some(3.0), Some(2.5)]),
            unit("Alone", &[None, Some(1.0), None, None]),
            unit("Empty", &[None; 4]),
        ];
        let variable = variable();
        let panels = PathPanels {
            variable: &variable,
            times: &[2008, 2009, 2010, 2011].map(Period::year),
            units: &units,
        };
        let drawing = panels.draw(&FigureWords::default(), false);
        let own =
            |shape: &&Shape| matches!(shape, Shape::Path { stroke: Some(stroke), .. } if stroke.width == 1.6);
        // One line of the first unit, one of the second's last two values, and the key's.
        assert_eq!(drawing.shapes.iter().filter(own).count(), 3);
        let dots = drawing.shapes.iter().filter(|shape| matches!(shape, Shape::Mark { .. })).count();
        assert_eq!(dots, 4 + 3 + 1 + 1);
        assert!(texts(&drawing).contains(&"no data"));
        let said = drawing.description();
        assert!(said.contains("Highest: 4.000 in Whole (2011); lowest: 1.000 in Whole (2008)"), "{said}");
        assert!(
            said.contains("rises in 2 and falls in 0") && said.contains("8 of 16 values are missing"),
            "{said}"
        );
        both(&drawing);
    }

    #[test]
    fn nothing_to_show_says_so_in_chinese_too() {
        let variable = variable();
        let panels = PathPanels { variable: &variable, times: &[], units: &[] };
        let drawing = panels.draw(&FigureWords::new(Language::Chinese), true);
        assert_eq!(drawing.description(), "碳排放（lnCO2）：无观测值。 合成数据，不构成实证证据");
        assert!(texts(&drawing)[0].starts_with("合成数据"));
        both(&drawing);
    }
}
