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
    put("survey.sav", b"$FL2@(#) SPSS DATA FILE MS Windows");
    put("firms.rds", b"X\n\0\0\0\x03\0\x04\x02\x02");
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

/// A folder without a pipeline or a vintage, and the files of a first one.
fn first_files(workspace: &Workspace) -> std::path::PathBuf {
    let folder = workspace.path("first");
    fs::create_dir_all(&folder).unwrap();
    let put = |name: &str, bytes: &[u8]| fs::write(folder.join(name), bytes).unwrap();
    let mut gdp = String::from("Country;Code;Year;GDP (bn);Growth\n");
    let mut wide = String::from("Population by country\n\nCountry\t2001\t2002\t2004\n");
    for (at, (name, code)) in [("Türkiye", "TUR"), ("France", "FRA"), ("Brazil", "BRA")].iter().enumerate() {
        for year in 2001..2004 {
            gdp.push_str(&format!(
                "{name};{code};{year};1.{at}34,5;{}\n",
                if year == 2002 { "(0,5)" } else { "2,25 p" }
            ));
        }
        wide.push_str(&format!("{}\t{at}1.5\t..\t{at}3.5\n", name.to_uppercase()));
    }
    wide.push_str("Source: yearbooks\n");
    put("gdp.csv", gdp.as_bytes());
    put("population.tsv", wide.as_bytes());
    put("rate.csv", b"date,rate\n1990-01-01,1.5\n1990-04-01,1.25\n1990-07-01,1.75\n");
    put("firms.csv", b"gvkey,fyear,sales,sector\n001001,2001,12.5,mining\n001001,2002,13.5,mining\n001002,2001,1.5,trade\n001002,2002,2.5,trade\n");
    let utf16: Vec<u8> =
        "Land,Jahr,Wert\nK\u{f6}ln,2001,1.5\nBonn,2001,2.5\nK\u{f6}ln,2002,3.5\nBonn,2002,4.5\n"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
    put("towns.csv", &utf16);
    put(
        "undecided.csv",
        b"city,year,value\nA,2001,\"1,234\"\nB,2001,\"2,500\"\nA,2002,\"3,125\"\nB,2002,\"4,750\"\n",
    );
    folder
}

#[test]
fn the_first_vintage_is_begun_from_files_alone() {
    let workspace = Workspace::of_paper();
    let folder = first_files(&workspace);
    for path in ["pipeline.yaml", "pipeline.lock"] {
        let _ = fs::remove_file(workspace.path(path));
    }
    for path in ["data/vintages", "data/crosswalk"] {
        fs::remove_dir_all(workspace.path(path)).unwrap();
    }
    let output =
        workspace.vintner(&["vintage", "new", "first", "--from", folder.to_str().unwrap(), "--copy"]);
    assert_eq!(output.code, 0, "{}", output.stderr);
    insta::assert_snapshot!("first_vintage", output.stdout);
    insta::assert_snapshot!("first_vintage_manifest", {
        let text = workspace.read("data/vintages/first/vintage.yaml");
        let dated = |line: &&str| !line.starts_with("date:");
        text.lines().filter(dated).collect::<Vec<_>>().join("\n")
    });
    insta::assert_snapshot!("first_vintage_crosswalk", workspace.read("data/crosswalk/first.csv"));
    // What can be read in two ways is left to a person; all else is read as it was written.
    let manifest = workspace.read("data/vintages/first/vintage.yaml");
    assert_eq!(manifest.matches(", first of all ").count(), 1, "{manifest}");
    assert!(!manifest.contains("missing: [\"(0,5)\"]"), "{manifest}");
}

#[test]
fn small_numbers_are_no_ids_of_a_crosswalk_of_numbers() {
    let workspace = Workspace::of_paper();
    let crosswalk = "id,en\n1,North\n2,South\n3,East\n";
    fs::write(workspace.path("data/crosswalk/cities.csv"), crosswalk).unwrap();
    let folder = workspace.path("numbers");
    fs::create_dir_all(&folder).unwrap();
    let mut text = String::from("rank,region,year,share\n");
    for year in 2001..2004 {
        for (at, region) in ["North", "South", "East"].iter().enumerate() {
            text.push_str(&format!("{},{region},{year},{}.5\n", at + 1, at + 7));
        }
    }
    fs::write(folder.join("ranks.csv"), text).unwrap();
    let output = workspace.vintner(&["vintage", "new", "ranked", "--from", folder.to_str().unwrap()]);
    assert_eq!(output.code, 0, "{}", output.stderr);
    let manifest = workspace.read("data/vintages/ranked/vintage.yaml");
    assert!(manifest.contains("entity: \"region\"  # guess: 3 of 3 entities, 0 other names"), "{manifest}");
}

