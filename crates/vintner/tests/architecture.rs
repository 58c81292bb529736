//! What the architecture promises, read off the files: which crate may import which, and that
//! nothing about the paper stands in Rust.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// What each crate may import of the others. Imports point down: the ground floor first, each line
/// reading lines above it only.
const IMPORTS: [(&str, &[&str]); 11] = [
    ("panel", &[]),
    ("diagnostics", &[]),
    // It runs readers and knows no format.
    ("guard", &[]),
    ("ingest", &["panel", "diagnostics", "guard"]),
    ("transform", &["panel", "diagnostics"]),
    ("estimation", &["panel", "diagnostics"]),
    // Of estimation it reads results.
    ("reporting", &["panel", "diagnostics", "estimation"]),
    // It knows frames and files, and no field.
    ("pipeline", &["diagnostics", "guard"]),
    // The only place that knows both the pipeline and the field.
    ("stages", &["panel", "diagnostics", "ingest", "transform", "estimation", "reporting", "pipeline"]),
    // Pages over what both say.
    ("site", &["pipeline", "stages"]),
    ("vintner", &["diagnostics", "guard", "pipeline", "stages", "site"]),
];

/// The crates of the workspace that a `Cargo.toml` names in one of its tables of dependencies.
/// Tables of targets and features count too; `[dev-dependencies]` don't: a test may look up.
fn imports(manifest: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut counts = false;
    for line in manifest.lines().map(str::trim).filter(|line| !line.starts_with('#')) {
        if let Some(table) = line.strip_prefix('[') {
            let table = table.split(']').next().unwrap();
            counts = table.contains("dependencies") && !table.contains("dev-dependencies");
            // `[dependencies.vintner-panel]`
            if counts
                && let Some(name) = table.rsplit('.').next().and_then(|last| last.strip_prefix("vintner-"))
            {
                found.insert(name.to_owned());
            }
        } else if counts && line.contains("vintner-") {
            // Wherever the name stands: as the key, or as `package = "…"` or `path = "…"` of a renamed one.
            for after in line.split("vintner-").skip(1) {
                let name: String =
                    after.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
                found.insert(name);
            }
        } else if counts && line.contains("path") && line.contains("../") {
            let name = line.split("../").nth(1).unwrap().split('"').next().unwrap();
            found.insert(name.to_owned());
        }
    }
    found
}

#[test]
fn imports_point_down() {
    let crates = repository().join("crates");
    let mut there: Vec<String> = fs::read_dir(&crates)
        .unwrap()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.path().join("Cargo.toml").is_file())
        .map(|entry| entry.file_name().into_string().unwrap())
        .collect();
    there.sort();
    let mut agreed: Vec<&str> = IMPORTS.iter().map(|(name, _)| *name).collect();
    agreed.sort_unstable();
    assert_eq!(there, agreed, "a new crate needs its place in the order of imports");

    for (position, (name, allowed)) in IMPORTS.iter().enumerate() {
        for import in *allowed {
            let below = IMPORTS[..position].iter().any(|(lower, _)| lower == import);
            assert!(below, "the list itself points up: {name} -> {import}");
        }
        let manifest = fs::read_to_string(crates.join(name).join("Cargo.toml")).unwrap();
        for import in imports(&manifest) {
            assert!(
                allowed.contains(&import.as_str()),
                "vintner-{name} imports vintner-{import}; it may import: {}",
                allowed.join(", ")
            );
        }
    }
}

#[test]
fn imports_are_found_however_they_are_written() {
    let manifest = "[dependencies]\nvintner-panel.workspace = true\nfigures = { package = \"vintner-ingest\", path = \"x\" }\n\
                    other = { path = \"../transform\" }\n[dependencies.vintner-stages]\nworkspace = true\n\
                    [target.'cfg(unix)'.dependencies]\nvintner-pipeline = { path = \"../pipeline\" }\n\
                    [build-dependencies]\nvintner-diagnostics.workspace = true\n\
                    [dev-dependencies]\nvintner-reporting.workspace = true\n";
    let found = imports(manifest);
    let expected = ["diagnostics", "ingest", "panel", "pipeline", "stages", "transform"];
    assert_eq!(found, expected.map(str::to_owned).into());
}

