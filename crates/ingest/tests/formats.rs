//! One table in every format: the same values, each at its own address.
#![allow(clippy::unwrap_used, clippy::panic)]

use crate::support::{lines, read, source};
use polars::prelude::*;

const TABLE: [&str; 4] =
    ["jia 2008 v = 1.25 at", "jia 2009 v = missing at", "yi 2008 v = 1234.5 at", "yi 2009 v = 0.1 at"];

fn expected(cells: [&str; 4]) -> Vec<String> {
    TABLE.iter().zip(cells).map(|(text, cell)| format!("{text} {cell}")).collect()
}

fn fields(file: &str, format: &str, more: &str) -> String {
    format!(
        "name: s\nfile: {file}\nformat: {format}\nentity: 城市\ntime: 年份\ncolumns:\n  - {{column: 数值, variable: v}}\n{more}"
    )
}

const TEXT: &str = "# 注\n城市,年份,数值\n甲市,2008,1.25\n甲市,2009,\n乙,2008,\"1,234.5\"\n乙,2009,0.1\n";

#[test]
fn csv_in_several_encodings() {
    for label in ["utf-8", "gb18030", "gbk"] {
        let encoding = encoding_rs::Encoding::for_label(label.as_bytes()).unwrap();
        let (bytes, _, lossy) = encoding.encode(TEXT);
        assert!(!lossy, "{label}");
        let source = source(&fields("t.csv", "csv", &format!("encoding: {label}\ncomment: \"#\"")), &bytes);
        let tidied = read(&source, &bytes).unwrap();
        assert_eq!(lines(&tidied), expected(["C3", "C4", "C5", "C6"]), "{label}");
        assert_eq!(
            tidied.values().unwrap().iter().map(|value| value.raw.as_str()).collect::<Vec<_>>(),
            ["1.25", "", "1,234.5", "0.1"]
        );
        assert_eq!(tidied.warnings, ["no row for 1 of the crosswalk's entities: bing"]);
        assert_eq!((tidied.rows_read, tidied.rows_used), (4, 4));
    }
}

#[test]
fn tsv_and_other_delimiters() {
    for (format, delimiter, more) in
        [("tsv", "\t", ""), ("csv", ";", "delimiter: \";\""), ("csv", "，", "delimiter: ，")]
    {
        let text = format!(
            "城市{d}年份{d}数值\n甲市{d}2008{d}1.25\n甲市{d}2009{d}\n乙{d}2008{d}\"1,234.5\"\r\n乙{d}2009{d}0.1\n",
            d = delimiter
        );
        let source = source(&fields("t.txt", format, more), text.as_bytes());
        let tidied = read(&source, text.as_bytes()).unwrap();
        assert_eq!(lines(&tidied), expected(["C2", "C3", "C4", "C5"]), "{delimiter}");
    }
}

#[test]
fn xlsx_with_a_table_away_from_the_corner() {
    let mut workbook = rust_xlsxwriter::Workbook::new();
    workbook.add_worksheet().set_name("说明").unwrap().write(0, 0, "notes").unwrap();
    let sheet = workbook.add_worksheet().set_name("数据").unwrap();
    for (column, text) in (1..).zip(["城市", "年份", "数值"]) {
        sheet.write(2, column, text).unwrap();
    }
    sheet.write(3, 1, "甲市").unwrap().write(3, 2, 2008.0).unwrap();
    // A formula counts with the value that the workbook last computed.
    let formula = rust_xlsxwriter::Formula::new("=5/4").set_result("1.25");
    sheet.write_formula(3, 3, formula).unwrap();
    sheet.write(4, 1, "甲市").unwrap().write(4, 2, "2009年").unwrap();
    sheet.write(5, 1, "乙").unwrap().write(5, 2, 2008).unwrap().write(5, 3, "1,234.5").unwrap();
    sheet.write(6, 1, "乙").unwrap().write(6, 2, 2009).unwrap().write(6, 3, 0.1).unwrap();
    let bytes = workbook.save_to_buffer().unwrap();

    let fields = fields("t.xlsx", "xlsx", "sheet: 数据\nheader_row: 3");
    let source = source(&fields, &bytes);
    let tidied = read(&source, &bytes).unwrap();
    assert_eq!(lines(&tidied), expected(["D4", "D5", "D6", "D7"]));
    assert_eq!(tidied.values().unwrap().first().unwrap().address.to_string(), "t.xlsx!数据!D4");
}

