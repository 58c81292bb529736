//! Where a table keeps entities, years and values.

use std::collections::{BTreeMap, BTreeSet};

use crate::crosswalk::{Crosswalk, NameMatch};
use crate::fold::{fold, fold_header};
use crate::grid::{CellContent, GridRow};
use crate::layout::Layout;
use crate::number::parse_number;
use crate::year::parse_year;

/// Rows among which a header is looked for.
const HEADER_ROWS: usize = 15;
/// Years that statistics are of.
const YEARS: std::ops::RangeInclusive<i32> = 1850..=2150;

/// A table as it seems to be.
#[derive(Debug, Clone)]
pub(super) struct TableGuess {
    pub(super) layout: Layout,
    pub(super) header_row: u32,
    pub(super) last_row: Option<u32>,
    pub(super) entity: Option<String>,
    pub(super) time: Option<String>,
    pub(super) category: Option<String>,
    pub(super) covers: Option<[i32; 2]>,
    /// Headers over columns of numbers; none in a wide table of one variable.
    pub(super) values: Vec<ValueGuess>,
    /// Entities of the crosswalk that are there, and names that aren't in it.
    pub(super) found: BTreeSet<String>,
    pub(super) outside: usize,
    /// Whether some entity has two rows for a year.
    pub(super) repeated: bool,
    /// How sure it is: cells that fit.
    pub(super) score: usize,
}

/// A column of numbers.
#[derive(Debug, Clone)]
pub(super) struct ValueGuess {
    pub(super) header: Option<String>,
    pub(super) numbers: usize,
    pub(super) blank: usize,
    /// Texts among the numbers, which may stand for missing values.
    pub(super) texts: Vec<String>,
    pub(super) least: f64,
    pub(super) most: f64,
}

/// The likeliest table among the rows.
pub(super) fn table(rows: &[GridRow], crosswalk: &Crosswalk) -> Option<TableGuess> {
    let candidates = rows.iter().enumerate().filter(|(_, row)| !row.is_blank()).take(HEADER_ROWS);
    let guesses = candidates.flat_map(|(at, header)| {
        let below = rows.get(at + 1..).unwrap_or_default();
        [
            long(header, below, crosswalk),
            wide(header, below, crosswalk),
            entities_across(header, below, crosswalk),
        ]
    });
    // The earliest of equals: a header stands above its data.
    guesses.flatten().reduce(|best, next| if next.score > best.score { next } else { best })
}

fn year_of(content: &CellContent) -> Option<i32> {
    parse_year(content.as_cell()).ok().filter(|year| YEARS.contains(year))
}

fn number_of(content: &CellContent) -> Option<f64> {
    match content {
        CellContent::Number(number) => Some(*number),
        CellContent::Text(text) => parse_number(text),
        _ => None,
    }
}

fn entity_of<'a>(content: &CellContent, crosswalk: &'a Crosswalk) -> Option<&'a str> {
    match content {
        CellContent::Text(text) => match crosswalk.find(text) {
            NameMatch::Entity(id) => Some(id),
            NameMatch::Outside { .. } => None,
        },
        _ => None,
    }
}

/// Headers that are there once, with their columns.
fn headers(header: &GridRow) -> Vec<(u32, String)> {
    let all: Vec<(u32, String)> = (1..)
        .zip(&header.cells)
        .filter(|(_, cell)| matches!(cell, CellContent::Text(_)) && !cell.is_blank())
        .map(|(column, cell)| (column, cell.raw()))
        .collect();
    let mut times: BTreeMap<String, usize> = BTreeMap::new();
    for (_, text) in &all {
        *times.entry(fold_header(text)).or_default() += 1;
    }
    all.into_iter().filter(|(_, text)| times.get(&fold_header(text)) == Some(&1)).collect()
}

/// The column with most names of the crosswalk's entities, if it has some.
fn entity_column(
    headers: &[(u32, String)],
    below: &[&GridRow],
    crosswalk: &Crosswalk,
) -> Option<(u32, String)> {
    let known = |column: u32| -> BTreeSet<&str> {
        below.iter().filter_map(|row| entity_of(row.cell(column), crosswalk)).collect()
    };
    headers
        .iter()
        .map(|(column, text)| (known(*column).len(), *column, text))
        .filter(|(count, ..)| *count > 0)
        .reduce(|best, next| if next.0 > best.0 { next } else { best })
        .map(|(_, column, text)| (column, text.clone()))
}

