//! A table whose headers are times, as it seems to be.

use std::collections::BTreeSet;

use vintner_panel::PeriodReading;

use super::beside_times::{by_row, rows_told};
use super::entity_guess::{EntityGuess, entity_by_keys, entity_by_names, id_of};
use super::headers_of_times::{TimeColumn, in_order, time_columns};
use super::numbers_seen::is_missing;
use super::parts_of_years::{doubtful_parts, within_years};
use super::sheet_view::{SheetView, ViewColumn, is_numeral};
use super::table_guess::TableGuess;
use super::value_guess::{ValueGuess, value};
use crate::cell::Cell;
use crate::crosswalk::Crosswalk;
use crate::fold::fold;
use crate::grid::GridRow;
use crate::layout::Layout;
use crate::source::ValueKind;

/// Headers of years are no further apart than this on the average.
const WIDEST_STEP: usize = 25;

/// The guess, where headers are times that follow one another.
pub(super) fn wide(view: &SheetView<'_>, crosswalk: Option<&Crosswalk>) -> Option<TableGuess> {
    let (mut times, columns) = time_columns(view)?;
    let variables: BTreeSet<&String> = columns.iter().map(|one| &one.variable).collect();
    if (view.header_rows == 1 && view.is_under_names()) || !in_order(&columns) {
        return None;
    }
    // A row of data may have two numbers that could be years, and these lie anywhere.
    if let (Some(first), Some(last)) = (times.years.first(), times.years.last())
        && times.years.len() > 1
        && usize::try_from(last - first).unwrap_or_default() > WIDEST_STEP * (times.years.len() - 1)
    {
        return None;
    }
    let is_blank_or_missing = |cell: Cell<'_>| cell.is_blank() || is_missing(&cell.raw());
    let is_data = |row: &&&GridRow| columns.iter().any(|one| is_numeral(one.column.cell(row)));
    let is_missing_row = |row: &&&GridRow| {
        columns.iter().all(|one| is_blank_or_missing(one.column.cell(row)))
            && columns.iter().any(|one| !one.column.cell(row).is_blank())
    };
    let first = view.filled.iter().find(|row| is_data(row) || is_missing_row(row));
    let mut last = view.filled.iter().rev().find(is_data).copied();
    // Entities of which nothing is known stand at the end of a table as elsewhere in it.
    for row in &view.filled {
        if last.is_some_and(|last| row.number == last.number + 1) && is_missing_row(&row) {
            last = Some(row);
        }
    }
    let within = |row: &&&GridRow| {
        first.is_some_and(|first| row.number >= first.number)
            && last.is_some_and(|last| row.number <= last.number)
    };
    let data: Vec<&GridRow> = view.filled.iter().filter(within).copied().collect();
    let keys: Vec<&ViewColumn> =
        view.columns.iter().filter(|column| !columns.iter().any(|one| one.column == *column)).collect();
    // Months or quarters down, with years across.
    let within = times.reading.period.is_none().then(|| within_years(&keys, &data)).flatten();
    let is_open = within.is_none() && times.reading.period.is_none();
    let doubtful = if is_open { doubtful_parts(&keys, &data) } else { Vec::new() };
    let keys: Vec<&ViewColumn> = keys
        .into_iter()
        .filter(|own| within.as_ref().is_none_or(|within| !within.columns.contains(own)))
        .collect();
    let parts: Vec<&ViewColumn> = within.iter().flat_map(|within| &within.columns).collect();
    let by_name = crosswalk.and_then(|crosswalk| entity_by_names(&keys, &data, crosswalk));
    let entity = by_name.or_else(|| entity_by_keys(&keys, &parts, &data));
    let entity = match &within {
        None => Some(entity.or_else(|| most_texts(&keys, &data))?),
        Some(_) => entity,
    };
    let known = |row: &&&GridRow| match (crosswalk, &entity) {
        (Some(crosswalk), Some((column, entity))) if entity.is_known => {
            id_of(column.cell(row), crosswalk, true).is_some()
        }
        _ => true,
    };
    let own: Vec<&GridRow> = data.iter().filter(known).copied().collect();
    let keyed =
        |own: &&ViewColumn| parts.contains(own) || entity.as_ref().is_some_and(|(column, _)| column == *own);
    let rest: Vec<&ViewColumn> = keys.iter().filter(|own| !keyed(own)).copied().collect();
    let told = rows_told(entity, &parts, &rest, &own, crosswalk);
    let values = match &told.variable {
        Some(naming) => {
            let cells: Vec<&ViewColumn> = columns.iter().map(|one| one.column).collect();
            by_row(naming, &cells, &own)
        }
        None => by_header(&variables, &columns, &own),
    };
    if values.is_empty() {
        return None;
    }
    let numbers: usize = values.iter().map(|one| one.numbers).sum();
    if let Some(within) = &within {
        times.reading.period =
            Some(PeriodReading { frequency: Some(within.frequency), ..PeriodReading::default() });
    }
    let guess = told.into_guess(TableGuess::of(view, Layout::Wide, &data), &own);
    let is_read = |column: &ViewColumn| {
        guess.is_key(&column.name) || within.as_ref().is_some_and(|within| within.columns.contains(column))
    };
    let unread = keys.iter().filter(|column| column.is_headed && !is_read(column));
    let beside = unread.map(|column| column.name.clone()).collect();
    Some(TableGuess {
        beside,
        times,
        doubtful,
        within: within.iter().flat_map(|within| &within.columns).map(|column| column.name.clone()).collect(),
        not_times: within.map(|within| within.not_times).unwrap_or_default(),
        score: numbers + 2 * own.len() * columns.len(),
        values,
        ..guess
    })
}

/// The variables of a table whose headers name them beside the times.
fn by_header(variables: &BTreeSet<&String>, columns: &[TimeColumn<'_>], own: &[&GridRow]) -> Vec<ValueGuess> {
    let several = variables.len() > 1 || variables.iter().any(|name| !name.is_empty());
    let of = |variable: &&String| {
        let of: Vec<&TimeColumn<'_>> = columns.iter().filter(|one| one.variable == **variable).collect();
        let cells = own.iter().flat_map(|row| of.iter().map(|one| one.column.cell(row)));
        value(several.then_some(variable.as_str()), cells)
    };
    variables.iter().filter_map(of).filter(|value| value.kind != ValueKind::Text).collect()
}

/// The column with the most different texts, for tables whose rows several keys tell apart.
fn most_texts(keys: &[&ViewColumn], data: &[&GridRow]) -> Option<(ViewColumn, EntityGuess)> {
    let texts = |column: &ViewColumn| -> BTreeSet<String> {
        data.iter().map(|row| fold(&column.cell(row).raw())).filter(|text| !text.is_empty()).collect()
    };
    let counted = keys.iter().map(|column| (texts(column).len(), *column)).filter(|(count, _)| *count > 0);
    let (_, column) = counted.reduce(|best, next| if next.0 > best.0 { next } else { best })?;
    Some((column.clone(), EntityGuess::unknown(column, data)))
}
