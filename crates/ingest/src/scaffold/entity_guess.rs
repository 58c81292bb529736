//! Which column names the entities.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashSet};

use vintner_panel::Frequency;

use super::alike::{counted_cells, spread};
use super::header_words::{says_area, says_flag, says_id, says_mark};
use super::parts_of_years::may_be_names;
use super::row_codes::{codes_by, codes_of, distinct, joined};
use super::sheet_view::{ViewColumn, number_of};
use crate::cell::Cell;
use crate::crosswalk::{Crosswalk, NameMatch};
use crate::fold::{fold, fold_loosely, fold_name};
use crate::grid::GridRow;
use crate::number::parse_number;
use crate::number_problem::is_number_of_some_kind;
use crate::part_of_year::part_of_year;
use crate::year::names_a_year;

/// A column of names, as it seems to be.
#[derive(Debug, Clone)]
pub(super) struct EntityGuess {
    /// What a manifest calls it; nothing where names are headers.
    pub(super) column: String,
    /// Whether it was told by the names of a crosswalk.
    pub(super) is_known: bool,
    /// Whether it is of numbers that nothing calls ids, taken as no names tell rows apart; the guess is for a person.
    pub(super) is_plain_number: bool,
    /// Entities of the crosswalk that are there, and how many names aren't in it.
    pub(super) found: BTreeSet<String>,
    pub(super) outside: usize,
    /// The names, in the order in which they come.
    pub(super) names: Vec<String>,
    /// Three names as they are written, and the entities that they are.
    pub(super) examples: Vec<(String, String)>,
}

impl EntityGuess {
    /// A column of names that nobody knows yet.
    pub(super) fn unknown(column: &ViewColumn, data: &[&GridRow]) -> Self {
        let names = names_in(column, data);
        let examples = names.iter().take(3).map(|name| (name.clone(), fold_name(name))).collect();
        Self {
            column: column.name.clone(),
            is_known: false,
            is_plain_number: is_plain_number(column, data),
            found: BTreeSet::new(),
            outside: 0,
            names,
            examples,
        }
    }
}

/// The entity that a cell names; numbers are names only where `numbers` says so.
pub(super) fn id_of<'a>(cell: Cell<'_>, crosswalk: &'a Crosswalk, numbers: bool) -> Option<&'a str> {
    if cell.is_blank() || (!numbers && number_of(cell).is_some()) {
        return None;
    }
    match cell {
        Cell::Boolean(_) | Cell::Date(_) | Cell::Error(_) => None,
        cell => match crosswalk.find(&cell.raw()) {
            NameMatch::Entity(id) => Some(id),
            NameMatch::Outside { .. } => None,
        },
    }
}

fn names_in(column: &ViewColumn, data: &[&GridRow]) -> Vec<String> {
    let mut known: HashSet<Cow<'_, str>> = HashSet::new();
    let names = data.iter().map(|row| column.cell(row)).filter(|cell| !cell.is_blank());
    let first = names.map(Cell::raw).filter(|name| !known.contains(name) && known.insert(name.clone()));
    first.map(Cow::into_owned).collect()
}

/// Whether a cell holds a number, by whatever rule it is written: 1,5 and 1 234 are no names.
fn is_written_number(cell: Cell<'_>) -> bool {
    let of_one_mark = |text: &str| {
        let folded = fold(text);
        is_number_of_some_kind(&folded) && folded.matches([',', '.']).count() <= 1
    };
    number_of(cell).is_some() || matches!(cell, Cell::Text(text) if of_one_mark(text))
}

/// Whether a text is digits after a zero, which are a code and no number.
pub(super) fn is_code(cell: Cell<'_>) -> bool {
    let digits = |text: &str| {
        text.len() > 1 && text.starts_with('0') && text.bytes().all(|byte| byte.is_ascii_digit())
    };
    matches!(cell, Cell::Text(text) if digits(text.trim()))
}

/// Whether most of a column's cells are numbers: by rows spread over all where nearly all or hardly any of these have one,
/// by all rows otherwise.
pub(super) fn is_numeric(column: &ViewColumn, data: &[&GridRow]) -> bool {
    let some: Vec<&GridRow> = spread(data).copied().collect();
    let (numbers, filled) = numbers_among(column, &some);
    let is_plain = numbers * 10 >= filled * 9 || numbers * 10 <= filled;
    let (numbers, filled) =
        if filled > 0 && is_plain { (numbers, filled) } else { numbers_among(column, data) };
    numbers * 2 >= filled.max(1)
}

