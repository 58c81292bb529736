//! Long, wide and entities-across tables, cross-sections, categories, filters, national series.
#![allow(clippy::unwrap_used)]

use crate::support::{WINDOW, cities, csv_source, fault_text, lines, manifest_text, read, source};
use vintner_ingest::{Checksum, Manifest, read_source_bytes};

#[test]
fn wide_with_years_as_columns() {
    let text = "city,2007,2008年,code,2009\n甲市,1,2,99,3\n外市,4,5,99,6\n乙,,8,99,…\n";
    let fields = "name: s\nfile: t.csv\nformat: csv\nlayout: wide\nentity: city\nmissing: [\"…\"]\ncolumns:\n  - {variable: v, scale: 10}";
    let source = source(fields, text.as_bytes());
    let tidied = read_source_bytes(&source, text.as_bytes(), Some(&cities()), Some(WINDOW)).unwrap();
    assert_eq!(
        lines(&tidied),
        [
            "jia 2008 v = 20 at C2",
            "jia 2009 v = 30 at E2",
            "yi 2008 v = 80 at C4",
            "yi 2009 v = missing at E4"
        ]
    );
    assert_eq!((tidied.rows_read, tidied.rows_used), (3, 2));
    assert_eq!(
        tidied
            .values()
            .unwrap()
            .iter()
            .filter(|value| value.value.is_none())
            .map(|value| value.raw.clone())
            .collect::<Vec<_>>(),
        ["…"]
    );
}

#[test]
fn wide_with_a_column_that_names_the_variable() {
    let text = "city,item,2008,2009\n甲,GDP,1,2\n甲,人口,3,4\n甲,other,x,y\n乙,GDP,5,6\n乙,人口,7,8\n";
    let fields = "name: s\nfile: t.csv\nformat: csv\nlayout: wide\nentity: city\nvariable_column: item\ncolumns:\n  - {column: GDP, variable: gdp}\n  - {column: 人口, variable: population, scale: 100}";
    let source = source(fields, text.as_bytes());
    let tidied = read(&source, text.as_bytes()).unwrap();
    assert_eq!(
        lines(&tidied),
        [
            "jia 2008 gdp = 1 at C2",
            "jia 2009 gdp = 2 at D2",
            "jia 2008 population = 300 at C3",
            "jia 2009 population = 400 at D3",
            "yi 2008 gdp = 5 at C5",
            "yi 2009 gdp = 6 at D5",
            "yi 2008 population = 700 at C6",
            "yi 2009 population = 800 at D6",
        ]
    );
}

#[test]
fn a_header_that_is_nearly_a_year_is_named() {
    let text = "city,2008,2008-2009,2009.5\n甲,1,2,3\n乙,1,2,3\n丙,1,2,3\n";
    let fields = "name: s\nfile: t.csv\nformat: csv\nlayout: wide\nentity: city\ncolumns:\n  - {variable: v}";
    let tidied = read(&source(fields, text.as_bytes()), text.as_bytes()).unwrap();
    assert_eq!(lines(&tidied), ["jia 2008 v = 1 at B2", "yi 2008 v = 1 at B3", "bing 2008 v = 1 at B4"]);
    insta::assert_snapshot!("nearly_years", tidied.warnings.join("\n"));
}

#[test]
fn years_as_rows_and_entities_as_columns() {
    let text = "year,甲市,total,乙\n2008,1,9,2\n2009,3,9,\n";
    let fields =
        "name: s\nfile: t.csv\nformat: csv\nlayout: entities_across\ntime: year\ncolumns:\n  - {variable: v}";
    let source = source(fields, text.as_bytes());
    let tidied = read(&source, text.as_bytes()).unwrap();
    assert_eq!(
        lines(&tidied),
        ["jia 2008 v = 1 at B2", "yi 2008 v = 2 at D2", "jia 2009 v = 3 at B3", "yi 2009 v = missing at D3"]
    );
}

