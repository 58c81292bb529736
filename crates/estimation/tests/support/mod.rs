//! Reading reference data and records, and comparing so that no value is passed over in silence.
#![allow(dead_code, clippy::expect_used, clippy::panic, clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use polars::prelude::{Column, DataFrame};
use serde_json::Value;
use vintner_panel::Panel;

/// Every value must agree to this, relative to itself (or to a scale that the comparison names).
pub const TOLERANCE: f64 = 1e-8;

/// The committed records.
pub fn golden() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden")
}

/// The complete reference, beside the workspace, where it is found.
pub fn shared() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/reference");
    if folder.is_dir() {
        return Some(folder);
    }
    println!("skipped: {} isn't there", folder.display());
    None
}

/// A panel from a CSV file. Entities are padded with zeros, so that their order is the file's.
pub fn panel(file: &Path, entity: &str, logs: &[(&str, &str)]) -> Panel {
    let text = std::fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let mut lines = text.lines();
    let header: Vec<&str> = lines.next().expect("a header").split(',').collect();
    let rows: Vec<Vec<&str>> = lines.map(|line| line.split(',').collect()).collect();
    let mut columns: Vec<Column> = header
        .iter()
        .enumerate()
        .map(|(index, name)| {
            let cells = rows.iter().map(|row| row[index]);
            if *name == entity {
                Column::new((*name).into(), cells.map(padded).collect::<Vec<_>>())
            } else if *name == "year" {
                Column::new(
                    (*name).into(),
                    cells.map(|cell| cell.parse::<i32>().expect(cell)).collect::<Vec<_>>(),
                )
            } else {
                Column::new((*name).into(), cells.map(|cell| cell.parse::<f64>().ok()).collect::<Vec<_>>())
            }
        })
        .collect();
    for (new, old) in logs {
        let source = columns.iter().find(|column| column.name() == old).expect(old);
        let values: Vec<Option<f64>> =
            source.f64().expect(old).iter().map(|value| value.map(f64::ln)).collect();
        columns.push(Column::new((*new).into(), values));
    }
    Panel::new(DataFrame::new(rows.len(), columns).expect("a frame"), entity, "year").expect("a panel")
}

pub fn padded(entity: &str) -> String {
    format!("{entity:0>3}")
}

/// One reference record; what is taken from it is ticked off.
pub struct Record {
    pub id: String,
    fields: BTreeMap<String, Value>,
    taken: BTreeSet<String>,
    pub values: usize,
    pub skipped: BTreeMap<String, usize>,
    pub worst: f64,
    pub worst_at: String,
    /// What doesn't agree.
    pub failures: Vec<String>,
}

impl Record {
    fn new(value: &Value) -> Self {
        let object = value.as_object().expect("a record");
        let id = object["id"].as_str().expect("an id").to_owned();
        let fields = object
            .iter()
            .filter(|(key, value)| !["id", "call"].contains(&key.as_str()) && !value.is_null())
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect();
        Self {
            id,
            fields,
            taken: BTreeSet::new(),
            values: 0,
            skipped: BTreeMap::new(),
            worst: 0.0,
            worst_at: String::new(),
            failures: Vec::new(),
        }
    }

    pub fn has(&self, key: &str) -> bool {
        self.fields.contains_key(key)
    }

    /// Whether a field was compared or left out already.
    pub fn taken(&self, key: &str) -> bool {
        self.taken.contains(key)
    }

    pub fn take(&mut self, key: &str) -> Value {
        self.taken.insert(key.into());
        self.fields.get(key).unwrap_or_else(|| panic!("{}: no field {key}", self.id)).clone()
    }

    /// Leaves fields out, for a stated reason.
    pub fn skip(&mut self, keys: &[&str], reason: &str) {
        for key in keys {
            if self.fields.contains_key(*key) && self.taken.insert((*key).into()) {
                *self.skipped.entry(format!("field {key}: {reason}")).or_default() += 1;
            }
        }
    }

    pub fn numbers(&mut self, key: &str) -> Vec<f64> {
        let value = self.take(key);
        numbers(&value)
    }

    pub fn texts(&mut self, key: &str) -> Vec<String> {
        self.take(key)
            .as_array()
            .expect("texts")
            .iter()
            .map(|text| text.as_str().expect("text").to_owned())
            .collect()
    }

    /// Compares a number, or a list of numbers, each relative to itself.
    pub fn compare(&mut self, key: &str, actual: &[f64]) {
        let scales: Vec<f64> = self.fields.get(key).map(numbers).unwrap_or_default();
        self.compare_to_scale(key, actual, &scales.iter().map(|value| value.abs()).collect::<Vec<_>>());
    }

    /// Compares numbers, each relative to its scale.
    pub fn compare_to_scale(&mut self, key: &str, actual: &[f64], scales: &[f64]) {
        self.compare_within(key, actual, scales, TOLERANCE);
    }

