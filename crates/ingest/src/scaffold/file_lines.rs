//! What a file is and where its table lies, in lines of a manifest.

use super::described::{Described, LISTED};
use super::file_guess::Readable;
use super::manifest_writer::Lines;
use super::names::{examples, one_line, quoted, told};
use super::sheet_view::is_numeral;
use super::table_guess::TableGuess;
use super::time_reading::{TimeReading, time_in};
use crate::cell::Cell;
use crate::column_letter::letters;
use crate::grid::{CellContent, GridRow};
use crate::layout::Layout;
use crate::merged;
use crate::yaml_word::yaml_word;
use crate::year::names_a_year;

pub(super) fn file_lines(described: &Described<'_>, lines: &mut Lines) {
    let (reading, guess) = (described.reading, described.guess);
    lines.line(&format!("  - name: {}", yaml_word(described.name)));
    lines.line(&format!("    file: {}", quoted(described.file)));
    lines.line(&format!("    sha256: {}", described.sha256));
    lines.guess(&format!("    format: {}", reading.format.name()), "by its bytes");
    for remark in &reading.remarks {
        lines.review("    ", &one_line(remark));
    }
    if let Some(encoding) = &reading.encoding {
        let line = format!("    encoding: {encoding}");
        match &reading.encoding_doubt {
            Some(doubt) => lines.review(&line, &one_line(doubt)),
            None => lines.guess(&line, &format!("by its letters: {}", one_line(&reading.encoding_seen))),
        }
    }
    if let Some(delimiter) = reading.delimiter {
        let delimiter = quoted(&delimiter.to_string());
        lines.guess(&format!("    delimiter: {delimiter}"), "it divides most rows alike");
    }
    if let Some(comment) = &reading.comment {
        lines.guess(&format!("    comment: {}", quoted(comment)), "the first line begins so");
    }
    if reading.skips_space {
        let question =
            "quotation marks stand behind spaces: do they open fields, in which delimiters are text?";
        lines.review("    skip_initial_space: true", question);
    }
    if !reading.sheets.is_empty() {
        let others = reading.other_sheets.as_ref().map(|others| format!("; others: {}", one_line(others)));
        let listed: Vec<String> = reading.sheets.iter().map(|sheet| quoted(sheet)).collect();
        let seen = format!("laid out alike, each of a time{}", others.unwrap_or_default());
        lines.guess(&format!("    sheets: [{}]", listed.join(", ")), &seen);
    }
    if let Some(sheet) = &reading.sheet {
        let others = reading.other_sheets.as_ref().map(|others| format!("; others: {}", one_line(others)));
        let seen = format!("{} rows{}", reading.rows.len(), others.unwrap_or_default());
        lines.guess(&format!("    sheet: {}", quoted(sheet)), &seen);
    }
    if guess.header_row != 1 {
        lines.guess(&format!("    header_row: {}", guess.header_row), "the headers over what fits");
    }
    if guess.header_rows > 1 {
        lines.guess(&format!("    header_rows: {}", guess.header_rows), "they name columns only together");
    }
    let numbers = |row: &&GridRow| {
        let is_year = |cell: &CellContent| time_in(cell.as_cell(), TimeReading::default()).is_some();
        let is_number = |cell: &&CellContent| is_numeral(cell.as_cell()) && !is_year(cell);
        let count = row.cells.iter().filter(is_number).count();
        let first = row.cells.iter().find(|cell| !cell.is_blank());
        let has_time = first.is_some_and(|cell| names_a_year(&cell.raw()));
        let filled = row.cells.iter().filter(|cell| !cell.is_blank()).count();
        count > 1 || (count > 0 && (has_time || filled > 1))
    };
    if guess.skip_rows > 0 {
        let line = format!("    skip_rows: {}", guess.skip_rows);
        let last = guess.header_row + guess.header_rows - 1;
        let mut under = reading.rows.iter().filter(|row| row.number > last);
        let skipped = under.by_ref().take(guess.skip_rows as usize);
        match skipped.filter(numbers).map(|row| row.number).reduce(|first, _| first) {
            Some(first) => {
                lines.review(
                    &line,
                    &format!("row {first} under the header holds numbers, and isn't read: is it data?"),
                );
            }
            None => {
                let texts = reading.rows.iter().filter(|row| row.number > last);
                let texts = texts.take(guess.skip_rows as usize).flat_map(|row| &row.cells);
                let texts: Vec<String> = texts
                    .filter(|cell| !cell.is_blank())
                    .take(LISTED)
                    .map(|cell| told(&cell.raw()))
                    .collect();
                let seen = format!("what stands under the header is no data: {}", texts.join(", "));
                let seen = one_line(seen.trim_end_matches([':', ' ']));
                let is_open = alone_under(reading, guess, last);
                match is_open {
                    Some(text) => lines.review(&line, &one_line(&format!(
                        "{} stands alone under the header and is left out: is it a unit, a heading of all rows, or a name without values?",
                        told(&text)
                    ))),
                    None => lines.guess(&line, &seen),
                }
            }
        }
    }
    if let Some(last) = guess.last_row {
        let line = format!("    last_row: {last}");
        let under: Vec<u32> = reading
            .rows
            .iter()
            .filter(|row| row.number > last)
            .filter(numbers)
            .map(|row| row.number)
            .collect();
        match (under.first(), under.last()) {
            (Some(first), Some(end)) => lines.review(
                &line,
                &format!("what stands under it has no time, but rows {first} to {end} hold numbers: are they data, or another table?"),
            ),
            _ => lines.guess(&line, "what stands under it has no time"),
        }
    }
    let over: Vec<u32> = reading
        .rows
        .iter()
        .filter(|row| row.number < guess.header_row)
        .filter(numbers)
        .map(|row| row.number)
        .collect();
    if let (Some(first), Some(end)) = (over.first(), over.last()) {
        lines.review(
            "    ",
            &format!("rows {first} to {end} above the header hold numbers, and aren't read: another table?"),
        );
    }
    if let Some(empty) = empty_column(reading, guess) {
        let letters = letters(empty);
        lines.review(
            "    ",
            &format!("column {letters} is empty: is what stands right of it a table of its own, whose rows aren't those of the first?"),
        );
    }
    merged_line(reading, guess, lines);
    match guess.layout {
        Layout::Long => {}
        Layout::Wide if guess.time.is_some() => {
            let word = guess.times.reading.period.and_then(|period| period.frequency);
            let word = word.map_or("period", |frequency| frequency.word());
            lines.guess("    layout: wide", &format!("each {word} of a row's year is a column"));
            if !guess.beside.is_empty() {
                let listed: Vec<String> = guess.beside.iter().map(|header| told(header)).collect();
                lines.line(&format!("    # no {word}, and not read: {}", one_line(&listed.join(", "))));
            }
        }
        Layout::Wide => {
            let seen = format!("times are columns: {}", examples(&guess.times.examples));
            lines.guess("    layout: wide", &seen);
            if !guess.beside.is_empty() {
                let listed: Vec<String> = guess.beside.iter().map(|header| told(header)).collect();
                lines.line(&format!("    # of no time, and not read: {}", one_line(&listed.join(", "))));
            }
        }
        Layout::EntitiesAcross => lines.guess("    layout: entities_across", "names are columns"),
    }
}

