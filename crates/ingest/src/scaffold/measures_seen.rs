//! Texts that are a number and its unit, or a length of time, and that no rule reads as a number.

use std::collections::BTreeSet;

use crate::fold::fold;
use crate::number::parse_number;

/// So many different units a column of measures has at most.
const UNITS: usize = 4;

/// What the texts of a column are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Measures {
    /// Lengths of time, or times of the day.
    Times,
    /// Numbers with these units behind them.
    Units(Vec<String>),
}

/// What nearly all of some texts are, if they are measures.
pub(super) fn measures<'t>(texts: impl Iterator<Item = &'t String>) -> Option<Measures> {
    let folded: Vec<String> = texts.map(|text| fold(text)).filter(|text| !text.is_empty()).collect();
    let most = |count: usize| count > 0 && count * 10 >= folded.len() * 8;
    let units: Vec<String> = folded.iter().filter_map(|text| unit(text)).collect();
    let distinct: BTreeSet<String> = units.iter().cloned().collect();
    if most(units.len()) && distinct.len() <= UNITS {
        return Some(Measures::Units(distinct.into_iter().collect()));
    }
    most(folded.iter().filter(|text| is_time(text)).count()).then_some(Measures::Times)
}

/// The unit behind a number: `min` of `90 min`; nothing where a text is anything else.
fn unit(text: &str) -> Option<String> {
    let begins = text.find(|character: char| !character.is_ascii_digit() && !"+-., ".contains(character))?;
    let (number, unit) = text.split_at_checked(begins)?;
    let (bare, unit) = (number.trim_end(), unit.trim());
    let is_set_off = number.ends_with(' ');
    let is_unit = unit.chars().all(|character| character.is_alphabetic() || "°²³/.%".contains(character));
    // 4x and 12B may be names.
    let is_long = is_set_off || unit.chars().count() > 1;
    (is_unit && is_long && parse_number(bare).is_some()).then(|| unit.to_owned())
}

/// Whether a text is a length of time or a time of the day: `01:30:00`, `2:05`, `1h 30m`, `PT1H30M`, `2 days 03:00:00`.
fn is_time(text: &str) -> bool {
    let lower = text.to_lowercase();
    let lower = lower.trim_start_matches(['-', '+']);
    let mut words = 0;
    let parts = pieces(lower.strip_prefix('p').unwrap_or(lower));
    let all = parts.iter().all(|(number, unit)| {
        words += usize::from(!unit.is_empty());
        is_clock(number) && unit.is_empty() || parse_number(number).is_some() && says_time(unit)
    });
    all && (words > 0 || parts.iter().any(|(number, _)| number.contains(':')))
}

/// Numbers, each with the letters behind it.
fn pieces(text: &str) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    let mut in_word = true;
    for character in text.chars() {
        let is_number = character.is_ascii_digit() || ":.,".contains(character);
        match found.last_mut() {
            _ if character.is_whitespace() => {}
            Some((number, _)) if is_number && !in_word => number.push(character),
            _ if is_number => found.push((character.to_string(), String::new())),
            Some((_, unit)) => unit.push(character),
            // `T` of `PT1H` stands before its number.
            None if character == 't' => {}
            None => return Vec::new(),
        }
        in_word = if character.is_whitespace() { in_word } else { !is_number };
    }
    found
}

/// Whether a text is hours, minutes and seconds between colons.
fn is_clock(text: &str) -> bool {
    let parts: Vec<&str> = text.split(':').collect();
    let digits = |part: &str| {
        part.split_once('.').map_or(part, |(whole, _)| whole).parse::<u32>().ok().filter(|_| part.len() <= 9)
    };
    matches!(parts.len(), 2 | 3)
        && parts.iter().skip(1).all(|part| part.len() >= 2 && digits(part).is_some_and(|own| own < 60))
        && parts.first().is_some_and(|part| part.len() <= 4 && digits(part).is_some())
}

fn says_time(unit: &str) -> bool {
    const UNITS: [&str; 46] = [
        "h", "hr", "hrs", "hour", "hours", "std", "stunde", "stunden", "heure", "heures", "hora", "horas",
        "ч", "m", "mn", "min", "mins", "minute", "minutes", "minuten", "minutos", "мин", "s", "sec", "secs",
        "second", "seconds", "sek", "sekunden", "сек", "ms", "d", "day", "days", "tag", "tage", "jour",
        "jours", "w", "week", "weeks", "小时", "分钟", "分", "秒", "天",
    ];
    let unit = unit.trim_end_matches(['.', ',', 't']);
    UNITS.contains(&unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(texts: &[&str]) -> Option<Measures> {
        let texts: Vec<String> = texts.iter().map(|text| (*text).to_owned()).collect();
        measures(texts.iter())
    }

    #[test]
    fn durations_and_numbers_with_units_are_told_from_names() {
        for texts in [
            &["01:30:00", "02:41:33"][..],
            &["2:05", "0:50"],
            &["1h 30m", "2h 05m"],
            &["PT1H30M", "PT45M"],
            &["2 days 03:00:00", "0 days 04:00:00"],
            &["1小时30分", "2小时5分"],
        ] {
            assert_eq!(seen(texts), Some(Measures::Times), "{texts:?}");
        }
        assert_eq!(seen(&["90 min", "45 min"]), Some(Measures::Units(vec!["min".into()])));
        assert_eq!(seen(&["12.5km", "3km", "400 m"]), Some(Measures::Units(vec!["km".into(), "m".into()])));
        for texts in [
            &["Kenya", "Japan"][..],
            &["A1", "B2"],
            &["4x", "12B"],
            &["1:1", "2:1"],
            &["2019-01-02", "2019-01-03"],
            &["3 brothers and a sister", "none"],
            &["n/a", ".."],
            &["01234", "00123"],
            &[],
        ] {
            assert_eq!(seen(texts), None, "{texts:?}");
        }
    }
}
