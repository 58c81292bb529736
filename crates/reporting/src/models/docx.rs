//! Tables of models for Word: a document of Office Open XML (ECMA-376), packed with `zip`.

use std::io::{Cursor, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::layout::{ModelPanel, ModelTable};
use super::words::stars_line;
use crate::error::{ReportingError, Result};
use crate::wording::Wording;

const TYPES: &str = concat!(
    r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>"#,
    r#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">"#,
    r#"<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>"#,
    r#"<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>"#,
    "</Types>"
);
const RELATIONS: &str = concat!(
    r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>"#,
    r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">"#,
    r#"<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/>"#,
    "</Relationships>"
);
const MAIN: &str = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
/// From so many columns on the page lies on its side.
const WIDE: usize = 6;
/// Half points: the table's text and the notes'.
const SIZE: usize = 20;
const SMALL: usize = 16;
/// Eighths of a point: the rules above and below a table, and those within it.
const HEAVY: usize = 12;
const THIN: usize = 4;

/// A table of models as a document for Word. The same table gives the same bytes.
///
/// # Errors
/// Where the writer refuses.
pub fn write_model_docx(table: &ModelTable, wording: &Wording) -> Result<Vec<u8>> {
    let refused = |error: &dyn std::fmt::Display| ReportingError::Workbook { message: error.to_string() };
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default());
    let document = document(table, wording)?;
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in
        [("[Content_Types].xml", TYPES), ("_rels/.rels", RELATIONS), ("word/document.xml", document.as_str())]
    {
        writer.start_file(name, options).map_err(|error| refused(&error))?;
        writer.write_all(text.as_bytes()).map_err(|error| refused(&error))?;
    }
    Ok(writer.finish().map_err(|error| refused(&error))?.into_inner())
}

fn document(table: &ModelTable, wording: &Wording) -> Result<String> {
    let mut body = String::new();
    if !table.title.is_empty() {
        body.push_str(&paragraph(&[run(&table.title, SIZE, "<w:b/>")], "left"));
    }
    let widest = table.panels.iter().map(|panel| panel.columns.len()).max().unwrap_or(0);
    for panel in &table.panels {
        body.push_str(&panel_table(panel, &table.dependent));
        body.push_str(&paragraph(&[], "left"));
    }
    let mut notes: Vec<String> = stars_line(wording, &table.stars)?.into_iter().collect();
    notes.extend(table.notes.iter().cloned());
    body.push_str(&paragraph(
        &[run(&notes.join(if wording.language() == "zh" { "" } else { " " }), SMALL, "")],
        "left",
    ));
    if !table.synthetic.is_empty() {
        body.push_str(&paragraph(&[run(&table.synthetic, SMALL, "<w:b/>")], "left"));
    }
    // A4, in twentieths of a point.
    let page = match widest >= WIDE {
        true => r#"<w:pgSz w:w="16838" w:h="11906" w:orient="landscape"/>"#,
        false => r#"<w:pgSz w:w="11906" w:h="16838"/>"#,
    };
    let margins = r#"<w:pgMar w:top="1134" w:right="1134" w:bottom="1134" w:left="1134" w:header="567" w:footer="567" w:gutter="0"/>"#;
    Ok(format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?><w:document xmlns:w=\"{MAIN}\"><w:body>{body}<w:sectPr>{page}{margins}</w:sectPr></w:body></w:document>"
    ))
}

/// Where a row has rules: above it and below it, in eighths of a point.
#[derive(Clone, Copy, Default)]
struct Rules {
    above: usize,
    below: usize,
}

fn panel_table(panel: &ModelPanel, dependent: &str) -> String {
    let mut rows: Vec<(Vec<(String, usize)>, Rules)> = Vec::new();
    let head = |first: &str, cells: Vec<(String, usize)>| -> Vec<(String, usize)> {
        [(first.to_owned(), 1)].into_iter().chain(cells).collect()
    };
    if !panel.title.is_empty() {
        rows.push((vec![(panel.title.clone(), panel.columns.len() + 1)], Rules::default()));
    }
    if panel.grouped {
        let groups = panel.groups.iter().map(|group| (group.text.clone(), group.count));
        rows.push((head("", groups.collect()), Rules::default()));
    }
    let of = |text: fn(&super::layout::ModelColumn) -> &String| -> Vec<(String, usize)> {
        panel.columns.iter().map(|column| (text(column).clone(), 1)).collect()
    };
    rows.push((head("", of(|column| &column.number)), Rules::default()));
    if panel.labelled {
        rows.push((head("", of(|column| &column.label)), Rules::default()));
    }
    rows.push((head(dependent, of(|column| &column.dependent)), Rules { below: THIN, ..Rules::default() }));
    for row in &panel.rows {
        let cells = row.cells.iter().map(|cell| (cell.with_signs().plain(), 1)).collect();
        let above = if row.begins { THIN } else { 0 };
        rows.push((head(&row.name, cells), Rules { above, below: 0 }));
    }
    if let Some((_, rules)) = rows.first_mut() {
        rules.above = HEAVY;
    }
    if let Some((_, rules)) = rows.last_mut() {
        rules.below = HEAVY;
    }
    let grid = "<w:gridCol/>".repeat(panel.columns.len() + 1);
    let rows: String = rows.iter().map(|(cells, rules)| table_row(cells, *rules)).collect();
    format!(
        "<w:tbl><w:tblPr><w:tblW w:w=\"5000\" w:type=\"pct\"/><w:jc w:val=\"center\"/></w:tblPr><w:tblGrid>{grid}</w:tblGrid>{rows}</w:tbl>"
    )
}

fn table_row(cells: &[(String, usize)], rules: Rules) -> String {
    let border = |name: &str, size: usize| match size {
        0 => String::new(),
        size => format!("<w:{name} w:val=\"single\" w:sz=\"{size}\" w:space=\"0\" w:color=\"000000\"/>"),
    };
    let borders = format!("{}{}", border("top", rules.above), border("bottom", rules.below));
    let cells: String = cells
        .iter()
        .enumerate()
        .map(|(at, (text, span))| {
            let side = if at == 0 { "left" } else { "center" };
            let span = if *span > 1 { format!("<w:gridSpan w:val=\"{span}\"/>") } else { String::new() };
            format!(
                "<w:tc><w:tcPr>{span}<w:tcBorders>{borders}</w:tcBorders></w:tcPr>{}</w:tc>",
                paragraph(&[run(text, SIZE, "")], side)
            )
        })
        .collect();
    format!("<w:tr><w:trPr><w:cantSplit/></w:trPr>{cells}</w:tr>")
}

fn paragraph(runs: &[String], side: &str) -> String {
    format!(
        "<w:p><w:pPr><w:spacing w:before=\"0\" w:after=\"0\"/><w:jc w:val=\"{side}\"/></w:pPr>{}</w:p>",
        runs.concat()
    )
}

fn run(text: &str, size: usize, properties: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    format!(
        "<w:r><w:rPr><w:rFonts w:ascii=\"Times New Roman\" w:hAnsi=\"Times New Roman\" w:eastAsia=\"SimSun\"/>{properties}<w:sz w:val=\"{size}\"/></w:rPr><w:t xml:space=\"preserve\">{}</w:t></w:r>",
        escaped(text)
    )
}

/// Text of XML: what XML has no way to say (controls) is left out.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '\t' | '\n' | '\r' => escaped.push(' '),
            letter if letter.is_control() || matches!(letter, '\u{fffe}' | '\u{ffff}') => {}
            letter => escaped.push(letter),
        }
    }
    escaped
}
