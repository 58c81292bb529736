//! What stands in a column of values.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use vintner_panel::shortest_decimal;

use super::joined_names::says_sum;
use super::measures_seen::{Measures, measures};
use super::numbers_seen::{NumbersIn, NumbersSeen, numbers_seen};
use crate::cell::Cell;
use crate::missing_codes::CodesSeen;
use crate::shown::Shown;
use crate::source::ValueKind;

/// So many different texts of a column are looked at.
pub(super) const TEXTS: usize = 20_000;

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
    /// A text that is written as a formula: `="00123"`.
    pub(super) formula: Option<String>,
    /// Why some cells can't be relied on.
    pub(super) unread: Option<String>,
    /// Whether they are whole numbers of more digits than 64 bits hold, taken for ids.
    pub(super) ids_beyond: bool,
    pub(super) least: f64,
    pub(super) most: f64,
    /// Whether there are more different texts than were looked at.
    pub(super) cut: bool,
    /// Whether the column has no header.
    pub(super) headless: bool,
    /// What the texts are that are no numbers by what stands beside their digits.
    pub(super) measures: Option<Measures>,
    /// Texts that say that their rows are sums of others.
    pub(super) totals: Vec<String>,
    /// Three cells as they are written and as they are read.
    pub(super) examples: Vec<(String, String)>,
}

/// Names, though they may be written as numbers. None where all cells are blank.
pub(super) fn text<'c>(header: &str, cells: impl Iterator<Item = Cell<'c>>) -> Option<ValueGuess> {
    value(Some(header), cells).map(|guess| ValueGuess { kind: ValueKind::Text, ..guess })
}

/// Whether a text is an infinite number, as R, pandas and databases write it.
fn is_infinite(text: &str) -> bool {
    let lower = text.trim().to_lowercase();
    let bare = lower.strip_prefix(['+', '-']).unwrap_or(&lower);
    ["inf", "infinity", "1.#inf", "∞"].contains(&bare)
}

