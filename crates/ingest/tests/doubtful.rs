//! What has two readings and was read in silence: codes for missing values, numbers beside years, years in rows of their
//! own, names that two files disagree about, and what cells are that no value was read from.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::fs;
use std::path::PathBuf;

use vintner_ingest::{Tidied, read_source_bytes, said_of_cell};

use crate::support::{
    CITIES, csv_fault as fault, csv_source, fault_text, lines, read as read_of_cities, read_csv as read,
    source,
};

fn periods(tidied: &Tidied) -> Vec<(String, f64)> {
    let values = tidied.values().unwrap().into_iter();
    values.filter_map(|value| Some((value.period?, value.value?))).collect()
}

const V: &str = "columns: [{column: v, variable: v}]\ntime: t\n";
const QUARTERS: &str = "columns: [{column: v, variable: v}]\ntime: t\nperiod: {frequency: quarter}\n";

#[test]
fn a_code_for_missing_that_nothing_declares_is_named_with_its_cells() {
    let text = "city,year,v\n甲,2000,5\n甲,2001,-999\n甲,2002,812\n乙,2000,3\n乙,2001,-999\n";
    let warned = |more: &str| {
        let tidied = read_of_cities(&csv_source(more, text.as_bytes()), text.as_bytes()).unwrap();
        let warning = tidied.warnings.iter().find(|warning| warning.contains("-999")).cloned();
        (warning, tidied.codes.len())
    };
    let (warning, codes) = warned("");
    let said = "`v` is -999 in 2 cells (C3, C6), far from its other numbers (3 to 812): if that stands for a missing value, \
                write `missing: [\"-999\"]` at its column";
    assert!(warning.as_ref().is_some_and(|warning| warning.starts_with(said)), "{warning:?}");
    assert_eq!(codes, 1);
    assert_eq!(warned("missing: [\"-999\"]"), (None, 0));
    // Scaled values are compared as the file has them.
    let scaled = csv_source("", text.as_bytes());
    let scaled = vintner_ingest::Source {
        columns: scaled
            .columns
            .iter()
            .map(|own| vintner_ingest::ValueColumn { scale: Some(0.001), ..own.clone() })
            .collect(),
        ..scaled
    };
    let tidied = read_of_cities(&scaled, text.as_bytes()).unwrap();
    assert!(
        tidied.warnings.iter().any(|warning| warning.starts_with("`v` is -999 in 2 cells")),
        "{tidied:?}"
    );
}

#[test]
fn a_number_beside_a_year_that_may_be_of_a_month_is_refused() {
    let told = fault("t,v\n1-2020,1\n4-2020,2\n", QUARTERS);
    let both = "`4-2020` may be the quarter 2020Q4 or, by the month with which it begins, the quarter 2020Q2";
    assert!(told.contains(both) && told.contains("t.csv!A3"), "{told}");
    assert!(told.contains("number: period") && told.contains("number: month"), "{told}");
    let of = |number: &str| format!("{V}period: {{frequency: quarter, number: {number}}}\n");
    let quarters = |text: &str, fields: &str| -> Vec<String> {
        periods(&read(text, fields).unwrap()).into_iter().map(|(period, _)| period).collect()
    };
    let begun = "t,v\n1-2020,1\n4-2020,2\n7-2020,3\n10-2020,4\n";
    assert_eq!(quarters(begun, &of("month")), ["2020Q1", "2020Q2", "2020Q3", "2020Q4"]);
    let told = fault(begun, QUARTERS);
    assert!(
        told.contains("`7-2020` has a quarter that isn't in the calendar") && told.contains("it is 2020Q3"),
        "{told}"
    );
    assert_eq!(quarters("t,v\n1-2020,1\n4-2020,2\n", &of("period")), ["2020Q1", "2020Q4"]);
    // No month of one begins a quarter and of another ends one.
    assert_eq!(quarters("t,v\n3-2020,1\n4-2020,2\n", QUARTERS), ["2020Q3", "2020Q4"]);
    // February begins and ends no quarter.
    assert_eq!(quarters("t,v\n1-2020,1\n2-2020,2\n4-2020,4\n", QUARTERS), ["2020Q1", "2020Q2", "2020Q4"]);
    // Across as down.
    let wide = "name: s\nfile: t.csv\nformat: csv\nlayout: wide\nentity: city\nperiod: {frequency: quarter}\ncolumns: [{variable: v}]";
    let text = "city,1-2020,4-2020\n甲,1,2\n";
    assert!(fault_text(&source(wide, text.as_bytes()), text.as_bytes()).contains(both));
}