#[test]
fn a_cross_section_has_a_constant_year_and_may_have_categories() {
    let text = "city,industry,v,unit\n甲,纺织,1,x\n甲,汽车,2,x\n乙,纺织,3,x\n乙,汽车,4,y\n";
    let fields = "name: s\nfile: t.csv\nformat: csv\nentity: city\ncategory: industry\nyear: 2008\nwhere: {unit: x}\ncolumns:\n  - {column: v, variable: employment}";
    let source = source(fields, text.as_bytes());
    let tidied = read(&source, text.as_bytes()).unwrap();
    assert_eq!(
        lines(&tidied),
        [
            "jia 2008 [纺织] employment = 1 at C2",
            "jia 2008 [汽车] employment = 2 at C3",
            "yi 2008 [纺织] employment = 3 at C4",
        ]
    );
}

#[test]
fn a_national_series_has_no_entity() {
    let text = "# source\nyear,rate\n2007,7.6\n2008.0,6.9\n";
    let fields = "name: s\nfile: t.csv\nformat: csv\ncomment: \"#\"\ntime: year\ncovers: [2007, 2008]\ncolumns:\n  - {column: rate, variable: fx}";
    let source = source(fields, text.as_bytes());
    let tidied = read_source_bytes(&source, text.as_bytes(), Some(&cities()), Some(WINDOW)).unwrap();
    assert_eq!(lines(&tidied), ["- 2008 fx = 6.9 at B4"]);
    assert_eq!(tidied.warnings, [""; 0]);
}

#[test]
fn kept_entities_go_under_their_stripped_name() {
    let text = "city,year,v\n甲市,2008,1\n丁市,2008,2\n河东戊,2008,3\n市,2008,4\n";
    let tidied = read(&csv_source("outside: keep", text.as_bytes()), text.as_bytes()).unwrap();
    assert_eq!(
        lines(&tidied),
        ["jia 2008 v = 1 at C2", "丁 2008 v = 2 at C3", "戊 2008 v = 3 at C4", "市 2008 v = 4 at C5"]
    );
}

#[test]
fn the_first_of_duplicates_may_be_kept() {
    let text = "city,year,v\n甲市,2008,1\n甲,2008,n/a\n甲,2009,2\n";
    let tidied = read(&csv_source("duplicates: first", text.as_bytes()), text.as_bytes()).unwrap();
    assert_eq!(lines(&tidied), ["jia 2008 v = 1 at C2", "jia 2009 v = 2 at C4"]);
    assert!(tidied.warnings.iter().any(|warning| warning.starts_with("1 values have a key")));
}

#[test]
fn what_is_not_used_is_not_checked() {
    // Junk in a dropped entity's row, and in a year outside the window, stops nobody.
    let text = "city,year,v\n丁,20008,junk\n甲,1999,junk\n甲,2008,1\n";
    let source = csv_source("covers: [1996, 2008]", text.as_bytes());
    let tidied = read_source_bytes(&source, text.as_bytes(), Some(&cities()), Some(WINDOW)).unwrap();
    assert_eq!(lines(&tidied), ["jia 2008 v = 1 at C4"]);
    // Years outside the window that the manifest promises are worth a word.
    assert!(tidied.warnings.iter().any(|warning| warning.contains("no row is of 1996, 1997, 1998, 2000")));
}

/// What to write for a blank key is said of the column that is blank.
#[test]
fn a_blank_key_is_cured_in_its_own_column() {
    for (text, column) in
        [("city,year,v\np,2000,1\n,2001,2\n", "city"), ("city,year,v\np,2000,1\nq,,2\n", "year")]
    {
        let told = fault_text(&csv_source("", text.as_bytes()), text.as_bytes());
        assert!(told.contains(&format!("`fill: {{{column}: down}}`")), "{told}");
    }
}

