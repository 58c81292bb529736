//! How often a period comes, and what the number of one means.

use std::fmt;

use chrono::{Datelike, Days, NaiveDate};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How long a period is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Frequency {
    /// A year, or whatever else whole numbers count: a wave, a round.
    Year,
    /// Half a year.
    HalfYear,
    /// A quarter.
    Quarter,
    /// A month.
    Month,
    /// A week of ISO 8601: from Monday, in the year that has its Thursday.
    Week,
    /// A day.
    Day,
}

/// The years that periods shorter than a year lie in.
pub(crate) const FIRST_YEAR: i32 = 1;
/// The last of them.
pub(crate) const LAST_YEAR: i32 = 9999;

/// The weekday of 1 January 1970, a Thursday, counted from Monday.
const THURSDAY: i32 = 3;

impl Frequency {
    /// All of them, the longest first.
    pub const ALL: [Self; 6] =
        [Self::Year, Self::HalfYear, Self::Quarter, Self::Month, Self::Week, Self::Day];

    /// One period, as a message names it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Year => "year",
            Self::HalfYear => "half-year",
            Self::Quarter => "quarter",
            Self::Month => "month",
            Self::Week => "week",
            Self::Day => "day",
        }
    }

    /// Several of them.
    pub fn plural(self) -> &'static str {
        match self {
            Self::Year => "years",
            Self::HalfYear => "half-years",
            Self::Quarter => "quarters",
            Self::Month => "months",
            Self::Week => "weeks",
            Self::Day => "days",
        }
    }

    /// How many weeks of ISO 8601 a year has: 52, or 53 where it begins or ends on a Thursday.
    pub fn weeks_of(year: i32) -> u32 {
        if NaiveDate::from_isoywd_opt(year, 53, chrono::Weekday::Mon).is_some() { 53 } else { 52 }
    }

    /// How many weeks a year has and what these are, and what to do where a file counts others.
    pub fn weeks_in_words(year: i32) -> String {
        format!(
            "{year} has {} weeks of ISO 8601, each from Monday to Sunday and of the year of its Thursday; where weeks are \
             counted otherwise, write the day on which each begins and declare the frequency `day`",
            Self::weeks_of(year)
        )
    }

    /// How many a year has, where every year has as many.
    pub fn in_a_year(self) -> Option<i32> {
        match self {
            Self::Year => Some(1),
            Self::HalfYear => Some(2),
            Self::Quarter => Some(4),
            Self::Month => Some(12),
            Self::Week | Self::Day => None,
        }
    }

    /// The number of the `part`-th period of a year, counted from 1; of days `part` is the day of the year.
    pub(crate) fn ordinal(self, year: i32, part: u32) -> Option<i32> {
        if self == Self::Year {
            return (part == 1).then_some(year);
        }
        if !(FIRST_YEAR..=LAST_YEAR).contains(&year) {
            return None;
        }
        match self {
            Self::Week => {
                let monday = NaiveDate::from_isoywd_opt(year, part, chrono::Weekday::Mon)?;
                Some(week_of(day_number(monday)))
            }
            Self::Day => NaiveDate::from_yo_opt(year, part).map(day_number),
            _ => {
                let parts = self.in_a_year()?;
                let part = i32::try_from(part).ok().filter(|part| (1..=parts).contains(part))?;
                Some(year * parts + part - 1)
            }
        }
    }

    /// The year and the part of it that a number stands for; none beyond the years that periods lie in.
    pub(crate) fn year_and_part(self, ordinal: i32) -> Option<(i32, u32)> {
        let (year, part) = match self {
            Self::Year => return Some((ordinal, 1)),
            Self::Week => {
                let week = date_of(monday_of(ordinal)?)?.iso_week();
                (week.year(), week.week())
            }
            Self::Day => {
                let date = date_of(ordinal)?;
                (date.year(), date.ordinal())
            }
            _ => {
                let parts = self.in_a_year()?;
                (ordinal.div_euclid(parts), (ordinal.rem_euclid(parts) + 1).unsigned_abs())
            }
        };
        (FIRST_YEAR..=LAST_YEAR).contains(&year).then_some((year, part))
    }

    /// What the number is called: `1990`, `1990H1`, `1990Q1`, `1990-03`, `1990-W07`, `1990-03-07`. One beyond
    /// the years that periods lie in is told as a number with its frequency.
    pub fn label(self, ordinal: i32) -> String {
        let Some((year, part)) = self.year_and_part(ordinal) else {
            return format!("{} {ordinal}", self.word());
        };
        match self {
            Self::Year => ordinal.to_string(),
            Self::HalfYear => format!("{year:04}H{part}"),
            Self::Quarter => format!("{year:04}Q{part}"),
            Self::Month => format!("{year:04}-{part:02}"),
            Self::Week => format!("{year:04}-W{part:02}"),
            Self::Day => date_of(ordinal).map_or_else(String::new, |date| {
                format!("{:04}-{:02}-{:02}", date.year(), date.month(), date.day())
            }),
        }
    }
}

impl fmt::Display for Frequency {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.word())
    }
}

/// Days since 1 January 1970, which is also how frames number dates.
pub(crate) fn day_number(date: NaiveDate) -> i32 {
    date.num_days_from_ce() - NaiveDate::default().num_days_from_ce()
}

/// The date of a day's number.
pub(crate) fn date_of(day: i32) -> Option<NaiveDate> {
    let days = Days::new(u64::from(day.unsigned_abs()));
    // The default date is 1 January 1970.
    let epoch = NaiveDate::default();
    if day < 0 { epoch.checked_sub_days(days) } else { epoch.checked_add_days(days) }
}

/// The week of a day, counted from the week of 1 January 1970.
fn week_of(day: i32) -> i32 {
    day.saturating_add(THURSDAY).div_euclid(7)
}

/// The day on which a week begins.
fn monday_of(week: i32) -> Option<i32> {
    week.checked_mul(7)?.checked_sub(THURSDAY)
}
