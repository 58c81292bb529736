//! Where a table keeps entities, times and values.

use std::collections::{BTreeMap, BTreeSet};

use vintner_panel::{Frequency, Period, PeriodReading};

use super::entity_guess::{EntityGuess, entity_by_keys, entity_by_names, id_of};
use super::file_guess::DeclaredKeys;
use super::filled_down::{filled_down, with_filled};
use super::numbers_seen::is_missing;
use super::parts_of_years::{SeenParts, parts_of_years, within_years};
use super::sheet_view::{SheetView, ViewColumn, is_numeral, number_of};
use super::times_seen::{TimeReading, TimesSeen, is_span, seen_under, time_in, times_seen};
use super::value_guess::{ValueGuess, value};
use crate::cell::Cell;
use crate::crosswalk::Crosswalk;
use crate::era::{self, Era};
use crate::fold::fold;
use crate::grid::GridRow;
use crate::header::Merges;
use crate::layout::Layout;
use crate::merged;
use crate::merged_region::MergedRegion;
use crate::part_of_year::part_of_year;
use crate::source::{TIME_WITHIN, ValueKind};
use crate::year::names_a_year;

/// Rows among which a header is looked for.
const HEADER_ROWS: usize = 20;

/// Headers of years are no further apart than this on the average.
const WIDEST_STEP: usize = 25;

/// So many variables a column may name.
const VARIABLES: usize = 400;

/// A table as it seems to be.
#[derive(Debug, Clone)]
pub(super) struct TableGuess {
    pub(super) layout: Layout,
    pub(super) header_row: u32,
    pub(super) header_rows: u32,
    pub(super) skip_rows: u32,
    pub(super) last_row: Option<u32>,
    pub(super) entity: Option<EntityGuess>,
    pub(super) time: Option<String>,
    /// How times are written, and which there are; of headers in a wide table.
    pub(super) times: TimesSeen,
    /// Columns that divide the year, and texts in them that stand for it as a whole.
    pub(super) within: Vec<String>,
    pub(super) not_times: Vec<String>,
    /// Columns of keys that are filled down.
    pub(super) fill: Vec<String>,
    pub(super) category: Option<String>,
    /// Columns of which one text is read, with how often each text stands there.
    pub(super) conditions: Vec<(String, Vec<(String, usize)>)>,
    pub(super) variable_column: Option<String>,
    /// Columns of values; without a header in a table of one variable.
    pub(super) values: Vec<ValueGuess>,
    /// Whether some entity has two rows for a time.
    pub(super) repeated: bool,
    /// Headers of numbers that aren't read, beside months or quarters: a year's total.
    pub(super) beside: Vec<String>,
    /// How sure it is: cells that fit.
    pub(super) score: usize,
}

