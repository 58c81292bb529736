//! A table with an observation a row, as it seems to be.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashSet};

use vintner_panel::{Frequency, PeriodReading};

use super::alike::answers;
use super::beside_data::rows_beside;
use super::entity_guess::{EntityGuess, entity_by_keys, entity_by_names};
use super::file_guess::DeclaredKeys;
use super::headers_of_times::named_with_two_digits;
use super::own_times::entity_by_own_times;
use super::parts_of_years::{doubtful_parts, within_years};
use super::row_codes::{codes_of, distinct};
use super::rows_guess::{RowsOf, by_rows};
use super::sheet_view::{SheetView, ViewColumn, is_numeral};
use super::table_guess::TableGuess;
use super::time_column::{declared_time, time_column};
use super::time_reading::time_in;
use super::times_seen::{TimesSeen, seen_under};
use crate::cell::Cell;
use crate::crosswalk::Crosswalk;
use crate::grid::GridRow;
use crate::source::ValueKind;
use crate::year::bare_year;

/// The column that the file declares to hold its entities, where with the times it tells all rows apart.
fn declared_entity(
    view: &SheetView<'_>,
    keys: &DeclaredKeys<'_>,
    time: &ViewColumn,
    data: &[&GridRow],
) -> Option<(ViewColumn, EntityGuess)> {
    let entity = keys.entity?;
    let column = view.columns.iter().find(|column| column.is_headed && column.name == entity)?;
    let apart: HashSet<(Cow<'_, str>, Cow<'_, str>)> =
        data.iter().map(|row| (column.cell(row).raw(), time.cell(row).raw())).collect();
    let filled = data.iter().all(|row| !column.cell(row).is_blank());
    (filled && apart.len() == data.len()).then(|| (column.clone(), EntityGuess::unknown(column, data)))
}

/// A table of rows with times.
pub(super) fn long(
    view: &SheetView<'_>,
    keys: &DeclaredKeys<'_>,
    crosswalk: Option<&Crosswalk>,
) -> Option<TableGuess> {
    let (time, mut times) = declared_time(view, keys).or_else(|| time_column(view))?;
    let reading = times.reading;
    let are_data = answers(&view.filled, time, |cell| time_in(cell, reading).is_some());
    let with = |are: &[bool]| -> Vec<&GridRow> {
        view.filled.iter().zip(are).filter(|(_, is)| **is).map(|(row, _)| *row).collect()
    };
    let data = without_notes(with(&are_data), time);
    if data.len() < times.count {
        let (own, ..) = seen_under(times.reading, data.iter().map(|row| time.cell(row)));
        times = TimesSeen { years: own.years, count: own.count, examples: own.examples, ..times };
    }
    let others: Vec<&ViewColumn> = view.columns.iter().filter(|column| *column != time).collect();
    // The quarters of 2019/20 are those of a fiscal year.
    let plain = times.reading.span.is_none()
        && times.reading.period.is_none()
        && !times.reading.waves
        && !times.reading.declared;
    let within = plain.then(|| within_years(&others, &data)).flatten();
    let doubtful = if plain { doubtful_parts(&others, &data) } else { Vec::new() };
    // A year's months are nobody.
    let is_within = |column: &ViewColumn| within.as_ref().is_some_and(|own| own.columns.contains(column));
    let names: Vec<&ViewColumn> = others.iter().filter(|column| !is_within(column)).copied().collect();
    let by_name = crosswalk.and_then(|crosswalk| entity_by_names(&others, &data, crosswalk));
    let declared = declared_entity(view, keys, time, &data);
    let entity_beside = |times: &[&ViewColumn]| match crosswalk {
        Some(_) => by_name.clone(),
        None => declared.clone().or_else(|| entity_by_keys(&names, times, &data)),
    };
    let told = |times: &[&ViewColumn]| {
        let entity = entity_beside(times);
        distinct(&codes_of(&data, times.iter().copied().chain(entity.as_ref().map(|(column, _)| column))))
    };
    // A month that tells no rows apart is one of an interview, say.
    let within = within.as_ref().filter(|within| {
        let times: Vec<&ViewColumn> = [time].into_iter().chain(&within.columns).collect();
        let once = told(&[time]);
        once < data.len() && told(&times) > once
    });
    let columns: Vec<&ViewColumn> =
        [time].into_iter().chain(within.iter().flat_map(|within| &within.columns)).collect();
    let others = if within.is_some() { names.clone() } else { others.clone() };
    let entity = match (within, crosswalk) {
        (Some(_), None) => entity_by_keys(&others, &columns, &data),
        _ => entity_beside(&columns),
    };
    let entity = entity.or_else(|| {
        let alone =
            crosswalk.is_none() && within.is_none() && distinct(&codes_of(&data, [time])) == data.len();
        let printed = answers(&data, time, |cell| time_in(cell, reading).map(|(_, printed)| printed));
        let printed: Vec<String> = printed.into_iter().flatten().filter(|_| alone).collect();
        let column = entity_by_own_times(&others, &printed, &data)?;
        let guess = EntityGuess::unknown(&column, &data);
        Some((column, guess))
    });
    let table = RowsOf { view, times: &columns, others: &others, data: &data, crosswalk };
    let mut guess = by_rows(&table, entity);
    guess.time = Some(time.name.clone());
    let years = years_beside_parts(view, time, &times);
    let spread: Vec<&GridRow> = if years.is_empty() && times.beside.is_empty() {
        data.clone()
    } else {
        let has_others = !times.beside.is_empty();
        let is_period = |cell: Cell<'_>| has_others && PeriodReading::default().read(&cell.raw()).is_ok();
        let is_read =
            |cell: Cell<'_>| time_in(cell, reading).is_some() || bare_year(cell).is_some() || is_period(cell);
        with(&answers(&view.filled, time, is_read))
    };
    (guess.skip_rows, guess.last_row) = rows_beside(view, time, &spread);
    guess.times = times;
    guess.not_times = years;
    guess.doubtful = if within.is_none() { doubtful } else { Vec::new() };
    if let Some(within) = within {
        guess.times.reading.period = Some(PeriodReading {
            frequency: Some(within.frequency),
            century: guess.times.reading.century,
            ..PeriodReading::default()
        });
        guess.within = within.columns.iter().map(|column| column.name.clone()).collect();
        guess.not_times = within.not_times.clone();
    }
    Some(guess)
}

