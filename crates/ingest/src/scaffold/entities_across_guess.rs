//! A table with a row a time and a column for each entity, as it seems to be.

use std::collections::BTreeSet;

use super::beside_data::rows_beside;
use super::entity_guess::{EntityGuess, id_of};
use super::sheet_view::{SheetView, ViewColumn};
use super::table_guess::TableGuess;
use super::time_column::time_column;
use super::time_reading::time_in;
use super::value_guess::value;
use crate::cell::Cell;
use crate::crosswalk::Crosswalk;
use crate::grid::GridRow;
use crate::layout::Layout;
use crate::source::ValueKind;

/// The guess, where headers are names of the crosswalk's.
pub(super) fn entities_across(view: &SheetView<'_>, crosswalk: Option<&Crosswalk>) -> Option<TableGuess> {
    let crosswalk = crosswalk?;
    let columns: Vec<(&ViewColumn, String)> = view
        .columns
        .iter()
        .filter(|column| column.is_headed)
        .filter_map(|column| {
            let text = column.parts.join(" | ");
            Some((column, id_of(Cell::of_text(&text), crosswalk, false)?.to_owned()))
        })
        .collect();
    let found: BTreeSet<String> = columns.iter().map(|(_, id)| id.clone()).collect();
    if found.len() < 2 || view.header_rows > 1 {
        return None;
    }
    let others: Vec<ViewColumn> =
        view.columns.iter().filter(|column| !columns.iter().any(|(own, _)| own == column)).cloned().collect();
    let narrowed = SheetView { columns: others.clone(), ..view.clone() };
    let (time, times) = time_column(&narrowed)?;
    if times.count < 2 || times.reading.period.is_some() {
        return None;
    }
    let is_data = |row: &&&GridRow| time_in(time.cell(row), times.reading).is_some();
    let data: Vec<&GridRow> = view.filled.iter().filter(is_data).copied().collect();
    let cells = data.iter().flat_map(|row| columns.iter().map(|(column, _)| column.cell(row)));
    let value = value(None, cells).filter(|value| value.kind != ValueKind::Text)?;
    let years: Vec<String> = data.iter().map(|row| time.cell(row).raw().into_owned()).collect();
    let names: Vec<String> = columns.iter().map(|(column, _)| column.name.clone()).collect();
    let examples = columns.iter().take(3).map(|(column, id)| (column.name.clone(), id.clone())).collect();
    let outside = others.iter().filter(|column| column.is_headed).count().saturating_sub(1);
    let (skip_rows, last_row) = rows_beside(view, time, &data);
    Some(TableGuess {
        skip_rows,
        last_row,
        entity: Some(EntityGuess {
            column: String::new(),
            is_known: true,
            is_plain_number: false,
            found,
            outside,
            names,
            examples,
        }),
        time: Some(time.name.clone()),
        times,
        repeated: years.iter().collect::<BTreeSet<_>>().len() < years.len(),
        score: value.numbers + 2 * data.len() * columns.len(),
        values: vec![value],
        ..TableGuess::of(view, Layout::EntitiesAcross, &data)
    })
}
