//! Cells that are alike: what is told of one of them holds for all, so that it is asked once.

use std::collections::HashMap;
use std::mem::{Discriminant, discriminant};

use super::sheet_view::ViewColumn;
use crate::cell::Cell;
use crate::grid::GridRow;
use crate::shown::Shown;

/// So many rows, spread over all, say whether a column is worth a look at all of them.
const SPREAD: usize = 1_500;

/// What cells have in common that are read alike.
#[derive(PartialEq, Eq, Hash)]
enum Alike<'c> {
    Bits(u64),
    Whole(i64),
    Text(&'c str),
    Other(Discriminant<Cell<'c>>, &'c str),
    /// What is shown in one place; more than its text counts.
    Shown(*const Shown),
}

impl<'c> Alike<'c> {
    fn of(cell: Cell<'c>) -> Self {
        match cell {
            Cell::Number(number) => Alike::Bits(number.to_bits()),
            Cell::Whole(whole) => Alike::Whole(whole),
            Cell::Text(text) => Alike::Text(text),
            Cell::Date(text) | Cell::Error(text) | Cell::Missing(text) => {
                Alike::Other(discriminant(&cell), text)
            }
            Cell::Boolean(flag) => Alike::Other(discriminant(&cell), if flag { "TRUE" } else { "FALSE" }),
            Cell::Empty => Alike::Other(discriminant(&cell), ""),
            Cell::Shown(shown) => Alike::Shown(shown),
        }
    }
}

/// Each of some cells once, in the order in which they come first, and how often it is there.
pub(super) fn counted_cells<'c>(cells: impl Iterator<Item = Cell<'c>>) -> Vec<(Cell<'c>, usize)> {
    let mut known: HashMap<Alike<'c>, usize> = HashMap::new();
    let mut counted: Vec<(Cell<'c>, usize)> = Vec::new();
    for cell in cells {
        let at = *known.entry(Alike::of(cell)).or_insert(counted.len());
        match counted.get_mut(at) {
            Some((_, count)) => *count += 1,
            None => counted.push((cell, 1)),
        }
    }
    counted
}

/// Of each row the answer to a question about its cell in a column, which is asked once of cells that are alike.
pub(super) fn answers<'r, T: Clone>(
    rows: &[&'r GridRow],
    column: &ViewColumn,
    answer: impl Fn(Cell<'r>) -> T,
) -> Vec<T> {
    let mut known: HashMap<Alike<'r>, T> = HashMap::new();
    let of = |row: &&'r GridRow| {
        let row: &'r GridRow = row;
        let cell = column.cell(row);
        known.entry(Alike::of(cell)).or_insert_with(|| answer(cell)).clone()
    };
    rows.iter().map(of).collect()
}

/// Some of many things, spread over all of them; all of few.
pub(super) fn spread<T>(all: &[T]) -> impl Iterator<Item = &T> {
    all.iter().step_by(all.len().div_ceil(SPREAD).max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_alike_that_hold_the_same_in_the_same_way() {
        let cells = [Cell::Text("1"), Cell::Number(1.0), Cell::Text("1"), Cell::Date("1"), Cell::Whole(1)];
        let counted = counted_cells(cells.into_iter());
        let once = [(cells[0], 2), (cells[1], 1), (cells[3], 1), (cells[4], 1)];
        assert_eq!(counted, once);
    }

    #[test]
    fn what_is_spread_reaches_the_end() {
        let many: Vec<usize> = (0..4_000).collect();
        assert_eq!(spread(&many).count(), 1_334);
        assert_eq!(spread(&many).last(), Some(&3_999));
        assert_eq!(spread(&many[..1_500]).count(), 1_500);
    }
}
