//! `vintner consistency`: the paper's own tables, and tables altered on purpose.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;

use crate::common::Workspace;
use serde_json::Value;

const TABLES: &str = "data/published/tables.csv";

/// The paper's workspace with one line of its tables altered.
fn altered(changes: &[(&str, &str)]) -> Workspace {
    let workspace = Workspace::of_paper();
    changes.iter().for_each(|(from, to)| workspace.edit(TABLES, from, to));
    workspace
}

#[test]
fn the_paper_is_consistent_and_the_witness_shows_it() {
    let workspace = Workspace::of_paper();
    let file = workspace.path("witness.csv");
    let output = workspace.vintner(&["consistency", "--witness", file.to_str().unwrap()]);
    assert_eq!(output.code, 0, "{}", output.stderr);
    assert!(output.stdout.contains("consistent: there are data that give all of them"), "{}", output.stdout);
    assert!(
        output.stdout.contains("195 of 195 coefficients to the printed digits, 195 with the printed stars")
    );
    assert!(output.stdout.contains("synthetic data"));
    let witness = fs::read_to_string(file).unwrap();
    assert_eq!(witness.lines().count(), 1 + 14 * 12);
    assert_eq!(witness.lines().next(), Some("unit,period,lnCO2,lnEG,lnAI,lnBE,lnPD,lnopen,lnIS,synthetic"));
    assert!(witness.lines().skip(1).all(|line| line.ends_with(",true")));
}

#[test]
fn a_sign_that_no_data_have_is_told_with_its_rows() {
    let workspace = altered(&[("2,lnEG,张家口,lnAI,0.203,3", "2,lnEG,张家口,lnAI,-0.203,3")]);
    let output = workspace.vintner(&["consistency"]);
    assert_eq!(output.code, 1);
    insta::assert_snapshot!("a_sign_flipped", format!("{}{}", output.stdout, output.stderr));
    let certificate = workspace.path("certificate.json");
    let json = workspace.vintner(&[
        "consistency",
        "--format",
        "json",
        "--certificate",
        certificate.to_str().unwrap(),
    ]);
    let found: Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!(found["consistency"]["verdict"], "inconsistent");
    let conflicts: Value = serde_json::from_str(&fs::read_to_string(certificate).unwrap()).unwrap();
    assert_eq!(conflicts[0]["argument"], "sign_turned");
    assert_eq!(conflicts[0]["rows"][1]["cells"][1][0], "lnPD");
}

#[test]
fn stars_that_no_data_have_are_told_with_their_rows() {
    let workspace = altered(&[
        ("3,lnAI,张家口,lnEG,2.730,2", "3,lnAI,张家口,lnEG,2.730,3"),
        ("2,lnEG,张家口,lnAI,0.203,3", "2,lnEG,张家口,lnAI,0.203,0"),
    ]);
    let output = workspace.vintner(&["consistency"]);
    assert_eq!(output.code, 1);
    insta::assert_snapshot!("stars_contradict", format!("{}{}", output.stdout, output.stderr));
}

const TWO: &str = "table,dependent,unit,regressor,coefficient,stars
1,y,A,x,0.50,2
1,y,A,w,0.70,0
1,y,all,x,0.50,2
1,y,all,w,0.70,0
2,x,A,y,0.80,2
2,x,A,w,-0.20,0
2,x,all,y,0.80,2
2,x,all,w,-0.20,0
";

