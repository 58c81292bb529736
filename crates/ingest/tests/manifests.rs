//! Manifests: what is read from them, and what is wrong with bad ones, all at once.
#![allow(clippy::unwrap_used, clippy::panic)]

use crate::support::{manifest_text, workspace};
use insta::assert_snapshot;
use vintner_ingest::{Manifest, VintageKind};

fn faults(sources: &str) -> String {
    Manifest::parse("vintage.yaml", &manifest_text(sources)).unwrap_err().to_string()
}

#[test]
fn fields_and_types() {
    let text = faults(
        "  - name: gdp\n    fiel: gdp.xlsx\n    sha256: 12\n    format: xslx\n    header_row: top\n    columns: []\n",
    );
    assert_snapshot!("fields_and_types", text);
}

#[test]
fn a_source_cannot_be_called_by_a_path() {
    let sum = "0".repeat(64);
    for name in ["../up", "a/b", "a]", ".hidden", "..", "a\\b"] {
        let text = faults(&format!(
            "  - {{name: '{name}', file: a.csv, sha256: {sum}, format: csv, time: year, columns: [{{column: v, variable: v}}]}}\n"
        ));
        assert!(text.contains(&format!("a source can't be called {name:?}")), "{text}");
    }
}

#[test]
fn what_must_go_together() {
    let sum = "0".repeat(64);
    let text = faults(&format!(
        "  - name: a
    file: a.xlsx
    sha256: abc
    format: xlsx
    encoding: latin-9000
    header_row: 5
    last_row: 3
    layout: wide
    time: year
    covers: [2019, 2008]
    columns:
      - {{variable: v, range: [10, 1]}}
      - {{variable: v, unit: Mt, scale: 0}}
  - name: a
    file: b.csv
    sha256: {sum}
    format: csv
    sheet: Sheet1
    delimiter: \"||\"
    entity: city
    columns:
      - {{variable: w}}
      - {{column: v, variable: v, unit: kt}}
  - name: c
    file: c.csv
    sha256: {sum}
    format: csv
    layout: entities_across
    entity: city
    outside: keep
    columns:
      - {{column: x, variable: x}}
"
    ));
    assert_snapshot!("what_must_go_together", text);
}

#[test]
fn a_date_is_checked() {
    let text = manifest_text("  []\n").replace("2025-01-31", "31.1.2025");
    assert_snapshot!("date_and_no_sources", Manifest::parse("vintage.yaml", &text).unwrap_err().to_string());
}

#[test]
fn the_public_manifests_are_sound() {
    for name in ["public-2025", "public-2025-edgar"] {
        let path = workspace().join("data/vintages").join(name).join("vintage.yaml");
        let manifest = Manifest::read(&path).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(manifest.kind, VintageKind::Public);
        assert_eq!(manifest.sources.len(), 9, "{name}");
        for source in &manifest.sources {
            assert!(source.citation.is_some() && source.licence.is_some(), "{}", source.name);
            assert!(source.covers.is_some(), "{}", source.name);
            assert!(source.columns.iter().all(|column| !column.unit.is_empty()), "{}", source.name);
        }
        let variables: std::collections::BTreeSet<&str> = manifest
            .sources
            .iter()
            .flat_map(|source| source.columns.iter().map(|column| column.variable.as_str()))
            .collect();
        let expected = [
            "co2",
            "deflator",
            "density",
            "fdi",
            "fx",
            "gdp",
            "industry_value_added",
            "population",
            "road_area",
            "robot_stock",
            "secondary_share",
        ];
        assert_eq!(variables, expected.into());
    }
}
