//! Headings that stand on rows of their own within a table, as `Africa` over its countries.

use std::collections::BTreeSet;

use super::sections_guess::{BEFORE, Level, SectionsGuess};
use super::sheet_view::{GOES_ON, SheetView, ViewColumn, is_numeral};
use crate::cell::Cell;
use crate::fold::fold;
use crate::grid::{CellContent, GridRow};
use crate::year::names_a_year;

/// A row with nothing but a text, or one of data.
#[derive(Debug, Clone, Copy)]
enum Line<'r> {
    Alone(&'r GridRow),
    Data(&'r GridRow),
}

/// The sections of a table: rows in which only one column is filled stand over rows in which it is filled, too, beside
/// numbers. A country without a value looks so as well: there are headings where the first row is one, or where the rows
/// under them have the same names.
pub(super) fn sections_seen(view: &SheetView<'_>) -> Option<SectionsGuess> {
    let column = view.columns.first()?;
    let lines = lines(view, column)?;
    let is_note = |text: &str| says_note(text);
    let mut guess =
        SectionsGuess { column: column.at, header: column.name.clone(), ..SectionsGuess::default() };
    let (mut outer, mut inner) = (Level::default(), Level::default());
    for (at, line) in lines.iter().enumerate() {
        let Line::Alone(row) = line else { continue };
        let text = column.cell(row).raw().trim().to_owned();
        if is_note(&text) {
            guess.notes.push((text, row.number));
            continue;
        }
        let mut below = lines.iter().skip(at + 1).filter(|line| match line {
            Line::Alone(row) => !is_note(column.cell(row).raw().trim()),
            Line::Data(_) => true,
        });
        match below.next() {
            Some(Line::Alone(_)) => outer.headings.push((text, row.number)),
            _ => inner.headings.push((text, row.number)),
        }
    }
    let first =
        lines.iter().find(|line| !matches!(line, Line::Alone(row) if is_note(column.cell(row).raw().trim())));
    let begins = matches!(first, Some(Line::Alone(_)));
    guess.tells_apart = has_names_twice(view, column, &lines);
    let count = outer.headings.len() + inner.headings.len();
    let are_headings = count > 0 && guess.tells_apart || count > 1 && begins;
    if !are_headings || (!guess.tells_apart && are_in_order(column, &lines)) {
        return None;
    }
    let taken = |name: &str| view.columns.iter().any(|column| column.name.eq_ignore_ascii_case(name));
    let name = |name: &str| if taken(name) { format!("{name} above") } else { name.to_owned() };
    if outer.headings.is_empty() {
        inner.name = name("section");
        guess.levels = vec![inner];
    } else {
        (outer.name, inner.name) = (name("section"), name("subsection"));
        guess.levels = vec![outer, inner];
    }
    rows_of_none(&mut guess, &lines);
    Some(guess)
}

/// Finds rows of data above which no heading of a level stands.
fn rows_of_none(guess: &mut SectionsGuess, lines: &[Line<'_>]) {
    let mut met = vec![false; guess.levels.len()];
    for line in lines {
        match line {
            Line::Alone(row) => {
                let of = |level: &Level| level.headings.iter().any(|(_, own)| *own == row.number);
                if let Some(at) = guess.levels.iter().position(of) {
                    met.iter_mut().enumerate().skip(at).for_each(|(own, met)| *met = own == at);
                }
            }
            Line::Data(row) => {
                for (level, _) in guess.levels.iter_mut().zip(&met).filter(|(_, met)| !**met) {
                    level.has_none = true;
                    guess.before.get_or_insert(row.number);
                }
            }
        }
    }
}

/// The rows with a text alone and those of data, up to the last of data; nothing where no text stands alone.
fn lines<'r>(view: &SheetView<'r>, column: &ViewColumn) -> Option<Vec<Line<'r>>> {
    let is_blank = |cell: &&CellContent| !cell.is_blank();
    let line = |row: &&'r GridRow| {
        let own = column.cell(row);
        let mut filled = row.cells.iter().filter(is_blank);
        let alone = filled.next().is_some() && filled.next().is_none();
        match own {
            _ if own.is_blank() => None,
            Cell::Text(text) if alone && !is_numeral(own) && !names_a_year(text) => Some(Line::Alone(row)),
            _ if alone => None,
            _ => Some(Line::Data(row)),
        }
    };
    let has_lone = view.filled.iter().any(|row| row.cells.iter().filter(is_blank).nth(1).is_none());
    if !has_lone {
        return None;
    }
    let mut lines: Vec<Line<'r>> = view.filled.iter().filter_map(line).collect();
    let of_numbers = |line: &Line<'_>| {
        let has_number =
            |row: &GridRow| view.columns.iter().any(|own| own.at != column.at && is_numeral(own.cell(row)));
        matches!(line, Line::Data(row) if has_number(row))
    };
    // What stands under the last number is no part of the table.
    while lines.last().is_some_and(|line| !of_numbers(line)) {
        lines.pop();
    }
    lines.iter().any(|line| matches!(line, Line::Alone(_))).then_some(lines)
}

