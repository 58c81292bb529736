//! A table with an observation a row, whose times are known: whose they are, and what is observed.

use super::entity_guess::{EntityGuess, id_of};
use super::header_words::says_area;
use super::joined_keys::joined_keys;
use super::joined_names::{JoinedNames, share_names};
use super::parts_of_years::says_part;
use super::row_codes::{codes, codes_of, distinct, joined};
use super::sheet_view::{SheetView, ViewColumn, number_of};
use super::table_guess::TableGuess;
use super::told_apart::{Apart, Conditions, Doubt, conditions, have_joints, told_apart};
use super::value_guess::{ValueGuess, text, value};
use crate::crosswalk::Crosswalk;
use crate::grid::GridRow;
use crate::layout::Layout;
use crate::source::ValueKind;

/// Rows by which it is told whether they are of many.
const LOOKED_AT: usize = 5_000;
/// So many rows a name has in a time on average where they are of many; a panel that stands there twice has two.
const OF_MANY: usize = 5;

/// A table with an observation a row.
pub(super) struct RowsOf<'r> {
    pub(super) view: &'r SheetView<'r>,
    /// The columns that hold the times, of which there are none in a cross-section.
    pub(super) times: &'r [&'r ViewColumn],
    /// The others, from left to right.
    pub(super) others: &'r [&'r ViewColumn],
    pub(super) data: &'r [&'r GridRow],
    pub(super) crosswalk: Option<&'r Crosswalk>,
}

/// Whose the rows of a table are.
#[derive(Default)]
struct Owners {
    entity: Option<(ViewColumn, EntityGuess)>,
    /// The columns that name an entity together, that of `entity` the first; none where it is alone.
    together: Vec<ViewColumn>,
    category: Option<ViewColumn>,
    conditions: Conditions,
    /// Whether some key has several rows.
    repeated: bool,
    /// Whether it is so of nearly all, as of observations of somebody new.
    of_many: bool,
}

/// The table, of whose entities `entity` is the likeliest column.
pub(super) fn by_rows(table: &RowsOf<'_>, entity: Option<(ViewColumn, EntityGuess)>) -> TableGuess {
    let own = table.rows_of(entity.as_ref());
    let owners = table.owners(entity, &own);
    let values = table.values(&owners, &own);
    let is_number = |value: &&ValueGuess| value.kind != ValueKind::Text && !value.headless;
    let cells: usize = values.iter().filter(is_number).map(|value| value.numbers).sum();
    let names = owners.together.iter().skip(1).map(|column| column.name.clone());
    let counts = table.others.iter().filter(|column| !column.is_headed && counts_rows(column, table.data));
    TableGuess {
        row_numbers: counts.map(|column| column.name.clone()).next(),
        category: owners.category.map(|column| column.name),
        entity_with: names.collect(),
        joined: JoinedNames::of(&owners.together, &own),
        entity: owners.entity.map(|(_, guess)| guess),
        conditions: owners.conditions,
        repeated: owners.repeated,
        of_many: owners.of_many,
        rows: own.len(),
        // Either end of a pair may have effects of its own, and so may a country and its industry.
        values: owners.together.iter().filter_map(|column| texts(column, &own)).chain(values).collect(),
        score: cells + 2 * own.len(),
        ..TableGuess::of(table.view, Layout::Long, table.data)
    }
}

/// Whether a column counts the rows from nought or one, as pandas and R do where rows have no names.
fn counts_rows(column: &ViewColumn, data: &[&GridRow]) -> bool {
    let mut numbers = data.iter().map(|row| number_of(column.cell(row)));
    let first = data.first().and_then(|row| number_of(column.cell(row))).unwrap_or(f64::NAN);
    let mut due = (first == 0.0 || first == 1.0).then_some(first);
    data.len() > 1
        && numbers.all(|number| {
            let is_next = number.is_some() && number == due;
            due = due.map(|due| due + 1.0);
            is_next
        })
}

/// A column of names, which may be read as texts, too.
fn texts(column: &ViewColumn, own: &[&GridRow]) -> Option<ValueGuess> {
    text(&column.name, own.iter().map(|row| column.cell(row))).filter(|_| column.is_headed)
}

