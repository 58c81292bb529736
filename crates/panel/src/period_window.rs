//! A stretch of periods.

use std::ops::RangeInclusive;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::frequency::Frequency;
use crate::period::Period;

/// The first and the last period that an analysis looks at, both included: `{first: 1990Q1, last: 2003Q4}`, or
/// years, which are whole whatever the data's frequency is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PeriodWindow {
    /// The first.
    pub first: Period,
    /// The last.
    pub last: Period,
}

impl PeriodWindow {
    /// The window of two years.
    pub const fn of_years(first: i32, last: i32) -> Self {
        Self { first: Period::year(first), last: Period::year(last) }
    }

    /// Whether it ends before it begins.
    pub fn is_backwards(self) -> bool {
        if self.first.frequency() == self.last.frequency() {
            self.first > self.last
        } else {
            self.first.in_year() > self.last.in_year()
        }
    }

    /// Whether the period of a number lies in it; by the year where its ends are of another frequency.
    pub fn contains(self, frequency: Frequency, ordinal: i32) -> bool {
        match self.ordinals(frequency) {
            Some(ordinals) => ordinals.contains(&ordinal),
            None => Period::from_ordinal(frequency, ordinal).is_some_and(|period| {
                (self.first.in_year()..=self.last.in_year()).contains(&period.in_year())
            }),
        }
    }

    /// The numbers of its periods where data are of a frequency: empty where it ends before it begins, none where its
    /// ends are neither years nor of that frequency.
    pub fn ordinals(self, frequency: Frequency) -> Option<RangeInclusive<i32>> {
        let first = match self.first.frequency() {
            own if own == frequency => self.first,
            Frequency::Year => Period::of_year(frequency, self.first.ordinal(), 1)?,
            _ => return None,
        };
        let last = match self.last.frequency() {
            own if own == frequency => self.last,
            Frequency::Year => {
                Period::of_year(frequency, self.last.ordinal().checked_add(1)?, 1)?.plus(-1)?
            }
            _ => return None,
        };
        Some(first.ordinal()..=last.ordinal())
    }
}

#[cfg(test)]
#[allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]
mod tests {
    use super::*;

    fn window(text: &str) -> PeriodWindow {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn a_window_is_of_periods_or_of_whole_years() {
        let labels = |window: PeriodWindow, frequency: Frequency| {
            let range = window.ordinals(frequency).unwrap();
            (frequency.label(*range.start()), frequency.label(*range.end()), range.count())
        };
        let years = window(r#"{"first": 1990, "last": 1991}"#);
        assert_eq!(labels(years, Frequency::Year), ("1990".into(), "1991".into(), 2));
        assert_eq!(labels(years, Frequency::Quarter), ("1990Q1".into(), "1991Q4".into(), 8));
        // 1992 begins on a Wednesday, so its first week has two days of 1991.
        assert_eq!(labels(years, Frequency::Week), ("1990-W01".into(), "1991-W52".into(), 104));
        assert_eq!(labels(years, Frequency::Day), ("1990-01-01".into(), "1991-12-31".into(), 730));
        let quarters = window(r#"{"first": "1990q2", "last": 1991}"#);
        assert_eq!(labels(quarters, Frequency::Quarter), ("1990Q2".into(), "1991Q4".into(), 7));
        assert_eq!(quarters.ordinals(Frequency::Month), None);
        assert_eq!(serde_json::to_string(&quarters).unwrap(), r#"{"first":"1990Q2","last":1991}"#);
        assert!(
            years.contains(Frequency::Month, 1991 * 12 + 11) && !years.contains(Frequency::Month, 1992 * 12)
        );
        // Years are in a window of quarters where these are in them.
        assert!(quarters.contains(Frequency::Year, 1990) && !quarters.contains(Frequency::Year, 1992));
        let backwards = window(r#"{"first": 1991, "last": 1990}"#);
        assert!(backwards.is_backwards() && !quarters.is_backwards());
        assert!(backwards.ordinals(Frequency::Quarter).unwrap().is_empty());
    }
}
