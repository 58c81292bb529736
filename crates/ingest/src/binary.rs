//! Binary files (workbooks, files laid out by column, packed text), which are read under guard.

use vintner_guard::{Ended, Guarded, Packing};

use crate::columns::{Columns, ColumnsAsked};
use crate::format::Format;
use crate::table::{Table, Unreadable, Wanted};
use crate::{column_wire, dta, gzip, parquet, rds, sav, wire, workbook};

/// The reader of binary files, for the program that is to run it.
pub const BINARY_READER: Guarded = Guarded::new("tables", serve);

/// The sheets that are wanted of a workbook.
pub(crate) fn read_tables(
    bytes: &[u8],
    format: Format,
    wanted: Wanted<'_>,
) -> Result<Vec<Table>, Unreadable> {
    let (kind, name) = match wanted {
        Wanted::First => (FIRST, ""),
        Wanted::All => (ALL, ""),
        Wanted::Named(name) => (NAMED, name),
    };
    let answer =
        BINARY_READER.answer(&[&request(kind, format, name), bytes], packing(format)).map_err(|ended| {
            no_answer(
                &ended,
                format.in_words(),
                "open it in a spreadsheet programme and save the sheet as CSV",
            )
        })?;
    wire::decode(&answer).unwrap_or_else(|| Err(broken()))
}

/// The columns that are asked for of a file that is laid out by column.
pub(crate) fn read_columns(
    bytes: &[u8],
    format: Format,
    asked: &ColumnsAsked,
) -> Result<Columns, Unreadable> {
    let asked = serde_json::to_string(asked).map_err(|_| broken())?;
    let answer = BINARY_READER
        .answer(&[&request(COLUMNS, format, &asked), bytes], packing(format))
        .map_err(|ended| no_answer(&ended, format.in_words(), "write it as CSV"))?;
    column_wire::decode(accepted(&answer)?).ok_or_else(broken)
}

/// The text that is packed in `bytes` by gzip.
pub(crate) fn unpacked(bytes: &[u8], format: Format) -> Result<Vec<u8>, Unreadable> {
    let answer = BINARY_READER
        .answer(&[&request(GZIP, format, ""), bytes], Packing::Packed)
        .map_err(|ended| no_answer(&ended, "text packed by gzip", "unpack it"))?;
    accepted(&answer).map(<[u8]>::to_vec)
}

fn packing(format: Format) -> Packing {
    match format {
        Format::Xls | Format::Dta => Packing::Plain,
        _ => Packing::Packed,
    }
}

fn no_answer(ended: &Ended, kind: &str, instead: &str) -> Unreadable {
    // A process that couldn't be begun is no fault of the file.
    let message = format!("not a readable {kind}: {ended}");
    Unreadable { sheet: None, message, hint: ended.hint(instead) }
}

fn broken() -> Unreadable {
    Unreadable {
        sheet: None,
        message: "the reader broke off in the middle of its answer".into(),
        hint: "try again".into(),
    }
}

/// An answer after its first byte, which says whether it is one; what is wrong is told as it is of tables.
fn accepted(answer: &[u8]) -> Result<&[u8], Unreadable> {
    match answer.split_first() {
        Some((1, rest)) => Ok(rest),
        Some(_) => Err(match wire::decode(answer) {
            Some(Err(wrong)) => wrong,
            _ => broken(),
        }),
        None => Err(broken()),
    }
}

/// What is asked for: sheets by their place or name, columns, or what is packed.
const FIRST: u8 = 0;
const ALL: u8 = 1;
const NAMED: u8 = 2;
const COLUMNS: u8 = 3;
const GZIP: u8 = 4;

/// What goes before the file's bytes: what is asked for, the file's format, and a text.
fn request(kind: u8, format: Format, text: &str) -> Vec<u8> {
    let format = Format::ALL.iter().position(|one| *one == format).unwrap_or(Format::ALL.len());
    let format = u8::try_from(format).unwrap_or(u8::MAX);
    let length = u32::try_from(text.len()).unwrap_or(0);
    [&[kind, format], length.to_le_bytes().as_slice(), text.as_bytes()].concat()
}

fn serve(request: &[u8]) -> Vec<u8> {
    asked(request).unwrap_or_else(|| {
        wire::encode(&Err(Unreadable { sheet: None, message: "no request".into(), hint: "try again".into() }))
    })
}

fn asked(request: &[u8]) -> Option<Vec<u8>> {
    let ([kind, format], rest) = request.split_first_chunk()?;
    let (length, rest) = rest.split_first_chunk()?;
    let (text, bytes) = rest.split_at_checked(u32::from_le_bytes(*length) as usize)?;
    let format = *Format::ALL.get(usize::from(*format))?;
    let text = std::str::from_utf8(text).ok()?;
    let wanted = match *kind {
        FIRST => Wanted::First,
        ALL => Wanted::All,
        NAMED => Wanted::Named(text),
        COLUMNS => return Some(columns(bytes, format, &serde_json::from_str(text).ok()?)),
        GZIP => {
            return Some(match gzip::unpacked(bytes) {
                Ok(text) => [&[1], text.as_slice()].concat(),
                Err(wrong) => wire::encode(&Err(wrong)),
            });
        }
        _ => return None,
    };
    Some(wire::encode(&workbook::read_sheets(bytes, format, wanted)))
}

fn columns(bytes: &[u8], format: Format, asked: &ColumnsAsked) -> Vec<u8> {
    let read = match format {
        Format::Dta => dta::read_columns(bytes, asked),
        Format::Sav => sav::read_columns(bytes, asked),
        Format::Rds => rds::read_columns(bytes, asked),
        _ => parquet::read_columns(bytes, asked),
    };
    match read {
        Ok(columns) => [&[1], column_wire::encode(&columns).as_slice()].concat(),
        Err(wrong) => wire::encode(&Err(wrong)),
    }
}
