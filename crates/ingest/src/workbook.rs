//! Sheets of workbooks: xlsx, xls and ods.

use std::fmt::Debug;
use std::io::{Cursor, Read, Seek};

use calamine::{Data, ExcelDateTime, Reader, Xls, Xlsb, Xlsx, XlsxError};
use vintner_diagnostics::did_you_mean;

use crate::calendar::clock;
use crate::format::Format;
use crate::grid::CellContent;
use crate::merged_region::MergedRegion;
use crate::runs::struck_out;
use crate::sheet_cells::SheetCells;
use crate::table::{Beside, Table, Unreadable, Wanted};
use crate::xls_marks::XlsMarks;
use crate::xlsx_marks::{SheetMarks, XlsxMarks};
use crate::{archive, ods};

/// The sheets that are wanted. The bytes are believed nothing: see [`crate::binary`].
pub(crate) fn read_sheets(
    bytes: &[u8],
    format: Format,
    wanted: Wanted<'_>,
) -> Result<Vec<Table>, Unreadable> {
    if let Some(unreadable) = no_workbook(bytes, format) {
        return Err(unreadable);
    }
    match format {
        Format::Xls => {
            let mut workbook = opened::<Xls<_>, _>(Cursor::new(bytes), format)?;
            let marks = XlsMarks::of(bytes);
            sheets_of(&workbook.sheet_names(), wanted, |_, name| {
                let regions = workbook.merge_cells_by_sheet_name(name).unwrap_or_default();
                let regions =
                    regions.iter().filter_map(|region| MergedRegion::between(region.start, region.end));
                let marks = marks.sheet(name);
                let beside = Beside { merged: regions.collect(), hidden: marks.beside.hidden.clone() };
                Ok((range_cells(&mut workbook, name, marks)?, beside))
            })
        }
        Format::Xlsb => {
            let unpacked = archive::unpacked(bytes, format.name())?;
            let mut workbook = opened::<Xlsb<_>, _>(Cursor::new(unpacked.as_slice()), format)?;
            sheets_of(&workbook.sheet_names(), wanted, |_, name| {
                let mut cells = SheetCells::default();
                let mut reader = workbook.worksheet_cells_reader(name).map_err(|error| error.to_string())?;
                while let Some(cell) = reader.next_cell().map_err(|error| error.to_string())? {
                    let (row, column) = cell.get_position();
                    let data = Data::from(cell.get_value().clone());
                    if data != Data::Empty {
                        cells.push(row, column, content(&data)).map_err(|many| many.message())?;
                    }
                }
                Ok((cells, Beside::default()))
            })
        }
        Format::Ods => {
            let content = ods_content(&archive::unpacked(bytes, format.name())?)
                .map_err(|message| not_one(format, &message))?;
            let sheets = ods::sheets(&content).map_err(|message| not_one(format, &message))?;
            let (names, mut cells): (Vec<String>, Vec<(SheetCells, Beside)>) = sheets.into_iter().unzip();
            sheets_of(&names, wanted, |at, _| Ok(cells.get_mut(at).map(std::mem::take).unwrap_or_default()))
        }
        _ => {
            let unpacked = archive::unpacked(bytes, format.name())?;
            let mut marks = XlsxMarks::of(&unpacked).map_err(|message| not_one(format, &message))?;
            let mut workbook = opened::<Xlsx<_>, _>(Cursor::new(unpacked.as_slice()), format)?;
            sheets_of(&workbook.sheet_names(), wanted, |_, name| {
                let marks = marks.sheet(name)?;
                let beside = marks.beside.clone();
                Ok((streamed_cells(&mut workbook, name, marks)?, beside))
            })
        }
    }
}

/// The part of an ods workbook that has its sheets.
fn ods_content(archive: &[u8]) -> Result<String, String> {
    let mut archive = zip::ZipArchive::new(Cursor::new(archive)).map_err(|error| error.to_string())?;
    let mut part = |name: &str| {
        let mut text = String::new();
        let mut part = archive.by_name(name).map_err(|_| format!("it has no part `{name}`"))?;
        part.read_to_string(&mut text).map_err(|error| format!("its part `{name}`: {error}"))?;
        Ok::<String, String>(text)
    };
    if !part("mimetype")?.starts_with("application/vnd.oasis.opendocument.spreadsheet") {
        return Err("it is an OpenDocument file of another kind".into());
    }
    if part("META-INF/manifest.xml")?.contains("manifest:encryption-data") {
        return Err("it is under a password".into());
    }
    part("content.xml")
}

