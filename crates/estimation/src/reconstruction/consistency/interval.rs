//! Numbers known between two ends. Every operation rounds outwards, so that a result holds whatever the numbers are.

use std::ops::{Add, Mul, Neg, Sub};

/// A closed interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Interval {
    pub(super) low: f64,
    pub(super) high: f64,
}

impl Interval {
    pub(super) const ZERO: Self = Self { low: 0.0, high: 0.0 };
    pub(super) const ONE: Self = Self { low: 1.0, high: 1.0 };

    /// Every number that is printed as `value` with so many decimals.
    pub(super) fn printed(value: f64, decimals: usize) -> Self {
        let half = 0.5 * 10.0_f64.powi(-i32::try_from(decimals).unwrap_or(i32::MAX));
        Self { low: value - half, high: value + half }.outwards()
    }

    fn outwards(self) -> Self {
        Self { low: self.low.next_down(), high: self.high.next_up() }
    }

    pub(super) fn is_zero(self) -> bool {
        self.low == 0.0 && self.high == 0.0
    }

    pub(super) fn holds_zero(self) -> bool {
        self.low <= 0.0 && self.high >= 0.0
    }

    pub(super) fn middle(self) -> f64 {
        0.5 * (self.low + self.high)
    }

    /// Half its width, from the middle outwards.
    pub(super) fn radius(self) -> f64 {
        (self.high - self.middle()).max(self.middle() - self.low).next_up()
    }

    /// -1, 0 where it holds zero, or 1.
    pub(super) fn sign(self) -> i32 {
        if self.low > 0.0 {
            1
        } else if self.high < 0.0 {
            -1
        } else {
            0
        }
    }

    /// One over it; none where it holds zero.
    pub(super) fn inverse(self) -> Option<Self> {
        (!self.holds_zero()).then(|| Self { low: 1.0 / self.high, high: 1.0 / self.low }.outwards())
    }
}

impl Add for Interval {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        if self.is_zero() {
            return other;
        }
        if other.is_zero() {
            return self;
        }
        Self { low: self.low + other.low, high: self.high + other.high }.outwards()
    }
}

impl Neg for Interval {
    type Output = Self;
    fn neg(self) -> Self {
        Self { low: -self.high, high: -self.low }
    }
}

impl Sub for Interval {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        self + -other
    }
}

impl Mul for Interval {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        if self.is_zero() || other.is_zero() {
            return Self::ZERO;
        }
        let ends =
            [self.low * other.low, self.low * other.high, self.high * other.low, self.high * other.high];
        Self {
            low: ends.iter().copied().fold(f64::INFINITY, f64::min),
            high: ends.iter().copied().fold(f64::NEG_INFINITY, f64::max),
        }
        .outwards()
    }
}

#[cfg(test)]
#[allow(clippy::expect_used, clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn results_hold_what_they_should() {
        let (one, two) = (Interval { low: -1.0, high: 2.0 }, Interval { low: 3.0, high: 4.0 });
        let product = one * two;
        assert!(product.low <= -4.0 && product.high >= 8.0 && product.high < 8.1);
        let difference = one - two;
        assert!(difference.low <= -5.0 && difference.high >= -1.0);
        assert!(one.inverse().is_none());
        let inverse = two.inverse().unwrap();
        assert!(inverse.low <= 0.25 && inverse.high >= 1.0 / 3.0);
        assert_eq!((Interval::ZERO * one, Interval::ZERO + two), (Interval::ZERO, two));
        let printed = Interval::printed(-0.35, 2);
        assert!(printed.low <= -0.355 && printed.high >= -0.345 && printed.sign() == -1);
    }
}
