//! Texts of `missing` where keys stand.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use vintner_ingest::{IngestError, Tidied, read_source_bytes};

use crate::support::{cities, lines, source};

fn read(text: &str, fields: &str) -> Result<Tidied, IngestError> {
    let fields = format!("name: s\nfile: t.csv\nformat: csv\nmissing: [\"..\"]\n{fields}");
    read_source_bytes(&source(&fields, text.as_bytes()), text.as_bytes(), None, None)
}

const LONG: &str = "columns: [{column: v, variable: v}]\ntime: year\nentity: city\n";

#[test]
fn a_mark_for_missing_values_is_no_key() {
    let cases = [
        ("city,year,v\na,2000,1\n..,2000,2\n", LONG.to_owned(), "t.csv!A3"),
        ("city,to,year,v\na,b,2000,1\na,..,2000,2\n", format!("{LONG}entity_with: [to]"), "t.csv!B3"),
        ("city,to,year,v\na,b,2000,1\n..,b,2000,2\n", format!("{LONG}entity_with: [to]"), "t.csv!A3"),
        ("city,ind,year,v\na,b,2000,1\na, .. ,2000,2\n", format!("{LONG}category: ind"), "t.csv!B3"),
        ("city,year,v\na,2000,1\na,..,2\n", LONG.to_owned(), "t.csv!B3"),
        (
            "city,2000,2001\na,1,2\n..,3,4\n",
            "layout: wide\nentity: city\ncolumns: [{variable: v}]".into(),
            "t.csv!A3",
        ),
        (
            "year,a,..\n2000,1,2\n",
            "layout: entities_across\ntime: year\ncolumns: [{variable: v}]".into(),
            "t.csv!C1",
        ),
    ];
    for (text, fields, cell) in cases {
        let told = read(text, &fields).expect_err(text).to_string();
        let both =
            "stands for a missing value by `missing`, and may be a key here or mean that there is none";
        assert!(told.contains(cell) && told.contains(both), "{text}{told}");
        assert!(told.contains("under the `missing` of the columns that have it"), "{told}");
    }
}

#[test]
fn what_the_crosswalk_or_the_manifest_knows_is_a_name() {
    let text = "city,year,v\n甲,2000,1\n乙,2000,甲\n丁,2000,3\n";
    let known = source(
        &format!("name: s\nfile: t.csv\nformat: csv\nmissing: [甲, 丁]\nnot_entities: [丁]\n{LONG}"),
        text.as_bytes(),
    );
    let tidied = read_source_bytes(&known, text.as_bytes(), Some(&cities()), None).unwrap();
    assert_eq!(lines(&tidied), ["jia 2000 v = 1 at C2", "yi 2000 v = missing at C3"]);

    let text = "city,year,v\nNA,2000,1\nb,2000,..\n";
    let own = "columns: [{column: v, variable: v, missing: [\"..\"]}]\ntime: year\nentity: city\n";
    let own = format!("name: s\nfile: t.csv\nformat: csv\n{own}");
    let tidied = read_source_bytes(&source(&own, text.as_bytes()), text.as_bytes(), None, None).unwrap();
    assert_eq!(lines(&tidied), ["NA 2000 v = 1 at C2", "b 2000 v = missing at C3"]);
}