/// Names of the paper's cities and variables, from the files that may hold them. An entity's id and
/// names in any language, and each variable of `params.logs`.
fn words_of_the_paper() -> BTreeSet<String> {
    let mut words = BTreeSet::new();
    let crosswalk = fs::read_to_string(repository().join("data/crosswalk/cities.csv")).unwrap();
    let mut reader = csv::Reader::from_reader(crosswalk.as_bytes());
    let cities: Vec<BTreeMap<String, String>> = reader.deserialize().map(|row| row.unwrap()).collect();
    for city in &cities {
        words.extend(["id", "en", "zh"].map(|column| city[column].clone()));
        words.extend(
            ["aliases", "prefixes"].iter().flat_map(|column| city[*column].split('|')).map(str::to_owned),
        );
    }
    assert_eq!(cities.len(), 14);
    let pipeline = fs::read_to_string(repository().join("pipeline.yaml")).unwrap();
    let logs = pipeline.lines().find_map(|line| line.trim().strip_prefix("logs: [")).unwrap();
    let logs: Vec<&str> = logs.trim_end_matches(']').split(',').map(str::trim).collect();
    assert_eq!(logs.len(), 7);
    words.extend(logs.into_iter().map(str::to_owned));
    words.remove("");
    words
}

/// Whether `word` stands in `line`, for a word of letters as a word of its own.
fn says(line: &str, word: &str) -> bool {
    let own = |c: Option<char>| c.is_none_or(|c| !c.is_ascii_alphanumeric() && c != '_');
    line.match_indices(word).any(|(at, _)| {
        !word.is_ascii() || own(line[..at].chars().next_back()) && own(line[at + word.len()..].chars().next())
    })
}

/// The lines of a Rust file that count, with their numbers.
///
/// The rule: comments of `//`, `///` and `//!` may name the paper as an example, and so may a module
/// of tests, which is `#[cfg(test)]` and the item after it, to the brace that closes it. Everything
/// else is program, a comment at the end of a line of program included.
fn program(text: &str) -> Vec<(usize, &str)> {
    let mut lines = Vec::new();
    let mut in_tests = false;
    for (line, number) in text.lines().zip(1..) {
        if line == "#[cfg(test)]" {
            in_tests = true;
        }
        if !in_tests && !line.trim_start().starts_with("//") {
            lines.push((number, line));
        }
        // A module of the file itself closes at the left margin, a declaration ends on its line.
        if in_tests && (line == "}" || line.starts_with("mod ") && line.ends_with(';')) {
            in_tests = false;
        }
    }
    lines
}

fn rust_files(folder: &Path, found: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            rust_files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

#[test]
fn nothing_about_the_paper_stands_in_rust() {
    let words = words_of_the_paper();
    for known in ["北京", "lnCO2", "beijing", "河北"] {
        assert!(words.contains(known), "{known} isn't looked for");
    }
    let mut files = Vec::new();
    for (name, _) in IMPORTS {
        let folder = repository().join("crates").join(name);
        rust_files(&folder.join("src"), &mut files);
        files.extend(Some(folder.join("build.rs")).filter(|path| path.is_file()));
    }
    assert!(files.len() > 100, "{} files are too few to be all", files.len());
    let mut found = Vec::new();
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        for (number, line) in program(&text) {
            for word in words.iter().filter(|word| says(line, word)) {
                found.push(format!("{}:{number}: {word}", file.display()));
            }
        }
    }
    assert!(found.is_empty(), "the paper belongs into its files, not into Rust:\n{}", found.join("\n"));
}

#[test]
fn the_rule_sees_what_it_should_see() {
    let text = "//! 北京\nfn city() -> &str {\n    // 北京\n    \"北京\" // 北京\n}\n#[cfg(test)]\nmod tests {\n    \
                const CITY: &str = \"北京\";\n}\nconst VARIABLE: &str = \"lnCO2\";\n";
    let seen: Vec<usize> = program(text)
        .into_iter()
        .filter(|(_, line)| says(line, "北京") || says(line, "lnCO2"))
        .map(|(number, _)| number)
        .collect();
    assert_eq!(seen, [4, 10]);
    assert!(!says("the lnCO2x of xlnCO2", "lnCO2") && says("(lnCO2)", "lnCO2"));
}
