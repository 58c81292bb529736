//! The values of one variable as they are read, column-wise.

use polars::prelude::*;

use crate::column_slice::ColumnSlice;
use crate::dictionary::{Dictionary, NONE, recoded};
use crate::number_reading::Marks;
use crate::source::ValueKind;
use crate::value_reader::{Reading, Value};

/// The values of a variable, and the texts that they don't write.
#[derive(Debug, Clone)]
pub(crate) struct Values {
    column: Typed,
    /// By the record's place.
    texts: Vec<(usize, String)>,
    /// Marks beside the values, where some are declared; by the record's place.
    flags: Option<Vec<(usize, String)>>,
}

#[derive(Debug, Clone)]
enum Typed {
    /// Missing values are NaN.
    Numbers(Vec<f64>),
    Wholes(Vec<Option<i64>>),
    Texts(Vec<u32>, Dictionary),
}

impl Values {
    /// The text of a record, in a column of text.
    pub(crate) fn text(&self, record: usize) -> Option<&str> {
        match &self.column {
            Typed::Texts(codes, texts) => texts.text(*codes.get(record)?),
            _ => None,
        }
    }

    /// No values yet; `flagged` where marks beside them are kept.
    pub(crate) fn new(kind: ValueKind, flagged: bool) -> Self {
        let column = match kind {
            ValueKind::Number => Typed::Numbers(Vec::new()),
            ValueKind::Integer => Typed::Wholes(Vec::new()),
            ValueKind::Text => Typed::Texts(Vec::new(), Dictionary::default()),
        };
        Self { column, texts: Vec::new(), flags: flagged.then(Vec::new) }
    }

    fn len(&self) -> usize {
        match &self.column {
            Typed::Numbers(numbers) => numbers.len(),
            Typed::Wholes(wholes) => wholes.len(),
            Typed::Texts(codes, _) => codes.len(),
        }
    }

    /// Makes room for the values of so many records.
    pub(crate) fn reserve(&mut self, more: usize) {
        match &mut self.column {
            Typed::Numbers(numbers) => numbers.reserve(more),
            Typed::Wholes(wholes) => wholes.reserve(more),
            Typed::Texts(codes, _) => codes.reserve(more),
        }
    }

    /// Adds the value of the next record.
    pub(crate) fn push(&mut self, reading: Reading<'_>) {
        if let Some(text) = reading.text {
            self.texts.push((self.len(), text.into_owned()));
        }
        if let (Some(flag), at) = (reading.flag, self.len())
            && let Some(flags) = &mut self.flags
        {
            flags.push((at, flag));
        }
        match (&mut self.column, reading.value) {
            (Typed::Numbers(numbers), Value::Number(number)) => numbers.push(number),
            (Typed::Numbers(numbers), _) => numbers.push(f64::NAN),
            (Typed::Wholes(wholes), Value::Whole(whole)) => wholes.push(Some(whole)),
            (Typed::Wholes(wholes), _) => wholes.push(None),
            (Typed::Texts(codes, texts), Value::Text(text)) => codes.push(texts.code(&text)),
            (Typed::Texts(codes, _), _) => codes.push(NONE),
        }
    }

