//! Small files in the layouts of public sources, cell by cell as pandas reads them where each step is written out
//! (`corpus/make_corpus.py`), or refused with what to do.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::BTreeMap;
use std::path::Path;

use crate::support::source;
use serde_json::Value;
use vintner_ingest::{Tidied, read_source_bytes};
use vintner_panel::tidy_columns;

/// Entity, time, category, variable, value and marks of each value, sorted.
fn rows(tidied: &Tidied) -> Vec<String> {
    let values = tidied.values().unwrap();
    let mut marks: BTreeMap<(String, u32, u32), String> = BTreeMap::new();
    for name in tidied.table.variable_names() {
        let Some(flags) = tidied.table.variable(name).unwrap() else { continue };
        let Some(beside) = flags.beside() else { continue };
        assert_eq!(name, tidy_columns::flag(beside));
        for row in (0..tidied.table.height()).filter(|row| flags.holds(*row)) {
            let (place, mark) = (flags.address(row), flags.labels().unwrap().get(row).unwrap_or_default());
            marks.insert((beside.to_owned(), place.row, place.column), mark.to_owned());
        }
    }
    let told = |value: &vintner_panel::TidyValue| {
        let place = (value.variable.clone(), value.address.row, value.address.column);
        let mark = marks.get(&place).cloned().unwrap_or_default();
        let time = value.period.clone().unwrap_or_else(|| value.time.to_string());
        let row = serde_json::json!([value.entity, time, value.category, value.variable, value.value, mark]);
        row.to_string()
    };
    let mut rows: Vec<String> = values.iter().map(told).collect();
    rows.sort();
    rows
}

/// Reads the files of a list of cases: how many, how many values were compared, and what is wrong.
fn compared(list: &str) -> (usize, usize, Vec<String>) {
    let list = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(list);
    let folder = list.parent().unwrap();
    let cases: Vec<Value> = serde_json::from_str(&std::fs::read_to_string(&list).unwrap()).unwrap();
    let cases: Vec<Value> = cases.into_iter().filter(|case| case.get("file").is_some()).collect();
    let texts = |value: &Value| -> Vec<String> {
        let all = value.as_array().map(Vec::as_slice).unwrap_or_default();
        all.iter().map(|text| text.as_str().unwrap().to_owned()).collect()
    };
    let (mut read, mut wrong) = (0, Vec::new());
    for case in &cases {
        let file = case["file"].as_str().unwrap();
        let bytes = std::fs::read(folder.join("files").join(file)).unwrap();
        let fields = format!("name: s\nfile: {file}\n{}", texts(&case["fields"]).join("\n"));
        let found = read_source_bytes(&source(&fields, &bytes), &bytes, None, None);
        match (&found, case.get("values")) {
            (Ok(tidied), Some(expected)) => {
                let mut expected: Vec<String> =
                    expected.as_array().unwrap().iter().map(Value::to_string).collect();
                expected.sort();
                read += expected.len();
                let rows = rows(tidied);
                if rows != expected {
                    wrong.push(format!(
                        "{file}:\n  read     {}\n  expected {}",
                        rows.join("\n           "),
                        expected.join("\n           ")
                    ));
                }
                for text in texts(&case["warned"]) {
                    if !tidied.warnings.iter().any(|warning| warning.contains(&text)) {
                        wrong.push(format!("{file}: no warning has {text:?}: {:?}", tidied.warnings));
                    }
                }
            }
            (Ok(tidied), None) => wrong.push(format!("{file}: not refused: {:?}", rows(tidied))),
            (Err(error), Some(_)) => wrong.push(format!("{file}: refused: {error}")),
            (Err(error), None) => {
                for text in texts(&case["refused"]).iter().filter(|text| !error.to_string().contains(*text)) {
                    wrong.push(format!("{file}: the message hasn't {text:?}: {error}"));
                }
            }
        }
    }
    (cases.len(), read, wrong)
}

#[test]
fn every_cell_is_as_pandas_reads_it_or_refused() {
    let (cases, read, wrong) = compared("corpus/corpus.json");
    assert!(cases > 100 && read > 200, "{cases} cases, {read} values");
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

/// The same of workbooks, each layout as xlsx, ods and xls (`workbooks/make_workbooks.py`).
#[test]
fn every_cell_of_workbooks_is_as_pandas_reads_it_or_refused() {
    let (cases, read, wrong) = compared("workbooks/workbooks.json");
    assert!(cases > 90 && read > 250, "{cases} cases, {read} values");
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}
