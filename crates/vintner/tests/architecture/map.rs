//! The map of the house: which crate reads which, and the wings of each, as ARCHITECTURE.md draws it.

use std::collections::BTreeSet;
use std::fs;

/// A crate on the map.
#[derive(Debug, PartialEq, Eq)]
pub struct MappedCrate {
    /// Its name, without `vintner-`.
    pub name: String,
    /// The crates that it may read.
    pub reads: BTreeSet<String>,
    /// Its wings, the uppermost first; each reads those below it alone. Empty where it has none.
    pub wings: Vec<String>,
}

/// The crates of ARCHITECTURE.md's map, the uppermost first.
pub fn map() -> Vec<MappedCrate> {
    let text = fs::read_to_string(crate::repository().join("ARCHITECTURE.md")).unwrap();
    let map = text.split("\n```map\n").nth(1).expect("ARCHITECTURE.md has a block that begins with ```map");
    read(map.split("\n```").next().unwrap())
}

/// A crate is a line `name reads a, b`, and a wing a line below it that is set in: the folder or the file of
/// that name, and what it owns.
fn read(map: &str) -> Vec<MappedCrate> {
    let mut crates: Vec<MappedCrate> = Vec::new();
    for line in map.lines().filter(|line| !line.trim().is_empty()) {
        let first = line.split_whitespace().next().unwrap().to_owned();
        if line.starts_with(' ') {
            crates.last_mut().expect("a wing belongs to a crate").wings.push(first);
            continue;
        }
        let reads = line.split_once(" reads ").map(|(_, reads)| reads.split(','));
        let reads = reads.into_iter().flatten().map(|name| name.trim().to_owned()).collect();
        crates.push(MappedCrate { name: first, reads, wings: Vec::new() });
    }
    crates
}

#[test]
fn the_map_is_read_line_by_line() {
    let read =
        read("pipeline reads panel, diagnostics\n  run    what a run does\n  store  what is kept\n\npanel\n");
    let expected = [
        MappedCrate {
            name: "pipeline".into(),
            reads: ["panel", "diagnostics"].map(str::to_owned).into(),
            wings: ["run", "store"].map(str::to_owned).into(),
        },
        MappedCrate { name: "panel".into(), reads: BTreeSet::new(), wings: Vec::new() },
    ];
    assert_eq!(read, expected);
}
