//! How long a command may take.

use std::fmt;
use std::time::Duration;

/// A time as written: `90s`, `10m` or `2h`; at least a second.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timeout {
    text: String,
    duration: Duration,
}

impl Timeout {
    /// The time that `text` says, if it says one.
    pub fn parse(text: &str) -> Option<Self> {
        let seconds_each = match text.chars().last()? {
            's' => 1,
            'm' => 60,
            'h' => 3600,
            _ => return None,
        };
        let number = text.get(..text.len() - 1)?;
        if !number.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let seconds: u64 = number.parse::<u32>().ok()?.into();
        let duration = Duration::from_secs(seconds * seconds_each);
        (seconds > 0).then(|| Self { text: text.to_owned(), duration })
    }

    /// As a duration.
    pub fn duration(&self) -> Duration {
        self.duration
    }
}

impl fmt::Display for Timeout {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_seconds_minutes_or_hours() {
        let seconds = |text: &str| Timeout::parse(text).map(|timeout| timeout.duration().as_secs());
        assert_eq!([seconds("90s"), seconds("10m"), seconds("2h")], [Some(90), Some(600), Some(7200)]);
        for wrong in ["", "s", "90", "0s", "-1s", "+1s", "1.5h", "1d", "1 m", "99999999999h", "９s"] {
            assert_eq!(seconds(wrong), None, "{wrong}");
        }
    }
}