impl RowsOf<'_> {
    /// The rows that are of an entity that is known, where a crosswalk says which are; all rows otherwise.
    fn rows_of(&self, entity: Option<&(ViewColumn, EntityGuess)>) -> Vec<&GridRow> {
        let is_known = |row: &&&GridRow| match (self.crosswalk, entity) {
            (Some(crosswalk), Some((column, guess))) if guess.is_known => {
                id_of(column.cell(row), crosswalk, true).is_some()
            }
            _ => true,
        };
        self.data.iter().filter(is_known).copied().collect()
    }

    /// Whose the rows are, so that as many as can be are read: each an entity's at a time; else an entity's that several
    /// columns name together; else somebody's who is met once; else some of them.
    fn owners(&self, entity: Option<(ViewColumn, EntityGuess)>, own: &[&GridRow]) -> Owners {
        let named = entity.as_ref().map(|(column, _)| column);
        let is_key = |column: &ViewColumn| named == Some(column) || self.times.contains(&column);
        let rest: Vec<&ViewColumn> = self.others.iter().filter(|own| !is_key(own)).copied().collect();
        if named.is_none() && self.times.is_empty() && self.crosswalk.is_none() {
            let by = joined_keys(&rest, own);
            let together = if by.is_empty() { Vec::new() } else { self.together(None, &by, own) };
            let entity = together.first().map(|first| (first.clone(), EntityGuess::unknown(first, own)));
            return Owners { entity, together, ..Owners::default() };
        }
        let (by, repeated) = match told_apart(named, self.times, &rest, own, Doubt::MayBeMeasures) {
            Apart::Once => return Owners { entity, ..Owners::default() },
            Apart::By(by, repeated) => (by, repeated),
            Apart::Repeated => (Vec::new(), true),
        };
        match by.as_slice() {
            // A crosswalk has names of one column; and the quarters of a fiscal year are nobody's.
            [one] if self.crosswalk.is_some() || says_part(&one.name) => {
                return Owners { category: by.into_iter().next(), entity, repeated, ..Owners::default() };
            }
            [_, ..] if self.crosswalk.is_none() && !named.is_some_and(|named| have_joints(named, own)) => {
                let together = self.together(named, &by, own);
                let entity = together.first().map(|first| (first.clone(), EntityGuess::unknown(first, own)));
                return Owners { entity, together, repeated, ..Owners::default() };
            }
            _ => {}
        }
        if self.crosswalk.is_none() && self.is_of_many(own) {
            // What stands there says something of each observation, and not whose it is.
            return Owners { repeated: true, of_many: true, ..Owners::default() };
        }
        let keys: Vec<&ViewColumn> = named.into_iter().chain(self.times.iter().copied()).collect();
        match conditions(&keys, &rest, own, named.is_some()) {
            Some(conditions) => Owners { conditions, entity, ..Owners::default() },
            None => Owners { repeated: true, entity, ..Owners::default() },
        }
    }

    /// The columns that name an entity together: from left to right, but for areas, which go before their industries; of
    /// the two ends of a pair neither is more than the other.
    fn together(&self, entity: Option<&ViewColumn>, by: &[ViewColumn], own: &[&GridRow]) -> Vec<ViewColumn> {
        let is_named = |column: &ViewColumn| entity == Some(column) || by.contains(column);
        let mut all: Vec<ViewColumn> =
            self.others.iter().filter(|column| is_named(column)).map(|column| (*column).clone()).collect();
        if !share_names(&all, own) {
            all.sort_by_key(|column| !says_area(&column.name));
        }
        all
    }

    /// Whether rows are observations of many, each of somebody new: whatever names or codes there are has several rows a
    /// time, and no two of them together tell nearly all rows apart. Else rows that have one key are mistakes of a panel.
    fn is_of_many(&self, own: &[&GridRow]) -> bool {
        let own = &own[..own.len().min(LOOKED_AT)];
        let time = codes_of(own, self.times.iter().copied());
        let is_name = |column: &&&ViewColumn| {
            let mut numbers = own.iter().filter_map(|row| number_of(column.cell(row)));
            numbers.all(|number| number.fract() == 0.0)
        };
        let named = self.others.iter().filter(is_name).map(|column| codes(own, column));
        // What comes back nowhere is a measure, or a number of the row.
        let named: Vec<Vec<usize>> = named
            .filter(|codes| distinct(codes) * 2 <= own.len())
            .map(|codes| joined(&time, &codes))
            .collect();
        let several = |codes: &[usize]| distinct(codes) * OF_MANY <= own.len();
        let apart = |codes: &[usize]| distinct(codes) * 10 >= own.len() * 9;
        let pairs =
            named.iter().enumerate().flat_map(|(at, one)| named[at + 1..].iter().map(move |two| (one, two)));
        several(&time)
            && named.iter().all(|name| several(name))
            && !pairs.into_iter().any(|(one, two)| apart(&joined(one, two)))
    }

    /// The columns of values: all that have a header and aren't the key's.
    fn values(&self, owners: &Owners, own: &[&GridRow]) -> Vec<ValueGuess> {
        let is_key = |column: &ViewColumn| {
            owners.entity.as_ref().is_some_and(|(entity, _)| entity == column)
                || owners.together.contains(column)
                || owners.category.as_ref() == Some(column)
                || self.times.contains(&column)
                || owners.conditions.columns.iter().any(|(name, _)| *name == column.name)
        };
        // A column without a header is one of values where it is filled; what stands here and there beside a table is a note.
        let is_filled = |column: &ViewColumn| {
            let filled = own.iter().filter(|row| !column.cell(row).is_blank()).count();
            filled * 2 > own.len() && !counts_rows(column, self.data)
        };
        let others =
            self.others.iter().filter(|column| !is_key(column) && (column.is_headed || is_filled(column)));
        others
            .filter_map(|column| {
                let guess = value(Some(&column.name), own.iter().map(|row| column.cell(row)))?;
                Some(ValueGuess { headless: !column.is_headed, ..guess })
            })
            .collect()
    }
}