    /// Compares numbers, each relative to its scale, with a tolerance of its own: for a peer whose iteration
    /// stops early.
    pub fn compare_within(&mut self, key: &str, actual: &[f64], scales: &[f64], tolerance: f64) {
        let expected = self.numbers(key);
        assert_eq!(actual.len(), expected.len(), "{} {key}", self.id);
        assert_eq!(actual.len(), scales.len(), "{} {key}", self.id);
        for (place, ((a, e), scale)) in actual.iter().zip(&expected).zip(scales).enumerate() {
            let name = format!("{key}[{place}]");
            self.agree_within(&name, *a, *e, *scale, tolerance);
        }
    }

    /// Compares a number with one that isn't a field of its own, relative to a scale.
    pub fn agree(&mut self, name: &str, actual: f64, expected: f64, scale: f64) {
        self.agree_within(name, actual, expected, scale, TOLERANCE);
    }

    fn agree_within(&mut self, name: &str, actual: f64, expected: f64, scale: f64, tolerance: f64) {
        self.values += 1;
        if actual == expected {
            return;
        }
        let error = (actual - expected).abs() / scale;
        if error > self.worst && tolerance == TOLERANCE {
            (self.worst, self.worst_at) = (error, format!("{} {name} {expected:e}", self.id));
        }
        // a difference that is no number is a failure too
        if !matches!(
            error.partial_cmp(&tolerance),
            Some(std::cmp::Ordering::Less | std::cmp::Ordering::Equal)
        ) {
            self.failures
                .push(format!("{} {name}: {actual:e}, reference {expected:e}, off by {error:.1e}", self.id));
        }
    }

    /// Compares a symmetric matrix, each entry relative to the geometric mean of its diagonal entries.
    pub fn compare_covariance(&mut self, key: &str, actual: &[Vec<f64>]) {
        let scales: Vec<f64> = (0..actual.len())
            .flat_map(|i| (0..actual.len()).map(move |j| (i, j)))
            .map(|(i, j)| (actual[i][i] * actual[j][j]).sqrt())
            .collect();
        self.compare_to_scale(key, &actual.concat(), &scales);
    }

    fn finish(&self) {
        let left: Vec<&String> = self.fields.keys().filter(|key| !self.taken.contains(*key)).collect();
        assert!(left.is_empty(), "{}: fields neither compared nor left out for a reason: {left:?}", self.id);
    }
}

pub fn numbers(value: &Value) -> Vec<f64> {
    match value {
        Value::Array(items) => items.iter().flat_map(numbers).collect(),
        Value::Object(items) => items.values().flat_map(numbers).collect(),
        other => vec![other.as_f64().unwrap_or_else(|| panic!("{other} is no number"))],
    }
}

/// What was done with a file's records.
#[derive(Default)]
pub struct Tally {
    pub records: usize,
    pub values: usize,
    pub worst: f64,
    pub worst_at: String,
    pub left_out: BTreeMap<String, usize>,
    pub failures: Vec<String>,
}

/// Walks all records of a file. `check` compares what is in scope, or names the reason why a record
/// isn't; a field that it leaves untouched fails the test.
pub fn walk(file: &Path, mut check: impl FnMut(&mut Record) -> Result<(), &'static str>) -> Tally {
    let text = std::fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let json: Value = serde_json::from_str(&text).expect("JSON");
    let mut tally = Tally::default();
    for value in json["records"].as_array().expect("records") {
        let mut record = Record::new(value);
        match check(&mut record) {
            Ok(()) => {
                record.finish();
                tally.failures.append(&mut record.failures);
                tally.records += 1;
                tally.values += record.values;
                if record.worst > tally.worst {
                    (tally.worst, tally.worst_at) = (record.worst, record.worst_at.clone());
                }
                for (reason, count) in &record.skipped {
                    *tally.left_out.entry(reason.clone()).or_default() += count;
                }
            }
            Err(reason) => *tally.left_out.entry(format!("record: {reason}")).or_default() += 1,
        }
    }
    println!(
        "{}: {} records, {} values compared, largest error {:.1e} at {}",
        file.file_name().unwrap_or_default().to_string_lossy(),
        tally.records,
        tally.values,
        tally.worst,
        tally.worst_at
    );
    for (reason, count) in &tally.left_out {
        println!("    {count:4} left out, {reason}");
    }
    assert!(
        tally.failures.is_empty(),
        "{}: {} values don't agree\n{}",
        file.display(),
        tally.failures.len(),
        tally.failures.iter().take(40).cloned().collect::<Vec<_>>().join("\n")
    );
    tally
}

/// Numbers without a pattern, between -1 and 1.
pub fn noise(count: usize, seed: u64) -> Vec<f64> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    (0..count)
        .map(|_| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state >> 11) as f64 / (1_u64 << 52) as f64 - 1.0
        })
        .collect()
}
