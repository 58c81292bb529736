//! All tables of coefficients as one workbook, a sheet each.

use std::collections::BTreeSet;

use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError,
};

use crate::context::{Figure, ReportContext, TableView};
use crate::error::{ReportingError, Result};
use crate::sheet_text::{number_format, single_line};
use crate::wording::Wording;

/// The longest name that a sheet may have.
const LONGEST_NAME: usize = 31;

/// The bytes of a workbook with a sheet for each table.
///
/// Numbers are numbers, shown with the digits and stars that the report prints; all else is text, never a
/// formula. What says that data are synthetic stands in each sheet's note and in the header of its printed
/// pages. The date of creation is fixed, so that the same tables give the same bytes.
///
/// # Errors
/// Where the labels lack one that is needed, or the writer refuses.
pub fn write_workbook(report: &ReportContext, wording: &Wording) -> Result<Vec<u8>> {
    let mut workbook = Workbook::new();
    let created = ExcelDateTime::from_ymd(2020, 1, 1).map_err(refused)?;
    let title = single_line(wording.name(&report.title));
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&created).set_title(title));
    let mut names = BTreeSet::new();
    for table in &report.tables {
        let words = Words::new(report, table, wording)?;
        let name = sheet_name(&wording.line("agreement.table", &[("id", &table.name.id)])?, &mut names);
        let sheet = workbook.add_worksheet();
        sheet.set_name(name).map_err(refused)?;
        fill(sheet, table, &words, wording).map_err(refused)?;
    }
    workbook.save_to_buffer().map_err(refused)
}

fn refused(error: XlsxError) -> ReportingError {
    ReportingError::Workbook { message: error.to_string() }
}

/// What a sheet says beside its numbers.
struct Words {
    caption: String,
    unit: String,
    ours: String,
    published: String,
    notes: Vec<String>,
    header: Option<String>,
}

impl Words {
    fn new(report: &ReportContext, table: &TableView, wording: &Wording) -> Result<Self> {
        let mut notes = Vec::new();
        for star in &report.stars {
            notes.push(wording.line("tables.star", &[("stars", &star.stars), ("level", &star.level)])?);
        }
        notes = vec![notes.join(wording.separator("list.comma", ", "))];
        notes.push(wording.line("tables.dash", &[])?);
        notes.push(wording.name(&table.note).to_owned());
        let header = match report.vintage.synthetic {
            true => {
                let notice = wording.name(&report.vintage.notice);
                notes.push(wording.line("notice.full", &[("notice", notice)])?);
                Some(wording.line("notice.header", &[])?)
            }
            false => None,
        };
        notes.retain(|note| !note.is_empty());
        let caption = [
            ("id", table.name.id.as_str()),
            ("title", wording.name(&table.name)),
            ("dependent", table.dependent.id.as_str()),
        ];
        Ok(Self {
            caption: wording
                .line(if table.numbered { "tables.caption" } else { "tables.caption_alone" }, &caption)?,
            unit: wording.line("columns.unit", &[])?,
            ours: wording.line("tables.ours", &[])?,
            published: wording.line("tables.published", &[])?,
            notes,
            header,
        })
    }
}

