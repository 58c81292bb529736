//! Columns that are headed by times, alone or with what else their headers say.

use std::collections::{BTreeMap, BTreeSet};

use vintner_panel::{Frequency, Period, PeriodReading};

use super::century_guess::century_of;
use super::sheet_view::{SheetView, ViewColumn};
use super::time_reading::{TimeReading, time_in};
use super::times_seen::{TimesSeen, times_seen};
use crate::cell::Cell;
use crate::part_of_year::part_of_year;
use crate::source::TIME_WITHIN;

/// A column of one time, and what else its header says.
pub(super) struct TimeColumn<'v> {
    pub(super) column: &'v ViewColumn,
    pub(super) variable: String,
    pub(super) time: String,
}

/// The columns that are headed by times, in whichever way they are.
pub(super) fn time_columns<'v>(view: &'v SheetView<'_>) -> Option<(TimesSeen, Vec<TimeColumn<'v>>)> {
    headed_by_years_over_parts(view).or_else(|| headed_by_times(view)).or_else(|| named_with_times(view))
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
    if is_year(year) && !is_digit(rest.chars().next()) && has_letters(rest) {
        return Some((format!("{TIME_WITHIN}{rest}"), year.to_owned()));
    }
    // Between marks that divide the header, as Poland's local data bank has it: `total;2019;[person]`.
    let divided = [';', '|'].into_iter().find(|mark| header.matches(*mark).count() >= 2)?;
    let parts: Vec<&str> = header.split(divided).collect();
    let years: Vec<&&str> = parts.iter().filter(|part| is_year(part)).collect();
    let [year] = years.as_slice() else { return None };
    let pattern: Vec<&str> =
        parts.iter().map(|part| if part == *year { TIME_WITHIN } else { part }).collect();
    has_letters(header).then(|| (pattern.join(&divided.to_string()), (**year).to_owned()))
}

/// Headers that seem to end in years of two digits, as those of a survey that lies in one row a person do: `inc68`, `inc69`;
/// the patterns that they fit, and the century. Three years of one variable at least, which can't be numbers of its parts.
pub(super) fn named_with_two_digits(view: &SheetView<'_>) -> Option<(Vec<String>, i32)> {
    let mut years: BTreeMap<String, BTreeSet<i32>> = BTreeMap::new();
    for column in view.columns.iter().filter(|column| column.is_headed) {
        let Some((stem, digits)) =
            column.name.len().checked_sub(2).and_then(|at| column.name.split_at_checked(at))
        else {
            continue;
        };
        let is_digits = digits.bytes().all(|byte| byte.is_ascii_digit());
        if is_digits && stem.ends_with(|last: char| last.is_alphabetic() || last == '_') {
            years.entry(format!("{stem}{TIME_WITHIN}")).or_default().extend(digits.parse::<i32>());
        }
    }
    years.retain(|_, years| years.len() > 2);
    let all: BTreeSet<i32> = years.values().flatten().copied().collect();
    let century = century_of(&all)?;
    (1950..2000).contains(&century).then(|| (years.into_keys().collect(), century))
}

/// Whether columns are times of variables: each once, and more than one of most.
fn are_several(columns: &[TimeColumn<'_>]) -> bool {
    let variables: BTreeSet<&String> = columns.iter().map(|one| &one.variable).collect();
    let printed: BTreeSet<(&String, &String)> =
        columns.iter().map(|one| (&one.time, &one.variable)).collect();
    printed.len() == columns.len() && columns.len() >= 2 && columns.len() >= 2 * variables.len()
}

/// Whether each variable's times follow one another, forwards or backwards: numbers of a row that look like years don't.
pub(super) fn in_order(columns: &[TimeColumn<'_>]) -> bool {
    let mut own: BTreeMap<&String, Vec<&String>> = BTreeMap::new();
    for one in columns {
        own.entry(&one.variable).or_default().push(&one.time);
    }
    own.values().all(|times| {
        let pairs = || times.iter().zip(times.iter().skip(1));
        pairs().all(|(one, next)| one < next) || pairs().all(|(one, next)| one > next)
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
            ("ogółem;2019;[osoba]", Some("ogółem;{time};[osoba] 2019")),
            ("a;2019;2020", Some("a;2019;{time} 2020")),
            ("GDP (2010 US$)", None),
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
