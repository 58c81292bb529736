//! The reading of a variable's cells.

use std::borrow::Cow;

use crate::cell::Cell;
use crate::fold::{fold, is_folded};
use crate::number::{is_shortest, parse_number, parse_whole};
use crate::shown::Shown;
use crate::source::{Source, ValueColumn, ValueKind};

/// A missing code: its folded text and, where it writes a number, that number.
type MissingCode = (String, Option<f64>);

/// A variable of the source with its missing codes at hand.
#[derive(Debug)]
pub(crate) struct ValueReader<'a> {
    /// The manifest's entry.
    pub column: &'a ValueColumn,
    /// Its place among the source's variables.
    pub at: usize,
    missing: Vec<MissingCode>,
}

/// What a cell gives.
#[derive(Debug, PartialEq)]
pub(crate) struct Reading<'c> {
    pub value: Value<'c>,
    /// The cell's text, where the value doesn't write it.
    pub text: Option<Cow<'c, str>>,
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

impl<'a> ValueReader<'a> {
    pub(crate) fn new(source: &'a Source, at: usize, column: &'a ValueColumn) -> Self {
        let codes = source.missing.iter().chain(&column.missing);
        let missing = codes.map(|code| (fold(code), parse_number(code).ok())).collect();
        Self { column, at, missing }
    }

    /// The value in a cell; a message and a hint where it isn't one that can be right.
    pub(crate) fn read<'c>(&self, cell: Cell<'c>) -> Result<Reading<'c>, Refusal> {
        if cell.is_blank() {
            return Ok(missing(cell));
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

    /// The value of a cell that shows something else than it holds.
    fn shown<'c>(&self, shown: &'c Shown) -> Result<Reading<'c>, Refusal> {
        match shown {
            Shown::Unsure { message, hint, .. } => Err((message.clone(), hint.clone())),
            Shown::Formatted { text, .. } if self.column.kind == ValueKind::Text => {
                self.read(Cell::Text(text))
            }
            Shown::Formatted { number, .. } | Shown::Percent { number } => self.read(Cell::Number(*number)),
            Shown::Noted { text, whole, .. } => {
                let reading = self.read(Cell::Text(text))?;
                Ok(Reading { text: Some(Cow::Borrowed(whole)), ..reading })
            }
        }
    }

    fn number<'c>(&self, cell: Cell<'c>) -> Result<Reading<'c>, Refusal> {
        let number = match cell {
            Cell::Number(number) => Ok(number),
            Cell::Whole(whole) => Ok(whole as f64),
            Cell::Text(text) => parse_number(text)
                .map_err(|problem| (format!("text in a number: {text:?}"), problem.hint(&fold(text)))),
            other => Err(refusal(other, "a number")),
        };
        if self.is_code(cell, number.as_ref().ok().copied()) {
            return Ok(missing(cell));
        }
        let number = number?;
        let value = self.column.scale.map_or(number, |scale| number * scale);
        if !value.is_finite() {
            return Err((format!("{} times the scale can't be held", cell.raw()), "mend `scale`".into()));
        }
        self.in_range(value, cell)?;
        // What is multiplied may not come back when it is divided.
        let back = self.column.scale.map_or(value, |scale| value / scale);
        let written = match cell {
            Cell::Text(text) => is_shortest(text, back),
            Cell::Whole(_) => is_shortest(&cell.raw(), back),
            _ => back.to_bits() == number.to_bits(),
        };
        Ok(Reading { value: Value::Number(value), text: (!written).then(|| cell.raw()) })
    }

    fn whole<'c>(&self, cell: Cell<'c>) -> Result<Reading<'c>, Refusal> {
        // Beyond this not every whole number is a double.
        const EXACT: f64 = 9_007_199_254_740_992.0;
        let whole = match cell {
            Cell::Whole(whole) => Some(whole),
            Cell::Number(number) => (number.fract() == 0.0 && number.abs() < EXACT).then_some(number as i64),
            Cell::Text(text) => parse_whole(text),
            other => {
                if self.is_code(cell, None) {
                    return Ok(missing(cell));
                }
                return Err(refusal(other, "a whole number"));
            }
        };
        if self.is_code(cell, whole.map(|whole| whole as f64)) {
            return Ok(missing(cell));
        }
        let Some(whole) = whole else {
            let message = format!("{:?} is no whole number of up to 64 bits", cell.raw());
            return Err((message, "mend the cell, or leave out `type: integer`".into()));
        };
        self.in_range(whole as f64, cell)?;
        let raw = cell.raw();
        let written = raw == whole.to_string();
        Ok(Reading { value: Value::Whole(whole), text: (!written).then_some(raw) })
    }

    fn text<'c>(&self, cell: Cell<'c>) -> Reading<'c> {
        let number = if let Cell::Number(number) = cell { Some(number) } else { None };
        if self.is_code(cell, number) {
            return missing(cell);
        }
        let raw = cell.raw();
        if is_folded(&raw) {
            return Reading { value: Value::Text(raw), text: None };
        }
        let folded = fold(&raw);
        let written = folded == raw;
        Reading { value: Value::Text(Cow::Owned(folded)), text: (!written).then_some(raw) }
    }

    /// Whether a cell holds a code for missing.
    fn is_code(&self, cell: Cell<'_>, number: Option<f64>) -> bool {
        if self.missing.is_empty() {
            return false;
        }
        let raw = cell.raw();
        let folded = if is_folded(&raw) { raw } else { Cow::Owned(fold(&raw)) };
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
        Err((message, "mend the cell, or widen `range` (in the unit after `scale`)".into()))
    }
}

fn missing(cell: Cell<'_>) -> Reading<'_> {
    let text = if let Cell::Empty = cell { None } else { Some(cell.raw()) };
    Reading { value: Value::Missing, text }
}

/// What is said of a cell of another type than is `due`.
fn refusal(cell: Cell<'_>, due: &str) -> Refusal {
    let raw = cell.raw();
    match cell {
        Cell::Error(error) => (
            format!("the spreadsheet error {error} where {due} is due"),
            format!("mend the cell, or add {error:?} to `missing`"),
        ),
        Cell::Date(date) => (
            format!("a date where {due} is due: {date}"),
            "give the cell the number format `General`, or mend `column`".into(),
        ),
        _ => (
            format!("{raw} where {due} is due"),
            format!("if it stands for a missing value, add {raw:?} to `missing`; otherwise mend the cell"),
        ),
    }
}
