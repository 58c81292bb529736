//! A period: a year, a quarter, a month and so on, and the arithmetic of them.

use std::fmt;
use std::ops::RangeInclusive;

use chrono::{Datelike, NaiveDate};
use serde::{Serialize, Serializer};

use crate::frequency::{Frequency, day_number};

/// A stretch of time of one of the calendar's lengths.
///
/// It is kept as a number: periods that follow one another have numbers that do, so that lags, gaps and windows
/// are differences of whole numbers whatever the frequency. A year's number is the year itself, a day's counts
/// from 1 January 1970.
///
/// They are read from text in the forms of [`PeriodReading`](crate::PeriodReading) and printed in one: `1990`, `1990H1`,
/// `1990Q1`, `1990-03`, `1990-W07`, `1990-03-07`. Those of one frequency are ordered by time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Period {
    frequency: Frequency,
    ordinal: i32,
}

impl Period {
    /// A year, or any other time that is counted in whole numbers.
    pub const fn year(year: i32) -> Self {
        Self { frequency: Frequency::Year, ordinal: year }
    }

    /// The `part`-th half, quarter, month, week or day of a year, counted from 1; of a year, 1 is all of it.
    pub fn of_year(frequency: Frequency, year: i32, part: u32) -> Option<Self> {
        Some(Self { frequency, ordinal: frequency.ordinal(year, part)? })
    }

    /// A day of the calendar.
    pub fn date(year: i32, month: u32, day: u32) -> Option<Self> {
        let date = NaiveDate::from_ymd_opt(year, month, day)?;
        // By the day of the year, so that the years are bounded in one place.
        Self::of_year(Frequency::Day, year, date.ordinal())
    }

    /// The day of an ISO week, from Monday (1) to Sunday (7).
    pub fn week_day(year: i32, week: u32, weekday: u32) -> Option<Self> {
        let weekday = chrono::Weekday::try_from(u8::try_from(weekday.checked_sub(1)?).ok()?).ok()?;
        let date = NaiveDate::from_isoywd_opt(year, week, weekday)?;
        Self::from_ordinal(Frequency::Day, day_number(date))
    }

    /// The period of a number; none where it lies before the year 1 or after 9999.
    pub fn from_ordinal(frequency: Frequency, ordinal: i32) -> Option<Self> {
        frequency.year_and_part(ordinal).map(|_| Self { frequency, ordinal })
    }

    /// How long it is.
    pub fn frequency(self) -> Frequency {
        self.frequency
    }

    /// Its number among those of its frequency.
    pub fn ordinal(self) -> i32 {
        self.ordinal
    }

    /// The year that it lies in; a week's is that of its Thursday.
    pub fn in_year(self) -> i32 {
        self.year_and_part().0
    }

    /// Which half, quarter, month, week or day of its year it is, counted from 1.
    pub fn part(self) -> u32 {
        self.year_and_part().1
    }

    fn year_and_part(self) -> (i32, u32) {
        // Nothing makes a period that lies outside.
        self.frequency.year_and_part(self.ordinal).unwrap_or((self.ordinal, 1))
    }

    /// The period so many later, or earlier where `count` is negative.
    pub fn plus(self, count: i32) -> Option<Self> {
        Self::from_ordinal(self.frequency, self.ordinal.checked_add(count)?)
    }

    /// The numbers of the periods of another frequency that lie in it, from the first to the last; none where those don't
    /// divide it, as weeks don't divide any but their days and themselves.
    pub fn divided(self, shorter: Frequency) -> Option<RangeInclusive<i32>> {
        let (year, part) = self.frequency.year_and_part(self.ordinal)?;
        let part = i32::try_from(part).ok()? - 1;
        if shorter == self.frequency {
            return Some(self.ordinal..=self.ordinal);
        }
        match (self.frequency, shorter) {
            (Frequency::Week, Frequency::Day) => {
                let monday = Self::week_day(year, (part + 1).unsigned_abs(), 1)?.ordinal;
                Some(monday..=monday + 6)
            }
            (_, Frequency::Day) => {
                let months = self.divided(Frequency::Month)?;
                let first = |month: i32| {
                    let (year, part) = Frequency::Month.year_and_part(month)?;
                    Some(Self::date(year, part, 1)?.ordinal)
                };
                let last = *months.end();
                // December of the last year has no month after it.
                let next = first(last + 1).or_else(|| first(last).map(|first| first + 31))?;
                Some(first(*months.start())?..=next - 1)
            }
            _ => {
                let (own, parts) = (self.frequency.in_a_year()?, shorter.in_a_year()?);
                if parts % own != 0 {
                    return None;
                }
                let each = parts / own;
                let first = Self::of_year(shorter, year, (part * each + 1).unsigned_abs())?.ordinal;
                Some(first..=first + each - 1)
            }
        }
    }

