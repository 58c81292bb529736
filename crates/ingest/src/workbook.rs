//! Sheets of workbooks: xlsx, xls and ods.

use std::fmt::Debug;
use std::io::{Cursor, Read, Seek};

use calamine::{Data, ExcelDateTime, Ods, Range, Reader, Xls, Xlsx};
use vintner_diagnostics::did_you_mean;

use crate::format::Format;
use crate::grid::{CellContent, GridRow};

/// A workbook or sheet that can't be read.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Unreadable {
    /// The sheet asked for, where it is a matter of one.
    pub sheet: Option<String>,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub hint: String,
}

/// A sheet's name and rows. Formulas come as the values that the workbook last computed.
pub(crate) type Sheet = (String, Vec<GridRow>);

/// The sheet called `wanted`, or the first one.
pub(crate) fn read_sheet(bytes: &[u8], format: Format, wanted: Option<&str>) -> Result<Sheet, Unreadable> {
    if let Some(unreadable) = no_workbook(bytes, format) {
        return Err(unreadable);
    }
    match format {
        Format::Xls => sheet_of::<Xls<_>, _>(Cursor::new(bytes), format, wanted),
        Format::Ods => sheet_of::<Ods<_>, _>(Cursor::new(bytes), format, wanted),
        _ => sheet_of::<Xlsx<_>, _>(Cursor::new(bytes), format, wanted),
    }
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
            "get the file itself, which may need signing in; or open this in a spreadsheet programme and save \
             it as a workbook",
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

/// The names of the sheets, in their order.
pub(crate) fn sheet_names(bytes: &[u8], format: Format) -> Result<Vec<String>, Unreadable> {
    if let Some(unreadable) = no_workbook(bytes, format) {
        return Err(unreadable);
    }
    let source = Cursor::new(bytes);
    match format {
        Format::Xls => names_of::<Xls<_>, _>(source, format),
        Format::Ods => names_of::<Ods<_>, _>(source, format),
        _ => names_of::<Xlsx<_>, _>(source, format),
    }
}

fn names_of<Workbook, Source>(source: Source, format: Format) -> Result<Vec<String>, Unreadable>
where
    Source: Read + Seek,
    Workbook: Reader<Source>,
    Workbook::Error: Debug + std::fmt::Display,
{
    Ok(opened::<Workbook, Source>(source, format)?.sheet_names())
}

fn opened<Workbook, Source>(source: Source, format: Format) -> Result<Workbook, Unreadable>
where
    Source: Read + Seek,
    Workbook: Reader<Source>,
    Workbook::Error: Debug + std::fmt::Display,
{
    Workbook::new(source).map_err(|error| Unreadable {
        sheet: None,
        message: format!("not a readable {} workbook: {error}", format.name()),
        hint: "open it in a spreadsheet programme and save it again, or mend `format`".into(),
    })
}

fn sheet_of<Workbook, Source>(
    source: Source,
    format: Format,
    wanted: Option<&str>,
) -> Result<Sheet, Unreadable>
where
    Source: Read + Seek,
    Workbook: Reader<Source>,
    Workbook::Error: Debug + std::fmt::Display,
{
    let mut workbook = opened::<Workbook, Source>(source, format)?;
    let names = workbook.sheet_names();
    let name = match wanted {
        Some(wanted) => names.iter().find(|name| name.as_str() == wanted).ok_or_else(|| {
            let known = names.iter().map(String::as_str);
            Unreadable {
                sheet: None,
                message: format!("no sheet `{wanted}`"),
                hint: match did_you_mean(wanted, known) {
                    Some(name) => format!("did you mean `{name}`?"),
                    None => format!("its sheets are: {}", quoted(&names)),
                },
            }
        })?,
        None => names.first().ok_or_else(|| Unreadable {
            sheet: None,
            message: "a workbook without a sheet".into(),
            hint: "mend `file`, or export the table again".into(),
        })?,
    };
    let range = workbook.worksheet_range(name).map_err(|error| Unreadable {
        sheet: Some(name.clone()),
        message: format!("not a readable sheet: {error}"),
        hint: "open the workbook in a spreadsheet programme and save it again".into(),
    })?;
    Ok((name.clone(), rows_of(&range)))
}

fn quoted(names: &[String]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

/// The rows of a range, which begins at the sheet's first used cell, numbered as on the sheet.
fn rows_of(range: &Range<Data>) -> Vec<GridRow> {
    let Some((first_row, first_column)) = range.start() else { return Vec::new() };
    range
        .rows()
        .zip(first_row + 1..)
        .map(|(cells, number)| {
            let padding = std::iter::repeat_n(CellContent::Empty, first_column as usize);
            GridRow { number, cells: padding.chain(cells.iter().map(content)).collect() }
        })
        .collect()
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

fn iso_date(date: &ExcelDateTime) -> String {
    let (year, month, day, hour, minute, second, _) = date.to_ymd_hms_milli();
    if (hour, minute, second) == (0, 0, 0) {
        format!("{year:04}-{month:02}-{day:02}")
    } else {
        format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}")
    }
}
