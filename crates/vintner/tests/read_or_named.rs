//! Files as statistical offices and firms export them: what `vintner init` and `vintner reproduce` make of them is what a
//! person would read, or is named. Nothing is left out in silence.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fmt::Write as _;
use std::fs;
use std::io::{Cursor, Write as _};

use crate::common::{Output, Workspace};

const MANIFEST: &str = "w/data/vintages/first/vintage.yaml";

/// A workspace that `init` began with a file, the manifest, and what the command said.
fn begun(file: &str, bytes: &[u8]) -> (Workspace, String, Output) {
    let workspace = Workspace::of_parts(&[]);
    fs::write(workspace.path(file), bytes).unwrap();
    let begun = workspace.vintner(&["init", "w", "--from", file]);
    assert_eq!(begun.code, 0, "{}", begun.stderr);
    let manifest = workspace.read(MANIFEST);
    (workspace, manifest, begun)
}

fn reproduced(workspace: &Workspace) -> Output {
    workspace.vintner(&["-C", "w", "reproduce"])
}

/// Entity, time, variable and what stands in the cell, of each value of a source, as the command shows them.
fn values(workspace: &Workspace, source: &str) -> Vec<String> {
    let shown = workspace.vintner(&["-C", "w", "show", &format!("tidy[{source}]")]);
    assert_eq!(shown.code, 0, "{}", shown.stderr);
    let mut lines = shown.stdout.lines();
    let head: Vec<&str> = lines.next().unwrap().split('\t').collect();
    let at = |name: &str| head.iter().position(|own| *own == name).unwrap();
    let wanted = ["entity", "time", "variable", "raw"].map(at);
    let cells = lines.map(|line| line.split('\t').collect::<Vec<&str>>());
    let whole = cells.filter(|cells| cells.len() == head.len());
    whole.map(|cells| wanted.map(|at| cells[at]).join(" ")).collect()
}

fn assert_has(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "{part} isn't in\n{text}");
    }
}

fn assert_read(read: &[String], wanted: &[&str]) {
    for value in wanted {
        assert!(read.iter().any(|own| own == value), "{value} isn't among {read:?}");
    }
}

const REGIONS: &str = "Country,Year,GDP\nAfrica,,\nKenya,2019,100.4\nKenya,2020,99.7\nNigeria,2019,448.1\n\
                       Asia,,\nJapan,2019,5123.3\nJapan,2020,5048.8\n";

#[test]
fn the_first_of_several_headings_is_one_as_the_others_are() {
    let (workspace, manifest, _) = begun("gdp.csv", REGIONS.as_bytes());
    assert_has(
        &manifest,
        &[
            "sections:  # REVIEW: each of these stands alone in its row",
            "{name: section, column: \"Country\", headings: [\"Africa\", \"Asia\"]}  # guess: \"Africa\" (row 2), \"Asia\" (row 6)",
            "{column: \"section\", variable: section, type: text}",
        ],
    );
    assert!(!manifest.contains("skip_rows"), "{manifest}");
    let run = reproduced(&workspace);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let read = values(&workspace, "gdp");
    assert_read(
        &read,
        &[
            "Kenya 2019 section Africa",
            "Kenya 2019 gdp 100.4",
            "Nigeria 2019 section Africa",
            "Japan 2020 section Asia",
        ],
    );
    assert_eq!(read.len(), 10, "{read:?}");

    let said = workspace.vintner(&["-C", "w", "trace", "--cell", "gdp.csv!A2"]);
    assert_has(
        &(said.stdout + &said.stderr),
        &["is a heading by `sections`, which the rows under it are of"],
    );
    // A heading that the manifest doesn't list is none of the one above it, and one that the file hasn't is told.
    workspace.edit(MANIFEST, "[\"Africa\", \"Asia\"]", "[\"Africa\", \"Oceania\"]");
    let run = reproduced(&workspace);
    assert_eq!(run.code, 1, "{}", run.stderr);
    assert_has(
        &run.stderr,
        &[
            "gdp.csv!A6: \"Asia\" stands alone in its row, and `sections` doesn't say whether it is a heading",
            "headings that stand alone in no row: \"Oceania\" of section",
        ],
    );
    // A note between the rows is left out where the manifest says so.
    workspace.edit(MANIFEST, "[\"Africa\", \"Oceania\"]", "[\"Africa\"], not_headings: [\"Asia\"]");
    let run = reproduced(&workspace);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert_has(
        &run.stderr,
        &["skipped 1 row with text but without a key, the first of them row 6: \"Asia\""],
    );
}

