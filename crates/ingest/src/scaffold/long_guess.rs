//! A table with an observation a row, as it seems to be.

use std::collections::{BTreeMap, BTreeSet};

use vintner_panel::PeriodReading;

use super::entity_guess::{EntityGuess, entity_by_keys, entity_by_names, id_of};
use super::file_guess::DeclaredKeys;
use super::parts_of_years::within_years;
use super::sheet_view::{SheetView, ViewColumn, number_of};
use super::table_guess::TableGuess;
use super::time_column::{declared_time, time_column};
use super::times_seen::time_in;
use super::told_apart::{Apart, told_apart};
use super::value_guess::{ValueGuess, text, value};
use crate::crosswalk::Crosswalk;
use crate::fold::fold;
use crate::grid::GridRow;
use crate::layout::Layout;
use crate::source::ValueKind;

/// The column that the file declares to hold its entities, where with the times it tells all rows apart.
fn declared_entity(
    view: &SheetView<'_>,
    keys: &DeclaredKeys<'_>,
    time: &ViewColumn,
    data: &[&GridRow],
) -> Option<(ViewColumn, EntityGuess)> {
    let entity = keys.entity?;
    let column = view.columns.iter().find(|column| column.is_headed && column.name == entity)?;
    let apart: BTreeSet<(String, String)> = data
        .iter()
        .map(|row| (column.cell(row).raw().into_owned(), time.cell(row).raw().into_owned()))
        .collect();
    let filled = data.iter().all(|row| !column.cell(row).is_blank());
    (filled && apart.len() == data.len()).then(|| (column.clone(), EntityGuess::unknown(column, data)))
}

pub(super) fn long(
    view: &SheetView<'_>,
    keys: &DeclaredKeys<'_>,
    crosswalk: Option<&Crosswalk>,
) -> Option<TableGuess> {
    let (time, times) = declared_time(view, keys).or_else(|| time_column(view))?;
    let is_data = |row: &&&GridRow| time_in(time.cell(row), times.reading).is_some();
    let data: Vec<&GridRow> = view.filled.iter().filter(is_data).copied().collect();
    let others: Vec<&ViewColumn> = view.columns.iter().filter(|column| *column != time).collect();
    let by_name = crosswalk.and_then(|crosswalk| entity_by_names(&others, &data, crosswalk));
    // Where names are known, others tell rows of a series apart: industries, products.
    let declared = declared_entity(view, keys, time, &data);
    // The quarters of 2019/20 are those of a fiscal year.
    let plain = times.reading.span.is_none()
        && times.reading.period.is_none()
        && !times.reading.waves
        && !times.reading.declared;
    let within = plain.then(|| within_years(&others, &data)).flatten();
    // A year's months are nobody.
    let is_within = |column: &&ViewColumn| within.as_ref().is_some_and(|own| own.columns.contains(column));
    let names: Vec<&ViewColumn> = others.iter().filter(|column| !is_within(column)).copied().collect();
    let entity_beside = |times: &[&ViewColumn]| match crosswalk {
        Some(_) => by_name.clone(),
        None => declared.clone().or_else(|| entity_by_keys(&names, times, &data)),
    };
    let entity = entity_beside(&[time]);
    let named = |columns: &[&ViewColumn], entity: &Option<(ViewColumn, EntityGuess)>| {
        let key = |row: &&GridRow| -> Vec<String> {
            let columns = columns.iter().copied().chain(entity.iter().map(|(column, _)| column));
            columns.map(|column| fold(&column.cell(row).raw())).collect()
        };
        data.iter().map(key).collect::<BTreeSet<_>>().len()
    };
    let once = named(&[time], &entity);
    // A month that tells no rows apart is one of an interview, say.
    let within = within.clone().filter(|within| {
        let times: Vec<&ViewColumn> = [time].into_iter().chain(&within.columns).collect();
        once < data.len() && named(&times, &entity_beside(&times)) > once
    });
    let Some(within) = within else {
        let mut guess = by_rows(view, entity, &[time], &others, &data, crosswalk)?;
        guess.time = Some(time.name.clone());
        guess.times = times;
        return Some(guess);
    };
    let columns: Vec<&ViewColumn> = [time].into_iter().chain(&within.columns).collect();
    let others: Vec<&ViewColumn> =
        others.iter().filter(|column| !within.columns.contains(column)).copied().collect();
    let entity = match crosswalk {
        Some(_) => by_name,
        None => entity_by_keys(&others, &columns, &data),
    };
    let mut guess = by_rows(view, entity, &columns, &others, &data, crosswalk)?;
    guess.time = Some(time.name.clone());
    guess.times = times;
    guess.times.reading.period =
        Some(PeriodReading { frequency: Some(within.frequency), ..PeriodReading::default() });
    guess.within = within.columns.iter().map(|column| column.name.clone()).collect();
    guess.not_times = within.not_times;
    Some(guess)
}

