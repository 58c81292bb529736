//! Entities that several columns name together: pairs of countries, industries of countries.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use vintner_ingest::{IngestError, Manifest, Tidied, read_source_bytes};

use crate::support::{lines, manifest_text, source};

/// What is read of a text by these fields.
fn read(text: &str, fields: &str) -> Result<Tidied, IngestError> {
    let source = source(&format!("name: s\nfile: t.csv\nformat: csv\n{fields}"), text.as_bytes());
    read_source_bytes(&source, text.as_bytes(), None, None)
}

const PAIRS: &str = "entity: from\nentity_with: [to]\ntime: year\ncolumns: [{column: v, variable: v}, {column: from, variable: from, type: text}]";

#[test]
fn an_entity_is_called_by_all_of_its_names() {
    let text = "from,to,year,v\nDEU,FRA,2019,1.5\nDEU, ITA,2019,2.5\nＦＲＡ,DEU,2019,3.5\nDEU,FRA,2020,4.5\n";
    let tidied = read(text, PAIRS).unwrap();
    let found: Vec<String> = lines(&tidied).into_iter().filter(|line| line.contains(" v = ")).collect();
    assert_eq!(
        found,
        [
            "DEU:FRA 2019 v = 1.5 at D2",
            "DEU:ITA 2019 v = 2.5 at D3",
            "FRA:DEU 2019 v = 3.5 at D4",
            "DEU:FRA 2020 v = 4.5 at D5"
        ]
    );
}

#[test]
fn industries_are_codes_as_written_and_filled_down_with_years_across() {
    let text = "country,industry,2019,2020\nDEU,01,1.5,2.5\n,02,3.5,4.5\nFRA,01,5.5,6.5\n";
    let fields = "layout: wide\nentity: country\nentity_with: [industry]\nfill: {country: down}\ncolumns: [{variable: jobs}]";
    let tidied = read(text, fields).unwrap();
    assert_eq!(lines(&tidied)[2..4], ["DEU:02 2019 jobs = 3.5 at C3", "DEU:02 2020 jobs = 4.5 at D3"]);
}

#[test]
fn what_could_be_read_two_ways_or_lacks_a_name_is_a_fault() {
    let said = |text: &str| read(text, PAIRS).unwrap_err().to_string();
    let colon = said("from,to,year,v\nDEU:B,FRA,2019,1\n");
    assert!(colon.contains("t.csv!A2") && colon.contains("between whose parts a colon stands"), "{colon}");
    let wide_colon = said("from,to,year,v\nDEU,FRA：1,2019,1\n");
    assert!(wide_colon.contains("t.csv!B2"), "{wide_colon}");
    let blank = said("from,to,year,v\nDEU,,2019,1\n");
    assert!(blank.contains("no part of the entity in a row that has the entity \"DEU\""), "{blank}");
    assert!(blank.contains("`fill: {to: down}`"), "{blank}");
    let twice = said("from,to,year,v\nDEU,FRA,2019,1\nDEU,FRA,2019,2\n");
    assert!(twice.contains("a second value of `v` of DEU:FRA for 2019; the first is in D2"), "{twice}");
    let absent = said("from,year,v\nDEU,2019,1\n");
    assert!(absent.contains("\"to\""), "{absent}");
}

#[test]
fn a_manifest_names_the_first_of_them_and_each_once() {
    let sum = "0".repeat(64);
    let said = |fields: &str| {
        let text = format!(
            "  - {{name: a, file: a.csv, sha256: {sum}, format: csv, {fields}, columns: [{{column: v, variable: v}}]}}\n"
        );
        Manifest::parse("vintage.yaml", &manifest_text(&text)).unwrap_err().to_string()
    };
    let first = said("entity_with: [to], time: year");
    assert!(first.contains("`entity_with` goes with a column of `entity`, and there is none"), "{first}");
    let twice = said("entity: from, entity_with: [to, from], time: year");
    assert!(twice.contains("\"from\" is a part of the key twice"), "{twice}");
    let across = said("layout: entities_across, entity_with: [to], time: year");
    assert!(across.contains("a table with entities across has no `entity_with`"), "{across}");
}
