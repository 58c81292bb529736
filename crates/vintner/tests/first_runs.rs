//! Files as economists have them: what `vintner init` proposes reads all rows of them at the first run, or says why not.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fmt::Write;
use std::fs;

use crate::common::Workspace;
use serde_json::Value;

/// A workspace that is begun with a file, in the folder `paper`.
pub(crate) fn begun(file: &str, text: &str) -> Workspace {
    let workspace = Workspace::of_parts(&[]);
    fs::write(workspace.path(file), text).unwrap();
    let output = workspace.vintner(&["init", "paper", "--from", file]);
    assert_eq!(output.code, 0, "{}", output.stderr);
    workspace
}

pub(crate) fn manifest(workspace: &Workspace) -> String {
    workspace.read("paper/data/vintages/first/vintage.yaml")
}

/// The rows of the panel that the first run makes.
pub(crate) fn panel(workspace: &Workspace) -> Vec<Value> {
    let run = workspace.vintner(&["-C", "paper", "reproduce"]);
    assert_eq!(run.code, 0, "{}\n{}", run.stderr, manifest(workspace));
    let arguments = ["-C", "paper", "show", "panel", "--format", "json", "--rows", "1000"];
    let shown: Value = serde_json::from_str(&workspace.vintner(&arguments).stdout).unwrap();
    shown["shown"].as_array().unwrap().clone()
}

/// Entity, time and a variable of the rows that have a value.
pub(crate) fn values(rows: &[Value], variable: &str) -> Vec<(String, String, f64)> {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let own = rows.iter().filter_map(|row| {
        let entity = row.get("entity").map(text).unwrap_or_default();
        Some((entity, row.get("time").map(text).unwrap_or_default(), row[variable].as_f64()?))
    });
    own.collect()
}

pub(crate) fn of(entity: &str, time: &str, value: f64) -> (String, String, f64) {
    (entity.to_owned(), time.to_owned(), value)
}

#[test]
fn keys_are_joined_so_that_all_rows_are_read() {
    let mut text = String::from("exporter,importer,product,year,value\n");
    let mut expected = Vec::new();
    for (at, (one, other)) in
        [("DEU", "FRA"), ("DEU", "USA"), ("FRA", "DEU"), ("USA", "DEU")].into_iter().enumerate()
    {
        for product in ["cars", "food"] {
            for year in 2001..2004 {
                let value = f64::from(year - 2000) + (10 * at) as f64 + product.len() as f64 / 8.0;
                writeln!(text, "{one},{other},{product},{year},{value}").unwrap();
                expected.push(of(&format!("{one}:{other}:{product}"), &year.to_string(), value));
            }
        }
    }
    let workspace = begun("trade.csv", &text);
    let proposed = manifest(&workspace);
    assert!(
        proposed.contains("entity_with: [\"importer\", \"product\"]  # REVIEW: each combination"),
        "{proposed}"
    );
    assert!(proposed.contains("all 24 rows are read") && !proposed.contains("    where:"), "{proposed}");
    let mut found = values(&panel(&workspace), "value");
    found.sort_by(|one, other| one.partial_cmp(other).unwrap());
    expected.sort_by(|one, other| one.partial_cmp(other).unwrap());
    assert_eq!(found, expected);
}