/// Texts that stand alone between rows of data and seem to be notes, with their rows.
pub(super) fn notes_seen(view: &SheetView<'_>) -> Vec<(String, u32)> {
    let Some(column) = view.columns.first() else { return Vec::new() };
    let lines = lines(view, column).unwrap_or_default();
    let begins = lines.iter().position(|line| matches!(line, Line::Data(_))).unwrap_or_default();
    let alone = lines.iter().skip(begins).filter_map(|line| match line {
        Line::Alone(row) => Some((column.cell(row).raw().trim().to_owned(), row.number)),
        Line::Data(_) => None,
    });
    alone.filter(|(text, _)| says_note(text)).collect()
}

/// The rows but for some, which are blank.
pub(super) fn without(rows: &[GridRow], notes: &[(String, u32)]) -> Vec<GridRow> {
    let mut rows = rows.to_vec();
    for row in rows.iter_mut().filter(|row| notes.iter().any(|(_, own)| *own == row.number)) {
        row.cells.clear();
    }
    rows
}

/// Whether rows under several headings have the same names, and the same years beside them.
fn has_names_twice(view: &SheetView<'_>, column: &ViewColumn, lines: &[Line<'_>]) -> bool {
    let mut above: BTreeSet<Vec<String>> = BTreeSet::new();
    let mut own: BTreeSet<Vec<String>> = BTreeSet::new();
    let mut twice = 0;
    for line in lines {
        match line {
            Line::Alone(_) => above.append(&mut own),
            Line::Data(row) => {
                let names = view.columns.iter().filter(|other| {
                    let cell = other.cell(row);
                    other.at == column.at || !is_numeral(cell) || names_a_year(&cell.raw())
                });
                let names: Vec<String> = names.map(|own| fold(&own.cell(row).raw())).collect();
                twice += usize::from(above.contains(&names));
                own.insert(names);
            }
        }
    }
    twice > 0
}

/// Whether all texts are in the order of the alphabet, as names of which some have no values are.
fn are_in_order(column: &ViewColumn, lines: &[Line<'_>]) -> bool {
    let texts = lines.iter().map(|line| match line {
        Line::Alone(row) | Line::Data(row) => fold(&column.cell(row).raw()).to_lowercase(),
    });
    texts.is_sorted()
}

/// Whether a text alone in its row seems to be a note.
fn says_note(text: &str) -> bool {
    const WORDS: [&str; 12] = [
        "note",
        "notes",
        "source",
        "sources",
        "quelle",
        "fuente",
        "nota",
        "remarque",
        "anmerkung",
        "注",
        "资料来源",
        "примечание",
    ];
    let lower = fold(text).to_lowercase();
    let first = lower.split(|character: char| !character.is_alphanumeric()).find(|word| !word.is_empty());
    text.starts_with(['*', '†', '‡', '(', '[', '¹', '²', '³'])
        || first.is_some_and(|word| WORDS.contains(&word))
        || lower.starts_with("注")
        || lower.starts_with("资料来源")
        || GOES_ON.iter().any(|word| lower.contains(word))
}

/// The rows with the headings blank, and in each other row the heading above it behind its last cell, from a row on.
pub(super) fn with_sections(
    view: &SheetView<'_>,
    rows: &[GridRow],
    from: usize,
    width: u32,
    guess: &SectionsGuess,
) -> Vec<GridRow> {
    let mut rows = rows.to_vec();
    let own: BTreeSet<u32> = view.filled.iter().map(|row| row.number).collect();
    let none = |level: &Level| level.has_none.then(|| BEFORE.to_owned());
    let mut above: Vec<Option<String>> = guess.levels.iter().map(none).collect();
    let level_of =
        |row: u32| guess.levels.iter().position(|level| level.headings.iter().any(|(_, own)| *own == row));
    let rows_of: BTreeSet<u32> = guess
        .levels
        .iter()
        .flat_map(|level| &level.headings)
        .chain(&guess.notes)
        .map(|(_, row)| *row)
        .collect();
    for row in rows.iter_mut().skip(from) {
        if rows_of.contains(&row.number) {
            if let Some(at) = level_of(row.number) {
                let text =
                    row.cell(guess.column).raw().trim().trim_end_matches([':', '：']).trim_end().to_owned();
                let inner = above.iter_mut().zip(&guess.levels).skip(at + 1);
                inner.for_each(|(own, level)| *own = none(level));
                if let Some(own) = above.get_mut(at) {
                    *own = Some(text);
                }
            }
            row.cells.clear();
            continue;
        }
        // What only looks like a row of the table stays as it is.
        if !own.contains(&row.number) {
            continue;
        }
        row.cells.resize(width as usize, CellContent::Empty);
        let texts = above.iter().map(|text| text.clone().map_or(CellContent::Empty, CellContent::Text));
        row.cells.extend(texts);
    }
    rows
}

/// The columns that headings make, behind a table's own.
pub(super) fn section_columns(guess: &SectionsGuess, width: u32) -> Vec<ViewColumn> {
    let levels = guess.levels.iter().zip(width + 1..);
    levels.map(|(level, at)| ViewColumn::headed(at, &level.name)).collect()
}