/// A name alone in its row is a note under the table, and elsewhere a name of which there is no value.
#[test]
fn a_name_without_a_value_is_no_note_where_rows_follow() {
    let text = "city,2000,2001\np,1,2\nq,,\nr,3,4\nSource: the office,,\n";
    let fields = "name: s\nfile: t.csv\nformat: csv\nlayout: wide\nentity: city\ncolumns:\n  - {variable: v}";
    let tidied = read_source_bytes(&source(fields, text.as_bytes()), text.as_bytes(), None, None).unwrap();
    assert_eq!(lines(&tidied).len(), 4);
    let told = tidied.warnings.join("\n");
    assert!(told.contains("1 row has a name and no value, the first of them row 3: \"q\""), "{told}");
    assert!(
        told.contains("skipped 1 row with text but without a key, the first of them row 5: \"Source"),
        "{told}"
    );
}

#[test]
fn notes_under_the_table_are_skipped_and_near_misses_named() {
    let text = "city,year,v\n甲,2008,1\n丙城新区,2008,2\n,,\n,,see notes\n";
    let tidied = read(&csv_source("", text.as_bytes()), text.as_bytes()).unwrap();
    insta::assert_snapshot!("warnings", tidied.warnings.join("\n"));
    let cut = csv_source("last_row: 3", text.as_bytes());
    assert_eq!(read(&cut, text.as_bytes()).unwrap().warnings.len(), 2);
}

#[test]
fn missing_codes_of_source_and_column() {
    let text = "city,year,v,w\n甲,2008,--,-99.0\n甲,2009,…,…\n乙,2008,#N/A,１\n";
    let fields = "name: s\nfile: t.csv\nformat: csv\nentity: city\ntime: year\nmissing: [\"--\", \"…\", \"#N/A\"]\ncolumns:\n  - {column: v, variable: v}\n  - {column: w, variable: w, range: [0, 10], missing: [\"-99\"]}";
    let source = source(fields, text.as_bytes());
    let tidied = read(&source, text.as_bytes()).unwrap();
    assert_eq!(tidied.counts().unwrap().1, 5);
    assert_eq!(lines(&tidied).last().map(String::as_str), Some("yi 2008 w = 1 at D4"));
}

#[test]
fn a_source_survives_json() {
    let text = "city,year,v\n甲,2008,1\n";
    let source = csv_source("covers: [1996, 2019]\nwhere: {city: 甲}", text.as_bytes());
    let json = serde_json::to_string(&source).unwrap();
    assert_eq!(serde_json::from_str::<vintner_ingest::Source>(&json).unwrap(), source);
    insta::assert_snapshot!("canonical_json", json);
}

#[test]
fn variables_and_times_in_one_header() {
    let text = "city,gdp_2007,gdp_2008,pop_2008,gdp_note,gdp_pc_2008\n甲,1,2,3,x,4\n乙,5,6,7,y,8\n";
    let fields = "name: s\nfile: t.csv\nformat: csv\nlayout: wide\nentity: city\ncolumns:\n  - {column: \"gdp_{time}\", variable: gdp}\n  - {column: \"pop_{time}\", variable: pop}\n  - {column: \"gdp_pc_{time}\", variable: rich}";
    let tidied = read(&source(fields, text.as_bytes()), text.as_bytes()).unwrap();
    let mut found = lines(&tidied);
    found.sort();
    assert_eq!(
        found,
        [
            "jia 2007 gdp = 1 at B2",
            "jia 2008 gdp = 2 at C2",
            "jia 2008 pop = 3 at D2",
            "jia 2008 rich = 4 at F2",
            "yi 2007 gdp = 5 at B3",
            "yi 2008 gdp = 6 at C3",
            "yi 2008 pop = 7 at D3",
            "yi 2008 rich = 8 at F3",
        ]
    );
    // A variable that no header has is a fault, and so is a second column of one time.
    let absent = fields.replace("pop_{time}", "popul_{time}");
    assert!(
        fault_text(&source(&absent, text.as_bytes()), text.as_bytes()).contains("no year's header names")
    );
    let twice = text.replace("gdp_2007", "gdp_2008年");
    assert!(fault_text(&source(fields, twice.as_bytes()), twice.as_bytes()).contains("a second column for"));
}