fn long(header: &GridRow, below: &[GridRow], crosswalk: &Crosswalk) -> Option<TableGuess> {
    let headers = headers(header);
    let filled: Vec<&GridRow> = below.iter().filter(|row| !row.is_blank()).collect();
    // The column of years: the most of them; of equals the one whose header says so.
    let (time, time_header, _) = headers
        .iter()
        .map(|(column, text)| {
            let years = filled.iter().filter(|row| year_of(row.cell(*column)).is_some()).count();
            let folded = fold(text).to_lowercase();
            let says = usize::from(folded.contains('年') || folded.contains("year"));
            (*column, text, (years, says))
        })
        .filter(|(_, _, (years, _))| *years * 10 >= filled.len() * 6 && *years > 0)
        .reduce(|best, next| if next.2 > best.2 { next } else { best })?;
    let data: Vec<&GridRow> =
        filled.iter().filter(|row| year_of(row.cell(time)).is_some()).copied().collect();
    let entity = entity_column(&headers, &data, crosswalk);
    let own: Vec<&GridRow> = match &entity {
        Some((column, _)) => {
            data.iter().filter(|row| entity_of(row.cell(*column), crosswalk).is_some()).copied().collect()
        }
        None => data.clone(),
    };
    let key_columns: Vec<u32> = entity.iter().map(|(column, _)| *column).chain([time]).collect();
    let values: Vec<(u32, ValueGuess)> = headers
        .iter()
        .filter(|(column, _)| !key_columns.contains(column))
        .filter_map(|(column, text)| {
            Some((*column, value(Some(text), own.iter().map(|row| row.cell(*column)))?))
        })
        .collect();
    let keys: Vec<Vec<String>> = own
        .iter()
        .map(|row| key_columns.iter().map(|column| fold(&row.cell(*column).raw())).collect())
        .collect();
    let repeated = keys.iter().collect::<BTreeSet<_>>().len() < keys.len();
    // Several rows for an entity and year, told apart by a text: a category.
    let category = repeated
        .then(|| {
            headers.iter().find(|(column, _)| {
                let is_value = values.iter().any(|(other, _)| other == column);
                let texts: BTreeSet<String> = own.iter().map(|row| fold(&row.cell(*column).raw())).collect();
                let with: BTreeSet<(&Vec<String>, String)> =
                    keys.iter().zip(&own).map(|(key, row)| (key, fold(&row.cell(*column).raw()))).collect();
                !is_value && !key_columns.contains(column) && texts.len() > 1 && with.len() == keys.len()
            })
        })
        .flatten()
        .map(|(_, text)| text.clone());
    let years: Vec<i32> = data.iter().filter_map(|row| year_of(row.cell(time))).collect();
    let names = entity.as_ref().map(|(column, _)| names(&data, *column, crosswalk)).unwrap_or_default();
    let cells: usize = values.iter().map(|(_, one)| one.numbers).sum();
    Some(TableGuess {
        layout: Layout::Long,
        header_row: header.number,
        last_row: last_row(below, data.last().map(|row| row.number)),
        entity: entity.map(|(_, text)| text),
        time: Some(time_header.clone()),
        category: category.clone(),
        covers: range(&years),
        values: values.into_iter().map(|(_, one)| one).collect(),
        found: names.0,
        outside: names.1,
        repeated: repeated && category.is_none(),
        score: cells + 2 * own.len(),
    })
}

fn wide(header: &GridRow, below: &[GridRow], crosswalk: &Crosswalk) -> Option<TableGuess> {
    let years: Vec<(u32, i32)> =
        (1..).zip(&header.cells).filter_map(|(column, cell)| Some((column, year_of(cell)?))).collect();
    let distinct: BTreeSet<i32> = years.iter().map(|(_, year)| *year).collect();
    if distinct.len() < 2 || distinct.len() < years.len() {
        return None;
    }
    let filled: Vec<&GridRow> = below.iter().filter(|row| !row.is_blank()).collect();
    let entity = entity_column(&headers(header), &filled, crosswalk)?;
    let own: Vec<&GridRow> =
        filled.iter().filter(|row| entity_of(row.cell(entity.0), crosswalk).is_some()).copied().collect();
    let cells = own.iter().flat_map(|row| years.iter().map(|(column, _)| row.cell(*column)));
    let value = value(None, cells)?;
    let last = filled
        .iter()
        .rev()
        .find(|row| years.iter().any(|(column, _)| number_of(row.cell(*column)).is_some()));
    let (found, outside) = names(&filled, entity.0, crosswalk);
    Some(TableGuess {
        layout: Layout::Wide,
        header_row: header.number,
        last_row: last_row(below, last.map(|row| row.number)),
        entity: Some(entity.1),
        time: None,
        category: None,
        covers: range(&distinct.iter().copied().collect::<Vec<_>>()),
        score: value.numbers + 2 * own.len() * years.len(),
        values: vec![value],
        repeated: own.len() > found.len(),
        found,
        outside,
    })
}

