//! What a cell is of which no value was read: a header, a key of its row, or a part of a row or a column that is left out, and
//! what leaves it out.

use std::collections::BTreeSet;
use std::path::Path;

use vintner_panel::SourcePlace;

use crate::cell::Cell;
use crate::column_letter::letters;
use crate::corrected::Corrections;
use crate::crosswalk::Crosswalk;
use crate::error::{IngestError, Result};
use crate::fill::{Carried, FillColumns, FilledRow};
use crate::given::{GivenColumns, GivenRow};
use crate::grid::{Grid, GridRow};
use crate::header::Header;
use crate::key_column::find_key_quietly;
use crate::layout::Layout;
use crate::read::read_grid;
use crate::row_key::{KeyColumns, KeyedRow};
use crate::rows::Row;
use crate::sections::{Above, SectionColumns, SectionRow, Seen};
use crate::source::Source;
use crate::tidying::{Asked, Tidying};

/// What is said of a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CellSaid {
    /// In words.
    pub text: String,
    /// Whether it is a key of a row that is read, so that all values of the row go by it.
    pub is_key: bool,
}

/// Says what the cell in a row and a column of a source's file is, both counted from 1; nothing where the file can't be read as
/// the source says.
///
/// # Errors
/// Where a file can't be read, or its bytes aren't what the manifest says they are.
pub fn said_of_cell(
    source: &Source,
    file: &Path,
    crosswalk: Option<&Path>,
    cell: (u32, u32),
) -> Result<Option<CellSaid>> {
    let io = |path: &Path, problem| IngestError::Io { path: path.to_owned(), problem };
    if file.metadata().is_ok_and(|metadata| metadata.len() > LARGEST) {
        return Ok(None);
    }
    let bytes = vintner_guard::read_regular(file).map_err(|problem| io(file, problem))?;
    let crosswalk = match crosswalk {
        Some(path) => {
            let text = vintner_guard::read_text(path).map_err(|problem| io(path, problem))?;
            // It was read when the values were.
            Crosswalk::parse("crosswalk", &text).ok()
        }
        None => None,
    };
    said(source, &bytes, crosswalk.as_ref(), cell)
}

/// Larger files aren't read again to say what a cell is.
const LARGEST: u64 = 1 << 29;

