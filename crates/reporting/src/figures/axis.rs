//! Scales: from values to places, and the round values that are written beside them.

/// The values that an axis shows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Range {
    pub(crate) low: f64,
    pub(crate) high: f64,
}

impl Range {
    /// From the least value to the greatest; none of no values.
    pub(crate) fn of(values: impl IntoIterator<Item = f64>) -> Option<Self> {
        values.into_iter().filter(|value| value.is_finite()).fold(None, |range, value| {
            let Self { low, high } = range.unwrap_or(Self { low: value, high: value });
            Some(Self { low: low.min(value), high: high.max(value) })
        })
    }

    /// Of estimates with their intervals: zero, `also` and all estimates, save those so far out that nothing else
    /// could be read; and ends of intervals that don't make the rest small.
    pub(crate) fn of_estimates(estimates: &[f64], intervals: &[(f64, f64)], also: &[f64]) -> Self {
        let middle = median(estimates);
        let spread = median(&estimates.iter().map(|value| (value - middle).abs()).collect::<Vec<_>>());
        let halves = median(&intervals.iter().map(|(low, high)| (high - low) / 2.0).collect::<Vec<_>>());
        let reach = 8.0 * (spread + halves);
        let near = |value: &&f64| reach == 0.0 || (**value - middle).abs() <= reach;
        let hull = Self::of(estimates.iter().chain(also).filter(near).copied().chain([0.0]));
        let mut range = hull.unwrap_or(Self { low: 0.0, high: 0.0 });
        let hull = range;
        let wide = (hull.high - hull.low).max(halves);
        for end in intervals.iter().flat_map(|(low, high)| [*low, *high]) {
            if end > hull.low - 1.2 * wide && end < hull.high + 1.2 * wide {
                range.low = range.low.min(end);
                range.high = range.high.max(end);
            }
        }
        range.with_margin(0.04)
    }

    /// Wider by a share of itself at either end. What has no width gets some.
    pub(crate) fn with_margin(self, share: f64) -> Self {
        let width = self.high - self.low;
        let margin = if width > 0.0 { share * width } else { (0.1 * self.high.abs()).max(1e-3) };
        Self { low: self.low - margin, high: self.high + margin }
    }

    /// Where a value stands, as a share of the way from the low end to the high one.
    pub(crate) fn share(self, value: f64) -> f64 {
        (value - self.low) / (self.high - self.low)
    }

    pub(crate) fn holds(self, value: f64) -> bool {
        (self.low..=self.high).contains(&value)
    }

    pub(crate) fn nearest(self, value: f64) -> f64 {
        value.max(self.low).min(self.high)
    }

    /// About so many round values (one, two or five times a power of ten apart), and the decimals that they need.
    pub(crate) fn ticks(self, about: f64) -> (Vec<f64>, usize) {
        let rough = (self.high - self.low) / about;
        let power = rough.log10().floor();
        if !power.is_finite() {
            return (Vec::new(), 0);
        }
        let unit = 10_f64.powf(power);
        let step = [1.0, 2.0, 5.0, 10.0].into_iter().find(|step| rough <= step * unit * (1.0 + 1e-9));
        let step = step.unwrap_or(10.0);
        let power = if step == 10.0 { power + 1.0 } else { power };
        let decimals = if power < 0.0 { (-power) as usize } else { 0 };
        let size = step * unit;
        let (first, last) = ((self.low / size).ceil(), (self.high / size).floor());
        let mut ticks = Vec::new();
        let mut place = first;
        while place <= last && ticks.len() < 16 {
            // Not minus zero.
            ticks.push(place * size + 0.0);
            place += 1.0;
        }
        (ticks, decimals)
    }
}

/// The middle value, zero of none.
pub(crate) fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    match sorted.len() {
        0 => 0.0,
        count => (sorted[(count - 1) / 2] + sorted[count / 2]) / 2.0,
    }
}

