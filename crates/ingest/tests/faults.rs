//! Every check that fails loudly, and what it says.
#![allow(clippy::unwrap_used)]

use crate::support::{csv_source, fault_text, source};
use insta::assert_snapshot;

fn csv_fault(more: &str, text: &str) -> String {
    fault_text(&csv_source(more, text.as_bytes()), text.as_bytes())
}

#[test]
fn checksum() {
    let source = csv_source("", b"city,year,v\n");
    assert_snapshot!("checksum", fault_text(&source, "city,year,v\n甲,2008,1\n".as_bytes()));
}

#[test]
fn absent_columns_are_all_named() {
    assert_snapshot!("absent_columns", csv_fault("", "ctiy,yaer,value of it\n甲,2008,1\n"));
}

#[test]
fn doubled_header() {
    assert_snapshot!("doubled_header", csv_fault("", "city,year,v,v\n甲,2008,1,2\n"));
}

#[test]
fn duplicate_key() {
    assert_snapshot!("duplicate_key", csv_fault("", "city,year,v\n甲,2008,1\n甲市,2008年,2\n"));
}

#[test]
fn text_in_numbers() {
    let text = "city,year,v\n甲,2008,n/a\n甲,2009,12%\n甲,2010,\"1,5\"\n甲,2011,12.5*\n甲,2012,1e999\n";
    assert_snapshot!("text_in_numbers", csv_fault("", text));
}

#[test]
fn many_faults_are_capped() {
    let rows: String = (1000..1332).map(|year| format!("甲,{year},x\n")).collect();
    let message = csv_fault("", &format!("city,year,v\n{rows}"));
    assert!(message.starts_with("source `s`: 332 faults\n"), "{message}");
    assert_eq!(message.lines().count(), 3, "{message}");
    assert!(message.contains("331 more like it, such as C3 \"x\" and C4 \"x\""), "{message}");
}

#[test]
fn value_out_of_range() {
    let fields = "name: s\nfile: t.csv\nformat: csv\nentity: city\ntime: year\ncolumns:\n  - {column: v, variable: share, unit: fraction, scale: 0.01, range: [0, 1]}\n  - {column: w, variable: gdp, range: [1, null]}";
    let text = "city,year,v,w\n甲,2008,50,5\n甲,2009,150,-5\n".as_bytes();
    assert_snapshot!("value_out_of_range", fault_text(&source(fields, text), text));
}

#[test]
fn years() {
    let text = "city,year,v\n甲,20008,1\n甲,2008.5,1\n甲,2008-12-31,1\n甲,total,1\n甲,1995,1\n";
    assert_snapshot!("years_covered", csv_fault("covers: [1996, 2019]", text));
    assert_snapshot!("years_not_covered", csv_fault("", "city,year,v\n甲,20008,1\n"));
}

#[test]
fn half_empty_keys() {
    assert_snapshot!("half_empty_keys", csv_fault("", "city,year,v\n甲,2008,1\n,2009,2\n乙,,3\n,,4\n"));
}

#[test]
fn entity_outside() {
    assert_snapshot!("entity_outside", csv_fault("outside: error", "city,year,v\n甲,2008,1\n丁,2008,2\n"));
}

#[test]
fn nothing_used() {
    assert_snapshot!("no_entity_known", csv_fault("", "city,year,v\n丁,2008,1\n戊,2008,2\n"));
    assert_snapshot!("no_rows", csv_fault("", "city,year,v\n"));
    assert_snapshot!("empty_file", csv_fault("", ""));
    assert_snapshot!("filter_matches_nothing", csv_fault("where: {city: 甲城}", "city,year,v\n甲,2008,1\n"));
}

#[test]
fn encoding() {
    let (bytes, _, _) = encoding_rs::GB18030.encode("city,year,v\n甲,2008,1\n");
    assert_snapshot!("encoding", fault_text(&csv_source("", &bytes), &bytes));
}

#[test]
fn unclosed_quote_and_shifted_fields() {
    assert_snapshot!("unclosed_quote", csv_fault("", "city,year,v\n甲,2008,\"1\n乙,2008,2\n"));
    assert_snapshot!("shifted_fields", csv_fault("", "city,year,v\n甲,2008,1,234.5\n"));
}