#[test]
fn names_that_come_under_several_headings_are_several() {
    let sexes = "Age,2018,2019\nTotal,235,237\nMale:,,\n0-14,120,121\n15+,400,402\n\
                 Female:,,\n0-14,115,116\n15+,395,399\n";
    let (workspace, manifest, _) = begun("people.csv", sexes.as_bytes());
    assert_has(
        &manifest,
        &[
            "headings: [\"Male:\", \"Female:\"], before: \"no heading\"}",
            "entity_with: [\"section\"]",
            "Row 2 is under none of a level",
        ],
    );
    let run = reproduced(&workspace);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let read = values(&workspace, "people");
    assert_read(
        &read,
        &["Total:no heading 2018 people 235", "0-14:Male 2018 people 120", "0-14:Female 2019 people 116"],
    );
    assert_eq!(read.len(), 10, "{read:?}");
    workspace.edit(MANIFEST, ", before: \"no heading\"", "");
    let run = reproduced(&workspace);
    assert_eq!(run.code, 1, "{}", run.stderr);
    assert_has(&run.stderr, &["people.csv!A2: no heading of the section section stands above the row"]);
}

#[test]
fn headings_within_headings_are_columns_of_their_own() {
    let nested = "Item,2018,2019\nUrban,,\nMale,,\nYoung,1,2\nOld,3,4\nFemale,,\nYoung,5,6\nOld,7,8\n\
                  Rural,,\nMale,,\nYoung,9,10\nOld,11,12\nFemale,,\nYoung,13,14\nOld,15,16\n";
    let (workspace, manifest, _) = begun("people.csv", nested.as_bytes());
    assert_has(&manifest, &["headings: [\"Urban\", \"Rural\"]", "headings: [\"Male\", \"Female\"]"]);
    let run = reproduced(&workspace);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let read = values(&workspace, "people");
    assert_read(&read, &["Young:Urban:Male 2018 people 1", "Old:Rural:Female 2019 people 16"]);
}

#[test]
fn what_else_manifests_say_of_sections_goes_together() {
    let listed = "headings: [\"Africa\", \"Asia\"]";
    for (from, to, said) in [
        (listed, "headings: []", "the section \"section\" has no headings"),
        (listed, "headings: [\"Africa\", \"Africa\"]", "\"Africa\" is listed twice"),
        ("column: \"Country\", headings", "column: \"Contry\", headings", "no column \"Contry\""),
        ("{name: section,", "{name: Year,", "the table has a column \"Year\""),
    ] {
        let (workspace, _, _) = begun("gdp.csv", REGIONS.as_bytes());
        workspace.edit(MANIFEST, from, to);
        let run = reproduced(&workspace);
        assert_ne!(run.code, 0, "{to}: {}", run.stdout);
        assert_has(&run.stderr, &[said]);
    }
}

#[test]
fn names_without_values_are_no_headings() {
    let text = "Country,2018,2019\nAlbania,1,2\nAlgeria,,\nBelgium,3,4\nSomalia,,\nSweden,5,6\n";
    let (workspace, manifest, _) = begun("gdp.csv", text.as_bytes());
    assert!(!manifest.contains("sections:"), "{manifest}");
    let run = reproduced(&workspace);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert_has(&run.stderr, &["2 rows have a name and no value, the first of them row 3: \"Algeria\""]);
}

