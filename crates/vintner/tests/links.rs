//! Every link of the documentation leads somewhere, and every page that is named is there.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Component, Path, PathBuf};

use regex::Regex;

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// The files below a folder of the repository whose names end in one of `endings`. What is built, made
/// and kept isn't looked at.
fn files(folder: &str, endings: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![repository().join(folder)];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = fs::read_dir(&folder) else { continue };
        for entry in entries.map(|entry| entry.unwrap()) {
            let (path, name) = (entry.path(), entry.file_name().into_string().unwrap());
            if path.is_dir() {
                if !name.starts_with('.') && name != "target" {
                    folders.push(path);
                }
            } else if endings.iter().any(|ending| name.ends_with(ending)) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// The pages of the documentation.
fn pages() -> Vec<PathBuf> {
    let mut pages: Vec<PathBuf> =
        ["docs", "benches", "examples", "data", "crates", "clients", "reports/templates"]
            .iter()
            .flat_map(|folder| files(folder, &[".md"]))
            .collect();
    pages.extend(
        ["README.md", "README.zh.md", "ARCHITECTURE.md", "CHANGELOG.md"].map(|name| repository().join(name)),
    );
    pages
}

/// A page's lines without what stands in blocks of code.
fn prose(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut fence: Option<&str> = None;
    text.lines().zip(1..).filter_map(move |(line, number)| {
        let start = line.trim_start();
        let mark = ["```", "~~~"].into_iter().find(|mark| start.starts_with(mark));
        match (fence, mark) {
            (None, Some(mark)) => fence = Some(mark),
            (Some(open), Some(mark)) if open == mark => fence = None,
            (None, None) => return Some((number, line)),
            _ => {}
        }
        None
    })
}

/// The links of a page, with their lines.
fn links(text: &str) -> Vec<(usize, String)> {
    let code = Regex::new("`[^`]*`").unwrap();
    let link =
        Regex::new(r#"\]\(<?([^)>\s]+)>?(?:\s+"[^"]*")?\)|(?:href|src)="([^"]+)"|^\[[^\]]+\]:\s+(\S+)"#)
            .unwrap();
    let of_line = |(number, line): (usize, &str)| {
        let line = code.replace_all(line, "").into_owned();
        let found: Vec<String> = link
            .captures_iter(&line)
            .map(|one| one.iter().skip(1).flatten().next().unwrap().as_str().to_owned())
            .collect();
        found.into_iter().map(move |target| (number, target))
    };
    prose(text).flat_map(of_line).collect()
}

/// The places of a page that can be linked to: its headings as GitHub names them, and anchors of its own.
fn anchors(text: &str) -> BTreeSet<String> {
    let own = Regex::new(r#"(?:id|name)="([^"]+)""#).unwrap();
    let (mut anchors, mut times) = (BTreeSet::new(), BTreeMap::<String, usize>::new());
    for (_, line) in prose(text) {
        anchors.extend(own.captures_iter(line).map(|one| one[1].to_owned()));
        let Some(heading) = line.strip_prefix('#').map(|rest| rest.trim_start_matches('#')) else { continue };
        let Some(heading) = heading.strip_prefix(' ') else { continue };
        let kept = |c: &char| c.is_alphanumeric() || [' ', '-', '_'].contains(c);
        let name: String =
            heading.trim().to_lowercase().chars().filter(kept).collect::<String>().replace(' ', "-");
        let before = times.entry(name.clone()).or_default();
        anchors.insert(if *before == 0 { name } else { format!("{name}-{before}") });
        *before += 1;
    }
    anchors
}

/// A path without `.` and `..`.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => drop(plain.pop()),
            Component::CurDir => {}
            part => plain.push(part),
        }
    }
    plain
}

#[test]
fn links_lead_somewhere() {
    let pages = pages();
    assert!(pages.len() > 25, "{} pages are too few to be all", pages.len());
    let mut faults = Vec::new();
    let mut checked = 0;
    for page in &pages {
        let text = fs::read_to_string(page).unwrap();
        for (line, link) in links(&text) {
            if link.contains("://") || link.starts_with("mailto:") {
                continue;
            }
            checked += 1;
            let (file, anchor) =
                link.split_once('#').map_or((link.as_str(), None), |(file, anchor)| (file, Some(anchor)));
            let target =
                if file.is_empty() { page.clone() } else { plain(&page.parent().unwrap().join(file)) };
            let place = page.strip_prefix(repository()).unwrap().display().to_string();
            // The case counts, as it does on the web, and what lies beside the repository isn't part of it.
            if !target.exists() || !target.starts_with(repository()) {
                faults.push(format!("{place}:{line}: there is no {link}"));
            } else if let Some(anchor) = anchor
                && target.extension().is_some_and(|ending| ending == "md")
                && !anchors(&fs::read_to_string(&target).unwrap()).contains(anchor)
            {
                faults.push(format!("{place}:{line}: {link} has no such heading"));
            }
        }
    }
    assert!(checked > 50, "{checked} links are too few to be all");
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn pages_that_are_named_are_there() {
    // In code and comments too: `docs/figures.md`, `methods/systems.md`.
    let named =
        Regex::new(r"\b((?:docs|benches|reports/templates)/[\w/-]+\.md|examples/[\w-]+/README\.md)\b")
            .unwrap();
    let endings = [".md", ".rs", ".yaml", ".yml", ".toml", ".tera", ".bib", "justfile"];
    let mut faults = Vec::new();
    let mut seen = 0;
    for file in files("", &endings) {
        let text = fs::read_to_string(&file).unwrap();
        for (line, number) in text.lines().zip(1..) {
            for name in named.captures_iter(line) {
                seen += 1;
                // A page may be named from its own folder.
                let from = file.parent().unwrap().join(&name[1]);
                if !repository().join(&name[1]).is_file() && !from.is_file() {
                    let place = file.strip_prefix(repository()).unwrap().display();
                    faults.push(format!("{place}:{number}: there is no {}", &name[1]));
                }
            }
        }
    }
    assert!(seen > 20, "{seen} names are too few to be all");
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn links_and_headings_are_read_as_they_are_shown() {
    let text = "# The Store's `v1`, in short\n[a](b.md#c) `[no](no.md)` ![d](e.svg \"title\") [`f`](<g.md>)\n\
                ```\n[no](no.md)\n# no\n```\n## Twice\n## Twice\n<a id=\"own\" href=\"h.md\">x</a>\n[i]: j.md\n";
    let found: Vec<String> = links(text).into_iter().map(|(line, link)| format!("{line} {link}")).collect();
    assert_eq!(found, ["2 b.md#c", "2 e.svg", "2 g.md", "9 h.md", "10 j.md"]);
    let expected = ["own", "the-stores-v1-in-short", "twice", "twice-1"];
    assert_eq!(anchors(text), expected.map(str::to_owned).into());
}
