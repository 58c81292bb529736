//! How the numbers of a source are written, in lines of a manifest.

use vintner_panel::shortest_decimal;

use super::described::Described;
use super::manifest_writer::Lines;
use super::names::{quoted, told};
use super::numbers_seen::NumbersIn;
use super::value_guess::ValueGuess;
use crate::number_rule::{DecimalMark, Grouping, Negative, NumberRule, Percent};
use crate::source::ValueKind;

/// The rule of numbers of the whole source, where its columns need one: whether a comma stands before fractions.
pub(super) fn numbers_line(described: &Described<'_>, lines: &mut Lines) -> bool {
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
        (None, None, Some((value, either))) if value.seen.as_groups.is_some() => {
            let question = two_readings(value, &either);
            if flags.is_empty() {
                lines.review("    ", &question);
            } else {
                lines.review(&format!("    numbers: {{{flags}}}"), &format!("{question}{marked}"));
            }
            false
        }
        (None, None, Some((_, either))) => {
            let group = either.contains(',');
            let (as_group, as_fraction) = if group { (".", ",") } else { (",", ".") };
            if flags.is_empty() {
                let question = format!(
                    "{} has two readings: write `numbers: {{decimal: \"{as_group}\"}}` if its mark divides groups, `numbers: {{decimal: \"{as_fraction}\"}}` if a fraction follows",
                    told(&either)
                );
                lines.review("    ", &question);
            } else {
                // Of two lines of one name the second would be a fault.
                let question = format!(
                    "{} has two readings: add `decimal: \"{as_group}\"` here if its mark divides groups, `decimal: \"{as_fraction}\"` if a fraction follows{marked}",
                    told(&either)
                );
                lines.review(&format!("    numbers: {{{flags}}}"), &question);
            }
            false
        }
        _ => {
            flags_alone(lines);
            false
        }
    }
}

/// The two readings of a text whose mark may stand before a fraction or divide groups, as others are divided otherwise.
fn two_readings(value: &ValueGuess, either: &str) -> String {
    let (own, as_groups) = (&value.seen.rule, value.seen.as_groups.as_ref());
    let groups_by = as_groups.and_then(|rule| rule.decimal);
    let as_fraction = match groups_by {
        Some(DecimalMark::Point) => DecimalMark::Comma,
        _ => DecimalMark::Point,
    };
    let read = |by: DecimalMark| {
        let number = NumbersIn::new(&value.seen, by == DecimalMark::Comma).number(either);
        number.map(shortest_decimal).unwrap_or_default()
    };
    let separators = |decimal: Option<DecimalMark>, grouping: &[Grouping]| {
        rule_text(&NumberRule { decimal, grouping: grouping.to_vec(), ..NumberRule::default() }, false)
    };
    format!(
        "{} is {} or {}, as other numbers have groups of their own: write `numbers: {{{}}}` if its mark divides groups, too, `numbers: {{{}}}` if a fraction follows",
        told(either),
        groups_by.map(read).unwrap_or_default(),
        read(as_fraction),
        separators(groups_by, as_groups.map_or(&[], |rule| &rule.grouping)),
        separators(Some(as_fraction), &own.grouping),
    )
}

/// The rule of a column, as far as the source's other columns or its own texts decide how groups are divided.
pub(super) fn column_rule(described: &Described<'_>, value: &ValueGuess, by_comma: bool) -> NumberRule {
    let own = &value.seen.rule;
    let Some(as_groups) = &value.seen.as_groups else { return own.clone() };
    let values = || described.columns.iter().map(|column| &column.value.seen);
    let by_point = values().any(|seen| seen.by_point.is_some());
    let decided = match (by_point, by_comma) {
        (true, false) if values().all(|seen| seen.by_comma.is_none()) => DecimalMark::Point,
        (false, true) => DecimalMark::Comma,
        _ => return NumberRule { decimal: None, grouping: Vec::new(), ..own.clone() },
    };
    if as_groups.decimal == Some(decided) { as_groups.clone() } else { own.clone() }
}

/// A rule as it is written in a manifest, without its braces.
pub(super) fn rule_text(rule: &NumberRule, by_comma: bool) -> String {
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