fn said(
    source: &Source,
    bytes: &[u8],
    crosswalk: Option<&Crosswalk>,
    cell: (u32, u32),
) -> Result<Option<CellSaid>> {
    let mut grid = read_grid(source, bytes)?;
    let place = SourcePlace {
        source: source.name.clone(),
        file: source.file.clone(),
        sheet: grid.sheet.clone(),
        observations: source.has_observations(),
    };
    let by_comma = BTreeSet::new();
    let asked = Asked { source, place: &place, crosswalk, window: None, by_comma: &by_comma };
    let mut tidying = Tidying::new(asked);
    let corrections = Corrections::of(source);
    if let Some(last) = grid.header_row(source.header_row, source.format.is_text()).map(|row| row.number) {
        corrections.in_header(&mut tidying, &mut grid.rows, last);
    }
    let Ok(mut header) = Header::of(&grid, source) else { return Ok(None) };
    let Ok(given) = GivenColumns::beside(&source.given, &mut header) else { return Ok(None) };
    let (row, column) = cell;
    let (last, shown) = (header.last, shown(&grid, cell));
    let text = if row <= last {
        under_no_header(source, &header, cell, &shown)
    } else if source.last_row.is_some_and(|last| row > last) {
        format!(
            "{shown} stands under the table, whose last row is {} by `last_row`",
            source.last_row.unwrap_or(last)
        )
    } else {
        let what = of_column(source, &header, column);
        let sections = SectionColumns::beside(&mut tidying, &mut header);
        let fill = FillColumns::find(&mut tidying, &header);
        let Some(keys) = KeyColumns::find(&mut tidying, &header) else { return Ok(None) };
        let Some(own) = grid.row(row) else { return Ok(None) };
        let values = value_columns(source, &header);
        let mut status = String::new();
        let (mut carried, mut above) = (fill.begin(), sections.begin());
        let see = |carried: &mut Carried, above: &mut Above, row: &dyn Row| {
            let seen = sections.see(above, row);
            match seen {
                Seen::Data => fill.see(carried, row),
                Seen::Heading => *carried = fill.begin(),
                Seen::Other(_) | Seen::Unknown(..) => {}
            }
            seen
        };
        for own in grid.rows.iter().filter(|own| own.number > last && own.number < row) {
            corrections.in_row(&mut tidying, own, |_, own| {
                see(&mut carried, &mut above, own);
            });
        }
        let mut heading = None;
        corrections.in_row(&mut tidying, own, |tidying, own| {
            heading = match see(&mut carried, &mut above, own) {
                Seen::Heading => Some("a heading by `sections`, which the rows under it are of"),
                Seen::Other(_) => Some("no heading by `not_headings` of `sections`, and its row is left out"),
                Seen::Unknown(..) => {
                    Some("alone in its row, and `sections` doesn't say whether it is a heading")
                }
                Seen::Data if header.is_repeated_by(own) => {
                    Some("in a row that repeats the header, and is left out")
                }
                Seen::Data => None,
            };
            let filled = FilledRow { row: own, columns: &fill, carried: &carried };
            let filled = SectionRow { row: &filled, above: &above };
            let given = GivenRow { row: &filled, given: &given };
            status = status_of(tidying, &keys, &given, &values);
        });
        if let Some(heading) = heading {
            return Ok(Some(CellSaid { text: format!("{shown} is {heading}"), is_key: false }));
        }
        let read = status.is_empty();
        let is_key = read && what.is_key;
        let name = name_of(&mut tidying, &keys, own).filter(|_| is_key && what.is_entity);
        let called = name.map(|name| format!(", which names `{name}`")).unwrap_or_default();
        let text = match (read, what.text) {
            (true, Some(what)) => format!("{shown} is {what} of its row{called}"),
            (true, None) => format!(
                "{shown} stands in column {}, which the source `{}` doesn't read",
                letters(column),
                source.name
            ),
            (false, Some(what)) => format!("{shown} is {what} of its row, and {status}"),
            (false, None) => format!("{shown}: {status}"),
        };
        return Ok(Some(CellSaid { text, is_key }));
    };
    Ok(Some(CellSaid { text, is_key: false }))
}

/// A cell's text as it stands there.
fn shown(grid: &Grid, (row, column): (u32, u32)) -> String {
    match grid.row(row).map(|row| row.cell(column)).filter(|cell| !cell.is_blank()) {
        Some(cell) => format!("\u{201c}{}\u{201d}", cell.raw()),
        None => "a blank cell".to_owned(),
    }
}

/// What a cell of the header, or above it, is.
fn under_no_header(source: &Source, header: &Header, (row, column): (u32, u32), shown: &str) -> String {
    if row < header.row {
        return format!("{shown} stands over the table, whose header is row {}", header.row);
    }
    let of = of_column(source, header, column);
    let variable = source.columns.iter().find(|own| {
        own.column
            .as_deref()
            .and_then(|name| header.find(name).ok())
            .is_some_and(|found| found.column == column)
    });
    match (of.text, variable) {
        (Some(what), _) => format!("{shown} is the header of {what}"),
        (None, Some(variable)) => format!("{shown} is the header of the variable `{}`", variable.variable),
        (None, None) if source.layout != Layout::Long => {
            format!(
                "{shown} is the header of its column: a key of the values under it, or of a column that isn't read"
            )
        }
        (None, None) => {
            format!("{shown} is the header of a column that the source `{}` doesn't read", source.name)
        }
    }
}

/// What a column holds by the manifest.
struct OfColumn {
    text: Option<String>,
    is_key: bool,
    is_entity: bool,
}