#[test]
fn xls_xlsb_and_ods() {
    for (format, bytes) in [
        ("xls", include_bytes!("fixtures/table.xls").as_slice()),
        ("xlsb", include_bytes!("fixtures/table.xlsb").as_slice()),
        ("ods", include_bytes!("fixtures/table.ods").as_slice()),
    ] {
        let fields = fields(&format!("table.{format}"), format, "sheet: 数据\nheader_row: 3");
        let source = source(&fields, bytes);
        let tidied = read(&source, bytes).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(lines(&tidied), expected(["D4", "D5", "D6", "D7"]), "{format}");
    }
}

#[test]
fn parquet_counts_the_names_as_row_1() {
    let mut frame = df!(
        "城市" => ["甲市", "甲市", "乙", "乙"],
        "年份" => [2008i64, 2009, 2008, 2009],
        "数值" => [Some(1.25), None, Some(1234.5), Some(0.1)],
    )
    .unwrap();
    let mut bytes = Vec::new();
    ParquetWriter::new(&mut bytes).finish(&mut frame).unwrap();
    let source = source(&fields("t.parquet", "parquet", ""), &bytes);
    assert_eq!(lines(&read(&source, &bytes).unwrap()), expected(["C2", "C3", "C4", "C5"]));
}

#[test]
fn text_packed_by_gzip() {
    use std::io::Write;
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(TEXT.as_bytes()).unwrap();
    let bytes = encoder.finish().unwrap();
    let source = source(&fields("t.csv.gz", "csv", "comment: \"#\""), &bytes);
    assert_eq!(lines(&read(&source, &bytes).unwrap()), expected(["C3", "C4", "C5", "C6"]));
    let cut = &bytes[..bytes.len() - 9];
    let source = crate::support::source(&fields("t.csv.gz", "csv", "comment: \"#\""), cut);
    assert!(crate::support::fault_text(&source, cut).contains("can't be unpacked to its end"));
}

#[test]
fn a_page_that_calls_itself_xls() {
    let page = "<html><body><table><tr><th>城市</th><th>年份</th><th>数值</th></tr>\
                <tr><td>甲市<td>2008<td>1.25</tr><tr><td>甲市</td><td>2009年</td><td>&nbsp;</td></tr>\
                <tr><td>乙</td><td>2008</td><td>1,234.5</td></tr><tr><td>乙</td><td>2009</td><td>0.1</td></tr></table>";
    let source = source(&fields("t.xls", "html", ""), page.as_bytes());
    let tidied = read(&source, page.as_bytes()).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(lines(&tidied), expected(["C2", "C3", "C4", "C5"]));
    let xls = crate::support::source(&fields("t.xls", "xls", ""), page.as_bytes());
    assert!(crate::support::fault_text(&xls, page.as_bytes()).contains("set `format: html`"));
}

#[test]
fn a_file_of_another_format_is_a_fault() {
    for format in ["xlsx", "xls", "ods", "parquet"] {
        let source = source(&fields("t", format, ""), b"city,year\n");
        let text = crate::support::fault_text(&source, b"city,year\n");
        let said = match format {
            "parquet" => "not a readable Parquet file".to_owned(),
            _ => format!("no {format} workbook, by its first bytes"),
        };
        assert!(text.contains(&said), "{format}: {text}");
        assert!(text.contains("\n      = "), "{format}: {text}");
    }
}
