//! Paths that begin at a disk or a home folder, which are there on one machine.

use crate::check::outcome::{Finding, Outcome, found};
use crate::check::rule::Rule;
use crate::check::subject::Subject;

pub(in crate::check) const RULE: Rule = Rule { id: "aea-absolute-paths", title: "absolute paths", check };

const ROOTS: [&str; 14] = [
    "/Users/",
    "/home/",
    "/Volumes/",
    "/mnt/",
    "/media/",
    "/root/",
    "/tmp/",
    "/scratch/",
    "/data/",
    "/project",
    "/var/",
    "/srv/",
    "/work/",
    "~/",
];

fn check(subject: &Subject<'_>) -> Outcome {
    let mut findings: Vec<Finding> = Vec::new();
    for line in &subject.lines {
        if let Some(path) = absolute(&line.code) {
            findings.push(found(&line.place, format!("`{path}`")));
        }
    }
    // In a package of ours the spec, the manifests and what is published are looked through, too.
    if subject.ours {
        let texts = ["yaml", "yml", "lock", "csv", "json", "md", "tex", "html", "txt", "cff", "svg"];
        for path in subject.examined.paths().filter(|path| crate::examined::has_ending(path, &texts)) {
            if path.starts_with("data/vintages/") && path.contains("/raw/") {
                continue;
            }
            let text = subject.examined.text(path).unwrap_or_default();
            for (at, line) in text.lines().enumerate() {
                let homes = ["/Users/", "/home/", "C:\\Users", "/root/"];
                if let Some(home) = homes.iter().find(|home| begins_word(line, home)) {
                    findings.push(found(
                        format!("{path}:{}", at + 1),
                        format!("`{home}`, a path of one machine"),
                    ));
                }
            }
        }
    }
    if subject.lines.is_empty() && !subject.ours {
        return Outcome::not_applicable("there are no programs");
    }
    Outcome::unless(
        findings,
        "no path begins at a disk or a home folder",
        "lines with absolute paths",
        "write paths from the package's folder, set once at the top of the main program",
    )
}

/// Whether a root stands at the begin of a word: `https://a.org/home/x` has none.
fn begins_word(line: &str, root: &str) -> bool {
    line.match_indices(root).any(|(at, _)| {
        line.get(..at)
            .and_then(|before| before.chars().last())
            .is_none_or(|letter| !letter.is_alphanumeric() && !"/.-_~:".contains(letter))
    })
}

/// Whether a text is a path of a Windows share, `\\server\folder`: a name and another backslash follow the two, which no
/// pattern such as `\\.0+$` has.
fn is_share(text: &str) -> bool {
    // Within quotes a program may write each backslash twice.
    let Some(rest) = text.strip_prefix("\\\\") else { return false };
    let Some((server, folder)) = rest.trim_start_matches('\\').split_once('\\') else { return false };
    let is_name = |name: &str| {
        name.len() > 1
            && name.starts_with(|letter: char| letter.is_ascii_alphanumeric())
            && name.chars().all(|letter| letter.is_ascii_alphanumeric() || "-_. $".contains(letter))
    };
    let folder = folder.trim_start_matches('\\').split('\\').next().unwrap_or_default();
    is_name(server) && is_name(folder)
}

/// The first word or text within quotes that is an absolute path.
fn absolute(code: &str) -> Option<String> {
    let drive = |text: &str| {
        let mut letters = text.chars();
        letters.next().is_some_and(|letter| letter.is_ascii_alphabetic())
            && letters.next() == Some(':')
            && letters.next().is_some_and(|letter| letter == '\\' || letter == '/')
    };
    let is_path =
        |text: &str| drive(text) || is_share(text) || ROOTS.iter().any(|root| text.starts_with(root));
    let quoted = ['"', '\''].into_iter().flat_map(|quote| code.split(quote).skip(1).step_by(2));
    let bare = code.split(|letter: char| letter.is_whitespace() || "(),=<>\"'".contains(letter));
    quoted.chain(bare).map(str::trim).find(|text| is_path(text)).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn disks_and_home_folders_are_absolute() {
        for code in [
            "cd \"C:/paper\"",
            "cd C:\\paper",
            "setwd('/Users/me/paper')",
            "x <- read.csv(\"~/data/a.csv\")",
            "global d \"D:\\data\"",
            r#"use "\\server\data\a.dta""#,
            r#"open("\\\\server\\data")"#,
        ] {
            assert!(absolute(code).is_some(), "{code}");
        }
        for code in [
            "use \"data/raw/a.dta\"",
            "y = a / b",
            "url(\"https://a.org/home/x\")",
            "if a: b",
            "cd ..",
            r#"sub("\\.0+$", "", x)"#,
            r#"sub("\\.[0-9]*", "", x)"#,
            r#"gsub("\\s+\\d", "", x)"#,
        ] {
            assert_eq!(absolute(code), None, "{code}");
        }
    }
}
