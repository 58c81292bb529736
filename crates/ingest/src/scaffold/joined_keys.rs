//! Names that tell the rows of a table without times apart together: of the county and its state.

use super::entity_guess::is_plain_number;
use super::header_words::says_mark;
use super::row_codes::{codes, distinct, joined};
use super::sheet_view::ViewColumn;
use super::told_apart::{have_joints, may_be_key, several};
use crate::grid::GridRow;
use crate::year::names_a_year;

/// So many columns name an entity together, and no more.
const MOST: usize = 3;

/// So many pairs of rows would have the same names by chance where nothing but chance told them apart.
const BY_CHANCE: f64 = 3.0;

/// The columns of names or ids, none of which could be left out, that tell all rows apart together; none where they would
/// most likely do so by chance, as the answers of a few people do.
pub(super) fn joined_keys(columns: &[&ViewColumn], own: &[&GridRow]) -> Vec<ViewColumn> {
    let is_name = |column: &&&ViewColumn| {
        let is_filled = own.iter().all(|row| !column.cell(row).is_blank());
        let years = own.iter().filter(|row| names_a_year(&column.cell(row).raw())).count();
        is_filled
            && column.is_headed
            && years * 2 <= own.len()
            && !is_plain_number(column, own)
            && !says_mark(&column.name)
    };
    let named: Vec<(&ViewColumn, Vec<usize>)> = columns
        .iter()
        .filter(is_name)
        .map(|column| (*column, codes(own, column)))
        .filter(|(column, codes)| may_be_key(column, own, true, distinct(codes)) && !have_joints(column, own))
        .collect();
    let found = several(&vec![0; own.len()], &named);
    let together = found.iter().fold(vec![0; own.len()], |all, (_, codes)| joined(&all, codes));
    let is_told = (2..=MOST).contains(&found.len()) && distinct(&together) == own.len();
    let pairs = own.len() as f64 * (own.len() as f64 - 1.0) / 2.0;
    let alike: f64 = found.iter().map(|(_, codes)| share_alike(codes)).product();
    if !is_told || pairs * alike < BY_CHANCE {
        return Vec::new();
    }
    found.iter().map(|(column, _)| (*column).clone()).collect()
}

/// How likely two rows have the same name.
fn share_alike(codes: &[usize]) -> f64 {
    let mut counts = vec![0.0_f64; distinct(codes)];
    codes.iter().for_each(|code| counts[*code] += 1.0);
    let all = codes.len() as f64;
    counts.iter().map(|count| (count / all).powi(2)).sum()
}
