//! From a source's file to its tidy values.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::path::Path;

use rayon::prelude::*;
use vintner_panel::{PeriodWindow, SourcePlace};

use crate::binary::{read_columns, read_tables, unpacked};
use crate::checksum::Checksum;
use crate::column_letter::{by_place, letters};
use crate::columns::{Columns, ColumnsAsked};
use crate::corrected::Corrections;
use crate::crosswalk::Crosswalk;
use crate::delimited::{Dialect, SPACED_QUOTE};
use crate::entities_across::EntitiesAcross;
use crate::error::{IngestError, Result};
use crate::fill::{Carried, FillColumns, FilledRow};
use crate::fold::fold_header;
use crate::format::Format;
use crate::given::{GivenColumns, GivenRow};
use crate::grid::{CellContent, Grid, GridRow};
use crate::header::{Header, SEARCHED};
use crate::layout::Layout;
use crate::long::Long;
use crate::malformed::Malformed;
use crate::packed::Packer;
use crate::problem::Problem;
use crate::read_row::ReadRow;
use crate::rows::{GIVEN, Row, RowBlock};
use crate::sections::{Above, SectionColumns, SectionRow, Seen};
use crate::source::{Source, ValueKind, ValueLabels};
use crate::source_fault::SourceFault;
use crate::table::{Hidden, Table, Unreadable, Wanted};
use crate::tidied::Tidied;
use crate::tidying::{Asked, Tidying};
use crate::wide::Wide;
use crate::{delimited, hidden, html, merged, text_encoding};

/// Text is read in blocks of so many bytes, each by one thread.
pub(crate) const BLOCK: usize = 2 << 20;

/// So many blocks are read by each thread before all are put together.
const PER_THREAD: usize = 4;

/// Rows that aren't text are read in blocks of so many.
pub(crate) const ROWS: usize = 1 << 15;

/// Reads a source from the vintage's raw folder; see [`read_source_bytes`].
///
/// # Errors
/// Where the file can't be read, and as [`read_source_bytes`].
pub fn read_source(
    source: &Source,
    raw_folder: &Path,
    crosswalk: Option<&Crosswalk>,
    window: Option<PeriodWindow>,
) -> Result<Tidied> {
    let path = raw_folder.join(&source.file);
    let bytes = vintner_guard::read_regular(&path).map_err(|problem| IngestError::Io { path, problem })?;
    read_source_bytes(source, &bytes, crosswalk, window)
}

/// Reads a source from the bytes of its file. Rows of entities that are dropped and years out of
/// the window are left unread: what isn't used isn't checked. Without a crosswalk all entities of the file are read.
///
/// # Errors
/// [`IngestError::Checksum`] where the bytes aren't those that the manifest means;
/// [`IngestError::Source`] with everything that is wrong in them.
pub fn read_source_bytes(
    source: &Source,
    bytes: &[u8],
    crosswalk: Option<&Crosswalk>,
    window: Option<PeriodWindow>,
) -> Result<Tidied> {
    let found = Checksum::of(bytes);
    if Checksum::parse(&source.sha256).as_ref() != Some(&found) {
        return Err(IngestError::Checksum {
            name: source.name.clone(),
            file: source.file.clone(),
            expected: source.sha256.clone(),
            found: found.to_string(),
            line_ends: other_line_ends(&source.sha256, bytes),
            // Told at once, so that a file that was meant to change is mended in one round.
            faults: match read_values(source, bytes, crosswalk, window) {
                Err(IngestError::Source { faults, .. }) => Box::new(faults),
                _ => Box::default(),
            },
        });
    }
    let tidied = read_values(source, bytes, crosswalk, window)?;
    tracing::debug!(
        source = source.name,
        rows_read = tidied.rows_read,
        rows_used = tidied.rows_used,
        "source read"
    );
    Ok(tidied)
}