/// How many cells of a column are numbers, and how many hold anything.
fn numbers_among(column: &ViewColumn, data: &[&GridRow]) -> (usize, usize) {
    let filled = data.iter().map(|row| column.cell(row)).filter(|cell| !cell.is_blank());
    let numbers = filled.clone().filter(|cell| is_written_number(*cell)).count();
    (numbers, filled.count())
}

/// Whether a column holds numbers that nothing calls ids.
pub(super) fn is_plain_number(column: &ViewColumn, own: &[&GridRow]) -> bool {
    !says_id(&column.name) && is_numeric(column, own) && !own.iter().any(|row| is_code(column.cell(row)))
}

/// Whether names and ids tell the rows of a time apart together and come back at others: then no measure that happens to
/// tell them apart, as an area or a distance does, is what the rows are of.
fn are_told_by_names(columns: &[&ViewColumn], times: &[usize], data: &[&GridRow]) -> bool {
    let is_name = |column: &&&ViewColumn| {
        let filled = data.iter().filter(|row| !column.cell(row).is_blank());
        let years = || {
            let cells = counted_cells(data.iter().map(|row| column.cell(row))).into_iter();
            cells.filter(|(cell, _)| names_a_year(&cell.raw())).map(|(_, count)| count).sum::<usize>()
        };
        !says_flag(&column.name)
            && filled.count() * 100 >= data.len() * 95
            && !is_plain_number(column, data)
            && years() * 2 <= data.len()
    };
    let names: Vec<&ViewColumn> = columns.iter().filter(is_name).copied().collect();
    let together = codes_of(data, names);
    let several = distinct(times) > 1;
    distinct(&joined(&together, times)) * 10 >= data.len() * 9
        && (!several || distinct(&together) * 5 <= data.len() * 4)
}

/// The column with most names of the crosswalk's entities, if there is one. Numbers may be ids: where nearly all that
/// stand in a column are known, and no column of texts has names.
pub(super) fn entity_by_names(
    columns: &[&ViewColumn],
    data: &[&GridRow],
    crosswalk: &Crosswalk,
) -> Option<(ViewColumn, EntityGuess)> {
    let mut best: Option<((bool, usize), &ViewColumn, EntityGuess)> = None;
    for column in columns {
        let names = names_in(column, data);
        let ids: BTreeMap<&String, &str> =
            names.iter().filter_map(|name| Some((name, id_of(Cell::Text(name), crosswalk, true)?))).collect();
        let found: BTreeSet<String> = ids.values().map(|id| (*id).to_owned()).collect();
        let numeric = is_numeric(column, data);
        let repeats = names.len() < data.len() || data.len() == found.len();
        if found.is_empty() || (numeric && (ids.len() * 10 < names.len() * 9 || found.len() < 2 || !repeats))
        {
            continue;
        }
        let rank = (!numeric, found.len());
        if best.as_ref().is_some_and(|best| best.0 >= rank) {
            continue;
        }
        let examples = ids.iter().take(3).map(|(name, id)| ((*name).clone(), (*id).to_owned())).collect();
        let outside = names.len() - ids.len();
        let guess = EntityGuess {
            column: column.name.clone(),
            is_known: true,
            is_plain_number: false,
            found,
            outside,
            names,
            examples,
        };
        best = Some((rank, column, guess));
    }
    best.map(|(_, column, guess)| ((*column).clone(), guess))
}

/// The column that tells the rows of a time apart, which may stand in several columns: of names, or of whole numbers that a header calls ids or that come back from time to time. None where times alone tell the rows apart, or nothing does.
pub(super) fn entity_by_keys(
    columns: &[&ViewColumn],
    time: &[&ViewColumn],
    data: &[&GridRow],
) -> Option<(ViewColumn, EntityGuess)> {
    // Names that are spelt in several ways come back only where these are one.
    told_by(columns, time, data, fold).or_else(|| told_by(columns, time, data, fold_loosely))
}

