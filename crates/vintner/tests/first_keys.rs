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

/// A file of two names a row and years, `own` under a header of its own.
fn of_two(header: &str, own: &[&str]) -> String {
    let mut text = format!("country,{header},year,share\n");
    let mut value = 10;
    for country in ["Chile", "Peru"] {
        for name in own {
            for year in [2001, 2002] {
                value += value % 7 + 1;
                writeln!(text, "{country},{name},{year},{value}").unwrap();
            }
        }
    }
    text
}

#[test]
fn names_that_look_like_parts_of_a_year_are_asked_about() {
    for (header, own, frequency) in [
        ("quintile", ["Q1", "Q2", "Q3", "Q4"].as_slice(), "quarter"),
        ("sex", &["S1", "S2"], "half-year"),
        ("visit", &["T1", "T2", "T3"], "quarter"),
        ("programme", &["M1", "M2", "M3"], "month"),
        ("given", &["April", "May", "June"], "month"),
    ] {
        let (workspace, manifest) = begun(&of_two(header, own));
        assert!(!manifest.contains("    within_year:"), "{manifest}");
        assert!(manifest.contains(&format!("entity_with: [\"{header}\"]")), "{manifest}");
        let question = format!(
            "REVIEW: \"{}\" in \"{header}\" is read as a name, and may be {frequency} ",
            own.first().unwrap()
        );
        assert!(manifest.contains(&question), "{question}\n{manifest}");
        let rows = panel(&workspace, "share");
        assert!(rows.iter().any(|(entity, time, _)| entity.contains(own[1]) && time == "2002"), "{rows:?}");
    }
}

#[test]
fn headers_that_name_a_part_of_the_year_are_times() {
    let months: Vec<String> = (1..=12).map(|month| format!("M{month:02}")).collect();
    let months: Vec<&str> = months.iter().map(String::as_str).collect();
    for (header, own) in [
        ("quarter", ["Q1", "Q2", "Q3", "Q4"].as_slice()),
        ("qtr", &["Q1", "Q2"]),
        ("half", &["H1", "H2"]),
        ("period", &months),
        ("month", &["April", "May", "June"]),
        ("季度", &["Q1", "Q2", "Q3", "Q4"]),
        // What stands there says it.
        ("part", &["1st quarter", "2nd quarter"]),
        ("of", &["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]),
    ] {
        let (_workspace, manifest) = begun(&of_two(header, own));
        assert!(manifest.contains(&format!("    within_year: [\"{header}\"]")), "{manifest}");
        assert!(!manifest.contains("is read as a name"), "{manifest}");
    }
}

#[test]
fn the_only_names_are_entities_even_if_they_look_like_parts_of_a_year() {
    for (header, own, is_open) in [
        ("geo", ["DE1", "DE2", "DE9"].as_slice(), false),
        ("geo", &["DE01", "DE02", "DE03"], false),
        ("iso3", &["MAR", "DEC"], true),
        ("hosp", &["H1", "H2"], true),
        ("st", &["S1", "S2"], true),
        ("quintile", &["Q1", "Q2", "Q3", "Q4"], true),
    ] {
        let mut text = format!("{header},year,gdp\n");
        for (at, name) in own.iter().enumerate() {
            for year in 2001..=2003_usize {
                writeln!(text, "{name},{year},{}", 100 + at * 21 + (year - 2000) * 7).unwrap();
            }
        }
        let (workspace, manifest) = begun(&text);
        assert!(manifest.contains(&format!("    entity: \"{header}\"")), "{manifest}");
        assert!(!manifest.contains("no column of names was found"), "{manifest}");
        assert_eq!(manifest.contains("is read as a name"), is_open, "{manifest}");
        assert!(has(&panel(&workspace, "gdp"), own[1], "2003", 142.0));
        // Years across as well.
        let wide: String = own.iter().map(|name| format!("{name},7,9,{}\n", name.len() + 3)).collect();
        let (_workspace, manifest) = begun(&format!("{header},2001,2002,2003\n{wide}"));
        assert!(manifest.contains(&format!("    entity: \"{header}\"")), "{manifest}");
        assert_eq!(manifest.contains("is read as a name"), is_open, "{manifest}");
    }
}
