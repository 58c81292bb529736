//! The columns of data files.

use serde_json::json;
use vintner_ingest::{CellContent, Source, read_grid};

use super::examined::Examined;
use super::kinds::ending;

/// Rows in which a header may stand, and texts are looked at.
const ROWS: usize = 200;

/// The texts in each column of a data file, its header first; nothing where its format isn't read.
pub(crate) fn data_columns(examined: &Examined, path: &str) -> Option<Vec<Vec<String>>> {
    let ending = ending(path);
    let (format, encoding) = match ending.as_str() {
        "csv" => ("csv", "utf-8"),
        "tsv" | "txt" => ("tsv", "utf-8"),
        "xlsx" | "xls" | "xlsb" | "ods" | "dta" | "parquet" | "sav" | "rds" => (ending.as_str(), ""),
        "zsav" => ("sav", ""),
        _ => return None,
    };
    let mut declared = json!({"name": "examined", "file": path, "format": format, "columns": []});
    let is_text = format == "csv" || format == "tsv";
    let bytes = examined.bytes(path)?;
    if is_text && std::str::from_utf8(&bytes).is_err() {
        // Names and addresses of what isn't UTF-8 are read as far as they are ASCII.
        declared["encoding"] = "windows-1252".into();
    } else if is_text {
        declared["encoding"] = encoding.into();
    }
    let source: Source = serde_json::from_value(declared).ok()?;
    let grid = read_grid(&source, &bytes).ok()?;
    let mut columns: Vec<Vec<String>> = Vec::new();
    for row in grid.rows.iter().take(ROWS) {
        for (at, cell) in row.cells.iter().enumerate() {
            if columns.len() <= at {
                columns.resize(at + 1, Vec::new());
            }
            if let (Some(column), CellContent::Text(_)) = (columns.get_mut(at), cell) {
                column.push(cell.raw());
            }
        }
    }
    Some(columns)
}