fn entities_across(header: &GridRow, below: &[GridRow], crosswalk: &Crosswalk) -> Option<TableGuess> {
    let columns: Vec<(u32, &str)> = (1..)
        .zip(&header.cells)
        .filter_map(|(column, cell)| Some((column, entity_of(cell, crosswalk)?)))
        .collect();
    let found: BTreeSet<String> = columns.iter().map(|(_, id)| (*id).to_owned()).collect();
    if found.len() < 2 {
        return None;
    }
    let filled: Vec<&GridRow> = below.iter().filter(|row| !row.is_blank()).collect();
    let headers = headers(header);
    let (time, text, years) = headers
        .iter()
        .filter(|(column, _)| columns.binary_search_by_key(column, |(other, _)| *other).is_err())
        .map(|(column, text)| {
            let years: Vec<i32> = filled.iter().filter_map(|row| year_of(row.cell(*column))).collect();
            (*column, text, years)
        })
        .filter(|(_, _, years)| years.len() > 1)
        .max_by_key(|(_, _, years)| years.len())?;
    let data: Vec<&GridRow> =
        filled.iter().filter(|row| year_of(row.cell(time)).is_some()).copied().collect();
    let value = value(None, data.iter().flat_map(|row| columns.iter().map(|(column, _)| row.cell(*column))))?;
    Some(TableGuess {
        layout: Layout::EntitiesAcross,
        header_row: header.number,
        last_row: last_row(below, data.last().map(|row| row.number)),
        entity: None,
        time: Some(text.clone()),
        category: None,
        covers: range(&years),
        score: value.numbers + 2 * data.len() * columns.len(),
        values: vec![value],
        repeated: years.iter().collect::<BTreeSet<_>>().len() < years.len(),
        outside: headers.len().saturating_sub(found.len() + 1),
        found,
    })
}

/// What stands in a column of numbers; none where most cells aren't.
fn value<'a>(header: Option<&String>, cells: impl Iterator<Item = &'a CellContent>) -> Option<ValueGuess> {
    let (mut numbers, mut blank, mut texts) = (Vec::new(), 0, BTreeMap::new());
    for cell in cells {
        match number_of(cell) {
            Some(number) => numbers.push(number),
            None if cell.is_blank() => blank += 1,
            None => *texts.entry(cell.raw()).or_insert(0_usize) += 1,
        }
    }
    let other: usize = texts.values().sum();
    // Years beside the year, as in a column of codes, are no values worth a guess; a constant is none either.
    (!numbers.is_empty() && numbers.len() >= other).then(|| ValueGuess {
        header: header.cloned(),
        numbers: numbers.len(),
        blank,
        texts: texts.into_keys().collect(),
        least: numbers.iter().copied().fold(f64::INFINITY, f64::min),
        most: numbers.iter().copied().fold(f64::NEG_INFINITY, f64::max),
    })
}

/// The entities in a column, and how many other names there are.
fn names(rows: &[&GridRow], column: u32, crosswalk: &Crosswalk) -> (BTreeSet<String>, usize) {
    let texts: BTreeSet<String> = rows
        .iter()
        .map(|row| row.cell(column))
        .filter(|cell| !cell.is_blank())
        .map(CellContent::raw)
        .collect();
    let mut found = BTreeSet::new();
    let mut outside = 0;
    for text in &texts {
        match crosswalk.find(text) {
            NameMatch::Entity(id) => {
                found.insert(id.to_owned());
            }
            NameMatch::Outside { .. } => outside += 1,
        }
    }
    (found, outside)
}

/// The last row of data, where something else stands under it.
fn last_row(below: &[GridRow], last: Option<u32>) -> Option<u32> {
    let last = last?;
    below.iter().any(|row| row.number > last && !row.is_blank()).then_some(last)
}

fn range(years: &[i32]) -> Option<[i32; 2]> {
    Some([*years.iter().min()?, *years.iter().max()?])
}