/// Whether the file would be the one that is meant but for its line ends.
fn other_line_ends(expected: &str, bytes: &[u8]) -> bool {
    let expected = Checksum::parse(expected);
    let mut lines = Vec::with_capacity(bytes.len());
    for byte in bytes {
        if *byte == b'\n' && lines.last() == Some(&b'\r') {
            lines.pop();
        }
        lines.push(*byte);
    }
    if lines.len() < bytes.len() && expected.as_ref() == Some(&Checksum::of(&lines)) {
        return true;
    }
    let mut returned = Vec::with_capacity(lines.len() + lines.len() / 16);
    for byte in lines {
        if byte == b'\n' {
            returned.push(b'\r');
        }
        returned.push(byte);
    }
    expected.as_ref() == Some(&Checksum::of(&returned))
}

/// The cells of a source's file or sheet, whatever its format; the checksum isn't looked at.
///
/// # Errors
/// [`IngestError::Source`] where the bytes aren't what the manifest says they are.
pub fn read_grid(source: &Source, bytes: &[u8]) -> Result<Grid> {
    let bytes = unpacked_text(source, bytes)?;
    let bytes = bytes.as_ref();
    let mut warnings = Vec::new();
    let (sheet, rows, regions) = match source.format {
        Format::Csv | Format::Tsv => {
            let (decoded, dialect) = text_of(source, bytes)?;
            warnings.extend(decoded.warning);
            let rows = delimited::parse(&decoded.text, dialect).map_err(|wrong| malformed(source, wrong))?;
            (None, rows, Vec::new())
        }
        Format::Html => {
            let (decoded, _) = text_of(source, bytes)?;
            warnings.extend(decoded.warning);
            let table = html::table(&decoded.text).map_err(|message| {
                let hint = "get the page again, or save its table as CSV".to_owned();
                unreadable(
                    source,
                    Unreadable { sheet: None, message: format!("not a readable HTML page: {message}"), hint },
                )
            })?;
            let none = || Unreadable {
                sheet: None,
                message: "a page of HTML without a table".into(),
                hint: "get the file itself, which may need signing in".into(),
            };
            let html::PageTable { rows, merged, hidden } = table.ok_or_else(|| unreadable(source, none()))?;
            let hidden = Hidden { rows: hidden, ..Hidden::default() };
            let mut table = Table { sheet: None, rows, hidden, merged };
            warnings.extend(hidden::apply(&mut table, source.hidden));
            warnings.extend(merged::apply(&mut table, source).map_err(|wrong| unreadable(source, wrong))?);
            (None, table.rows, table.merged)
        }
        _ if source.format.is_columnar() => {
            let columns = columns_of(source, bytes, None)?;
            warnings.extend(label_warnings(source, &columns));
            warnings.extend(columns.warnings.iter().cloned());
            (None, columns.into_rows(), Vec::new())
        }
        _ => {
            let wanted = source.sheet.as_deref().map_or(Wanted::First, Wanted::Named);
            let mut tables =
                read_tables(bytes, source.format, wanted).map_err(|wrong| unreadable(source, wrong))?;
            match tables.pop() {
                Some(mut table) => {
                    warnings.extend(hidden::apply(&mut table, source.hidden));
                    let said = merged::apply(&mut table, source);
                    warnings.extend(said.map_err(|wrong| unreadable(source, wrong))?);
                    (table.sheet, table.rows, table.merged)
                }
                None => (None, Vec::new(), Vec::new()),
            }
        }
    };
    Ok(Grid { file: source.file.clone(), sheet, rows, warnings, merged: regions })
}

fn read_values(
    source: &Source,
    bytes: &[u8],
    crosswalk: Option<&Crosswalk>,
    window: Option<PeriodWindow>,
) -> Result<Tidied> {
    let bytes = unpacked_text(source, bytes)?;
    let bytes = bytes.as_ref();
    static NONE: BTreeSet<usize> = BTreeSet::new();
    let (name, file) = (source.name.clone(), source.file.clone());
    let observations = source.has_observations();
    let mut place = SourcePlace { source: name, file, sheet: None, observations };
    let asked = |place| Asked { source, place, crosswalk, window, by_comma: &NONE };
    match source.format {
        Format::Csv | Format::Tsv => {
            let (decoded, dialect) = text_of(source, bytes)?;
            let warnings = decoded.warning.into_iter().collect();
            let text = decoded.text.as_ref();
            let head = head_of_text(source, text, dialect).map_err(|wrong| malformed(source, wrong))?;
            let blocks = delimited::blocks(text, dialect, BLOCK);
            tidy(asked(&place), &head, &blocks, warnings)
        }
        format if format.is_columnar() && source.layout == Layout::Long => {
            let columns = columns_of(source, bytes, Some(named(source)))?;
            let head = head_of(source, &columns);
            let warnings = label_warnings(source, &columns).chain(columns.warnings.iter().cloned()).collect();
            tidy(asked(&place), &head, &columns.blocks(ROWS), warnings)
        }
        _ => {
            let grid = read_grid(source, bytes)?;
            place.sheet.clone_from(&grid.sheet);
            let blocks: Vec<&[GridRow]> = grid.rows.chunks(ROWS).collect();
            let warnings = grid.warnings.clone();
            tidy(asked(&place), &grid, &blocks, warnings)
        }
    }
}