/// A table of rows without times.
pub(super) fn timeless(view: &SheetView<'_>, crosswalk: Option<&Crosswalk>) -> Option<TableGuess> {
    let headed = view.columns.iter().filter(|column| column.is_headed).count();
    let width = view.columns.len();
    // A header names nearly all of its columns.
    if headed < 2 || headed * 10 < width * 8 {
        return None;
    }
    let filled = |row: &&GridRow| view.columns.iter().filter(|column| !column.cell(row).is_blank()).count();
    let data: Vec<&GridRow> = view.filled.iter().filter(|row| filled(row) > 1).copied().collect();
    let others: Vec<&ViewColumn> = view.columns.iter().collect();
    let by_name = crosswalk.and_then(|crosswalk| entity_by_names(&others, &data, crosswalk));
    let entity = by_name.or_else(|| entity_by_keys(&others, &[], &data));
    let mut guess = by_rows(view, entity, &[], &others, &data, crosswalk)?;
    let numbers = guess.values.iter().any(|value| value.kind != ValueKind::Text);
    guess.score /= 3;
    numbers.then_some(guess)
}

/// Rows by which it is told whether they are of many.
const LOOKED_AT: usize = 5_000;
/// So many rows a name has in a time on average where they are of many; a panel that stands there twice has two.
const OF_MANY: usize = 5;

/// Whether rows are observations of many, each of somebody new: whatever names or codes there are has several rows a time,
/// and no two of them together tell nearly all rows apart. Else rows that have one key are mistakes of a panel.
fn is_of_many(times: &[&ViewColumn], others: &[&ViewColumn], own: &[&GridRow]) -> bool {
    let own = &own[..own.len().min(LOOKED_AT)];
    let time = codes(own, |row| times.iter().map(|column| fold(&column.cell(row).raw())).collect());
    let is_name = |column: &&&ViewColumn| {
        let mut numbers = own.iter().filter_map(|row| number_of(column.cell(row)));
        numbers.all(|number| number.fract() == 0.0)
    };
    let named = others.iter().filter(is_name);
    let named = named.map(|column| codes(own, |row| vec![fold(&column.cell(row).raw())]));
    // What comes back nowhere is a measure, or a number of the row.
    let named: Vec<Vec<usize>> = named.filter(|codes| distinct(&[codes]) * 2 <= own.len()).collect();
    let several = |columns: &[&[usize]]| distinct(columns) * OF_MANY <= own.len();
    let apart = |columns: &[&[usize]]| distinct(columns) * 10 >= own.len() * 9;
    let pairs =
        named.iter().enumerate().flat_map(|(at, one)| named[at + 1..].iter().map(move |two| (one, two)));
    several(&[&time])
        && named.iter().all(|name| several(&[&time, name]))
        && !pairs.into_iter().any(|(one, two)| apart(&[&time, one, two]))
}

/// Of each row the number of its text among those that there are.
fn codes(rows: &[&GridRow], text: impl Fn(&GridRow) -> Vec<String>) -> Vec<usize> {
    let mut known: BTreeMap<Vec<String>, usize> = BTreeMap::new();
    let code = |row: &&GridRow| {
        let next = known.len();
        *known.entry(text(row)).or_insert(next)
    };
    rows.iter().map(code).collect()
}

