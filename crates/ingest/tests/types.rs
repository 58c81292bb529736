//! What values and keys may be: numbers, whole numbers, text, periods; and tables of any length.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use polars::prelude::*;
use vintner_ingest::read_source_bytes;

use crate::support::{csv_source, fault_text, lines, read, source};

#[test]
fn ids_and_whole_numbers_keep_every_digit_and_text_stays_text() {
    let text = "id,year,sector,code,v\n9007199254740993001,2008,food,9007199254740993,1.50\n\
                9007199254740993002,2008,-,7,1e3\n9007199254740993002,2009,Food  stuff,,2\n";
    let fields = "name: s\nfile: t.csv\nformat: csv\nentity: id\ntime: year\nmissing: [\"-\"]\ncolumns:\n  \
                  - {column: sector, variable: sector, type: text}\n  - {column: code, variable: code, type: integer}\n  \
                  - {column: v, variable: v}";
    let tidied = read_source_bytes(&source(fields, text.as_bytes()), text.as_bytes(), None, None).unwrap();
    let frame = tidied.table.frame();
    let texts = |name: &str| -> Vec<Option<String>> {
        frame.column(name).unwrap().str().unwrap().iter().map(|text| text.map(str::to_owned)).collect()
    };
    let some = |text: &str| Some(text.to_owned());
    let ids = ["9007199254740993001", "9007199254740993002", "9007199254740993002"].map(some);
    assert_eq!(texts("entity"), ids);
    assert_eq!(texts("sector"), [some("food"), None, some("Food stuff")]);
    let codes: Vec<Option<i64>> = frame.column("code").unwrap().i64().unwrap().iter().collect();
    assert_eq!(codes, [Some(9_007_199_254_740_993), Some(7), None]);
    // Only what a value doesn't write is kept as it stood.
    assert_eq!(texts("sector@text"), [None, some("-"), some("Food  stuff")]);
    assert_eq!(texts("v@text"), [some("1.50"), some("1e3"), None]);
    assert!(frame.column("code@text").is_err());
    let values = tidied.values().unwrap();
    let raw: Vec<(&str, String)> =
        values.iter().map(|value| (value.raw.as_str(), value.address.cell())).collect();
    let expected = [
        ("food", "C2"),
        ("9007199254740993", "D2"),
        ("1.50", "E2"),
        ("-", "C3"),
        ("7", "D3"),
        ("1e3", "E3"),
        ("Food  stuff", "C4"),
        ("", "D4"),
        ("2", "E4"),
    ];
    assert_eq!(raw, expected.map(|(raw, cell)| (raw, cell.to_owned())));
}

#[test]
fn what_is_no_whole_number_is_a_fault_with_its_place() {
    let text = "city,year,v\n甲,2008,1.5\n甲,2009,9223372036854775808\n甲,2010,12\n";
    let fields = "name: s\nfile: t.csv\nformat: csv\nentity: city\ntime: year\ncolumns:\n  \
                  - {column: v, variable: v, type: integer}";
    let said = fault_text(&source(fields, text.as_bytes()), text.as_bytes());
    assert!(said.contains("t.csv!C2: \"1.5\" is no whole number of up to 64 bits"), "{said}");
    assert!(said.contains("t.csv!C3: \"9223372036854775808\" is no whole number"), "{said}");
    assert!(!said.contains("C4"), "{said}");
}

#[test]
fn a_scaled_number_is_written_as_it_stood() {
    let text = "city,year,v\n甲,2008,5\n甲,2009,0.1\n甲,2010,1.10\n";
    let fields = "name: s\nfile: t.csv\nformat: csv\nentity: city\ntime: year\ncolumns:\n  \
                  - {column: v, variable: v, scale: 0.01}";
    let tidied = read(&source(fields, text.as_bytes()), text.as_bytes()).unwrap();
    let raw: Vec<String> = tidied.values().unwrap().into_iter().map(|value| value.raw).collect();
    assert_eq!(raw, ["5", "0.1", "1.10"]);
    assert_eq!(tidied.table.frame().column("v").unwrap().f64().unwrap().get(0), Some(0.05));
}

/// A table of several blocks that are read apart.
fn long_table(rows: usize, quoted: bool) -> String {
    let mut text = String::from("city,year,v,note\n");
    for row in 0..rows {
        let city = ["甲", "乙", "丙城"][row % 3];
        let note = if quoted { format!("\"n, \"\"{row}\"\"\n\"") } else { "x".repeat(40) };
        text.push_str(&format!("{city},{},{}.25,{note}\n", 1000 + row / 3 % 1000, row));
    }
    text
}