/// The rows at the top of a text in which its header is looked for.
pub(crate) fn head_of_text(
    source: &Source,
    text: &str,
    dialect: Dialect<'_>,
) -> std::result::Result<Grid, Malformed> {
    let wanted = SEARCHED + 2 + source.header_rows as usize + source.skip_rows as usize;
    let enough = |rows: &[GridRow]| {
        let below = rows.iter().rev().take_while(|row| row.number >= source.header_row);
        below.take(wanted).count() >= wanted
    };
    let grid = |rows| Grid {
        file: source.file.clone(),
        sheet: None,
        rows,
        warnings: Vec::new(),
        merged: Vec::new(),
    };
    let head = grid(delimited::first_rows(text, dialect, enough)?);
    // Where there is none, the whole table is looked through to say so.
    match Header::of(&head, source) {
        Ok(_) => Ok(head),
        Err(_) => Ok(grid(delimited::parse(text, dialect)?)),
    }
}

/// The bytes of a source's text, unpacked where they are packed.
fn unpacked_text<'b>(source: &Source, bytes: &'b [u8]) -> Result<Cow<'b, [u8]>> {
    if source.format.is_text() && Packer::of(bytes).is_some() {
        let text = unpacked(bytes, source.format).map_err(|wrong| unreadable(source, wrong))?;
        return Ok(Cow::Owned(text));
    }
    Ok(Cow::Borrowed(bytes))
}

/// The columns of a file that is laid out by column: those called `names`, or all.
fn columns_of(source: &Source, bytes: &[u8], names: Option<Vec<String>>) -> Result<Columns> {
    let as_labels = labelled_columns(source, ValueLabels::Labels);
    let asked = ColumnsAsked { names, as_labels, encoding: source.encoding.clone() };
    read_columns(bytes, source.format, &asked).map_err(|wrong| unreadable(source, wrong))
}

/// The headers of a source's columns that are read as labels, or as codes, where their values have labels.
pub(crate) fn labelled_columns(source: &Source, wanted: ValueLabels) -> Vec<String> {
    let names = source.keys().filter(|name| source.time.as_ref() != Some(*name));
    let keys = names.chain(source.rows_where.keys()).map(|name| (name, ValueLabels::Labels));
    let times = source.time.iter().map(|name| (name, ValueLabels::Codes));
    let values = source.columns.iter().filter_map(|column| {
        let is_text = column.kind == ValueKind::Text;
        Some((column.column.as_ref()?, if is_text { ValueLabels::Labels } else { ValueLabels::Codes }))
    });
    let declared = |name: &str, unsaid| source.value_labels.get(name).copied().unwrap_or(unsaid);
    let named = keys.chain(times).chain(values);
    named.filter(|(name, unsaid)| declared(name, *unsaid) == wanted).map(|(name, _)| name.clone()).collect()
}

/// What is said of columns whose values have labels, where the manifest doesn't say what is read of them.
fn label_warnings<'c>(source: &'c Source, columns: &'c Columns) -> impl Iterator<Item = String> + 'c {
    let has_labels = |name: &String| {
        let folded = fold_header(name);
        let mut names = (1_u32..).zip(&columns.names);
        names.any(|(number, own)| columns.labelled.contains(&number) && fold_header(own) == folded)
    };
    [(ValueLabels::Labels, "labels", "codes"), (ValueLabels::Codes, "codes", "labels")].into_iter().flat_map(
        move |(wanted, read, other)| {
            let named = labelled_columns(source, wanted).into_iter();
            let unsaid = named.filter(move |name| !source.value_labels.contains_key(name) && has_labels(name));
            unsaid.map(move |name| {
                format!(
                    "the values of column {name:?} have labels, and its {read} are read: declare `value_labels: \
                     {{{name}: {read}}}` if that is right, `{other}` if not"
                )
            })
        },
    )
}

