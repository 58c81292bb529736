//! Numbers of one digit or Roman beside years, `2000.1`, `20001` and `I/2000`, which may count months, quarters or halves.

use std::collections::{BTreeMap, BTreeSet};

use vintner_panel::{Frequency, PeriodReading};

use super::time_reading::YEARS;
use crate::fold::fold;

/// What the numbers beside years count.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct NumberedParts {
    /// What they most likely do.
    pub(super) frequency: Option<Frequency>,
    /// What else they may, and a text as it would then be read.
    pub(super) others: Vec<(Frequency, String)>,
    /// One of the texts, and as it is read.
    pub(super) example: (String, String),
}

/// What is added to a number of two digits.
const TWO_DIGITS: u32 = 100;

/// The year, its part and whether anything stands between them, where a text writes no more.
fn year_and_part(text: &str) -> Option<(i32, u32, bool)> {
    let folded = fold(text);
    let (year, part, is_set_off) = match folded.split_once(['-', '/', '.', ':', ' ']) {
        Some((one, other)) if one.len() == 4 && one != "VIII" => (one, other, true),
        Some((one, other)) => (other, one, true),
        None => {
            let (year, part) = folded.split_at_checked(4)?;
            (year, part, false)
        }
    };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let part = match ROMAN.iter().position(|own| *own == part) {
        Some(at) if is_set_off => u32::try_from(at + 1).ok()?,
        _ if digits(part) && part.len() == 1 => part.parse().ok()?,
        // Two digits are a month's, and no number of one.
        _ if digits(part) && part.len() == 2 => TWO_DIGITS + part.parse::<u32>().ok()?,
        _ => return None,
    };
    let year: i32 = year.parse().ok().filter(|_| digits(year) && year.len() == 4)?;
    YEARS.contains(&year).then_some((year, part, is_set_off))
}

/// Numbers of months, quarters and halves in letters.
const ROMAN: [&str; 12] = ["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII"];

/// Whether a text is five digits, of which the last may count quarters.
pub(super) fn is_year_and_quarter(text: &str) -> bool {
    matches!(year_and_part(text), Some((_, 1..=4, false)))
}

/// What numbers beside years count, where nearly all of some texts have them, and none beyond four: quarters where all
/// four are there, halves where years have two; else nothing is likelier. None of other texts.
pub(super) fn numbered_parts<'t>(texts: impl Iterator<Item = &'t str>) -> Option<NumberedParts> {
    let (mut years, mut marks) = (BTreeMap::<i32, BTreeSet<u32>>::new(), BTreeSet::new());
    let (mut count, mut others) = (0, 0);
    let mut example: Option<(bool, String)> = None;
    for text in texts {
        match year_and_part(text) {
            Some((_, 5.., _) | (_, 0, _)) => return None,
            Some((year, part, is_set_off)) => {
                years.entry(year).or_default().insert(part);
                marks.insert(is_set_off);
                count += 1;
                // Beyond the first, parts of different lengths don't begin together.
                if example.as_ref().is_none_or(|(is_beyond, _)| part > 1 && !is_beyond) {
                    example = Some((part > 1, text.trim().to_owned()));
                }
            }
            None => others += 1,
        }
    }
    if count < 2 || others * 4 > count || marks.len() > 1 {
        return None;
    }
    let parts: BTreeSet<u32> = years.values().flatten().copied().collect();
    let within: Vec<&BTreeSet<u32>> = years.values().skip(1).take(years.len().saturating_sub(2)).collect();
    let has_all = |of: u32| {
        let all: BTreeSet<u32> = (1..=of).collect();
        parts == all && within.iter().all(|own| **own == all)
    };
    let frequency = if parts.len() == 4 {
        Some(Frequency::Quarter)
    } else if years.len() > 1 && has_all(2) {
        Some(Frequency::HalfYear)
    } else {
        None
    };
    let (_, text) = example?;
    let read = |frequency: Frequency| {
        let reading = PeriodReading { frequency: Some(frequency), ..PeriodReading::default() };
        reading.read(&text).ok().map(|period| period.to_string())
    };
    let tried = [Frequency::Quarter, Frequency::Month, Frequency::HalfYear].into_iter();
    let fits = |own: &Frequency| {
        parts.last().zip(own.in_a_year()).is_some_and(|(most, all)| *most <= all.unsigned_abs())
    };
    let readings: Vec<(Frequency, String)> =
        tried.filter(fits).filter_map(|own| Some((own, read(own)?))).collect();
    let own = readings.iter().find(|(own, _)| Some(*own) == frequency).map(|(_, read)| read.clone());
    Some(NumberedParts {
        frequency,
        others: readings.into_iter().filter(|(own, _)| Some(*own) != frequency).collect(),
        example: (text, own.unwrap_or_default()),
    })
}