/// A workbook with a sheet a year.
fn sheets() -> Vec<u8> {
    let mut workbook = rust_xlsxwriter::Workbook::new();
    for (name, rows) in [
        ("2008", [("甲", 1.0), ("乙", 2.0)]),
        ("2009", [("甲", 3.0), ("乙", 4.0)]),
        ("notes", [("甲", 9.0), ("乙", 9.0)]),
    ] {
        let sheet = workbook.add_worksheet().set_name(name).unwrap();
        sheet.write_string(0, 0, "city").unwrap();
        sheet.write_string(0, 1, "v").unwrap();
        for (row, (city, value)) in (1_u32..).zip(rows) {
            sheet.write_string(row, 0, city).unwrap();
            sheet.write_number(row, 1, value).unwrap();
        }
    }
    workbook.save_to_buffer().unwrap()
}

#[test]
fn sheets_are_a_key() {
    let bytes = sheets();
    let fields = "name: s\nfile: t.xlsx\nformat: xlsx\nsheets: [\"2008\", \"2009\"]\nentity: city\ntime: sheet\ncolumns:\n  - {column: v, variable: v}\ncorrections:\n  - {in: \"2009\", cell: B3, old: 4, new: 5, reason: misprint, source: errata}";
    let parts = source(fields, &bytes).parts();
    let names: Vec<&str> = parts.iter().map(|part| part.name.as_str()).collect();
    assert_eq!(names, ["s:2008", "s:2009"]);
    let all: Vec<String> = parts.iter().flat_map(|part| lines(&read(part, &bytes).unwrap())).collect();
    assert_eq!(
        all,
        ["jia 2008 v = 1 at B2", "yi 2008 v = 2 at B3", "jia 2009 v = 3 at B2", "yi 2009 v = 5 at B3"]
    );
    for (from, to, said) in [
        ("\"2009\"]", "notes]", "text where a year is due"),
        ("sheets: [", "sheet: a\nsheets: [", "several of one file"),
        ("in: \"2009\", ", "", "say which one is meant"),
        ("in: \"2009\"", "in: \"2010\"", "no file or sheet \"2010\""),
        ("format: xlsx", "format: csv", "`sheets` belongs to workbooks"),
    ] {
        let text: String = fields.replace(from, to).lines().map(|line| format!("    {line}\n")).collect();
        let text = manifest_text(&format!("  - sha256: {}\n{text}", Checksum::of(&bytes)));
        let faults = Manifest::parse("vintage.yaml", &text).unwrap_err().to_string();
        assert!(faults.contains(said), "{faults}");
    }
}

/// What `covers` promises all sheets have together: each year is a sheet, and none has all years.
#[test]
fn sheets_of_times_cover_years_together() {
    let bytes = sheets();
    let fields = |more: &str| {
        format!(
            "name: s\nfile: t.xlsx\nformat: xlsx\nsheets: [\"2008\", \"2009\"]\nentity: city\ntime: sheet\n{more}\ncolumns:\n  - \
             {{column: v, variable: v}}"
        )
    };
    for more in ["covers: [2008, 2009]", "covers: [2008, 2010]\ngap_years: [2010]"] {
        for part in source(&fields(more), &bytes).parts() {
            assert_eq!(lines(&read(&part, &bytes).unwrap()).len(), 2, "{more}");
        }
    }
    let text: String = fields("covers: [2007, 2009]").lines().map(|line| format!("    {line}\n")).collect();
    let text = manifest_text(&format!("  - sha256: {}\n{text}", Checksum::of(&bytes)));
    let faults = Manifest::parse("vintage.yaml", &text).unwrap_err().to_string();
    assert!(faults.contains("`covers` promises 2007 to 2009, and no file or sheet is of 2007"), "{faults}");
    // A year that isn't covered is one out of it still.
    let outside = &source(&fields("covers: [2008, 2008]"), &bytes).parts()[1];
    assert!(fault_text(outside, &bytes).contains("out of the years that the source covers"));
}

