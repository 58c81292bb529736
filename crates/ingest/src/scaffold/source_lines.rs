//! One source of a scaffolded manifest: what was guessed, each with what was seen.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use vintner_panel::{Frequency, PanelError, PeriodReading};

use super::entity_guess::is_part_of_year;
use super::file_guess::Readable;
use super::known::Column;
use super::manifest_writer::Lines;
use super::names::{examples, one_line, quoted, slug, told, unique};
use super::sheet_view::is_numeral;
use super::table_guess::TableGuess;
use super::times_seen::{TimeReading, time_in};
use super::value_guess::ValueGuess;
use crate::cell::Cell;
use crate::century::century_cure;
use crate::column_letter::letters;
use crate::crosswalk::Crosswalk;
use crate::era;
use crate::fold::{fold_loosely, fold_name};
use crate::grid::{CellContent, GridRow};
use crate::layout::Layout;
use crate::merged;
use crate::number_rule::{DecimalMark, Grouping, Negative, NumberRule, Percent};
use crate::period_text::period_text;
use crate::source::{Fill, TIME_WITHIN, ValueKind};
use crate::yaml_word::yaml_word;
use crate::year::{YearSpan, names_a_year};

/// So many texts are listed.
const LISTED: usize = 5;

/// What the lines of a source are made of.
pub(super) struct Described<'a> {
    pub(super) name: &'a str,
    pub(super) file: &'a str,
    pub(super) sha256: &'a str,
    pub(super) reading: &'a Readable,
    pub(super) guess: &'a TableGuess,
    pub(super) columns: &'a [Column<'a>],
    pub(super) crosswalk: Option<&'a Crosswalk>,
    /// Whether variables are known, of which alone columns are proposed.
    pub(super) are_known: bool,
}

/// The lines; `variables` are those that are taken, to which its own are added.
pub(super) fn source_lines(described: &Described<'_>, variables: &mut Vec<String>) -> Lines {
    let mut lines = Lines::default();
    file_lines(described, &mut lines);
    key_lines(described, &mut lines);
    let by_comma = numbers_line(described, &mut lines);
    column_lines(described, by_comma, variables, &mut lines);
    lines
}

fn file_lines(described: &Described<'_>, lines: &mut Lines) {
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
        count > 1 || (has_time && count > 0)
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
            None => lines.guess(&line, "what stands under the header is no data"),
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
        }
        Layout::EntitiesAcross => lines.guess("    layout: entities_across", "names are columns"),
    }
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

/// So many names that a crosswalk doesn't know may be the rest of a whole.
const FEW: usize = 2;