/// Whether texts count months behind a point, of which the tenth is written with its zero: 2000.1 to 2000.12.
pub(super) fn are_counted_months<'t>(mut texts: impl Iterator<Item = &'t str>) -> bool {
    let (mut has_first, mut has_tenth) = (BTreeSet::new(), BTreeSet::new());
    let fits = texts.all(|text| match year_and_part(text).filter(|_| text.contains('.')) {
        Some((year, part, true))
            if (1..=9).contains(&part) || (TWO_DIGITS + 10..=TWO_DIGITS + 12).contains(&part) =>
        {
            if part == 1 {
                has_first.insert(year);
            } else if part == TWO_DIGITS + 10 {
                has_tenth.insert(year);
            }
            true
        }
        _ => false,
    });
    // Of a year that has both neither is the other.
    fits && has_first.intersection(&has_tenth).next().is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(texts: &[&str]) -> Option<Option<Frequency>> {
        numbered_parts(texts.iter().copied()).map(|found| found.frequency)
    }

    #[test]
    fn four_are_quarters_and_two_are_halves() {
        let quarter = Some(Some(Frequency::Quarter));
        for texts in [
            ["2000.1", "2000.2", "2000.3", "2000.4"],
            ["2000:1", "2000:2", "2000:3", "2000:4"],
            ["4-2000", "1-2001", "2-2001", "3-2001"],
            ["20003", "20004", "20011", "20012"],
            ["I/2000", "II/2000", "III/2000", "IV/2000"],
            ["2000 I", "2000 II", "2000 III", "2000 IV"],
        ] {
            assert_eq!(counted(&texts), quarter, "{texts:?}");
        }
        assert_eq!(counted(&["2000-1", "2000-2", "2001-1", "2001-2"]), Some(Some(Frequency::HalfYear)));
        // Three terms, three quarters or three months.
        assert_eq!(counted(&["2000.1", "2000.2", "2000.3"]), Some(None));
        assert_eq!(counted(&["2000-1", "2000-2"]), Some(None));
        for texts in [
            ["2000.1", "2000.2", "2000.12"],
            ["III/2000", "IV/2000", "VIII/2000"],
            ["2000-01", "2000-02", "2000-03"],
        ] {
            assert_eq!(counted(&texts), None, "{texts:?}");
        }
        let found = numbered_parts(["2000.1", "2000.2", "2000.3", "2000.4"].into_iter());
        let other = found.and_then(|found| found.others.into_iter().next());
        assert_eq!(other, Some((Frequency::Month, "2000-02".to_owned())));
    }

    #[test]
    fn months_behind_a_point_are_counted_where_their_tenth_has_its_zero() {
        let are = |texts: &[&str]| are_counted_months(texts.iter().copied());
        assert!(are(&["2000.1", "2000.2", "2000.9", "2000.10", "2000.12"]));
        // The zero may be lost, or is there before the first nine.
        assert!(!are(&["2000.1", "2000.2", "2000.11", "2000.12"]));
        assert!(!are(&["2000.01", "2000.02", "2000.10"]) && !are(&["2000.1", "2000.10", "2000.13"]));
        assert!(!are(&["2000-1", "2000-10"]));
    }
}