#[test]
fn years_stand_in_rows_of_their_own_over_their_parts() {
    let fields = format!("{QUARTERS}fill: {{t: year}}\nnumbers: {{flags: [p]}}\n");
    let text = "t,v\n2019,\nQ3,1\nQ4,2\n2020,\nQ1,3\nQ2p,4\nQ3,5\n";
    let tidied = read(text, &fields).unwrap();
    let all = [("2019Q3", 1.0), ("2019Q4", 2.0), ("2020Q1", 3.0), ("2020Q2", 4.0), ("2020Q3", 5.0)];
    assert_eq!(periods(&tidied), all.map(|(period, value)| (period.to_owned(), value)));
    let flags = tidied.flags().unwrap();
    assert_eq!(flags["v"]["p"], 1);
    assert!(
        tidied.warnings.iter().any(|warning| warning
            .contains("taken for the names of the rows under them: \"2019\" (row 2), \"2020\" (row 5)")),
        "{:?}",
        tidied.warnings
    );
    // With figures of the whole year beside it.
    let text = text.replace("2020,\n", "2020,15\n").replace("2019,\n", "2019,3\n");
    let told = fault(&text, &fields);
    assert!(told.contains("`2020` is a year where a quarter is due"), "{told}");
    assert!(told.contains("`not_times: [\"{year}\"]`"), "{told}");
    let tidied = read(&text, &format!("{fields}not_times: [\"{{year}}\"]\n")).unwrap();
    assert_eq!(periods(&tidied), all.map(|(period, value)| (period.to_owned(), value)));
    assert_eq!(tidied.not_times["{year}"], 2);
    // Years beside their quarters in full.
    let plain = read("t,v\n2020,10\n2020Q1,1\n2020Q2,2\n", &format!("{QUARTERS}not_times: [\"{{year}}\"]\n"))
        .unwrap();
    assert_eq!(periods(&plain), [("2020Q1".to_owned(), 1.0), ("2020Q2".to_owned(), 2.0)]);
}

#[test]
fn parts_under_a_time_that_cant_be_read_are_no_parts_of_the_year_before() {
    let fields = format!("{QUARTERS}fill: {{t: year}}\n");
    let told = fault("t,v\n2019Q1,1\n2020Q1p,2\nQ2,3\n", &fields);
    assert!(
        told.contains("t.csv!A3: `2020Q1p` is the quarter 2020Q1 with a mark beside it, \"p\""),
        "{told}"
    );
    assert!(!told.contains("A4"), "{told}");
    let told = fault("t,v\n2019Q1,1\n2020 revised,2\nQ2,3\n", &fields);
    let without = "t.csv!A4: a part of a year without its year, and no time that can be read stands above it";
    assert!(told.contains(without) && told.contains("t.csv!A3"), "{told}");
    let told = fault("t,v\n2019Q1,1\nQ2p,3\n", &fields);
    assert!(told.contains("`2019Q2 p` is the quarter 2019Q2 with a mark beside it"), "{told}");
    assert!(told.contains("flags: [p]"), "{told}");
    let marked =
        read("t,v\n2019Q1,1\n2020Q1p,2\nQ2,3\n", &format!("{fields}numbers: {{flags: [p]}}\n")).unwrap();
    let read: Vec<String> = periods(&marked).into_iter().map(|(period, _)| period).collect();
    assert_eq!(read, ["2019Q1", "2020Q1", "2020Q2"]);
}

#[test]
fn a_name_of_the_crosswalk_is_no_entity_s_by_no_manifest() {
    let text = "city,year,v\n甲,2000,1\n乙市,2000,2\n";
    let told = fault_text(&csv_source("not_entities: [乙市, 丁]", text.as_bytes()), text.as_bytes());
    let both =
        "\"乙市\" is a name of `yi` in the crosswalk, and no entity's by the `not_entities` of this source";
    assert!(told.contains(both) && !told.contains("丁"), "{told}");
    let fine = read_of_cities(&csv_source("not_entities: [丁]", text.as_bytes()), text.as_bytes()).unwrap();
    assert_eq!(lines(&fine).len(), 2);
}