/// The headers that a source names in a long table.
pub(crate) fn named(source: &Source) -> Vec<String> {
    let keys = source.keys().chain(source.rows_where.keys());
    keys.chain(source.columns.iter().filter_map(|column| column.column.as_ref())).cloned().collect()
}

/// The header of columns and the rows below it in which a header is looked for.
pub(crate) fn head_of(source: &Source, columns: &Columns) -> Grid {
    let names = columns.names.iter().map(|name| CellContent::from_text(name.as_str())).collect();
    let rows = vec![GridRow { number: 1, cells: names }];
    Grid { file: source.file.clone(), sheet: None, rows, warnings: Vec::new(), merged: Vec::new() }
}

/// Reads once, and again where some texts of a column can only be understood by what others show: 1.234 stands for
/// another number in a column that has 0,125.
fn tidy<B: RowBlock>(asked: Asked<'_>, head: &Grid, blocks: &[B], warnings: Vec<String>) -> Result<Tidied> {
    let (tidying, headers) = pass(asked, head, blocks)?;
    let by_comma = tidying.found_by_comma();
    let name = &asked.source.name;
    let tidied = if by_comma.is_empty() {
        tidying.finish(&headers, warnings)
    } else {
        let (tidying, headers) = pass(Asked { by_comma: &by_comma, ..asked }, head, blocks)?;
        tidying.finish(&headers, warnings)
    };
    Ok(tidied.map_err(|faults| IngestError::Source { name: name.clone(), faults })??)
}

/// The columns of variables and what stands over each.
pub(crate) type Headers = Vec<(u32, String)>;

