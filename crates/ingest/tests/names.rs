//! Names that differ in how they are typed, names that are no entity's, and what is said of them.
#![allow(clippy::unwrap_used)]

use crate::support::{csv_source, fault_text, lines, source};
use vintner_ingest::{Crosswalk, Tidied, read_source_bytes};

const COUNTRIES: &str = "id,en,zh,aliases,prefixes,suffixes\nTUR,Türkiye,,Turkey,,\nFRA,France,,,,\nCIV,Cote d'Ivoire,,,,\nDEU,Germany,,410032,,\n";

fn read(more: &str, text: &str) -> Tidied {
    let countries = Crosswalk::parse("countries.csv", COUNTRIES).unwrap();
    read_source_bytes(&csv_source(more, text.as_bytes()), text.as_bytes(), Some(&countries), None).unwrap()
}

#[test]
fn what_is_typed_in_several_ways_is_one_name() {
    let text = "city,year,v\nTu\u{308}rkiye,2000,1\nTurkey\u{200b},2001,2\n\u{feff}France ,2000,3\nＦｒａｎｃｅ,2001,4\n\
                Cote d\u{2019}Ivoire,2000,5\nCote  d`Ivoire,2001,6\nFra\u{ad}nce,2002,7\n410032.0,2000,8\n";
    let tidied = read("", text);
    let entities: Vec<String> = lines(&tidied).iter().map(|line| line[..3].to_owned()).collect();
    assert_eq!(entities, ["TUR", "TUR", "FRA", "FRA", "CIV", "CIV", "FRA", "DEU"]);
    assert_eq!(tidied.warnings, [""; 0]);
}

#[test]
fn case_counts_until_the_manifest_says_otherwise() {
    let text = "city,year,v\nFRANCE,2000,3\nFrance,2001,4\nCote D'Ivoire,2000,5\n";
    assert_eq!(lines(&read("case: ignore", text)).len(), 3);
    let tidied = read("", text);
    assert_eq!(lines(&tidied), ["FRA 2001 v = 4 at C3"]);
    insta::assert_snapshot!("names_left_out", tidied.warnings.join("\n"));
}

#[test]
fn every_name_that_matches_nothing_is_listed_until_it_is_confirmed() {
    let text = "city,year,v\nFrance,2000,1\nWorld,2000,2\nWorld,2001,3\nWorld,2002,3\nWorld,2003,3\nOECD members,2000,4\nGermny,2000,5\n";
    let tidied = read("", text);
    insta::assert_snapshot!("names_listed", tidied.warnings.join("\n"));
    assert_eq!((tidied.rows_left_out, tidied.names_outside.len()), (6, 3));
    let confirmed = read("not_entities: [World, OECD members]", text);
    assert_eq!(confirmed.names_outside.iter().map(|name| name.name.as_str()).collect::<Vec<_>>(), ["Germny"]);
    assert_eq!(confirmed.rows_left_out, 6);
    let all = read("outside: drop", text);
    assert!(all.names_outside.is_empty() && all.rows_left_out == 6);
    assert!(!all.warnings.iter().any(|warning| warning.contains("World")), "{:?}", all.warnings);
}

#[test]
fn a_refused_name_is_told_with_the_nearest() {
    let text = "city,year,v\n丙城新区,2000,1\n";
    let said = fault_text(&csv_source("outside: error", text.as_bytes()), text.as_bytes());
    assert!(
        said.contains("\"丙城新区\" is not in the crosswalk; the nearest name is \"丙城\" of `bing`"),
        "{said}"
    );
}

#[test]
fn why_a_gap_is_one_is_known() {
    let text = "city,year,v\nFrance,2000,1\nTurkie,2001,2\n";
    let tidied = read("", text);
    let variable = tidied.table.variable("v").unwrap().unwrap();
    assert_eq!(
        variable.absence("TUR", 2001).as_deref(),
        Some("row dropped: unknown name \"Turkie\" (t.csv!A3)")
    );
    assert_eq!((variable.absence("TUR", 2000), variable.absence("FRA", 2001)), (None, None));
    let wide = "c,2000,2001-2002\nFrance,1,2\n".as_bytes();
    let fields = "name: s\nfile: t.csv\nformat: csv\nlayout: wide\nentity: c\ncolumns:\n  - {variable: v}";
    let countries = Crosswalk::parse("countries.csv", COUNTRIES).unwrap();
    let tidied = read_source_bytes(&source(fields, wide), wide, Some(&countries), None).unwrap();
    let variable = tidied.table.variable("v").unwrap().unwrap();
    assert_eq!(variable.absence("FRA", 2001).as_deref(), Some("column \"2001-2002\" not read (t.csv!C1)"));
}

#[test]
fn marks_beside_years_are_kept_where_marks_are_declared() {
    let wide = "c,2000,2001*,2002p,2003 [YR2003]\nA,1,2 e,3,4\n".as_bytes();
    let fields = "name: s\nfile: t.csv\nformat: csv\nlayout: wide\nentity: c\nnumbers: {flags: [e]}\ncolumns:\n  - {variable: v}";
    let tidied = read_source_bytes(&source(fields, wide), wide, None, None).unwrap();
    let flags = tidied.flags().unwrap();
    let told: Vec<String> = flags["v"].iter().map(|(mark, count)| format!("{mark}: {count}")).collect();
    assert_eq!(told, ["e *: 1", "p: 1"]);
    assert!(tidied.warnings[0].contains("\"2001*\" (C1)"), "{:?}", tidied.warnings);
    assert_eq!(tidied.counts().unwrap(), (4, 0));
}

#[test]
fn line_ends_are_named_where_they_are_all_that_differs() {
    let meant = csv_source("", b"city,year,v\r\n\xe7\x94\xb2,2008,1\r\n");
    let said = fault_text(&meant, b"city,year,v\n\xe7\x94\xb2,2008,1\n");
    assert!(said.contains("nothing but its line ends") && said.contains(".gitattributes"), "{said}");
    let other = fault_text(&meant, b"city,year,v\n\xe7\x94\xb2,2008,2\n");
    assert!(other.contains("get the original file"), "{other}");
}
