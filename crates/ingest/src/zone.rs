//! Zones, and what the clock shows in them.

use chrono::{DateTime, FixedOffset, TimeZone};
use chrono_tz::Tz;

/// A zone in which every instant is one time of the clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Zone {
    Utc,
    /// So far from UTC all the year round.
    Offset(FixedOffset),
    /// One of the IANA database.
    Named(Tz),
}

impl Zone {
    /// The zone that a file names: `UTC`, `+08:00`, `Asia/Shanghai`; nothing where it isn't known.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        if ["UTC", "Z", "GMT", "Etc/UTC", "Etc/GMT", "Zulu", "utc"].contains(&name) {
            return Some(Zone::Utc);
        }
        if name.starts_with(['+', '-']) {
            let bare: String = name.chars().skip(1).filter(|character| *character != ':').collect();
            let digits = bare.len() == 4 && bare.bytes().all(|byte| byte.is_ascii_digit());
            let (hours, minutes) = bare.split_at_checked(2).filter(|_| digits)?;
            let minutes: i32 = minutes.parse().ok().filter(|minutes| *minutes < 60)?;
            let seconds = hours.parse::<i32>().ok()? * 3_600 + minutes * 60;
            let offset = FixedOffset::east_opt(if name.starts_with('-') { -seconds } else { seconds })?;
            return Some(if seconds == 0 { Zone::Utc } else { Zone::Offset(offset) });
        }
        name.parse().ok().map(Zone::Named)
    }

    /// What the clock of the zone shows at an instant, counted in nanoseconds from 1 January 1970 in UTC, with how far it is
    /// from UTC: 2000-01-01T08:00:00+08:00.
    pub(crate) fn time(self, nanoseconds: i128) -> Option<String> {
        const SECOND: i128 = 1_000_000_000;
        let (seconds, rest) = (nanoseconds.div_euclid(SECOND), nanoseconds.rem_euclid(SECOND));
        let instant = DateTime::from_timestamp(i64::try_from(seconds).ok()?, u32::try_from(rest).ok()?)?;
        match self {
            Zone::Utc => written(&instant).map(|text| text.replace("+00:00", "Z")),
            Zone::Offset(offset) => written(&offset.from_utc_datetime(&instant.naive_utc())),
            Zone::Named(zone) => written(&zone.from_utc_datetime(&instant.naive_utc())),
        }
    }
}

fn written<Z: TimeZone>(time: &DateTime<Z>) -> Option<String>
where
    Z::Offset: std::fmt::Display,
{
    let text = time.format("%Y-%m-%dT%H:%M:%S%.f%:z").to_string();
    // Years of more than four digits aren't written in that form.
    (text.as_bytes().get(10) == Some(&b'T')).then_some(text)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use chrono::Utc;

    use super::*;

    #[test]
    fn clocks_show_what_they_did() {
        let at = |zone: &str, instant: &str| {
            let instant: DateTime<Utc> = instant.parse().unwrap();
            Zone::parse(zone).unwrap().time(i128::from(instant.timestamp()) * 1_000_000_000).unwrap()
        };
        // As Python's zoneinfo has them.
        for (zone, instant, shown) in [
            ("UTC", "2000-01-01T00:00:00Z", "2000-01-01T00:00:00Z"),
            ("+00:00", "2000-01-01T00:00:00Z", "2000-01-01T00:00:00Z"),
            ("+08:00", "1999-12-31T16:00:00Z", "2000-01-01T00:00:00+08:00"),
            ("-0330", "2000-01-01T00:00:00Z", "1999-12-31T20:30:00-03:30"),
            ("Asia/Shanghai", "1999-12-31T16:00:00Z", "2000-01-01T00:00:00+08:00"),
            // Summer time in China until 1991, and in New York.
            ("Asia/Shanghai", "1990-07-01T00:00:00Z", "1990-07-01T09:00:00+09:00"),
            ("America/New_York", "2020-07-01T04:00:00Z", "2020-07-01T00:00:00-04:00"),
            ("America/New_York", "2000-01-01T00:00:00Z", "1999-12-31T19:00:00-05:00"),
        ] {
            assert_eq!(at(zone, instant), shown, "{zone}");
        }
        for zone in ["", "Local", "+8", "+99:00", "Asia/Nowhere"] {
            assert_eq!(Zone::parse(zone), None, "{zone}");
        }
    }
}
