//! A table with a row a year and a column for each of its months, quarters or halves, as it seems to be.

use vintner_panel::PeriodReading;

use super::beside_data::rows_beside;
use super::beside_times::{by_row, rows_told};
use super::entity_guess::{entity_by_keys, entity_by_names};
use super::parts_of_years::{SeenParts, parts_of_years};
use super::sheet_view::{SheetView, ViewColumn, number_of};
use super::table_guess::TableGuess;
use super::time_column::time_column;
use super::time_reading::time_in;
use super::value_guess::value;
use crate::crosswalk::Crosswalk;
use crate::grid::GridRow;
use crate::layout::Layout;
use crate::source::ValueKind;

/// A table whose rows are years and whose headers are months, quarters or halves of them.
pub(super) fn parts_across(view: &SheetView<'_>, crosswalk: Option<&Crosswalk>) -> Option<TableGuess> {
    let SeenParts { frequency, columns } = parts_of_years(view)?;
    let others: Vec<ViewColumn> =
        view.columns.iter().filter(|column| !columns.contains(column)).cloned().collect();
    let narrowed = SheetView { columns: others.clone(), ..view.clone() };
    let (time, mut times) = time_column(&narrowed).filter(|(_, times)| times.reading.period.is_none())?;
    let is_data = |row: &&&GridRow| time_in(time.cell(row), times.reading).is_some();
    let data: Vec<&GridRow> = view.filled.iter().filter(is_data).copied().collect();
    let rest: Vec<&ViewColumn> = others.iter().filter(|column| *column != time).collect();
    let by_name = crosswalk.and_then(|crosswalk| entity_by_names(&rest, &data, crosswalk));
    let texts: Vec<&ViewColumn> = rest
        .iter()
        .filter(|column| {
            data.iter().any(|row| !column.cell(row).is_blank() && number_of(column.cell(row)).is_none())
        })
        .copied()
        .collect();
    let entity = by_name.or_else(|| entity_by_keys(&texts, &[time], &data));
    let is_key = |own: &ViewColumn| own == time || entity.as_ref().is_some_and(|(column, _)| column == own);
    let left: Vec<&ViewColumn> = texts.iter().filter(|own| !is_key(own)).copied().collect();
    let told = rows_told(entity, &[time], &left, &data, crosswalk);
    let cells: Vec<&ViewColumn> = columns.iter().collect();
    let values = match &told.variable {
        Some(naming) => by_row(naming, &cells, &data),
        None => {
            let cells = data.iter().flat_map(|row| cells.iter().map(|column| column.cell(row)));
            value(None, cells).into_iter().filter(|value| value.kind != ValueKind::Text).collect()
        }
    };
    if values.is_empty() {
        return None;
    }
    let century = times.reading.century;
    times.reading.period =
        Some(PeriodReading { frequency: Some(frequency), century, ..PeriodReading::default() });
    let numeric = |column: &&ViewColumn| {
        column.is_headed && data.iter().any(|row| number_of(column.cell(row)).is_some())
    };
    let beside = rest.iter().copied().filter(numeric).map(|column| column.name.clone()).collect();
    let numbers: usize = values.iter().map(|one| one.numbers).sum();
    let (skip_rows, last_row) = rows_beside(view, time, &data);
    let guess = told.into_guess(TableGuess::of(view, Layout::Wide, &data), &data);
    Some(TableGuess {
        time: Some(time.name.clone()),
        skip_rows,
        last_row,
        times,
        beside,
        score: numbers + 2 * data.len() * columns.len(),
        values,
        ..guess
    })
}
