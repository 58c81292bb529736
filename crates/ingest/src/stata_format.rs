//! Display formats of Stata, which alone say that a number is a date.

use crate::calendar;

/// What a number under a format is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StataFormat {
    /// A number; `%ty` is one, too: the year itself.
    Number,
    /// Days from 1 January 1960.
    Day,
    /// Milliseconds from then on.
    Time,
    /// Months from January 1960.
    Month,
    /// Quarters from the first of 1960.
    Quarter,
    /// Halves of a year from the first of 1960.
    HalfYear,
    /// What can't be written as a date without more than the file says, in words.
    Refused(&'static str),
}

impl StataFormat {
    /// What a format says: `%td`, `%-tqCCYY!qq`, `%9.0g`.
    pub(crate) fn of(format: &str) -> Self {
        let rest = format.strip_prefix('%').unwrap_or(format);
        let rest = rest.trim_start_matches(['-', '~']);
        let mut letters = rest.chars();
        match (letters.next(), letters.next()) {
            (Some('d'), _) | (Some('t'), Some('d')) => StataFormat::Day,
            (Some('t'), Some('c')) => StataFormat::Time,
            (Some('t'), Some('m')) => StataFormat::Month,
            (Some('t'), Some('q')) => StataFormat::Quarter,
            (Some('t'), Some('h')) => StataFormat::HalfYear,
            (Some('t'), Some('C')) => StataFormat::Refused("times with leap seconds"),
            // They begin on the first of January, and the last of a year has 8 or 9 days.
            (Some('t'), Some('w')) => {
                StataFormat::Refused("weeks of Stata's own, which aren't those of ISO 8601")
            }
            (Some('t'), Some('b')) => StataFormat::Refused("days of a business calendar"),
            _ => StataFormat::Number,
        }
    }

    /// A number as the date that it stands for; nothing where it is none.
    pub(crate) fn text(self, number: f64) -> Option<String> {
        if number.fract() != 0.0 || number.abs() > 9e15 {
            return None;
        }
        let count = number as i64;
        let part = |in_a_year| calendar::part_from_1960(count, in_a_year);
        match self {
            StataFormat::Day => calendar::day_from_1960(count),
            StataFormat::Time => calendar::time_from_1960(count),
            StataFormat::Month => part(12).map(|(year, part)| format!("{year:04}-{:02}", part + 1)),
            StataFormat::Quarter => part(4).map(|(year, part)| format!("{year:04}Q{}", part + 1)),
            StataFormat::HalfYear => part(2).map(|(year, part)| format!("{year:04}H{}", part + 1)),
            StataFormat::Number | StataFormat::Refused(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_dates_under_their_formats() {
        // As Stata's `display %td 14610`, `%tq 160`, `%tm 481`, `%th -1`, `%tc 0` have them.
        for (format, number, text) in [
            ("%td", 14610.0, "2000-01-01"),
            ("%d", -1.0, "1959-12-31"),
            ("%-tdD_m_Y", 0.0, "1960-01-01"),
            ("%tq", 160.0, "2000Q1"),
            ("%tm", 481.0, "2000-02"),
            ("%th", -1.0, "1959H2"),
            ("%tcDDmonCCYY", 86_400_000.0, "1960-01-02"),
            ("%tc", 1_000.0, "1960-01-01T00:00:01"),
        ] {
            assert_eq!(StataFormat::of(format).text(number).as_deref(), Some(text), "{format}");
        }
        for format in ["%9.0g", "%ty", "%12s", "", "%tg"] {
            assert_eq!(StataFormat::of(format), StataFormat::Number, "{format}");
        }
        assert!(matches!(StataFormat::of("%tw"), StataFormat::Refused(_)));
        assert_eq!(StataFormat::Day.text(0.5), None);
    }
}
