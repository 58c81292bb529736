//! What stands in a column of values.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use vintner_panel::shortest_decimal;

use super::numbers_seen::{NumbersIn, NumbersSeen, numbers_seen};
use crate::cell::Cell;
use crate::shown::Shown;
use crate::source::ValueKind;

/// So many different texts of a column are looked at.
const TEXTS: usize = 20_000;

/// A column of values, as it seems to be.
#[derive(Debug, Clone)]
pub(super) struct ValueGuess {
    /// What a manifest calls it; nothing in a table of one variable.
    pub(super) header: Option<String>,
    pub(super) kind: ValueKind,
    /// How many cells are values.
    pub(super) numbers: usize,
    pub(super) blank: usize,
    pub(super) seen: NumbersSeen,
    /// Spreadsheets' errors among them.
    pub(super) errors: Vec<String>,
    /// Numbers that programs write for missing values: -999 and the like.
    pub(super) codes: Vec<f64>,
    pub(super) least: f64,
    pub(super) most: f64,
    /// Three cells as they are written and as they are read.
    pub(super) examples: Vec<(String, String)>,
}

/// Names, though they may be written as numbers. None where all cells are blank.
pub(super) fn text<'c>(header: &str, cells: impl Iterator<Item = Cell<'c>>) -> Option<ValueGuess> {
    value(Some(header), cells).map(|guess| ValueGuess { kind: ValueKind::Text, ..guess })
}

/// What stands in some cells: numbers where these are not fewer than other texts; text otherwise. None where all are
/// blank or of another type.
pub(super) fn value<'c>(header: Option<&str>, cells: impl Iterator<Item = Cell<'c>>) -> Option<ValueGuess> {
    let (mut held, mut blank, mut dates) = (Vec::new(), 0, 0);
    let mut counts: HashMap<Cow<'c, str>, usize> = HashMap::new();
    let (mut errors, mut first) = (BTreeSet::new(), Vec::new());
    let mut wide_whole = false;
    for cell in cells {
        let text = match cell {
            cell if cell.is_blank() => {
                blank += 1;
                continue;
            }
            Cell::Number(number) => {
                held.push(number);
                None
            }
            Cell::Whole(whole) => {
                wide_whole |= whole.unsigned_abs() > 1 << 53;
                held.push(whole as f64);
                None
            }
            Cell::Shown(Shown::Percent { number } | Shown::Formatted { number, .. }) => {
                held.push(*number);
                None
            }
            Cell::Error(error) => {
                errors.insert(error.to_owned());
                continue;
            }
            Cell::Date(_) => {
                dates += 1;
                continue;
            }
            cell => Some(cell.raw()),
        };
        match text {
            Some(text) => {
                if first.len() < 3 && !first.iter().any(|own| *own == text) {
                    first.push(text.clone().into_owned());
                }
                if let Some(count) = counts.get_mut(&text) {
                    *count += 1;
                } else if counts.len() < TEXTS {
                    counts.insert(text, 1);
                }
            }
            None if first.len() == 3 => {}
            None => {
                let text = held.last().copied().map(shortest_decimal).unwrap_or_default();
                if !first.contains(&text) {
                    first.push(text);
                }
            }
        }
    }
    if held.is_empty() && counts.is_empty() && dates == 0 {
        return None;
    }
    let counts: BTreeMap<String, usize> =
        counts.into_iter().map(|(text, count)| (text.into_owned(), count)).collect();
    let texts: BTreeSet<String> = counts.keys().cloned().collect();
    let seen = numbers_seen(&texts);
    let by_comma = seen.by_comma.is_some() && seen.by_point.is_none();
    let readings = [false, true].map(|by_comma| NumbersIn::new(&seen.rule, by_comma));
    let number_in = |by_comma: bool, text: &str| {
        readings.iter().nth(usize::from(by_comma)).and_then(|reading| reading.number(text))
    };
    let native = held.len();
    let mut written = 0;
    for (text, count) in &counts {
        if let Some(number) = number_in(by_comma, text) {
            written += count;
            held.extend(std::iter::repeat_n(number, (*count).min(2)));
        }
        // A double hasn't all of its digits.
        let digits = text.bytes().filter(u8::is_ascii_digit).count();
        wide_whole |= digits > 15 && digits == text.trim().len();
    }
    let others: usize = seen.other.iter().filter_map(|text| counts.get(text)).sum::<usize>() + dates;
    let numbers = native + written;
    // Digits after a zero are a code, which no number writes.
    let is_code = |text: &String| {
        text.len() > 1 && text.starts_with('0') && text.bytes().all(|byte| byte.is_ascii_digit())
    };
    let is_number = !held.is_empty() && numbers >= others && !texts.iter().any(is_code);
    let kind = if !is_number {
        ValueKind::Text
    } else if wide_whole {
        ValueKind::Integer
    } else {
        ValueKind::Number
    };
    let codes = [-9.0, -99.0, -999.0, -9999.0, -8888.0, 9999.0, 99999.0];
    let codes = codes.into_iter().filter(|code| held.iter().filter(|number| *number == code).count() > 1);
    let codes: Vec<f64> = codes.collect();
    let read = |text: &String| match kind {
        ValueKind::Number => {
            let read = |by_comma| number_in(by_comma, text).map(shortest_decimal);
            let undecided = seen.either.is_some() && seen.by_point.is_none() && seen.by_comma.is_none();
            match (undecided, read(by_comma), read(!by_comma)) {
                (true, Some(one), Some(other)) if one != other => Some(format!("{one} or {other}")),
                (_, read, _) => read,
            }
        }
        _ => Some(text.clone()),
    };
    // What is written otherwise than it is read shows more.
    let mut examples: Vec<(String, String)> =
        first.iter().filter_map(|text| Some((text.clone(), read(text)?))).collect();
    let telling =
        texts.iter().filter_map(|text| Some((text.clone(), read(text)?))).filter(|(text, read)| text != read);
    for example in telling.take(3) {
        if !examples.contains(&example) {
            examples.insert(0, example);
        }
    }
    examples.truncate(3);
    Some(ValueGuess {
        header: header.map(str::to_owned),
        kind,
        numbers: if is_number { numbers } else { native + counts.values().sum::<usize>() + dates },
        blank,
        errors: errors.into_iter().collect(),
        codes,
        least: held.iter().copied().fold(f64::INFINITY, f64::min),
        most: held.iter().copied().fold(f64::NEG_INFINITY, f64::max),
        seen,
        examples,
    })
}
