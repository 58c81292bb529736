//! Binary files (workbooks and Parquet), which are read under guard.

use vintner_guard::Guarded;

use crate::columns::Columns;
use crate::fold::fold_header;
use crate::format::Format;
use crate::table::{Table, Unreadable, Wanted};
use crate::{column_wire, parquet, wire, workbook};

/// The reader of binary files, for the program that is to run it.
pub const BINARY_READER: Guarded = Guarded::new("tables", serve);

/// The tables of a binary file: the sheets that are wanted of a workbook, the one table of a Parquet file.
pub(crate) fn read_tables(
    bytes: &[u8],
    format: Format,
    wanted: Wanted<'_>,
) -> Result<Vec<Table>, Unreadable> {
    let no_answer = |message: String, hint: String| Unreadable { sheet: None, message, hint };
    match BINARY_READER.answer(&[&request(format, wanted), bytes]) {
        Ok(answer) => wire::decode(&answer).unwrap_or_else(|| {
            Err(no_answer("the reader broke off in the middle of its answer".into(), "try again".into()))
        }),
        Err(ended) => {
            let name = format.name();
            let kind = if format == Format::Parquet { "Parquet file" } else { &format!("{name} workbook") };
            let instead = if format == Format::Parquet {
                "write it as CSV"
            } else {
                "open it in a spreadsheet programme and save the sheet as CSV"
            };
            Err(no_answer(format!("not a readable {kind}: {ended}"), ended.hint(instead)))
        }
    }
}

/// The columns of a Parquet file that are headed by one of `names`, near enough.
pub(crate) fn read_columns(bytes: &[u8], names: &[String]) -> Result<Columns, Unreadable> {
    let unreadable = |message: String, hint: String| Unreadable { sheet: None, message, hint };
    let broken = || unreadable("the reader broke off in the middle of its answer".into(), "try again".into());
    // No header has a line break that isn't folded away.
    let names: Vec<String> = names.iter().map(|name| fold_header(name)).collect();
    let answer =
        BINARY_READER.answer(&[&request_of(COLUMNS, 0, &names.join("\n")), bytes]).map_err(|ended| {
            unreadable(format!("not a readable Parquet file: {ended}"), ended.hint("write it as CSV"))
        })?;
    match answer.split_first() {
        Some((1, columns)) => column_wire::decode(columns).ok_or_else(broken),
        // What is wrong is told as it is of tables.
        Some(_) => match wire::decode(&answer) {
            Some(Err(wrong)) => Err(wrong),
            _ => Err(broken()),
        },
        None => Err(broken()),
    }
}

/// The format byte of a request for columns.
const COLUMNS: u8 = 4;

/// What goes before the file's bytes: its format, which sheets, and the name of the one.
fn request(format: Format, wanted: Wanted<'_>) -> Vec<u8> {
    let (kind, name) = match wanted {
        Wanted::First => (0, ""),
        Wanted::All => (1, ""),
        Wanted::Named(name) => (2, name),
    };
    let format = match format {
        Format::Xls => 0,
        Format::Ods => 1,
        Format::Parquet => 2,
        _ => 3,
    };
    request_of(format, kind, name)
}

fn request_of(format: u8, kind: u8, name: &str) -> Vec<u8> {
    let length = u32::try_from(name.len()).unwrap_or(0);
    [&[format, kind], length.to_le_bytes().as_slice(), name.as_bytes()].concat()
}

fn serve(request: &[u8]) -> Vec<u8> {
    if let Some((names, bytes)) = asked_for_columns(request) {
        return match parquet::read_columns(bytes, &names) {
            Ok(columns) => [&[1], column_wire::encode(&columns).as_slice()].concat(),
            Err(wrong) => wire::encode(&Err(wrong)),
        };
    }
    wire::encode(&asked(request).unwrap_or_else(|| {
        Err(Unreadable { sheet: None, message: "no request".into(), hint: "try again".into() })
    }))
}

fn asked_for_columns(request: &[u8]) -> Option<(Vec<String>, &[u8])> {
    let (_, rest) = request.split_first_chunk::<2>().filter(|([format, _], _)| *format == COLUMNS)?;
    let (length, rest) = rest.split_first_chunk()?;
    let (names, bytes) = rest.split_at_checked(u32::from_le_bytes(*length) as usize)?;
    Some((std::str::from_utf8(names).ok()?.split('\n').map(str::to_owned).collect(), bytes))
}

fn asked(request: &[u8]) -> Option<Result<Vec<Table>, Unreadable>> {
    let ([format, kind], rest) = request.split_first_chunk()?;
    let (length, rest) = rest.split_first_chunk()?;
    let (name, bytes) = rest.split_at_checked(u32::from_le_bytes(*length) as usize)?;
    let wanted = match kind {
        0 => Wanted::First,
        1 => Wanted::All,
        _ => Wanted::Named(std::str::from_utf8(name).ok()?),
    };
    let format = match format {
        0 => Format::Xls,
        1 => Format::Ods,
        2 => Format::Parquet,
        _ => Format::Xlsx,
    };
    Some(match format {
        Format::Parquet => parquet::read_rows(bytes).map(|rows| vec![Table { sheet: None, rows }]),
        _ => workbook::read_sheets(bytes, format, wanted),
    })
}