fn key_lines(described: &Described<'_>, lines: &mut Lines) {
    let (reading, guess) = (described.reading, described.guess);
    match &guess.entity {
        Some(entity) => {
            let seen = match (described.crosswalk, entity.is_known) {
                (Some(crosswalk), true) => format!(
                    "{} of {} entities, {} other names; {}",
                    entity.found.len(),
                    crosswalk.entities().len(),
                    entity.outside,
                    examples(&entity.examples)
                ),
                _ => format!("{} names: {}", entity.names.len(), examples(&entity.examples)),
            };
            let line = format!("    entity: {}", quoted(&entity.column));
            match (guess.layout, described.crosswalk) {
                (Layout::EntitiesAcross, _) => lines.line(&format!("    # {}", one_line(&seen))),
                (_, Some(_)) if !entity.is_known => {
                    lines.review(&line, &format!("none of them is in the crosswalk; {seen}"));
                }
                _ => lines.guess(&line, &seen),
            }
            if described.crosswalk.is_none() {
                spelling_lines(&entity.names, lines);
                if guess.layout == Layout::Wide
                    && guess.within.is_empty()
                    && entity.names.iter().all(|name| is_part_of_year(name))
                {
                    lines.review("    ", "these are a year's months or quarters and no entities: to be one series, they have to be one column of times, or the headers of rows that are years");
                }
            }
            if let Some(crosswalk) = described.crosswalk.filter(|_| entity.is_known) {
                let ids = crosswalk.entities().iter().map(|entity| entity.id.as_str());
                let absent: Vec<&str> = ids.filter(|id| !entity.found.contains(*id)).collect();
                if !absent.is_empty() {
                    lines.review("    ", &format!("not in it: {}", absent.join(", ")));
                }
                // A country's other regions are many; the rest of it, or its total, is one or two names.
                let is_rest = entity.outside <= FEW || guess.category.is_some();
                if entity.outside > 0 && is_rest && guess.layout != Layout::EntitiesAcross {
                    let many = if entity.outside == 1 { "a name isn't" } else { "names aren't" };
                    lines.review("    ", &format!(
                        "{many} in the crosswalk and left out; `outside: keep` where a total needs what they have, as shares of a country do"
                    ));
                }
            }
        }
        None if guess.of_many => {}
        None if guess.time.is_some() || guess.layout == Layout::Wide => {
            lines.review("    ", "no column of names was found, so this is one series for all entities; if its columns are entities, `layout: entities_across`");
        }
        None => lines
            .review("    ", "no column of names was found: each row is an observation, called by its number"),
    }
    if !reading.missing.is_empty() {
        let listed: Vec<String> = reading.missing.iter().map(|text| quoted(text)).collect();
        lines.line(&format!("    missing: [{}]  # datapackage.json says so", listed.join(", ")));
    }
    if !reading.column_labels.is_empty() {
        let named = reading.column_labels.iter().map(|(name, label)| format!("{name}: {label}"));
        lines.line(&format!(
            "    # its columns in words: {}",
            one_line(&named.collect::<Vec<_>>().join("; "))
        ));
    }
    time_lines(guess, lines);
    if let Some(told) = unread_times(guess) {
        lines
            .review("    ", &one_line(&format!("these seem to be times, and can't be read as such: {told}")));
    }
    fill_line(guess, lines);
    if !guess.entity_with.is_empty() {
        let columns: Vec<String> = guess.entity_with.iter().map(|name| quoted(name)).collect();
        let line = format!("    entity_with: [{}]", columns.join(", "));
        lines.guess(&line, "the other ends of pairs: each pair is an entity, `DEU:FRA`");
    }
    if let Some(category) = &guess.category {
        let line = format!("    category: {}", quoted(category));
        if says_part(category) && guess.times.reading.span.is_some() {
            lines.review(&line, "it tells rows of one time apart; if it is a part of the year, it is one of a fiscal year, which may begin with any month: write the quarter or month of the calendar in a copy of the file");
        } else if says_part(category) {
            let name = quoted(category);
            lines.review(&line, &format!("it tells rows of one time apart; if it is a part of the year, write `within_year: [{name}]` in its place and `period: {{frequency: quarter}}`, or half-year, month, week"));
        } else {
            let name = quoted(category);
            lines.guess(&line, &format!("it tells rows of one time apart; `entity_with: [{name}]` in its place where each combination is followed over time"));
        }
    }
    if let Some(column) = &guess.variable_column {
        lines.guess(&format!("    variable_column: {}", quoted(column)), "it tells an entity's rows apart");
    }
    if !guess.conditions.is_empty() {
        lines.line("    where:");
        for (column, texts) in &guess.conditions {
            let Some((most, _)) = texts.first() else { continue };
            let others: Vec<String> = texts.iter().skip(1).take(LISTED).map(|(text, _)| told(text)).collect();
            let line = format!("      {}: {}", quoted(column), quoted(most));
            lines.review(&line, &format!("or {}: which rows are meant?", others.join(", ")));
        }
    }
    let years = if era_is_open(guess) { &BTreeSet::new() } else { &guess.times.years };
    if let (Some(first), Some(last)) = (years.first(), years.last()) {
        lines.guess(&format!("    covers: [{first}, {last}]"), "the years that are there");
        let gaps: Vec<String> =
            (*first..=*last).filter(|year| !years.contains(year)).map(|year| year.to_string()).collect();
        if !gaps.is_empty() {
            lines.guess(
                &format!("    gap_years: [{}]", gaps.join(", ")),
                "years between them that aren't there",
            );
        }
    }
    let outside = guess.entity.as_ref().map_or(0, |entity| entity.outside);
    let keeps = described.columns.iter().any(|column| column.known.is_some_and(|known| known.keeps_outside));
    if outside > 0 && keeps {
        lines.guess("    outside: keep", "as for this variable elsewhere");
    }
    if guess.of_many {
        lines.review("    duplicates: keep", "several rows have one time, so that each is taken for an observation of somebody new; else `entity`, `category` or `where: {column: text}` tells them apart");
    } else if guess.repeated && guess.entity.is_none() && guess.layout == Layout::Long {
        lines.review("    ", "several rows have one time: `duplicates: keep` where each is an observation of somebody new; else `entity`, `category` or `where: {column: text}` tells them apart");
    } else if guess.repeated {
        lines.review("    ", "some entity has several rows for a time: `duplicates: first`, `where: {column: text}` or `category`");
    }
    if !reading.labelled.is_empty() {
        let columns: Vec<(&ValueGuess, &String)> = described
            .columns
            .iter()
            .filter_map(|column| {
                let header = column.value.header.as_ref()?;
                reading.labelled.contains(header).then_some((column.value, header))
            })
            .collect();
        if !columns.is_empty() {
            lines.line("    value_labels:");
        }
        for (value, header) in columns {
            let kind = if value.kind == ValueKind::Text { "labels" } else { "codes" };
            let labels: Vec<String> = value
                .examples
                .iter()
                .chain(&value.seen.other.iter().map(|text| (text.clone(), text.clone())).collect::<Vec<_>>())
                .take(3)
                .map(|(text, _)| told(text))
                .collect();
            lines.review(
                &format!("      {}: {kind}", quoted(header)),
                &format!("labels or codes? {}", labels.join(", ")),
            );
        }
    }
}

