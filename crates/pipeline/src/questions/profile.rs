//! What a frame holds, column by column.

use std::collections::HashSet;

use polars::prelude::*;
use serde::Serialize;
use serde_json::Value;

use super::histogram::Histogram;
use crate::difference::shown_text;
use crate::error::{PipelineError, Result};
use crate::operation::decode_frame;

/// What a frame holds.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Profile {
    /// How many rows it has.
    pub rows: usize,
    /// Its columns, in order.
    pub columns: Vec<ColumnProfile>,
    /// Its first rows, each with a value for each column.
    pub first_rows: Vec<Vec<Value>>,
}

/// What a column holds. What can't be said of its type, or of no value at all, is left out.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ColumnProfile {
    /// Its name.
    pub name: String,
    /// Its type.
    #[serde(rename = "type")]
    pub data_type: String,
    /// How many rows have no value.
    pub missing: usize,
    /// How many values there are, each counted once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub distinct: Option<usize>,
    /// The least value; of texts the first in order of code points.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min: Option<Value>,
    /// The mean of numbers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mean: Option<f64>,
    /// The greatest value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<Value>,
    /// How its finite numbers are spread.
    #[serde(skip)]
    pub histogram: Option<Histogram>,
    /// How many values are numbers that aren't any: infinite ones and NaN.
    #[serde(skip_serializing_if = "is_zero")]
    pub not_finite: usize,
}

fn is_zero(count: &usize) -> bool {
    *count == 0
}

impl Profile {
    /// The profile of a frame stored as Parquet, with up to `rows` of its first rows.
    ///
    /// # Errors
    /// [`PipelineError::Artifact`] where it can't be read; `what` names it.
    pub fn of_parquet(bytes: Vec<u8>, rows: usize, what: &str) -> Result<Self> {
        let frame = decode_frame(&bytes, None, what)?;
        let columns = frame.columns().iter().map(profile).collect::<PolarsResult<_>>();
        let columns = columns
            .map_err(|error| PipelineError::Artifact { what: what.to_owned(), message: error.to_string() })?;
        let row = |at: usize| frame.columns().iter().map(|column| cell(column, at)).collect();
        let first_rows = (0..frame.height().min(rows)).map(row).collect();
        Ok(Self { rows: frame.height(), columns, first_rows })
    }
}

/// The value in a row, as JSON has it: numbers as numbers, what JSON can't say as text.
fn cell(column: &Column, row: usize) -> Value {
    match column.get(row) {
        Ok(AnyValue::Null) | Err(_) => Value::Null,
        Ok(AnyValue::String(text)) => text.into(),
        Ok(AnyValue::StringOwned(text)) => text.as_str().into(),
        Ok(AnyValue::Boolean(flag)) => flag.into(),
        Ok(AnyValue::Float64(number)) => number_or_text(number),
        Ok(AnyValue::Float32(number)) => number_or_text(number.into()),
        Ok(other) => match other.extract::<i64>().filter(|_| other.is_integer()) {
            Some(number) => number.into(),
            None => other.to_string().into(),
        },
    }
}

fn number_or_text(number: f64) -> Value {
    serde_json::Number::from_f64(number).map_or_else(|| number.to_string().into(), Value::Number)
}

