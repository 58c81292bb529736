//! What a printed number can have been before it was rounded.

use std::fmt;

use crate::number_format::significant;
use crate::printed_number::PrintedNumber;

/// The numbers between two ends, both among them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Bounds {
    pub(super) low: f64,
    pub(super) high: f64,
}

/// So far apart in relation to their size two ends are the same but for the rounding of doubles.
const SLACK: f64 = 1e-12;

impl Bounds {
    pub(super) fn new(one: f64, other: f64) -> Self {
        Self { low: one.min(other), high: one.max(other) }
    }

    /// Of a number with its printed digits: half a unit of the last digit to either side.
    pub(super) fn of(printed: &PrintedNumber) -> Self {
        let half = 0.5 * 10f64.powi(-i32::try_from(printed.decimals()).unwrap_or(i32::MAX));
        Self { low: printed.value() - half, high: printed.value() + half }
    }

    /// Without its sign.
    pub(super) fn size(self) -> Self {
        match self.low <= 0.0 && self.high >= 0.0 {
            true => Self { low: 0.0, high: self.high.max(-self.low) },
            false => Self::new(self.low.abs(), self.high.abs()),
        }
    }

    /// One divided by another, neither below zero.
    pub(super) fn over(self, other: Self) -> Self {
        let over = |one: f64, other: f64| if other > 0.0 { one / other } else { f64::INFINITY };
        Self {
            low: if other.high > 0.0 { self.low / other.high } else { 0.0 },
            high: over(self.high, other.low),
        }
    }

    pub(super) fn plus(self, other: Self) -> Self {
        Self { low: self.low + other.low, high: self.high + other.high }
    }

    pub(super) fn times(self, factor: f64) -> Self {
        Self::new(self.low * factor, self.high * factor)
    }

    pub(super) fn meets(self, other: Self) -> bool {
        let slack = SLACK * (self.low.abs().max(other.high.abs()));
        self.low <= other.high + slack && other.low <= self.high + slack
    }

    /// Both together.
    pub(super) fn hull(self, other: Self) -> Self {
        Self { low: self.low.min(other.low), high: self.high.max(other.high) }
    }
}

impl fmt::Display for Bounds {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.high.is_finite() {
            true => write!(formatter, "{} to {}", significant(self.low), significant(self.high)),
            false => write!(formatter, "{} or more", significant(self.low)),
        }
    }
}