/// What a file is that can't be a workbook of the format, where its bytes tell. They tell more than
/// the unpacker's message: downloads break off, and servers send web pages instead of files.
fn no_workbook(bytes: &[u8], format: Format) -> Option<Unreadable> {
    const ZIP: &[u8] = b"PK\x03\x04";
    const ZIP_END: &[u8] = b"PK\x05\x06";
    const COMPOUND: &[u8] = b"\xD0\xCF\x11\xE0";
    let name = format.name();
    let unreadable =
        |message: String, hint: &str| Some(Unreadable { sheet: None, message, hint: hint.into() });
    let zipped = bytes.starts_with(ZIP);
    if bytes.is_empty() {
        return unreadable("the file is empty (0 bytes)".into(), "get the file again");
    }
    if format != Format::Xls && zipped {
        // The list of a zip archive's parts ends it, before at most 64 KiB of comment.
        let tail = bytes.get(bytes.len().saturating_sub(66_000)..).unwrap_or(bytes);
        if tail.windows(ZIP_END.len()).any(|window| window == ZIP_END) {
            return None;
        }
        let message =
            format!("the {name} workbook is cut off after {} bytes: its end is missing", bytes.len());
        return unreadable(message, "get the file again");
    }
    let workbook = if zipped {
        "an xlsx or ods workbook"
    } else if bytes.starts_with(COMPOUND) {
        "an xls workbook, or an xlsx one under a password"
    } else if bytes.trim_ascii_start().starts_with(b"<") {
        return unreadable(
            format!("no {name} workbook but a page of HTML or XML"),
            "if it is the table itself, set `format: html`; otherwise get the file, which may need signing in",
        );
    } else {
        return unreadable(
            format!("no {name} workbook, by its first bytes"),
            "mend `format` in vintage.yaml if it is of another kind, such as csv; otherwise get the file again",
        );
    };
    if format == Format::Xls && !zipped {
        return None;
    }
    let hint = "mend `format` in vintage.yaml, or open the file in a spreadsheet programme and save it again";
    unreadable(format!("no {name} workbook but {workbook}"), hint)
}

fn opened<Workbook, Source>(source: Source, format: Format) -> Result<Workbook, Unreadable>
where
    Source: Read + Seek,
    Workbook: Reader<Source>,
    Workbook::Error: Debug + std::fmt::Display,
{
    Workbook::new(source).map_err(|error| not_one(format, &error.to_string()))
}

fn not_one(format: Format, message: &str) -> Unreadable {
    Unreadable {
        sheet: None,
        message: format!("not a readable {} workbook: {message}", format.name()),
        hint: "open it in a spreadsheet programme and save it again, or mend `format`".into(),
    }
}

/// The sheets that are wanted of those called `names`; `cells` reads one, by its place and its name.
fn sheets_of(
    names: &[String],
    wanted: Wanted<'_>,
    mut cells: impl FnMut(usize, &str) -> Result<(SheetCells, Beside), String>,
) -> Result<Vec<Table>, Unreadable> {
    let mut table = |(at, name): (usize, &String)| {
        let rows = cells(at, name).and_then(|(cells, beside)| {
            let rows = cells.into_rows();
            Ok((rows.map_err(|many| format!("its rows lay out to {}", many.message()))?, beside))
        });
        rows.map(|(rows, Beside { hidden, merged })| Table { sheet: Some(name.clone()), rows, hidden, merged }).map_err(|message| Unreadable {
            sheet: Some(name.clone()),
            message: format!("not a readable sheet: {message}"),
            hint: "open the workbook in a spreadsheet programme, see that nothing stands far off the table, and \
                   save it again"
                .into(),
        })
    };
    match wanted {
        Wanted::All => Ok(names.iter().enumerate().filter_map(|named| table(named).ok()).collect()),
        Wanted::Named(wanted) => match names.iter().enumerate().find(|(_, name)| name.as_str() == wanted) {
            Some(named) => Ok(vec![table(named)?]),
            None => Err(Unreadable {
                sheet: None,
                message: format!("no sheet `{wanted}`"),
                hint: match did_you_mean(wanted, names.iter().map(String::as_str)) {
                    Some(name) => format!("did you mean `{name}`?"),
                    None => format!("its sheets are: {}", quoted(names)),
                },
            }),
        },
        Wanted::First => match names.first() {
            Some(name) => Ok(vec![table((0, name))?]),
            None => Err(Unreadable {
                sheet: None,
                message: "a workbook without a sheet".into(),
                hint: "mend `file`, or export the table again".into(),
            }),
        },
    }
}

fn quoted(names: &[String]) -> String {
    const SHOWN: usize = 20;
    let mut said = names.iter().take(SHOWN).map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    if names.len() > SHOWN {
        said.push_str(&format!(" and {} more", names.len() - SHOWN));
    }
    said
}

