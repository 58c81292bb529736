//! Files that nobody has described: what `vintage new` proposes for each reads what was put in, or asks, or refuses
//! (`first_looks/make_first_looks.py`).
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;
use vintner_ingest::{Source, read_source_bytes, scaffold};

/// Entity, time and value of each number that is read.
fn numbers(source: &Source, bytes: &[u8]) -> Result<Vec<String>, String> {
    let tidied = read_source_bytes(source, bytes, None, None).map_err(|error| error.to_string())?;
    let values = tidied.values().map_err(|error| error.to_string())?;
    let told = values.iter().filter_map(|value| {
        let time = value.period.clone().unwrap_or_else(|| value.time.to_string());
        Some(row(value.entity.as_deref().unwrap_or_default(), &time, value.value?))
    });
    Ok(told.collect())
}

/// Names as they are compared: without spaces, with one kind of apostrophe, whole numbers without `.0`.
fn row(entity: &str, time: &str, value: f64) -> String {
    let entity = entity.replace(' ', "").replace('’', "'");
    format!("{} {time} {value}", entity.strip_suffix(".0").unwrap_or(&entity))
}

/// What of one list isn't in the other.
fn missing(of: &[String], among: &[String]) -> Vec<String> {
    let mut counts: BTreeMap<&String, usize> = BTreeMap::new();
    among.iter().for_each(|one| *counts.entry(one).or_default() += 1);
    let left = of.iter().filter(|one| match counts.get_mut(one) {
        Some(count) if *count > 0 => {
            *count -= 1;
            false
        }
        _ => true,
    });
    left.cloned().collect()
}

/// Looks at the files of a folder: how many values were read, and what is wrong.
fn looked_at(folder: &str) -> (usize, Vec<String>) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(folder);
    let cases = std::fs::read_to_string(folder.join("cases.json")).unwrap();
    let cases: Vec<Value> = serde_json::from_str(&cases).unwrap();
    let (mut wrong, mut read) = (Vec::new(), 0);
    for case in &cases {
        let file = case["file"].as_str().unwrap().to_owned();
        let bytes = std::fs::read(folder.join("files").join(&file)).unwrap();
        let proposed = scaffold("first", "2020-01-01", &[(file.clone(), bytes.clone())], None, &[]);
        let mut fail = |what: String| wrong.push(format!("{file}: {what}\n{}", proposed.manifest));
        if case["left out"] == true {
            if !proposed.sources.is_empty() {
                fail("isn't left out".into());
            }
            continue;
        }
        for asked in case["asked"].as_array().into_iter().flatten() {
            if !proposed.manifest.contains(asked.as_str().unwrap()) {
                fail(format!("the manifest hasn't {asked}"));
            }
        }
        let expected: Vec<String> = case["values"]
            .as_array()
            .unwrap()
            .iter()
            .map(|value| {
                row(value[0].as_str().unwrap(), value[1].as_str().unwrap(), value[2].as_f64().unwrap())
            })
            .collect();
        // A workbook's sheets of years, and sheets with nothing to say, are sources of their own.
        let results: Vec<Result<Vec<String>, String>> = proposed
            .sources
            .iter()
            .map(|source| match &source.source {
                Some(source) if source.sheets.is_empty() => numbers(source, &bytes),
                Some(source) => source.sheets.iter().try_fold(Vec::new(), |mut all, sheet| {
                    let mut own = source.clone();
                    own.sheet = Some(sheet.clone());
                    own.sheets = Vec::new();
                    own.covers = None;
                    own.given.insert("sheet".into(), sheet.clone());
                    all.extend(numbers(&own, &bytes)?);
                    Ok(all)
                }),
                None => Err(source.fault.clone().unwrap_or_default()),
            })
            .collect();
        match (case["refused"].as_str(), results.iter().cloned().collect::<Result<Vec<_>, _>>()) {
            (Some(part), Err(message)) if message.contains(part) => {}
            (Some(part), found) => fail(format!("not refused for {part:?}: {found:?}")),
            (None, Err(message)) => fail(format!("refused: {message}")),
            (None, Ok(all)) => {
                let all = all.concat();
                read += expected.len();
                let lost = missing(&expected, &all);
                let other = if case["more"] == true { Vec::new() } else { missing(&all, &expected) };
                if !lost.is_empty() || !other.is_empty() {
                    fail(format!("hasn't {lost:?}, has {other:?}"));
                }
            }
        }
    }
    (read, wrong)
}

#[test]
fn what_is_proposed_reads_what_was_put_in_or_refuses() {
    let (read, wrong) = looked_at("first_looks");
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert!(read > 200, "{read} values");
}

/// The same of files in the layouts of downloads (`providers/make_providers.py`).
#[test]
fn what_is_proposed_for_downloads_reads_what_was_put_in_or_refuses() {
    let (read, wrong) = looked_at("providers");
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert!(read > 200, "{read} values");
}
