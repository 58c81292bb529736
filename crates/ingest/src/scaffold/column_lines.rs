//! The variables of a source, in lines of a manifest.

use std::collections::BTreeSet;
use std::fmt::Write;

use super::described::{Described, LISTED};
use super::known::Column;
use super::manifest_writer::Lines;
use super::measures_seen::Measures;
use super::names::{examples, one_line, quoted, slug, told, unique};
use super::number_lines::{column_rule, rule_text};
use super::value_guess::{TEXTS, ValueGuess};
use crate::source::{TIME_WITHIN, ValueKind};
use crate::yaml_word::yaml_word;

pub(super) fn column_lines(
    described: &Described<'_>,
    by_comma: bool,
    variables: &mut Vec<String>,
    lines: &mut Lines,
) {
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
            column_line(described, column, &name, by_comma, lines);
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

fn column_line(
    described: &Described<'_>,
    column: &Column<'_>,
    variable: &str,
    by_comma: bool,
    lines: &mut Lines,
) {
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
        let rule = rule_text(&column_rule(described, value, by_comma), by_comma);
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
    if value.headless {
        doubts.insert(0, "it has no header: what is it? Leave it out if it is nothing".into());
    }
    match &value.measures {
        Some(Measures::Times) => doubts.push(
            "these seem to be durations or times of the day, and are read as texts: write them as numbers of one unit (minutes, say) \
             in a copy of the file, if they are to be numbers"
                .into(),
        ),
        Some(Measures::Units(units)) => {
            let listed: Vec<String> = units.iter().map(|unit| quoted(unit)).collect();
            let listed = listed.join(", ");
            doubts.push(match units.as_slice() {
                [_] => format!(
                    "numbers with their unit, read as texts: to read the numbers, write `numbers: {{flags: [{listed}]}}` in place of `type: text`"
                ),
                _ => format!("numbers in several units ({listed}), read as texts: write them in one unit in a copy of the file"),
            });
        }
        None => {}
    }
    if !described.guess.is_entity_named() && value.kind == ValueKind::Text && !value.totals.is_empty() {
        let listed: Vec<String> = value.totals.iter().take(LISTED).map(|text| told(text)).collect();
        doubts.push(format!(
            "rows with {} seem to be sums of others: leave them out in a copy of the file if they aren't to count twice",
            listed.join(", ")
        ));
    }
    if value.ids_beyond {
        doubts.push("whole numbers that 64 bits don't hold: are they ids?".into());
    }
    doubts.extend(value.unread.as_ref().map(|message| format!("some cells can't be read yet: {message}")));
    if let Some(formula) = value.formula.as_ref().filter(|_| value.kind == ValueKind::Text) {
        doubts.push(format!(
            "{} is read as it stands, formula and all: write the texts without it in a copy if they are to be read without",
            told(formula)
        ));
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
        let doubts = doubts.join("; ");
        let end = if doubts.ends_with('?') { "" } else { ";" };
        lines.review(&line, &one_line(&format!("{doubts}{end} {}", seen(value))));
    }
}

fn seen(value: &ValueGuess) -> String {
    let mut text = match value.kind {
        ValueKind::Text => format!("{} texts", value.numbers),
        _ if value.numbers == 0 => "no number yet".to_owned(),
        _ => format!("{} numbers, {} to {}", value.numbers, value.least, value.most),
    };
    if value.blank > 0 {
        let _ = write!(text, ", {} blank", value.blank);
    }
    if value.cut {
        let _ = write!(text, ", counted over its first {TEXTS} different texts");
    }
    if !value.examples.is_empty() {
        let _ = write!(text, "; {}", examples(&value.examples));
    }
    one_line(&text)
}
