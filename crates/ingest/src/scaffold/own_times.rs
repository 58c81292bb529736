//! Entities of which no two have a row at one time, as firms whose years end on different days.

use std::collections::BTreeMap;

use super::entity_guess::is_plain_number;
use super::header_words::says_mark;
use super::row_codes::{codes, distinct};
use super::sheet_view::ViewColumn;
use crate::grid::GridRow;

/// The column of names or ids within each of which times follow one another from row to row, where they don't in the table
/// as a whole; that with most names. None where times follow one another anyway, as in one series. `times` are those of the
/// rows as they are printed, by which they are in order.
pub(super) fn entity_by_own_times(
    columns: &[&ViewColumn],
    times: &[String],
    own: &[&GridRow],
) -> Option<ViewColumn> {
    if times.len() != own.len() || times.is_sorted() || times.iter().rev().is_sorted() {
        return None;
    }
    let may_be = |column: &&&ViewColumn| {
        column.is_headed
            && !says_mark(&column.name)
            && own.iter().all(|row| !column.cell(row).is_blank())
            && !is_plain_number(column, own)
    };
    let fitting = columns.iter().filter(may_be).filter_map(|column| {
        let codes = codes(own, column);
        let names = distinct(&codes);
        let mut by_name: BTreeMap<usize, Vec<&String>> = BTreeMap::new();
        codes.iter().zip(times).for_each(|(code, time)| by_name.entry(*code).or_default().push(time));
        let follow = by_name.values().all(|times| times.is_sorted())
            || by_name.values().all(|times| times.iter().rev().is_sorted());
        (names > 1 && names * 2 <= own.len() && follow).then_some((names, *column))
    });
    let best = fitting.reduce(|best, next| if next.0 > best.0 { next } else { best });
    best.map(|(_, column)| column.clone())
}
