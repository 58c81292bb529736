//! Circles among things that read one another.

use std::collections::{BTreeMap, BTreeSet};

/// The shortest way from each thing back to itself, each circle once; empty where all point down.
pub fn circles(reads: &BTreeMap<String, BTreeSet<String>>) -> Vec<Vec<String>> {
    let mut found: Vec<Vec<String>> = Vec::new();
    for start in reads.keys() {
        if found.iter().any(|circle| circle.contains(start)) {
            continue;
        }
        found.extend(way_back(start, reads));
    }
    found
}

fn way_back(start: &str, reads: &BTreeMap<String, BTreeSet<String>>) -> Option<Vec<String>> {
    let mut ways = std::collections::VecDeque::from([vec![start.to_owned()]]);
    let mut seen = BTreeSet::new();
    while let Some(way) = ways.pop_front() {
        for next in reads.get(way.last()?).into_iter().flatten() {
            if next == start {
                return Some(way);
            }
            if seen.insert(next) {
                ways.push_back(way.iter().chain([next]).cloned().collect());
            }
        }
    }
    None
}

#[test]
fn circles_are_found_and_nothing_else() {
    let reads = |arrows: &[(&str, &str)]| {
        let mut reads: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (from, to) in arrows {
            reads.entry((*from).to_owned()).or_default().insert((*to).to_owned());
        }
        circles(&reads)
    };
    assert!(reads(&[("a", "b"), ("a", "c"), ("b", "d"), ("c", "d")]).is_empty());
    let found = reads(&[("a", "b"), ("b", "c"), ("c", "d"), ("d", "b"), ("c", "b"), ("e", "f"), ("f", "e")]);
    assert_eq!(found, [vec!["b", "c"], vec!["d", "b", "c"], vec!["e", "f"]]);
}
