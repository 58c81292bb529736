//! Nothing about the paper stands in Rust.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use crate::packages::folders;

/// Names of the paper's cities and variables, from the files that may hold them. An entity's id and
/// names in any language, and each variable of `params.logs`.
fn words_of_the_paper() -> BTreeSet<String> {
    let mut words = BTreeSet::new();
    let crosswalk = fs::read_to_string(crate::repository().join("data/crosswalk/cities.csv")).unwrap();
    let mut reader = csv::Reader::from_reader(crosswalk.as_bytes());
    let cities: Vec<BTreeMap<String, String>> = reader.deserialize().map(|row| row.unwrap()).collect();
    for city in &cities {
        words.extend(["id", "en", "zh"].map(|column| city[column].clone()));
        words.extend(
            ["aliases", "prefixes"].iter().flat_map(|column| city[*column].split('|')).map(str::to_owned),
        );
    }
    assert_eq!(cities.len(), 14);
    let pipeline = fs::read_to_string(crate::repository().join("pipeline.yaml")).unwrap();
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

#[test]
fn nothing_about_the_paper_stands_in_rust() {
    let words = words_of_the_paper();
    for known in ["北京", "lnCO2", "beijing", "河北"] {
        assert!(words.contains(known), "{known} isn't looked for");
    }
    let mut files = Vec::new();
    for folder in folders() {
        crate::rust_files(&folder.join("src"), &mut files);
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
