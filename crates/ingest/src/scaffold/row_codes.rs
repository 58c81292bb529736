//! Rows as numbers of their texts, by which they are counted.

use std::borrow::Cow;
use std::collections::HashMap;

use super::sheet_view::ViewColumn;
use crate::fold::fold;
use crate::grid::GridRow;

/// Of each row the number of its text among those that there are.
pub(super) fn codes(rows: &[&GridRow], column: &ViewColumn) -> Vec<usize> {
    codes_by(rows, column, fold)
}

/// The same of texts that are folded otherwise.
pub(super) fn codes_by(rows: &[&GridRow], column: &ViewColumn, folded: fn(&str) -> String) -> Vec<usize> {
    let mut known: HashMap<String, usize> = HashMap::new();
    // As it is written each text is folded once.
    let mut written: HashMap<Cow<'_, str>, usize> = HashMap::new();
    let mut codes = Vec::with_capacity(rows.len());
    for row in rows {
        let raw = column.cell(row).raw();
        let code = match written.get(&raw) {
            Some(code) => *code,
            None => {
                let next = known.len();
                let code = *known.entry(folded(&raw)).or_insert(next);
                written.insert(raw, code);
                code
            }
        };
        codes.push(code);
    }
    codes
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