/// The likeliest table among the rows.
pub(super) fn table(
    rows: &[GridRow],
    regions: &[MergedRegion],
    keys: &DeclaredKeys<'_>,
    crosswalk: Option<&Crosswalk>,
) -> Option<TableGuess> {
    let filled = (!regions.is_empty()).then(|| merged::filled(rows, regions));
    let below = filled.as_deref().unwrap_or(rows);
    let merges = Merges { regions, rows };
    let candidates = rows.iter().enumerate().filter(|(_, row)| !row.is_blank()).take(HEADER_ROWS);
    let views: Vec<(usize, SheetView<'_>)> = candidates
        .flat_map(|(at, _)| SheetView::of(&merges, below, at).into_iter().map(move |view| (at, view)))
        .collect();
    let grids: Vec<Option<(Vec<u32>, Vec<GridRow>)>> = views
        .iter()
        .map(|(at, view)| {
            let columns = filled_down(view);
            let from = at + view.header_rows as usize;
            (!columns.is_empty()).then(|| (columns.clone(), with_filled(below, from, &columns)))
        })
        .collect();
    // With and without what is filled down.
    let views = views.into_iter().zip(&grids).flat_map(|((at, view), grid)| {
        let with = grid.as_ref().and_then(|(columns, rows)| {
            let mut own = SheetView::of(&merges, rows, at).into_iter();
            let own = own.find(|own| own.header_rows == view.header_rows)?;
            Some(SheetView { fill: columns.clone(), ..own })
        });
        with.into_iter().chain([view])
    });
    let tried = views.filter_map(|view| {
        let sample = view.sampled();
        let long = long(&sample, keys, crosswalk);
        if long.is_some() && declared_time(&sample, keys).is_some() {
            return long.map(|guess| (usize::MAX, guess, view));
        }
        let guesses = [
            long,
            wide(&sample, crosswalk),
            parts_across(&sample, crosswalk),
            entities_across(&sample, crosswalk),
            timeless(&sample, crosswalk),
        ];
        let best = guesses
            .into_iter()
            .flatten()
            .reduce(|best, next| if next.score > best.score { next } else { best });
        best.map(|guess| (guess.score, guess, view))
    });
    // The earliest of equals: a header stands above its data.
    let (_, sample, view) = tried.reduce(|best, next| if next.0 > best.0 { next } else { best })?;
    let mut guess = match (sample.layout, &sample.time) {
        (Layout::Wide, None) => wide(&view, crosswalk),
        (Layout::Wide, Some(_)) => parts_across(&view, crosswalk),
        (Layout::EntitiesAcross, _) => entities_across(&view, crosswalk),
        (Layout::Long, None) => timeless(&view, crosswalk),
        (Layout::Long, Some(_)) => long(&view, keys, crosswalk),
    }?;
    let filled = view.columns.iter().filter(|column| view.fill.contains(&column.at));
    guess.fill = filled.map(|column| column.name.clone()).filter(|name| guess.is_key(name)).collect();
    Some(guess)
}

impl TableGuess {
    /// Whether a column is one of the key's.
    fn is_key(&self, name: &String) -> bool {
        self.entity.as_ref().is_some_and(|entity| entity.column == *name)
            || [&self.time, &self.category, &self.variable_column]
                .into_iter()
                .flatten()
                .any(|key| key == name)
            || self.within.contains(name)
            || self.conditions.iter().any(|(condition, _)| condition == name)
    }
}

/// The column of times: that with most of them; of equals the one whose header says so.
fn time_column<'v>(view: &'v SheetView<'_>) -> Option<(&'v ViewColumn, TimesSeen)> {
    let filled = &view.filled;
    let says = |column: &ViewColumn| {
        let folded = fold(&column.name).to_lowercase();
        ["年", "year", "time", "date", "period", "quarter", "month", "季", "月"]
            .iter()
            .any(|word| folded.contains(word))
    };
    let enough = |count: usize| count > 0 && count * 10 >= filled.len() * 6;
    let years = view.columns.iter().filter_map(|column| {
        let count =
            filled.iter().filter(|row| time_in(column.cell(row), TimeReading::default()).is_some()).count();
        // Numbers of any kind may be such as years are: without a word that says so all have to be.
        let plain = || filled.iter().all(|row| time_in(column.cell(row), TimeReading::default()).is_some());
        (enough(count) && (says(column) || plain() || !column.is_headed)).then_some((column, count))
    });
    let best = years
        .map(|(column, count)| (column, (count, usize::from(says(column)))))
        .reduce(|best, next| if next.1 > best.1 { next } else { best });
    if let Some((column, _)) = best {
        let seen = times_seen(filled.iter().map(|row| column.cell(row)))?;
        return Some((column, seen));
    }
    let waves = view.columns.iter().filter(|column| says_wave(&column.name)).find_map(|column| {
        let reading = TimeReading { waves: true, ..TimeReading::default() };
        let (seen, ..) = seen_under(reading, filled.iter().map(|row| column.cell(row)));
        (seen.count == filled.len() && seen.years.len() > 1).then_some((column, seen))
    });
    if waves.is_some() {
        return waves;
    }
    let periods = view.columns.iter().filter_map(|column| {
        let may_be = |row: &&&GridRow| {
            let cell = column.cell(row);
            matches!(cell, Cell::Date(_))
                || is_span(cell)
                || names_a_year(&cell.raw())
                || is_of_era(&cell.raw())
        };
        let first: Vec<&&GridRow> =
            filled.iter().filter(|row| !column.cell(row).is_blank()).take(4).collect();
        if first.is_empty() || !first.iter().all(may_be) {
            return None;
        }
        let seen = times_seen(filled.iter().map(|row| column.cell(row)))?;
        enough(seen.count).then_some((column, seen))
    });
    let found = periods.reduce(|best, next| if next.1.count > best.1.count { next } else { best });
    found.or_else(|| years_of_eras(view))
}

