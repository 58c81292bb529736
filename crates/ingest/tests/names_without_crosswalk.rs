//! What a manifest says of names where there is no crosswalk.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use vintner_ingest::{Crosswalk, IngestError, Tidied, read_source_bytes};

use crate::support::{cities, csv_source, lines, source};

const TEXT: &str = "city,year,v\nFrance,2000,1\nWorld,2000,2\nWorld,2001,3\nSpain,2000,4\n";

fn read(text: &str, more: &str, crosswalk: Option<&Crosswalk>) -> Result<Tidied, IngestError> {
    read_source_bytes(&csv_source(more, text.as_bytes()), text.as_bytes(), crosswalk, None)
}

#[test]
fn those_that_are_no_entities_are_left_out_and_counted() {
    let tidied = read(TEXT, "not_entities: [\" World \"]", None).unwrap();
    assert_eq!(lines(&tidied), ["France 2000 v = 1 at C2", "Spain 2000 v = 4 at C5"]);
    assert_eq!((tidied.rows_left_out, tidied.names_outside.len()), (2, 0));
    let text = "year,France,World\n2000,1,2\n";
    let fields = "name: s\nfile: t.csv\nformat: csv\nlayout: entities_across\ntime: year\ncolumns: [{variable: v}]\nnot_entities: [World]";
    let across = read_source_bytes(&source(fields, text.as_bytes()), text.as_bytes(), None, None).unwrap();
    assert_eq!(lines(&across), ["France 2000 v = 1 at B2"]);
    assert_eq!(across.rows_left_out, 1);
}

#[test]
fn they_are_left_out_whatever_becomes_of_others() {
    let text = "city,year,v\n甲,2000,1\nWorld,2000,2\n";
    for outside in ["keep", "error", "drop"] {
        let more = format!("outside: {outside}\nnot_entities: [World]");
        let tidied = read(text, &more, Some(&cities())).unwrap();
        assert_eq!(lines(&tidied), ["jia 2000 v = 1 at C2"], "{outside}");
        assert_eq!(tidied.rows_left_out, 1);
    }
}

#[test]
fn case_is_ignored_with_a_crosswalk_alone() {
    assert_eq!(lines(&read(TEXT, "case: ignore", None).unwrap()).len(), 4);
    let two = "city,year,v\nFrance,2000,1\nFRANCE,2001,2\n";
    let told = read(two, "case: ignore", None).unwrap_err().to_string();
    assert!(told.contains("t.csv!A3: \"FRANCE\" differs from \"France\" (A2) in case alone"), "{told}");
    assert!(told.contains("`case: ignore` goes with a `crosswalk` of the stage"), "{told}");
    assert_eq!(lines(&read(two, "", None).unwrap()).len(), 2);
    let nobody = read(TEXT, "case: ignore\nnot_entities: [WORLD]", None).unwrap_err().to_string();
    assert!(nobody.contains("\"World\" differs from \"WORLD\" of `not_entities` in case alone"), "{nobody}");
    // In blocks that are read apart.
    let between: String = (0..160_000).map(|at| format!("c{at},2000,1\n")).collect();
    let far = format!("city,year,v\nFrance,2000,1\n{between}FRANCE,2001,2\n");
    let told = read(&far, "case: ignore", None).unwrap_err().to_string();
    assert!(told.contains("t.csv!A160003: \"FRANCE\" differs from \"France\" (A2)"), "{told}");
}