/// A text that stands alone in a skipped row, where a name might stand, and in no parentheses as a unit would.
fn alone_under(reading: &Readable, guess: &TableGuess, header: u32) -> Option<String> {
    let under = reading.rows.iter().filter(|row| row.number > header).take(guess.skip_rows as usize);
    let alone = under.filter_map(|row| {
        let mut filled = (1u32..).zip(&row.cells).filter(|(_, cell)| !cell.is_blank());
        let first = filled.next().filter(|_| filled.next().is_none())?;
        Some((first.0, first.1.raw().trim().to_owned()))
    });
    let column = reading.rows.iter().filter(|row| row.number > header);
    let first = column
        .filter_map(|row| (1u32..).zip(&row.cells).find(|(_, cell)| !cell.is_blank()))
        .map(|own| own.0)
        .min();
    alone
        .filter(|(column, text)| Some(*column) == first && !text.starts_with(['(', '[', '*']))
        .map(|(_, text)| text)
        .next()
}

/// A column that holds nothing beside columns with headers on both sides.
fn empty_column(reading: &Readable, guess: &TableGuess) -> Option<u32> {
    let last = guess.last_row.unwrap_or(u32::MAX);
    let rows: Vec<&GridRow> =
        reading.rows.iter().filter(|row| (guess.header_row..=last).contains(&row.number)).collect();
    let header = rows.first()?;
    let headed = |column: &u32| !header.cell(*column).is_blank();
    let width = u32::try_from(header.cells.len()).ok()?;
    let first = (1..=width).find(headed)?;
    let end = (1..=width).rev().find(headed)?;
    (first..=end).find(|column| rows.iter().all(|row| row.cell(*column).is_blank()))
}

/// Names and times that stand in merged cells are taken for those of each row; values have to be decided on.
fn merged_line(reading: &Readable, guess: &TableGuess, lines: &mut Lines) {
    let first = guess.header_row + guess.header_rows.max(1) + guess.skip_rows;
    let last = guess.last_row.unwrap_or(u32::MAX);
    let found = merged::regions_in_body(&reading.rows, &reading.merged, first, last);
    if found.is_empty() {
        return;
    }
    let is_key = |text: &str| {
        let is_time = time_in(Cell::of_text(text), guess.times.reading).is_some();
        is_time || !is_numeral(Cell::of_text(text))
    };
    let shown: Vec<String> =
        found.iter().take(LISTED).map(|(cells, text)| format!("{cells} show {}", told(text))).collect();
    let shown = shown.join(", ");
    if found.iter().all(|(_, text)| is_key(text)) {
        lines.review(
            "    merged: fill",
            &format!("or `first`: does each of the merged cells have it? {shown}"),
        );
    } else {
        let said = "cells with values are merged: write `merged: fill` if each has what is shown, `merged: first` if the first alone has it";
        lines.review("    ", &format!("{said}; {shown}"));
    }
}
