//! Cells that show something else than they hold, in xlsx and ods.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::io::{Cursor, Write};

use rust_xlsxwriter::{Format, FormatScript, Formula, Workbook, Worksheet};

use crate::support::{fault_text, lines, read, source, workspace};

fn fields(format: &str, more: &str) -> String {
    format!(
        "name: s\nfile: t.{format}\nformat: {format}\nentity: city\ntime: year\ncolumns:\n  - {{column: v, variable: v}}\n{more}"
    )
}

fn xlsx(fill: impl FnOnce(&mut Worksheet)) -> Vec<u8> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    for (column, header) in (0..).zip(["city", "year", "v"]) {
        sheet.write(0, column, header).unwrap();
    }
    for (row, (city, year)) in (1..).zip([("Jia", 2008), ("Jia", 2009), ("Yi", 2008), ("Yi", 2009)]) {
        sheet.write(row, 0, city).unwrap().write(row, 1, year).unwrap().write(row, 2, 1.5).unwrap();
    }
    fill(sheet);
    workbook.save_to_buffer().unwrap()
}

fn case(name: &str) -> Option<Vec<u8>> {
    let path = workspace().join("../shared/cases/ingest").join(name);
    let bytes = std::fs::read(&path).ok();
    if bytes.is_none() {
        eprintln!("skipped: {} isn't there", path.display());
    }
    bytes
}

#[test]
fn raised_text_is_a_note() {
    let (plain, raised) = (Format::new(), Format::new().set_font_script(FormatScript::Superscript));
    let bytes = xlsx(|sheet| {
        sheet.write_rich_string(1, 2, &[(&plain, "12.3"), (&raised, "1")]).unwrap();
        sheet.write_rich_string(2, 0, &[(&plain, "Jia"), (&raised, "2")]).unwrap();
        sheet.write_rich_string(3, 1, &[(&plain, "2008"), (&raised, " 1)")]).unwrap();
    });
    let tidied = read(&source(&fields("xlsx", ""), &bytes), &bytes).unwrap();
    assert_eq!(
        lines(&tidied),
        [
            "jia 2008 v = 12.3 at C2",
            "jia 2009 v = 1.5 at C3",
            "yi 2008 v = 1.5 at C4",
            "yi 2009 v = 1.5 at C5"
        ]
    );
    assert_eq!(tidied.values().unwrap()[0].raw, "12.3¹");
    let said = tidied.warnings.iter().find(|said| said.contains("marked")).unwrap();
    assert!(
        said.contains("C2 (12.3 with a raised 1)") && said.contains("A3 (Jia with a raised 2)"),
        "{said}"
    );
}

#[test]
fn the_shared_case_of_raised_text_is_read_right() {
    let Some(bytes) = case("superscript.xlsx") else { return };
    let fields =
        "name: s\nfile: t.xlsx\nformat: xlsx\nentity: c\ntime: y\ncolumns: [{column: v, variable: v}]";
    let tidied = vintner_ingest::read_source_bytes(&source(fields, &bytes), &bytes, None, None).unwrap();
    assert_eq!(lines(&tidied), ["A 2000 v = 12.3 at C2", "A 2001 v = 12.5 at C3"]);
}

#[test]
fn what_is_struck_out_is_told_or_refused() {
    let (plain, struck) = (Format::new(), Format::new().set_font_strikethrough());
    let bytes = xlsx(|sheet| {
        sheet.write_with_format(1, 2, 7.5, &struck).unwrap();
    });
    let tidied = read(&source(&fields("xlsx", ""), &bytes), &bytes).unwrap();
    assert_eq!(lines(&tidied)[0], "jia 2008 v = 7.5 at C2");
    assert!(tidied.warnings.iter().any(|said| said.contains("C2 (struck out)")), "{:?}", tidied.warnings);
    let bytes = xlsx(|sheet| {
        sheet.write_rich_string(1, 2, &[(&struck, "12"), (&plain, "13")]).unwrap();
    });
    let said = fault_text(&source(&fields("xlsx", ""), &bytes), &bytes);
    assert!(said.contains("C2: \"12\" in it is struck out, which leaves \"13\""), "{said}");
    let more = "corrections: [{cell: C2, old: \"1213\", new: 13, reason: struck out, source: the file}]";
    let tidied = read(&source(&fields("xlsx", more), &bytes), &bytes).unwrap();
    assert_eq!(lines(&tidied)[0], "jia 2008 v = 13 at C2");
}

