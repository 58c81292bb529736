//! Corrections: cells that are read otherwise than they stand in a file.
#![allow(clippy::unwrap_used, clippy::panic)]

use crate::support::{csv_source, fault_text, lines, manifest_text, read};
use vintner_ingest::{Checksum, Manifest};

const TEXT: &str = "city,year,v\nJia,2008,12.31\nJai,2009,2\nYi,2008,9.99\n";

const BOTH: &str = "corrections:\n  - {cell: C2, old: 12.31, new: 12.3, reason: misprint, source: errata p. 3}\n  - {cell: A3, old: Jai, new: Jia, reason: misspelt, source: the yearbook}\n  - {cell: C4, old: \"9.99\", new: null, reason: withdrawn, source: errata p. 4}";

#[test]
fn a_cell_is_read_as_corrected_and_keeps_what_stands_there() {
    let source = csv_source(BOTH, TEXT.as_bytes());
    let tidied = read(&source, TEXT.as_bytes()).unwrap();
    assert_eq!(
        lines(&tidied),
        ["jia 2008 v = 12.3 at C2", "jia 2009 v = 2 at C3", "yi 2008 v = missing at C4"]
    );
    let raw: Vec<String> = tidied.values().unwrap().into_iter().map(|value| value.raw).collect();
    assert_eq!(
        raw,
        [
            "12.31, corrected to 12.3: misprint (errata p. 3)",
            "2",
            "9.99, corrected to nothing: withdrawn (errata p. 4)"
        ]
    );
}

#[test]
fn a_header_is_corrected_too() {
    let text = "city,year,w\nJia,2008,1\n";
    let more = "corrections: [{cell: C1, old: w, new: v, reason: misprint, source: errata}]";
    let tidied = read(&csv_source(more, text.as_bytes()), text.as_bytes()).unwrap();
    assert_eq!(lines(&tidied), ["jia 2008 v = 1 at C2"]);
}

#[test]
fn a_correction_of_something_else_is_a_fault() {
    let text = TEXT.replace("12.31", "12.4");
    let said = fault_text(&csv_source(BOTH, text.as_bytes()), text.as_bytes());
    assert!(said.contains("t.csv!C2: it holds \"12.4\", and its correction is of \"12.31\""), "{said}");
    let more = "corrections: [{cell: C9, old: 1, new: 2, reason: r, source: s}]";
    let said = fault_text(&csv_source(more, TEXT.as_bytes()), TEXT.as_bytes());
    assert!(said.contains("t.csv!C9: a correction of \"1\" in a row that isn't read"), "{said}");
}

#[test]
fn a_correction_says_all_of_itself() {
    let manifest = |corrections: &str| {
        let source = format!(
            "  - name: s\n    file: t.csv\n    sha256: {}\n    format: csv\n    entity: city\n    time: year\n    columns: [{{column: v, variable: v}}]\n    corrections: [{corrections}]\n",
            Checksum::of(b"")
        );
        Manifest::parse("vintage.yaml", &manifest_text(&source)).unwrap_err().to_string()
    };
    for (correction, said) in [
        ("{cell: 3C, old: 1, new: 2, reason: r, source: s}", "`3C` names no cell"),
        ("{cell: C3, old: 1, new: 2, reason: \" \", source: s}", "a correction without its reason"),
        ("{cell: C3, old: 1, new: 2, reason: r}", "source"),
        (
            "{cell: C3, old: 1, new: 2, reason: r, source: s}, {cell: C3, old: 1, new: 3, reason: r, source: s}",
            "a second correction of C3",
        ),
    ] {
        let found = manifest(correction);
        assert!(found.contains(said), "{found}");
    }
}