#[test]
fn countries_and_their_industries_are_read_at_the_first_run() {
    let mut text = String::from("industry,country,year,output\n");
    for industry in ["Cars", "Total"] {
        for country in ["Germany", "Italy"] {
            for year in 2000..2004 {
                writeln!(text, "{industry},{country},{year},{}.5", year - 1990 + industry.len() as i32)
                    .unwrap();
            }
        }
    }
    let workspace = begun("klems.csv", &text);
    let proposed = manifest(&workspace);
    for expected in [
        "entity: \"country\"",
        "entity_with: [\"industry\"]",
        "\"Total\" of \"industry\" seems to be the total",
    ] {
        assert!(proposed.contains(expected), "{expected}: {proposed}");
    }
    let rows = panel(&workspace);
    assert_eq!(rows.len(), 16);
    assert!(values(&rows, "output").contains(&of("Germany:Cars", "2000", 14.5)), "{rows:?}");
    // Effects of either are written by the file's names.
    let formula = ["init", "own", "--from", "klems.csv", "--formula", "output ~ 1 | country + industry"];
    assert_eq!(workspace.vintner(&formula).code, 0);
    let run = workspace.vintner(&["-C", "own", "reproduce"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
}

/// Nothing tells the rows apart together: names have what stands between the parts of a name.
#[test]
fn where_says_how_many_rows_are_read() {
    let mut text = String::from("country,sex,year,rate\n");
    for country in ["A", "B"] {
        for sex in ["sex:f", "sex:m", "sex:t"] {
            for year in 2001..2004 {
                writeln!(text, "{country},{sex},{year},{}.5", year - 2000).unwrap();
            }
        }
    }
    let workspace = begun("rates.csv", &text);
    let proposed = manifest(&workspace);
    assert!(proposed.contains("where:  # REVIEW: 6 of 18 rows are read so"), "{proposed}");
    assert_eq!(panel(&workspace).len(), 6);
    // A colon before a space is no such thing.
    let workspace = begun("rates.csv", &text.replace("sex:", "Sex: "));
    let rows = panel(&workspace);
    assert_eq!(rows.len(), 18);
    assert!(values(&rows, "rate").contains(&of("A:Sex: f", "2001", 1.5)), "{rows:?}");
}

#[test]
fn years_of_two_digits_are_read_in_a_century_that_is_asked_about() {
    let mut text = String::from("idcode,year,birth_yr,wage\n");
    for person in 1..5 {
        for year in [68, 69, 71, 88] {
            writeln!(text, "{person},{year},{},{}.25", 40 + person, year + person).unwrap();
        }
    }
    let workspace = begun("nls.csv", &text);
    let asked = "period: {frequency: year, century: 1960}  # REVIEW: years of two digits, taken for those from 1960 to 2059";
    assert!(manifest(&workspace).contains(asked), "{}", manifest(&workspace));
    let rows = panel(&workspace);
    assert!(values(&rows, "wage").contains(&of("1", "1968", 69.25)), "{rows:?}");
    assert_eq!(values(&rows, "wage").len(), 16);
    // Over the turn of the century.
    let mut text = String::from("state,yr,crime\n");
    for state in ["AK", "AL"] {
        for year in ["98", "99", "00", "01"] {
            writeln!(text, "{state},{year},1.{year}").unwrap();
        }
    }
    let workspace = begun("crime.csv", &text);
    assert!(manifest(&workspace).contains("century: 1990}  # REVIEW"), "{}", manifest(&workspace));
    let found = values(&panel(&workspace), "crime");
    assert!(found.contains(&of("AL", "1998", 1.98)) && found.contains(&of("AK", "2001", 1.01)), "{found:?}");
    // Months of such years.
    let workspace = begun("cpi.csv", "month,cpi\nNov-99,1.5\nDec-99,2.5\nJan-00,3.5\nFeb-00,4.5\n");
    assert!(manifest(&workspace).contains("century: 1940}  # REVIEW"), "{}", manifest(&workspace));
    let found = values(&panel(&workspace), "cpi");
    assert!(found.iter().any(|(_, time, value)| time == "2000-01" && *value == 3.5), "{found:?}");
    // What may as well be counted is.
    let workspace = begun("waves.csv", "id,year,y\n7,1,1.5\n7,2,2.5\n7,3,2.5\n9,1,3.5\n9,2,4.5\n9,3,3.5\n");
    assert!(manifest(&workspace).contains("years of two digits are `period:"), "{}", manifest(&workspace));
    assert!(values(&panel(&workspace), "y").contains(&of("9", "2", 4.5)));
}

/// A year on a row of its own over its quarters, with figures of its own and without; marks beside quarters.
#[test]
fn quarters_are_those_of_the_year_above_them() {
    for (year, asked) in [("2019,,", None), ("2019,7.5,8", Some("not_times: [\"2019\", \"2020\"]  # REVIEW"))]
    {
        let text = format!(
            "Period,GDP,CPI\n{year}\nQ1,1.5,100\nQ2,2.5,101\n{}\nQ1,3.5,102\nQ2p,4.5,103\n",
            year.replace("2019", "2020")
        );
        let workspace = begun("gdp.csv", &text);
        let proposed = manifest(&workspace);
        assert!(proposed.contains("fill: {\"Period\": year}  # REVIEW"), "{proposed}");
        assert!(proposed.contains("numbers: {flags: [\"p\"]}  # REVIEW"), "{proposed}");
        assert!(asked.is_none_or(|asked| proposed.contains(asked)), "{proposed}");
        let rows = panel(&workspace);
        let found: Vec<(String, f64)> =
            values(&rows, "gdp").into_iter().map(|(_, time, value)| (time, value)).collect();
        let expected = [("2019Q1", 1.5), ("2019Q2", 2.5), ("2020Q1", 3.5), ("2020Q2", 4.5)];
        assert_eq!(found, expected.map(|(time, value)| (time.to_owned(), value)), "{rows:?}");
    }
}

/// A row that can't be read isn't left out as if it were a footer; footers are.
#[test]
fn a_row_of_data_is_no_footer() {
    let rows = "country,year,gdp\nDEU,2001,1.5\nDEU,2002,1.6\nFRA,2001,2.5\n";
    for (end, cell) in [("FRA,2OO2,2.6\n", "B5"), ("FRA,,2.6\n", "B5")] {
        let workspace = begun("gdp.csv", &format!("{rows}{end}"));
        let run = workspace.vintner(&["-C", "paper", "reproduce"]);
        assert!(run.code == 1 && run.stderr.contains(&format!("gdp.csv!{cell}")), "{}", run.stderr);
    }
    let workspace = begun("gdp.csv", &rows.replace("2001,1.5", "2OO1,1.5"));
    let run = workspace.vintner(&["-C", "paper", "reproduce"]);
    assert!(run.code == 1 && run.stderr.contains("gdp.csv!B2"), "{}", run.stderr);
    for end in ["Total,,4.1\n", "\nSource: x,,\n", "Source: yearbook 2003\n", "\nSource: yearbook, 2003\n"] {
        let workspace = begun("gdp.csv", &format!("{rows}{end}"));
        assert!(manifest(&workspace).contains("last_row: 4"), "{}", manifest(&workspace));
        assert_eq!(panel(&workspace).len(), 4);
    }
}

#[test]
fn what_holds_no_table_is_told_with_its_reason() {
    for (text, reason) in [
        ("", "the file is empty (0 bytes): get it again"),
        ("country,year,gdp\n", "no row of headers over rows of values"),
        ("country,year,gdp\n\"DEU,2001,1.5\n", "A2: a quotation mark is opened here and never closed"),
        ("country,year,gdp\nDEU,2001,1.5\n\"F\"RA,2001,1.5\n", "A3: text after a closing quotation mark"),
    ] {
        let workspace = Workspace::of_parts(&[]);
        fs::write(workspace.path("gdp.csv"), text).unwrap();
        let refused = workspace.vintner(&["init", "paper", "--from", "gdp.csv"]);
        assert_eq!(refused.code, 2, "{}", refused.stderr);
        let told = refused.stderr.contains("gdp.csv: ") && refused.stderr.contains(reason);
        assert!(told, "{}", refused.stderr);
        assert!(!refused.stderr.contains("paper/"), "{}", refused.stderr);
        assert!(!workspace.path("paper").exists());
    }
}

/// Months by their names under their years.
#[test]
fn months_are_those_of_the_year_above_them() {
    let workspace = begun(
        "ipc.csv",
        "Periodo;IPC\n2019;\nEnero;1,5\nFebrero;2,5\nMarzo;3,5\n2020;\nEnero;4,5\nFebrero;5,5\n",
    );
    let found = values(&panel(&workspace), "ipc");
    let times: Vec<&str> = found.iter().map(|(_, time, _)| time.as_str()).collect();
    assert_eq!(times, ["2019-01", "2019-02", "2019-03", "2020-01", "2020-02"]);
    assert_eq!(found[4].2, 5.5);
}

/// What may be read in two ways, or isn't read at all, is said where a person looks.
#[test]
fn doubts_are_told_in_the_manifest() {
    let workspace = begun("days.csv", "date,y\n01/02/2020,1.5\n02/02/2020,2.5\n03/02/2020,3.5\n");
    let asked = "period: {frequency: day, order: day-first}  # REVIEW: days for what comes first, by which these dates leave \
                 the fewest gaps: \"01/02/2020\" is 2020-02-01, or 2020-01-02 by `period: {frequency: day, order: month-first}`?";
    assert!(manifest(&workspace).contains(asked), "{}", manifest(&workspace));
    let workspace = begun("days.csv", "date,y\n13/02/2020,1.5\n02/02/2020,2.5\n03/02/2020,3.5\n");
    assert!(!manifest(&workspace).contains("what comes first"), "{}", manifest(&workspace));
    let workspace = begun("months.csv", "date,y\n2018-03,1.5\n2018-06,2.5\n2018-09,3.5\n2018-12,4.5\n");
    let asked = "# REVIEW: only every third month is there: `period: {frequency: quarter, number: month}`";
    assert!(manifest(&workspace).contains(asked), "{}", manifest(&workspace));
    let workspace = begun("wide.csv", "id,sex,inc1990,inc1991\n1,f,1.5,2.5\n2,m,3.5,4.5\n3,f,5.5,6.5\n");
    assert!(manifest(&workspace).contains("# of no time, and not read: \"sex\""), "{}", manifest(&workspace));
    let workspace = begun("psid.csv", "id,inc68,inc69,inc70\n1,1.5,2.5,3.5\n2,3.5,4.5,5.5\n3,5.5,6.5,7.5\n");
    let asked =
        "period: {frequency: year, century: 1960}` and `columns: [{column: \"inc{time}\", variable: inc}]";
    assert!(manifest(&workspace).contains(asked), "{}", manifest(&workspace));
}

/// The same mark is told once, though it makes its row too wide, too.
#[test]
fn a_quotation_mark_behind_a_space_is_told_once() {
    let text = "country,year,gdp\nA,2001,1.5\nB,2001,2.5\nA,2002,1.5\n";
    let workspace = begun("gdp.csv", text);
    let wrong = text.replace("B,2001", " \"B, C\",2001");
    fs::write(workspace.path("paper/data/vintages/first/raw/gdp.csv"), &wrong).unwrap();
    let sum = |text: &str| vintner_ingest::Checksum::of(text.as_bytes()).to_string();
    workspace.edit("paper/data/vintages/first/vintage.yaml", &sum(text), &sum(&wrong));
    let run = workspace.vintner(&["-C", "paper", "reproduce"]);
    assert_eq!(
        run.stderr.matches("gdp.csv!A3: a quotation mark behind a space").count(),
        1,
        "{}",
        run.stderr
    );
}

/// Variables of a formula may be called as in the file.
#[test]
fn headers_of_a_formula_are_the_panels_names() {
    let mut text = String::from("DATE,UNRATE,GDPC1\n");
    for at in 0..12 {
        writeln!(text, "{}-{:02}-01,{}.5,{}.25", 1990 + at / 4, 1 + 3 * (at % 4), 5 + at % 5, 900 + at)
            .unwrap();
    }
    let workspace = Workspace::of_parts(&[]);
    fs::write(workspace.path("fred.csv"), text).unwrap();
    let output =
        workspace.vintner(&["init", "paper", "--from", "fred.csv", "--formula", "UNRATE ~ log(GDPC1)"]);
    assert_eq!(output.code, 0, "{}", output.stderr);
    assert!(output.stdout.contains("unrate ~ log(gdpc1)"), "{}", output.stdout);
    let run = workspace.vintner(&["-C", "paper", "reproduce"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    workspace.edit("paper/pipeline.yaml", "unrate ~", "UNRATE ~");
    let run = workspace.vintner(&["-C", "paper", "reproduce"]);
    assert!(run.code == 1 && run.stderr.contains("did you mean `unrate`?"), "{}", run.stderr);
}

/// A name that is nowhere is told with the nearest, in the manifest as in the pipeline.
#[test]
fn near_names_are_offered_wherever_one_is_written() {
    let text = "country,industry,year,output\nA,Cars,2001,1.5\nA,Food,2001,2.5\nA,Cars,2002,3.5\nA,Food,2002,4.5\n\
                B,Cars,2001,1.5\nB,Food,2001,2.5\nB,Cars,2002,3.5\nB,Food,2002,4.5\n";
    let own = "entity_with: [\"industry\"]";
    for (file, from, to, near) in [
        ("data/vintages/first/vintage.yaml", own, "fill: {contry: down}", "did you mean \"country\"?"),
        ("data/vintages/first/vintage.yaml", own, "where: {industry: cars}", "did you mean \"Cars\"?"),
        ("data/vintages/first/vintage.yaml", own, "split: {idustry: \",\"}", "did you mean \"industry\"?"),
        ("pipeline.yaml", "foreach: sources", "foreach: soruces", "did you mean `sources`?"),
        (
            "pipeline.yaml",
            "op: assemble, inputs: {tidy: tidy}",
            "op: assemble, inputs: {tidy: tidy}, params: {variables: [OUTPUT]}",
            "did you mean `output`?",
        ),
    ] {
        let workspace = begun("klems.csv", text);
        workspace.edit(&format!("paper/{file}"), from, to);
        let run = workspace.vintner(&["-C", "paper", "reproduce"]);
        assert!(run.code != 0 && run.stderr.contains(near), "{to}: {}", run.stderr);
    }
}

/// A crosswalk has names of one column, and none of those that several columns make together.
#[test]
fn a_crosswalk_without_joined_names_is_refused() {
    let mut text = String::from("exporter,importer,year,trade\n");
    for (one, other) in
        [("Germany", "France"), ("Germany", "Italy"), ("France", "Germany"), ("Italy", "France")]
    {
        writeln!(text, "{one},{other},2001,1.5\n{one},{other},2002,3.5").unwrap();
    }
    for outside in ["drop", "keep"] {
        let workspace = begun("trade.csv", &text);
        fs::create_dir_all(workspace.path("paper/data/crosswalk")).unwrap();
        let crosswalk = workspace.path("paper/data/crosswalk/countries.csv");
        fs::write(&crosswalk, "id,en\ndeu,Germany\nfra,France\n").unwrap();
        let files = "files: {crosswalk: data/crosswalk/countries.csv}";
        workspace.edit("paper/pipeline.yaml", "tidy: {op: ingest,", &format!("tidy: {{op: ingest, {files},"));
        workspace.edit(
            "paper/pipeline.yaml",
            "op: assemble, inputs",
            &format!("op: assemble, {files}, inputs"),
        );
        let own = "entity_with: [\"importer\"]";
        workspace.edit(
            "paper/data/vintages/first/vintage.yaml",
            own,
            &format!("{own}\n    outside: {outside}"),
        );
        let run = workspace.vintner(&["-C", "paper", "reproduce"]);
        let said = "of 4 such names, as \"France:Germany\" is, none is in the crosswalk";
        assert!(run.code == 1 && run.stderr.contains(said), "{outside}: {}", run.stderr);
        // With the pairs in it they are read.
        fs::write(
            &crosswalk,
            "id,en\nde_fr,Germany:France\nde_it,Germany:Italy\nfr_de,France:Germany\nit_fr,Italy:France\n",
        )
        .unwrap();
        let rows = panel(&workspace);
        assert!(values(&rows, "trade").contains(&of("de_fr", "2001", 1.5)), "{rows:?}");
    }
}

#[test]
fn names_of_rows_without_a_header_are_entities_and_numbers_of_rows_are_none() {
    let workspace =
        begun("arrests.csv", "\"\",\"Murder\",\"Assault\"\n\"Alabama\",13.2,236\n\"Alaska\",10,263\n");
    assert_eq!(values(&panel(&workspace), "assault"), [of("Alabama", "", 236.0), of("Alaska", "", 263.0)]);
    for text in
        [",wage,educ\n0,10.5,12\n1,11.25,16\n2,9,10\n", "\"\",\"wage\"\n\"1\",10.5\n\"2\",11.25\n\"3\",9\n"]
    {
        let workspace = begun("wages.csv", text);
        let proposed = manifest(&workspace);
        assert!(
            proposed.contains("# REVIEW: \"column A\" has no header and counts the rows, and is left out"),
            "{proposed}"
        );
        let wages: Vec<f64> = values(&panel(&workspace), "wage").into_iter().map(|(.., wage)| wage).collect();
        assert_eq!(wages, [10.5, 11.25, 9.0]);
    }
}

#[test]
fn days_before_months_by_name_and_years_of_two_digits_are_days() {
    let workspace =
        begun("boe.csv", "DATE,IUDBEDR\n02 Jan 20,0.75\n03 Jan 20,0.25\n06 Jan 20,0.5\n28 Feb 20,0.1\n");
    let proposed = manifest(&workspace);
    let line = "period: {frequency: day, century: 1940, order: day-first}  # REVIEW: years of two digits";
    assert!(proposed.contains(line), "{proposed}");
    let found = values(&panel(&workspace), "iudbedr");
    let expected = [("2020-01-02", 0.75), ("2020-01-03", 0.25), ("2020-01-06", 0.5), ("2020-02-28", 0.1)];
    assert_eq!(found, expected.map(|(day, value)| of("", day, value)));
    // What is declared without an order says what each makes of it, in one line.
    let path = workspace.path("paper/data/vintages/first/vintage.yaml");
    fs::write(&path, proposed.replace(", order: day-first", "")).unwrap();
    let run = workspace.vintner(&["-C", "paper", "reproduce"]);
    assert!(run.code == 1 && run.stderr.contains("3 more like it, such as"), "{}", run.stderr);
    assert!(run.stderr.contains("order: day-first}` makes it 2020-01-02"), "{}", run.stderr);
}

#[test]
fn digits_that_a_number_has_no_room_for_are_told() {
    let workspace = begun("ids.csv", "c,year,x\nA,2000,1.5\nA,2001,9007199254740993\nB,2000,3\nB,2001,4\n");
    let run = workspace.vintner(&["-C", "paper", "reproduce"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(run.stderr.contains("a whole number loses the last digits"), "{}", run.stderr);
    assert!(run.stderr.contains("\"9007199254740993\" (C3)"), "{}", run.stderr);
    let beyond = "c,year,x\nA,2000,12345678901234567890\nA,2001,9007199254740993\nB,2000,3\nB,2001,4\n";
    let proposed = manifest(&begun("beyond.csv", beyond));
    assert!(proposed.contains("type: text}  # REVIEW: whole numbers that 64 bits don't hold"), "{proposed}");
}

#[test]
fn texts_that_are_no_values_are_asked_about() {
    let infinite = begun("ratio.csv", "firm,year,profit\nA,2000,Inf\nA,2001,1.7\nB,2000,-inf\nB,2001,NaN\n");
    let proposed = manifest(&infinite);
    assert!(
        !proposed.contains("type: text") && proposed.contains("no numbers: \"-inf\", \"Inf\""),
        "{proposed}"
    );
    let codes = begun(
        "codes.csv",
        "c,year,x\nA,2000,\"=\"\"00123\"\"\"\nA,2001,\"=\"\"00124\"\"\"\nB,2000,\"=\"\"5\"\"\"\n",
    );
    let proposed = manifest(&codes);
    assert!(
        proposed.contains("type: text}  # REVIEW: \"=\\\"00123\\\"\" is read as it stands"),
        "{proposed}"
    );
}

#[test]
fn columns_that_blanks_divide_are_refused_by_that_name() {
    for text in [
        "\"mpg\" \"cyl\"\n\"Mazda RX4\" 21 6\n\"Datsun 710\" 22.8 4\n",
        "firm  year     x\nA     2000   1.0\nA     2001   4.5\n",
    ] {
        let workspace = Workspace::of_parts(&[]);
        fs::write(workspace.path("cars.txt"), text).unwrap();
        let output = workspace.vintner(&["init", "paper", "--from", "cars.txt"]);
        assert!(
            output.code == 2 && output.stderr.contains("its columns are divided by blanks"),
            "{}",
            output.stderr
        );
    }
}