#[test]
fn a_long_table_is_read_in_parts_as_it_is_whole() {
    for (quoted, lines_each) in [(false, 1), (true, 2)] {
        let rows = 3_000;
        // Of the same width, so that the table is of several blocks.
        let text = long_table(rows, quoted).replace(".25,", &format!(".25{},", "0".repeat(1_500)));
        assert!(text.len() > 4 << 20);
        let tidied = read(&csv_source("", text.as_bytes()), text.as_bytes()).unwrap();
        assert_eq!((tidied.rows_read, tidied.rows_used, tidied.counts().unwrap()), (rows, rows, (rows, 0)));
        let values = tidied.values().unwrap();
        for (row, value) in values.iter().enumerate() {
            assert_eq!(value.value, Some(row as f64 + 0.25));
            assert_eq!(value.address.row as usize, 2 + row * lines_each);
            assert_eq!(value.entity.as_deref(), Some(["jia", "yi", "bing"][row % 3]));
        }
        // What comes again in another block is known all the same, and faults come in the order of the file.
        let again = format!("{text}甲,1000,oops,\n乙,1999,oops,\n乙,2100,oops,\n");
        let said = fault_text(&csv_source("", again.as_bytes()), again.as_bytes());
        let last = 2 + rows * lines_each;
        assert!(said.contains("3 faults"), "{said}");
        let first = format!("t.csv!C{last}: a second value of `v` of jia for 1000; the first is in C2");
        let third = format!("t.csv!C{}: text in a number: \"oops\"", last + 2);
        assert!(said.find(&first).unwrap() < said.find(&third).unwrap(), "{said}");
    }
}

#[test]
fn a_quote_that_is_never_closed_is_told_wherever_it_opens() {
    let text = format!("{}甲,2100,\"1,x\n", long_table(60_000, false));
    assert!(text.len() > 2 << 20);
    let said = fault_text(&csv_source("duplicates: first", text.as_bytes()), text.as_bytes());
    assert!(said.contains("t.csv!C60002: a quotation mark is opened here and never closed"), "{said}");
}

#[test]
fn quarters_are_read_from_the_forms_that_people_write() {
    let text = "city,when,v\n甲,1990年第1季度,1\n甲,Q2 1990,2\n甲,1990-Q3,3\n";
    let fields = "name: s\nfile: t.csv\nformat: csv\nentity: city\ntime: when\nperiod: {frequency: quarter}\n\
                  columns:\n  - {column: v, variable: v}";
    let declared = source(fields, text.as_bytes());
    let tidied = read(&declared, text.as_bytes()).unwrap();
    let times = tidied.table.frame().column("time").unwrap();
    let times: Vec<&str> = times.str().unwrap().iter().flatten().collect();
    assert_eq!(times, ["1990Q1", "1990Q2", "1990Q3"]);
    assert!(tidied.table.times().windows(2).all(|pair| pair[1] == pair[0] + 1));
    let twice = "city,when,v\n甲,Q2 1990,1\n甲,1990Q2,2\n甲,February 1990,2\n";
    let said = fault_text(&source(fields, twice.as_bytes()), twice.as_bytes());
    assert!(said.contains("t.csv!C3: a second value of `v` of jia for 1990Q2; the first is in C2"), "{said}");
    assert!(said.contains("t.csv!B4: `February 1990` is a month where a quarter is due"), "{said}");
}

#[test]
fn a_parquet_file_gives_the_columns_that_are_named() {
    let blobs = Column::new("blob".into(), vec![b"\xFF".as_slice(); 3]);
    let mut frame = df!(
        "id" => [9_007_199_254_740_993_001_i64, 9_007_199_254_740_993_002, 9_007_199_254_740_993_002],
        "year" => [2008_i32, 2008, 2009],
        "v" => [Some(0.1), None, Some(f64::INFINITY)],
        "w" => [Some("1,234.5"), Some("-"), None],
        "n" => [1_u32, 2, 3]
    )
    .unwrap();
    frame.with_column(blobs).unwrap();
    let mut bytes = Vec::new();
    ParquetWriter::new(&mut bytes).finish(&mut frame).unwrap();
    let fields = |column: &str| {
        format!(
            "name: s\nfile: t.parquet\nformat: parquet\nentity: id\ntime: year\nmissing: [\"-\", inf]\ncolumns:\n  \
             - {{column: v, variable: v}}\n  - {{column: w, variable: w}}\n  - {{column: {column}, variable: n}}"
        )
    };
    let tidied = read_source_bytes(&source(&fields("n"), &bytes), &bytes, None, None).unwrap();
    assert_eq!(
        lines(&tidied),
        [
            "9007199254740993001 2008 v = 0.1 at C2",
            "9007199254740993001 2008 w = 1234.5 at D2",
            "9007199254740993001 2008 n = 1 at E2",
            "9007199254740993002 2008 v = missing at C3",
            "9007199254740993002 2008 w = missing at D3",
            "9007199254740993002 2008 n = 2 at E3",
            "9007199254740993002 2009 v = missing at C4",
            "9007199254740993002 2009 w = missing at D4",
            "9007199254740993002 2009 n = 3 at E4",
        ]
    );
    let said = read_source_bytes(&source(&fields("blob"), &bytes), &bytes, None, None);
    assert!(said.unwrap_err().to_string().contains("column `blob` holds binary"));
}