/// The columns that are filled down, from left to right, each with the first cell that says nothing itself.
fn fill_line(guess: &TableGuess, lines: &mut Lines) {
    if guess.fill.is_empty() {
        return;
    }
    let columns = guess.fill.iter().map(|(name, fill)| {
        let word = if *fill == Fill::Year { "year" } else { "down" };
        format!("{}: {word}", quoted(name))
    });
    let line = format!("    fill: {{{}}}", columns.collect::<Vec<_>>().join(", "));
    let has = |fill: Fill| guess.fill.iter().filter(|(_, own)| *own == fill).count();
    let mut questions = Vec::new();
    match has(Fill::Down) {
        0 => {}
        1 => questions.push("most of its cells are blank: does each mean what stands above it?".to_owned()),
        _ => questions.push(
            "most of their cells are blank: does each mean what stands above it, as long as nothing new begins to its left?"
                .to_owned(),
        ),
    }
    if has(Fill::Year) > 0 {
        questions.push("times without a year: are they of the year above them?".to_owned());
    }
    let shown: Vec<String> = guess.fill_examples.iter().map(told_example).collect();
    let shown = if shown.is_empty() { String::new() } else { format!(" {}", shown.join("; ")) };
    lines.review(&line, &one_line(&format!("{}{shown}", questions.join(" "))));
}

/// A cell, and what is read there.
fn told_example((cell, read): &(String, String)) -> String {
    format!("{cell} is {}", told(read))
}

/// Why names, or headers of values, in a table without times seem to be times that can't be read.
fn unread_times(guess: &TableGuess) -> Option<String> {
    if !guess.times.years.is_empty() {
        return None;
    }
    // Why a text is no period where it seems to be one; nothing of one that is, other than a year.
    let seen = |text: &str| match PeriodReading::default().read(text) {
        Ok(period) => (period.frequency() != Frequency::Year).then_some(None),
        Err(PanelError::NotAPeriod { .. } | PanelError::NoSuchPeriod { .. }) => None,
        Err(problem) => {
            // Numbers without a year may be anything.
            let may_be = text.chars().any(char::is_alphabetic) || names_a_year(text);
            let cure = match &problem {
                PanelError::NoCentury { .. } => {
                    let any = PeriodReading { century: Some(1950), ..PeriodReading::default() };
                    let own = any.read(text).ok().map(|period| period.frequency());
                    format!(
                        "; {}",
                        century_cure(
                            own.map(|own| PeriodReading { frequency: Some(own), ..PeriodReading::default() })
                        )
                    )
                }
                _ => String::new(),
            };
            may_be.then(|| Some(format!("{problem}{cure}")))
        }
    };
    let names: Vec<&str> = guess.entity.iter().flat_map(|entity| &entity.names).map(String::as_str).collect();
    let headers: Vec<&str> = guess.values.iter().filter_map(|value| value.header.as_deref()).collect();
    [names, headers].into_iter().find_map(|texts| {
        let all: Vec<Option<String>> = texts.iter().filter_map(|text| seen(text)).collect();
        let most = all.len() > 1 && all.len() * 2 > texts.len();
        all.into_iter().flatten().next().filter(|_| most)
    })
}