#[test]
fn corrections_name_their_file_among_many() {
    let text = "city,v\n甲,1\n乙,2\n";
    let fields = format!(
        "  - name: s\n    file: \"v-{{year}}.csv\"\n    files: {{v-2008.csv: {sum}, v-2009.csv: {sum}}}\n    format: csv\n    entity: city\n    time: year\n    columns: [{{column: v, variable: v}}]\n    corrections:\n      - {{in: v-2009.csv, cell: B2, old: 1, new: 7, reason: misprint, source: errata}}\n",
        sum = Checksum::of(text.as_bytes())
    );
    let manifest = Manifest::parse("vintage.yaml", &manifest_text(&fields)).unwrap();
    let parts = manifest.parts();
    let all: Vec<String> =
        parts.iter().flat_map(|part| lines(&read(part, text.as_bytes()).unwrap())).collect();
    assert_eq!(
        all,
        ["jia 2008 v = 1 at B2", "yi 2008 v = 2 at B3", "jia 2009 v = 7 at B2", "yi 2009 v = 2 at B3"]
    );
}

/// The Bureau of Labor Statistics lays series out so: years down, months across, and the year's mean after them.
#[test]
fn months_across_under_years_down() {
    let text = "Year,Jan,Feb,Mar,Annual\n2019,1.5,2.5,3.5,2.5\n2020,4.5,,6.5,5.5\n";
    let fields = "name: s\nfile: t.csv\nformat: csv\nlayout: wide\ntime: Year\nperiod: {frequency: month}\ncovers: [2019, 2020]\ncolumns:\n  - {variable: v}";
    let tidied = read_source_bytes(&source(fields, text.as_bytes()), text.as_bytes(), None, None).unwrap();
    let told: Vec<String> = tidied
        .values()
        .unwrap()
        .iter()
        .map(|value| {
            let number = value.value.map_or_else(|| "missing".into(), |number| number.to_string());
            format!("{} {number} at {}", value.period.clone().unwrap_or_default(), value.address.cell())
        })
        .collect();
    assert_eq!(
        told,
        [
            "2019-01 1.5 at B2",
            "2019-02 2.5 at C2",
            "2019-03 3.5 at D2",
            "2020-01 4.5 at B3",
            "2020-02 missing at C3",
            "2020-03 6.5 at D3"
        ]
    );
    // Quarters of cities, of two variables.
    let text = "city,item,year,Q1,2nd quarter,III,第四季度\n甲,GDP,2008,1,2,3,4\n甲,人口,2008,5,6,7,8\n";
    let fields = "name: s\nfile: t.csv\nformat: csv\nlayout: wide\nentity: city\nvariable_column: item\ntime: year\nperiod: {frequency: quarter}\ncolumns:\n  - {column: GDP, variable: gdp}\n  - {column: 人口, variable: population}";
    let tidied = read(&source(fields, text.as_bytes()), text.as_bytes()).unwrap();
    let numbers: Vec<Option<f64>> = tidied.values().unwrap().iter().map(|value| value.value).collect();
    assert_eq!(numbers, (1..=8).map(|number| Some(f64::from(number))).collect::<Vec<_>>());
    assert_eq!(tidied.values().unwrap()[7].period.as_deref(), Some("2008Q4"));
    assert_eq!(tidied.values().unwrap()[7].address.cell(), "G3");
}