/// A Parquet file of more rows than a block has, with what is done to it first.
fn long_parquet(change: impl FnOnce(&mut DataFrame)) -> Vec<u8> {
    let rows = 40_000_usize;
    let name = |row: usize| ["甲", " 乙市", "丙城", "Elsewhere"][row / 10_000];
    let mut frame = df!(
        "city" => (0..rows).map(name).collect::<Vec<_>>(),
        "year" => (0..rows).map(|row| 1000 + (row % 10_000) as i64 / 10).collect::<Vec<_>>(),
        "v" => (0..rows).map(|row| (row % 7 != 0).then_some(row as f64 / 8.0)).collect::<Vec<_>>(),
        "w" => (0..rows).map(|row| (row % 5 != 0).then_some(row as i64)).collect::<Vec<_>>(),
        "x" => (0..rows).map(|row| (row % 3 != 0).then_some(row as i64)).collect::<Vec<_>>(),
        "whole" => (0..rows).map(|row| row as f64 - 3.0).collect::<Vec<_>>(),
    )
    .unwrap();
    change(&mut frame);
    let mut bytes = Vec::new();
    ParquetWriter::new(&mut bytes).finish(&mut frame).unwrap();
    bytes
}

/// Puts a column with another value in one row in the place of its own.
fn with_value<T>(frame: &mut DataFrame, name: &str, row: usize, value: T)
where
    Series: NamedFrom<Vec<Option<T>>, [Option<T>]>,
    T: Clone + TryFromValue,
{
    let column = frame.column(name).unwrap();
    let mut values: Vec<Option<T>> = (0..column.len()).map(|at| T::of(column.get(at).unwrap())).collect();
    values[row] = Some(value);
    frame.with_column(Series::new(name.into(), values).into_column()).unwrap();
}

trait TryFromValue: Sized {
    fn of(value: AnyValue<'_>) -> Option<Self>;
}

impl TryFromValue for f64 {
    fn of(value: AnyValue<'_>) -> Option<Self> {
        if let AnyValue::Float64(value) = value { Some(value) } else { None }
    }
}

impl TryFromValue for i64 {
    fn of(value: AnyValue<'_>) -> Option<Self> {
        if let AnyValue::Int64(value) = value { Some(value) } else { None }
    }
}

#[test]
fn columns_that_are_taken_over_whole_are_what_their_cells_are() {
    let told = |tidied: Result<vintner_ingest::Tidied, vintner_ingest::IngestError>| {
        tidied.map_err(|error| error.to_string())
    };
    let files: [(&str, Vec<u8>); 6] = [
        ("as it is", long_parquet(|_| {})),
        ("beyond the range", long_parquet(|frame| with_value(frame, "v", 25_000, 9e9))),
        ("not a number", long_parquet(|frame| with_value(frame, "whole", 12_340, f64::NAN))),
        ("no year", long_parquet(|frame| with_value(frame, "year", 26_000, 20_081_i64))),
        ("beyond doubles", long_parquet(|frame| with_value(frame, "x", 7, (1_i64 << 53) + 1))),
        (
            "no holes",
            long_parquet(|frame| {
                let filled = frame.column("whole").unwrap().clone().with_name("v".into());
                frame.with_column(filled).unwrap();
            }),
        ),
    ];
    let fields = |missing: &str, more: &str| {
        format!(
            "name: s\nfile: t.parquet\nformat: parquet\nentity: city\ntime: year\nduplicates: first\n{missing}\ncolumns:\n  \
             - {{column: v, variable: v, range: [null, 1000000]}}\n  - {{column: w, variable: w, type: integer}}\n  \
             - {{column: x, variable: x}}\n  - {{column: whole, variable: y, numbers: {{flags: [e]}}}}\n{more}"
        )
    };
    let window =
        vintner_panel::PeriodWindow { first: "1200".parse().unwrap(), last: "1800".parse().unwrap() };
    for (what, bytes) in &files {
        let cities = || Some(crate::support::cities());
        for (crosswalk, outside, window) in
            [(None, "", None), (cities(), "outside: keep", Some(window)), (cities(), "outside: drop", None)]
        {
            // A code that comes nowhere has each cell looked at.
            let [whole, cells] = ["", "missing: [no such]"].map(|missing| {
                let source = source(&fields(missing, outside), bytes);
                told(read_source_bytes(&source, bytes, crosswalk.as_ref(), window))
            });
            assert_eq!(
                whole.is_ok(),
                !["beyond the range", "not a number", "no year"].contains(what),
                "{what}"
            );
            assert_eq!(whole, cells, "{what}, {outside}, {window:?}");
        }
    }
}
