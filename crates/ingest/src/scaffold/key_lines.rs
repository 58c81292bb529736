//! The keys of a source, in lines of a manifest.

use std::collections::{BTreeMap, BTreeSet};

use super::described::{Described, LISTED};
use super::entity_guess::is_part_of_year;
use super::indented::indented_line;
use super::joined_names::says_sum;
use super::manifest_writer::Lines;
use super::names::{examples, one_line, quoted, told};
use super::parts_of_years::says_part;
use super::sections_guess::BEFORE;
use super::table_guess::TableGuess;
use super::time_lines::{era_is_open, time_lines, unread_times};
use super::value_guess::ValueGuess;
use crate::fold::{fold_loosely, fold_name};
use crate::layout::Layout;
use crate::source::{Fill, ValueKind};
use crate::yaml_word::yaml_word;

/// So many names that a crosswalk doesn't know may be the rest of a whole.
const FEW: usize = 2;

/// Names that may be a year's months, quarters or halves.
fn doubtful_lines(guess: &TableGuess, lines: &mut Lines) {
    for doubt in guess.doubtful.iter().filter(|doubt| guess.is_key(&doubt.column)) {
        let (text, frequency) = (quoted(&doubt.text), doubt.frequency);
        let question = format!(
            "{text} in {} is read as a name, and may be {frequency} {} of its year: then take the column from its line \
             here and write `within_year: [{}]` and `period: {{frequency: {frequency}}}`",
            told(&doubt.column),
            doubt.part,
            quoted(&doubt.column)
        );
        lines.review("    ", &one_line(&question));
    }
}