/// Whether a text has the year of an era, named or not.
fn is_of_era(text: &str) -> bool {
    let folded = fold(text);
    era::unnamed(&folded).is_some() || era::in_common_years(&folded, None).is_some()
}

/// A column of numbers that its header calls years, and that are years of an era: 108 under 年度, 2562 under ปี.
fn years_of_eras<'v>(view: &'v SheetView<'_>) -> Option<(&'v ViewColumn, TimesSeen)> {
    const WORDS: [(Era, [&str; 3], std::ops::RangeInclusive<i32>); 2] = [
        (Era::Minguo, ["年", "民國", "民国"], 1960..=2050),
        (Era::Buddhist, ["ปี", "พ.ศ", "year"], 1900..=2100),
    ];
    let headed = view.columns.iter().filter(|column| column.is_headed);
    let mut tried = headed.flat_map(|column| WORDS.iter().map(move |words| (column, words)));
    tried.find_map(|(column, (era, words, years))| {
        let name = fold(&column.name).to_lowercase();
        let reading = TimeReading { era: Some(*era), ..TimeReading::default() };
        let (seen, ..) = seen_under(reading, view.filled.iter().map(|row| column.cell(row)));
        let all = seen.count > 1 && seen.count == view.filled.len();
        let plausible = seen.years.iter().all(|year| years.contains(year));
        (all && plausible && words.iter().any(|word| name.contains(word))).then_some((column, seen))
    })
}

/// Whether a header calls the numbers under it a survey's waves.
fn says_wave(header: &str) -> bool {
    const WAVES: [&str; 9] = ["wave", "waves", "round", "vague", "welle", "ola", "ondata", "轮次", "期次"];
    let lower = fold(header).to_lowercase();
    lower.split(|character: char| !character.is_alphanumeric()).any(|word| WAVES.contains(&word))
}

/// The column that the file declares to be its time, where all in it are times or whole numbers. These are quarters or
/// months from 1960, as Stata counts them, where their name or label says so.
fn declared_time<'v>(
    view: &'v SheetView<'_>,
    keys: &DeclaredKeys<'_>,
) -> Option<(&'v ViewColumn, TimesSeen)> {
    let time = keys.time?;
    let column = view.columns.iter().find(|column| column.is_headed && column.name == time)?;
    let cells = || view.filled.iter().map(|row| column.cell(row)).filter(|cell| !cell.is_blank());
    let filled = cells().count();
    if let Some(seen) = times_seen(cells()).filter(|seen| seen.count == filled) {
        return Some((column, seen));
    }
    let said = format!("{} {}", column.name, keys.time_label).to_lowercase();
    const COUNTED: [(Frequency, [&str; 3]); 3] = [
        (Frequency::Quarter, ["quarter", "qtr", "trimest"]),
        (Frequency::Month, ["month", "mois", "monat"]),
        (Frequency::HalfYear, ["half-year", "halfyear", "semest"]),
    ];
    let counted = COUNTED.iter().find(|(_, words)| words.iter().any(|word| said.contains(word)));
    let of_1960 = counted.map(|(frequency, _)| TimeReading {
        period: Some(PeriodReading {
            frequency: Some(*frequency),
            zero: Period::of_year(*frequency, 1960, 1),
            ..PeriodReading::default()
        }),
        declared: true,
        ..TimeReading::default()
    });
    let whole = TimeReading { declared: true, ..TimeReading::default() };
    of_1960.into_iter().chain([whole]).find_map(|reading| {
        let (seen, ..) = seen_under(reading, cells());
        // A wave's number is no quarter of the sixties.
        let plausible = reading.period.is_none() || seen.years.iter().any(|year| *year >= 1965);
        (seen.count > 0 && seen.count == filled && plausible).then_some((column, seen))
    })
}

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

