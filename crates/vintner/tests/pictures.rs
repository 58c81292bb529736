//! README's pictures of a terminal show what the program prints today.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;

use regex::Regex;

use crate::common::{Workspace, repository};

/// The words of a picture, in their order: the command, then what it printed.
fn words(picture: &str) -> Vec<String> {
    let svg = fs::read_to_string(repository().join("docs/pictures").join(picture)).unwrap();
    let texts = Regex::new(r"<tspan[^>]*>([^<]*)</tspan>").unwrap();
    let unescape = |text: &str| {
        let pairs = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#x27;", "'"), ("&amp;", "&")];
        pairs.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
    };
    letters(&texts.captures_iter(&svg).map(|found| unescape(&found[1])).collect::<Vec<_>>().join(" "))
}

/// A text without blanks, which a picture has as places: one piece a letter, so that a difference is short.
fn letters(text: &str) -> Vec<String> {
    text.split_whitespace().flat_map(|word| word.chars()).map(String::from).collect()
}

fn assert_shows(picture: &str, command: &str, printed: &str) {
    let shown = words(picture).concat();
    let expected = letters(&format!("$ {command} {printed}")).concat();
    // A picture may end before the output does.
    let (shown, is_cut) = shown.strip_suffix('…').map_or((shown.as_str(), false), |shown| (shown, true));
    let is_same = if is_cut { expected.starts_with(shown) } else { expected == shown };
    assert!(
        is_same,
        "docs/pictures/{picture} is out of date; docs/pictures/make.py makes it\n{shown}\n{expected}"
    );
}

#[test]
fn of_a_terminal_are_true() {
    let workspace = Workspace::of_paper();
    workspace.reproduce(&[]);
    let trace = workspace.vintner(&["trace", "1/沧州/lnEG"]).stdout;
    // As make.py: digests of runs change with the code.
    let digests = Regex::new(r"(?m) +[0-9a-f]{16}$").unwrap();
    assert_shows("trace.svg", "vintner trace 1/沧州/lnEG", &digests.replace_all(&trace, ""));

    let (raw, manifest) =
        ("data/vintages/reconstructed/raw/汇率.csv", "data/vintages/reconstructed/vintage.yaml");
    let sum = |bytes: &[u8]| {
        use sha2::Digest;
        sha2::Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect::<String>()
    };
    let before = fs::read(workspace.path(raw)).unwrap();
    workspace.edit(raw, "2009,6.8325", "2009,6.8310");
    workspace.edit(manifest, &sum(&before), &sum(&fs::read(workspace.path(raw)).unwrap()));
    let why = workspace.vintner(&["why", "table3"]).stdout;
    assert_shows("why.svg", "vintner why table3", &why);
}
