//! Imports within a crate: between wings they point down, and between files they run in no circle.

use std::collections::{BTreeMap, BTreeSet};

use crate::circles::circles;
use crate::map::map;
use crate::packages::packages;
use crate::source_file::SourceFile;
use crate::sources::Sources;

/// The wing of a file: its folder below `src`, or the file itself where it lies in none.
fn wing(file: &str) -> &str {
    file.split('/').next().unwrap()
}

#[test]
fn files_import_one_another_in_no_circle() {
    let mut faults = Vec::new();
    for package in packages() {
        let sources = Sources::below(&package.folder.join("src"));
        let imports = sources.imports();
        let reads: BTreeMap<String, BTreeSet<String>> =
            imports.arrows.iter().map(|(from, to)| (from.clone(), to.keys().cloned().collect())).collect();
        assert!(
            reads.values().map(BTreeSet::len).sum::<usize>() >= reads.len() / 2,
            "too few to be all: {reads:?}"
        );
        for mut circle in circles(&reads) {
            circle.push(circle[0].clone());
            let lines = circle.windows(2).map(|pair| {
                let line = imports.arrows[&pair[0]][&pair[1]];
                let place = sources.place(&pair[0]);
                format!("\n  crates/{}/src/{place}:{line} imports {}", package.name, pair[1])
            });
            faults.push(format!("a circle:{}", lines.collect::<String>()));
        }
    }
    assert!(faults.is_empty(), "{}\nwhat both need goes into a file below them", faults.join("\n"));
}

#[test]
fn inside_a_crate_imports_name_the_room_where_a_name_lives() {
    let mut faults = Vec::new();
    for package in packages() {
        for (file, line, name) in Sources::below(&package.folder.join("src")).imports().through_root {
            faults.push(format!(
                "crates/{}/src/{file}.rs:{line} imports {name} through the crate's root",
                package.name
            ));
        }
    }
    assert!(faults.is_empty(), "{}\nlib.rs hands names to the outside only", faults.join("\n"));
}

#[test]
fn imports_between_wings_point_down() {
    let map = map();
    assert!(map.iter().any(|one| !one.wings.is_empty()), "no wings are drawn");
    for package in packages() {
        let wings = &map.iter().find(|one| one.name == package.name).unwrap().wings;
        let sources = Sources::below(&package.folder.join("src"));
        if wings.is_empty() {
            // Where no order is drawn there has to be one.
            let mut reads: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
            for (from, to) in sources.imports().arrows {
                let others = to.keys().map(|to| wing(to)).filter(|to| *to != wing(&from)).map(str::to_owned);
                reads.entry(wing(&from).to_owned()).or_default().extend(others);
            }
            let circles = circles(&reads);
            assert!(circles.is_empty(), "{}: the rooms {circles:?} read one another", package.name);
            continue;
        }
        let there: BTreeSet<&str> =
            sources.files().map(|file| wing(file)).filter(|file| *file != "lib").collect();
        let drawn: BTreeSet<&str> = wings.iter().map(String::as_str).collect();
        assert_eq!(
            there, drawn,
            "{}: a new wing needs its place on the map of ARCHITECTURE.md",
            package.name
        );
        let floor = |wing: &str| wings.iter().position(|one| one == wing);
        for (from, to) in sources.imports().arrows {
            for (to, line) in to {
                let (own, other) = (wing(&from), wing(&to));
                assert!(
                    own == other || floor(own) < floor(other) || from == "lib",
                    "crates/{}/src/{}:{line} imports {to}, and the wing {own} stands below {other}",
                    package.name,
                    sources.place(&from)
                );
            }
        }
    }
}

#[test]
fn the_first_file_of_a_wing_says_what_the_wing_owns_and_holds_nothing() {
    for package in packages() {
        let wings = map().into_iter().find(|one| one.name == package.name).unwrap().wings;
        let src = package.folder.join("src");
        for wing in wings.iter().filter(|wing| src.join(wing).is_dir()) {
            let path = src.join(wing).join("mod.rs");
            let text = std::fs::read_to_string(&path).unwrap();
            assert!(text.starts_with("//! "), "{} doesn't begin with what the wing owns", path.display());
            let facade = SourceFile::read(&text).is_facade();
            assert!(facade, "{} holds more than the list of its files", path.display());
        }
        if !wings.is_empty() {
            let root = std::fs::read_to_string(src.join("lib.rs")).unwrap();
            assert!(
                SourceFile::read(&root).is_facade(),
                "{}: lib.rs hands names on and holds none",
                package.name
            );
        }
    }
}