fn long(view: &SheetView<'_>, keys: &DeclaredKeys<'_>, crosswalk: Option<&Crosswalk>) -> Option<TableGuess> {
    let (time, times) = declared_time(view, keys).or_else(|| time_column(view))?;
    let is_data = |row: &&&GridRow| time_in(time.cell(row), times.reading).is_some();
    let data: Vec<&GridRow> = view.filled.iter().filter(is_data).copied().collect();
    let others: Vec<&ViewColumn> = view.columns.iter().filter(|column| *column != time).collect();
    let by_name = crosswalk.and_then(|crosswalk| entity_by_names(&others, &data, crosswalk));
    // Where names are known, others tell rows of a series apart: industries, products.
    let declared = declared_entity(view, keys, time, &data);
    let plain = times.reading.period.is_none() && !times.reading.waves && !times.reading.declared;
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
fn timeless(view: &SheetView<'_>, crosswalk: Option<&Crosswalk>) -> Option<TableGuess> {
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
    let (category, conditions, repeated) = told_apart(&keys, &rest, &own);
    let of_condition = |name: &str| conditions.iter().any(|(own, _)| own == name);
    let is_value =
        |column: &&&ViewColumn| category.as_ref() != Some(&column.name) && !of_condition(&column.name);
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
        layout: Layout::Long,
        header_row: view.header_row,
        header_rows: view.header_rows,
        skip_rows: view.skipped(data.first().copied()),
        last_row: view.last_row(data.last().copied()),
        entity: entity.map(|(_, guess)| guess),
        time: None,
        times: TimesSeen::default(),
        within: Vec::new(),
        not_times: Vec::new(),
        fill: Vec::new(),
        category,
        conditions,
        variable_column: None,
        beside: Vec::new(),
        values: values.into_iter().map(|(_, one)| one).collect(),
        repeated,
        score: cells + 2 * own.len(),
    })
}

