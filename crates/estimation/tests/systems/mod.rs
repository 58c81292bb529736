//! Systems and instrumental variables against systemfit, AER and linearmodels.
//!
//! The committed records are those of the complete reference files that are in scope; where the
//! reference folder lies beside the workspace, its files are walked whole, and what is out of scope is
//! listed with its reason.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

mod compare;
mod data;
mod extra;
mod ivreg;
mod linearmodels;
mod systemfit;

use std::path::Path;

use crate::support::{Record, Tally, golden, shared, walk};
use data::data;
use linearmodels::check_linearmodels;
use systemfit::check_systemfit;

const R: [&str; 7] = [
    "kmenta",
    "klein1",
    "grunfeld_greene5",
    "synth14x12_pooled",
    "synth14x12_lsdv",
    "synth14x12_lsdv2",
    "synth14x12_within",
];

const PYTHON: [&str; 6] =
    ["kmenta", "klein1", "grunfeld_greene5", "synth14x12_pooled", "synth14x12_within", "synth14x12_within2"];

/// Walks all files; one record that fails doesn't hide the others.
fn walk_all(folder: &Path) -> Vec<Tally> {
    let mut tallies = Vec::new();
    let failures = std::cell::Cell::new(0);
    let guarded = |record: &mut Record, check: &dyn Fn(&mut Record) -> Result<(), &'static str>| {
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| check(record))).unwrap_or_else(|_| {
            failures.set(failures.get() + 1);
            Err("failed")
        })
    };
    for name in R {
        let file = folder.join(format!("json/r_system_{name}.json"));
        if file.is_file() {
            let data = data(folder, name);
            tallies.push(walk(&file, |record| guarded(record, &|record| check_systemfit(&data, record))));
        }
    }
    for name in PYTHON {
        let file = folder.join(format!("json/py_systems_{name}.json"));
        if file.is_file() {
            let data = data(folder, name);
            tallies.push(walk(&file, |record| guarded(record, &|record| check_linearmodels(&data, record))));
        }
    }
    assert_eq!(failures.get(), 0, "records that don't agree, see above");
    tallies
}

#[test]
fn committed_records_agree() {
    let tallies = walk_all(&golden());
    assert!(tallies.iter().map(|tally| tally.records).sum::<usize>() > 100);
    assert!(tallies.iter().map(|tally| tally.values).sum::<usize>() > 5_000);
}

#[test]
fn the_whole_reference_agrees() {
    let Some(folder) = shared() else { return };
    let tallies = walk_all(&folder);
    assert_eq!(tallies.len(), R.len() + PYTHON.len());
}
