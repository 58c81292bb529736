//! Tables: the first page of rows as HTML, all rows as scripts of data.

use serde::Serialize;
use serde_json::Value;
use vintner_stages::page_name;

use crate::error::{Result, SiteError};
use crate::figures::six_digits;
use crate::folder::Folder;

/// The most rows of an output that a page can show.
pub(crate) const ROWS: usize = 20_000;

/// The most rows that are shown at once.
const AT_ONCE: usize = 100;

/// The most cells that are shown at once.
const CELLS_AT_ONCE: usize = 6_000;

/// The most characters of a cell.
const LONGEST: usize = 160;

/// The size at which a script of data is closed, in bytes.
const SCRIPT: usize = 700_000;

/// A table of an output.
#[derive(Debug, Serialize)]
pub(crate) struct TableView {
    /// What scripts know it by.
    key: String,
    columns: Vec<ColumnHead>,
    /// The first rows.
    first: Vec<Vec<CellView>>,
    /// How many rows there are.
    total: usize,
    /// How many rows the scripts of data have.
    kept: usize,
    /// How many rows are shown at once.
    at_once: usize,
    /// The scripts of data, separated by blanks, relative to the site's folder.
    scripts: Vec<String>,
}

#[derive(Debug, Serialize)]
struct ColumnHead {
    name: String,
    numeric: bool,
}

#[derive(Debug, Serialize)]
struct CellView {
    text: String,
    missing: bool,
}

/// A table of rows, written into scripts of data under the name `key`.
pub(crate) fn table(
    folder: &mut Folder,
    key: &str,
    names: &[String],
    rows: &[Vec<Value>],
    total: usize,
) -> Result<TableView> {
    let key = page_name(key);
    let numeric = |column: usize| {
        let values = || rows.iter().filter_map(|row| row.get(column)).filter(|value| !value.is_null());
        values().next().is_some() && values().all(Value::is_number)
    };
    let columns: Vec<ColumnHead> = names
        .iter()
        .enumerate()
        .map(|(at, name)| ColumnHead { name: name.clone(), numeric: numeric(at) })
        .collect();
    let at_once = (CELLS_AT_ONCE / names.len().max(1)).clamp(1, AT_ONCE);
    let first = rows.iter().take(at_once).map(|row| row.iter().map(shown).collect()).collect();
    let scripts = if rows.is_empty() { Vec::new() } else { scripts(folder, &key, rows)? };
    Ok(TableView { key, columns, first, total, kept: rows.len(), at_once, scripts })
}

fn scripts(folder: &mut Folder, key: &str, rows: &[Vec<Value>]) -> Result<Vec<String>> {
    let mut scripts = Vec::new();
    let mut text = String::new();
    let opening = format!("vintner.rows(\"{key}\",[\n");
    let mut close = |text: &mut String| -> Result<()> {
        let path = format!("data/{key}-{}.js", scripts.len());
        folder.put(&path, &format!("{opening}{text}]);\n"))?;
        scripts.push(path);
        text.clear();
        Ok(())
    };
    for row in rows {
        let row = serde_json::to_string(row)
            .map_err(|error| SiteError::Output { what: key.to_owned(), message: error.to_string() })?;
        if text.len() + row.len() > SCRIPT && !text.is_empty() {
            close(&mut text)?;
        }
        text.push_str(&row);
        text.push_str(",\n");
    }
    close(&mut text)?;
    Ok(scripts)
}

/// A value as a cell says it; the script says it alike.
fn shown(value: &Value) -> CellView {
    let text = match value {
        Value::Null => "\u{2013}".to_owned(),
        Value::String(text) => cut(text),
        Value::Number(number) => match number.as_f64().filter(|_| number.is_f64()) {
            Some(number) => six_digits(number),
            None => number.to_string(),
        },
        other => cut(&other.to_string()),
    };
    CellView { text, missing: value.is_null() }
}

