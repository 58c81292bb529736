//! Whose rows and of when `vintner init` takes them to be: no measure is made an entity in silence, and no month a day.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fmt::Write;
use std::fs;

use serde_json::Value;

use crate::common::Workspace;

/// A workspace that is begun with a file, in the folder `paper`, and the manifest that is proposed.
fn begun(text: &str) -> (Workspace, String) {
    let workspace = Workspace::of_parts(&[]);
    fs::write(workspace.path("own.csv"), text).unwrap();
    let output = workspace.vintner(&["init", "paper", "--from", "own.csv"]);
    assert_eq!(output.code, 0, "{}", output.stderr);
    let manifest = workspace.read("paper/data/vintages/first/vintage.yaml");
    (workspace, manifest)
}

/// Entity, time and a variable of the rows of the panel that the first run makes.
fn panel(workspace: &Workspace, variable: &str) -> Vec<(String, String, f64)> {
    let run = workspace.vintner(&["-C", "paper", "reproduce"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let arguments = ["-C", "paper", "show", "panel", "--format", "json", "--rows", "1000"];
    let shown: Value = serde_json::from_str(&workspace.vintner(&arguments).stdout).unwrap();
    let text = |row: &Value, key: &str| match row.get(key) {
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
        None => String::new(),
    };
    let rows = shown["shown"].as_array().unwrap().iter();
    rows.filter_map(|row| Some((text(row, "entity"), text(row, "time"), row[variable].as_f64()?))).collect()
}

fn has(rows: &[(String, String, f64)], entity: &str, time: &str, value: f64) -> bool {
    rows.contains(&(entity.to_owned(), time.to_owned(), value))
}

#[test]
fn counties_of_one_name_are_those_of_their_states_and_no_areas() {
    let mut text = String::from("state,county,year,area_sqmi,income\n");
    for (state, county, area) in
        [("OH", "Adams", 583), ("OH", "Lake", 227), ("IN", "Adams", 339), ("IN", "Lake", 499)]
    {
        for year in 2010..2014 {
            writeln!(text, "{state},{county},{year},{area},{}.5", area + year).unwrap();
        }
    }
    let (workspace, manifest) = begun(&text);
    assert!(
        manifest.contains("entity: \"state\"") && manifest.contains("entity_with: [\"county\"]"),
        "{manifest}"
    );
    let rows = panel(&workspace, "area_sqmi");
    assert_eq!(rows.len(), 16);
    assert!(has(&rows, "IN:Lake", "2012", 499.0), "{rows:?}");
}

#[test]
fn a_few_counties_of_one_name_are_told_apart_by_their_states() {
    let mut text = String::from("state,county,year,beds\n");
    for (at, state) in ["OH", "IN", "MI"].into_iter().enumerate() {
        for county in 0..10 {
            let name = if county == 9 && at < 2 { "Lake".to_owned() } else { format!("{state} {county}") };
            (2010..2013)
                .for_each(|year| writeln!(text, "{state},{name},{year},{}", county + at * 10).unwrap());
        }
    }
    let (workspace, manifest) = begun(&text);
    assert!(manifest.contains("entity_with: [\"county\"]"), "{manifest}");
    let rows = panel(&workspace, "beds");
    assert_eq!(rows.len(), 90);
    assert!(has(&rows, "IN:Lake", "2011", 19.0) && has(&rows, "OH:Lake", "2011", 9.0), "{rows:?}");
}

#[test]
fn pairs_are_no_distances_and_houses_no_sizes() {
    let mut pairs = String::from("exporter,importer,year,dist,flow\n");
    let names = ["USA", "DEU", "FRA", "CHN"];
    for (at, from) in names.iter().enumerate() {
        for (to_at, to) in names.iter().enumerate().filter(|(to, _)| *to != at) {
            for year in 2000..2003 {
                let (dist, flow) = (1000 + 100 * at + 7 * to_at, 5000 + 31 * at + 17 * to_at + year / 2);
                writeln!(pairs, "{from},{to},{year},{dist},{flow}").unwrap();
            }
        }
    }
    let (workspace, manifest) = begun(&pairs);
    assert!(
        manifest.contains("entity: \"exporter\"") && manifest.contains("entity_with: [\"importer\"]"),
        "{manifest}"
    );
    assert!(has(&panel(&workspace, "dist"), "DEU:CHN", "2001", 1121.0));
    let mut houses = String::from("street,no,year,sqft,rent\n");
    for (street, no, size) in [("Elm", 1, 1898), ("Elm", 3, 996), ("Oak", 1, 604), ("Oak", 3, 1200)] {
        (2010..2013).for_each(|year| writeln!(houses, "{street},{no},{year},{size},{year}.5").unwrap());
    }
    let (workspace, manifest) = begun(&houses);
    assert!(
        manifest.contains("entity: \"street\"") && manifest.contains("entity_with: [\"no\"]"),
        "{manifest}"
    );
    assert!(has(&panel(&workspace, "sqft"), "Oak:1", "2011", 604.0));
}

#[test]
fn numbers_that_nothing_calls_ids_are_asked_about() {
    let mut text = String::from("ref,year,v\n");
    for own in [17, 23, 31] {
        (2010..2014).for_each(|year| writeln!(text, "{own},{year},{own}.5").unwrap());
    }
    let (_, manifest) = begun(&text);
    assert!(manifest.contains("entity: \"ref\"  # REVIEW: no names tell"), "{manifest}");
}