#[test]
fn repeated_headers_and_notes_between_rows_are_no_data() {
    let text = "Region,2018,2019\nNorth,1,2\nSouth,3,4\nTable 3 (continued),,\n\
                Region,2018,2019\nEast,5,6\nWest,7,8\n";
    let (workspace, manifest, _) = begun("sales.csv", text.as_bytes());
    assert_has(
        &manifest,
        &[
            "not_entities: [\"Table 3 (continued)\"]  # REVIEW: a note between the rows, which is left out (row 4)",
        ],
    );
    let run = reproduced(&workspace);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert_has(&run.stderr, &["row 5 repeats the header, and isn't read"]);
    let read = values(&workspace, "sales");
    assert_eq!(read.len(), 8, "{read:?}");
    assert!(!read.iter().any(|value| value.starts_with("Region")), "{read:?}");

    let long = "Country,Year,GDP\nKenya,2019,1.5\n* break in series,,\nKenya,2020,2.5\n\
                Japan,2019,3.5\nJapan,2020,4.5\n";
    let (workspace, manifest, _) = begun("gdp.csv", long.as_bytes());
    assert_has(&manifest, &["not_entities: [\"* break in series\"]  # REVIEW"]);
    let run = reproduced(&workspace);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert_eq!(values(&workspace, "gdp").len(), 4);
}

#[test]
fn another_table_under_the_first_is_named() {
    let text = "Table 1. GDP,,\nCountry,2018,2019\nKenya,1.5,2.5\nJapan,4.5,5.5\n,,\nTable 2. People,,\n\
                Country,2018,2019\nChad,50,51\nMali,126,125\n";
    let (workspace, manifest, _) = begun("two.csv", text.as_bytes());
    assert_has(
        &manifest,
        &["last_row: 4  # REVIEW: ", "rows 8 to 9 hold numbers: are they data, or another table?"],
    );
    let run = reproduced(&workspace);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let read = values(&workspace, "two");
    assert!(read.len() == 4 && !read.iter().any(|value| value.starts_with("Chad")), "{read:?}");
}

#[test]
fn totals_among_names_are_asked_about() {
    let text = "Region,Year,Sales\nNorth,2019,100\nSouth,2019,50\nTotal,2019,150\n\
                North,2020,110\nSouth,2020,55\nTotal,2020,165\n";
    let (workspace, manifest, _) = begun("sales.csv", text.as_bytes());
    assert_has(
        &manifest,
        &["# REVIEW: \"Total\" seems to be the total of the others", "`not_entities: [\"Total\"]`"],
    );
    workspace.edit(MANIFEST, "    time: \"Year\"", "    not_entities: [\"Total\"]\n    time: \"Year\"");
    let run = reproduced(&workspace);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert_eq!(values(&workspace, "sales").len(), 4);
}

#[test]
fn columns_without_a_header_are_read_by_their_place_or_named() {
    // Between others, and behind the last that has a header.
    let text = "country,year,,gdp,\nKenya,2019,12.5,100,a\nKenya,2020,13.5,101,b\nJapan,2019,22.5,5000,c\n";
    let (workspace, manifest, _) = begun("gdp.csv", text.as_bytes());
    assert_has(
        &manifest,
        &[
            "{column: \"column C\", variable: column_c}  # REVIEW: it has no header",
            "\"12.5\", \"13.5\", \"22.5\"",
            "{column: \"column E\", variable: column_e, type: text}  # REVIEW: it has no header",
        ],
    );
    let run = reproduced(&workspace);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert_read(&values(&workspace, "gdp"), &["Kenya 2020 column_c 13.5", "Japan 2019 column_e c"]);

    // What stands here and there beside a table is named, and how to read it.
    let text = "country,2019,2020,\nKenya,1,2,revised\nJapan,3,4,\nIndia,5,6,\n";
    let (workspace, manifest, _) = begun("beside.csv", text.as_bytes());
    assert_has(
        &manifest,
        &["# REVIEW: column D has no header and isn't read (\"revised\")", "`column: \"column D\"`"],
    );
    let run = reproduced(&workspace);
    assert_eq!(run.code, 1, "{}", run.stderr);
    assert_has(
        &run.stderr,
        &["beside.csv!D2: \"revised\" stands beyond the header's 3 columns", "\"column D\""],
    );
}