/// What tells the rows of one key apart: nothing, a category, or texts of which one has to be chosen.
#[allow(clippy::type_complexity)]
fn told_apart(
    keys: &[&ViewColumn],
    rest: &[&ViewColumn],
    own: &[&GridRow],
) -> (Option<String>, Vec<(String, Vec<(String, usize)>)>, bool) {
    if keys.is_empty() {
        return (None, Vec::new(), false);
    }
    let text = |column: &ViewColumn, row: &GridRow| fold(&column.cell(row).raw());
    let key = |row: &GridRow| -> Vec<String> { keys.iter().map(|column| text(column, row)).collect() };
    let all: Vec<Vec<String>> = own.iter().map(|row| key(row)).collect();
    let distinct = all.iter().collect::<BTreeSet<_>>().len();
    if distinct == all.len() {
        return (None, Vec::new(), false);
    }
    // Texts that aren't data: no numbers with fractions, and few enough for a code.
    let may_tell = |column: &&&ViewColumn| {
        let texts: BTreeSet<String> = own.iter().map(|row| text(column, row)).collect();
        let whole =
            own.iter().filter_map(|row| number_of(column.cell(row))).all(|number| number.fract() == 0.0);
        let numbers = own.iter().filter(|row| number_of(column.cell(row)).is_some()).count();
        texts.len() > 1
            && texts.len() <= VARIABLES
            && (numbers * 2 < own.len() || (whole && texts.len() * 2 <= own.len()))
    };
    let telling: Vec<&&ViewColumn> = rest.iter().filter(may_tell).collect();
    let apart = |column: &ViewColumn| {
        let with: BTreeSet<(&Vec<String>, String)> =
            all.iter().zip(own).map(|(key, row)| (key, text(column, row))).collect();
        with.len()
    };
    if let Some(column) = telling.iter().find(|column| apart(column) == all.len()) {
        return (Some(column.name.clone()), Vec::new(), false);
    }
    // One text of each column that divides them, the commonest, until every key is there once.
    let mut left: Vec<&GridRow> = own.to_vec();
    let mut conditions = Vec::new();
    for column in telling {
        let once = left.iter().map(|row| key(row)).collect::<BTreeSet<_>>().len() == left.len();
        if once {
            break;
        }
        let before = left.iter().map(|row| key(row)).collect::<BTreeSet<_>>().len();
        let with: BTreeSet<(Vec<String>, String)> =
            left.iter().map(|row| (key(row), text(column, row))).collect();
        if with.len() == before {
            continue;
        }
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        left.iter().for_each(|row| *counts.entry(text(column, row)).or_default() += 1);
        let mut counts: Vec<(String, usize)> =
            counts.into_iter().filter(|(text, _)| !text.is_empty()).collect();
        counts.sort_by(|one, other| other.1.cmp(&one.1).then_with(|| one.0.cmp(&other.0)));
        if let Some((most, _)) = counts.first().cloned() {
            left.retain(|row| text(column, row) == most);
            conditions.push((column.name.clone(), counts));
        }
    }
    let once = left.iter().map(|row| key(row)).collect::<BTreeSet<_>>().len() == left.len();
    if once { (None, conditions, false) } else { (None, Vec::new(), true) }
}

/// A column of one time, and what else its header says.
struct TimeColumn<'v> {
    column: &'v ViewColumn,
    variable: String,
    time: String,
}

/// The columns whose headers are times, in the row of the header that has most of them, the lowest of equals.
fn headed_by_times<'v>(view: &'v SheetView<'_>) -> Option<(TimesSeen, Vec<TimeColumn<'v>>)> {
    let height = view.header_rows as usize;
    let headed = |at: usize| {
        let texts: Vec<(&ViewColumn, String)> = view
            .columns
            .iter()
            .filter_map(|column| {
                let part = column.parts.get(at)?;
                // Text, unless the header's cell holds something else.
                let own = view.head_cells(column.at).find(|(row, _)| *row == at).map(|(_, cell)| cell);
                let raw = own
                    .filter(|cell| !cell.is_blank())
                    .map_or_else(|| part.clone(), |cell| cell.header_text());
                Some((column, raw))
            })
            .collect();
        let seen = times_seen(texts.iter().map(|(_, text)| Cell::of_text(text)));
        seen.map(|seen| (seen, at, texts))
    };
    let rows = (0..height).filter_map(headed);
    let (times, row, texts) =
        rows.reduce(|best, next| if next.0.count >= best.0.count { next } else { best })?;
    let mut columns: Vec<TimeColumn> = Vec::new();
    for (column, text) in &texts {
        let Some((_, time)) = time_in(Cell::of_text(text), times.reading) else { continue };
        let others = column.parts.iter().enumerate().filter(|(at, text)| *at != row && !text.is_empty());
        let variable = others.map(|(_, text)| text.clone()).collect::<Vec<_>>().join(" | ");
        columns.push(TimeColumn { column, variable, time });
    }
    are_several(&columns).then_some((times, columns))
}

