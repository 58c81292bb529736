//! Which column of a table holds its times.

use std::collections::BTreeSet;

use vintner_panel::{Frequency, PanelError, Period, PeriodReading};

use super::alike::{answers, counted_cells, spread};
use super::century_guess::{LATEST_CENTURY, century_of, may_be_counted};
use super::digit_times::{are_times, is_of_digits};
use super::entity_guess::entity_by_keys;
use super::file_guess::DeclaredKeys;
use super::header_words::says;
use super::row_codes::{codes_of, distinct};
use super::sheet_view::{SheetView, ViewColumn, number_of};
use super::time_reading::{TimeReading, is_span, may_be_in, time_in};
use super::times_seen::{TimesSeen, seen_under, times_seen, times_seen_in};
use crate::cell::Cell;
use crate::era::{self, Era};
use crate::fold::fold;
use crate::grid::GridRow;
use crate::year::names_a_year;

/// Rows by which a column is told to be no finer one than that of years.
const LOOKED_AT: usize = 50;

/// The column of times: that with most of them; of equals the one whose header says so.
pub(super) fn time_column<'v>(view: &'v SheetView<'_>) -> Option<(&'v ViewColumn, TimesSeen)> {
    let filled = &view.filled;
    let says = |column: &ViewColumn| {
        let folded = fold(&column.name).to_lowercase();
        ["年", "year", "time", "date", "period", "quarter", "month", "季", "月"]
            .iter()
            .any(|word| folded.contains(word))
    };
    let enough = |count: usize| count > 0 && count * 10 >= filled.len() * 6;
    let years = view.columns.iter().filter_map(|column| {
        if !may_hold_years(view, column) {
            return None;
        }
        let count = count_years(column, filled);
        // Numbers of any kind may be such as years are: without a word that says so all have to be.
        let plain = count == filled.len();
        (enough(count) && (says(column) || plain || !column.is_headed)).then_some((column, count))
    });
    let best = years
        .map(|(column, count)| (column, (count, usize::from(says(column)))))
        .reduce(|best, next| if next.1 > best.1 { next } else { best });
    if let Some((column, _)) = best {
        let seen = times_seen(filled.iter().map(|row| column.cell(row)))?;
        return finer_times(view, column).or(Some((column, seen)));
    }
    if let Some(found) = years_of_eras(view).or_else(|| years_of_two_digits(view)) {
        return Some(found);
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
                || is_of_digits(cell)
        };
        let first: Vec<&&GridRow> =
            filled.iter().filter(|row| !column.cell(row).is_blank()).take(4).collect();
        if first.is_empty() || !first.iter().all(may_be) {
            return None;
        }
        let seen = times_seen(filled.iter().map(|row| column.cell(row)))?;
        if first.iter().any(|row| is_of_digits(column.cell(row))) && !are_times(view, column, &seen) {
            return None;
        }
        // 1990.5 is a price rather than a month, unless the header or the other numbers say so.
        let has_fraction =
            first.iter().any(|row| number_of(column.cell(row)).is_some_and(|number| number.fract() != 0.0));
        let counts_parts =
            seen.numbered.is_some() || seen.reading.period.is_some_and(|period| period.number.is_some());
        if has_fraction && !says(column) && !counts_parts {
            return None;
        }
        // Of several lengths, as the IMF has them in one column, one is read and the others are refused.
        let all = seen.count + seen.beside.iter().map(|(_, count)| count).sum::<usize>();
        (enough(seen.count) || all * 10 >= filled.len() * 9).then_some((column, seen))
    });
    let found = periods.reduce(|best, next| if next.1.count > best.1.count { next } else { best });
    found.or_else(|| periods_of_two_digits(view))
}

/// How many rows have a year in a column.
fn count_years(column: &ViewColumn, rows: &[&GridRow]) -> usize {
    let counted = counted_cells(rows.iter().map(|row| column.cell(row))).into_iter();
    let years = counted.filter(|(cell, _)| time_in(*cell, TimeReading::default()).is_some());
    years.map(|(_, count)| count).sum()
}