/// Whether a header calls what stands under it a part of a year.
fn says_part(header: &str) -> bool {
    const PARTS: [&str; 9] = ["period", "quarter", "qtr", "month", "trimestre", "mois", "monat", "季", "月"];
    let lower = header.to_lowercase();
    PARTS.iter().any(|part| lower.contains(part))
}

/// Names that differ in case, accents and punctuation alone.
fn spelling_lines(names: &[String], lines: &mut Lines) {
    let mut spellings: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for name in names {
        let (loose, name) = (fold_loosely(name), fold_name(name));
        if !loose.is_empty() {
            spellings.entry(loose).or_default().insert(name);
        }
    }
    let several: Vec<String> = spellings
        .values()
        .filter(|names| names.len() > 1)
        .map(|names| names.iter().map(|name| told(name)).collect::<Vec<_>>().join(", "))
        .collect();
    if !several.is_empty() {
        let more = several.len().saturating_sub(LISTED);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let listed = several.iter().take(LISTED).cloned().collect::<Vec<_>>().join("; ");
        lines.review(
            "    ",
            &one_line(&format!("are these one name? {listed}{more}. The crosswalk says so, as `aliases`; without one they are entities of their own")),
        );
    }
}

/// Whether years are of an era that nothing tells, so that it has to be asked for.
fn era_is_open(guess: &TableGuess) -> bool {
    own_years(guess)
        .is_some_and(|(first, last)| era::may_be_of(first).len() > 1 && era::may_be_of(last).len() > 1)
}

/// The first and the last year as they are counted in the era that is guessed.
fn own_years(guess: &TableGuess) -> Option<(i32, i32)> {
    let era = guess.times.reading.era?;
    let own = |year: i32| (0..=2_700).find(|own| era.year(*own) == Some(year));
    let years = &guess.times.years;
    Some((own(*years.first()?)?, own(*years.last()?)?))
}

fn time_lines(guess: &TableGuess, lines: &mut Lines) {
    let (reading, seen) = (guess.times.reading, examples(&guess.times.examples));
    if let Some(time) = &guess.time {
        let line = format!("    time: {}", quoted(time));
        if reading.waves {
            let dated = guess.values.iter().filter(|value| value.kind == ValueKind::Text);
            let dated: Vec<String> = dated.filter_map(|value| value.header.as_deref().map(told)).collect();
            let beside =
                if dated.is_empty() { String::new() } else { format!("; beside it: {}", dated.join(", ")) };
            lines.review(
                &line,
                &one_line(&format!("waves by number, or does another column say when{beside}?")),
            );
        } else if reading.declared && reading.period.is_none() {
            lines.review(
                &line,
                &one_line(&format!(
                    "the file's `xtset` calls it its time; as whole numbers they are counted by one. If they are quarters \
                     from 1960, `period: {{frequency: quarter, zero: 1960Q1}}` (months from `1960-01`) makes dates of them; {seen}"
                )),
            );
        } else {
            lines.guess(&line, &seen);
        }
    }
    if !guess.within.is_empty() {
        let columns: Vec<String> = guess.within.iter().map(|name| quoted(name)).collect();
        let line = format!("    within_year: [{}]", columns.join(", "));
        lines.guess(&line, "with the year they tell when");
    }
    if !guess.not_times.is_empty() {
        let texts: Vec<String> = guess.not_times.iter().map(|text| quoted(text)).collect();
        let line = format!("    not_times: [{}]", texts.join(", "));
        lines.review(&line, "rows of whole years beside their parts, which are left out: is that right?");
    }
    if let Some(period) = reading.period {
        let line = format!("    period: {}", period_text(period));
        if period.zero.is_some() {
            let question = format!(
                "whole numbers under a name that says so, counted from 1960 as Stata does: are they? {seen}"
            );
            lines.review(&line, &one_line(&question));
        } else if guess.times.by_last_month {
            lines.review(&line, &format!("or `month`: only every third month is there, as where quarters are called by their last; {seen}"));
        } else if guess.within.is_empty() {
            lines.guess(&line, &seen);
        } else {
            lines.line(&line);
        }
    }
    if reading.span == Some(YearSpan::First) {
        let line = "    year_span: first";
        lines.review(line, "or `last`: which of the two years counts?");
    }
    if let (Some(era), Some((_, last))) = (reading.era, own_years(guess)) {
        let readings = era::readings_in_words(last);
        if era_is_open(guess) {
            lines.review("    ", &format!("years name no era: write which it is; {last} may be {readings}"));
        } else {
            let question = format!("years name no era, and {last} may be {readings}: is that so? {seen}");
            lines.review(&format!("    era: {}", era.name()), &one_line(&question));
        }
    }
}

