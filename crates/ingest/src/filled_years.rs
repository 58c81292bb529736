//! Columns of times of which only the first of each year names it.

use vintner_panel::{Frequency, Period, PeriodReading};

use crate::flag_pattern::{FlagPattern, without_flags};
use crate::fold::fold;
use crate::marked_period::{marked_period, undeclared_mark};
use crate::part_of_year::{PartDoubt, part_doubt, part_in};
use crate::source::Source;

/// Stands among texts that are no times for any year, where times are parts of years.
pub(crate) const ANY_YEAR: &str = "{year}";

/// What a cell of such a column says.
#[derive(Debug, PartialEq)]
pub(crate) enum TimeCell {
    /// A time with its year.
    Whole(Period),
    /// A year alone, which is that of the parts under it.
    Year(i32),
    /// A part of the year that stands above it, with the mark beside it.
    Part(u32, Option<String>),
    /// No time, as is known: a sum, or words without a number.
    Nothing,
    /// What can't be read.
    Other,
}

/// How such a column is read.
#[derive(Debug)]
pub(crate) struct YearParts<'s> {
    source: &'s Source,
    reading: PeriodReading,
    frequency: Frequency,
    flags: Vec<FlagPattern>,
    /// Texts that are no times, folded.
    not_times: Vec<String>,
}

impl<'s> YearParts<'s> {
    /// For the times of a source; nothing where it doesn't say how long they are.
    pub(crate) fn of(source: &'s Source) -> Option<Self> {
        let reading = source.period_of_times()?;
        let flags = source.numbers.flags.0.keys().map(|flag| FlagPattern::of(flag)).collect();
        let not_times = source.not_times.iter().map(|text| fold(text)).collect();
        Some(Self { source, reading, frequency: reading.frequency?, flags, not_times })
    }

    /// What a text says.
    pub(crate) fn read(&self, text: &str) -> TimeCell {
        let folded = fold(text);
        if self.not_times.contains(&folded) && bare_year(self.source, text).is_none() {
            return TimeCell::Nothing;
        }
        let read = |text: &str| self.reading.read(&self.source.in_common_years(text));
        let marked = || marked_period(text, &self.source.numbers.flags, read).map(|found| found.period);
        // One that isn't declared is told of where the time is read.
        let undeclared = || undeclared_mark(text, read).map(|(period, _)| period);
        if let Some(period) = read(text).ok().or_else(marked).or_else(undeclared) {
            return TimeCell::Whole(period);
        }
        let part = |text: &str| part_in(text, self.reading);
        if let Some(own) = part(text) {
            return TimeCell::Part(own, None);
        }
        let with_mark = without_flags(&folded, &self.flags).into_iter();
        if let Some((own, mark)) = with_mark.into_iter().find_map(|(rest, mark)| Some((part(rest)?, mark))) {
            return TimeCell::Part(own, Some(mark));
        }
        if let Some((own, mark)) = undeclared_mark(text, |text| part(text).ok_or(())) {
            return TimeCell::Part(own, Some(mark));
        }
        match bare_year(self.source, text) {
            Some(year) => TimeCell::Year(year),
            None if text.chars().any(char::is_numeric) => TimeCell::Other,
            None => TimeCell::Nothing,
        }
    }

    /// Whether a number alone may be that of a month, for all that the time above it says: 4 may be April, behind 3 it isn't.
    pub(crate) fn may_be_month(&self, text: &str, part: u32, before: Option<Period>) -> bool {
        let is_next = before.is_some_and(|before| before.part() + 1 == part && part > 2);
        matches!(part_doubt(text, self.reading), Some(PartDoubt::Either(_))) && !is_next
    }

    /// The period that a part of a year is.
    pub(crate) fn period(&self, year: i32, part: u32) -> Option<Period> {
        Period::of_year(self.frequency, year, part)
    }
}

/// The year that a text is, written with all its digits, and nothing else; where times are parts of years.
pub(crate) fn bare_year(source: &Source, text: &str) -> Option<i32> {
    let reading = PeriodReading { frequency: Some(Frequency::Year), ..PeriodReading::default() };
    let text = source.in_common_years(text);
    let has_day = text.contains(['-', '/']);
    reading.read(&text).ok().filter(|_| !has_day).map(Period::in_year)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn years_parts_and_marks_are_told_apart() {
        let source = serde_json::json!({
            "name": "a", "file": "a.csv", "sha256": "", "format": "csv", "time": "t", "columns": [],
            "period": {"frequency": "quarter"}, "fill": {"t": "year"}, "numbers": {"flags": ["p", "(e)"]},
            "not_times": ["Total 1-4"],
        });
        let source: Source = serde_json::from_value(source).unwrap();
        let parts = YearParts::of(&source).unwrap();
        let quarter = |text: &str| TimeCell::Whole(text.parse().unwrap());
        for (text, read) in [
            ("2020Q1", quarter("2020Q1")),
            ("2020Q1p", quarter("2020Q1")),
            ("1994/ 1- 3.", quarter("1994Q1")),
            ("2020", TimeCell::Year(2020)),
            ("2020年", TimeCell::Year(2020)),
            ("Q3", TimeCell::Part(3, None)),
            ("Q3p", TimeCell::Part(3, Some("p".into()))),
            ("4- 6. (e)", TimeCell::Part(2, Some("(e)".into()))),
            ("Q3*", TimeCell::Part(3, Some("*".into()))),
            ("2020Q1*", quarter("2020Q1")),
            ("2020 revised", TimeCell::Other),
            ("Total 1-4", TimeCell::Nothing),
            ("of which", TimeCell::Nothing),
        ] {
            assert_eq!(parts.read(text), read, "{text}");
        }
    }
}
