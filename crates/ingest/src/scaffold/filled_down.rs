//! Columns of names whose blank cells seem to mean what stands above them.

use std::collections::BTreeSet;

use super::sheet_view::{SheetView, ViewColumn, number_of};
use super::times_seen::{TimeReading, time_in};
use crate::fold::fold;
use crate::grid::{CellContent, GridRow};

/// So many rows a table has at least of which that can be told.
const FEWEST: usize = 3;

/// The columns, from left to right: each begins with a name, has no name twice within those to its left, and is blank in
/// half of the rows with numbers or more; and a column beside them tells the rows of one name apart.
pub(super) fn filled_down(view: &SheetView<'_>) -> Vec<u32> {
    let is_value = |row: &GridRow, column: &ViewColumn| {
        let cell = column.cell(row);
        number_of(cell).is_some() && time_in(cell, TimeReading::default()).is_none()
    };
    let data: Vec<&GridRow> = view
        .filled
        .iter()
        .filter(|row| view.columns.iter().any(|column| number_of(column.cell(row)).is_some()))
        .copied()
        .collect();
    let (Some(first), Some(last)) = (data.first(), data.last()) else { return Vec::new() };
    if data.len() < FEWEST {
        return Vec::new();
    }
    let within: Vec<&GridRow> = view.filled.iter().filter(|row| row.number <= last.number).copied().collect();
    let mut found: Vec<u32> = Vec::new();
    for column in &view.columns {
        if data.iter().any(|row| is_value(row, column)) {
            break;
        }
        let blank = data.iter().filter(|row| column.cell(row).is_blank()).count();
        if blank * 2 < data.len() {
            continue;
        }
        let named: Vec<&GridRow> =
            within.iter().filter(|row| !column.cell(row).is_blank()).copied().collect();
        let begins = named.first().is_some_and(|row| row.number <= first.number);
        // Which names of the columns to its left each stands under.
        let mut texts: BTreeSet<Vec<String>> = BTreeSet::new();
        for row in &named {
            let above = found.iter().map(|left| {
                let upwards = within.iter().rev().filter(|other| other.number <= row.number);
                let cell = upwards.map(|other| other.cell(*left)).find(|cell| !cell.is_blank());
                cell.map(|cell| fold(&cell.raw())).unwrap_or_default()
            });
            texts.insert(above.chain([fold(&column.cell(row).raw())]).collect());
        }
        if begins && named.len() > 1 && texts.len() == named.len() {
            found.push(column.at);
        }
    }
    let tells = |column: &ViewColumn| {
        let texts: BTreeSet<String> = data.iter().map(|row| fold(&column.cell(row).raw())).collect();
        !found.contains(&column.at)
            && data.iter().all(|row| !column.cell(row).is_blank() && !is_value(row, column))
            && texts.len() > 1
    };
    let beside = view.columns.iter().any(tells);
    let numbered = || {
        let parts = view.columns.iter().filter(|column| !found.contains(&column.at));
        parts.filter(|column| data.iter().all(|row| !column.cell(row).is_blank())).count() > 1
    };
    if beside || numbered() { found } else { Vec::new() }
}

/// The rows with what is filled down in those that hold a number.
pub(super) fn with_filled(rows: &[GridRow], from: usize, columns: &[u32]) -> Vec<GridRow> {
    let mut rows = rows.to_vec();
    let mut carried: Vec<CellContent> = vec![CellContent::Empty; columns.len()];
    for row in rows.iter_mut().skip(from) {
        let has_number = row.cells.iter().any(|cell| number_of(cell.as_cell()).is_some());
        let mut anew = false;
        for (column, above) in columns.iter().zip(&mut carried) {
            let own = row.cell(*column).clone();
            let at = (*column as usize).saturating_sub(1);
            if !own.is_blank() {
                anew = anew || fold(&own.raw()) != fold(&above.raw());
                *above = own;
            } else if anew {
                *above = CellContent::Empty;
            } else if has_number && let Some(cell) = row.cells.get_mut(at) {
                *cell = above.clone();
            }
        }
    }
    rows
}
