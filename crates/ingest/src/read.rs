//! From a source's file to its tidy values.

use std::path::Path;

use crate::binary::read_tables;
use crate::checksum::Checksum;
use crate::crosswalk::Crosswalk;
use crate::delimited::Dialect;
use crate::error::{IngestError, Result};
use crate::format::Format;
use crate::grid::Grid;
use crate::header::Header;
use crate::layout::Layout;
use crate::source::Source;
use crate::source_fault::SourceFault;
use crate::table::Wanted;
use crate::tidied::Tidied;
use crate::tidying::{Problem, Tidying};
use crate::window::Window;
use crate::{delimited, entities_across, long, text_encoding, wide};

/// Reads a source from the vintage's raw folder; see [`read_source_bytes`].
///
/// # Errors
/// Where the file can't be read, and as [`read_source_bytes`].
pub fn read_source(
    source: &Source,
    raw_folder: &Path,
    crosswalk: &Crosswalk,
    window: Option<Window>,
) -> Result<Tidied> {
    let path = raw_folder.join(&source.file);
    let bytes = vintner_guard::read_regular(&path).map_err(|problem| IngestError::Io { path, problem })?;
    read_source_bytes(source, bytes, crosswalk, window)
}

/// Reads a source from the bytes of its file. Rows of entities that are dropped and years out of
/// the window are left unread: what isn't used isn't checked.
///
/// # Errors
/// [`IngestError::Checksum`] where the bytes aren't those that the manifest means;
/// [`IngestError::Source`] with everything that is wrong in them.
pub fn read_source_bytes(
    source: &Source,
    bytes: Vec<u8>,
    crosswalk: &Crosswalk,
    window: Option<Window>,
) -> Result<Tidied> {
    let found = Checksum::of(&bytes);
    if Checksum::parse(&source.sha256).as_ref() != Some(&found) {
        return Err(IngestError::Checksum {
            name: source.name.clone(),
            file: source.file.clone(),
            expected: source.sha256.clone(),
            found: found.to_string(),
            // Told at once, so that a file that was meant to change is mended in one round.
            faults: match read_grid(source, bytes).and_then(|grid| tidy(source, &grid, crosswalk, window)) {
                Err(IngestError::Source { faults, .. }) => Box::new(faults),
                _ => Box::default(),
            },
        });
    }
    let grid = read_grid(source, bytes)?;
    let tidied = tidy(source, &grid, crosswalk, window)?;
    tracing::debug!(
        source = source.name,
        rows_read = tidied.rows_read,
        rows_used = tidied.rows_used,
        values = tidied.values.len(),
        missing = tidied.missing().count(),
        "source read"
    );
    Ok(tidied)
}

/// The cells of a source's file or sheet, whatever its format; the checksum isn't looked at.
///
/// # Errors
/// [`IngestError::Source`] where the bytes aren't what the manifest says they are.
pub fn read_grid(source: &Source, bytes: Vec<u8>) -> Result<Grid> {
    let fault = |sheet: Option<String>, cell, message, hint| {
        let fault = SourceFault { file: source.file.clone(), sheet, cell, message, hint };
        IngestError::Source { name: source.name.clone(), faults: fault.into() }
    };
    let mut warnings = Vec::new();
    let (sheet, rows) = match source.format {
        Format::Csv | Format::Tsv => {
            let decoded = text_encoding::decode(&bytes, source.encoding_label())
                .map_err(|wrong| fault(None, Some((wrong.line, 1)), wrong.message, wrong.hint))?;
            warnings.extend(decoded.warning);
            let dialect =
                Dialect { delimiter: source.delimiter_character(), comment: source.comment.as_deref() };
            let rows = delimited::parse(&decoded.text, dialect).map_err(|wrong| {
                fault(None, Some((wrong.line, 1)), wrong.message.into(), wrong.hint.into())
            })?;
            (None, rows)
        }
        Format::Xlsx | Format::Xls | Format::Ods | Format::Parquet => {
            let wanted = source.sheet.as_deref().map_or(Wanted::First, Wanted::Named);
            let mut tables = read_tables(&bytes, source.format, wanted)
                .map_err(|wrong| fault(wrong.sheet, None, wrong.message, wrong.hint))?;
            tables.pop().map_or((None, Vec::new()), |table| (table.sheet, table.rows))
        }
    };
    Ok(Grid { file: source.file.clone(), sheet, rows, warnings })
}

fn tidy(source: &Source, grid: &Grid, crosswalk: &Crosswalk, window: Option<Window>) -> Result<Tidied> {
    let mut tidying = Tidying::new(source, grid, crosswalk, window);
    match Header::of(grid, source.header_row, source.format.is_text()) {
        Err(problem) => tidying.fault(problem),
        Ok(header) => {
            let last = source.last_row.unwrap_or(u32::MAX);
            let rows: Vec<_> =
                grid.rows.iter().filter(|row| row.number > header.row && row.number <= last).collect();
            // Under a row that isn't the header every row is too wide, and none is at fault.
            let keys = [&source.entity, &source.time];
            let is_header = keys.into_iter().flatten().all(|name| header.find(name).is_ok());
            if source.format.is_text() && is_header {
                check_widths(&mut tidying, &header, &rows);
            }
            match source.layout {
                Layout::Long => long::walk(&mut tidying, &header, &rows),
                Layout::Wide => wide::walk(&mut tidying, &header, &rows),
                Layout::EntitiesAcross => entities_across::walk(&mut tidying, &header, &rows),
            }
        }
    }
    tidying.finish().map_err(|faults| IngestError::Source { name: source.name.clone(), faults })
}

/// In text, a field beyond the header's last is a delimiter inside a value (a thousands separator,
/// say), which has shifted all that follows.
fn check_widths(tidying: &mut Tidying<'_>, header: &Header, rows: &[&crate::grid::GridRow]) {
    let width = header.cells.last().map_or(0, |(column, _)| *column);
    for row in rows {
        let beyond = row.cells.iter().zip(1u32..).find(|(cell, at)| *at > width && !cell.is_blank());
        if let Some((content, column)) = beyond {
            tidying.fault(Problem {
                cell: Some((row.number, column)),
                message: format!("{:?} stands beyond the header's {width} columns", content.raw()),
                hint: "put a field that contains the delimiter in quotation marks".into(),
            });
        }
    }
}