/// A scale that is linear near zero and logarithmic far from it, on both sides: asinh(value / threshold).
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct SignedLog {
    /// Where it turns from one to the other.
    pub(crate) threshold: f64,
}

impl SignedLog {
    pub(crate) fn of(self, value: f64) -> f64 {
        (value / self.threshold).asinh()
    }

    /// Zero, and the powers of ten from the threshold on that lie in the range, on both sides.
    pub(crate) fn ticks(self, range: Range) -> Vec<f64> {
        let mut power = self.threshold.log10().floor() as i32;
        let mut ticks = if range.holds(0.0) { vec![0.0] } else { Vec::new() };
        while ticks.len() < 40 {
            // Read from text, since powf(-1) may be a digit off.
            let value: f64 = format!("1e{power}").parse().unwrap_or(f64::INFINITY);
            if !value.is_finite() || value > range.high.abs().max(range.low.abs()) {
                break;
            }
            ticks.extend([-value, value].into_iter().filter(|tick| range.holds(*tick)));
            power += 1;
        }
        ticks.sort_unstable_by(f64::total_cmp);
        ticks
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn ticks_are_round() {
        for (low, high, about, ticks, decimals) in [
            (0.0, 1.0, 5.0, vec![0.0, 0.2, 0.4, 0.6, 0.8, 1.0], 1),
            (-3.0, 12.0, 5.0, vec![0.0, 5.0, 10.0], 0),
            (0.0, 0.07, 3.0, vec![0.0, 0.05], 2),
            (0.0, 9.0, 1.0, vec![0.0], 0),
            (2008.0, 2019.0, 3.0, vec![2010.0, 2015.0], 0),
        ] {
            let (found, places) = Range { low, high }.ticks(about);
            assert_eq!(found.len(), ticks.len(), "{low} to {high}: {found:?}");
            assert!(found.iter().zip(&ticks).all(|(one, other)| (one - other).abs() < 1e-12), "{found:?}");
            assert_eq!(places, decimals, "{low} to {high}");
        }
        assert_eq!(Range { low: 1.0, high: 1.0 }.ticks(5.0).0, Vec::<f64>::new());
    }

    #[test]
    fn a_signed_log_has_powers_on_both_sides() {
        let scale = SignedLog { threshold: 0.1 };
        let ticks = scale.ticks(Range { low: -2.0, high: 36.0 });
        assert_eq!(ticks, [-1.0, -0.1, 0.0, 0.1, 1.0, 10.0]);
        assert_eq!(scale.of(0.0), 0.0);
        assert!(scale.of(-1.0) == -scale.of(1.0) && scale.of(10.0) - scale.of(1.0) > 2.2);
    }

    #[test]
    fn one_far_estimate_does_not_hide_the_others() {
        let range = Range::of_estimates(&[0.1, 0.2, 0.3, 500.0], &[(0.0, 0.2), (-9.0, 9.0)], &[]);
        assert!(range.low <= 0.0 && range.high < 1.0 || range.high < 100.0, "{range:?}");
        assert!(range.holds(0.3) && !range.holds(500.0), "{range:?}");
    }

    proptest! {
        #[test]
        fn every_tick_lies_in_its_range(low in -1e6_f64..1e6, width in 1e-6_f64..1e6, about in 1.0_f64..9.0) {
            let range = Range { low, high: low + width };
            let (ticks, _) = range.ticks(about);
            prop_assert!(ticks.len() <= 16);
            let slack = 1e-9 * (low.abs() + width);
            prop_assert!(ticks.iter().all(|tick| *tick >= low - slack && *tick <= low + width + slack));
        }

        #[test]
        fn a_range_holds_zero_and_the_middle(values in proptest::collection::vec(-50.0_f64..50.0, 1..20)) {
            let range = Range::of_estimates(&values, &[], &[]);
            prop_assert!(range.holds(0.0) && range.high > range.low);
        }
    }
}
