//! Tables of any kind, and which of their rows stand for one another.

use std::collections::HashSet;

use super::alignment::{Block, blocks};
use super::cell::Cell;
use super::row_pair::{RowPair, pair_block};
use super::shown::shown_text;

/// Rows of cells, both counted from 0.
pub trait Table {
    /// How many rows there are.
    fn height(&self) -> usize;
    /// The cell in a row and column; missing where there is none.
    fn cell(&self, row: usize, column: usize) -> Cell<'_>;
}

/// The rows that aren't the same in both tables, in order, as far as the given columns go: each pair
/// of them is one column's place in either table.
///
/// Rows are aligned by their whole content first. Where that fails they are aligned by the smallest
/// leading set of columns that tells nearly all rows apart (a revision of a whole column leaves no
/// row as it was, but the keys), and then by how many of their cells agree.
pub fn pair_rows(before: &dyn Table, after: &dyn Table, columns: &[(usize, usize)]) -> Vec<RowPair> {
    let (old, new) = row_digests(before, after, columns);
    let likeness = |one: usize, other: usize| {
        let agree = |&&(old, new): &&(usize, usize)| {
            let cell = before.cell(one, old);
            !cell.is_missing() && cell.is_same(&after.cell(other, new))
        };
        columns.iter().filter(agree).count()
    };
    let mut keys: Option<Option<(Vec<u128>, Vec<u128>)>> = None;
    let mut pairs = Vec::new();
    for block in blocks(&old, &new) {
        if block.before.len().min(block.after.len()) == 0 || block.before.len().max(block.after.len()) == 1 {
            pair_block(&block, &likeness, &mut pairs);
            continue;
        }
        match keys.get_or_insert_with(|| leading_keys(before, after, columns)) {
            Some((old, new)) => pair_by_keys(&block, old, new, &likeness, &mut pairs),
            None => pair_block(&block, &likeness, &mut pairs),
        }
    }
    pairs
}

/// Within a block, rows with the same key are pairs, and what stands between them is paired by
/// likeness.
fn pair_by_keys(
    block: &Block,
    old: &[u128],
    new: &[u128],
    likeness: &dyn Fn(usize, usize) -> usize,
    pairs: &mut Vec<RowPair>,
) {
    let old = old.get(block.before.clone()).unwrap_or_default();
    let new = new.get(block.after.clone()).unwrap_or_default();
    let (mut old_row, mut new_row) = (block.before.start, block.after.start);
    let differing = blocks(old, new).into_iter().map(|inner| Block {
        before: block.before.start + inner.before.start..block.before.start + inner.before.end,
        after: block.after.start + inner.after.start..block.after.start + inner.after.end,
    });
    let end = Block { before: block.before.end..block.before.end, after: block.after.end..block.after.end };
    for inner in differing.chain([end]) {
        let same = (old_row..inner.before.start).zip(new_row..inner.after.start);
        pairs.extend(same.map(|(before, after)| RowPair::Both { before, after }));
        pair_block(&inner, likeness, pairs);
        (old_row, new_row) = (inner.before.end, inner.after.end);
    }
}

/// How many leading columns may make a key.
const KEY_COLUMNS: usize = 4;

/// The digests of rows' leading cells, of as few columns as tell nine in ten rows apart in both
/// tables; nothing where no few columns do.
fn leading_keys(
    before: &dyn Table,
    after: &dyn Table,
    columns: &[(usize, usize)],
) -> Option<(Vec<u128>, Vec<u128>)> {
    let tells = |digests: &[u128]| digests.iter().collect::<HashSet<_>>().len() * 10 >= digests.len() * 9;
    (1..columns.len().min(KEY_COLUMNS + 1)).find_map(|count| {
        let keys = row_digests(before, after, columns.get(..count)?);
        (tells(&keys.0) && tells(&keys.1)).then_some(keys)
    })
}

/// The digests of all rows of both tables, as far as the given columns go.
pub(super) fn row_digests(
    before: &dyn Table,
    after: &dyn Table,
    columns: &[(usize, usize)],
) -> (Vec<u128>, Vec<u128>) {
    let (old, new): (Vec<usize>, Vec<usize>) = columns.iter().copied().unzip();
    let digests = |table: &dyn Table, columns: &[usize]| -> Vec<u128> {
        (0..table.height()).map(|row| row_digest(table, row, columns)).collect()
    };
    (digests(before, &old), digests(after, &new))
}

/// A digest of some of a row's cells: half of BLAKE3's, in which no two rows will ever meet.
pub(super) fn row_digest(table: &dyn Table, row: usize, columns: &[usize]) -> u128 {
    let mut hasher = blake3::Hasher::new();
    for column in columns {
        table.cell(row, *column).digest_into(&mut hasher);
    }
    let mut half = [0; 16];
    hasher.finalize_xof().fill(&mut half);
    u128::from_le_bytes(half)
}

/// A row's cells in one line, as far as they are shown.
pub fn row_text(table: &dyn Table, row: usize, width: usize) -> String {
    /// Enough to know the row by.
    const SHOWN: usize = 12;
    let cell = |column: usize| match table.cell(row, column) {
        Cell::Missing => String::new(),
        cell => cell.written().into_owned(),
    };
    let cells: Vec<String> = (0..width.min(SHOWN)).map(cell).collect();
    let more = if width > SHOWN { ", …" } else { "" };
    shown_text(&format!("{}{more}", cells.join(", ")))
}
