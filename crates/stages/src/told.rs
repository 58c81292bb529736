//! Changes, samples and counts in words, alike in a terminal and on a page but for the signs.

use std::collections::BTreeSet;

use vintner_panel::Period;
use vintner_reporting::significant;
use vintner_reporting::vintage_difference::{CellChange, CoefficientChange, Significance};

/// The signs that a text is written with.
#[derive(Debug, Clone, Copy)]
pub struct Signs {
    /// From one value to another.
    arrow: &'static str,
    /// From one time to another.
    range: &'static str,
    /// No value.
    none: &'static str,
}

/// How much a cell moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moved {
    /// It had no value.
    New,
    /// It has no value any more.
    Gone,
    /// By less than 1%.
    Little,
    /// By less than 10%.
    Somewhat,
    /// By less than 50%.
    Much,
    /// By 50% or more, or from zero.
    Most,
}

impl Moved {
    /// How much a cell did.
    pub fn of(cell: &CellChange) -> Self {
        match (cell.before, cell.after) {
            (None, _) => Self::New,
            (_, None) => Self::Gone,
            _ => match cell.relative.map(f64::abs) {
                Some(relative) if relative < 0.01 => Self::Little,
                Some(relative) if relative < 0.1 => Self::Somewhat,
                Some(relative) if relative < 0.5 => Self::Much,
                _ => Self::Most,
            },
        }
    }
}

impl Signs {
    /// Those of ASCII.
    pub const PLAIN: Self = Self { arrow: "->", range: "-", none: "-" };
    /// Those of print.
    pub const SET: Self = Self { arrow: "\u{2192}", range: "\u{2013}", none: "\u{2013}" };

    /// What happened to a coefficient, but for its value.
    pub fn what_happened(&self, change: &CoefficientChange) -> String {
        let mut told = Vec::new();
        if change.flipped {
            told.push("other sign".to_owned());
        }
        match change.significance {
            Significance::Gained => told.push("significant now".into()),
            Significance::Lost => told.push("no longer significant".into()),
            _ => {}
        }
        if let Some((before, after)) = change.n_obs {
            let number = |n: Option<usize>| n.map_or("?".into(), |n| n.to_string());
            told.push(format!("n {} {} {}", number(before), self.arrow, number(after)));
        }
        if !change.note.is_empty() {
            told.push(change.note.clone());
        }
        told.join(", ")
    }

    /// A coefficient with its stars, in four digits that count.
    pub fn estimate(&self, value: Option<f64>, stars: &str) -> String {
        value.map_or(self.none.into(), |value| format!("{}{stars}", significant(value)))
    }

    /// A cell's values before and after, and by what share it moved.
    pub fn cell(&self, cell: &CellChange) -> String {
        let value = |value: Option<f64>| self.estimate(value, "");
        let sign = |relative: f64| if relative > 0.0 { "+" } else { "" };
        let relative = cell.relative.map(|relative| format!(" ({}{})", sign(relative), percent(relative)));
        format!(
            "{} {}: {} {} {}{}",
            cell.name,
            cell.time,
            value(cell.before),
            self.arrow,
            value(cell.after),
            relative.unwrap_or_default()
        )
    }

    /// "12 rows: a 2008-2019"; of several entities how many of each, of very many their number and times. A cross-section
    /// has no times.
    pub fn sample(&self, rows: &[(String, Period)]) -> String {
        let mut spans: Vec<(&str, Period, Period, usize)> = Vec::new();
        for (entity, time) in rows {
            match spans.last_mut() {
                Some((own, _, last, rows)) if own == entity => {
                    *last = *time;
                    *rows += 1;
                }
                _ => spans.push((entity, *time, *time, 1)),
            }
        }
        let timeless = rows.iter().all(|(_, time)| *time == Period::year(0));
        if spans.len() > MOST_SPANS && !timeless {
            let units = rows.iter().map(|(entity, _)| entity.as_str()).collect::<BTreeSet<&str>>().len();
            let times = || rows.iter().map(|(_, time)| *time);
            let ends = times().min().zip(times().max());
            let times = ends.map(|(first, last)| self.times(first, last)).unwrap_or_default();
            return format!("{} of {}, {times}", count(rows.len(), "row"), count(units, "unit"));
        }
        if timeless && spans.len() > MOST_SPANS {
            return count(rows.len(), "row");
        }
        let parts: Vec<String> = spans
            .iter()
            .map(|(entity, first, last, rows)| {
                if timeless {
                    return (*entity).to_owned();
                }
                let times = self.times(*first, *last);
                let whole = last.since(*first).is_some_and(|later| *rows as i64 == i64::from(later) + 1);
                if whole { format!("{entity} {times}") } else { format!("{entity} {rows} of {times}") }
            })
            .collect();
        format!("{}: {}", count(rows.len(), "row"), parts.join(", "))
    }

    /// "2008-2019"; of periods that have a hyphen themselves "2008-01 to 2019-12".
    fn times(&self, first: Period, last: Period) -> String {
        let (first, last) = (first.to_string(), last.to_string());
        match first == last {
            true => first,
            false if first.contains('-') => format!("{first} to {last}"),
            false => format!("{first}{}{last}", self.range),
        }
    }
}

/// So many entities are named; of more their number.
const MOST_SPANS: usize = 60;

/// "1 row", "3 branches".
pub fn count(number: usize, noun: &str) -> String {
    let plural = if noun.ends_with("ch") { "es" } else { "s" };
    format!("{number} {noun}{}", if number == 1 { "" } else { plural })
}

/// A share as a percentage.
pub fn percent(share: f64) -> String {
    match (share * 100.0).abs() {
        small if small < 0.1 => format!("{:.1e}%", share * 100.0),
        _ => format!("{:.1}%", share * 100.0),
    }
}
