//! P-values between tabulated critical values.

use serde::{Deserialize, Serialize};

/// A critical value.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct CriticalValue {
    /// The level, 0.05 say.
    pub level: f64,
    /// What the statistic must pass to be significant at it.
    pub value: f64,
}

/// A p-value that a table only bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Bound {
    /// The p-value is at most this.
    AtMost,
    /// The p-value is at least this.
    AtLeast,
}

/// Between critical values, in order of their levels, by linear interpolation; beyond them the level of the outermost
/// with what it bounds. Whether large or small values are significant follows from the values themselves.
pub(crate) fn interpolated_p_value(critical: &[CriticalValue], statistic: f64) -> (f64, Option<Bound>) {
    let (Some(first), Some(last)) = (critical.first(), critical.last()) else {
        return (f64::NAN, None);
    };
    // In units in which more is more significant.
    let sign = if first.value >= last.value { 1.0 } else { -1.0 };
    let extremity = |value: f64| sign * value;
    let statistic = extremity(statistic);
    if statistic > extremity(first.value) {
        return (first.level, Some(Bound::AtMost));
    }
    if statistic < extremity(last.value) {
        return (last.level, Some(Bound::AtLeast));
    }
    for pair in critical.windows(2) {
        let (strict, lenient) = (extremity(pair[0].value), extremity(pair[1].value));
        if statistic >= lenient {
            if strict == lenient {
                return (pair[0].level, None);
            }
            let share = (statistic - lenient) / (strict - lenient);
            return (pair[1].level + share * (pair[0].level - pair[1].level), None);
        }
    }
    (last.level, None)
}

/// Where a value lies between the entries of an increasing list: the place below and above it, and the share of the
/// way. Beyond the list, the outermost entry, and that it was beyond.
pub(crate) fn bracket(entries: &[f64], value: f64) -> (usize, usize, f64, bool) {
    let last = entries.len() - 1;
    if value <= entries[0] {
        return (0, 0, 0.0, value < entries[0]);
    }
    if value >= entries[last] {
        return (last, last, 0.0, value > entries[last]);
    }
    let above = entries.iter().position(|entry| *entry >= value).unwrap_or(last);
    if entries[above] == value {
        return (above, above, 0.0, false);
    }
    let below = above - 1;
    (below, above, (value - entries[below]) / (entries[above] - entries[below]), false)
}

/// a + share (b - a), which is `a` where both are the same entry.
pub(crate) fn between(a: f64, b: f64, share: f64) -> f64 {
    if share == 0.0 { a } else { a + share * (b - a) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p_values_lie_between_the_levels_whichever_tail_counts() {
        let lower =
            [(0.01, -3.0), (0.05, -2.0), (0.1, -1.0)].map(|(level, value)| CriticalValue { level, value });
        assert_eq!(interpolated_p_value(&lower, -4.0), (0.01, Some(Bound::AtMost)));
        assert_eq!(interpolated_p_value(&lower, 0.0), (0.1, Some(Bound::AtLeast)));
        assert_eq!(interpolated_p_value(&lower, -2.0), (0.05, None));
        assert!((interpolated_p_value(&lower, -2.5).0 - 0.03).abs() < 1e-15);
        let upper =
            [(0.01, 0.7), (0.05, 0.5), (0.1, 0.3)].map(|(level, value)| CriticalValue { level, value });
        assert_eq!(interpolated_p_value(&upper, 0.8), (0.01, Some(Bound::AtMost)));
        assert!((interpolated_p_value(&upper, 0.4).0 - 0.075).abs() < 1e-15);
        assert_eq!(interpolated_p_value(&upper, 0.1), (0.1, Some(Bound::AtLeast)));
    }

    #[test]
    fn brackets_say_when_they_are_left() {
        let entries = [10.0, 20.0, 40.0];
        assert_eq!(bracket(&entries, 5.0), (0, 0, 0.0, true));
        assert_eq!(bracket(&entries, 20.0), (1, 1, 0.0, false));
        assert_eq!(bracket(&entries, 25.0), (1, 2, 0.25, false));
        assert_eq!(bracket(&entries, 41.0), (2, 2, 0.0, true));
    }
}