fn profile(column: &Column) -> PolarsResult<ColumnProfile> {
    let mut profile = ColumnProfile {
        name: column.name().to_string(),
        data_type: column.dtype().to_string(),
        missing: column.null_count(),
        distinct: None,
        min: None,
        mean: None,
        max: None,
        histogram: None,
        not_finite: 0,
    };
    match column.dtype() {
        DataType::String => texts(column.str()?, &mut profile),
        DataType::Boolean => {
            let values: Vec<bool> = column.bool()?.iter().flatten().collect();
            profile.distinct = Some(values.iter().collect::<HashSet<_>>().len());
            profile.mean = mean(values.iter().map(|flag| f64::from(u8::from(*flag))));
            profile.min = values.iter().min().map(|flag| (*flag).into());
            profile.max = values.iter().max().map(|flag| (*flag).into());
        }
        kind if kind.is_integer() => {
            let whole = column.cast(&DataType::Int64)?;
            let values: Vec<i64> = whole.i64()?.iter().flatten().collect();
            profile.distinct = Some(values.iter().collect::<HashSet<_>>().len());
            profile.mean = mean(values.iter().map(|value| *value as f64));
            profile.histogram = Histogram::of(values.iter().map(|value| *value as f64));
            profile.min = values.iter().min().map(|value| (*value).into());
            profile.max = values.iter().max().map(|value| (*value).into());
        }
        kind if kind.is_float() => {
            let numbers = column.cast(&DataType::Float64)?;
            let all: Vec<f64> = numbers.f64()?.iter().flatten().collect();
            // Zero has two signs and is one value.
            let bits = |value: &f64| if *value == 0.0 { 0 } else { value.to_bits() };
            profile.distinct = Some(all.iter().map(bits).collect::<HashSet<_>>().len());
            let finite: Vec<f64> = all.iter().copied().filter(|value| value.is_finite()).collect();
            profile.not_finite = all.len() - finite.len();
            profile.mean = mean(finite.iter().copied());
            profile.histogram = Histogram::of(finite.iter().copied());
            profile.min = finite.iter().copied().reduce(f64::min).map(number_or_text);
            profile.max = finite.iter().copied().reduce(f64::max).map(number_or_text);
        }
        _ => {}
    }
    Ok(profile)
}

fn texts(values: &StringChunked, profile: &mut ColumnProfile) {
    let values = || values.iter().flatten();
    profile.distinct = Some(values().collect::<HashSet<_>>().len());
    profile.min = values().min().map(|text| shown_text(text).into());
    profile.max = values().max().map(|text| shown_text(text).into());
}

/// The mean, whose sum could be larger than a double holds; nothing where there are no values.
fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let update = |(count, mean): (f64, f64), value: f64| (count + 1.0, mean + (value - mean) / (count + 1.0));
    let (count, mean) = values.fold((0.0, 0.0), update);
    (count > 0.0).then_some(mean)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::operation::Artifact;

    #[test]
    fn a_column_is_told_by_its_values() -> Result<()> {
        let refused =
            |error: PolarsError| PipelineError::Artifact { what: "t".into(), message: error.to_string() };
        let frame = df!(
            "city" => [Some("b"), Some("a"), None], "year" => [2008_i32, 2009, 2008],
            "gdp" => [Some(1.5), Some(f64::NAN), Some(2.5)], "empty" => [None::<f64>, None, None],
        );
        let bytes = Artifact::Frame(frame.map_err(refused)?).encode("t", None)?.into_bytes();
        let profile = Profile::of_parquet(bytes, 1, "t")?;
        let [city, year, gdp, empty] = &profile.columns[..] else {
            return Err(PipelineError::Artifact { what: "t".into(), message: "four columns".into() });
        };
        assert_eq!((city.missing, city.distinct, city.mean), (1, Some(2), None));
        assert_eq!((&city.min, &city.max), (&Some(json!("a")), &Some(json!("b"))));
        assert_eq!((year.distinct, &year.max), (Some(2), &Some(json!(2009))));
        assert!(year.mean.is_some_and(|mean| (mean - 6025.0 / 3.0).abs() < 1e-9));
        assert_eq!((gdp.mean, gdp.not_finite, gdp.missing), (Some(2.0), 1, 0));
        assert_eq!((empty.missing, empty.mean, &empty.min, empty.distinct), (3, None, &None, Some(0)));
        assert_eq!(profile.first_rows, [[json!("b"), json!(2008), json!(1.5), Value::Null]]);
        Ok(())
    }

    #[test]
    fn means_of_huge_numbers_are_finite() {
        assert_eq!(mean([1e308, 1e308].into_iter()), Some(1e308));
    }
}
