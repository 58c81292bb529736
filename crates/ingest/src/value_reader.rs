//! The reading of a variable's cells.

use std::borrow::Cow;

use crate::cell::Cell;
use crate::column_slice::ColumnSlice;
use crate::fold::{fold, is_folded};
use crate::number::{is_shortest, parse_number, parse_whole};
use crate::number_problem::NumberProblem;
use crate::number_reading::{Marks, NumberReading, Numeral};
use crate::number_rule::{DecimalMark, NumberRule, Percent};
use crate::plain_number::PlainNumber;
use crate::shown::Shown;
use crate::source::{Source, ValueColumn, ValueKind};

/// A missing code: its folded text and, where it writes a number, that number.
type MissingCode = (String, Option<f64>);

/// A variable of the source with its missing codes and its rule of numbers at hand.
#[derive(Debug)]
pub(crate) struct ValueReader<'a> {
    /// The manifest's entry.
    pub column: &'a ValueColumn,
    /// Its place among the source's variables.
    pub at: usize,
    missing: Vec<MissingCode>,
    numbers: NumberReading,
}

/// What a cell gives.
#[derive(Debug, PartialEq)]
pub(crate) struct Reading<'c> {
    pub value: Value<'c>,
    /// The cell's text, where the value doesn't write it.
    pub text: Option<Cow<'c, str>>,
    /// Marks that stand beside the value.
    pub flag: Option<String>,
    /// What the text says of the marks of its column; of none where it isn't text.
    pub marks: Marks,
    /// Whether a percent sign stands in it, where the rule knows percent signs and it is a number.
    pub is_percent: Option<bool>,
}

/// A value by type.
#[derive(Debug, PartialEq)]
pub(crate) enum Value<'c> {
    Missing,
    Number(f64),
    Whole(i64),
    Text(Cow<'c, str>),
}

/// What is wrong with a cell, and what to do about it.
pub(crate) type Refusal = (String, String);

/// What a text is, as far as its numbers are concerned.
enum Told<'f> {
    Missing(Option<String>),
    Number(Numeral<'f>, Option<String>),
}

impl<'a> ValueReader<'a> {
    /// A reader of one of a source's variables; `decided` is what its column was found to write before a fraction,
    /// where the manifest doesn't say.
    pub(crate) fn new(source: &'a Source, at: usize, column: &'a ValueColumn, decided: DecimalMark) -> Self {
        let numbers = NumberReading::new(&rule_of(source, column), decided);
        let codes = source.missing.iter().chain(&column.missing);
        let missing = codes.map(|code| {
            let folded = fold(code);
            let number = numbers.numeral(&folded).ok().and_then(|numeral| numeral.digits.parse().ok());
            (folded, number.or_else(|| parse_number(code)))
        });
        Self { column, at, missing: missing.collect(), numbers }
    }

