//! Rows as numbers of their texts, by which they are counted.

use std::collections::HashMap;

use super::sheet_view::ViewColumn;
use crate::fold::fold;
use crate::grid::GridRow;

/// Of each row the number of its text among those that there are.
pub(super) fn codes(rows: &[&GridRow], column: &ViewColumn) -> Vec<usize> {
    let mut known: HashMap<String, usize> = HashMap::new();
    let code = |row: &&GridRow| {
        let next = known.len();
        *known.entry(fold(&column.cell(row).raw())).or_insert(next)
    };
    rows.iter().map(code).collect()
}

/// Of each row the number of its texts in two columns together.
pub(super) fn joined(one: &[usize], other: &[usize]) -> Vec<usize> {
    let mut known: HashMap<(usize, usize), usize> = HashMap::new();
    let code = |(one, other): (&usize, &usize)| {
        let next = known.len();
        *known.entry((*one, *other)).or_insert(next)
    };
    one.iter().zip(other).map(code).collect()
}

/// Of each row the number of its texts in some columns together; of none one number for all.
pub(super) fn codes_of<'c>(
    rows: &[&GridRow],
    columns: impl IntoIterator<Item = &'c ViewColumn>,
) -> Vec<usize> {
    columns.into_iter().fold(vec![0; rows.len()], |all, column| joined(&all, &codes(rows, column)))
}

/// How many different ones there are: they are counted from nought, each as it comes first.
pub(super) fn distinct(codes: &[usize]) -> usize {
    codes.iter().max().map_or(0, |most| most + 1)
}