/// The columns that have a year in one row of the header and its quarter, month or half in another.
fn headed_by_years_over_parts<'v>(view: &'v SheetView<'_>) -> Option<(TimesSeen, Vec<TimeColumn<'v>>)> {
    let height = view.header_rows as usize;
    let rows = (0..height).flat_map(|year| (0..height).map(move |part| (year, part)));
    let frequencies = [Frequency::Month, Frequency::Quarter, Frequency::HalfYear];
    let mut tried = rows
        .filter(|(year, part)| year != part)
        .flat_map(|rows| frequencies.into_iter().map(move |frequency| (rows, frequency)));
    tried.find_map(|((year_row, part_row), frequency)| {
        let mut times = TimesSeen::default();
        let mut columns: Vec<TimeColumn> = Vec::new();
        for column in &view.columns {
            let (Some(year), Some(part)) = (column.parts.get(year_row), column.parts.get(part_row)) else {
                continue;
            };
            let Some((year, _)) = time_in(Cell::of_text(year), TimeReading::default()) else { continue };
            // A year over anything else, such as its total, isn't among them; numbers may be anything.
            let is_plain = part.bytes().all(|byte| byte.is_ascii_digit());
            let Some(number) = part_of_year(part, frequency).filter(|_| !is_plain) else { continue };
            let period = Period::of_year(frequency, year, number)?.to_string();
            times.years.insert(year);
            times.count += 1;
            if times.examples.len() < 3 {
                times.examples.push((format!("{year} {part}"), period.clone()));
            }
            let others = column.parts.iter().enumerate();
            let others = others.filter(|(at, text)| ![year_row, part_row].contains(at) && !text.is_empty());
            let variable = others.map(|(_, text)| text.clone()).collect::<Vec<_>>().join(" | ");
            columns.push(TimeColumn { column, variable, time: period });
        }
        times.reading.period = Some(PeriodReading { frequency: Some(frequency), ..PeriodReading::default() });
        are_several(&columns).then_some((times, columns))
    })
}

/// The columns whose headers hold a variable and a year in one text, `gdp_1997`; each variable is the pattern of its
/// headers, `gdp_{time}`.
fn named_with_times<'v>(view: &'v SheetView<'_>) -> Option<(TimesSeen, Vec<TimeColumn<'v>>)> {
    if view.header_rows != 1 {
        return None;
    }
    let parts: Vec<(&ViewColumn, String, String)> = view
        .columns
        .iter()
        .filter(|column| column.is_headed)
        .filter_map(|column| {
            let (pattern, year) = year_within(&column.name)?;
            Some((column, pattern, year))
        })
        .collect();
    let mut counts: BTreeMap<&String, usize> = BTreeMap::new();
    parts.iter().for_each(|(_, pattern, _)| *counts.entry(pattern).or_default() += 1);
    // A year that comes once is part of a name.
    let several: Vec<&(&ViewColumn, String, String)> =
        parts.iter().filter(|(_, pattern, _)| counts.get(pattern).is_some_and(|count| *count > 1)).collect();
    let times = times_seen(several.iter().map(|(_, _, year)| Cell::of_text(year)))?;
    let columns: Vec<TimeColumn> = several
        .into_iter()
        .map(|(column, pattern, year)| TimeColumn { column, variable: pattern.clone(), time: year.clone() })
        .collect();
    are_several(&columns).then_some((times, columns))
}

/// A header without its year, which is at its beginning or its end: `gdp_{time}` and `1997` of `gdp_1997`.
fn year_within(header: &str) -> Option<(String, String)> {
    const DIGITS: usize = 4;
    let is_year = |text: &str| {
        let all = text.len() == DIGITS && text.bytes().all(|byte| byte.is_ascii_digit());
        all && time_in(Cell::of_text(text), TimeReading::default()).is_some()
    };
    let is_digit = |character: Option<char>| character.is_some_and(|character| character.is_ascii_digit());
    let has_letters = |text: &str| text.chars().any(char::is_alphabetic);
    if let Some((rest, year)) = header.len().checked_sub(DIGITS).and_then(|at| header.split_at_checked(at))
        && is_year(year)
        && !is_digit(rest.chars().next_back())
        && has_letters(rest)
    {
        return Some((format!("{rest}{TIME_WITHIN}"), year.to_owned()));
    }
    let (year, rest) = header.split_at_checked(DIGITS)?;
    let fits = is_year(year) && !is_digit(rest.chars().next()) && has_letters(rest);
    fits.then(|| (format!("{TIME_WITHIN}{rest}"), year.to_owned()))
}