fn fill(
    sheet: &mut Worksheet,
    table: &TableView,
    words: &Words,
    wording: &Wording,
) -> std::result::Result<(), XlsxError> {
    if let Some(header) = &words.header {
        // An ampersand begins a code in headers.
        sheet.set_header(format!("&C{}", header.replace('&', "&&")));
    }
    sheet.set_landscape();
    sheet.set_print_fit_to_pages(1, 0);
    sheet.set_repeat_rows(0, 2)?;
    let bold = Format::new().set_bold();
    sheet.write_string_with_format(0, 0, single_line(&words.caption), &bold)?;
    let top = Format::new().set_border_top(FormatBorder::Medium).set_align(FormatAlign::Right);
    let under = Format::new().set_border_bottom(FormatBorder::Thin).set_align(FormatAlign::Right);
    let (left_top, left_under) =
        (top.clone().set_align(FormatAlign::Left), under.clone().set_align(FormatAlign::Left));
    sheet.write_string_with_format(1, 0, single_line(&words.unit), &left_top)?;
    sheet.write_blank(2, 0, &left_under)?;
    let mut column = 1;
    for regressor in &table.regressors {
        sheet.write_string_with_format(1, column, single_line(&regressor.id), &top)?;
        sheet.write_string_with_format(2, column, single_line(&words.ours), &under)?;
        column += 1;
        if table.compared {
            sheet.write_blank(1, column, &top)?;
            let shown = under.clone().set_italic();
            sheet.write_string_with_format(2, column, single_line(&words.published), &shown)?;
            column += 1;
        }
    }
    sheet.write_string_with_format(1, column, "n", &top.set_italic())?;
    sheet.write_blank(2, column, &under)?;
    sheet.set_column_width(0, 24)?;
    sheet.set_freeze_panes(3, 1)?;
    let last = table.rows.len();
    for (at, (row, line)) in table.rows.iter().zip(3..).enumerate() {
        let plain = match at + 1 == last {
            true => Format::new().set_border_bottom(FormatBorder::Medium),
            false => Format::new(),
        };
        let plain = if row.pooled && at > 0 { plain.set_border_top(FormatBorder::Thin) } else { plain };
        let name = if row.pooled { plain.clone().set_bold() } else { plain.clone() };
        sheet.write_string_with_format(line, 0, single_line(wording.both(&row.unit)), &name)?;
        let mut column = 1;
        for cell in &row.cells {
            write_figure(sheet, line, column, cell.estimate.as_ref(), &plain, "–")?;
            column += 1;
            if table.compared {
                let grey = plain.clone().set_italic().set_font_color("595959");
                write_figure(sheet, line, column, cell.published.as_ref(), &grey, "")?;
                column += 1;
            }
        }
        match row.n_obs.parse::<u32>() {
            Ok(count) => sheet.write_number_with_format(line, column, count, &plain)?,
            Err(_) => sheet.write_blank(line, column, &plain)?,
        };
    }
    for (note, line) in words.notes.iter().zip(last as u32 + 3..) {
        sheet.write_string(line, 0, single_line(note))?;
    }
    Ok(())
}

/// A number with its digits and stars, or what stands where there is none.
fn write_figure(
    sheet: &mut Worksheet,
    line: u32,
    column: u16,
    figure: Option<&Figure>,
    format: &Format,
    absent: &str,
) -> std::result::Result<(), XlsxError> {
    let right = format.clone().set_align(FormatAlign::Right);
    let number = figure.and_then(|figure| Some((figure, figure.text.parse::<f64>().ok()?)));
    match (number, figure) {
        (Some((figure, number)), _) if number.is_finite() => {
            let shown = right.set_num_format(number_format(&figure.text, &figure.stars));
            sheet.write_number_with_format(line, column, number, &shown)?;
        }
        (_, Some(figure)) => {
            let text = format!("{}{}", figure.text, figure.stars);
            sheet.write_string_with_format(line, column, single_line(&text), &right)?;
        }
        (_, None) if absent.is_empty() => {
            sheet.write_blank(line, column, &right)?;
        }
        (_, None) => {
            sheet.write_string_with_format(line, column, absent, &right)?;
        }
    }
    Ok(())
}

/// A name that a sheet may have, and that none has yet.
fn sheet_name(wanted: &str, taken: &mut BTreeSet<String>) -> String {
    let plain: String = single_line(wanted)
        .chars()
        .map(|character| if "[]:*?/\\'".contains(character) { '_' } else { character })
        .collect();
    let cut = |text: &str, length: usize| -> String {
        // Excel counts units of UTF-16.
        let mut units = 0;
        text.chars()
            .take_while(|character| {
                units += character.len_utf16();
                units <= length
            })
            .collect()
    };
    let plain = if plain.trim().is_empty() { "_".to_owned() } else { plain };
    let mut name = cut(&plain, LONGEST_NAME);
    for number in 2.. {
        // Excel takes names for the same that differ in capitals alone.
        if taken.insert(name.to_lowercase()) {
            break;
        }
        let ending = format!(" {number}");
        name = format!("{}{ending}", cut(&plain, LONGEST_NAME - ending.len()));
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sheets_have_names_of_their_own() {
        let mut taken = BTreeSet::new();
        assert_eq!(sheet_name("Table [1]: a/b", &mut taken), "Table _1__ a_b");
        let long = "x".repeat(40);
        assert_eq!(sheet_name(&long, &mut taken), "x".repeat(31));
        assert_eq!(sheet_name(&long.to_uppercase(), &mut taken), format!("{} 2", "X".repeat(29)));
        assert_eq!(sheet_name("", &mut taken), "_");
    }

    #[test]
    fn numbers_show_their_digits_and_stars() {
        assert_eq!(number_format("0.350", "***"), "0.000\"***\"");
        assert_eq!(number_format("-12", ""), "0_*_*_*");
        assert_eq!(number_format("1.235e-7", "*"), "0.000E+00\"*\"_*_*");
    }
}