#[test]
fn durations_and_numbers_with_units_are_asked_about() {
    let text = "name,year,run,wait,weight\nAnn,2019,02:31:10,1h 30m,90 kg\nBen,2019,02:41:33,2h 05m,85 kg\n\
                Cat,2019,03:02:09,0h 50m,70 kg\n";
    let (workspace, manifest, _) = begun("runs.csv", text.as_bytes());
    let asked = "# REVIEW: these seem to be durations or times of the day, and are read as texts";
    for column in ["run", "wait"] {
        let line = format!("{{column: \"{column}\", variable: {column}, type: text}}  {asked}");
        assert_has(&manifest, &[&line]);
    }
    assert_has(
        &manifest,
        &["numbers with their unit, read as texts: to read the numbers, write `numbers: {flags: [\"kg\"]}`"],
    );
    // What is offered works.
    workspace.edit(
        MANIFEST,
        "variable: weight, type: text}",
        "variable: weight, numbers: {flags: [\"kg\"]}}",
    );
    let run = reproduced(&workspace);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let shown = workspace.vintner(&["-C", "w", "show", "tidy[runs]"]);
    assert_has(&shown.stdout, &["\t90.0\t"]);
}

/// Lengths of time as a spreadsheet holds them: days, shown as hours.
fn durations_xlsx() -> Vec<u8> {
    let mut workbook = rust_xlsxwriter::Workbook::new();
    let format = rust_xlsxwriter::Format::new().set_num_format("[h]:mm:ss");
    let sheet = workbook.add_worksheet().set_name("runs").unwrap();
    for (column, text) in (0_u16..).zip(["name", "year", "run", "km"]) {
        sheet.write(0, column, text).unwrap();
    }
    for (row, name) in (1_u32..).zip(["Ann", "Ben", "Cat"]) {
        sheet.write(row, 0, name).unwrap().write(row, 1, 2019).unwrap();
        sheet.write_with_format(row, 2, 1.25 + 0.125 * f64::from(row), &format).unwrap();
        sheet.write(row, 3, 42.0 + f64::from(row)).unwrap();
    }
    workbook.save_to_buffer().unwrap()
}

