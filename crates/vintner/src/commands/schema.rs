//! `vintner schema`: JSON Schemas of the files that people write.

use std::path::{Path, PathBuf};

use serde_json::Value;
use vintner_package::description_schema;
use vintner_pipeline::write_within;
use vintner_stages::{claims_schema, pipeline_schema, vintage_schema};

use super::print_json;
use crate::arguments::{SchemaOf, Written};
use crate::error::Result;
use crate::terminal::page;
use crate::workspace::Workspace;

pub(crate) fn run(workspace: &Workspace, arguments: &SchemaOf) -> Result<()> {
    if !arguments.write {
        return print_json(&schema(arguments.file));
    }
    use std::io::Write as _;
    for path in write_schemas(&workspace.folder)? {
        writeln!(page(), "{}", path.display())?;
    }
    Ok(())
}

fn schema(file: Written) -> Value {
    match file {
        Written::Pipeline => pipeline_schema(),
        Written::Vintage => vintage_schema(),
        Written::Claims => claims_schema(),
        Written::Package => description_schema(),
    }
}

/// Where the schemas of a workspace are, seen from it.
const FOLDER: &str = ".vintner/schemas";

/// Writes all schemas into a workspace; where they are, seen from it.
pub(crate) fn write_schemas(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut written = Vec::new();
    for (name, file) in [
        ("pipeline", Written::Pipeline),
        ("vintage", Written::Vintage),
        ("claims", Written::Claims),
        ("package", Written::Package),
    ] {
        let path = PathBuf::from(format!("{FOLDER}/{name}.json"));
        let text = format!("{:#}\n", schema(file));
        write_within(folder, &folder.join(&path), text.as_bytes())?;
        written.push(path);
    }
    Ok(written)
}

/// A text of YAML with a first line that tells editors its schema, for a file that lies so many folders below the workspace.
pub(crate) fn with_schema(name: &str, below: usize, text: &str) -> String {
    format!("# yaml-language-server: $schema={}{FOLDER}/{name}.json\n{text}", "../".repeat(below))
}