pub(crate) fn pass<'a, B: RowBlock>(
    asked: Asked<'a>,
    head: &Grid,
    blocks: &[B],
) -> Result<(Tidying<'a>, Headers)> {
    let source = asked.source;
    let mut tidying = Tidying::new(asked);
    tidying.refuse_both();
    let corrections = Corrections::of(source);
    let mut head = Cow::Borrowed(head);
    if let (false, Some(row)) =
        (source.corrections.is_empty(), head.header_row(source.header_row, source.format.is_text()))
    {
        let last = row.number;
        corrections.in_header(&mut tidying, &mut head.to_mut().rows, last);
    }
    let mut header = match Header::of(&head, source) {
        Ok(header) => Some(header),
        Err(problem) => {
            tidying.fault(problem);
            None
        }
    };
    let width = header.as_ref().and_then(|header| width_of(source, header));
    let given = header.as_mut().map(|header| GivenColumns::beside(&source.given, header));
    let given = given.transpose().unwrap_or_else(|problem| {
        tidying.fault(problem);
        None
    });
    let given = given.unwrap_or_default();
    let sections = header.as_mut().map(|header| SectionColumns::beside(&mut tidying, header));
    let sections = sections.unwrap_or_default();
    let fill = header.as_ref().map(|header| FillColumns::find(&mut tidying, header)).unwrap_or_default();
    let layout: Option<Box<dyn ReadRow + '_>> = header.as_ref().and_then(|header| match source.layout {
        Layout::Long => Some(Box::new(Long::find(&mut tidying, header)?) as Box<dyn ReadRow>),
        Layout::Wide => Some(Box::new(Wide::find(&mut tidying, header)?) as Box<dyn ReadRow>),
        Layout::EntitiesAcross => {
            Some(Box::new(EntitiesAcross::find(&mut tidying, header)?) as Box<dyn ReadRow>)
        }
    });
    let first = header.as_ref().map_or(u32::MAX, |header| header.last);
    let last = source.last_row.unwrap_or(u32::MAX);
    let in_table = |row: &dyn Row| row.number() > first && row.number() <= last;
    // What is filled down into each block from those above it, and the headings above.
    let mut above = Vec::new();
    let goes_on = !fill.is_empty() || !sections.is_empty();
    let begin = || (fill.begin(), sections.begin());
    // Under a heading something new begins.
    let see = |carried: &mut (Carried, Above), row: &dyn Row| {
        let seen = sections.see(&mut carried.1, row);
        match seen {
            Seen::Data => fill.see(&mut carried.0, row),
            Seen::Heading => carried.0 = fill.begin(),
            Seen::Other(_) | Seen::Unknown(..) => {}
        }
        seen
    };
    if goes_on {
        let (mut carried, mut other) = (begin(), Tidying::new(asked));
        for block in blocks {
            above.push(carried.clone());
            let seen = block.each(&mut |row| {
                if in_table(row) {
                    corrections.in_row(&mut other, row, |_, row| {
                        see(&mut carried, row);
                    });
                }
            });
            seen.map_err(|wrong| malformed(source, wrong))?;
        }
    }
    let as_they_are = source.corrections.is_empty() && source.given.is_empty() && !goes_on;
    let read = |(at, block): (usize, &B)| {
        // Most files that are laid out by column have nothing to look at cell by cell.
        if let (true, Some((start, height)), Some(layout)) = (as_they_are, block.span(), &layout) {
            let end = u64::from(start) + height as u64;
            let mut own = Tidying::new(asked);
            if start > first && end <= u64::from(last) && layout.read_block(&mut own, block) {
                return Ok(own);
            }
        }
        let mut own = Tidying::new(asked);
        let mut carried = above.get(at).cloned().unwrap_or_else(begin);
        block.each(&mut |row| {
            if !in_table(row) {
                return;
            }
            let (spaced, read_before) = (row.spaced_quote(), own.rows_read);
            corrections.in_row(&mut own, row, |own, row| {
                if let Some(width) = width {
                    check_width(own, row, width);
                }
                if header.as_ref().is_some_and(|header| header.is_repeated_by(row)) {
                    own.repeated_headers.push(row.number());
                    return;
                }
                let Some(layout) = &layout else { return };
                let with_given = |own: &mut Tidying<'_>, row: &dyn Row| match source.given.is_empty() {
                    true => layout.read(own, row),
                    false => layout.read(own, &GivenRow { row, given: &given }),
                };
                if !goes_on {
                    return with_given(own, row);
                }
                let seen = see(&mut carried, row);
                if !matches!(seen, Seen::Data) {
                    return sections.note(own, row, seen);
                }
                let filled = FilledRow { row, columns: &fill, carried: &carried.0 };
                let before = own.rows_read;
                with_given(own, &SectionRow { row: &filled, above: &carried.1 });
                if own.rows_read > before {
                    fill.count(own, &filled);
                    sections.check(own, &carried.1, row.number());
                }
            });
            // Of a row that it makes too wide it is told already.
            let is_told = width.is_some_and(|width| row.width() > width);
            if let Some(column) = spaced.filter(|_| own.rows_read > read_before && !is_told) {
                own.fault(quote_behind_space(row, column));
            }
        })?;
        Ok(own)
    };
    // Some blocks at a time, so that what was read of them isn't held twice over.
    let together = PER_THREAD * rayon::current_num_threads();
    for (at, some) in blocks.chunks(together).enumerate() {
        let own: Vec<std::result::Result<Tidying<'_>, Malformed>> =
            some.par_iter().enumerate().map(|(own, block)| read((at * together + own, block))).collect();
        if at == 0 && blocks.len() > some.len() {
            // Blocks are about as large as one another; the last may be smaller.
            let records: usize = own.iter().flatten().map(|block| block.records.len()).sum();
            tidying.records.reserve(records.saturating_mul(blocks.len()).div_ceil(some.len()));
        } else {
            tidying.records.reserve(own.iter().flatten().map(|block| block.records.len()).sum());
        }
        for block in own {
            tidying.absorb(block.map_err(|wrong| malformed(source, wrong))?);
        }
    }
    if let Some(layout) = &layout {
        layout.end(&mut tidying);
    }
    corrections.end(&mut tidying);
    let headers = layout.as_ref().map(|layout| layout.headers().to_vec()).unwrap_or_default();
    Ok((tidying, headers))
}

