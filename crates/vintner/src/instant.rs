//! Times and durations, for people.

use chrono::DateTime;

/// A time in seconds since 1970, as `2026-11-24 09:31:02 UTC`.
pub(crate) fn instant(seconds: u64) -> String {
    let time = i64::try_from(seconds).ok().and_then(|seconds| DateTime::from_timestamp(seconds, 0));
    time.map_or_else(|| "an unknown day".to_owned(), |time| time.format("%Y-%m-%d %H:%M:%S UTC").to_string())
}

/// The day of a time in seconds since 1970, as `2026-11-24`.
pub(crate) fn day(seconds: u64) -> String {
    let time = i64::try_from(seconds).ok().and_then(|seconds| DateTime::from_timestamp(seconds, 0));
    time.unwrap_or_default().format("%Y-%m-%d").to_string()
}

/// How long something took: `12 ms`, `3.2 s`, `4 min 10 s`.
pub(crate) fn seconds(seconds: f64) -> String {
    if seconds < 1.0 {
        format!("{:.0} ms", seconds * 1000.0)
    } else if seconds < 120.0 {
        format!("{seconds:.1} s")
    } else {
        format!("{:.0} min {:.0} s", (seconds / 60.0).floor(), seconds % 60.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_read_like_times() {
        assert_eq!(instant(1_700_000_000), "2023-11-14 22:13:20 UTC");
        assert_eq!(instant(u64::MAX), "an unknown day");
        assert_eq!([seconds(0.0123), seconds(3.21), seconds(250.0)], ["12 ms", "3.2 s", "4 min 10 s"]);
    }
}