#[test]
fn workbook_cells_that_are_no_numbers() {
    let mut workbook = rust_xlsxwriter::Workbook::new();
    let sheet = workbook.add_worksheet().set_name("数据").unwrap();
    for (column, text) in (0..).zip(["city", "year", "v"]) {
        sheet.write(0, column, text).unwrap();
    }
    let date = rust_xlsxwriter::Format::new().set_num_format("yyyy-mm-dd");
    let division = rust_xlsxwriter::Formula::new("=1/0").set_result("#DIV/0!");
    sheet.write(1, 0, "甲").unwrap().write(1, 1, 2008).unwrap().write_formula(1, 2, division).unwrap();
    sheet.write(2, 0, "甲").unwrap().write(2, 1, 2009).unwrap().write_boolean(2, 2, true).unwrap();
    sheet.write(3, 0, "甲").unwrap().write(3, 1, 2010).unwrap();
    sheet.write_number_with_format(3, 2, 39448.0, &date).unwrap();
    sheet.write(4, 0, "甲").unwrap().write_number_with_format(4, 1, 39448.0, &date).unwrap();
    let bytes = workbook.save_to_buffer().unwrap();
    let fields = "name: s\nfile: t.xlsx\nformat: xlsx\nentity: city\ntime: year\ncolumns:\n  - {column: v, variable: v}";
    assert_snapshot!("workbook_cells", fault_text(&source(fields, &bytes), &bytes));
    let other = format!("{fields}\nsheet: 数剧");
    assert_snapshot!("absent_sheet", fault_text(&source(&other, &bytes), &bytes));
    let below = format!("{fields}\nheader_row: 9");
    assert_snapshot!("header_below", fault_text(&source(&below, &bytes), &bytes));
    let listed =
        format!("{fields}\nmissing: [\"#DIV/0!\", \"TRUE\", 2010]\nlast_row: 3").replace("2010", "\"x\"");
    let tidied = crate::support::read(&source(&listed, &bytes), &bytes).unwrap();
    assert_eq!(tidied.counts().unwrap().1, 2);
}

#[test]
fn wide_tables() {
    let fields = "name: s\nfile: t.csv\nformat: csv\nlayout: wide\nentity: city\ncovers: [2000, 2019]\ncolumns:\n  - {variable: v}";
    let fault = |text: &str| fault_text(&source(fields, text.as_bytes()), text.as_bytes());
    assert_snapshot!("wide_without_years", fault("city,a,b\n甲,1,2\n"));
    assert_snapshot!("wide_years", fault("city,2008,20009,2008年\n甲,1,2,3\n"));
    assert_snapshot!("wide_lost_key", fault("city,2008\n甲,1\n,2\n"));
    let named = "name: s\nfile: t.csv\nformat: csv\nlayout: wide\nentity: city\nvariable_column: item\ncolumns:\n  - {column: GDP, variable: gdp}";
    let text = "city,item,2008\n甲,gdp,1\n甲,人口,1\n".as_bytes();
    assert_snapshot!("wide_unnamed_variable", fault_text(&source(named, text), text));
}

#[test]
fn headers_of_another_row_and_another_delimiter() {
    let below = csv_fault("", "Table 1,in Mt\n\ncity,year,v\n甲,2008,1\n");
    assert!(below.ends_with("      = row 3 has it: set `header_row: 3` in vintage.yaml"), "{below}");
    let semicolons = csv_fault("", "city;year;v\n甲;2008;1\n");
    assert!(semicolons.contains("set `delimiter: \";\"` in vintage.yaml"), "{semicolons}");
    assert!(!semicolons.contains("did you mean"), "{semicolons}");
}

#[test]
fn files_that_are_no_workbooks() {
    let fields = "name: s\nfile: t.xlsx\nformat: xlsx\nentity: city\ntime: year\ncolumns:\n  - {column: v, variable: v}";
    let said = |bytes: &[u8]| fault_text(&source(fields, bytes), bytes);
    assert!(said(b"").contains("t.xlsx: the file is empty (0 bytes)"));
    assert!(said(b"PK\x03\x04 and no more").contains("is cut off after 16 bytes"));
    assert!(said(b"\n<!DOCTYPE html><p>404").contains("but a page of HTML or XML"));
    assert!(said(b"city,year,v\n").contains("no xlsx workbook, by its first bytes"));
    assert!(said(b"\xD0\xCF\x11\xE0....").contains("no xlsx workbook but an xls workbook"));
    // Its end is there and something before it isn't right: the unpacker's own words.
    assert!(said(b"PK\x03\x04....PK\x05\x06").contains("not a readable xlsx workbook"));
}

#[test]
fn rows_that_a_text_tells_apart_are_told_with_what_adds_them_up() {
    let text = "city,year,sex,v\n甲,2008,F,1\n甲,2008,M,2\n";
    let more = "  - {column: sex, variable: sex, type: text}";
    let said = fault_text(&csv_source(more, text.as_bytes()), text.as_bytes());
    assert!(
        said.contains("differ in sex (\"F\" and \"M\")")
            && said.contains("`category: sex`")
            && said.contains("`aggregate: {v: sum}`")
            && said.contains("`where: {sex: F}`"),
        "{said}"
    );
}
