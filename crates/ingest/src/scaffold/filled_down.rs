//! Columns of names whose blank cells seem to mean what stands above them.

use std::collections::BTreeSet;

use vintner_panel::{Frequency, Period, PeriodReading};

use super::fill_guess::FillGuess;
use super::sheet_view::{SheetView, ViewColumn, is_numeral};
use super::time_reading::{TimeReading, time_in};
use crate::cell::Cell;
use crate::fold::fold;
use crate::grid::{CellContent, GridRow};
use crate::marked_period::undeclared_mark;
use crate::part_of_year::part_of_year;
use crate::year::bare_year;

/// So many cells at a column's beginning are looked at before all are.
const BEGINNING: usize = 60;

/// So many rows a table has at least of which that can be told.
const FEWEST: usize = 3;

/// The columns, from left to right: each begins with a name, has no name twice within those to its left, and is blank in
/// half of the rows with numbers or more; and a column beside them tells the rows of one name apart.
pub(super) fn filled_down(view: &SheetView<'_>) -> Vec<FillGuess> {
    let mut found = names_filled_down(view);
    found.extend(years_above(view));
    found.sort_by_key(|own| own.column);
    found
}

/// The column of times of which only the first of a year names it: `1994/ 1- 3.`, `4- 6.`; the parts go on from each year's
/// first.
fn years_above(view: &SheetView<'_>) -> Option<FillGuess> {
    let frequencies = [Frequency::Quarter, Frequency::Month, Frequency::HalfYear];
    let tried = view.columns.iter().flat_map(|column| frequencies.map(|frequency| (column, frequency)));
    let found = tried.filter_map(|(column, frequency)| {
        let cells = || view.filled.iter().map(|row| column.cell(row)).filter(|cell| !cell.is_blank());
        // In a long table of other things the first cells say so.
        years_over_parts(cells().take(BEGINNING), frequency)?;
        let parts = years_over_parts(cells(), frequency)?;
        Some((parts, FillGuess { column: column.at, years_of: Some(frequency) }))
    });
    // March alone may stand for a quarter, and not beside January and February.
    let most = found.reduce(|best, next| if next.0 > best.0 { next } else { best });
    most.map(|(_, own)| own)
}

/// How many of some cells are parts of a year that another names, where these are times of which only the first of a year
/// names it, or years over their parts.
fn years_over_parts<'c>(cells: impl Iterator<Item = Cell<'c>>, frequency: Frequency) -> Option<usize> {
    let (mut whole, mut parts) = (0, 0);
    let mut last: Option<u32> = None;
    for cell in cells {
        let raw = cell.raw();
        if let Some((period, _)) = whole_period(&raw, frequency) {
            (whole, last) = (whole + 1, Some(period.part()));
            continue;
        }
        // A year on a row of its own, whose parts are those under it.
        if bare_year(cell).is_some() {
            (whole, last) = (whole + 1, Some(0));
            continue;
        }
        let is_plain = raw.trim().bytes().all(|byte| byte.is_ascii_digit());
        match part_with_mark(&raw, frequency).filter(|_| !is_plain) {
            Some((part, _)) if last.is_some_and(|last| part > last) => {
                (parts, last) = (parts + 1, Some(part))
            }
            Some(_) => return None,
            // What stands over the data, or under it.
            None => {}
        }
    }
    (whole > 0 && parts > 0 && parts >= whole).then_some(parts)
}

/// A period that a text names with its year, and a mark beside it.
fn whole_period(text: &str, frequency: Frequency) -> Option<(Period, String)> {
    let reading = PeriodReading { frequency: Some(frequency), ..PeriodReading::default() };
    let read = |text: &str| reading.read(text);
    read(text).ok().map(|period| (period, String::new())).or_else(|| undeclared_mark(text, read))
}