    /// Adds the values of a column's rows that are `kept`; nothing where it is of another type.
    pub(crate) fn take(&mut self, column: ColumnSlice<'_>, kept: &[usize]) -> Option<()> {
        let is_missing = |missing: &[bool], at: usize| missing.get(at).copied().unwrap_or_default();
        let is_all = kept.len() == column.len();
        match (&mut self.column, column) {
            (Typed::Numbers(own), ColumnSlice::Numbers(numbers, missing)) if is_all && missing.is_empty() => {
                own.extend_from_slice(numbers);
            }
            (Typed::Numbers(own), ColumnSlice::Numbers(numbers, missing)) => own.extend(
                kept.iter()
                    .filter_map(|at| numbers.get(*at).map(|number| (*at, *number)))
                    .map(|(at, number)| if is_missing(missing, at) { f64::NAN } else { number }),
            ),
            (Typed::Numbers(own), ColumnSlice::Wholes(wholes, missing)) => own.extend(
                kept.iter()
                    .filter_map(|at| wholes.get(*at).map(|whole| (*at, *whole)))
                    .map(|(at, whole)| if is_missing(missing, at) { f64::NAN } else { whole as f64 }),
            ),
            (Typed::Wholes(own), ColumnSlice::Wholes(wholes, missing)) => own.extend(
                kept.iter()
                    .filter_map(|at| wholes.get(*at).map(|whole| (*at, *whole)))
                    .map(|(at, whole)| (!is_missing(missing, at)).then_some(whole)),
            ),
            _ => return None,
        }
        Some(())
    }

    /// Adds nothing for the next record.
    pub(crate) fn skip(&mut self) {
        let marks = Marks::None;
        self.push(Reading { value: Value::Missing, text: None, flag: None, marks, is_percent: None });
    }

    /// Adds the values of records that follow.
    pub(crate) fn append(&mut self, other: Self) {
        let before = self.len();
        self.texts.extend(other.texts.into_iter().map(|(at, text)| (before + at, text)));
        if let (Some(own), Some(flags)) = (&mut self.flags, other.flags) {
            own.extend(flags.into_iter().map(|(at, flag)| (before + at, flag)));
        }
        match (&mut self.column, other.column) {
            (Typed::Numbers(own), Typed::Numbers(numbers)) => own.extend(numbers),
            (Typed::Wholes(own), Typed::Wholes(wholes)) => own.extend(wholes),
            (Typed::Texts(own, texts), Typed::Texts(codes, others)) => {
                let new = texts.absorb(&others);
                own.extend(recoded(&codes, &new));
            }
            // Both are read by one declaration.
            _ => {}
        }
    }

    /// The column of values, where any text is kept that of texts, and where marks are declared that of marks, empty
    /// where there is none; of the records that are kept.
    pub(crate) fn into_columns(
        self,
        names: (&str, &str, &str),
        kept: Option<&[IdxSize]>,
    ) -> PolarsResult<Vec<Column>> {
        let (name, text_name, flag_name) = names;
        let height = self.len();
        let values = match self.column {
            Typed::Numbers(numbers) => {
                if numbers.iter().any(|number| number.is_nan()) {
                    let numbers = numbers.into_iter().map(|number| (!number.is_nan()).then_some(number));
                    Float64Chunked::from_iter_options(name.into(), numbers).into_column()
                } else {
                    Float64Chunked::from_vec(name.into(), numbers).into_column()
                }
            }
            Typed::Wholes(wholes) => {
                Int64Chunked::from_iter_options(name.into(), wholes.into_iter()).into_column()
            }
            Typed::Texts(codes, texts) => {
                let texts = codes.iter().map(|code| texts.text(*code));
                StringChunked::from_iter_options(name.into(), texts).into_column()
            }
        };
        let mut columns = vec![values];
        if !self.texts.is_empty() {
            let mut next = self.texts.iter().peekable();
            let texts =
                (0..height).map(|row| next.next_if(|(at, _)| *at == row).map(|(_, text)| text.as_str()));
            columns.push(StringChunked::from_iter_options(text_name.into(), texts).into_column());
        }
        if let Some(flags) = &self.flags {
            let mut next = flags.iter().peekable();
            let flags = (0..height)
                .map(|row| Some(next.next_if(|(at, _)| *at == row).map_or("", |(_, flag)| flag.as_str())));
            columns.push(StringChunked::from_iter_options(flag_name.into(), flags).into_column());
        }
        match kept {
            Some(kept) => {
                let kept = IdxCa::from_vec("kept".into(), kept.to_vec());
                columns.iter().map(|column| column.take(&kept)).collect()
            }
            None => Ok(columns),
        }
    }
}