    /// How many periods after `earlier` it comes; none where they are of different lengths.
    pub fn since(self, earlier: Self) -> Option<i32> {
        if self.frequency != earlier.frequency {
            return None;
        }
        self.ordinal.checked_sub(earlier.ordinal)
    }
}

impl From<i32> for Period {
    fn from(year: i32) -> Self {
        Self::year(year)
    }
}

impl fmt::Display for Period {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&self.frequency.label(self.ordinal))
    }
}

impl Serialize for Period {
    /// A year as a whole number, all else as text.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.frequency {
            Frequency::Year => serializer.serialize_i32(self.ordinal),
            _ => serializer.collect_str(self),
        }
    }
}

#[cfg(test)]
#[allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn frequencies() -> impl Strategy<Value = Frequency> {
        prop::sample::select(Frequency::ALL.to_vec())
    }

    /// Any period whose year has four digits.
    fn periods() -> impl Strategy<Value = Period> {
        (frequencies(), 1000..9999_i32, 1..=366_u32).prop_map(|(frequency, year, part)| {
            let parts = frequency.in_a_year().map_or(366, i32::unsigned_abs);
            let part = if frequency == Frequency::Week { part % 53 + 1 } else { (part - 1) % parts + 1 };
            Period::of_year(frequency, year, part)
                .or_else(|| Period::of_year(frequency, year, 1))
                .expect("each year has a first")
        })
    }

    proptest! {
        #[test]
        fn what_is_printed_reads_back(period in periods()) {
            prop_assert_eq!(period.to_string().parse::<Period>().unwrap(), period);
            let json = serde_json::to_string(&period).unwrap();
            prop_assert_eq!(serde_json::from_str::<Period>(&json).unwrap(), period);
            let again = Period::of_year(period.frequency(), period.in_year(), period.part());
            prop_assert_eq!(again, Some(period));
        }

        #[test]
        fn text_is_ordered_as_time_is(one in periods(), steps in -5000..5000_i32) {
            let Some(other) = one.plus(steps) else { return Ok(()) };
            prop_assume!((1000..=9999).contains(&other.in_year()));
            prop_assert_eq!(one.cmp(&other), one.to_string().cmp(&other.to_string()));
            prop_assert_eq!(one.cmp(&other), 0.cmp(&steps));
        }

        #[test]
        fn steps_add_up(one in periods(), first in -3000..3000_i32, second in -3000..3000_i32) {
            let (Some(near), Some(far)) = (one.plus(first), one.plus(first + second)) else { return Ok(()) };
            prop_assert_eq!(near.plus(second), Some(far));
            prop_assert_eq!(far.since(one), Some(first + second));
            prop_assert_eq!(near.plus(-first), Some(one));
        }

        #[test]
        fn what_it_is_divided_into_covers_it(one in periods(), shorter in frequencies()) {
            let Some(parts) = one.divided(shorter) else {
                let weekly = [one.frequency(), shorter].contains(&Frequency::Week);
                prop_assert!(weekly || one.frequency() > shorter);
                return Ok(());
            };
            // The next begins where it ends, and days count the same whichever way they are reached.
            let after = one.plus(1).and_then(|next| next.divided(shorter));
            if let Some(after) = after {
                prop_assert_eq!(*after.start(), *parts.end() + 1);
            }
            let days = |part: i32| Period::from_ordinal(shorter, part).and_then(|part| part.divided(Frequency::Day));
            let own = one.divided(Frequency::Day);
            prop_assert_eq!(days(*parts.start()).map(|days| *days.start()), own.clone().map(|days| *days.start()));
            prop_assert_eq!(days(*parts.end()).map(|days| *days.end()), own.map(|days| *days.end()));
        }

        #[test]
        fn no_text_breaks_the_reader(text in "\\PC{0,24}") {
            let _ = text.parse::<Period>();
        }

        #[test]
        fn no_text_of_digits_and_marks_breaks_the_reader(text in "[0-9QWMHS:./年月 -]{0,14}") {
            if let Ok(period) = text.parse::<Period>() {
                prop_assert_eq!(period.to_string().parse::<Period>().unwrap(), period);
            }
        }
    }

    #[test]
    fn leap_years_and_the_weeks_of_iso() {
        assert!(Period::date(2000, 2, 29).is_some() && Period::date(1900, 2, 29).is_none());
        let eve = Period::date(2024, 2, 28).unwrap();
        assert_eq!(eve.plus(2).unwrap().to_string(), "2024-03-01");
        assert_eq!(eve.plus(366).unwrap().to_string(), "2025-02-28");
        // 2020 has 53 weeks, 2021 has 52; the week of 1 January 2021 belongs to 2020.
        let last: Period = "2020-W53".parse().unwrap();
        assert_eq!(last.plus(1).unwrap().to_string(), "2021-W01");
        assert!("2021-W53".parse::<Period>().is_err());
        assert_eq!(Period::week_day(2020, 53, 5), Period::date(2021, 1, 1));
        assert_eq!(Period::week_day(2020, 53, 8), None);
        // As R's `as.numeric(as.Date("1990-03-07"))` counts days.
        assert_eq!(Period::date(1990, 3, 7).unwrap().ordinal(), 7370);
        assert_eq!(Period::date(1960, 1, 1).unwrap().ordinal(), -3653);
    }

    #[test]
    fn quarters_and_days_of_a_year() {
        let of = |text: &str, shorter| {
            let parts = text.parse::<Period>().unwrap().divided(shorter)?;
            Some((shorter.label(*parts.start()), shorter.label(*parts.end())))
        };
        let two = |first: &str, last: &str| Some((first.to_owned(), last.to_owned()));
        assert_eq!(of("2001", Frequency::Quarter), two("2001Q1", "2001Q4"));
        assert_eq!(of("2001H2", Frequency::Month), two("2001-07", "2001-12"));
        assert_eq!(of("2000Q1", Frequency::Day), two("2000-01-01", "2000-03-31"));
        assert_eq!(of("2000-02", Frequency::Day), two("2000-02-01", "2000-02-29"));
        assert_eq!(of("2020-W53", Frequency::Day), two("2020-12-28", "2021-01-03"));
        assert_eq!(of("9999", Frequency::Day), two("9999-01-01", "9999-12-31"));
        assert_eq!(of("2001", Frequency::Week), None);
        assert_eq!(of("2001-03", Frequency::Quarter), None);
    }

    #[test]
    fn periods_of_different_lengths_are_no_distance_apart() {
        let (quarter, month): (Period, Period) = ("1990Q1".parse().unwrap(), "1990-03".parse().unwrap());
        assert_eq!(quarter.since(month), None);
        assert_eq!("2003Q4".parse::<Period>().unwrap().since(quarter), Some(55));
        assert_eq!(Period::of_year(Frequency::Quarter, 1990, 5), None);
        assert_eq!("9999-12".parse::<Period>().unwrap().plus(1), None);
        assert_eq!(Period::year(i32::MAX).plus(1), None);
    }

    #[test]
    fn the_ends_of_what_can_be_counted_are_held() {
        for frequency in Frequency::ALL {
            for ordinal in [i32::MIN, i32::MAX, 0, -1] {
                assert!(!frequency.label(ordinal).is_empty());
                if let Some(period) = Period::from_ordinal(frequency, ordinal) {
                    assert_eq!(period.ordinal(), ordinal);
                }
            }
        }
    }
}