fn told_by(
    columns: &[&ViewColumn],
    time: &[&ViewColumn],
    data: &[&GridRow],
    folded: fn(&str) -> String,
) -> Option<(ViewColumn, EntityGuess)> {
    let has_times = !time.is_empty();
    let times =
        time.iter().fold(vec![0; data.len()], |all, column| joined(&all, &codes_by(data, column, folded)));
    let periods = distinct(&times);
    if has_times && periods == data.len() {
        return None;
    }
    let mut ranked: Vec<(usize, usize, usize, &ViewColumn)> = Vec::new();
    let mut by_names: Option<bool> = None;
    for (at, column) in columns.iter().enumerate() {
        let filled = data.iter().filter(|row| !column.cell(row).is_blank()).count();
        if filled * 100 < data.len() * 95 || data.is_empty() {
            continue;
        }
        let is_measure = |cell: Cell<'_>| {
            let is_whole = |number: f64| number.fract() == 0.0 && number >= 0.0;
            is_written_number(cell) && !number_of(cell).is_some_and(is_whole)
        };
        // Measures show it soon, and of them each is another.
        let has_measures = spread(data).any(|row| is_measure(column.cell(row)));
        if has_measures && is_numeric(column, data) {
            continue;
        }
        let cells = counted_cells(data.iter().map(|row| column.cell(row)));
        let numbers = cells.iter().filter(|(cell, _)| is_written_number(*cell)).map(|(_, count)| count);
        let numeric = numbers.sum::<usize>() * 2 >= filled.max(1);
        if numeric && cells.iter().any(|(cell, _)| is_measure(*cell)) {
            continue;
        }
        let years = cells.iter().filter(|(cell, _)| names_a_year(&cell.raw()));
        if has_times && years.map(|(_, count)| count).sum::<usize>() * 2 > data.len() {
            continue;
        }
        let is_plain = numeric && !says_id(&column.name) && !cells.iter().any(|(cell, _)| is_code(*cell));
        if is_plain && *by_names.get_or_insert_with(|| are_told_by_names(columns, &times, data)) {
            continue;
        }
        // A year's months are nobody, beside a column of years.
        if has_times && cells.iter().all(|(cell, _)| is_part_of_year(&cell.raw())) {
            let texts: Vec<String> = cells.iter().map(|(cell, _)| cell.raw().into_owned()).collect();
            if !may_be_names(column, &texts) {
                continue;
            }
        }
        let codes = codes_by(data, column, folded);
        let (names, keys) = (distinct(&codes), distinct(&joined(&codes, &times)));
        let unique = keys == data.len();
        // Of a panel each entity has several rows.
        let repeats = periods < 2 || names < data.len();
        if names < 2 && has_times && !unique {
            continue;
        }
        let several = has_times && names * 2 <= data.len();
        let rank = match (unique && repeats, numeric && !says_id(&column.name)) {
            (true, false) => 0,
            // Numbers that nothing calls ids, each of which stands there at several times and never twice at one.
            (true, true) if several => 1,
            // A row that stands there twice makes ids no less ids; it is told as a fault.
            (false, _) if several && (!numeric || keys * 10 >= data.len() * 9) => 2,
            _ => continue,
        };
        // What marks or counts rows, and what divides people, are entities only where nothing else is.
        let (is_mark, last) = (says_mark(&column.name), 10);
        if is_mark && rank == 2 {
            continue;
        }
        ranked.push((if is_mark { last + rank } else { rank }, at, names, column));
    }
    // Of several that are enough, or where none is, the one with most names.
    let (.., column) = *ranked.iter().min_by_key(|(rank, at, names, column)| {
        // Where no column is enough, areas are entities rather than sexes or industries.
        let is_likely = says_area(&column.name) || says_id(&column.name);
        (*rank, *rank == 2 && !is_likely, usize::MAX - names, *at)
    })?;
    Some((column.clone(), EntityGuess::unknown(column, data)))
}

/// Whether a text is a month, a quarter or a half of a year without its year, as `M01` and `Q2` are; numbers may be anything.
/// The Bureau of Labor Statistics calls a year's mean `M13`.
pub(super) fn is_part_of_year(text: &str) -> bool {
    let frequencies = [Frequency::Month, Frequency::Quarter, Frequency::HalfYear];
    let is_part = |frequency: &Frequency| part_of_year(text, *frequency).is_some();
    let roman = text.trim().chars().all(|character| "IVX".contains(character));
    parse_number(text).is_none() && !roman && (text.trim() == "M13" || frequencies.iter().any(is_part))
}
