//! Sizes, times and numbers, for people.

use chrono::DateTime;

/// A size in decimal units, as disks and networks are measured: `512 B`, `1.5 kB`, `23 MB`.
pub fn bytes(size: u64) -> String {
    const UNITS: [&str; 4] = ["kB", "MB", "GB", "TB"];
    if size < 1000 {
        return format!("{size} B");
    }
    let mut value = size as f64 / 1000.0;
    let mut unit = 0;
    while value >= 999.5 && unit + 1 < UNITS.len() {
        value /= 1000.0;
        unit += 1;
    }
    if value < 9.95 { format!("{value:.1} {}", UNITS[unit]) } else { format!("{value:.0} {}", UNITS[unit]) }
}

/// A time in seconds since 1970, as `2026-11-24 09:31:02 UTC`.
pub fn instant(seconds: u64) -> String {
    let time = i64::try_from(seconds).ok().and_then(|seconds| DateTime::from_timestamp(seconds, 0));
    time.map_or_else(|| "an unknown day".to_owned(), |time| time.format("%Y-%m-%d %H:%M:%S UTC").to_string())
}

/// The day of a time in seconds since 1970, as `2026-11-24`.
pub fn day(seconds: u64) -> String {
    let time = i64::try_from(seconds).ok().and_then(|seconds| DateTime::from_timestamp(seconds, 0));
    time.unwrap_or_default().format("%Y-%m-%d").to_string()
}

/// How long something took: `12 ms`, `3.2 s`, `4 min 10 s`.
pub fn seconds(seconds: f64) -> String {
    if seconds < 1.0 {
        format!("{:.0} ms", seconds * 1000.0)
    } else if seconds < 120.0 {
        format!("{seconds:.1} s")
    } else {
        format!("{:.0} min {:.0} s", (seconds / 60.0).floor(), seconds % 60.0)
    }
}

/// Six significant digits: enough to know a number by.
pub fn six_digits(number: f64) -> String {
    if number == 0.0 {
        return "0".to_owned();
    }
    if !number.is_finite() {
        return number.to_string();
    }
    let size = number.abs().log10().floor();
    if !(-5.0..15.0).contains(&size) {
        return format!("{number:.5e}");
    }
    let decimals = (5.0 - size).clamp(0.0, 10.0) as usize;
    let text = format!("{number:.decimals$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_read_like_sizes() {
        let texts = [0, 999, 1000, 9_949, 23_400_000, 999_600, u64::MAX].map(bytes);
        assert_eq!(texts, ["0 B", "999 B", "1.0 kB", "9.9 kB", "23 MB", "1.0 MB", "18446744 TB"]);
    }

    #[test]
    fn times_read_like_times() {
        assert_eq!(instant(1_700_000_000), "2023-11-14 22:13:20 UTC");
        assert_eq!(instant(u64::MAX), "an unknown day");
        assert_eq!([seconds(0.0123), seconds(3.21), seconds(250.0)], ["12 ms", "3.2 s", "4 min 10 s"]);
    }

    #[test]
    fn numbers_have_six_digits() {
        let numbers = [0.0, 1.0, -0.5, 1234.5678, 0.000_123_456_789, 2e-9, 123_456_789.0, 3.0e20, 100.0];
        let texts =
            ["0", "1", "-0.5", "1234.57", "0.000123457", "2.00000e-9", "123456789", "3.00000e20", "100"];
        assert_eq!(numbers.map(six_digits), texts);
        assert_eq!(six_digits(f64::INFINITY), "inf");
    }
}