/// A part of a year that a text names without it, and a mark beside it.
fn part_with_mark(text: &str, frequency: Frequency) -> Option<(u32, String)> {
    let read = |text: &str| {
        part_of_year(text, frequency).and_then(|part| Period::of_year(frequency, 2000, part)).ok_or(())
    };
    let plain = read(text).ok().map(|period| (period, String::new()));
    plain.or_else(|| undeclared_mark(text, read)).map(|(period, mark)| (period.part(), mark))
}

fn names_filled_down(view: &SheetView<'_>) -> Vec<FillGuess> {
    let is_value = |row: &GridRow, column: &ViewColumn| {
        let cell = column.cell(row);
        is_numeral(cell) && time_in(cell, TimeReading::default()).is_none()
    };
    // Whatever is filled down stands to the left of all values, and is blank in some rows.
    let is_blank = |row: &&&GridRow, column: &ViewColumn| column.cell(row).is_blank();
    let has_blanks =
        |column: &ViewColumn| view.filled.iter().filter(|row| is_blank(row, column)).take(2).count() == 2;
    let has_value = |column: &ViewColumn| view.filled.iter().any(|row| is_value(row, column));
    if view.columns.first().is_none_or(has_value) || !view.columns.iter().any(has_blanks) {
        return Vec::new();
    }
    let data: Vec<&GridRow> = view
        .filled
        .iter()
        .filter(|row| view.columns.iter().any(|column| is_numeral(column.cell(row))))
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
        let mut above: Vec<String> = vec![String::new(); found.len()];
        for row in &within {
            for (left, text) in found.iter().zip(&mut above) {
                let cell = row.cell(*left);
                if !cell.is_blank() {
                    *text = fold(&cell.raw());
                }
            }
            if !column.cell(row).is_blank() {
                let own = fold(&column.cell(row).raw());
                texts.insert(above.iter().cloned().chain([own]).collect());
            }
        }
        if begins && named.len() > 1 && texts.len() == named.len() {
            found.push(column.at);
        }
    }
    if found.is_empty() {
        return Vec::new();
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
    let found = if beside || numbered() { found } else { Vec::new() };
    found.into_iter().map(|column| FillGuess { column, years_of: None }).collect()
}

/// The rows with what is filled down in those that hold a number, and with the year of each part of one.
pub(super) fn with_filled(rows: &[GridRow], from: usize, columns: &[FillGuess]) -> Vec<GridRow> {
    let mut rows = rows.to_vec();
    let mut carried: Vec<CellContent> = vec![CellContent::Empty; columns.len()];
    for row in rows.iter_mut().skip(from) {
        let has_number = row.cells.iter().any(|cell| is_numeral(cell.as_cell()));
        let mut anew = false;
        for (own, above) in columns.iter().zip(&mut carried) {
            let at = (own.column as usize).saturating_sub(1);
            let content = row.cell(own.column).clone();
            if let Some(frequency) = own.years_of {
                if bare_year(content.as_cell()).is_some() {
                    *above = content;
                } else if let (Some((period, mark)), Some(cell)) =
                    (period_under(&content, above, frequency), row.cells.get_mut(at))
                {
                    *above = CellContent::Text(period.to_string());
                    *cell = CellContent::Text(format!("{period} {mark}").trim_end().to_owned());
                }
            } else if !content.is_blank() {
                anew = anew || fold(&content.raw()) != fold(&above.raw());
                *above = content;
            } else if anew {
                *above = CellContent::Empty;
            } else if has_number && let Some(cell) = row.cells.get_mut(at) {
                *cell = above.clone();
            }
        }
    }
    rows
}

/// The period that a cell names, with its year or under one that has it, and a mark beside it.
fn period_under(
    content: &CellContent,
    above: &CellContent,
    frequency: Frequency,
) -> Option<(Period, String)> {
    let raw = content.raw();
    whole_period(&raw, frequency).or_else(|| {
        let before = whole_period(&above.raw(), frequency).map(|(period, _)| period.in_year());
        let year = before.or_else(|| bare_year(above.as_cell()))?;
        let (part, mark) = part_with_mark(&raw, frequency)?;
        Some((Period::of_year(frequency, year, part)?, mark))
    })
}