pub(super) fn key_lines(described: &Described<'_>, lines: &mut Lines) {
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
                _ if entity.is_plain_number && guess.time.is_some() => lines.review(&line, &format!(
                    "no names tell the rows of a time apart, and these numbers do: are they ids, or is this a measure? {seen}"
                )),
                _ => lines.guess(&line, &seen),
            }
            if described.crosswalk.is_none() && guess.joined.is_none() {
                total_line(&entity.names, lines);
            }
            if described.crosswalk.is_none() {
                spelling_lines(&entity.names, lines);
                if guess.layout == Layout::Wide
                    && guess.within.is_empty()
                    && guess.doubtful.is_empty()
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
    if let Some(column) = guess.row_numbers.as_ref().filter(|column| !guess.is_key(column)) {
        let question = format!(
            "{} has no header and counts the rows, and is left out: are its numbers ids?",
            told(column)
        );
        lines.review("    ", &question);
    }
    stray_lines(guess, lines);
    note_line(guess, lines);
    indented_line(described, lines);
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
    section_lines(guess, lines);
    if let Some(joined) = &guess.joined {
        let columns: Vec<String> = guess.entity_with.iter().map(|name| quoted(name)).collect();
        let line = format!("    entity_with: [{}]", columns.join(", "));
        if joined.is_pair {
            lines.guess(&line, "the other ends of pairs: each pair is an entity, `DEU:FRA`");
        } else {
            lines.review(&line, &one_line(&joined.question()));
        }
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
    doubtful_lines(guess, lines);
    if let Some(column) = &guess.variable_column {
        lines.guess(&format!("    variable_column: {}", quoted(column)), "it tells an entity's rows apart");
    }
    condition_lines(guess, lines);
    // By another order years of two digits are others.
    let is_open = era_is_open(guess) || (guess.times.is_open() && guess.times.reading.century.is_some());
    let years = if is_open { &BTreeSet::new() } else { &guess.times.years };
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

/// The columns of which one text is read, and how many rows are read so.
fn condition_lines(guess: &TableGuess, lines: &mut Lines) {
    let conditions = &guess.conditions;
    if conditions.columns.is_empty() {
        return;
    }
    let count =
        format!("{} of {} rows are read so, as nothing tells the others apart", conditions.rows, guess.rows);
    lines.review("    where:", &count);
    for (column, texts) in &conditions.columns {
        let Some((most, rows)) = texts.first() else { continue };
        let others = texts.iter().skip(1).take(LISTED);
        let others: Vec<String> =
            others.map(|(text, rows)| format!("{} ({rows} rows)", told(text))).collect();
        let line = format!("      {}: {}", quoted(column), quoted(most));
        lines.review(&line, &format!("{rows} rows; or {}: which are meant?", others.join(", ")));
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

/// Names that say that their rows are the sums of the others.
fn total_line(names: &[String], lines: &mut Lines) {
    let totals: Vec<String> = names.iter().filter(|name| says_sum(name)).map(|name| quoted(name)).collect();
    if totals.is_empty() || totals.len() == names.len() {
        return;
    }
    let listed = totals.join(", ");
    let (seem, are) = if totals.len() == 1 {
        ("seems to be the total of the others", "is an entity beside them: `not_entities")
    } else {
        ("seem to be totals of the others", "are entities beside them: `not_entities")
    };
    lines.review("    ", &one_line(&format!("{listed} {seem}, and {are}: [{listed}]` leaves it out")));
}

/// Texts alone in their rows that are taken for notes.
fn note_line(guess: &TableGuess, lines: &mut Lines) {
    if guess.notes.is_empty() {
        return;
    }
    let texts: BTreeSet<String> = guess.notes.iter().map(|(text, _)| quoted(text)).collect();
    let texts: Vec<String> = texts.into_iter().collect();
    let rows: Vec<String> = guess.notes.iter().take(LISTED).map(|(_, row)| row.to_string()).collect();
    let more = if guess.notes.len() > LISTED { ", …" } else { "" };
    let of = if guess.notes.len() == 1 {
        "a note between the rows, which is left out (row"
    } else {
        "notes between the rows, which are left out (rows"
    };
    let seen = format!("{of} {}{more}): is that right?", rows.join(", "));
    lines.review(&format!("    not_entities: [{}]", texts.join(", ")), &seen);
}

/// Columns without a header that aren't read.
fn stray_lines(guess: &TableGuess, lines: &mut Lines) {
    for (name, texts) in &guess.strays {
        let shown: Vec<String> = texts.iter().map(|text| told(text)).collect();
        lines.review("    ", &one_line(&format!(
            "{name} has no header and isn't read ({}): a key or a variable is called by its place, `column: {}`",
            shown.join(", "),
            quoted(name)
        )));
    }
}

/// Headings that stand on rows of their own, as columns.
fn section_lines(guess: &TableGuess, lines: &mut Lines) {
    let Some(sections) = &guess.sections else { return };
    let column = &sections.header;
    let listed = |all: &[(String, u32)]| {
        let shown = all.iter().map(|(text, row)| format!("{} (row {row})", told(text)));
        shown.collect::<Vec<_>>().join(", ")
    };
    let mut asked = "each of these stands alone in its row: do the rows under it belong to it?".to_owned();
    if sections.levels.len() > 1 {
        asked.push_str(" Those over others are taken for the outer ones.");
    }
    if let Some(row) = sections.before {
        asked.push_str(&format!(" Row {row} is under none of a level: what is it of (`before`)?"));
    }
    if !sections.levels.iter().any(|level| guess.is_key(&level.name) || guess.has_texts(&level.name)) {
        asked.push_str(" The names are told apart without them, and they aren't read: name one under `entity_with` to read it");
    }
    lines.review("    sections:", &one_line(&asked));
    for (at, level) in sections.levels.iter().enumerate() {
        let mut texts: Vec<String> = Vec::new();
        for text in level.headings.iter().map(|(text, _)| quoted(text)) {
            if !texts.contains(&text) {
                texts.push(text);
            }
        }
        let notes: Vec<String> = sections.notes.iter().map(|(text, _)| quoted(text)).collect();
        let notes = if notes.is_empty() || at > 0 {
            String::new()
        } else {
            format!(", not_headings: [{}]", notes.join(", "))
        };
        let before = if level.has_none { format!(", before: {}", quoted(BEFORE)) } else { String::new() };
        let line = format!(
            "      - {{name: {}, column: {}, headings: [{}]{notes}{before}}}",
            yaml_word(&level.name),
            quoted(column),
            texts.join(", ")
        );
        lines.guess(&line, &one_line(&listed(&level.headings)));
    }
    if !sections.notes.is_empty() {
        lines.review(
            "      ",
            &one_line(&format!("taken for notes, and left out: {}", listed(&sections.notes))),
        );
    }
}

/// A cell, and what is read there.
fn told_example((cell, read): &(String, String)) -> String {
    format!("{cell} is {}", told(read))
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