#[test]
fn the_rest_of_a_country_is_asked_about() {
    let workspace = Workspace::of_paper();
    let folder = workspace.path("industry");
    fs::create_dir_all(&folder).unwrap();
    let mut text = String::from("city,industry,year,output\n");
    for city in ["Beijing", "Tianjin", "Baoding", "Elsewhere"] {
        for (at, industry) in ["cars", "food"].iter().enumerate() {
            text.push_str(&format!("{city},{industry},2008,{}.25\n", at + 7));
        }
    }
    fs::write(folder.join("industry.csv"), text).unwrap();
    let output = workspace.vintner(&["vintage", "new", "industry", "--from", folder.to_str().unwrap()]);
    assert_eq!(output.code, 0, "{}", output.stderr);
    let manifest = workspace.read("data/vintages/industry/vintage.yaml");
    let asked = "# REVIEW: a name isn't in the crosswalk and left out; `outside: keep` where a total needs what they have";
    assert!(manifest.contains(asked), "{manifest}");
}

/// `gdp_1997` is a variable and a year; SPSS files and data frames of R are read with their labels.
#[test]
fn years_within_headers_and_files_of_other_programs_are_known() {
    let workspace = Workspace::of_parts(&[]);
    fs::write(workspace.path("pipeline.yaml"), "version: 1\nname: p\nvintage: v\nstages: {}\n").unwrap();
    let from = workspace.path("files");
    fs::create_dir_all(&from).unwrap();
    let rows = "city,gdp_1997,gdp_1998,pop1997,pop1998,iso_2010\nAba,1.5,2.5,10,11,7\nBai,3.5,4.5,20,21,8\nCan,5.5,6.5,30,31,9\n";
    fs::write(from.join("cities.csv"), rows).unwrap();
    let fixtures = crate::common::repository().join("crates/ingest/tests/fixtures/columnar");
    for file in ["spss_codes.sav", "frame.rds"] {
        fs::copy(fixtures.join(file), from.join(file)).unwrap();
    }
    let output = workspace.vintner(&["vintage", "new", "v", "--from", from.to_str().unwrap(), "--copy"]);
    assert_eq!(output.code, 0, "{}", output.stderr);
    let manifest = workspace.read("data/vintages/v/vintage.yaml");
    for expected in [
        "layout: wide",
        "{column: \"gdp_{time}\", variable: gdp",
        "{column: \"pop{time}\", variable: pop",
        "covers: [1997, 1998]",
        "format: sav",
        "format: rds",
        "value of output",
    ] {
        assert!(manifest.contains(expected), "{expected} isn't in\n{manifest}");
    }
    assert!(!manifest.contains("covers: [1997, 2010]"), "{manifest}");
}

/// Sheets that are laid out alike and called by their year are one source.
#[test]
fn sheets_of_years_are_one_source() {
    let workspace = Workspace::of_parts(&[]);
    fs::write(workspace.path("pipeline.yaml"), "version: 1\nname: p\nvintage: v\nstages: {}\n").unwrap();
    let from = workspace.path("files");
    fs::create_dir_all(&from).unwrap();
    let mut workbook = rust_xlsxwriter::Workbook::new();
    for name in ["2008", "2009", "2011", "about"] {
        let sheet = workbook.add_worksheet().set_name(name).unwrap();
        if name == "about" {
            sheet.write(0, 0, "made for a test").unwrap();
            continue;
        }
        sheet.write(0, 0, "city").unwrap().write(0, 1, "gdp").unwrap().write(0, 2, "people").unwrap();
        for (row, city) in (1_u32..).zip(["Aba", "Bai", "Can"]) {
            sheet.write(row, 0, city).unwrap();
            sheet.write(row, 1, 1.5 * f64::from(row)).unwrap().write(row, 2, 10.0 + f64::from(row)).unwrap();
        }
    }
    fs::write(from.join("cities.xlsx"), workbook.save_to_buffer().unwrap()).unwrap();
    let output = workspace.vintner(&["vintage", "new", "v", "--from", from.to_str().unwrap(), "--copy"]);
    assert_eq!(output.code, 0, "{}", output.stderr);
    let manifest = workspace.read("data/vintages/v/vintage.yaml");
    for expected in [
        "sheets: [\"2008\", \"2009\", \"2011\"]",
        "time: \"sheet\"",
        "covers: [2008, 2011]",
        "gap_years: [2010]",
        "others: about",
        "{column: \"gdp\", variable: gdp",
    ] {
        assert!(manifest.contains(expected), "{expected} isn't in\n{manifest}");
    }
    assert_eq!(manifest.matches("- name:").count(), 1, "{manifest}");
    assert!(!manifest.contains("first of all"), "{manifest}");
}
