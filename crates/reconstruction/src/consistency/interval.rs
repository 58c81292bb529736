//! Numbers known between two ends. Every operation rounds outwards, so that a result holds whatever the numbers are.

use std::ops::{Add, Mul, Neg, Sub};

/// A closed interval, with the number in it that it would be if all numbers were as printed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Interval {
    pub(super) low: f64,
    pub(super) at: f64,
    pub(super) high: f64,
}

/// Far more than the relative error of a power of ten.
const POWER_OF_TEN: f64 = 1e-12;

impl Interval {
    pub(super) const ZERO: Self = Self::point(0.0);
    pub(super) const ONE: Self = Self::point(1.0);

    /// One number.
    pub(super) const fn point(value: f64) -> Self {
        Self { low: value, at: value, high: value }
    }

    /// Every number that is printed as `value` with so many decimals, whichever way halves are rounded. Neither `value`
    /// nor a power of ten is exact in binary, and a subtraction may be of nearly equal numbers: one step outwards isn't enough.
    pub(super) fn printed(value: f64, decimals: usize) -> Self {
        let half = 0.5 * 10.0_f64.powi(-i32::try_from(decimals).unwrap_or(i32::MAX));
        let half = half * (1.0 + POWER_OF_TEN) + value.abs() * f64::EPSILON;
        Self { low: value - half, at: value, high: value + half }.outwards()
    }

    /// Whether it is one number.
    pub(super) fn is_point(self) -> bool {
        self.low == self.high
    }

    fn outwards(self) -> Self {
        Self { low: self.low.next_down(), at: self.at, high: self.high.next_up() }
    }

    pub(super) fn is_zero(self) -> bool {
        self.low == 0.0 && self.high == 0.0
    }

    pub(super) fn holds_zero(self) -> bool {
        self.low <= 0.0 && self.high >= 0.0
    }

    /// How far a number in it may be from that of the printed ones.
    pub(super) fn radius(self) -> f64 {
        (self.high - self.at).max(self.at - self.low).next_up()
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
        (!self.holds_zero())
            .then(|| Self { low: 1.0 / self.high, at: 1.0 / self.at, high: 1.0 / self.low }.outwards())
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
        Self { low: self.low + other.low, at: self.at + other.at, high: self.high + other.high }.outwards()
    }
}

impl Neg for Interval {
    type Output = Self;
    fn neg(self) -> Self {
        Self { low: -self.high, at: -self.at, high: -self.low }
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
            at: self.at * other.at,
            high: ends.iter().copied().fold(f64::NEG_INFINITY, f64::max),
        }
        .outwards()
    }
}

#[cfg(test)]
#[allow(clippy::expect_used, clippy::unwrap_used)]
mod tests {
    use super::*;

    fn between(low: f64, high: f64) -> Interval {
        Interval { low, at: 0.5 * (low + high), high }
    }

    #[test]
    fn results_hold_what_they_should() {
        let (one, two) = (between(-1.0, 2.0), between(3.0, 4.0));
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

    #[test]
    fn printed_numbers_hold_all_that_are_printed_so() {
        // The ends as decimal texts, which are read to the nearest double.
        for decimals in 1..30_usize {
            let zeros = "0".repeat(decimals - 1);
            for digit in 1..10 {
                let printed = Interval::printed(format!("0.{zeros}{digit}").parse().unwrap(), decimals);
                let low: f64 = format!("0.{zeros}{}5", digit - 1).parse().unwrap();
                let high: f64 = format!("0.{zeros}{digit}5").parse().unwrap();
                assert!(printed.low < low && low < printed.high, "{digit} {decimals}");
                assert!(printed.low < high && high < printed.high, "{digit} {decimals}");
                assert!(printed.sign() == 1);
            }
        }
        let huge = Interval::printed("12345678901234567890123".parse().unwrap(), 0);
        assert!(huge.low < 12_345_678_901_234_567_890_122.0 && huge.radius() < 1e7);
        // More decimals than a double has a power of ten for.
        let tiny = Interval::printed(0.25, 400);
        assert!(tiny.low < 0.25 && tiny.high > 0.25);
        assert!(Interval::printed(-0.0, 3).holds_zero());
    }

    #[test]
    fn what_overflows_says_nothing() {
        let huge = between(1e308, f64::MAX);
        let squared = huge * huge;
        assert!(squared.high.is_infinite());
        assert_eq!((squared - squared).sign(), 0);
        assert_eq!((between(-1.0, 0.0) * squared).sign(), 0);
    }
}
