//! Binary files (workbooks, files laid out by column, packed text), which are read under guard.

use std::ops::Range;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use vintner_guard::{Ended, Guarded, Packing};

use crate::columns::{Columns, ColumnsAsked};
use crate::format::Format;
use crate::packed::Packer;
use crate::table::{Table, Unreadable, Wanted};
use crate::{column_wire, dta, packed, parquet, rds, sav, wire, workbook};

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

/// What is asked of some row groups of a Parquet file.
#[derive(Debug, Serialize, Deserialize)]
struct GroupsAsked {
    path: PathBuf,
    columns: ColumnsAsked,
    groups: Range<usize>,
}

/// The columns that are asked for of a Parquet file's row groups. The reader opens the file itself, and reads no more
/// of it than these.
pub(crate) fn read_groups(
    path: &Path,
    columns: &ColumnsAsked,
    groups: Range<usize>,
) -> Result<Columns, Unreadable> {
    let answer = of_groups(GROUPS, path, columns, &groups)?;
    let before = answer.get(1..9).and_then(|bytes| Some(u64::from_le_bytes(bytes.try_into().ok()?)));
    let before = before.and_then(|before| usize::try_from(before).ok());
    // An answer that is none has no number before it.
    accepted(&answer)?;
    let columns = answer.get(9..).and_then(column_wire::decode);
    let (Some(columns), Some(before)) = (columns, before) else { return Err(broken()) };
    Ok(Columns { before, ..columns })
}

/// How many rows each row group of a Parquet file has.
pub(crate) fn group_heights(path: &Path) -> Result<Vec<u64>, Unreadable> {
    let answer = of_groups(HEIGHTS, path, &ColumnsAsked::default(), &(0..0))?;
    serde_json::from_slice(accepted(&answer)?).map_err(|_| broken())
}

fn of_groups(
    kind: u8,
    path: &Path,
    columns: &ColumnsAsked,
    groups: &Range<usize>,
) -> Result<Vec<u8>, Unreadable> {
    // The process that reads may start elsewhere.
    let path = std::path::absolute(path).map_err(|_| broken())?;
    let asked = GroupsAsked { path, columns: columns.clone(), groups: groups.clone() };
    let asked = serde_json::to_string(&asked).map_err(|_| broken())?;
    BINARY_READER
        .answer(&[&request(kind, Format::Parquet, &asked)], Packing::Packed)
        .map_err(|ended| no_answer(&ended, Format::Parquet.in_words(), "write it in smaller row groups"))
}

/// The text that is packed in `bytes`.
pub(crate) fn unpacked(bytes: &[u8], format: Format) -> Result<Vec<u8>, Unreadable> {
    let answer =
        BINARY_READER.answer(&[&request(UNPACK, format, ""), bytes], Packing::Packed).map_err(|ended| {
            let packer = Packer::of(bytes).map_or("gzip", Packer::name);
            no_answer(&ended, &format!("text packed by {packer}"), "unpack it")
        })?;
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
const UNPACK: u8 = 4;
/// Columns of some row groups, and how many rows each group has, of a file that the reader opens.
const GROUPS: u8 = 5;
const HEIGHTS: u8 = 6;

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
        GROUPS => {
            let asked: GroupsAsked = serde_json::from_str(text).ok()?;
            return Some(match parquet::read_groups(&asked.path, &asked.columns, asked.groups) {
                Ok(columns) => {
                    let before = (columns.before as u64).to_le_bytes();
                    [&[1], before.as_slice(), column_wire::encode(&columns).as_slice()].concat()
                }
                Err(wrong) => wire::encode(&Err(wrong)),
            });
        }
        HEIGHTS => {
            let asked: GroupsAsked = serde_json::from_str(text).ok()?;
            return Some(match parquet::group_heights(&asked.path) {
                Ok(heights) => [&[1], serde_json::to_vec(&heights).ok()?.as_slice()].concat(),
                Err(wrong) => wire::encode(&Err(wrong)),
            });
        }
        UNPACK => {
            return Some(match packed::unpacked(bytes) {
                Ok(text) => [&[1], text.as_deref().unwrap_or(bytes)].concat(),
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