/// The rule of numbers of the whole source, where its columns need one: whether a comma stands before fractions.
fn numbers_line(described: &Described<'_>, lines: &mut Lines) -> bool {
    let values =
        || described.columns.iter().map(|column| column.value).filter(|value| value.kind != ValueKind::Text);
    let flags: Vec<String> = described.guess.times.marks.iter().map(|mark| quoted(mark)).collect();
    let flags = if flags.is_empty() { String::new() } else { format!("flags: [{}]", flags.join(", ")) };
    let marked =
        if flags.is_empty() { "" } else { "; and marks stand beside times, which are kept: do they?" };
    let with_flags = |decimal: &str| match flags.as_str() {
        "" => format!("    numbers: {{{decimal}}}"),
        flags => format!("    numbers: {{{decimal}, {flags}}}"),
    };
    let flags_alone = |lines: &mut Lines| {
        if !flags.is_empty() {
            let question =
                "marks stand beside times, and are kept beside the values of these: are they marks?";
            lines.review(&format!("    numbers: {{{flags}}}"), question);
        }
    };
    let point = values().find_map(|value| value.seen.by_point.clone());
    let comma = values().find_map(|value| value.seen.by_comma.clone());
    let either = values().find_map(|value| Some((value, value.seen.either.clone()?)));
    match (point, comma, either) {
        (None, Some(comma), Some((value, either))) if value.seen.by_comma.is_none() => {
            let question = format!(
                "other columns write {}; is {} a number with fractions after its comma, or groups after its point, too?",
                told(&comma),
                told(&either)
            );
            lines.review(&with_flags("decimal: \",\""), &format!("{question}{marked}"));
            true
        }
        (None, Some(comma), _) => {
            let seen = format!("{} can be read in no other way", told(&comma));
            if marked.is_empty() {
                lines.guess(&with_flags("decimal: \",\""), &seen)
            } else {
                lines.review(&with_flags("decimal: \",\""), &format!("{seen}{marked}"))
            };
            true
        }
        (Some(point), None, Some((value, either))) if value.seen.by_point.is_none() => {
            let question = format!(
                "other columns write {}; is {} a number with groups of three digits or fractions, too?",
                told(&point),
                told(&either)
            );
            lines.review(&with_flags("decimal: \".\""), &format!("{question}{marked}"));
            false
        }
        (None, None, Some((_, either))) => {
            let group = either.contains(',');
            let (as_group, as_fraction) = if group { (".", ",") } else { (",", ".") };
            let question = format!(
                "{} has two readings: write `numbers: {{decimal: \"{as_group}\"}}` if its mark divides groups, `numbers: {{decimal: \"{as_fraction}\"}}` if a fraction follows",
                told(&either)
            );
            lines.review("    ", &question);
            flags_alone(lines);
            false
        }
        _ => {
            flags_alone(lines);
            false
        }
    }
}