fn of_column(source: &Source, header: &Header, column: u32) -> OfColumn {
    let is_here =
        |name: &String| find_key_quietly(source, header, name).is_some_and(|key| key.column == column);
    let is_entity = source.entity.iter().chain(&source.entity_with).any(is_here);
    let one = |name: &Option<String>| name.as_ref().is_some_and(is_here);
    let keys = [
        (one(&source.entity), "the entity"),
        (source.entity_with.iter().any(is_here), "a part of the entity"),
        (one(&source.time), "the time"),
        (source.within_year.iter().any(is_here), "the part of the year"),
        (one(&source.category), "the category"),
        (one(&source.variable_column), "the name of the variable"),
    ];
    let mut said: Vec<String> =
        keys.iter().filter(|(is_one, _)| *is_one).map(|(_, what)| (*what).to_owned()).collect();
    let is_key = !said.is_empty();
    if let Some((name, text)) = source.rows_where.iter().find(|(name, _)| is_here(name)) {
        said.push(format!("what `where: {{{name}: {text}}}` asks for"));
    }
    let value = source.columns.iter().filter(|own| own.column.as_ref().is_some_and(is_here));
    said.extend(value.map(|own| format!("`{}`", own.variable)));
    let text = (!said.is_empty()).then(|| said.join(" and "));
    OfColumn { text, is_key, is_entity }
}

/// The columns that values are read from, as far as the manifest names them.
fn value_columns(source: &Source, header: &Header) -> Vec<u32> {
    let named =
        source.columns.iter().filter_map(|own| Some(header.find(own.column.as_deref()?).ok()?.column));
    let columns: Vec<u32> = named.collect();
    match columns.is_empty() {
        true => header.cells.iter().map(|(column, _)| *column).collect(),
        false => columns,
    }
}

/// The entity of a row by the id under which its values go.
fn name_of(tidying: &mut Tidying<'_>, keys: &KeyColumns, row: &GridRow) -> Option<String> {
    let key = keys.entity.as_ref()?;
    let code = tidying.entity(key.cell(row), row.number, key.column)?;
    tidying.records.entities.text(code).map(str::to_owned)
}

/// What leaves a row out; empty where it is read.
fn status_of(tidying: &mut Tidying<'_>, keys: &KeyColumns, row: &dyn Row, values: &[u32]) -> String {
    if let Some((column, wanted, found)) = keys.unmet(row) {
        let header = letters(column);
        return format!(
            "the row is left out by `where`: {wanted:?} is asked for in column {header}, and {found:?} stands there"
        );
    }
    let before =
        (tidying.confirmed, tidying.outside.rows(), tidying.not_times.clone(), tidying.headings.len());
    let keyed: Option<KeyedRow> = keys.key_of(tidying, row, values);
    if keyed.is_some() {
        return String::new();
    }
    let name = keys.entity.as_ref().map(|key| key.cell(row).raw().into_owned()).unwrap_or_default();
    let source = tidying.asked.source;
    if tidying.not_times != before.2 {
        "the row is left out by `not_times`".into()
    } else if tidying.confirmed > before.0 {
        let by = if tidying.is_nobody(&name) { "not_entities" } else { "outside" };
        format!("the row is left out by `{by}`: {name:?}")
    } else if tidying.outside.rows() > before.1 {
        format!("the row is left out: {name:?} isn't in the crosswalk")
    } else if tidying.headings.len() > before.3 {
        "the row has nothing else: it is the name of the rows under it, or a note".into()
    } else if row.is_blank() {
        "the row is blank".into()
    } else {
        format!("the row has no key of the source `{}`, and no value is read of it", source.name)
    }
}

impl KeyColumns {
    /// The first condition that a row doesn't meet: its column, what is asked for, what stands there.
    fn unmet(&self, row: &dyn Row) -> Option<(u32, String, String)> {
        let unmet = self.conditions().find(|(key, text)| !is_text(key.cell(row), text));
        unmet.map(|(key, text)| (key.column, text.to_owned(), key.cell(row).raw().into_owned()))
    }
}

fn is_text(cell: Cell<'_>, text: &str) -> bool {
    crate::fold::fold(&cell.raw()) == text
}