/// How many different rows some columns of codes have.
fn distinct(columns: &[&[usize]]) -> usize {
    let rows = columns.first().map_or(0, |column| column.len());
    let row = |at: usize| -> Vec<usize> { columns.iter().map(|column| column[at]).collect() };
    (0..rows).map(row).collect::<BTreeSet<_>>().len()
}

/// The columns of the two ends of pairs, from left to right: one tells the rows of the other apart, and most of its
/// names are the other's, too.
fn ends<'c>(
    entity: &'c ViewColumn,
    apart: &Apart,
    rest: &[&'c ViewColumn],
    own: &[&GridRow],
) -> Option<[&'c ViewColumn; 2]> {
    let by = apart.by.as_ref()?;
    let other = rest.iter().find(|column| column.name == *by)?;
    let names = |column: &ViewColumn| -> BTreeSet<String> {
        own.iter().map(|row| fold(&column.cell(row).raw())).collect()
    };
    let (first, second) = (names(entity), names(other));
    let both = first.intersection(&second).count();
    let ends = if other.at < entity.at { [*other, entity] } else { [entity, *other] };
    (both > 1 && 2 * both >= first.len().min(second.len())).then_some(ends)
}

/// A table with an observation a row.
fn by_rows(
    view: &SheetView<'_>,
    entity: Option<(ViewColumn, EntityGuess)>,
    times: &[&ViewColumn],
    others: &[&ViewColumn],
    data: &[&GridRow],
    crosswalk: Option<&Crosswalk>,
) -> Option<TableGuess> {
    let named = |row: &&&GridRow| match (crosswalk, &entity) {
        (Some(crosswalk), Some((column, guess))) if guess.is_known => {
            id_of(column.cell(row), crosswalk, true).is_some()
        }
        _ => true,
    };
    let own: Vec<&GridRow> = data.iter().filter(named).copied().collect();
    let keys: Vec<&ViewColumn> =
        entity.iter().map(|(column, _)| column).chain(times.iter().copied()).collect();
    let rest: Vec<&ViewColumn> = others.iter().filter(|column| !keys.contains(*column)).copied().collect();
    let apart = told_apart(&keys, entity.is_some(), &rest, &own);
    let of_many = crosswalk.is_none() && apart.is_repeated && is_of_many(times, others, &own);
    if of_many && entity.is_some() {
        // What stands there says something of each observation, and not whose it is.
        return by_rows(view, None, times, others, data, crosswalk);
    }
    let of_condition = |name: &str| apart.conditions.iter().any(|(own, _)| own == name);
    let ends = match (&entity, crosswalk) {
        (Some((column, _)), None) => ends(column, &apart, &rest, &own),
        _ => None,
    };
    let is_value =
        |column: &&&ViewColumn| apart.by.as_ref() != Some(&column.name) && !of_condition(&column.name);
    // Either end of a pair may have effects of its own.
    let of_ends = ends.iter().flatten();
    let of_ends = of_ends.filter_map(|column| text(&column.name, own.iter().map(|row| column.cell(row))));
    let of_ends: Vec<ValueGuess> = of_ends.collect();
    let values: Vec<(bool, ValueGuess)> = rest
        .iter()
        .filter(is_value)
        .filter_map(|column| {
            let name = column.is_headed.then_some(column.name.as_str())?;
            Some((column.is_headed, value(Some(name), own.iter().map(|row| column.cell(row)))?))
        })
        .collect();
    let is_number = |(_, value): &&(bool, ValueGuess)| value.kind != ValueKind::Text;
    let cells: usize = values.iter().filter(is_number).map(|(_, one)| one.numbers).sum();
    Some(TableGuess {
        category: apart.by.filter(|_| ends.is_none()),
        entity_with: ends.iter().map(|[_, other]| other.name.clone()).collect(),
        entity: match ends {
            Some([first, _]) => Some(EntityGuess::unknown(first, &own)),
            None => entity.map(|(_, guess)| guess),
        },
        conditions: apart.conditions,
        repeated: apart.is_repeated,
        of_many,
        values: of_ends.into_iter().chain(values.into_iter().map(|(_, one)| one)).collect(),
        score: cells + 2 * own.len(),
        ..TableGuess::of(view, Layout::Long, data)
    })
}