#[test]
fn parts_of_a_year_are_asked_for_and_promised_years_are_there() {
    let text = "city,year,Jan,Jan.,Feb\n甲,2008,1,2,3\n";
    let fields = |more: &str| {
        format!(
            "name: s\nfile: t.csv\nformat: csv\nlayout: wide\nentity: city\ntime: year\n{more}\ncolumns:\n  - {{variable: v}}"
        )
    };
    let month = "period: {frequency: month}";
    assert!(
        fault_text(&source(&fields(month), text.as_bytes()), text.as_bytes())
            .contains("a second column for Jan.")
    );
    let quarter = "period: {frequency: quarter}";
    let said = fault_text(&source(&fields(quarter), text.as_bytes()), text.as_bytes());
    assert!(said.contains("\"Jan\" is no quarter of a year"), "{said}");
    let text = "city,year,Jan,Feb\n甲,2008,1,2\n甲,2010,1,2\n";
    let covered = format!("{month}\ncovers: [2008, 2010]");
    let said = fault_text(&source(&fields(&covered), text.as_bytes()), text.as_bytes());
    assert!(said.contains("no column is of 2009") || said.contains("no row is of 2009"), "{said}");
    for wrong in ["", "period: {frequency: year}", "period: {frequency: day}"] {
        let lines: String = fields(wrong)
            .lines()
            .filter(|line| !line.is_empty())
            .map(|line| format!("    {line}\n"))
            .collect();
        let text = manifest_text(&format!("  - sha256: {}\n{lines}", Checksum::of(text.as_bytes())));
        let faults = Manifest::parse("vintage.yaml", &text).unwrap_err().to_string();
        assert!(faults.contains("`period: {frequency: month}`, or quarter, half-year"), "{faults}");
    }
}

#[test]
fn years_of_an_era_are_declared_or_asked_for() {
    let text = "city,108年,109年\n甲,1,2\n";
    let fields = |more: &str| {
        format!(
            "name: s\nfile: t.csv\nformat: csv\nlayout: wide\nentity: city\n{more}columns:\n  - {{variable: v}}"
        )
    };
    let said = fault_text(&source(&fields(""), text.as_bytes()), text.as_bytes());
    assert!(said.contains("\"108年\" is none") && said.contains("2019 (`era: minguo`)"), "{said}");
    let declared = source(&fields("era: minguo\n"), text.as_bytes());
    assert_eq!(
        lines(&read(&declared, text.as_bytes()).unwrap()),
        ["jia 2019 v = 1 at B2", "jia 2020 v = 2 at C2"]
    );
    // In a column: numbers without 年, and months.
    let text = "city,year,v\n甲,30,1\n";
    let said = fault_text(&csv_source("", text.as_bytes()), text.as_bytes());
    assert!(said.contains("30 can't be a year") && said.contains("2018 (`era: heisei`)"), "{said}");
    let heisei = csv_source("era: heisei", text.as_bytes());
    assert_eq!(lines(&read(&heisei, text.as_bytes()).unwrap()), ["jia 2018 v = 1 at C2"]);
    let text = "city,year,v\n甲,108年2月,1\n甲,民國108年3月,2\n";
    let monthly = csv_source("era: minguo\nperiod: {frequency: month}", text.as_bytes());
    let periods: Vec<Option<String>> = read(&monthly, text.as_bytes())
        .unwrap()
        .values()
        .unwrap()
        .into_iter()
        .map(|value| value.period)
        .collect();
    assert_eq!(periods, [Some("2019-02".into()), Some("2019-03".into())]);
    let undeclared = csv_source("period: {frequency: month}", text.as_bytes());
    assert!(fault_text(&undeclared, text.as_bytes()).contains("2019 (`era: minguo`)"));
    // Those that name their era need nothing.
    let text = "city,year,v\n甲,พ.ศ. 2562,1\n甲,平成30年,2\n";
    assert_eq!(
        lines(&read(&csv_source("", text.as_bytes()), text.as_bytes()).unwrap()),
        ["jia 2019 v = 1 at C2", "jia 2018 v = 2 at C3"]
    );
}