/// How many columns the header of a text has. Under a row that isn't the header every row is too wide, and none is
/// at fault.
fn width_of(source: &Source, header: &Header) -> Option<u32> {
    let keys = [&source.entity, &source.time];
    let is_header = keys
        .into_iter()
        .flatten()
        .filter(|name| !source.given.contains_key(*name))
        .all(|name| header.find(name).is_ok());
    // A column behind the last that has a header is one where the manifest names it by its place.
    let named = named(source).into_iter().filter_map(|name| by_place(&name));
    let headed = header.cells.iter().map(|(column, _)| *column).filter(|column| *column < GIVEN);
    (source.format.is_text() && is_header).then(|| headed.chain(named).max().unwrap_or_default())
}

/// In text, a field beyond the header's last is a delimiter inside a value (a thousands separator,
/// say), which has shifted all that follows.
fn check_width(tidying: &mut Tidying<'_>, row: &dyn Row, width: u32) {
    if let Some(column) = row.quoted_rows(width) {
        return tidying.too_wide(Problem {
            cell: Some((row.number(), column)),
            message: format!(
                "a quoted field goes on over several lines, each of which has as many fields as the header: it may be a text, or \
                 quotation marks that are parts of texts in rows of their own, {:?}",
                row.cell(column).raw()
            ),
            hint: "in a copy of the file, quote each text with such a mark and double the mark in it; take the line breaks out of it if \
                   it is one text"
                .into(),
        });
    }
    if row.width() <= width {
        return;
    }
    if let Some(column) = row.spaced_quote() {
        return tidying.too_wide(quote_behind_space(row, column));
    }
    if let Some((column, cell)) = row.first_from(width + 1) {
        tidying.too_wide(Problem {
            cell: Some((row.number(), column)),
            message: format!("{:?} stands beyond the header's {width} columns", cell.raw()),
            hint: format!(
                "put a field that contains the delimiter in quotation marks; where another row is the header, mend \
                 `header_row`; a column without a header is read where a key or a variable is called by its place, \"column {}\"",
                letters(column)
            ),
        });
    }
}

/// A field that begins with a space and a quotation mark.
fn quote_behind_space(row: &dyn Row, column: u32) -> Problem {
    Problem {
        cell: Some((row.number(), column)),
        message: format!(
            "a quotation mark behind a space, {:?}: it may open a quoted field, in which delimiters are text, or be a part of \
             the text itself",
            row.cell(column).raw()
        ),
        hint: SPACED_QUOTE.into(),
    }
}

fn text_of<'b>(source: &'b Source, bytes: &'b [u8]) -> Result<(text_encoding::Decoded<'b>, Dialect<'b>)> {
    let decoded = text_encoding::decode(bytes, source.encoding_label())
        .map_err(|wrong| undecodable(source, 1, wrong))?;
    Ok((decoded, dialect_of(source)))
}

/// How a source's text is divided.
pub(crate) fn dialect_of(source: &Source) -> Dialect<'_> {
    Dialect {
        delimiter: source.delimiter_character(),
        comment: source.comment.as_deref(),
        skips_space: source.skip_initial_space,
    }
}

/// What is wrong with a text, or a part of it that begins on a line.
pub(crate) fn undecodable(source: &Source, line: u32, wrong: text_encoding::Undecodable) -> IngestError {
    let cell = Some((line.saturating_add(wrong.line).saturating_sub(1), 1));
    let (message, hint) = (wrong.message, wrong.hint);
    fault(source, SourceFault { file: source.file.clone(), sheet: None, cell, message, hint })
}

pub(crate) fn unreadable(source: &Source, wrong: Unreadable) -> IngestError {
    let (sheet, message, hint) = (wrong.sheet, wrong.message, wrong.hint);
    fault(source, SourceFault { file: source.file.clone(), sheet, cell: None, message, hint })
}

pub(crate) fn malformed(source: &Source, wrong: Malformed) -> IngestError {
    let (cell, message, hint) =
        (Some((wrong.line, wrong.column)), wrong.message.into_owned(), wrong.hint.into());
    fault(source, SourceFault { file: source.file.clone(), sheet: None, cell, message, hint })
}

fn fault(source: &Source, fault: SourceFault) -> IngestError {
    IngestError::Source { name: source.name.clone(), faults: fault.into() }
}