/// Whether half of some rows, spread over all, have a year in a column: where more than half of all have to, it isn't
/// worth while to look at the others otherwise.
fn may_hold_years(view: &SheetView<'_>, column: &ViewColumn) -> bool {
    let rows: Vec<&GridRow> = spread(&view.filled).copied().collect();
    rows.len() == view.filled.len() || count_years(column, &rows) * 2 >= rows.len()
}

/// The column of quarters, months or days beside one of their years, as Comtrade has `Period` 201901 beside `Year` 2019.
fn finer_times<'v>(view: &'v SheetView<'_>, years: &ViewColumn) -> Option<(&'v ViewColumn, TimesSeen)> {
    let year_in = |cell: Cell<'_>| time_in(cell, TimeReading::default()).map(|(year, _)| year);
    let year_of = answers(&view.filled, years, year_in);
    let others = view.columns.iter().filter(|column| *column != years && column.is_headed);
    let mut tried = others.filter_map(|column| {
        let first = view.filled.iter().find(|row| !column.cell(row).is_blank())?;
        // What isn't of the first year is another thing, and isn't looked at further.
        if !names_a_year(&column.cell(first).raw()) && !begins_with_a_year(&column.cell(first).raw()) {
            return None;
        }
        let step = view.filled.len().div_ceil(LOOKED_AT).max(1);
        let mut some = view.filled.iter().zip(&year_of).step_by(step);
        if !some.all(|(row, year)| year.is_none_or(|year| may_be_in(column.cell(row), year))) {
            return None;
        }
        let seen = times_seen(view.filled.iter().map(|row| column.cell(row)))?;
        let frequency = seen.reading.period.and_then(|period| period.frequency);
        let is_finer = frequency.is_some_and(|frequency| frequency != Frequency::Year) && !seen.by_last_month;
        let within = || {
            let own = answers(&view.filled, column, |cell| time_in(cell, seen.reading).map(|(year, _)| year));
            own.iter().zip(&year_of).all(|(own, year)| year.is_none_or(|year| *own == Some(year)))
        };
        let has_several = || {
            let cells = counted_cells(view.filled.iter().map(|row| column.cell(row))).into_iter();
            let times: BTreeSet<(i32, String)> =
                cells.filter_map(|(cell, _)| time_in(cell, seen.reading)).collect();
            times.len() > seen.years.len()
        };
        let fits = is_finer && within() && has_several();
        (fits && !are_told_by_years(view, years, column)).then_some((column, seen))
    });
    tried.next()
}

/// Whether a column of names tells the rows of each year apart, so that a date beside it is only one more value.
fn are_told_by_years(view: &SheetView<'_>, years: &ViewColumn, finer: &ViewColumn) -> bool {
    let others: Vec<&ViewColumn> =
        view.columns.iter().filter(|column| *column != years && *column != finer).collect();
    let Some((entity, _)) = entity_by_keys(&others, &[years], &view.filled) else { return false };
    distinct(&codes_of(&view.filled, [&entity, years])) == view.filled.len()
}

/// Whether a text is six or eight digits, of which four may be a year.
fn begins_with_a_year(text: &str) -> bool {
    let digits = text.trim();
    [6, 8].contains(&digits.len())
        && digits.bytes().all(|byte| byte.is_ascii_digit())
        && digits.get(..4).is_some_and(names_a_year)
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
        if !words.iter().any(|word| name.contains(word)) {
            return None;
        }
        let reading = TimeReading { era: Some(*era), ..TimeReading::default() };
        let (seen, ..) = seen_under(reading, view.filled.iter().map(|row| column.cell(row)));
        let all = seen.count > 1 && seen.count == view.filled.len();
        let plausible = seen.years.iter().all(|year| years.contains(year));
        (all && plausible).then_some((column, seen))
    })
}

