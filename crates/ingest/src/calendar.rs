//! Days, times and periods that files keep as numbers, written as ISO 8601.

use chrono::{DateTime, Days, NaiveDate};

/// Days from 1 January 1960, from which Stata and SAS count, to 1 January 1970.
const DAYS_FROM_1960: i64 = 3_653;

/// A day, counted from 1 January 1970.
pub(crate) fn day(days: i64) -> Option<String> {
    let epoch = NaiveDate::from_ymd_opt(1970, 1, 1)?;
    let far = Days::new(days.unsigned_abs());
    let date = if days < 0 { epoch.checked_sub_days(far)? } else { epoch.checked_add_days(far)? };
    let text = date.format("%Y-%m-%d").to_string();
    // Years of more than four digits aren't written in that form.
    (text.len() == 10).then_some(text)
}

/// A day, counted from 1 January 1960.
pub(crate) fn day_from_1960(days: i64) -> Option<String> {
    day(days.checked_sub(DAYS_FROM_1960)?)
}

/// Hours, minutes and seconds, of which there may be more than a day has.
pub(crate) fn clock(seconds: i64) -> String {
    let sign = if seconds < 0 { "-" } else { "" };
    let seconds = seconds.unsigned_abs();
    format!("{sign}{:02}:{:02}:{:02}", seconds / 3_600, seconds / 60 % 60, seconds % 60)
}

/// The same of what OpenDocument writes, `PT30H00M00S`; nothing of what isn't written so, or has parts of a second.
pub(crate) fn clock_of_iso(text: &str) -> Option<String> {
    let (sign, rest) = text.strip_prefix('-').map_or(("", text), |rest| ("-", rest));
    let (hours, rest) = rest.strip_prefix("PT")?.split_once('H')?;
    let (minutes, rest) = rest.split_once('M')?;
    let seconds = rest.strip_suffix('S')?;
    let seconds = seconds
        .split_once(['.', ','])
        .map_or(Some(seconds), |(whole, parts)| parts.bytes().all(|byte| byte == b'0').then_some(whole))?;
    let two = |text: &str| text.parse::<u32>().ok();
    Some(format!("{sign}{:02}:{:02}:{:02}", two(hours)?, two(minutes)?, two(seconds)?))
}

/// A time, counted in nanoseconds from 1 January 1970; the day alone at midnight.
pub(crate) fn time(nanoseconds: i128) -> Option<String> {
    const SECOND: i128 = 1_000_000_000;
    let (seconds, rest) = (nanoseconds.div_euclid(SECOND), nanoseconds.rem_euclid(SECOND));
    let time = DateTime::from_timestamp(i64::try_from(seconds).ok()?, u32::try_from(rest).ok()?)?;
    let text = time.naive_utc().format("%Y-%m-%dT%H:%M:%S%.f").to_string();
    if text.as_bytes().get(10).is_none_or(|byte| *byte != b'T') {
        return None;
    }
    Some(text.strip_suffix("T00:00:00").map(str::to_owned).unwrap_or(text))
}

/// A time, counted in milliseconds from 1 January 1960.
pub(crate) fn time_from_1960(milliseconds: i64) -> Option<String> {
    const DAY: i128 = 86_400_000;
    time((i128::from(milliseconds) - i128::from(DAYS_FROM_1960) * DAY) * 1_000_000)
}

/// The `part` of a year that lies so many parts of `in_a_year` after the first of 1960, both from 0.
pub(crate) fn part_from_1960(count: i64, in_a_year: i64) -> Option<(i64, i64)> {
    let year = count.div_euclid(in_a_year).checked_add(1960)?;
    (1..=9999).contains(&year).then_some((year, count.rem_euclid(in_a_year)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_time_are_hours_minutes_and_seconds() {
        assert_eq!(clock_of_iso("PT30H00M00S").as_deref(), Some("30:00:00"));
        assert_eq!(clock_of_iso("-PT01H30M05.000S").as_deref(), Some("-01:30:05"));
        // What it would lose, or can't tell, is left as it stands.
        assert_eq!((clock_of_iso("PT00H00M00.5S"), clock_of_iso("P1D")), (None, None));
    }

    #[test]
    fn days_and_times_count_from_their_epochs() {
        // As R's as.Date(0, origin = "1960-01-01") and as.Date(-1) have them.
        assert_eq!(day_from_1960(0).as_deref(), Some("1960-01-01"));
        assert_eq!(day(-1).as_deref(), Some("1969-12-31"));
        assert_eq!(day(i64::MAX), None);
        assert_eq!(day(4_000_000), None);
        assert_eq!(time(1_500_000_000).as_deref(), Some("1970-01-01T00:00:01.500"));
        assert_eq!(time_from_1960(0).as_deref(), Some("1960-01-01"));
        assert_eq!(time_from_1960(i64::MIN), None);
        assert_eq!(part_from_1960(-1, 4), Some((1959, 3)));
        assert_eq!(part_from_1960(i64::MAX, 4), None);
    }
}
