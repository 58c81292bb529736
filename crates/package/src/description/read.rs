//! Reading `package.yaml`.

use std::path::Path;

use schemars::generate::SchemaSettings;
use serde_json::Value;
use vintner_diagnostics::Document;

use super::description::Description;
use crate::error::{PackageError, Result};

/// The file's name.
pub const DESCRIPTION: &str = "package.yaml";

/// Reads the description beside the pipeline; an empty one where there is none.
///
/// # Errors
/// Every fault of the file.
pub fn read_description(workspace: &Path) -> Result<Description> {
    let path = workspace.join(DESCRIPTION);
    match vintner_guard::read_text(&path) {
        Ok(text) => {
            let document = Document::parse(DESCRIPTION, &text).map_err(PackageError::Description)?;
            document.decode().map_err(PackageError::Description)
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Description::default()),
        Err(error) => Err(PackageError::io(&path, "reading")(error)),
    }
}

/// The JSON Schema of the file.
pub fn description_schema() -> Value {
    SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<Description>().to_value()
}