#[test]
fn number_formats_are_read_as_shown_or_told() {
    let format = |code: &str| Format::new().set_num_format(code);
    let bytes = xlsx(|sheet| {
        sheet.write_with_format(1, 0, 110, &format("0000")).unwrap();
        sheet.write_with_format(2, 1, 39448, &format("yyyy")).unwrap();
        sheet.write_with_format(3, 2, 1_234_567, &format("#,##0,")).unwrap();
        sheet.write_with_format(4, 1, 39448, &format("yyyy-mm-dd")).unwrap();
    });
    let of = |more: &str| {
        let source = source(&fields("xlsx", more), &bytes);
        vintner_ingest::read_source_bytes(&source, &bytes, None, None)
    };
    let tidied = of("last_row: 4").unwrap();
    assert_eq!(
        lines(&tidied),
        ["0110 2008 v = 1.5 at C2", "Jia 2008 v = 1.5 at C3", "Yi 2008 v = 1234567 at C4"]
    );
    assert!(
        tidied.warnings.iter().any(|said| said.contains("C4 (shown divided by 1000)")),
        "{:?}",
        tidied.warnings
    );
    assert!(of("").unwrap_err().to_string().contains("a date where a year is due: 2008-01-01"));
}

#[test]
fn percents_beside_plain_numbers_are_a_fault() {
    let percent = Format::new().set_num_format("0.0%");
    let bytes = xlsx(|sheet| {
        sheet.write_with_format(2, 2, 0.125, &percent).unwrap();
    });
    let said = fault_text(&source(&fields("xlsx", ""), &bytes), &bytes);
    assert!(
        said.contains("`v` has 1 cell in percent (C3) beside 3 cells of plain numbers (C2, C4, C5)"),
        "{said}"
    );
    let more = fields("xlsx", "").replace("variable: v}", "variable: v, mixed_percent: true}");
    let tidied = read(&source(&more, &bytes), &bytes).unwrap();
    assert_eq!(lines(&tidied)[1], "jia 2009 v = 0.125 at C3");
}

#[test]
fn a_formula_without_its_value_is_a_fault() {
    let bytes = xlsx(|sheet| {
        sheet.write_formula(1, 2, "=C3*2").unwrap();
        sheet.write_formula(2, 2, Formula::new("=C4*2").set_result("3")).unwrap();
    });
    let said = fault_text(&source(&fields("xlsx", ""), &bytes), &bytes);
    assert!(said.contains("C2: the formula =C3*2 has a 0 that may stand for its value"), "{said}");
    assert!(!said.contains("C3:"), "{said}");
    let Some(bytes) = case("formula_some.xlsx") else { return };
    let fields =
        "name: s\nfile: t.xlsx\nformat: xlsx\nentity: c\ntime: y\ncolumns: [{column: v, variable: v}]";
    let said = vintner_ingest::read_source_bytes(&source(fields, &bytes), &bytes, None, None)
        .unwrap_err()
        .to_string();
    assert!(said.contains("C4: the formula =C2+C3 has no value"), "{said}");
}

#[test]
fn what_is_hidden_is_told_or_left_out() {
    let bytes = xlsx(|sheet| {
        sheet.set_row_hidden(2).unwrap();
        sheet.write(0, 3, "w").unwrap().set_column_hidden(3).unwrap();
    });
    let tidied = read(&source(&fields("xlsx", ""), &bytes), &bytes).unwrap();
    assert_eq!(lines(&tidied).len(), 4);
    assert_eq!(
        tidied.warnings[0],
        "1 row is hidden (3), 1 column is hidden (D), and read all the same: declare `hidden: read` or `hidden: skip`"
    );
    let tidied = read(&source(&fields("xlsx", "hidden: skip"), &bytes), &bytes).unwrap();
    assert_eq!(lines(&tidied).len(), 3);
    let tidied = read(&source(&fields("xlsx", "hidden: read"), &bytes), &bytes).unwrap();
    assert!(tidied.warnings.iter().all(|said| !said.contains("hidden")), "{:?}", tidied.warnings);
}