/// What stands in some cells: numbers where these are not fewer than other texts; text otherwise. None where all are
/// blank or of another type.
pub(super) fn value<'c>(header: Option<&str>, cells: impl Iterator<Item = Cell<'c>>) -> Option<ValueGuess> {
    let (mut held, mut blank, mut dates) = (Vec::new(), 0, 0);
    let mut counts: HashMap<Cow<'c, str>, usize> = HashMap::new();
    let (mut errors, mut first) = (BTreeSet::new(), Vec::new());
    let (mut wide_whole, mut beyond, mut unread) = (false, false, BTreeMap::<String, usize>::new());
    let (mut fractions, mut cut) = (false, false);
    // Lengths of time, as workbooks hold them.
    let mut times: BTreeSet<String> = BTreeSet::new();
    for cell in cells {
        let text = match cell {
            cell if cell.is_blank() => {
                blank += 1;
                continue;
            }
            Cell::Number(number) => {
                fractions |= number.fract() != 0.0;
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
            // What can't be relied on says nothing of the others, and is told when it is read.
            Cell::Shown(Shown::Unsure { message, .. }) => {
                *unread.entry(message.clone()).or_default() += 1;
                continue;
            }
            Cell::Date(date) => {
                if first.len() < 3 && !first.iter().any(|own| own == date) {
                    first.push(date.to_owned());
                }
                if !date.contains('-') && times.len() < TEXTS {
                    times.insert(date.to_owned());
                }
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
                } else {
                    cut = true;
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
    if held.is_empty() && counts.is_empty() && dates == 0 && unread.is_empty() {
        return None;
    }
    let counts: BTreeMap<String, usize> =
        counts.into_iter().map(|(text, count)| (text.into_owned(), count)).collect();
    let texts: BTreeSet<String> = counts.keys().cloned().collect();
    let seen = numbers_seen(&texts);
    let by_comma = seen.by_comma.is_some() && seen.by_point.is_none();
    let readings = [false, true].map(|by_comma| NumbersIn::new(&seen, by_comma));
    let number_in = |by_comma: bool, text: &str| {
        readings.get(usize::from(by_comma)).and_then(|reading| reading.number(text))
    };
    let native = held.len();
    let mut codes = CodesSeen::default();
    held.iter().for_each(|number| codes.see(*number, 0, 0));
    let mut written = 0;
    for (text, count) in &counts {
        if let Some(number) = number_in(by_comma, text) {
            written += count;
            held.push(number);
            (0..*count).for_each(|_| codes.see(number, 0, 0));
        }
        // A double hasn't all of its digits.
        let own = text.trim().strip_prefix('-').unwrap_or(text.trim());
        if own.len() > 15 && own.bytes().all(|byte| byte.is_ascii_digit()) {
            wide_whole = true;
            beyond |= text.trim().parse::<i64>().is_err();
        }
        fractions |= number_in(by_comma, text).is_some_and(|number| number.fract() != 0.0);
    }
    let others: usize = seen.other.iter().filter_map(|text| counts.get(text)).sum::<usize>() + dates;
    let numbers = native + written;
    // No number that is held, and no name either: what it is to be is asked.
    let infinite: usize = counts.iter().filter(|(text, _)| is_infinite(text)).map(|(_, count)| count).sum();
    // Digits after a zero are a code, which no number writes.
    let is_code = |text: &String| {
        text.len() > 1 && text.starts_with('0') && text.bytes().all(|byte| byte.is_ascii_digit())
    };
    let only_unread = held.is_empty() && counts.is_empty() && dates == 0;
    let is_number = only_unread
        || (!held.is_empty() && numbers >= others.saturating_sub(infinite) && !texts.iter().any(is_code));
    // Of numbers beside fractions the last digits don't matter, or are told when they are lost.
    let ids = wide_whole && !fractions;
    let kind = if !is_number || (ids && beyond) {
        ValueKind::Text
    } else if ids {
        ValueKind::Integer
    } else {
        ValueKind::Number
    };
    let codes = codes.doubtful_numbers();
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
        formula: texts.iter().find(|text| text.trim().starts_with('=')).cloned(),
        unread: unread.into_iter().next().map(|(message, _)| message),
        ids_beyond: is_number && ids && beyond,
        least: held.iter().copied().fold(f64::INFINITY, f64::min),
        most: held.iter().copied().fold(f64::NEG_INFINITY, f64::max),
        cut,
        headless: false,
        measures: if kind == ValueKind::Text { measures(texts.union(&times)) } else { None },
        totals: texts.iter().filter(|text| says_sum(text)).cloned().collect(),
        seen,
        examples,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn guess(texts: &[&str]) -> ValueGuess {
        value(None, texts.iter().map(|text| Cell::Text(text))).unwrap()
    }

    #[test]
    fn whole_numbers_are_ids_where_a_double_has_not_all_of_their_digits() {
        assert_eq!(guess(&["9007199254740993", "3"]).kind, ValueKind::Integer);
        let beyond = guess(&["12345678901234567890", "3"]);
        assert!(beyond.kind == ValueKind::Text && beyond.ids_beyond);
        // Beside fractions they are amounts.
        assert_eq!(guess(&["9007199254740993", "1.5"]).kind, ValueKind::Number);
    }

    #[test]
    fn infinite_numbers_are_no_names() {
        let ratio = guess(&["Inf", "1.7", "-inf", "NaN"]);
        assert_eq!((ratio.kind, ratio.seen.other.len()), (ValueKind::Number, 2));
        assert_eq!(guess(&["Informatics", "1.7", "Infancy"]).kind, ValueKind::Text);
    }

    #[test]
    fn formulas_without_values_are_taken_for_numbers() {
        let unsure = Shown::Unsure { text: "=A1*2".into(), message: "no value".into(), hint: "save".into() };
        let guess = value(None, [Cell::Shown(&unsure)].into_iter()).unwrap();
        assert_eq!((guess.kind, guess.unread.as_deref()), (ValueKind::Number, Some("no value")));
        let texts = value(None, [Cell::Text("a"), Cell::Shown(&unsure)].into_iter()).unwrap();
        assert_eq!(texts.kind, ValueKind::Text);
    }
}
