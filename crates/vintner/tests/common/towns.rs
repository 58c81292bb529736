//! A small paper of its own: two CSV sources, three towns, eight years.

use std::fs;

use super::Workspace;

const PIPELINE: &str = "\
version: 1
name: towns
vintage: small
params:
  window: {first: 2001, last: 2008}
  base_year: 2001
stages:
  tidy:
    op: ingest
    foreach: sources
    files: {crosswalk: data/crosswalk/towns.csv}
    params: {window: $window}
  panel:
    op: assemble
    inputs: {tidy: tidy}
    files: {crosswalk: data/crosswalk/towns.csv}
    params: {window: $window, variables: [income, rain, price]}
  real:
    op: deflate
    inputs: {panel: panel}
    params: {nominal: income, deflator: price, base: $base_year, into: real_income}
  variables:
    op: derive
    inputs: {panel: panel, real: real}
    params:
      define:
        ln_income: ln(real_income)
        ln_rain: ln(rain)
  equation:
    op: regress
    inputs: {panel: variables}
    params:
      dependent: ln_income
      regressors: [ln_rain]
      by_entity: {covariance: {kind: classical}}
      pooled: {model: within, covariance: {kind: classical}}
  summary:
    op: describe
    inputs: {panel: variables}
    params: {variables: [ln_income, ln_rain]}
    publish: {descriptives: \"reports/{vintage}/summary.json\"}
";

const MANIFEST: &str = "\
title: {en: Three towns}
kind: public
date: 2024-05-01
notice: {en: Made for a test.}
sources:
  - name: towns
    file: towns.csv
    sha256: SUM-OF-TOWNS
    format: csv
    entity: town
    time: year
    covers: [2001, 2008]
    columns:
      - {column: income, variable: income, unit: dollars, range: [1, 1000]}
      - {column: rain, variable: rain, unit: mm, range: [0, 3000]}
    citation: made for a test
    licence: none needed
  - name: prices
    file: prices.csv
    sha256: SUM-OF-PRICES
    format: csv
    time: year
    columns:
      - {column: price, variable: price, unit: 2001 = 1}
    citation: made for a test
    licence: none needed
";

const CROSSWALK: &str = "id,en,aliases\nashby,Ashby,\nburton,Burton,\ncolby,Colby,\n";

pub const MANIFEST_PATH: &str = "data/vintages/small/vintage.yaml";
pub const TOWNS: &str = "data/vintages/small/raw/towns.csv";
pub const PRICES: &str = "data/vintages/small/raw/prices.csv";

/// Incomes and rain without any pattern that matters.
fn towns() -> String {
    let mut text = String::from("town,year,income,rain\n");
    for (place, town) in ["Ashby", "Burton", "Colby"].iter().enumerate() {
        for step in 0..8 {
            let (income, rain) =
                (100 + 10 * step + (7 * step * step + place) % 11, 600 + (step * 97 + place * 31) % 200);
            text.push_str(&format!("{town},{},{income},{rain}\n", 2001 + step));
        }
    }
    text
}

fn prices() -> String {
    let rows: String =
        (0..8).map(|step| format!("{},{:.2}\n", 2001 + step, 1.0 + 0.02 * f64::from(step))).collect();
    format!("year,price\n{rows}")
}

/// The small paper, whole.
pub fn small() -> Workspace {
    let workspace = Workspace::of_parts(&[]);
    for (path, text) in [
        ("pipeline.yaml", PIPELINE.to_owned()),
        ("data/crosswalk/towns.csv", CROSSWALK.to_owned()),
        (MANIFEST_PATH, MANIFEST.to_owned()),
        (TOWNS, towns()),
        (PRICES, prices()),
    ] {
        let path = workspace.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    // Something like checksums first, so that the program says which are right.
    workspace.edit(MANIFEST_PATH, "SUM-OF-TOWNS", &"a".repeat(64));
    workspace.edit(MANIFEST_PATH, "SUM-OF-PRICES", &"b".repeat(64));
    write_sums(&workspace);
    workspace
}

/// Does what a message about a checksum says: writes the sum found in the place of the one expected.
pub fn write_sums(workspace: &Workspace) {
    let said = workspace.vintner(&["reproduce", "--keep-going"]).stderr;
    let after = |mark: &str| -> Vec<String> {
        said.lines()
            .filter_map(|line| line.trim().strip_prefix(mark))
            .map(|sum| sum.trim().to_owned())
            .collect()
    };
    let (expected, found) = (after("expected sha256"), after("found    sha256"));
    assert_eq!(expected.len(), found.len());
    for (expected, found) in expected.iter().zip(&found) {
        workspace.edit(MANIFEST_PATH, expected, found);
    }
}
