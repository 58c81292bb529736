//! Times as files write them: what `vintner init` proposes reads them as they are meant, or the first run refuses them with
//! each of their readings.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fmt::Write;

use crate::common::Workspace;
use crate::first_runs::{begun, manifest, of, panel, values};

/// A file of a series: a value at each of some times.
fn series(header: &str, times: impl IntoIterator<Item = String>) -> String {
    let mut text = format!("{header},y\n");
    for (at, time) in times.into_iter().enumerate() {
        writeln!(text, "{time},{}.25", 100 + at).unwrap();
    }
    text
}

/// A file of a panel: three entities at each of some times, and 1.25 for the first of all.
fn panel_file(header: &str, names: [&str; 3], times: impl IntoIterator<Item = String> + Clone) -> String {
    let mut text = format!("{header},y\n");
    for (entity, name) in names.iter().enumerate() {
        for (at, time) in times.clone().into_iter().enumerate() {
            writeln!(text, "{name},{time},{}.25", 1 + 100 * entity + at).unwrap();
        }
    }
    text
}

/// Months from January 2018, by their number and their year.
fn months(count: usize) -> impl Iterator<Item = (usize, usize)> + Clone {
    (0..count).map(|at| (at % 12 + 1, 2018 + at / 12))
}

/// The times of a series that the first run makes.
fn times(workspace: &Workspace) -> Vec<String> {
    values(&panel(workspace), "y").into_iter().map(|(_, time, _)| time).collect()
}

/// The first run is refused, with some texts.
fn refused(workspace: &Workspace, parts: &[&str]) {
    let run = workspace.vintner(&["-C", "paper", "reproduce"]);
    assert_eq!(run.code, 1, "{}", manifest(workspace));
    for part in parts {
        assert!(run.stderr.contains(part), "{part}: {}", run.stderr);
    }
}

#[test]
fn american_months_and_quarters_are_read_as_such() {
    for (text, other) in [
        (series("date", months(24).map(|(month, year)| format!("{month:02}/01/{year}"))), "2018-01-02"),
        (series("date", months(24).map(|(month, year)| format!("{month}-1-{year}"))), "2018-01-02"),
        (series("date", months(24).map(|(month, year)| format!("{month:02}.01.{year}"))), "2018-01-02"),
        (series("date", months(24).map(|(month, year)| format!("{month}/1/{year} 0:00"))), "2018-01-02"),
        (series("date", months(24).map(|(month, year)| format!("01/{month:02}/{year}"))), "2018-01-02"),
        (series("date", months(12).map(|(month, year)| format!("{month}/1/{year}"))), "2018-01-02"),
        (
            series("date", months(24).map(|(month, year)| format!("{month:02}/01/{}", year - 2000))),
            "2001-01-18",
        ),
    ] {
        let workspace = begun("months.csv", &text);
        let told = manifest(&workspace);
        assert!(
            told.contains("# REVIEW") && told.contains(&format!("{other} by `period: {{frequency: day")),
            "{told}"
        );
        assert!(times(&workspace).starts_with(&["2018-01".into(), "2018-02".into()]), "{text}");
    }
    let quarters = months(24).filter(|(month, _)| month % 3 == 1);
    let text =
        panel_file("firm,date", ["A", "B", "C"], quarters.map(|(month, year)| format!("{month}/1/{year}")));
    let found = values(&panel(&begun("firms.csv", &text)), "y");
    assert_eq!(found.first(), Some(&of("A", "2018Q1", 1.25)));
    assert_eq!(found.get(1), Some(&of("A", "2018Q2", 2.25)));
    let halves = months(48).filter(|(month, _)| month % 6 == 1);
    let text = series("date", halves.map(|(month, year)| format!("{month}/1/{year}")));
    assert!(times(&begun("halves.csv", &text)).starts_with(&["2018H1".into(), "2018H2".into()]));
    // The ends of months decide it themselves.
    let text = series("date", ["1/31/2018", "2/28/2018", "3/31/2018"].map(str::to_owned));
    let workspace = begun("ends.csv", &text);
    assert!(!manifest(&workspace).contains("what comes first"), "{}", manifest(&workspace));
    assert_eq!(times(&workspace), ["2018-01", "2018-02", "2018-03"]);
}