fn ods(rows: &[String]) -> Vec<u8> {
    let rows = rows
        .iter()
        .fold(String::new(), |all, cells| format!("{all}<table:table-row>{cells}</table:table-row>"));
    let content = format!(
        "<office:document-content><office:automatic-styles/><table:table table:name=\"runs\">{rows}</table:table>\
         </office:document-content>"
    );
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in [
        ("mimetype", "application/vnd.oasis.opendocument.spreadsheet"),
        ("META-INF/manifest.xml", "<manifest/>"),
        ("content.xml", content.as_str()),
    ] {
        let stored =
            zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
        writer.start_file(name, stored).unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn texts(texts: &[&str]) -> String {
    let one = |text: &&str| {
        format!("<table:table-cell office:value-type=\"string\"><text:p>{text}</text:p></table:table-cell>")
    };
    texts.iter().map(one).collect::<Vec<_>>().concat()
}

fn number(number: &str) -> String {
    format!("<table:table-cell office:value-type=\"float\" office:value=\"{number}\"/>")
}

fn durations_ods() -> Vec<u8> {
    let row = |name: &str, time: &str, km: &str| {
        let time = format!(
            "<table:table-cell office:value-type=\"time\" office:time-value=\"{time}\"><text:p>shown</text:p></table:table-cell>"
        );
        [texts(&[name]), number("2019"), time, number(km)].concat()
    };
    ods(&[
        texts(&["name", "year", "run", "km"]),
        row("Ann", "PT33H00M00S", "43"),
        row("Ben", "PT36H00M00S", "44"),
        row("Cat", "PT39H00M00S", "45"),
    ])
}

#[test]
fn durations_in_workbooks_are_asked_about_and_read_as_they_are_shown() {
    for (file, bytes) in [("runs.xlsx", durations_xlsx()), ("runs.ods", durations_ods())] {
        let (workspace, manifest, _) = begun(file, &bytes);
        let asked = "{column: \"run\", variable: run, type: text}  # REVIEW: these seem to be durations";
        assert_has(&manifest, &[asked]);
        let run = reproduced(&workspace);
        assert_eq!(run.code, 0, "{file}: {}", run.stderr);
        assert_read(&values(&workspace, "runs"), &["Ann 2019 run 33:00:00", "Cat 2019 km 45"]);
        // As numbers they are refused where they stand.
        workspace.edit(MANIFEST, "variable: run, type: text}", "variable: run}");
        let run = reproduced(&workspace);
        assert_eq!(run.code, 1, "{file}: {}", run.stderr);
        assert_has(&run.stderr, &["!runs!C2: "]);
    }
}

#[test]
fn sheets_that_are_left_out_are_named() {
    let mut workbook = rust_xlsxwriter::Workbook::new();
    for (name, hidden) in [("Data", false), ("Old", true)] {
        let sheet = workbook.add_worksheet().set_name(name).unwrap();
        sheet.write(0, 0, "city").unwrap().write(0, 1, "gdp").unwrap().write(0, 2, "people").unwrap();
        for (row, city) in (1_u32..).zip(["Aba", "Bai", "Can"]) {
            sheet.write(row, 0, city).unwrap().write(row, 1, f64::from(row) * 1.5).unwrap();
            sheet.write(row, 2, f64::from(row) * 10.0).unwrap();
        }
        sheet.set_hidden(hidden);
    }
    let about = workbook.add_worksheet().set_name("About").unwrap();
    about.write(0, 0, "Made by the office").unwrap().write(1, 0, "Rounded").unwrap();
    let version = workbook.add_worksheet().set_name("Version").unwrap();
    version.write(0, 0, "version").unwrap().write(0, 1, "number").unwrap();
    version.write(1, 0, "final").unwrap().write(1, 1, 3).unwrap();
    let (workspace, manifest, begun) = begun("cities.xlsx", &workbook.save_to_buffer().unwrap());
    assert_has(
        &begun.stdout,
        &[
            "left out: cities.xlsx, sheet `About`: no row of headers over rows of values",
            "left out: cities.xlsx, sheet `Old`: it is hidden",
            "left out: cities.xlsx, sheet `Version`: no two rows of values under a header",
        ],
    );
    assert_has(&manifest, &["sheet: \"Data\"", "others: Old, About, Version"]);
    assert_eq!(manifest.matches("- name:").count(), 1, "{manifest}");
    assert_eq!(reproduced(&workspace).code, 0);
}

/// Sales whose totals are formulas that nobody computed, as programs write them.
fn formulas_xlsx() -> Vec<u8> {
    let mut workbook = rust_xlsxwriter::Workbook::new();
    let sheet = workbook.add_worksheet().set_name("sales").unwrap();
    for (column, text) in (0_u16..).zip(["shop", "year", "net", "gross"]) {
        sheet.write(0, column, text).unwrap();
    }
    for (row, shop) in (1_u32..).zip(["a", "b", "c"]) {
        sheet.write(row, 0, shop).unwrap().write(row, 1, 2019).unwrap().write(row, 2, row * 10).unwrap();
        let formula = rust_xlsxwriter::Formula::new(format!("=C{}*1.2", row + 1));
        sheet.write_formula(row, 3, formula).unwrap();
    }
    workbook.save_to_buffer().unwrap()
}

#[test]
fn formulas_with_a_0_in_place_of_a_value_are_refused_until_it_is_said() {
    let (workspace, manifest, begun) = begun("sales.xlsx", &formulas_xlsx());
    assert_has(&begun.stdout, &["1 source can't be read yet"]);
    assert_has(&manifest, &["some cells can't be read yet: the formula =C2*1.2 has a 0"]);
    let run = reproduced(&workspace);
    assert_eq!(run.code, 1, "{}", run.stderr);
    assert_has(
        &run.stderr,
        &["sales.xlsx!sales!D2: the formula =C2*1.2 has a 0 that may stand for its value"],
    );
    let corrections = ["12", "24", "36"].iter().zip(2..).fold(String::new(), |mut all, (new, row)| {
        writeln!(
            all,
            "      - {{cell: D{row}, old: \"=C{row}*1.2\", new: {new}, reason: computed by hand, source: us}}"
        )
        .unwrap();
        all
    });
    workspace.edit(MANIFEST, "    columns:\n", &format!("    corrections:\n{corrections}    columns:\n"));
    let run = reproduced(&workspace);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let shown = workspace.vintner(&["-C", "w", "show", "tidy[sales]"]);
    assert_has(&shown.stdout, &["gross\t36.0"]);
}

#[test]
fn formulas_without_any_value_are_refused() {
    let with = |shop: &str, rest: &str| {
        let formula = format!("<table:table-cell table:formula=\"of:=[.B2]*2\"{rest}/>");
        [texts(&[shop]), number("2019"), formula].concat()
    };
    let value = |number: &str| format!(" office:value-type=\"float\" office:value=\"{number}\"");
    let bytes = ods(&[
        texts(&["shop", "year", "gross"]),
        with("a", &value("1.5")),
        with("b", &value("2.5")),
        with("c", ""),
    ]);
    let (workspace, manifest, _) = begun("runs.ods", &bytes);
    assert_has(&manifest, &["some cells can't be read yet: the formula"]);
    let run = reproduced(&workspace);
    assert_eq!(run.code, 1, "{}", run.stderr);
    assert_has(&run.stderr, &["runs.ods!runs!C4: the formula"]);
}

#[test]
fn guesses_are_counted_alike_by_init_and_by_runs() {
    let (workspace, manifest, begun) = begun("gdp.csv", REGIONS.as_bytes());
    let words = manifest.matches("# REVIEW: ").count() - 1;
    assert_has(
        &begun.stdout,
        &[&format!("1 guess to review, {words} places to fill in (title, notice, citation and the like)")],
    );
    let run = reproduced(&workspace);
    assert_has(&run.stderr, &["1 guess is still marked REVIEW"]);
    workspace.edit(MANIFEST, "sections:  # REVIEW: ", "sections:  # ");
    assert!(!reproduced(&workspace).stderr.contains("REVIEW"));
}

#[test]
fn counts_of_long_columns_say_that_they_are_of_their_beginning() {
    let rows = |count: u32| {
        (0..count).fold(String::from("id,year,name\n"), |mut text, row| {
            writeln!(text, "{row},2019,a{}b", row + 7).unwrap();
            text
        })
    };
    let (_, manifest, _) = begun("long.csv", rows(20_050).as_bytes());
    assert_has(&manifest, &["20000 texts, counted over its first 20000 different texts"]);
    assert!(!begun("short.csv", rows(100).as_bytes()).1.contains("counted over"));
}

#[test]
fn codes_for_missing_values_are_told_from_cold_days() {
    let mut text = String::from("station,day,cold,rain,mostly\n");
    for day in 1..=28_u32 {
        let cold = [-9.0, -8.6, -8.1, -7.9, -7.2, -9.0, -8.3][(day % 7) as usize];
        let rain = if day % 9 == 0 { -9.0 } else { 0.5 * f64::from(day % 8) };
        let mostly = if day % 4 == 0 { f64::from(day % 3) } else { -999.0 };
        writeln!(text, "a,2020-02-{day:02},{cold:.1},{rain:.1},{mostly}").unwrap();
    }
    let (workspace, manifest, _) = begun("weather.csv", text.as_bytes());
    assert_has(&manifest, &["does -9 stand for a missing value?", "does -999 stand for a missing value?"]);
    let cold = manifest.lines().find(|line| line.contains("variable: cold")).unwrap();
    assert!(!cold.contains("REVIEW"), "{cold}");
    let run = reproduced(&workspace);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert_has(&run.stderr, &["`rain` is -9 in 3 cells", "`mostly` is -999 in 21 cells"]);
    assert!(!run.stderr.contains("`cold` is"), "{}", run.stderr);
}

#[test]
fn a_mark_that_may_divide_groups_beside_blanks_is_left_open() {
    let text = "town,year,pop\nA,2001,\"1,100\"\nA,2002,\"12 500\"\nB,2001,\"3,200\"\nB,2002,\"14 100\"\n";
    let (workspace, manifest, _) = begun("pop.csv", text.as_bytes());
    let by_groups = "numbers: {decimal: \".\", grouping: [\" \", \",\"]}";
    let by_fraction = "numbers: {decimal: \",\", grouping: \" \"}";
    assert_has(&manifest, &["# REVIEW: \"1,100\" is 1100 or 1.1, as", by_groups, by_fraction]);
    let run = reproduced(&workspace);
    assert_eq!(run.code, 1, "{}", run.stderr);
    assert_has(&run.stderr, &["\"1,100\" (C2) is 1100 or 1.100"]);

    // What the remark says to write is read so.
    for (rule, read) in [(by_groups, "A\t2001\t-\tpop\t1100.0\t"), (by_fraction, "A\t2001\t-\tpop\t1.1\t")] {
        let declared = manifest.replace("variable: pop}", &format!("variable: pop, {rule}}}"));
        fs::write(workspace.path(MANIFEST), declared).unwrap();
        let run = reproduced(&workspace);
        assert_eq!(run.code, 0, "{}", run.stderr);
        let shown = workspace.vintner(&["-C", "w", "show", "tidy[pop]"]).stdout;
        assert_has(&shown, &[read]);
    }

    // Another text decides, and is the one that is told.
    for (text, other) in [
        ("\"12,5\"", "numbers: {decimal: \",\"}  # guess: \"12,5\" can be read in no other way"),
        (
            "\"1,234,567\"",
            "variable: pop, numbers: {decimal: \".\", grouping: [\" \", \",\"]}}  # REVIEW: are its numbers written so?",
        ),
    ] {
        let text =
            format!("town,year,pop\nA,2001,\"1,100\"\nA,2002,\"12 500\"\nB,2001,{text}\nB,2002,\"14 100\"\n");
        let (workspace, manifest, _) = begun("pop.csv", text.as_bytes());
        assert_has(&manifest, &[other]);
        let run = reproduced(&workspace);
        assert_eq!(run.code, 0, "{}", run.stderr);
    }
}

#[test]
fn a_page_that_calls_itself_one_is_no_question() {
    let page = "<html><body><table><tr><th>town</th><th>year</th><th>pop</th></tr><tr><td>A</td><td>2001</td><td>5</td></tr>\
                <tr><td>A</td><td>2002</td><td>6</td></tr><tr><td>B</td><td>2001</td><td>7</td></tr></table></body></html>";
    for (file, remark) in [
        ("pop.html", None),
        ("pop.xls", Some("its name says otherwise, its bytes are those of html")),
        ("pop.csv", Some("its name says otherwise, its bytes are those of html")),
    ] {
        let (_, manifest, _) = begun(file, page.as_bytes());
        assert_has(&manifest, &["format: html"]);
        assert_eq!(manifest.contains("its bytes are those of"), remark.is_some(), "{file}: {manifest}");
        assert_has(&manifest, remark.as_slice());
    }
}

#[test]
fn names_indented_under_others_are_asked_about_once() {
    let text = "Branch,2001,2002\nIndustry,5,6\n  Mining,1,2\n  Manufacturing,4,4\nServices,4,4\n";
    let (workspace, manifest, _) = begun("output.csv", text.as_bytes());
    let question = "names are indented under others, and read as equal to them (\"  Mining\" under \"Industry\", \
                    \"  Manufacturing\" under \"Industry\")";
    assert_eq!(manifest.matches("indented under").count(), 1, "{manifest}");
    assert_has(&manifest, &[&format!("    # REVIEW: {question}")]);
    // Nothing else is changed by it.
    let run = reproduced(&workspace);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert_eq!(values(&workspace, "output").len(), 8);

    let long = "region,year,branch,value\nNorth,2001,Industry,5\nNorth,2001,  Mining,1\nNorth,2001,  Energy,4\n\
                North,2002,Industry,5\nNorth,2002,  Mining,1\nNorth,2002,  Energy,4\n\
                South,2001,Industry,5\nSouth,2001,  Mining,1\nSouth,2001,  Energy,4\n";
    let (_, manifest, _) = begun("branches.csv", long.as_bytes());
    assert_eq!(manifest.matches("(\"  Mining\" under \"Industry\", ").count(), 1, "{manifest}");

    let (_, manifest, _) = begun("plain.csv", text.replace("  ", "").as_bytes());
    assert!(!manifest.contains("indented"), "{manifest}");
}
