//! From nothing and a file of data to a first report: `vintner init`, then `vintner reproduce`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fmt::Write;
use std::fs;

use crate::common::Workspace;
use serde_json::Value;

/// Forty persons over five years, with a treatment, an instrument and a text.
fn wages() -> String {
    let mut text = String::from("nr,year,wage,union,exper,region,treated,z\n");
    for person in 0..40_u32 {
        for year in 0..5_u32 {
            let (union, exper) = ((person * 7 + year * 3) % 4 / 3, person % 11 + year);
            let treated = u32::from(person % 2 == 0 && year >= 2 + person % 3);
            let z = f64::from((person * 13 + year * 5) % 17) / 4.0;
            let noise = f64::from((person * 31 + year * 17) % 23) / 100.0;
            let wage =
                1.0 + 0.1 * f64::from(union) + 0.03 * f64::from(exper) + 0.2 * f64::from(treated) + noise;
            let region = ["north", "south"][(person % 2) as usize];
            writeln!(
                text,
                "{},{},{wage:.4},{union},{exper},{region},{treated},{:.2}",
                person + 100,
                2001 + year,
                z + f64::from(exper)
            )
            .unwrap();
        }
    }
    text
}

fn with(file: &str, text: &str) -> Workspace {
    let workspace = Workspace::of_parts(&[]);
    fs::write(workspace.path(file), text).unwrap();
    workspace
}