/// The cells of a sheet that its reader lays out as a rectangle.
fn range_cells<Workbook, Source>(
    workbook: &mut Workbook,
    name: &str,
    marks: SheetMarks,
) -> Result<SheetCells, String>
where
    Source: Read + Seek,
    Workbook: Reader<Source>,
    Workbook::Error: std::fmt::Display,
{
    let range = workbook.worksheet_range(name).map_err(|error| error.to_string())?;
    let mut cells = SheetCells::default();
    let Some((first_row, first_column)) = range.start() else { return Ok(cells) };
    for (row, column, data) in range.used_cells() {
        let at = |first: u32, on: usize| first.saturating_add(u32::try_from(on).unwrap_or(u32::MAX));
        let place = (at(first_row, row), at(first_column, column));
        let content = content(data);
        let content = if marks.struck.contains(&place) { struck_out(&content.raw()) } else { content };
        cells.push(place.0, place.1, content).map_err(|many| many.message())?;
    }
    // Of two cells at a place the later counts.
    for ((row, column), content) in marks.cells {
        cells.push(row, column, content).map_err(|many| many.message())?;
    }
    Ok(cells)
}

/// The cells of an xlsx sheet one by one as they are written, so that one far off costs nothing.
fn streamed_cells<Source: Read + Seek>(
    workbook: &mut Xlsx<Source>,
    name: &str,
    marks: SheetMarks,
) -> Result<SheetCells, String> {
    let mut cells = SheetCells::default();
    let mut reader = match workbook.worksheet_cells_reader(name) {
        Ok(reader) => reader,
        // A sheet that is a chart has no cells.
        Err(XlsxError::NotAWorksheet(_)) => return Ok(cells),
        Err(error) => return Err(error.to_string()),
    };
    while let Some(cell) = reader.next_cell().map_err(|error| error.to_string())? {
        let (row, column) = cell.get_position();
        let data = Data::from(cell.get_value().clone());
        if data != Data::Empty {
            let content = content(&data);
            let content =
                if marks.struck.contains(&(row, column)) { struck_out(&content.raw()) } else { content };
            cells.push(row, column, content).map_err(|many| many.message())?;
        }
    }
    // Of two cells at a place the later counts.
    for ((row, column), content) in marks.cells {
        cells.push(row, column, content).map_err(|many| many.message())?;
    }
    Ok(cells)
}

fn content(data: &Data) -> CellContent {
    match data {
        Data::Empty => CellContent::Empty,
        // A spreadsheet holds numbers as doubles; those that calamine calls integers fit exactly.
        Data::Int(number) => CellContent::Number(*number as f64),
        Data::Float(number) if number.is_finite() => CellContent::Number(*number),
        Data::Float(number) => CellContent::Text(number.to_string()),
        Data::String(text) => CellContent::from_text(text.clone()),
        Data::Bool(flag) => CellContent::Boolean(*flag),
        Data::DateTime(date) => CellContent::Date(iso_date(date)),
        Data::DateTimeIso(text) | Data::DurationIso(text) => CellContent::Date(text.clone()),
        Data::Error(error) => CellContent::Error(error.to_string()),
    }
}

/// A date, with its time where it has one; a time of day alone, or a length of time, as hours, minutes and seconds.
fn iso_date(date: &ExcelDateTime) -> String {
    let days = date.as_f64();
    if date.is_duration() || (days > 0.0 && days < 1.0) {
        // A double that is larger is no time that anybody meant, and is cut to the largest there is.
        return clock((days * 86_400.0).round() as i64);
    }
    let (year, month, day, hour, minute, second, _) = date.to_ymd_hms_milli();
    if (hour, minute, second) == (0, 0, 0) {
        format!("{year:04}-{month:02}-{day:02}")
    } else {
        format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}")
    }
}

#[cfg(test)]
mod tests {
    use calamine::ExcelDateTimeType;

    use super::*;

    #[test]
    fn lengths_of_time_are_no_dates() {
        let read = |days, kind| iso_date(&ExcelDateTime::new(days, kind, false));
        assert_eq!(read(1.25, ExcelDateTimeType::TimeDelta), "30:00:00");
        assert_eq!(read(-0.0625, ExcelDateTimeType::TimeDelta), "-01:30:00");
        assert_eq!(read(0.0, ExcelDateTimeType::TimeDelta), "00:00:00");
        // Half past eight is no time of 1899.
        assert_eq!(read(8.5 / 24.0, ExcelDateTimeType::DateTime), "08:30:00");
        assert_eq!(read(43_831.25, ExcelDateTimeType::DateTime), "2020-01-01T06:00:00");
        assert_eq!(read(43_831.0, ExcelDateTimeType::DateTime), "2020-01-01");
    }
}
