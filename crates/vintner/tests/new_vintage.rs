//! `vintner vintage new`: manifests guessed from files alone.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;
use std::path::Path;

use crate::common::Workspace;
use serde_json::Value;

fn shared(part: &str) -> Option<std::path::PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared").join(part);
    path.is_dir().then_some(path)
}

#[test]
fn a_vintage_described_by_hand_is_found_again() {
    let workspace = Workspace::of_paper();
    let from = workspace.path("data/vintages/reconstructed/raw");
    let output = workspace.vintner(&["vintage", "new", "again", "--from", from.to_str().unwrap(), "--copy"]);
    assert_eq!(output.code, 0, "{}", output.stderr);
    assert!(output.stdout.contains("8 sources of 8 files"), "{}", output.stdout);
    // Everything is read as it was described by hand, with nothing to fill in.
    let check = workspace.vintner(&["vintage", "check", "again", "--format", "json"]);
    assert_eq!(check.code, 0, "{}{}", check.stdout, check.stderr);
    let own = workspace.vintner(&["vintage", "check", "reconstructed", "--format", "json"]);
    let rows = |text: &str| serde_json::from_str::<Value>(text).unwrap()["rows"].as_u64().unwrap();
    assert_eq!(rows(&check.stdout), rows(&own.stdout));
    // And gives the same tables.
    let run = workspace.vintner(&["reproduce", "--vintage", "again"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let estimates = |name: &str| workspace.read(&format!("reports/{name}/estimates.csv"));
    workspace.vintner(&["reproduce"]);
    assert_eq!(estimates("again"), estimates("reconstructed"));
}

#[test]
fn encodings_are_told_by_their_letters() {
    let workspace = Workspace::of_paper();
    let from = workspace.path("tables");
    fs::create_dir_all(&from).unwrap();
    for (file, bytes) in [
        ("latin.csv", &b"Stadt,Jahr,Gr\xf6\xdfe\nD\xfcsseldorf,2008,1\nK\xf6ln,2009,2\n"[..]),
        ("big5.csv", &b"\xbf\xa4\xa5\xab,\xa6~\xab\xd7,\xbc\xc6\xad\xc8\n\xbbO\xa5_\xa5\xab,2008,1\n\xb0\xaa\xb6\xaf\xa5\xab,2009,2\n"[..]),
    ] {
        fs::write(from.join(file), bytes).unwrap();
    }
    let output = workspace.vintner(&["vintage", "new", "letters", "--from", from.to_str().unwrap()]);
    assert_eq!(output.code, 0, "{}", output.stderr);
    let manifest = workspace.read("data/vintages/letters/vintage.yaml");
    for expected in ["encoding: windows-1252", "encoding: big5", "Größe", "數值"] {
        assert!(manifest.contains(expected), "{expected} isn't in\n{manifest}");
    }
}

#[test]
fn nothing_is_overwritten_and_names_stay_in_their_folder() {
    let workspace = Workspace::of_paper();
    let from = workspace.path("data/vintages/reconstructed/raw");
    let new = |name: &str| workspace.vintner(&["vintage", "new", name, "--from", from.to_str().unwrap()]);
    let before = workspace.read("data/vintages/reconstructed/vintage.yaml");
    let taken = new("reconstructed");
    assert_ne!(taken.code, 0);
    assert!(taken.stderr.contains("is there already"), "{}", taken.stderr);
    assert_eq!(workspace.read("data/vintages/reconstructed/vintage.yaml"), before);
    for name in ["../elsewhere", "a/b", ".hidden", "a b", ""] {
        assert_ne!(new(name).code, 0, "{name}");
    }
    let absent = workspace.vintner(&["vintage", "new", "x", "--from", "no/such/folder"]);
    assert!(absent.stderr.contains("no/such/folder"), "{}", absent.stderr);
    let unknown = workspace.vintner(&[
        "vintage",
        "new",
        "x",
        "--from",
        from.to_str().unwrap(),
        "--like",
        "reconstruted",
    ]);
    assert!(unknown.stderr.contains("reconstructed"), "{}", unknown.stderr);
}

#[test]
fn files_of_every_kind_come_to_a_guess_or_a_reason() {
    let workspace = Workspace::of_paper();
    let folder = workspace.path("found");
    fs::create_dir_all(&folder).unwrap();
    let put = |name: &str, bytes: &[u8]| fs::write(folder.join(name), bytes).unwrap();
    let names = ["Beijing", "Tianjin", "Baoding"];
    let mut across = String::from("year;Beijing;Tianjin;Baoding\n");
    let mut titled = String::from("CO2 emissions of cities\t\t\n(Mt)\t\t\nCity\tYear\temission\n");
    for year in 2008..2012 {
        across.push_str(&format!("{year};1,5;2;3\n"));
        for name in names {
            titled.push_str(&format!("{name}\t{year}\t{}\n", if year == 2010 { "--" } else { "12.5" }));
        }
    }
    titled.push_str("Source: yearbook\t\t\n");
    put("across.csv", across.as_bytes());
    put("titled.txt", titled.as_bytes());
    put("empty.csv", b"");
    put("page.xlsx", b"<html><body>sign in</body></html>");
    put("broken.xlsx", b"PK\x03\x04 and no more");
    put("paper.csv", b"%PDF-1.7 ...");
    put("notes.csv", b"a note\nand another\n");
    put("a \u{1b}[31mred: name # x.csv", b"city,year,value\nBeijing,2008,1\nTianjin,2008,2\n");
    let output = workspace.vintner(&["vintage", "new", "odd", "--from", folder.to_str().unwrap()]);
    assert_eq!(output.code, 0, "{}", output.stderr);
    assert!(!output.stdout.contains('\u{1b}'), "{}", output.stdout);
    insta::assert_snapshot!("odd_files", output.stdout);
    insta::assert_snapshot!("odd_files_manifest", {
        let text = workspace.read("data/vintages/odd/vintage.yaml");
        let dated = |line: &&str| !line.starts_with("date:");
        text.lines().filter(dated).collect::<Vec<_>>().join("\n")
    });
    // The manifest is one that can be read: what is missing is told at its line.
    let check = workspace.vintner(&["vintage", "check", "odd"]);
    assert!(check.stderr.contains("data/vintages/odd/vintage.yaml:"), "{}", check.stderr);
    assert!(check.stderr.contains("list at least one variable"), "{}", check.stderr);
}

#[test]
fn most_of_the_public_files_are_read_as_they_were_by_hand() {
    let Some(raw) = shared("vintages/public-2025/raw") else {
        println!("skipped: ../shared/vintages/public-2025/raw isn't here");
        return;
    };
    let workspace = Workspace::of_paper();
    let output = workspace.vintner(&[
        "vintage",
        "new",
        "trial",
        "--from",
        raw.to_str().unwrap(),
        "--like",
        "public-2025",
    ]);
    assert_eq!(output.code, 0, "{}", output.stderr);
    let text = workspace.read("data/vintages/trial/vintage.yaml");
    for line in [
        "sheet: \"emission vector\"",
        "{column: \"emission\", variable: co2, unit: \"Mt\", range: [0, 500]}",
        "{column: \"名义GDP\", variable: gdp,",
        "{column: \"GDP平减指数\", variable: deflator,",
        "last_row: 7105",
        "sheet: \"面板数据\"",
        "{column: \"插值_常住人口（万人）\", variable: population,",
        "{column: \"人口密度（人/平方公里）\", variable: density,",
        "last_row: 8047",
        "{column: \"人均道路面积（平方米）\", variable: road_area,",
        "last_row: 15049",
        "{column: \"外商直接投资\", variable: fdi,",
        "{column: \"1美元兑人民币（元）\", variable: fx,",
        "{column: \"第二产业占GDP比重\", variable: secondary_share,",
        "{column: \"第二产业增加值\", variable: industry_value_added,",
        "last_row: 7975",
        "{column: \"operational_stock\", variable: robot_stock,",
        "comment: \"#\"",
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
}
