//! A table with a row a year and a column for each of its months, quarters or halves, as it seems to be.

use vintner_panel::PeriodReading;

use super::entity_guess::{entity_by_keys, entity_by_names};
use super::parts_of_years::{SeenParts, parts_of_years};
use super::sheet_view::{SheetView, ViewColumn, number_of};
use super::table_guess::TableGuess;
use super::time_column::time_column;
use super::times_seen::time_in;
use super::told_apart::{TEXTS, told_apart};
use super::value_guess::{ValueGuess, value};
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
    let keys: Vec<&ViewColumn> = entity.iter().map(|(column, _)| column).chain([time]).collect();
    let left: Vec<&ViewColumn> = texts.iter().filter(|column| !keys.contains(*column)).copied().collect();
    let apart = told_apart(&keys, true, &left, &data);
    let naming = apart.by.as_ref().and_then(|name| left.iter().find(|column| column.name == *name));
    let mut names: Vec<Option<String>> = Vec::new();
    for row in &data {
        let name = naming.map(|naming| naming.cell(row).raw().into_owned());
        if !names.contains(&name) && names.len() < TEXTS {
            names.push(name);
        }
    }
    let of = |name: &Option<String>| {
        let is_of = |row: &&&GridRow| naming.map(|naming| naming.cell(row).raw().into_owned()) == *name;
        let rows = data.iter().filter(is_of).copied();
        value(name.as_deref(), rows.flat_map(|row| columns.iter().map(move |column| column.cell(row))))
    };
    let values: Vec<ValueGuess> =
        names.iter().filter_map(of).filter(|value| value.kind != ValueKind::Text).collect();
    if values.is_empty() {
        return None;
    }
    times.reading.period = Some(PeriodReading { frequency: Some(frequency), ..PeriodReading::default() });
    let numeric = |column: &&ViewColumn| {
        column.is_headed && data.iter().any(|row| number_of(column.cell(row)).is_some())
    };
    let beside = rest.iter().copied().filter(numeric).map(|column| column.name.clone()).collect();
    let numbers: usize = values.iter().map(|one| one.numbers).sum();
    Some(TableGuess {
        entity: entity.map(|(_, guess)| guess),
        time: Some(time.name.clone()),
        times,
        variable_column: apart.by,
        conditions: apart.conditions,
        repeated: apart.is_repeated,
        beside,
        score: numbers + 2 * data.len() * columns.len(),
        values,
        ..TableGuess::of(view, Layout::Wide, &data)
    })
}