/// The rows but for the last of them that stand apart from the others and hold no number beside a year, as notes under a table
/// do whose commas divide them: `Source: yearbook, 2003`.
fn without_notes<'r>(mut data: Vec<&'r GridRow>, time: &ViewColumn) -> Vec<&'r GridRow> {
    let has_number = |row: &GridRow| {
        (1u32..).zip(&row.cells).any(|(column, cell)| column != time.at && is_numeral(cell.as_cell()))
    };
    if !data.iter().any(|row| has_number(row)) {
        return data;
    }
    while let [.., before, last] = data.as_slice()
        && last.number > before.number + 1
        && !has_number(last)
    {
        data.pop();
    }
    data
}

/// The years that stand in a column of quarters, say, over figures of their own: those of whole years.
fn years_beside_parts(view: &SheetView<'_>, time: &ViewColumn, times: &TimesSeen) -> Vec<String> {
    let divided =
        times.reading.period.filter(|period| period.zero.is_none()).and_then(|period| period.frequency);
    if divided.is_none_or(|frequency| frequency == Frequency::Year) {
        return Vec::new();
    }
    let has_more = |row: &GridRow| row.cells.iter().filter(|cell| !cell.is_blank()).count() > 1;
    let is_year = |cell: Cell<'_>| bare_year(cell).is_some() && time_in(cell, times.reading).is_none();
    let of_years = answers(&view.filled, time, is_year);
    let of_years = view.filled.iter().zip(of_years).filter(|(row, is)| *is && has_more(row));
    let texts: BTreeSet<String> = of_years.map(|(row, _)| time.cell(row).raw().into_owned()).collect();
    texts.into_iter().collect()
}

/// A table of rows without times.
pub(super) fn timeless(view: &SheetView<'_>, crosswalk: Option<&Crosswalk>) -> Option<TableGuess> {
    let headed = view.columns.iter().filter(|column| column.is_headed).count();
    let width = view.columns.len();
    // A header names nearly all of its columns: all of a frame's but that of the names of its rows, as R and pandas write it.
    let unnamed = view.columns.iter().filter(|column| !column.is_headed);
    let has_row_names = headed > 0 && unnamed.map(|column| column.at).eq([1]);
    if !has_row_names && (headed < 2 || headed * 10 < width * 8) {
        return None;
    }
    let filled = |row: &&GridRow| view.columns.iter().filter(|column| !column.cell(row).is_blank()).count();
    let data: Vec<&GridRow> = view.filled.iter().filter(|row| filled(row) > 1).copied().collect();
    let others: Vec<&ViewColumn> = view.columns.iter().collect();
    let by_name = crosswalk.and_then(|crosswalk| entity_by_names(&others, &data, crosswalk));
    let entity = by_name.or_else(|| entity_by_keys(&others, &[], &data));
    let table = RowsOf { view, times: &[], others: &others, data: &data, crosswalk };
    let mut guess = by_rows(&table, entity);
    let numbers = guess.values.iter().any(|value| value.kind != ValueKind::Text);
    guess.score /= 3;
    guess.two_digits = named_with_two_digits(view);
    numbers.then_some(guess)
}
