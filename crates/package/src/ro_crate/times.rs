//! Times of records as ISO 8601.

/// A time in seconds since 1970, in UTC.
pub(crate) fn iso(seconds: u64) -> String {
    let (days, rest) = (seconds / 86_400, seconds % 86_400);
    // Civil dates from days: eras of 400 years that begin in March, after Howard Hinnant's `civil_from_days`.
    let days = days + 719_468;
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    let (hour, minute, second) = (rest / 3_600, rest / 60 % 60, rest % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}+00:00")
}

/// The end of something that began then and took so long, to the second.
pub(crate) fn end_of(started: u64, seconds: f64) -> u64 {
    // Durations are finite and not negative; what isn't counts as nothing.
    let whole = if seconds.is_finite() && seconds > 0.0 { seconds.ceil().min(1e12) as u64 } else { 0 };
    started.saturating_add(whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_those_of_the_calendar() {
        assert_eq!(iso(0), "1970-01-01T00:00:00+00:00");
        // `date -u -d @951827696 +%FT%T`
        assert_eq!(iso(951_827_696), "2000-02-29T12:34:56+00:00");
        assert_eq!(iso(1_800_000_000), "2027-01-15T08:00:00+00:00");
        assert_eq!(end_of(5, 1.2), 7);
        assert_eq!(end_of(5, f64::NAN), 5);
    }
}