/// Whether columns are times of variables: each once, and more than one of most.
fn are_several(columns: &[TimeColumn<'_>]) -> bool {
    let variables: BTreeSet<&String> = columns.iter().map(|one| &one.variable).collect();
    let printed: BTreeSet<(&String, &String)> =
        columns.iter().map(|one| (&one.time, &one.variable)).collect();
    printed.len() == columns.len() && columns.len() >= 2 && columns.len() >= 2 * variables.len()
}

/// Whether each variable's times follow one another, forwards or backwards: numbers of a row that look like years don't.
fn in_order(columns: &[TimeColumn<'_>]) -> bool {
    let mut own: BTreeMap<&String, Vec<&String>> = BTreeMap::new();
    for one in columns {
        own.entry(&one.variable).or_default().push(&one.time);
    }
    own.values().all(|times| {
        let pairs = || times.iter().zip(times.iter().skip(1));
        pairs().all(|(one, next)| one < next) || pairs().all(|(one, next)| one > next)
    })
}

fn wide(view: &SheetView<'_>, crosswalk: Option<&Crosswalk>) -> Option<TableGuess> {
    let (times, columns) = headed_by_years_over_parts(view)
        .or_else(|| headed_by_times(view))
        .or_else(|| named_with_times(view))?;
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
    let first = view.filled.iter().find(|row| {
        is_data(row)
            || columns.iter().all(|one| is_blank_or_missing(one.column.cell(row)))
                && columns.iter().any(|one| !one.column.cell(row).is_blank())
    });
    let last = view.filled.iter().rev().find(is_data).copied();
    let within = |row: &&&GridRow| {
        first.is_some_and(|first| row.number >= first.number)
            && last.is_some_and(|last| row.number <= last.number)
    };
    let data: Vec<&GridRow> = view.filled.iter().filter(within).copied().collect();
    let keys: Vec<&ViewColumn> =
        view.columns.iter().filter(|column| !columns.iter().any(|one| one.column == *column)).collect();
    // Months or quarters down, with years across.
    let within = times.reading.period.is_none().then(|| within_years(&keys, &data)).flatten();
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
    let named: Vec<&ViewColumn> = entity.iter().map(|(column, _)| column).chain(parts).collect();
    let rest: Vec<&ViewColumn> = keys.iter().filter(|own| !named.contains(own)).copied().collect();
    let (by_row, conditions, repeated) = told_apart(&named, &rest, &own);
    let names = by_row.as_ref().and_then(|name| rest.iter().find(|column| column.name == *name));
    let mut values = Vec::new();
    match names {
        // Each row's own text names its variable.
        Some(naming) => {
            let mut texts: Vec<String> = Vec::new();
            for row in &own {
                let text = naming.cell(row).raw().into_owned();
                if !text.trim().is_empty() && !texts.contains(&text) && texts.len() < VARIABLES {
                    texts.push(text);
                }
            }
            for text in texts {
                let of = own.iter().filter(|row| naming.cell(row).raw() == text);
                let cells = of.flat_map(|row| columns.iter().map(|one| one.column.cell(row)));
                values.extend(value(Some(&text), cells).filter(|value| value.kind != ValueKind::Text));
            }
        }
        None => {
            let several = variables.len() > 1 || variables.iter().any(|name| !name.is_empty());
            for variable in &variables {
                let of: Vec<&TimeColumn> = columns.iter().filter(|one| one.variable == **variable).collect();
                let cells = own.iter().flat_map(|row| of.iter().map(|one| one.column.cell(row)));
                let header = several.then_some(variable.as_str());
                values.extend(value(header, cells).filter(|value| value.kind != ValueKind::Text));
            }
        }
    }
    if values.is_empty() {
        return None;
    }
    let numbers: usize = values.iter().map(|one| one.numbers).sum();
    let mut times = times;
    if let Some(within) = &within {
        times.reading.period =
            Some(PeriodReading { frequency: Some(within.frequency), ..PeriodReading::default() });
    }
    Some(TableGuess {
        layout: Layout::Wide,
        header_row: view.header_row,
        header_rows: view.header_rows,
        skip_rows: view.skipped(first.copied()),
        last_row: view.last_row(last),
        entity: entity.map(|(_, guess)| guess),
        time: None,
        times,
        within: within.iter().flat_map(|within| &within.columns).map(|column| column.name.clone()).collect(),
        not_times: within.map(|within| within.not_times).unwrap_or_default(),
        fill: Vec::new(),
        category: None,
        conditions,
        variable_column: by_row,
        score: numbers + 2 * own.len() * columns.len(),
        beside: Vec::new(),
        values,
        repeated,
    })
}

/// A table whose rows are years and whose headers are months, quarters or halves of them.
fn parts_across(view: &SheetView<'_>, crosswalk: Option<&Crosswalk>) -> Option<TableGuess> {
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
    let (by_row, conditions, repeated) = told_apart(&keys, &left, &data);
    let naming = by_row.as_ref().and_then(|name| left.iter().find(|column| column.name == *name));
    let mut names: Vec<Option<String>> = Vec::new();
    for row in &data {
        let name = naming.map(|naming| naming.cell(row).raw().into_owned());
        if !names.contains(&name) && names.len() < VARIABLES {
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
        layout: Layout::Wide,
        header_row: view.header_row,
        header_rows: view.header_rows,
        skip_rows: view.skipped(data.first().copied()),
        last_row: view.last_row(data.last().copied()),
        entity: entity.map(|(_, guess)| guess),
        time: Some(time.name.clone()),
        times,
        within: Vec::new(),
        not_times: Vec::new(),
        fill: Vec::new(),
        category: None,
        conditions,
        variable_column: by_row,
        beside,
        score: numbers + 2 * data.len() * columns.len(),
        values,
        repeated,
    })
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

fn entities_across(view: &SheetView<'_>, crosswalk: Option<&Crosswalk>) -> Option<TableGuess> {
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
    Some(TableGuess {
        layout: Layout::EntitiesAcross,
        header_row: view.header_row,
        header_rows: 1,
        skip_rows: view.skipped(data.first().copied()),
        last_row: view.last_row(data.last().copied()),
        entity: Some(EntityGuess { column: String::new(), is_known: true, found, outside, names, examples }),
        time: Some(time.name.clone()),
        score: value.numbers + 2 * data.len() * columns.len(),
        values: vec![value],
        beside: Vec::new(),
        repeated: years.iter().collect::<BTreeSet<_>>().len() < years.len(),
        times,
        within: Vec::new(),
        not_times: Vec::new(),
        fill: Vec::new(),
        category: None,
        conditions: Vec::new(),
        variable_column: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn years_within_headers_are_told_from_numbers() {
        let of = |header: &str| year_within(header).map(|(pattern, year)| format!("{pattern} {year}"));
        for (header, said) in [
            ("gdp_1997", Some("gdp_{time} 1997")),
            ("GDP 2001", Some("GDP {time} 2001")),
            ("pop2010", Some("pop{time} 2010")),
            ("2010 人口", Some("{time} 人口 2010")),
            ("人口2010", Some("人口{time} 2010")),
            ("isic_12010", None),
            ("2010", None),
            ("code_0110", None),
            ("gdp", None),
            ("", None),
        ] {
            assert_eq!(of(header).as_deref(), said, "{header}");
        }
    }
}