#[test]
fn a_file_and_an_equation_become_a_report_in_two_commands() {
    let workspace = with("wages.csv", &wages());
    let begun = workspace.vintner(&[
        "init",
        "paper",
        "--from",
        "wages.csv",
        "--formula",
        "wage ~ union + exper | nr + year",
    ]);
    assert_eq!(begun.code, 0, "{}", begun.stderr);
    assert!(begun.stdout.contains("wage ~ union + exper | entity + time"), "{}", begun.stdout);
    assert!(begun.stdout.contains("vintner -C paper reproduce"), "{}", begun.stdout);
    let run = workspace.vintner(&["-C", "paper", "reproduce"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let table = workspace.read("paper/reports/first/table.csv");
    assert!(table.contains("union") && table.contains("200"), "{table}");
    let report = workspace.read("paper/reports/first/report.html");
    assert!(report.contains("wages.csv") && report.contains("union"), "{report}");
    for file in [".gitignore", ".gitattributes", "README.md", "data/vintages/first/raw/wages.csv"] {
        assert!(workspace.path(&format!("paper/{file}")).is_file(), "{file}");
    }
    assert_eq!(workspace.read("paper/data/vintages/first/raw/wages.csv"), wages());
    let again = workspace.vintner(&["init", "paper", "--from", "wages.csv"]);
    assert_eq!(again.code, 2, "{}", again.stderr);
    assert!(again.stderr.contains("is there already"), "{}", again.stderr);
}

#[test]
fn a_name_that_no_column_has_is_told_with_the_nearest() {
    let workspace = with("wages.csv", &wages());
    let refused = workspace.vintner(&["init", "paper", "--from", "wages.csv", "--formula", "wage ~ unoin"]);
    assert_eq!(refused.code, 2, "{}", refused.stderr);
    assert!(
        refused.stderr.contains("no variable is called `unoin`") && refused.stderr.contains("union"),
        "{}",
        refused.stderr
    );
    // The same command again, with the right name, begins as if there had been none before.
    assert!(!workspace.path("paper").exists());
    let begun = workspace.vintner(&["init", "paper", "--from", "wages.csv", "--formula", "wage ~ union"]);
    assert_eq!(begun.code, 0, "{}", begun.stderr);
    // In a folder that has something of people's own that stays, and nothing else.
    fs::create_dir_all(workspace.path("mine/data")).unwrap();
    fs::write(workspace.path("mine/README.md"), "mine").unwrap();
    let refused = workspace.vintner(&["init", "mine", "--from", "wages.csv", "--formula", "wage ~ unoin"]);
    assert_eq!(refused.code, 2, "{}", refused.stderr);
    assert_eq!(fs::read_dir(workspace.path("mine/data")).unwrap().count(), 0);
    assert_eq!(workspace.read("mine/README.md"), "mine");
    let unread = workspace.vintner(&["init", "other", "--from", "wages.csv", "--formula", "wage ~ ~ union"]);
    assert_eq!(unread.code, 2, "{}", unread.stderr);
    let nothing = workspace.vintner(&["init", "third"]);
    assert_eq!(nothing.code, 2);
    assert!(nothing.stderr.contains("--from") && nothing.stderr.contains("--template"), "{}", nothing.stderr);
    let missing = workspace.vintner(&["init", "third", "--from", "nowhere.csv"]);
    assert!(missing.code != 0 && missing.stderr.contains("nowhere.csv"), "{}", missing.stderr);
}

#[test]
fn no_file_stands_in_for_another_of_its_name() {
    let workspace = with("wages.csv", &wages());
    fs::create_dir(workspace.path("later")).unwrap();
    fs::write(workspace.path("later/wages.csv"), wages().replace("101,", "901,")).unwrap();
    let refused = workspace.vintner(&["init", "paper", "--from", "wages.csv", "later/wages.csv"]);
    assert_eq!(refused.code, 2, "{}", refused.stderr);
    assert!(
        refused.stderr.contains("later/wages.csv") && refused.stderr.contains("rename"),
        "{}",
        refused.stderr
    );
    assert!(!workspace.path("paper/pipeline.yaml").exists());
    let twice = workspace.vintner(&["init", "paper", "--from", "wages.csv", "wages.csv"]);
    assert_eq!(twice.code, 0, "{}", twice.stderr);
}

#[test]
fn without_an_equation_the_data_are_described() {
    let mut text = String::from("income,school,sex\n");
    for row in 0..60 {
        writeln!(text, "{}.5,{},{}", 100 + (row * 37) % 50, 8 + row % 9, ["f", "m"][row % 2]).unwrap();
    }
    let workspace = with("survey.csv", &text);
    let begun = workspace.vintner(&["init", "--from", "survey.csv", "--format", "json"]);
    assert_eq!(begun.code, 0, "{}", begun.stderr);
    let told: Value = serde_json::from_str(&begun.stdout).unwrap();
    assert_eq!(told["variables"], serde_json::json!(["income", "school", "sex"]));
    let run = workspace.vintner(&["reproduce"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let report = workspace.read("reports/first/report.md");
    assert!(report.contains("income") && report.contains("school"), "{report}");
    // What needs a time says so, and not that each row lacks something.
    let arguments = ["init", "later", "--from", "survey.csv", "--formula", "income ~ l(school)"];
    assert_eq!(workspace.vintner(&arguments).code, 0);
    let run = workspace.vintner(&["-C", "later", "reproduce"]);
    let said = "`l(school, 1)` needs an entity's earlier or later rows, and a cross-section has no time";
    assert!(run.code == 1 && run.stderr.contains(said), "{}: {}", run.code, run.stderr);
}

#[test]
fn every_pattern_runs_on_data_with_its_names() {
    let text = wages()
        .replace("nr,year,wage,union,exper,region,treated,z", "id,year,y,x1,x2,region,treated,z")
        .lines()
        .enumerate()
        .map(|(at, line)| {
            let fields: Vec<&str> = line.split(',').collect();
            if at == 0 { format!("{line},x,w\n") } else { format!("{line},{},{}\n", fields[4], fields[3]) }
        })
        .collect::<String>();
    for pattern in ["panel", "cross-section", "did", "iv", "replication"] {
        let workspace = with("data.csv", &text);
        let begun = workspace.vintner(&["init", "--from", "data.csv", "--template", pattern]);
        assert_eq!(begun.code, 0, "{pattern}: {}", begun.stderr);
        if pattern == "replication" {
            fs::create_dir_all(workspace.path("data/published")).unwrap();
            let published = "table,model,term,estimate,std_error,stars,n_obs\n1,Main,x,0.03,,,\n";
            fs::write(workspace.path("data/published/table.csv"), published).unwrap();
        }
        let run = workspace.vintner(&["reproduce"]);
        assert_eq!(run.code, 0, "{pattern}: {}", run.stderr);
        assert!(workspace.path("reports/first/report.html").is_file(), "{pattern}");
        assert!(workspace.path("reports/first/table.tex").is_file(), "{pattern}");
    }
}
