//! `csv`: a frame as CSV, for programs that read no Parquet.

use polars::prelude::{AnyValue, Column, DataFrame, DataType};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vintner_panel::type_in_words;
use vintner_pipeline::{Artifact, Digest, InputDeclaration, Inputs, Kind, OutputDeclaration, Outputs};

use super::shared::no_column;
use crate::code;
use crate::error::StagesError;
use crate::params::Parameters;

/// Parameters of `csv`.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Csv {
    /// The columns, in order; all of them where none are named.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    columns: Vec<String>,
}

impl Parameters for Csv {
    const NAME: &'static str = "csv";
    const SUMMARY: &'static str = "writes a frame as CSV, for programs that read no Parquet";

    fn code() -> Digest {
        code::digest(&[env!("VINTNER_CODE_OPERATION_CSV"), code::PANEL])
    }

    fn inputs(&self) -> Vec<InputDeclaration> {
        let frame = InputDeclaration::frame("frame");
        vec![if self.columns.is_empty() {
            frame
        } else {
            frame.columns(self.columns.iter().map(String::as_str))
        }]
    }

    fn outputs(&self) -> Vec<OutputDeclaration> {
        vec![OutputDeclaration::new("csv", Kind::Text).extension("csv")]
    }

    fn run(&self, inputs: &Inputs) -> Result<Outputs, StagesError> {
        let frame = inputs.frame("frame")?;
        let absent: Vec<&String> = self.columns.iter().filter(|name| frame.column(name).is_err()).collect();
        if !absent.is_empty() {
            let known = inputs.columns_for_message("frame");
            let missing = absent.into_iter().map(|name| no_column(None, name, &known)).collect();
            return Err(StagesError::NoColumns { missing });
        }
        let frame = if self.columns.is_empty() {
            frame
        } else {
            frame.select(self.columns.iter().map(String::as_str))?
        };
        Ok(Outputs::new().with("csv", Artifact::Text(written(&frame)?)))
    }
}

/// A frame as CSV (RFC 4180 quoting, `\n` ends a row, UTF-8): numbers with all their digits, what is missing empty.
fn written(frame: &DataFrame) -> Result<String, StagesError> {
    let refused = |error: csv::Error| StagesError::CsvNotWritten { message: error.to_string() };
    let is_no_field = |column: &&Column| {
        column.dtype().is_nested() || matches!(column.dtype(), DataType::Binary | DataType::BinaryOffset)
    };
    if let Some(column) = frame.columns().iter().find(is_no_field) {
        let (column, holds) = (column.name().to_string(), type_in_words(column.dtype()));
        return Err(StagesError::NotInCsv { column, holds });
    }
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(frame.get_column_names().iter().map(|name| name.as_str())).map_err(refused)?;
    for row in 0..frame.height() {
        let mut record = Vec::with_capacity(frame.width());
        for column in frame.columns() {
            record.push(match column.get(row)? {
                AnyValue::Null => String::new(),
                AnyValue::String(text) => text.to_owned(),
                AnyValue::StringOwned(text) => text.to_string(),
                AnyValue::Float64(value) if value.is_nan() => String::new(),
                AnyValue::Float64(value) => value.to_string(),
                other => other.to_string(),
            });
        }
        writer.write_record(&record).map_err(refused)?;
    }
    let bytes =
        writer.into_inner().map_err(|error| StagesError::CsvNotWritten { message: error.to_string() })?;
    String::from_utf8(bytes).map_err(|error| StagesError::CsvNotWritten { message: error.to_string() })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use polars::prelude::{DataFrame, NamedFrom, Series};

    use super::*;

    #[test]
    fn numbers_have_all_their_digits() {
        let columns = vec![
            Series::new("x".into(), &[Some(0.1), None, Some(-2.0)]).into(),
            Series::new("name".into(), &["a,b", "c", "\"d\""]).into(),
        ];
        let frame = DataFrame::new(3, columns).unwrap();
        assert_eq!(written(&frame).unwrap(), "x,name\n0.1,\"a,b\"\n,c\n-2,\"\"\"d\"\"\"\n");
    }

    #[test]
    fn what_no_field_holds_is_refused_in_words() {
        let lists = Series::new("l".into(), &[Series::new("".into(), &[1_i64, 2])]);
        let bytes = Series::new("b".into(), &[&b"ab"[..]]);
        for (column, words) in [(lists, "lists of whole numbers"), (bytes, "binary data")] {
            let said = written(&DataFrame::new(1, vec![column.into()]).unwrap()).unwrap_err().to_string();
            assert!(said.contains(words) && said.contains("`columns`"), "{said}");
        }
    }
}