#[test]
fn what_cells_are_that_no_value_was_read_from() {
    let text = "city,unit,year,v,note\n甲,THS,2000,1,x\n乙,PCT,2000,2,y\n丁,THS,2000,3,z\n戊,THS,2000,4,\n甲,THS,Total,5,\n";
    let own = csv_source("where: {unit: THS}\nnot_entities: [丁]\nnot_times: [Total]", text.as_bytes());
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| -> PathBuf {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        path
    };
    let (file, crosswalk) = (write("t.csv", text), write("cities.csv", CITIES));
    let said = |row: u32, column: u32| {
        said_of_cell(&own, &file, Some(&crosswalk), (row, column))
            .unwrap()
            .map(|said| (said.text, said.is_key))
    };
    for (cell, text, is_key) in [
        ((1, 1), "\u{201c}city\u{201d} is the header of the entity", false),
        ((1, 4), "\u{201c}v\u{201d} is the header of `v`", false),
        ((1, 5), "\u{201c}note\u{201d} is the header of a column that the source `s` doesn't read", false),
        ((2, 1), "\u{201c}甲\u{201d} is the entity of its row, which names `jia`", true),
        ((2, 3), "\u{201c}2000\u{201d} is the time of its row", true),
        ((2, 2), "\u{201c}THS\u{201d} is what `where: {unit: THS}` asks for of its row", false),
        ((2, 5), "\u{201c}x\u{201d} stands in column E, which the source `s` doesn't read", false),
        (
            (3, 1),
            "\u{201c}乙\u{201d} is the entity of its row, and the row is left out by `where`: \"THS\" is asked for in column B, and \"PCT\" stands there",
            false,
        ),
        (
            (4, 4),
            "\u{201c}3\u{201d} is `v` of its row, and the row is left out by `not_entities`: \"丁\"",
            false,
        ),
        (
            (5, 1),
            "\u{201c}戊\u{201d} is the entity of its row, and the row is left out: \"戊\" isn't in the crosswalk",
            false,
        ),
        (
            (6, 3),
            "\u{201c}Total\u{201d} is the time of its row, and the row is left out by `not_times`",
            false,
        ),
    ] {
        assert_eq!(said(cell.0, cell.1), Some((text.to_owned(), is_key)), "{cell:?}");
    }
}

#[test]
fn rows_between_stray_quotation_marks_are_no_text() {
    let fields = |format: &str| {
        format!(
            "name: s\nfile: t.csv\nformat: {format}\nentity: c\ntime: t\n{}",
            "columns: [{column: v, variable: v}]"
        )
    };
    let read = |text: &str, format: &str| {
        read_source_bytes(&source(&fields(format), text.as_bytes()), text.as_bytes(), None, None)
    };
    for (text, format) in [
        ("c\tt\tv\n\"a\t2000\t1\nb\"\t2000\t2\n", "tsv"),
        ("c,t,v\n\"a,2000,1\nb,2000,2\nd\",2000,3\n", "csv"),
    ] {
        let told = read(text, format).expect_err(text).to_string();
        assert!(told.contains("t.csv!A2: a quoted field goes on over several lines"), "{told}");
    }
    // A text with line breaks and commas of its own.
    let tidied = read("c,t,v\n\"a, of b\nand c\",2000,1\nd,2000,2\n", "csv").unwrap();
    assert_eq!(tidied.values().unwrap().len(), 2);
}

/// `fixtures/marks.xls`, by xlwt.
#[test]
fn cells_of_xls_workbooks_show_what_those_of_others_do() {
    let bytes = include_bytes!("fixtures/marks.xls").as_slice();
    let of = |columns: &str| {
        let fields = format!("name: s\nfile: t.xls\nformat: xls\nentity: c\ntime: t\ncolumns: [{columns}]");
        read_source_bytes(&source(&fields, bytes), bytes, None, None)
    };
    let tidied = of("{column: v, variable: v}").unwrap();
    let found = lines(&tidied);
    assert_eq!(
        found[..4],
        ["a 2000 v = 12.3 at C2", "b 2000 v = 13 at C3", "0110 2000 v = 0 at C4", "d 2000 v = 15.5 at C5"]
    );
    assert_eq!(found.len(), 4 + 395);
    for (at, line) in found.iter().enumerate().skip(4) {
        let row = at + 1;
        assert_eq!(*line, format!("Ünit {row} {} 2000 v = {row}.5 at C{}", "x".repeat(40), row + 1));
    }
    let warned = tidied.warnings.join("\n");
    assert!(warned.contains("C2 (12.3 with a raised 1)"), "{warned}");
    assert!(warned.contains("1 row is hidden (5)"), "{warned}");
    let few = of("{column: v, variable: v}, {column: w, variable: w}").expect_err("percents").to_string();
    assert!(few.contains("`w` has 1 cell in percent (D2) beside"), "{few}");
}

