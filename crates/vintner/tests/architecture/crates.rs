//! Imports between crates point down.

use crate::map::map;
use crate::packages::packages;

#[test]
fn imports_between_crates_point_down() {
    let map = map();
    let mut there: Vec<String> = packages().into_iter().map(|package| package.name).collect();
    there.sort();
    let mut drawn: Vec<String> = map.iter().map(|one| one.name.clone()).collect();
    drawn.sort();
    assert_eq!(there, drawn, "a new crate needs its place on the map of ARCHITECTURE.md");
    for (position, one) in map.iter().enumerate() {
        for read in &one.reads {
            let below = map[position..].iter().skip(1).any(|lower| lower.name == *read);
            assert!(below, "the map itself points up: {} reads {read}, which stands above it", one.name);
        }
    }
    for package in packages() {
        let allowed = &map.iter().find(|one| one.name == package.name).unwrap().reads;
        let unknown: Vec<&String> = package.reads.difference(allowed).collect();
        assert!(unknown.is_empty(), "{} imports {unknown:?}; the map lets it read {allowed:?}", package.name);
        // An arrow that nobody takes would let one in unseen.
        let unused: Vec<&String> = allowed.difference(&package.reads).collect();
        assert!(unused.is_empty(), "the map lets {} read {unused:?}, and it doesn't", package.name);
    }
}