#[test]
fn any_tables_can_be_checked_with_a_layout_of_three_lines() {
    let workspace = Workspace::of_paper();
    let check = |tables: &str, layout: &str| {
        fs::write(workspace.path("two.csv"), tables).unwrap();
        fs::write(workspace.path("layout.yaml"), layout).unwrap();
        workspace.vintner(&["consistency", "--published", "two.csv", "--layout", "layout.yaml"])
    };
    let layout = "tables: {pooled: all, star_levels: [0.10, 0.05, 0.01]}\nperiods: 12\n";
    let output = check(TWO, layout);
    assert_eq!(output.code, 0, "{}{}", output.stdout, output.stderr);
    let flipped = TWO.replace("2,x,A,y,0.80", "2,x,A,y,-0.80").replace("2,x,all,y,0.80", "2,x,all,y,-0.80");
    let output = check(&flipped, layout);
    assert_eq!(output.code, 1);
    insta::assert_snapshot!("a_pair_of_equations", format!("{}{}", output.stdout, output.stderr));
    // Signs contradict whatever the standard errors are; stars don't.
    let other = format!("{layout}standard_errors: other\n");
    assert!(check(&flipped, &other).stdout.contains("inconsistent"));
    let starred = TWO.replace("1,y,A,x,0.50,2", "1,y,A,x,0.50,0");
    assert!(check(&starred, layout).stdout.contains("inconsistent"));
    let output = check(&starred, &other);
    assert_eq!(output.code, 1);
    assert!(output.stdout.contains("undecided"), "{}", output.stdout);
}

#[test]
fn tables_of_one_variable_are_not_merged() {
    let workspace = Workspace::of_paper();
    let check = |tables: &str, periods: usize| {
        let layout =
            format!("tables: {{pooled: all, star_levels: [0.10, 0.05, 0.01]}}\nperiods: {periods}\n");
        fs::write(workspace.path("some.csv"), tables).unwrap();
        fs::write(workspace.path("layout.yaml"), layout).unwrap();
        workspace.vintner(&["consistency", "--published", "some.csv", "--layout", "layout.yaml"])
    };
    // Taken for one equation of y on x and w, the first two would contradict the third.
    let both = |rows: &str| {
        let pooled: String =
            rows.lines().map(|row| row.replace(",A,", ",all,")).map(|row| row + "\n").collect();
        format!("table,dependent,unit,regressor,coefficient,stars\n{rows}{pooled}")
    };
    let tables = both("1,y,A,x,0.10,0\n2,y,A,w,0.45,0\n3,x,A,y,-0.13,0\n3,x,A,w,0.51,0\n");
    let output = check(&tables, 12);
    assert!(output.stdout.starts_with("some.csv: 8 coefficients, 3 equations"), "{}", output.stdout);
    assert_eq!(output.code, 0, "{}{}", output.stdout, output.stderr);
    // Columns of one table that a variable is added in, and what it has to do with the other.
    let tables =
        both("1,y,A,x,0.70,0\n2,y,A,x,0.30,0\n2,y,A,w,0.50,0\n3,w,A,x,0.80,0\n").replace("0.70", "0.78");
    let output = check(&tables, 12);
    assert_eq!(output.code, 1);
    insta::assert_snapshot!("an_omitted_variable", format!("{}{}", output.stdout, output.stderr));
    assert_eq!(check(&tables.replace("0.78", "0.70"), 12).code, 0);
    // Too few observations for the search are no fault of the files.
    let tables = both("1,y,A,x,0.70,0\n2,w,A,z,0.30,0\n3,u,A,v,0.50,0\n");
    let output = check(&tables, 4);
    assert!(output.stdout.contains("undecided"), "{}{}", output.stdout, output.stderr);
}

#[test]
fn faults_of_the_files_are_told() {
    let workspace = Workspace::of_paper();
    fs::write(workspace.path("layout.yaml"), "tables: {pooled: all}\nperiods: twelve\n").unwrap();
    let output = workspace.vintner(&["consistency", "--layout", "layout.yaml"]);
    assert_ne!(output.code, 0);
    assert!(
        output.stderr.contains("layout.yaml:1:") && output.stderr.contains("layout.yaml:2:"),
        "{}",
        output.stderr
    );
    let output = workspace.vintner(&["consistency", "--layout", "none.yaml"]);
    assert!(output.stderr.contains("none.yaml"), "{}", output.stderr);
}