fn ods(rows: &str) -> Vec<u8> {
    let style = |name: &str, properties: &str| {
        format!("<style:style style:name=\"{name}\"><style:text-properties {properties}/></style:style>")
    };
    let content = format!(
        "<office:document-content><office:automatic-styles>{}{}</office:automatic-styles><table:table table:name=\"s\">\
         <table:table-row>{}</table:table-row>{rows}</table:table></office:document-content>",
        style("up", "style:text-position=\"super 58%\""),
        style("gone", "style:text-line-through-style=\"solid\""),
        ["city", "year", "v"].map(cell).concat(),
    );
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in [
        ("mimetype", "application/vnd.oasis.opendocument.spreadsheet"),
        ("META-INF/manifest.xml", "<manifest/>"),
        ("content.xml", content.as_str()),
    ] {
        writer.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn cell(text: &str) -> String {
    format!("<table:table-cell office:value-type=\"string\"><text:p>{text}</text:p></table:table-cell>")
}

fn number(attributes: &str, number: f64) -> String {
    format!("<table:table-cell office:value-type=\"float\" office:value=\"{number}\" {attributes}/>")
}

#[test]
fn ods_marks_are_read_too() {
    let up =
        |text: &str, note: &str| cell(&format!("{text}<text:span text:style-name=\"up\">{note}</text:span>"));
    let rows = [
        format!(
            "<table:table-row>{}{}{}</table:table-row>",
            up("Jia", "2"),
            number("", 2008.0),
            up("12.3", "1")
        ),
        format!(
            "<table:table-row table:visibility=\"collapse\">{}{}{}</table:table-row>",
            cell("Yi"),
            number("", 2008.0),
            number("table:style-name=\"gone\"", 7.5)
        ),
    ]
    .concat();
    let bytes = ods(&rows);
    let tidied = read(&source(&fields("ods", ""), &bytes), &bytes).unwrap();
    assert_eq!(lines(&tidied), ["jia 2008 v = 12.3 at C2", "yi 2008 v = 7.5 at C3"]);
    let said = tidied.warnings.join("\n");
    assert!(said.contains("1 row is hidden (3)") && said.contains("C3 (struck out)"), "{said}");
    let formula = "<table:table-row><table:table-cell office:value-type=\"string\"><text:p>Yi</text:p></table:table-cell>\
                   <table:table-cell office:value-type=\"float\" office:value=\"2009\"/>\
                   <table:table-cell table:formula=\"of:=[.C2]*2\"/></table:table-row>";
    let bytes = ods(&format!("{rows}{formula}"));
    let said = fault_text(&source(&fields("ods", ""), &bytes), &bytes);
    assert!(said.contains("C4: the formula of:=[.C2]*2 has no value"), "{said}");
    let percent = "<table:table-row><table:table-cell office:value-type=\"string\"><text:p>Yi</text:p></table:table-cell>\
                   <table:table-cell office:value-type=\"float\" office:value=\"2009\"/>\
                   <table:table-cell office:value-type=\"percentage\" office:value=\"0.125\"/></table:table-row>";
    let plain = format!(
        "<table:table-row>{}{}{}</table:table-row>",
        cell("Jia"),
        number("", 2009.0),
        number("", 12.5)
    );
    let bytes = ods(&format!("{percent}{plain}"));
    let said = fault_text(&source(&fields("ods", ""), &bytes), &bytes);
    assert!(said.contains("1 cell in percent (C2) beside 1 cell of plain numbers (C3)"), "{said}");
}
