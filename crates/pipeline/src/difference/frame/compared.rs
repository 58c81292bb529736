//! Two frames side by side.

use std::collections::{BTreeSet, HashMap};

use super::excerpt::Excerpt;
use super::frame_table::FrameTable;
use super::key::Key;
use crate::difference::cell::Cell;
use crate::difference::collector::DifferenceCollector;
use crate::difference::difference::Difference;
use crate::difference::row_pair::RowPair;
use crate::difference::shown::shown_text;
use crate::difference::table::{Table, pair_rows, row_digest, row_text};

/// Two frames, and what was found to differ so far.
pub(super) struct Compared<'a> {
    pub old: &'a FrameTable,
    pub new: &'a FrameTable,
    pub excerpt: &'a Excerpt,
    pub collector: DifferenceCollector,
}

impl Compared<'_> {
    /// Reports columns that are new, gone or of another type, and gives the places of those that
    /// both frames have, in the earlier frame's order.
    pub(super) fn columns(&mut self) -> Vec<(usize, usize)> {
        let (old, new) = (self.old, self.new);
        let mut common = Vec::new();
        for one in 0..old.width() {
            let (name, kind) = (old.name(one), old.column_type(one));
            match new.position(name) {
                Some(other) => {
                    let now = new.column_type(other);
                    if now != kind && self.excerpt.has_column(name) {
                        let place = || format!("type of column {name}");
                        let kinds = (kind.to_string(), now.to_string());
                        self.collector.add(|| Difference::changed(place(), kinds));
                    }
                    common.push((one, other));
                }
                None if self.excerpt.has_column(name) => {
                    self.collector.add(|| Difference::gone(format!("column {name}"), kind.to_string()));
                }
                None => {}
            }
        }
        let is_new = |other: &usize| {
            old.position(new.name(*other)).is_none() && self.excerpt.has_column(new.name(*other))
        };
        for other in (0..new.width()).filter(is_new) {
            let kind = new.column_type(other).to_string();
            self.collector.add(|| Difference::new_place(format!("column {}", new.name(other)), kind));
        }
        if !common.is_sorted_by_key(|(_, other)| *other) {
            self.collector.note("the columns stand in another order");
        }
        common
    }

    /// Compares rows with the same key: cells in the later frame's order, then rows that are new,
    /// then rows that are gone.
    pub(super) fn rows_by_key(&mut self, key: &Key, columns: &[(usize, usize)]) {
        let (old, new) = (self.old, self.new);
        let (old_digests, new_digests) = &key.digests;
        let places: HashMap<u128, usize> =
            old_digests.iter().enumerate().map(|(row, digest)| (*digest, row)).collect();
        let mut gone: BTreeSet<usize> = (0..old.height()).collect();
        let (mut added, mut last, mut moved) = (Vec::new(), 0, false);
        let others: Vec<_> = columns.iter().filter(|column| !key.columns.contains(column)).copied().collect();
        for (after, digest) in new_digests.iter().enumerate() {
            let Some(&before) = places.get(digest) else {
                added.push(after);
                continue;
            };
            moved |= before < last;
            last = before;
            gone.remove(&before);
            self.cells(before, after, &others, || key_place(new, key, after));
        }
        for (before, after) in renamed(self, key, columns, &gone, &added) {
            self.cells(before, after, &key.columns, || key_place(new, key, after));
            gone.remove(&before);
            added.retain(|row| *row != after);
        }
        for row in added {
            let text = || row_text(new, row, new.width());
            self.collector.add(|| Difference::new_place(key_place(new, key, row), text()));
        }
        for row in gone {
            let place = || row_place(old, key.columns.iter().map(|(one, _)| *one), row);
            self.collector.add(|| Difference::gone(place(), row_text(old, row, old.width())));
        }
        if moved {
            self.collector.note("the rows stand in another order");
        }
    }

    /// Compares rows as they stand, however many were inserted or deleted between them.
    pub(super) fn rows_by_position(&mut self, columns: &[(usize, usize)]) {
        let (old, new) = (self.old, self.new);
        if columns.is_empty() {
            if old.height() != new.height() {
                let heights = (old.height().to_string(), new.height().to_string());
                self.collector.add(|| Difference::changed("number of rows", heights));
            }
            return;
        }
        for pair in pair_rows(old, new, columns) {
            match pair {
                RowPair::Both { before, after } => {
                    self.cells(before, after, columns, || format!("row {}", after + 1));
                }
                RowPair::Gone(row) => self
                    .collector
                    .add(|| Difference::gone(format!("row {}", row + 1), row_text(old, row, old.width()))),
                RowPair::New(row) => self.collector.add(|| {
                    Difference::new_place(format!("row {}", row + 1), row_text(new, row, new.width()))
                }),
            }
        }
    }

    fn cells(&mut self, before: usize, after: usize, columns: &[(usize, usize)], place: impl Fn() -> String) {
        let (old, new) = (self.old, self.new);
        let counts = |column: &&(usize, usize)| self.excerpt.has_column(new.name(column.1));
        for &(one, other) in columns.iter().filter(counts) {
            let (was, is) = (old.cell(before, one), new.cell(after, other));
            let same = was.is_same(&is)
                // That the column's type changed was said already: 2008 is still 2008.
                || (old.column_type(one) != new.column_type(other) && reads_alike(&was, &is));
            if !same {
                let place = || format!("{} column {}", place(), new.name(other));
                self.collector.add(|| Difference::changed(place(), was.shown_beside(&is)));
            }
        }
    }
}

