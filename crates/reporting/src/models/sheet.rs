//! A table of models as a workbook.

use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError,
};

use super::layout::{ModelPanel, ModelTable};
use super::model_cell::ModelCell;
use super::words::stars_line;
use crate::error::{ReportingError, Result};
use crate::sheet_text::{number_format, single_line};
use crate::wording::Wording;

/// The bytes of a workbook with the table on its one sheet.
///
/// Numbers are numbers, shown with the decimals, brackets and stars that are printed; all else is text, never a
/// formula. The date of creation is fixed, so that the same table gives the same bytes.
///
/// # Errors
/// Where the labels lack one that is needed, or the writer refuses.
pub fn write_model_workbook(table: &ModelTable, wording: &Wording) -> Result<Vec<u8>> {
    let refused = |error: XlsxError| ReportingError::Workbook { message: error.to_string() };
    let mut notes: Vec<String> = stars_line(wording, &table.stars)?.into_iter().collect();
    notes.extend(table.notes.iter().cloned());
    notes.extend((!table.synthetic.is_empty()).then(|| table.synthetic.clone()));
    let mut workbook = Workbook::new();
    let created = ExcelDateTime::from_ymd(2020, 1, 1).map_err(refused)?;
    let title = single_line(&table.title);
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&created).set_title(title));
    fill(workbook.add_worksheet(), table, &notes).map_err(refused)?;
    workbook.save_to_buffer().map_err(refused)
}

fn fill(sheet: &mut Worksheet, table: &ModelTable, notes: &[String]) -> std::result::Result<(), XlsxError> {
    if !table.synthetic.is_empty() {
        // An ampersand begins a code in headers.
        sheet.set_header(format!("&C{}", table.synthetic.replace('&', "&&")));
    }
    sheet.set_print_fit_to_pages(1, 0);
    sheet.set_column_width(0, 28)?;
    let mut line = 0;
    if !table.title.is_empty() {
        sheet.write_string_with_format(line, 0, single_line(&table.title), &Format::new().set_bold())?;
        line += 1;
    }
    for panel in &table.panels {
        line = fill_panel(sheet, panel, &table.dependent, line)?;
    }
    for note in notes {
        sheet.write_string(line, 0, single_line(note))?;
        line += 1;
    }
    Ok(())
}

/// Writes a panel from a line on; returns the line after it.
fn fill_panel(
    sheet: &mut Worksheet,
    panel: &ModelPanel,
    dependent: &str,
    from: u32,
) -> std::result::Result<u32, XlsxError> {
    let mut line = from;
    let centre = Format::new().set_align(FormatAlign::Center);
    let mut heads: Vec<(String, Vec<String>)> = Vec::new();
    if panel.grouped {
        let of_group = |(text, count): (String, usize)| vec![text; count];
        let groups = panel.groups.iter().map(|group| (group.text.clone(), group.count));
        heads.push((panel.title.clone(), groups.flat_map(of_group).collect()));
    } else if !panel.title.is_empty() {
        heads.push((panel.title.clone(), Vec::new()));
    }
    heads.push((String::new(), panel.columns.iter().map(|column| column.number.clone()).collect()));
    if panel.labelled {
        heads.push((String::new(), panel.columns.iter().map(|column| column.label.clone()).collect()));
    }
    heads.push((dependent.into(), panel.columns.iter().map(|column| column.dependent.clone()).collect()));
    let last = heads.len();
    for (at, (name, texts)) in heads.iter().enumerate() {
        let bordered = |format: Format| {
            let format = if at == 0 { format.set_border_top(FormatBorder::Medium) } else { format };
            if at + 1 == last { format.set_border_bottom(FormatBorder::Thin) } else { format }
        };
        write_words(sheet, line, 0, name, &bordered(Format::new()))?;
        for (column, text) in (1..).zip(0..panel.columns.len()) {
            let text = texts.get(text).map(String::as_str).unwrap_or_default();
            write_words(sheet, line, column, text, &bordered(centre.clone()))?;
        }
        line += 1;
    }
    let rows = panel.rows.len();
    for (at, row) in panel.rows.iter().enumerate() {
        let bordered = |format: Format| {
            let format = if row.begins { format.set_border_top(FormatBorder::Thin) } else { format };
            if at + 1 == rows { format.set_border_bottom(FormatBorder::Medium) } else { format }
        };
        write_words(sheet, line, 0, &row.name, &bordered(Format::new()))?;
        for (column, cell) in (1..).zip(&row.cells) {
            write_cell(sheet, line, column, cell, &bordered(centre.clone()))?;
        }
        line += 1;
    }
    Ok(line)
}

fn write_words(
    sheet: &mut Worksheet,
    line: u32,
    column: u16,
    text: &str,
    format: &Format,
) -> std::result::Result<(), XlsxError> {
    match text.is_empty() {
        true => sheet.write_blank(line, column, format)?,
        false => sheet.write_string_with_format(line, column, single_line(text), format)?,
    };
    Ok(())
}

fn write_cell(
    sheet: &mut Worksheet,
    line: u32,
    column: u16,
    cell: &ModelCell,
    format: &Format,
) -> std::result::Result<(), XlsxError> {
    match cell.value.filter(|value| value.is_finite()) {
        // The digits that are printed are what is meant: a spreadsheet rounds ties its own way.
        Some(value) => {
            let value = cell.text.parse().unwrap_or(value);
            let quoted = |text: &str| if text.is_empty() { String::new() } else { format!("\"{text}\"") };
            let digits = number_format(&cell.text, &cell.stars);
            let (open, close) = (quoted(&cell.open), quoted(&cell.close));
            // A second section, or else the minus would stand before the bracket.
            let shown = match cell.open.is_empty() {
                true => digits,
                false => format!("{open}{digits}{close};{open}-{digits}{close}"),
            };
            sheet.write_number_with_format(line, column, value, &format.clone().set_num_format(shown))?;
        }
        None => write_words(sheet, line, column, &cell.with_signs().plain(), format)?,
    }
    Ok(())
}
