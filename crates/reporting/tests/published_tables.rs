//! The published tables of the repository's paper.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;

use crate::common::root;
use vintner_reporting::Published;

#[test]
fn the_committed_tables_are_complete() {
    let published = Published::read(&root().join("data/published/tables.csv")).unwrap();
    let mut counts: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for coefficient in published.coefficients() {
        *counts.entry((&coefficient.table, &coefficient.dependent)).or_default() += 1;
    }
    assert_eq!(counts, BTreeMap::from([(("1", "lnCO2"), 60), (("2", "lnEG"), 60), (("3", "lnAI"), 75)]));
    let beijing = published.get("1", "lnCO2", "北京", "lnBE").unwrap();
    assert_eq!((beijing.coefficient.text(), beijing.stars.count()), ("0.350", 3));
}

#[test]
fn the_committed_tables_are_those_of_the_paper() {
    let shared = root().join("../shared/paper/published_tables.csv");
    if !shared.exists() {
        println!("skipped: no {}", shared.display());
        return;
    }
    let committed = std::fs::read(root().join("data/published/tables.csv")).unwrap();
    assert_eq!(committed, std::fs::read(shared).unwrap());
}