fn reads_alike(one: &Cell<'_>, other: &Cell<'_>) -> bool {
    one.is_missing() == other.is_missing() && one.written() == other.written()
}

/// `row (city 甲城, year 2010)`.
fn row_place(table: &FrameTable, columns: impl Iterator<Item = usize>, row: usize) -> String {
    let part = |column| format!("{} {}", table.name(column), shown_text(&table.cell(row, column).written()));
    format!("row ({})", columns.map(part).collect::<Vec<_>>().join(", "))
}

fn key_place(table: &FrameTable, key: &Key, row: usize) -> String {
    row_place(table, key.columns.iter().map(|(_, other)| *other), row)
}

/// Rows whose key alone changed: pairs of one that is gone and one that is new with all else equal,
/// where no third row has the same.
fn renamed(
    compared: &Compared<'_>,
    key: &Key,
    columns: &[(usize, usize)],
    gone: &BTreeSet<usize>,
    added: &[usize],
) -> Vec<(usize, usize)> {
    let others = columns.iter().filter(|column| !key.columns.contains(column)).copied();
    let (old_columns, new_columns): (Vec<usize>, Vec<usize>) = others.unzip();
    /// Rows by what they hold beside their key.
    fn by_content(
        table: &FrameTable,
        rows: impl Iterator<Item = usize>,
        columns: &[usize],
    ) -> HashMap<u128, Vec<usize>> {
        let mut found: HashMap<u128, Vec<usize>> = HashMap::new();
        for row in rows.filter(|row| columns.iter().any(|column| !table.cell(*row, *column).is_missing())) {
            found.entry(row_digest(table, row, columns)).or_default().push(row);
        }
        found
    }
    if gone.is_empty() || added.is_empty() {
        return Vec::new();
    }
    let olds = by_content(compared.old, gone.iter().copied(), &old_columns);
    let news = by_content(compared.new, added.iter().copied(), &new_columns);
    let pair = |(digest, rows): (&u128, &Vec<usize>)| match (rows.as_slice(), news.get(digest)?.as_slice()) {
        ([before], [after]) => Some((*before, *after)),
        _ => None,
    };
    let mut pairs: Vec<(usize, usize)> = olds.iter().filter_map(pair).collect();
    pairs.sort_unstable_by_key(|(_, after)| *after);
    pairs
}
