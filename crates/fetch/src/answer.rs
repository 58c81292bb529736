//! Rows of an answer as a Parquet file: the same rows, the same bytes.

use std::fmt;

use polars::prelude::{Column, DataFrame, IntoColumn, NamedFrom, ParquetWriter, Series};
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::error::{FetchError, Result};

/// A row: names and values, in the order in which they come.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct AnswerRow(pub(crate) Vec<(String, Value)>);

impl<'de> Deserialize<'de> for AnswerRow {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        struct Fields;

        impl<'de> Visitor<'de> for Fields {
            type Value = AnswerRow;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a row")
            }

            fn visit_map<A: MapAccess<'de>>(
                self,
                mut entries: A,
            ) -> std::result::Result<AnswerRow, A::Error> {
                let mut fields = Vec::new();
                while let Some(field) = entries.next_entry()? {
                    fields.push(field);
                }
                Ok(AnswerRow(fields))
            }
        }

        deserializer.deserialize_map(Fields)
    }
}

/// The rows as a Parquet file. A column is of whole numbers, numbers, truth values or texts, as its values are; dates
/// are texts.
///
/// # Errors
/// [`FetchError::BadAnswer`] of no rows, two columns of one name, and a column of several types.
pub(crate) fn parquet(rows: &[AnswerRow]) -> Result<Vec<u8>> {
    let bad = |message: String| FetchError::BadAnswer { message };
    let Some(first) = rows.first() else {
        return Err(bad("it has no rows: nothing would be known of its columns; mend the query".into()));
    };
    let names: Vec<&String> = first.0.iter().map(|(name, _)| name).collect();
    for (at, name) in names.iter().enumerate() {
        if names.get(..at).unwrap_or_default().contains(name) {
            return Err(bad(format!("two columns are called {name:?}: name one otherwise with AS")));
        }
    }
    for (number, row) in rows.iter().enumerate() {
        if !row.0.iter().map(|(name, _)| name).eq(names.iter().copied()) {
            return Err(bad(format!("row {} has other columns than the first", number + 1)));
        }
    }
    let mut columns = Vec::new();
    for (at, name) in names.iter().enumerate() {
        let values: Vec<&Value> =
            rows.iter().filter_map(|row| row.0.get(at)).map(|(_, value)| value).collect();
        columns.push(column(name, &values)?);
    }
    let mut frame = DataFrame::new(rows.len(), columns).map_err(|error| bad(error.to_string()))?;
    let mut bytes = Vec::new();
    let writer = ParquetWriter::new(&mut bytes).set_parallel(false);
    writer.finish(&mut frame).map_err(|error| bad(error.to_string()))?;
    Ok(bytes)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Whole,
    Number,
    Boolean,
    Text,
}

impl Kind {
    fn words(self) -> &'static str {
        match self {
            Kind::Whole | Kind::Number => "numbers",
            Kind::Boolean => "truth values",
            Kind::Text => "texts",
        }
    }
}

fn column(name: &str, values: &[&Value]) -> Result<Column> {
    let mut kind: Option<Kind> = None;
    for (number, value) in values.iter().enumerate() {
        let own = match value {
            Value::Null => continue,
            Value::Bool(_) => Kind::Boolean,
            Value::Number(number) if number.is_i64() => Kind::Whole,
            Value::Number(_) => Kind::Number,
            Value::String(_) => Kind::Text,
            Value::Array(_) | Value::Object(_) => {
                let message = format!(
                    "{name:?} holds a list or a record in row {}: take it apart in the query",
                    number + 1
                );
                return Err(FetchError::BadAnswer { message });
            }
        };
        kind = match (kind, own) {
            (None, own) => Some(own),
            (Some(kind), own) if kind == own => Some(kind),
            (Some(Kind::Whole | Kind::Number), Kind::Whole | Kind::Number) => Some(Kind::Number),
            (Some(kind), own) => {
                let message = format!(
                    "{name:?} holds {} and, in row {}, {}: bring it to one type with CAST in the query",
                    kind.words(),
                    number + 1,
                    own.words()
                );
                return Err(FetchError::BadAnswer { message });
            }
        };
    }
    let series = match kind.unwrap_or(Kind::Text) {
        Kind::Whole => {
            Series::new(name.into(), values.iter().map(|value| value.as_i64()).collect::<Vec<_>>())
        }
        Kind::Number => {
            Series::new(name.into(), values.iter().map(|value| value.as_f64()).collect::<Vec<_>>())
        }
        Kind::Boolean => {
            Series::new(name.into(), values.iter().map(|value| value.as_bool()).collect::<Vec<_>>())
        }
        Kind::Text => Series::new(name.into(), values.iter().map(|value| value.as_str()).collect::<Vec<_>>()),
    };
    Ok(series.into_column())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn rows(text: &str) -> Vec<AnswerRow> {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn the_same_rows_are_the_same_bytes() {
        let text = r#"[{"b": 1, "a": "x", "c": null}, {"b": 9007199254740993, "a": null, "c": 0.1}]"#;
        assert_eq!(parquet(&rows(text)).unwrap(), parquet(&rows(text)).unwrap());
        for (text, message) in [
            ("[]", "no rows"),
            (r#"[{"a": 1, "a": 2}]"#, "two columns"),
            (r#"[{"a": 1}, {"b": 2}]"#, "row 2 has other columns"),
            (r#"[{"a": 1}, {"a": "NaN"}]"#, "CAST"),
            (r#"[{"a": [1]}]"#, "a list or a record"),
        ] {
            let said = parquet(&rows(text)).unwrap_err().to_string();
            assert!(said.contains(message), "{said}");
        }
    }
}