#[test]
fn numbers_alone_where_quarters_are_due_may_be_months() {
    let wide = "layout: wide\ntime: Year\ncolumns: [{variable: v}]\n";
    let of = |number: &str| format!("{wide}period: {{frequency: quarter, number: {number}}}\n");
    let quarters = |text: &str, fields: &str| -> Vec<String> {
        periods(&read(text, fields).unwrap()).into_iter().map(|(period, _)| period).collect()
    };
    let all = ["2000Q1", "2000Q2", "2000Q3", "2000Q4"];
    for header in ["1,4,7,10", "3,6,9,12"] {
        let text = format!("Year,{header}\n2000,1,2,3,4\n");
        let told = fault(&text, &format!("{wide}period: {{frequency: quarter}}"));
        assert!(told.contains("is no quarter of a year") && told.contains("number: month"), "{told}");
        assert_eq!(quarters(&text, &of("month")), all, "{header}");
    }
    assert_eq!(
        quarters("Year,1,2,3,4\n2000,1,2,3,4\n", &format!("{wide}period: {{frequency: quarter}}")),
        all
    );
    let few = "Year,1,4\n2000,1,2\n";
    let told = fault(few, &format!("{wide}period: {{frequency: quarter}}"));
    assert!(
        told.contains("`4` may be the quarter Q4 or, by the month with which it begins, the quarter Q2"),
        "{told}"
    );
    assert_eq!(quarters(few, &of("period")), ["2000Q1", "2000Q4"]);
    assert_eq!(quarters(few, &of("month")), ["2000Q1", "2000Q2"]);
    // Months by their names, of which those that end a quarter would be read and the others left out.
    let told = fault("Year,Jan,Feb,Mar\n2000,1,2,3\n", &format!("{wide}period: {{frequency: quarter}}"));
    assert!(told.contains("\"Jan\" is no quarter of a year"), "{told}");
    // Halves, years over their parts, parts beside years and under them.
    let told = fault("Year,1,7\n2000,1,2\n", &format!("{wide}period: {{frequency: half-year}}"));
    assert!(told.contains("\"7\" is no half-year of a year"), "{told}");
    let over =
        "layout: wide\nheader_rows: 2\nentity: c\ncolumns: [{variable: v}]\nperiod: {frequency: quarter}\n";
    assert!(fault("c,2000,2000\n,1,4\na,1,2\n", over).contains("`4` may be the quarter Q4"));
    assert!(fault("c,2000,2000\n,3,6\na,1,2\n", over).contains("\"6\" is no quarter of a year"));
    let within =
        "time: y\nwithin_year: [q]\ncolumns: [{column: v, variable: v}]\nperiod: {frequency: quarter}\n";
    assert!(
        fault("y,q,v\n2000,3,1\n2001,3,2\n", within)
            .contains("`3` may be the quarter Q3 or, by the month with which it ends")
    );
    assert!(fault("y,q,v\n2000,2,1\n2000,6,2\n", within).contains("number: month"));
    assert_eq!(quarters("y,q,v\n2000,1,1\n2000,2,1\n2000,3.0,2\n2000,4,1\n", within), all);
    let down =
        "time: t\nfill: {t: year}\ncolumns: [{column: v, variable: v}]\nperiod: {frequency: quarter}\n";
    assert!(fault("t,v\n2000Q1,1\n4,2\n", down).contains("\"4\" may be a quarter, or the month"));
    assert_eq!(quarters("t,v\n2000Q1,1\n2,2\n3,3\n4,4\n", down), all);
}

#[test]
fn a_cell_s_text_is_told_as_it_stands_where_its_scale_cant_be_undone() {
    let fields = "entity: c\ntime: t\ncolumns: [{column: v, variable: v, scale: 0.1}]\n";
    let tidied = read("c,t,v\na,2000,3\na,2001,0.7\na,2002,-12.25\na,2003,10\n", fields).unwrap();
    let raw: Vec<String> = tidied.values().unwrap().into_iter().map(|value| value.raw).collect();
    assert_eq!(raw, ["3", "0.7", "-12.25", "10"]);
}
