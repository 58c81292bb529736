//! Raw data that may be given, and data that results are computed from.

use serde_json::Value;
use vintner_pipeline::Store;

use super::csv_text::csv_text;
use crate::contents::{Contents, DataSet};
use crate::error::Result;
use crate::files::{Files, Role};

pub(super) fn add(contents: &Contents, _: &Store, files: &mut Files) -> Result<()> {
    for file in contents.sources.iter().flat_map(|source| &source.files).filter(|file| file.provided) {
        files.copy(&file.path, Role::RawData, &file.from)?;
    }
    for data in contents.data_sets.iter().filter(|data| data.provided) {
        files.put(&data.path, Role::AnalysisData, as_csv(data)?)?;
    }
    Ok(())
}

/// The rows: numbers in the shortest form that gives the same number again, nothing where a value is missing.
fn as_csv(data: &DataSet) -> Result<Vec<u8>> {
    let names: Vec<&str> = data.variables.iter().map(|variable| variable.name.as_str()).collect();
    let rows = data.values.iter().map(|row| {
        let fields = row.iter().map(|value| match value {
            Value::Null => String::new(),
            Value::String(text) => text.clone(),
            other => other.to_string(),
        });
        fields.collect()
    });
    csv_text(&data.output, &names, rows)
}