#[test]
fn dates_of_which_nothing_decides_the_order_are_refused_with_both_readings() {
    for dates in [vec!["1/1/2018", "2/1/2018"], vec!["05/03/2018", "09/07/2018", "02/01/2018"]] {
        let text = panel_file("firm,date", ["A", "B", "C"], dates.iter().map(|date| (*date).to_owned()));
        let workspace = begun("firms.csv", &text);
        let told = manifest(&workspace);
        assert!(
            told.contains("period: {frequency: day}  # REVIEW: nothing in these dates decides"),
            "{told}"
        );
        refused(&workspace, &["order: day-first}` makes it 2018-0", "order: month-first}` makes it 2018-0"]);
        workspace.edit(
            "paper/data/vintages/first/vintage.yaml",
            "period: {frequency: day}",
            "period: {frequency: day, order: month-first}",
        );
        assert!(values(&panel(&workspace), "y").iter().any(|(_, time, _)| time == "2018-02-01"));
    }
}

#[test]
fn times_of_digits_alone_are_times_and_births_are_not() {
    let days = (2..12).map(|day| format!("202001{day:02}"));
    let found = values(&panel(&begun("days.csv", &panel_file("firm,date", ["A", "B", "C"], days))), "y");
    assert_eq!(found.first(), Some(&of("A", "2020-01-02", 1.25)));
    let text = series("yyyymm", months(24).map(|(month, year)| format!("{year}{month:02}")));
    assert!(times(&begun("months.csv", &text)).starts_with(&["2018-01".into(), "2018-02".into()]));
    let ends = ["20190131", "20190228", "20190331", "20190430"].map(str::to_owned);
    let text = panel_file("PERMNO,date", ["10107", "14593", "90319"], ends);
    let found = values(&panel(&begun("crsp.csv", &text)), "y");
    assert_eq!(found.first(), Some(&of("10107", "2019-01", 1.25)));
    let quarters = (0..12).map(|at| format!("{}{}", 2018 + at / 4, at % 4 + 1));
    let text = panel_file("gvkey,yearqtr", ["001690", "001004", "012141"], quarters);
    let found = values(&panel(&begun("firms.csv", &text)), "y");
    assert!(found.iter().any(|one| *one == of("001690", "2018Q2", 2.25)), "{found:?}");
    // One day a month that isn't its last; firms whose years end on different days; months as headers.
    let trading = ["20180131", "20180228", "20180329", "20180430"].map(str::to_owned);
    let workspace = begun("crsp.csv", &panel_file("PERMNO,date", ["10107", "14593", "90319"], trading));
    assert!(
        manifest(&workspace).contains("# REVIEW: each month has one of these days"),
        "{}",
        manifest(&workspace)
    );
    for mark in ["", "-"] {
        let mut text = String::from("gvkey,datadate,y\n");
        for (at, (key, end)) in [("001004", ["05", "31"]), ("001013", ["12", "31"])].into_iter().enumerate() {
            for year in 2010..2014 {
                writeln!(text, "{key},{year}{mark}{},{}.25", end.join(mark), at + year).unwrap();
            }
        }
        let found = values(&panel(&begun("firms.csv", &text)), "y");
        assert_eq!(found.first(), Some(&of("001004", "2010-05", 2010.25)));
    }
    let months: Vec<String> = months(13).map(|(month, year)| format!("{year}{month:02}")).collect();
    let row = |name: &str| format!("{name}{}\n", ",1.5".repeat(13));
    let found = values(
        &panel(&begun("wide.csv", &format!("region,{}\n{}{}", months.join(","), row("A"), row("B")))),
        "wide",
    );
    assert_eq!((found.len(), found.first()), (26, Some(&of("A", "2018-01", 1.5))));
    // Days of births, and ids that could be days.
    for header in ["dob", "x", "date"] {
        let mut text = format!("id,{header},wage\n");
        for at in 0..30_usize {
            let (year, month, day) = (1950 + at * 7 % 40, at * 5 % 12 + 1, at * 11 % 28 + 1);
            writeln!(text, "{},{year}{month:02}{day:02},{}.5", at + 1, 20 + at).unwrap();
        }
        let told = manifest(&begun("people.csv", &text));
        assert!(told.contains("entity: \"id\"") && !told.contains("time:"), "{told}");
    }
}