fn column_lines(described: &Described<'_>, by_comma: bool, variables: &mut Vec<String>, lines: &mut Lines) {
    let columns = described.columns;
    let is_chosen = |column: &&Column<'_>| column.known.is_some() || !described.are_known;
    let chosen: Vec<&Column<'_>> = columns.iter().filter(is_chosen).collect();
    if chosen.is_empty() {
        lines.review("    columns: []", "say which of these is which variable");
    } else {
        lines.line("    columns:");
    }
    let mut own: BTreeSet<String> = BTreeSet::new();
    for column in &chosen {
        let name = match column.known {
            Some(known) => known.variable.clone(),
            None => new_variable(described, column.value, variables),
        };
        if own.insert(name.clone()) {
            variables.push(name.clone());
            column_line(column, &name, by_comma, lines);
        }
    }
    let others = columns.iter().filter(|column| !is_chosen(column) && column.value.kind != ValueKind::Text);
    for column in others {
        let header = column.value.header.as_deref().map(quoted).unwrap_or_else(|| "(no header)".into());
        lines.line(&format!("      # also there: {}, {}", one_line(&header), seen(column.value)));
    }
    power_lines(columns, lines);
    lines.review("    ", "citation, licence, url, note");
}

/// SDMX's tables say in a column of their own by which power of ten their values are to be multiplied.
fn power_lines(columns: &[Column<'_>], lines: &mut Lines) {
    let is_power = |value: &&ValueGuess| {
        let folded: String = value
            .header
            .iter()
            .flat_map(|header| header.chars())
            .filter(|character| character.is_alphanumeric())
            .flat_map(char::to_lowercase)
            .collect();
        ["unitmult", "unitmultiplier", "powercode", "powercodecode", "scalarid"].contains(&folded.as_str())
            && value.kind != ValueKind::Text
    };
    for value in columns.iter().map(|column| column.value).filter(is_power) {
        let header = value.header.as_deref().map(told).unwrap_or_default();
        let said = if value.least == value.most {
            let power = value.least;
            format!(
                "{header} is {power} in every row: values are in units of 10^{power}, which `unit` or `scale` should say"
            )
        } else {
            format!(
                "{header} is {} to {}: values are multiples of different powers of ten; read the rows of one by `where`",
                value.least, value.most
            )
        };
        if value.least != 0.0 || value.most != 0.0 {
            lines.review("      ", &said);
        }
    }
}

/// What a variable that nobody knows is called: by its header, or by the source.
fn new_variable(described: &Described<'_>, value: &ValueGuess, taken: &[String]) -> String {
    let header = value.header.as_deref().map(|header| header.replace(TIME_WITHIN, ""));
    let name = header.as_deref().map(slug).filter(|name| !name.is_empty());
    let name = name.unwrap_or_else(|| described.name.to_owned());
    let reserved = ["entity", "time"].contains(&name.as_str());
    let name = if reserved || taken.contains(&name) { format!("{}_{name}", described.name) } else { name };
    unique(&name, taken)
}

fn column_line(column: &Column<'_>, variable: &str, by_comma: bool, lines: &mut Lines) {
    let value = column.value;
    let mut parts = Vec::new();
    parts.extend(value.header.as_ref().map(|header| format!("column: {}", quoted(header))));
    parts.push(format!("variable: {}", yaml_word(variable)));
    match value.kind {
        ValueKind::Number => {}
        ValueKind::Integer => parts.push("type: integer".into()),
        ValueKind::Text => parts.push("type: text".into()),
    }
    if let Some(known) = column.known {
        if !known.unit.is_empty() {
            parts.push(format!("unit: {}", quoted(&known.unit)));
        }
        if let Some(range) = known.range {
            let end = |end: Option<f64>| end.map_or("null".to_owned(), |end| format!("{end}"));
            parts.push(format!("range: [{}, {}]", end(range[0]), end(range[1])));
        }
    }
    let mut doubts: Vec<String> = Vec::new();
    if value.kind != ValueKind::Text {
        // What the source declares for all of its columns isn't repeated.
        let rule = NumberRule { decimal: value.seen.rule.decimal, ..value.seen.rule.clone() };
        let rule = rule_text(&rule, by_comma);
        if !rule.is_empty() {
            parts.push(format!("numbers: {{{rule}}}"));
            doubts.push("are its numbers written so?".into());
        }
        if value.seen.by_point.is_some()
            && let (Some(point), Some(comma)) = (&value.seen.by_point, &value.seen.by_comma)
        {
            doubts.push(format!("{} and {} are written by two rules", told(point), told(comma)));
        }
        let mut missing: Vec<&String> = value.seen.missing.iter().collect();
        let no_value = |error: &&String| error.as_str() == "#N/A";
        missing.extend(value.errors.iter().filter(no_value));
        if !missing.is_empty() {
            let listed: Vec<String> = missing.iter().map(|text| quoted(text)).collect();
            parts.push(format!("missing: [{}]", listed.join(", ")));
            doubts.push("do these texts stand for missing values?".into());
        }
        let errors: Vec<String> =
            value.errors.iter().filter(|error| !no_value(error)).map(|text| told(text)).collect();
        if !errors.is_empty() {
            doubts.push(format!("it has {}", errors.join(", ")));
        }
        if !value.seen.other.is_empty() {
            let listed: Vec<String> = value.seen.other.iter().take(LISTED).map(|text| told(text)).collect();
            let more = value.seen.other.len().saturating_sub(LISTED);
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            doubts.push(format!("no numbers: {}{more}: what are they?", listed.join(", ")));
        }
        if !value.codes.is_empty() {
            let listed: Vec<String> = value.codes.iter().map(ToString::to_string).collect();
            doubts.push(format!("does {} stand for a missing value?", listed.join(" or ")));
        }
    }
    let outside = column.known.and_then(|known| known.range).is_some_and(|[least, most]| {
        least.is_some_and(|least| value.least < least) || most.is_some_and(|most| value.most > most)
    });
    if outside {
        doubts.insert(0, "values out of the known range: another unit? (`scale`)".into());
    } else if column.known.is_some() && !column.sure {
        doubts.insert(0, "the right column, in that unit?".into());
    }
    let line = format!("      - {{{}}}", parts.join(", "));
    if doubts.is_empty() {
        lines.guess(&line, &seen(value));
    } else {
        lines.review(&line, &one_line(&format!("{} {}", doubts.join("; "), seen(value))));
    }
}

fn seen(value: &ValueGuess) -> String {
    let mut text = match value.kind {
        ValueKind::Text => format!("{} texts", value.numbers),
        _ => format!("{} numbers, {} to {}", value.numbers, value.least, value.most),
    };
    if value.blank > 0 {
        let _ = write!(text, ", {} blank", value.blank);
    }
    if !value.examples.is_empty() {
        let _ = write!(text, "; {}", examples(&value.examples));
    }
    one_line(&text)
}

/// A rule as it is written in a manifest, without its braces.
fn rule_text(rule: &NumberRule, by_comma: bool) -> String {
    let mut parts = Vec::new();
    let decimal =
        rule.decimal.or_else(|| (by_comma && !rule.grouping.is_empty()).then_some(DecimalMark::Comma));
    parts.extend(decimal.map(|decimal| {
        format!("decimal: {}", if decimal == DecimalMark::Comma { "\",\"" } else { "\".\"" })
    }));
    let list = |name: &str, texts: Vec<String>| match texts.as_slice() {
        [] => None,
        [one] => Some(format!("{name}: {one}")),
        several => Some(format!("{name}: [{}]", several.join(", "))),
    };
    let grouping = rule.grouping.iter().map(|grouping| match grouping {
        Grouping::Comma => "\",\"".to_owned(),
        Grouping::Point => "\".\"".to_owned(),
        Grouping::Space => "\" \"".to_owned(),
        Grouping::Apostrophe => "\"'\"".to_owned(),
        Grouping::Indian => "indian".to_owned(),
        Grouping::None => "none".to_owned(),
    });
    parts.extend(list("grouping", grouping.collect()));
    let negative = rule.negative.iter().map(|negative| match negative {
        Negative::Parentheses => "parentheses".to_owned(),
        Negative::TrailingMinus => "trailing-minus".to_owned(),
        Negative::Triangle => "triangle".to_owned(),
    });
    parts.extend(list("negative", negative.collect()));
    parts.extend(rule.percent.map(|percent| {
        format!("percent: {}", if percent == Percent::Number { "number" } else { "fraction" })
    }));
    parts.extend(list("currency", rule.currency.iter().map(|sign| quoted(sign)).collect()));
    let flags: Vec<String> = rule.flags.0.keys().map(|flag| quoted(flag)).collect();
    if !flags.is_empty() {
        parts.push(format!("flags: [{}]", flags.join(", ")));
    }
    parts.join(", ")
}