/// A text that isn't too long for a cell.
pub(crate) fn cut(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}\u{2026}", &text[..at]),
        None => text.to_owned(),
    }
}

/// The rows of a list of objects: a column for each field of any of them, in order of appearance. None
/// where it is something else.
pub(crate) fn of_objects(value: &Value) -> Option<(Vec<String>, Vec<Vec<Value>>)> {
    let items = value.as_array().filter(|items| !items.is_empty())?;
    let mut names: Vec<String> = Vec::new();
    for item in items {
        for name in item.as_object()?.keys() {
            if !names.contains(name) {
                names.push(name.clone());
            }
        }
    }
    let field = |item: &Value, name: &String| match item.get(name) {
        None => Value::Null,
        Some(inner @ (Value::Array(_) | Value::Object(_))) => cut(&inner.to_string()).into(),
        Some(Value::String(text)) if text.is_empty() => Value::Null,
        Some(plain) => plain.clone(),
    };
    let rows = items.iter().take(ROWS).map(|item| names.iter().map(|name| field(item, name)).collect());
    Some((names.clone(), rows.collect()))
}

/// The rows of a CSV text with a header; numbers as numbers. None where it isn't one.
pub(crate) fn of_csv(text: &str) -> Option<(Vec<String>, Vec<Vec<Value>>, usize)> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let names: Vec<String> = reader.headers().ok()?.iter().map(str::to_owned).collect();
    let (mut rows, mut total) = (Vec::new(), 0);
    for record in reader.records() {
        let record = record.ok()?;
        total += 1;
        if rows.len() < ROWS {
            rows.push(record.iter().map(of_field).collect());
        }
    }
    Some((names, rows, total))
}

fn of_field(field: &str) -> Value {
    if field.is_empty() {
        return Value::Null;
    }
    let begins = field.starts_with(|first: char| first.is_ascii_digit() || first == '-' || first == '.');
    let number = field.parse::<f64>().ok().filter(|number| begins && number.is_finite());
    match (field.parse::<i64>(), number.and_then(serde_json::Number::from_f64)) {
        (Ok(whole), _) if begins => whole.into(),
        (_, Some(number)) => Value::Number(number),
        _ => field.into(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn objects_and_csv_become_rows() {
        let found = of_objects(&json!([{"a": 1, "b": "x"}, {"b": "", "c": [1, 2]}]));
        let rows =
            vec![vec![json!(1), json!("x"), json!(null)], vec![json!(null), json!(null), json!("[1,2]")]];
        assert_eq!(found, Some((vec!["a".into(), "b".into(), "c".into()], rows)));
        assert_eq!(of_objects(&json!([])), None);
        assert_eq!(of_objects(&json!([1])), None);
        let found = of_csv("unit,n,x\n甲,3,-1.5\ninf,,1e400\n");
        let rows =
            vec![vec![json!("甲"), json!(3), json!(-1.5)], vec![json!("inf"), json!(null), json!("1e400")]];
        assert_eq!(found, Some((vec!["unit".into(), "n".into(), "x".into()], rows, 2)));
    }

    #[test]
    fn data_are_spread_over_scripts_below_a_megabyte() -> Result<()> {
        let parent = tempfile::tempdir().map_err(SiteError::io("".as_ref(), "test"))?;
        let mut folder = Folder::begin(&parent.path().join("site"))?;
        let rows: Vec<Vec<Value>> = (0..20_000).map(|at| vec![json!(at), json!("x".repeat(80))]).collect();
        let view = table(&mut folder, "a.b", &["n".into(), "text".into()], &rows, 30_000)?;
        assert_eq!((view.scripts.len(), view.first.len(), view.kept, view.total), (3, 100, 20_000, 30_000));
        assert!(view.columns[0].numeric && !view.columns[1].numeric);
        assert!(folder.finish()?.largest.0 < 1_000_000);
        Ok(())
    }
}
