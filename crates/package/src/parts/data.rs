//! Raw data that may be given, and data that results are computed from.

use serde_json::Value;
use vintner_pipeline::Store;

use crate::contents::{Contents, DataSet};
use crate::error::{PackageError, Result};
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

/// The rows as CSV: numbers in the shortest form that gives the same number again, nothing where a value is missing.
fn as_csv(data: &DataSet) -> Result<Vec<u8>> {
    let failed = |error: &dyn std::fmt::Display| PackageError::Output {
        what: data.output.clone(),
        message: format!("it can't be written as CSV: {error}"),
    };
    let mut writer = csv::Writer::from_writer(Vec::new());
    let names = data.variables.iter().map(|variable| variable.name.as_str());
    writer.write_record(names).map_err(|error| failed(&error))?;
    for row in &data.values {
        let fields = row.iter().map(|value| match value {
            Value::Null => String::new(),
            Value::String(text) => text.clone(),
            other => other.to_string(),
        });
        writer.write_record(fields).map_err(|error| failed(&error))?;
    }
    writer.into_inner().map_err(|error| failed(&error))
}
