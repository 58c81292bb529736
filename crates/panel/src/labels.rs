//! Codes for the values of a column of keys.

use std::collections::HashMap;

use polars::prelude::*;

use crate::error::{PanelError, Result};
use crate::type_words::type_in_words;

/// The rows of a column that have the same value: each row's code, and what each code stands for. Codes
/// follow the order of the labels as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Labels {
    /// Each row's code, an index into `labels`; `u32::MAX` where the value is missing.
    pub codes: Vec<u32>,
    /// The values as text, sorted.
    pub labels: Vec<String>,
}

impl Labels {
    /// The code of rows whose value is missing.
    pub const MISSING: u32 = u32::MAX;

    /// The codes of a column of text, whole numbers or truth values.
    pub(crate) fn of(name: &str, column: &Column) -> Result<Self> {
        let (codes, labels) = if column.dtype() == &DataType::Int32 {
            let whole = column.i32()?;
            integers(|| whole.iter().map(|value| value.map(i64::from)))
        } else if column.dtype().is_integer() {
            let whole = column.cast(&DataType::Int64)?;
            let whole = whole.i64()?;
            integers(|| whole.iter())
        } else if column.dtype().is_float() && are_whole(column)? {
            let whole = column.cast(&DataType::Int64)?;
            let whole = whole.i64()?;
            integers(|| whole.iter())
        } else if matches!(column.dtype(), DataType::String | DataType::Boolean | DataType::Null) {
            let text = column.cast(&DataType::String)?;
            texts(text.str()?)
        } else {
            return Err(PanelError::WrongType {
                column: name.into(),
                found: type_in_words(column.dtype()),
                expected: "text or whole numbers",
            });
        };
        Ok(sorted(codes, labels))
    }
}

/// Whether a column's numbers are whole, and small enough to be told apart.
fn are_whole(column: &Column) -> Result<bool> {
    let numbers = column.cast(&DataType::Float64)?;
    Ok(numbers.f64()?.iter().flatten().all(|value| value.fract() == 0.0 && value.abs() < 9e15))
}

/// Codes in order of first appearance. Whole numbers in a narrow range go by a table, others by a map.
fn integers<I: Iterator<Item = Option<i64>>>(values: impl Fn() -> I) -> (Vec<u32>, Vec<String>) {
    let (mut smallest, mut largest, mut height) = (i64::MAX, i64::MIN, 0_usize);
    for value in values() {
        height += 1;
        if let Some(value) = value {
            (smallest, largest) = (smallest.min(value), largest.max(value));
        }
    }
    let width = (i128::from(largest) - i128::from(smallest) + 1).max(1);
    let mut codes = Vec::with_capacity(height);
    let mut found: Vec<i64> = Vec::new();
    let mut number = |value: i64| {
        found.push(value);
        (found.len() - 1) as u32
    };
    if width <= (height as i128).max(64) * 4 {
        let mut table = vec![Labels::MISSING; width as usize];
        for value in values() {
            codes.push(value.map_or(Labels::MISSING, |value| {
                let slot = &mut table[(value - smallest) as usize];
                if *slot == Labels::MISSING {
                    *slot = number(value);
                }
                *slot
            }));
        }
    } else {
        let mut known: HashMap<i64, u32> = HashMap::new();
        for value in values() {
            codes.push(
                value.map_or(Labels::MISSING, |value| *known.entry(value).or_insert_with(|| number(value))),
            );
        }
    }
    (codes, found.iter().map(i64::to_string).collect())
}

/// Codes in order of first appearance; a value like the one before it isn't looked up.
fn texts(values: &StringChunked) -> (Vec<u32>, Vec<String>) {
    let mut codes = Vec::with_capacity(values.len());
    let mut known: HashMap<&str, u32> = HashMap::new();
    let mut labels: Vec<String> = Vec::new();
    let mut last: Option<(&str, u32)> = None;
    for value in values.iter() {
        codes.push(value.map_or(Labels::MISSING, |value| match last {
            Some((before, code)) if before == value => code,
            _ => {
                let code = *known.entry(value).or_insert_with(|| {
                    labels.push(value.to_owned());
                    (labels.len() - 1) as u32
                });
                last = Some((value, code));
                code
            }
        }));
    }
    (codes, labels)
}

/// The same with codes in the labels' order.
fn sorted(mut codes: Vec<u32>, labels: Vec<String>) -> Labels {
    if labels.is_sorted() {
        return Labels { codes, labels };
    }
    // By the first eight bytes, which mostly decide, then by the rest.
    let first = |label: &String| {
        let mut bytes = [0; 8];
        bytes.iter_mut().zip(label.bytes()).for_each(|(slot, byte)| *slot = byte);
        u64::from_be_bytes(bytes)
    };
    let mut keyed: Vec<(u64, u32)> = labels.iter().map(first).zip(0..).collect();
    keyed.sort_unstable_by(|one, other| {
        one.0.cmp(&other.0).then_with(|| labels[one.1 as usize].cmp(&labels[other.1 as usize]))
    });
    let order: Vec<u32> = keyed.into_iter().map(|(_, code)| code).collect();
    let mut rank = vec![0_u32; labels.len()];
    order.iter().enumerate().for_each(|(place, code)| rank[*code as usize] = place as u32);
    codes.iter_mut().filter(|code| **code != Labels::MISSING).for_each(|code| *code = rank[*code as usize]);
    let mut labels: Vec<Option<String>> = labels.into_iter().map(Some).collect();
    let labels = order.iter().filter_map(|code| labels[*code as usize].take()).collect();
    Labels { codes, labels }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_follow_the_order_of_text() -> Result<()> {
        let whole = Column::new("id".into(), [Some(10_i64), Some(9), None, Some(10)]);
        let labels = Labels::of("id", &whole)?;
        assert_eq!(
            (labels.codes, labels.labels),
            (vec![0, 1, Labels::MISSING, 0], vec!["10".into(), "9".into()])
        );
        let wide = Column::new("id".into(), [i64::MAX, i64::MIN, 3]);
        assert_eq!(Labels::of("id", &wide)?.codes, [2, 0, 1]);
        let text = Column::new("id".into(), ["b", "b", "a"]);
        assert_eq!(Labels::of("id", &text)?.codes, [1, 1, 0]);
        let numbers = Column::new("id".into(), [Some(2.0), None, Some(-1.0)]);
        assert_eq!(Labels::of("id", &numbers)?.labels, ["-1", "2"]);
        let numbers = Column::new("id".into(), [0.5, 1.5]);
        assert!(Labels::of("id", &numbers).is_err());
        Ok(())
    }
}
