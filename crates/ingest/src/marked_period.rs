//! Periods with a mark beside them: 2020Q1p, 2020-03 (e).

use vintner_panel::Period;

use crate::flag_pattern::{FlagPattern, without_flags};
use crate::fold::fold;
use crate::marked_time::MarkedPeriod;
use crate::number_rule::Flags;
use crate::year::is_mark;

/// The period that a text is without the marks that are declared; nothing where they leave none.
pub(crate) fn marked_period<E>(
    text: &str,
    flags: &Flags,
    read: impl Fn(&str) -> Result<Period, E>,
) -> Option<MarkedPeriod> {
    if flags.is_empty() {
        return None;
    }
    let patterns: Vec<FlagPattern> = flags.0.keys().map(|flag| FlagPattern::of(flag)).collect();
    let folded = fold(text);
    let found = without_flags(&folded, &patterns).into_iter();
    found
        .filter(|(rest, _)| !rest.is_empty())
        .find_map(|(rest, mark)| Some(MarkedPeriod { period: read(rest).ok()?, mark: Some(mark) }))
}

/// The period, or the part of a year, that a text is with a mark beside it that nobody declared, and the mark.
pub(crate) fn undeclared_mark<P, E>(text: &str, read: impl Fn(&str) -> Result<P, E>) -> Option<(P, String)> {
    let folded = fold(text);
    // What is longer is no period.
    if folded.chars().count() > LONGEST {
        return None;
    }
    let ends: Vec<usize> = folded.char_indices().skip(1).map(|(at, _)| at).collect();
    ends.into_iter().rev().find_map(|at| {
        let (before, after) = folded.split_at_checked(at)?;
        let (bare, mark) = (before.trim_end_matches(' '), after.trim_matches(' '));
        let set_off = bare.len() < before.len();
        let own = !mark.is_empty() && is_mark(mark, set_off);
        Some((read(bare).ok().filter(|_| own)?, mark.to_owned()))
    })
}

/// So many characters a period with its mark may have.
const LONGEST: usize = 60;

#[cfg(test)]
mod tests {
    use super::*;
    use vintner_panel::{Frequency, PeriodReading};

    #[test]
    fn marks_are_told_from_parts_of_periods() {
        let of = |frequency| PeriodReading { frequency: Some(frequency), ..PeriodReading::default() };
        let quarters = |text: &str| {
            undeclared_mark(text, |text| of(Frequency::Quarter).read(text))
                .map(|(period, mark)| format!("{period} {mark}"))
        };
        for (text, found) in [
            ("2020Q1p", Some("2020Q1 p")),
            ("2020Q1 (p)", Some("2020Q1 (p)")),
            ("Q1 2020*", Some("2020Q1 *")),
            ("2020Q1 prel.", Some("2020Q1 prel.")),
            ("2020年第1季度(预计)", Some("2020Q1 (预计)")),
            ("2020Q11", None),
            ("2020Q1 total", None),
            ("2020Q1=100", None),
            ("2020Q1", None),
            ("", None),
        ] {
            assert_eq!(quarters(text).as_deref(), found, "{text}");
        }
        let months = undeclared_mark("2020-03 (e)", |text| of(Frequency::Month).read(text));
        assert_eq!(months.map(|(period, mark)| format!("{period} {mark}")).as_deref(), Some("2020-03 (e)"));
    }
}