/// A column that its header calls years and that holds numbers of two digits alone: 68 to 88; 96 to 03.
fn years_of_two_digits<'v>(view: &'v SheetView<'_>) -> Option<(&'v ViewColumn, TimesSeen)> {
    let headed = view.columns.iter().filter(|column| column.is_headed && says_year(&column.name));
    let mut tried = headed.filter_map(|column| {
        let cells = || view.filled.iter().map(|row| column.cell(row)).filter(|cell| !cell.is_blank());
        let own: Option<BTreeSet<i32>> = cells().map(two_digits).collect();
        let own = own.filter(|own| own.len() > 1)?;
        let has_zero = cells().any(
            |cell| matches!(cell, Cell::Text(text) if text.trim().starts_with('0') && text.trim().len() > 1),
        );
        let reading = if may_be_counted(&own) && !has_zero {
            TimeReading { waves: true, ..TimeReading::default() }
        } else {
            TimeReading { century: Some(century_of(&own)?), ..TimeReading::default() }
        };
        let (seen, ..) = seen_under(reading, cells());
        (seen.count == view.filled.len()).then_some((column, seen))
    });
    tried.next()
}

/// A column of periods alone whose years have two digits: Jan-99, 15.03.98.
fn periods_of_two_digits<'v>(view: &'v SheetView<'_>) -> Option<(&'v ViewColumn, TimesSeen)> {
    let mut tried = view.columns.iter().filter_map(|column| {
        let cells = || view.filled.iter().map(|row| column.cell(row)).filter(|cell| !cell.is_blank());
        let lacks_century = |cell: Cell<'_>| {
            let raw = cell.raw();
            let is_number = raw.bytes().all(|byte| byte.is_ascii_digit());
            !is_number && matches!(PeriodReading::default().read(&raw), Err(PanelError::NoCentury { .. }))
        };
        if !cells().next().is_some_and(lacks_century) {
            return None;
        }
        let seen = times_seen_in(Some(LATEST_CENTURY), cells())?;
        let is_divided = seen.reading.period.and_then(|period| period.frequency) != Some(Frequency::Year);
        (seen.count == view.filled.len() && seen.count > 1 && is_divided).then_some((column, seen))
    });
    tried.next()
}

/// The number that a cell writes with two digits or one.
fn two_digits(cell: Cell<'_>) -> Option<i32> {
    let number = number_of(cell).filter(|number| number.fract() == 0.0 && (0.0..100.0).contains(number))?;
    Some(number as i32)
}

/// Whether a header calls the numbers under it years, and not years of something: of schooling, of birth.
fn says_year(header: &str) -> bool {
    const YEARS: [&str; 19] = [
        "year",
        "yr",
        "yy",
        "fyear",
        "fy",
        "jahr",
        "année",
        "annee",
        "an",
        "año",
        "ano",
        "anio",
        "anno",
        "rok",
        "år",
        "aar",
        "год",
        "ejercicio",
        "jaar",
    ];
    let lower = fold(header).to_lowercase();
    let words: Vec<&str> = lower.split(|character: char| !character.is_alphanumeric()).collect();
    let beside =
        ["survey", "calendar", "fiscal", "tax", "int", "interview", "data", "ref", "reference", "of", "the"];
    let is_year = |word: &&str| YEARS.contains(word);
    let has_year = words.iter().any(|word| is_year(word) || *word == "surveyyear");
    (has_year && words.iter().all(|word| is_year(word) || beside.contains(word) || word.is_empty()))
        || ["年", "年份", "年度"].contains(&lower.as_str())
}

/// Whether a header calls the numbers under it a survey's waves.
fn says_wave(header: &str) -> bool {
    const WAVES: [&str; 9] = ["wave", "waves", "round", "vague", "welle", "ola", "ondata", "轮次", "期次"];
    says(header, &WAVES, &[])
}

/// The column that the file declares to be its time, where all in it are times or whole numbers. These are quarters or
/// months from 1960, as Stata counts them, where their name or label says so.
pub(super) fn declared_time<'v>(
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