    /// The value in a cell; a message and a hint where it isn't one that can be right.
    pub(crate) fn read<'c>(&self, cell: Cell<'c>) -> Result<Reading<'c>, Refusal> {
        if cell.is_blank() {
            return Ok(missing(cell, None));
        }
        if let Cell::Shown(shown) = cell {
            return self.shown(shown);
        }
        match self.column.kind {
            ValueKind::Number => self.number(cell),
            ValueKind::Integer => self.whole(cell),
            ValueKind::Text => match cell {
                Cell::Error(_) if !self.is_code(cell, None) => Err(refusal(cell, "text")),
                _ => Ok(self.text(cell)),
            },
        }
    }

    /// The number that a cell holds which gave a value, before it was multiplied.
    pub(crate) fn as_held(&self, value: &Value<'_>) -> Option<f64> {
        // So that 0.1 times the scale and back is 0.1.
        const ROUNDED: f64 = 1e6;
        match value {
            Value::Number(number) => Some(match self.column.scale {
                Some(scale) => (number / scale * ROUNDED).round() / ROUNDED,
                None => *number,
            }),
            Value::Whole(whole) => Some(*whole as f64),
            Value::Missing | Value::Text(_) => None,
        }
    }

    /// Whether the values of a column's rows are those that it holds, missing ones and all: reading them cell by cell comes
    /// to the same.
    pub(crate) fn takes_as_they_are(&self, column: &ColumnSlice<'_>) -> bool {
        // Beyond this not every whole number is a double.
        const EXACT: u64 = 1 << 53;
        let has_rule =
            self.column.scale.is_some() || !self.missing.is_empty() || self.numbers.percent().is_some();
        if has_rule {
            return false;
        }
        let [least, most] = self.column.range.unwrap_or_default();
        let in_range =
            |value: f64| least.is_none_or(|least| value >= least) && most.is_none_or(|most| value <= most);
        let is_missing = |missing: &[bool], at: usize| missing.get(at).copied().unwrap_or_default();
        match (column, self.column.kind) {
            (ColumnSlice::Numbers(numbers, missing), ValueKind::Number) => numbers
                .iter()
                .enumerate()
                .all(|(at, number)| (number.is_finite() && in_range(*number)) || is_missing(missing, at)),
            (ColumnSlice::Wholes(wholes, missing), ValueKind::Number | ValueKind::Integer) => {
                let is_exact =
                    |whole: i64| self.column.kind == ValueKind::Integer || whole.unsigned_abs() < EXACT;
                wholes.iter().enumerate().all(|(at, whole)| {
                    (is_exact(*whole) && in_range(*whole as f64)) || is_missing(missing, at)
                })
            }
            _ => false,
        }
    }

    /// The value of a cell that shows something else than it holds.
    fn shown<'c>(&self, shown: &'c Shown) -> Result<Reading<'c>, Refusal> {
        match shown {
            Shown::Unsure { message, hint, .. } => Err((message.clone(), hint.clone())),
            Shown::Formatted { text, .. } if self.column.kind == ValueKind::Text => {
                self.read(Cell::Text(text))
            }
            Shown::Formatted { number, .. } | Shown::Percent { number } => self.read(Cell::Number(*number)),
            // A text is what is seen.
            Shown::Noted { raised: true, whole, .. } if self.column.kind == ValueKind::Text => {
                self.read(Cell::Text(whole))
            }
            Shown::Noted { text, whole, .. } => {
                let reading = self.read(Cell::Text(text))?;
                Ok(Reading { text: Some(Cow::Borrowed(whole)), ..reading })
            }
        }
    }

    fn number<'c>(&self, cell: Cell<'c>) -> Result<Reading<'c>, Refusal> {
        let mut told = (Marks::None, None, None, true);
        let plain = if let Cell::Text(text) = cell { self.plain(text) } else { None };
        let number = match cell {
            Cell::Number(number) => number,
            Cell::Whole(whole) => whole as f64,
            Cell::Text(text) => 'text: {
                if let Some((plain, marks)) = plain {
                    told = (marks, Some(false), None, true);
                    break 'text plain.number;
                }
                let folded = folded(text);
                match self.told(&folded, text)? {
                    Told::Missing(flag) => return Ok(missing(cell, flag)),
                    Told::Number(numeral, flag) => {
                        let number = numeral.digits.parse::<f64>().ok().filter(|number| number.is_finite());
                        let too_large = || refused(text, &NumberProblem::TooLarge);
                        let number = number.ok_or_else(too_large)?;
                        let plain = numeral.digits == text;
                        told = (numeral.marks, Some(numeral.is_percent), flag, plain);
                        if numeral.is_percent && self.numbers.percent() == Some(Percent::Fraction) {
                            number / 100.0
                        } else {
                            number
                        }
                    }
                }
            }
            other if self.is_code(cell, None) => return Ok(missing(other, None)),
            other => return Err(refusal(other, "a number")),
        };
        if plain.is_none() && self.is_code(cell, Some(number)) {
            return Ok(missing(cell, told.2));
        }
        let value = self.column.scale.map_or(number, |scale| number * scale);
        if !value.is_finite() {
            return Err((format!("{} times the scale can't be held", cell.raw()), "mend `scale`".into()));
        }
        self.in_range(value, cell)?;
        // What is multiplied may not come back when it is divided.
        let back = self.column.scale.map_or(value, |scale| value / scale);
        let (marks, is_percent, flag, as_written) = told;
        let written = match (cell, plain) {
            (Cell::Text(text), Some((plain, _))) if back.to_bits() == number.to_bits() => {
                plain.is_shortest(text)
            }
            // What doesn't come back is another number than the text writes.
            _ if back.to_bits() != number.to_bits() => false,
            (Cell::Text(text), _) => as_written && is_shortest(text, back),
            (Cell::Whole(whole), _) if whole.unsigned_abs() < 1 << 53 => true,
            (Cell::Whole(_), _) => is_shortest(&cell.raw(), back),
            _ => true,
        };
        let is_percent = self.numbers.percent().and(is_percent.or(Some(false)));
        let text = (!written).then(|| cell.raw());
        Ok(Reading { value: Value::Number(value), text, flag, marks, is_percent })
    }

    fn whole<'c>(&self, cell: Cell<'c>) -> Result<Reading<'c>, Refusal> {
        // Beyond this not every whole number is a double.
        const EXACT: f64 = 9_007_199_254_740_992.0;
        let (mut marks, mut flag, mut is_percent) = (Marks::None, None, None);
        if let Cell::Text(text) = cell
            && let Some(whole) = self.plain_whole(text)
        {
            self.in_range(whole as f64, cell)?;
            let digits = text.strip_prefix('-').unwrap_or(text);
            let written = !digits.starts_with('0') || text == "0";
            let text = (!written).then_some(Cow::Borrowed(text));
            let is_percent = self.numbers.percent().map(|_| false);
            return Ok(Reading { value: Value::Whole(whole), text, flag, marks, is_percent });
        }
        let whole = match cell {
            Cell::Whole(whole) => Some(whole),
            Cell::Number(number) => (number.fract() == 0.0 && number.abs() < EXACT).then_some(number as i64),
            Cell::Text(text) => match self.told(&folded(text), text) {
                Ok(Told::Missing(flag)) => return Ok(missing(cell, flag)),
                Ok(Told::Number(numeral, mark)) => {
                    (marks, flag, is_percent) = (numeral.marks, mark, Some(numeral.is_percent));
                    parse_whole(&numeral.digits)
                }
                Err((message, hint)) => {
                    return Err((message.replacen("text in a number", "text in a whole number", 1), hint));
                }
            },
            other => {
                if self.is_code(cell, None) {
                    return Ok(missing(cell, None));
                }
                return Err(refusal(other, "a whole number"));
            }
        };
        if self.is_code(cell, whole.map(|whole| whole as f64)) {
            return Ok(missing(cell, flag));
        }
        let is_percent = self.numbers.percent().and(is_percent.or(Some(false)));
        let raw = cell.raw();
        let Some(whole) = whole else {
            // It counts for what its column writes all the same.
            if marks == Marks::Either {
                return Ok(Reading { value: Value::Missing, text: Some(raw), flag, marks, is_percent });
            }
            let message = format!("{raw:?} is no whole number of up to 64 bits");
            let is_large =
                parse_number(&raw).is_some_and(|number| number.fract() == 0.0 && number.abs() >= EXACT);
            let hint = match is_large {
                true => {
                    "write `type: text` instead of `type: integer` if it is an id; a number has 15 to 17 digits"
                }
                false => "leave out `type: integer` if the column holds fractions",
            };
            return Err((message, hint.into()));
        };
        self.in_range(whole as f64, cell)?;
        let written = raw == whole.to_string();
        let text = (!written).then_some(raw);
        Ok(Reading { value: Value::Whole(whole), text, flag, marks, is_percent })
    }

    /// The number of a text that is plainly written, and what it says of the marks of its column; nothing where it has
    /// to be looked at more closely.
    fn plain(&self, text: &str) -> Option<(PlainNumber, Marks)> {
        let plain = PlainNumber::of(text)?;
        let marks = self.numbers.marks_of_plain(&plain)?;
        let is_code = self.missing.iter().any(|(code, value)| code == text || *value == Some(plain.number));
        (!is_code).then_some((plain, marks))
    }

    /// The whole number of a text that is nothing but its digits, as [`ValueReader::plain`].
    fn plain_whole(&self, text: &str) -> Option<i64> {
        let digits = text.strip_prefix('-').unwrap_or(text);
        // What fits in any case.
        if digits.is_empty() || digits.len() > 18 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let whole: i64 = text.parse().ok()?;
        let is_code = |(code, value): &MissingCode| code == text || *value == Some(whole as f64);
        (self.numbers.has_no_currency() && !self.missing.iter().any(is_code)).then_some(whole)
    }

    /// What a text is under the rule of its column, the marks beside it taken off.
    fn told<'f>(&self, folded: &'f str, raw: &str) -> Result<Told<'f>, Refusal> {
        if self.is_code(Cell::Text(folded), None) {
            return Ok(Told::Missing(None));
        }
        let problem = match self.numbers.numeral(folded) {
            Ok(numeral) => return Ok(Told::Number(numeral, None)),
            Err(problem) => problem,
        };
        for (rest, flag) in self.numbers.without_flags(folded) {
            if rest.is_empty() || self.is_code(Cell::Text(rest), None) {
                return Ok(Told::Missing(Some(flag)));
            }
            if let Ok(numeral) = self.numbers.numeral(rest) {
                return Ok(Told::Number(numeral, Some(flag)));
            }
        }
        Err(refused(raw, &problem))
    }

    fn text<'c>(&self, cell: Cell<'c>) -> Reading<'c> {
        let number = if let Cell::Number(number) = cell { Some(number) } else { None };
        if self.is_code(cell, number) {
            return missing(cell, None);
        }
        let raw = cell.raw();
        let (value, text) = if is_folded(&raw) {
            (raw, None)
        } else {
            let folded = fold(&raw);
            let written = folded == raw;
            (Cow::Owned(folded), (!written).then_some(raw))
        };
        Reading { value: Value::Text(value), text, flag: None, marks: Marks::None, is_percent: None }
    }

    /// Whether a cell holds a code for missing.
    fn is_code(&self, cell: Cell<'_>, number: Option<f64>) -> bool {
        if self.missing.is_empty() {
            return false;
        }
        let raw = cell.raw();
        let folded = folded(&raw);
        self.missing.iter().any(|(code, value)| *code == *folded || (value.is_some() && *value == number))
    }

    fn in_range(&self, value: f64, cell: Cell<'_>) -> Result<(), Refusal> {
        let Some([least, most]) = self.column.range else { return Ok(()) };
        if least.is_none_or(|least| value >= least) && most.is_none_or(|most| value <= most) {
            return Ok(());
        }
        let unit = &self.column.unit;
        let unit = if unit.is_empty() { String::new() } else { format!(" {unit}") };
        let read =
            if self.column.scale.is_some() { format!(" (read as {})", cell.raw()) } else { String::new() };
        let bound = match (least, most) {
            (Some(least), Some(most)) => format!("from {least} to {most}"),
            (Some(least), None) => format!("from {least} up"),
            (None, Some(most)) => format!("up to {most}"),
            (None, None) => "open".into(),
        };
        let message = format!(
            "{value}{unit}{read} is out of the declared range of `{}`: {bound}",
            self.column.variable
        );
        Err((message, "widen `range` in vintage.yaml if it is right (in the unit after `scale`), or mend `scale` or `numbers`".into()))
    }
}