#[test]
fn numbers_beside_years_are_quarters_where_none_is_above_four() {
    let parts = |most: usize, between: &'static str| {
        (0..most * 3).map(move |at| format!("{}{between}{}", 2000 + at / most, at % most + 1))
    };
    for mark in [".", ":", "-"] {
        let workspace = begun("quarters.csv", &series("date", parts(4, mark)));
        let told = manifest(&workspace);
        let asked =
            "period: {frequency: quarter}  # REVIEW: no number beside a year is above four, so quarters";
        assert!(told.contains(asked) && told.contains("2000-02 by `period: {frequency: month}`"), "{told}");
        assert!(times(&workspace).starts_with(&["2000Q1".into(), "2000Q2".into()]));
    }
    let roman = (0..8).map(|at| format!("{}/{}", ["I", "II", "III", "IV"][at % 4], 2000 + at / 4));
    let workspace = begun("quarters.csv", &series("date", roman));
    assert!(
        manifest(&workspace).contains("or 2000-02 by `period: {frequency: month}`?"),
        "{}",
        manifest(&workspace)
    );
    assert!(times(&workspace).starts_with(&["2000Q1".into(), "2000Q2".into()]));
    let workspace = begun("halves.csv", &series("date", parts(2, "-")));
    assert!(
        manifest(&workspace).contains("or 2000Q2 by `period: {frequency: quarter}`"),
        "{}",
        manifest(&workspace)
    );
    assert!(times(&workspace).starts_with(&["2000H1".into(), "2000H2".into(), "2001H1".into()]));
    // The tenth month has its zero, so that 2000.1 is the first.
    let workspace = begun("months.csv", &series("date", parts(12, ".")));
    assert!(times(&workspace).starts_with(&["2000-01".into(), "2000-02".into()]));
    let lost = parts(12, ".").map(|text| {
        text.strip_suffix('0').map_or(text.clone(), |bare| {
            if bare.ends_with('1') && bare.len() == 6 { bare.to_owned() } else { text.clone() }
        })
    });
    refused(
        &begun("months.csv", &series("date", lost)),
        &["or the month 2000-10", "`period: {frequency: quarter}` makes it 2000Q1"],
    );
    // What nothing calls a time is a price.
    let prices = (0..12).map(|at| format!("{}.{}", 1900 + at * 17, at % 7 + 2));
    assert!(!manifest(&begun("prices.csv", &series("price", prices))).contains("time:"));
    // Three terms, three quarters or three months.
    let workspace = begun("terms.csv", &series("date", parts(3, "-")));
    assert!(
        manifest(&workspace).contains("# REVIEW: numbers beside years may count several things"),
        "{}",
        manifest(&workspace)
    );
    refused(&workspace, &["or the quarter 2000Q1", "`period: {frequency: quarter}` makes it 2000Q1"]);
}

#[test]
fn times_of_several_lengths_in_one_column_are_no_cross_section() {
    let times =
        ["2018", "2018Q1", "2018Q2", "2018Q3", "2018Q4", "2018M1", "2018M2", "2018M3"].map(str::to_owned);
    let workspace =
        begun("ifs.csv", &panel_file("Country Name,Time Period", ["France", "Italy", "Spain"], times));
    let told = manifest(&workspace);
    assert!(told.contains("times of other lengths stand in the column, too (9 of a month)"), "{told}");
    refused(&workspace, &["is a month where a quarter is due"]);
}

#[test]
fn names_tell_rows_without_times_apart_together() {
    let mut text = String::from("state,county,population,income\n");
    for (at, state) in ["Alabama", "Iowa", "Ohio", "Texas"].into_iter().enumerate() {
        for (county, name) in ["Lake", "Clay", "Polk", "Adams"].into_iter().take(3 + at % 2).enumerate() {
            writeln!(text, "{state},{name},{},{}.5", 1000 + 37 * at + 3 * county, 10 * at + county).unwrap();
        }
    }
    let workspace = begun("counties.csv", &text);
    let told = manifest(&workspace);
    let asked = "entity_with: [\"county\"]  # REVIEW: each combination is an entity, as \"Alabama:Lake\" is";
    assert!(told.contains("entity: \"state\"") && told.contains(asked), "{told}");
    assert_eq!(values(&panel(&workspace), "income").len(), 14);
    // The answers of a few people are their names only by chance.
    let people = "region,trade,income\nNorth,Baker,10.5\nSouth,Smith,11.5\nNorth,Smith,12.5\nEast,Clerk,9.5\nSouth,Baker,8.5\n";
    assert!(!manifest(&begun("people.csv", people)).contains("entity_with"));
}