/// How the numbers of one of a source's variables are written.
pub(crate) fn rule_of(source: &Source, column: &ValueColumn) -> NumberRule {
    column.numbers.within(&source.numbers)
}

fn folded(text: &str) -> Cow<'_, str> {
    if is_folded(text) { Cow::Borrowed(text) } else { Cow::Owned(fold(text)) }
}

fn refused(raw: &str, problem: &NumberProblem) -> Refusal {
    (format!("text in a number: {raw:?}"), problem.hint(&fold(raw)))
}

fn missing(cell: Cell<'_>, flag: Option<String>) -> Reading<'_> {
    let text = if let Cell::Empty = cell { None } else { Some(cell.raw()) };
    Reading { value: Value::Missing, text, flag, marks: Marks::None, is_percent: None }
}

/// What is said of a cell of another type than is `due`.
fn refusal(cell: Cell<'_>, due: &str) -> Refusal {
    let raw = cell.raw();
    match cell {
        Cell::Error(error) => (
            format!("the spreadsheet error {error} where {due} is due"),
            format!("if it stands for a missing value, add {error:?} to `missing` in vintage.yaml"),
        ),
        Cell::Date(date) => (
            format!("a date where {due} is due: {date}"),
            "mend `column` in vintage.yaml if it names the wrong one; a date isn't read as a number".into(),
        ),
        _ => (
            format!("{raw} where {due} is due"),
            format!("if it stands for a missing value, add {raw:?} to `missing` in vintage.yaml"),
        ),
    }
}
