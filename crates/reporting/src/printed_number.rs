//! A number as a publication printed it: its digits are all that is known of it.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A decimal number with the digits that were printed: `0.350` has three decimals, `0.35` has two,
/// and an estimate of 0.3504 agrees with the first and with the second.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PrintedNumber {
    text: String,
    negative: bool,
    /// Integer and fractional digits run together, without leading zeros; empty for zero.
    digits: String,
    decimals: usize,
}

/// Decimals beyond this are no printed number. An exact `f64` has at most 1,074.
const MOST_DECIMALS: usize = 40;

/// Digits after the point that write any `f64` exactly: the smallest is 2^-1074.
const EXACT_DECIMALS: usize = 1_074;

impl PrintedNumber {
    /// Reads an optional minus, digits, and optionally a point with digits after it; nothing else
    /// (no exponent, no plus, no spaces, no thousands separator).
    pub fn parse(text: &str) -> Option<Self> {
        let (negative, unsigned) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (integer, fraction) = match unsigned.split_once('.') {
            Some((_, "")) => return None,
            Some(parts) => parts,
            None => (unsigned, ""),
        };
        let only_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if integer.is_empty() || !only_digits(integer) || !only_digits(fraction) {
            return None;
        }
        if fraction.len() > MOST_DECIMALS || integer.len() > MOST_DECIMALS {
            return None;
        }
        Some(Self {
            text: text.into(),
            negative,
            digits: without_leading_zeros(&format!("{integer}{fraction}")).into(),
            decimals: fraction.len(),
        })
    }

    /// The text as printed.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// How many digits stand after the point.
    pub fn decimals(&self) -> usize {
        self.decimals
    }

    /// The nearest `f64`.
    pub fn value(&self) -> f64 {
        // What `parse` accepts, Rust's own grammar of numbers does too.
        self.text.parse().unwrap_or(f64::NAN)
    }

    /// Whether `estimate`, rounded to the printed decimals, gives the printed digits.
    ///
    /// The estimate's binary value is compared exactly, with no tolerance. Only an exact tie can be
    /// rounded two ways (half to even, half away from zero); publications do either, so both are
    /// accepted. A zero has no sign here: -0.0004 is `0.000` and `-0.000`.
    pub fn is_rounding_of(&self, estimate: f64) -> bool {
        if !estimate.is_finite() {
            return false;
        }
        if !self.digits.is_empty() && estimate.is_sign_negative() != self.negative {
            return false;
        }
        let exact = format!("{:.*}", EXACT_DECIMALS, estimate.abs());
        let (integer, fraction) = exact.split_once('.').unwrap_or((&exact, ""));
        let (kept, rest) = fraction.split_at_checked(self.decimals).unwrap_or((fraction, ""));
        let below = without_leading_zeros(&format!("{integer}{kept}")).to_owned();
        let mut tail = rest.bytes();
        let first = tail.next().unwrap_or(b'0');
        let is_tie = first == b'5' && tail.all(|byte| byte == b'0');
        if is_tie {
            below == self.digits || increment(&below) == self.digits
        } else if first >= b'5' {
            increment(&below) == self.digits
        } else {
            below == self.digits
        }
    }

    /// Whether `estimate` has the printed sign. A printed zero without a minus tells no sign: what
    /// rounds to it agrees. A printed `-0.000` was negative before it was rounded.
    pub fn has_sign_of(&self, estimate: f64) -> bool {
        match (self.negative, self.digits.is_empty()) {
            (true, _) => estimate < 0.0,
            (false, false) => estimate > 0.0,
            (false, true) => self.is_rounding_of(estimate),
        }
    }
}

impl fmt::Display for PrintedNumber {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

impl TryFrom<String> for PrintedNumber {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text).ok_or_else(|| format!("`{text}` is no printed number, such as -0.350"))
    }
}

impl From<PrintedNumber> for String {
    fn from(number: PrintedNumber) -> Self {
        number.text
    }
}

fn without_leading_zeros(digits: &str) -> &str {
    digits.trim_start_matches('0')
}

/// One more in the last digit: `199` gives `200`, the empty text (zero) gives `1`.
fn increment(digits: &str) -> String {
    let nines = digits.len() - digits.trim_end_matches('9').len();
    let mut head = digits.trim_end_matches('9').to_owned();
    let last = head.pop().unwrap_or('0');
    // `last` is a digit below 9 here, so that the next character is the next digit.
    head.push(char::from_digit(last.to_digit(10).unwrap_or(0) + 1, 10).unwrap_or('1'));
    head.push_str(&"0".repeat(nines));
    head
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn printed(text: &str) -> PrintedNumber {
        PrintedNumber::parse(text).unwrap()
    }

    #[test]
    fn the_printed_digits_decide() {
        for (text, estimate, equal) in [
            ("0.350", 0.3501, true),
            ("0.350", 0.35049999, true),
            ("0.350", 0.3505001, false),
            ("0.35", 0.3549, true),
            ("0.350", 0.3549, false),
            ("14.28", 14.2849, true),
            ("14.28", 14.2851, false),
            ("-0.000", -0.0004, true),
            ("-0.000", 0.0004, true),
            ("0.000", -0.0004, true),
            ("0.000", -0.0, true),
            ("-0.001", 0.001, false),
            ("0.001", -0.001, false),
            ("-5.622", -5.6224, true),
            ("10.00", 9.995_000_1, true),
            ("10.0", 9.94, false),
            ("5", 4.5001, true),
            ("0.1", 0.1, true),
            ("1", f64::NAN, false),
            ("1", f64::INFINITY, false),
        ] {
            assert_eq!(printed(text).is_rounding_of(estimate), equal, "{text} and {estimate}");
        }
    }

    #[test]
    fn only_an_exact_tie_may_be_rounded_either_way() {
        // 0.125 is exact in binary: half to even gives 0.12, half away from zero 0.13.
        assert!(printed("0.12").is_rounding_of(0.125));
        assert!(printed("0.13").is_rounding_of(0.125));
        assert!(printed("-0.13").is_rounding_of(-0.125));
        // The f64 written 0.285 lies below the tie and rounds one way only.
        assert!(printed("0.28").is_rounding_of(0.285));
        assert!(!printed("0.29").is_rounding_of(0.285));
    }

    #[test]
    fn a_printed_minus_is_a_sign_even_before_zero() {
        assert!(printed("-0.000").has_sign_of(-0.0004));
        assert!(!printed("-0.000").has_sign_of(0.0004));
        assert!(printed("0.000").has_sign_of(-0.0004));
        assert!(!printed("0.000").has_sign_of(-0.7));
        assert!(printed("0.350").has_sign_of(12.0));
        assert!(!printed("0.350").has_sign_of(0.0));
        assert!(!printed("0.350").has_sign_of(f64::NAN));
    }

    #[test]
    fn what_is_no_printed_number_is_refused() {
        for text in ["", "-", ".", "1.", ".5", "+1", "1e3", " 1", "1 ", "1,000", "−0.3", "NaN", "0x1", "--1"]
        {
            assert_eq!(PrintedNumber::parse(text), None, "{text:?}");
        }
        assert_eq!(PrintedNumber::parse(&"9".repeat(400)), None);
    }

    proptest! {
        #[test]
        fn a_number_printed_by_rust_is_a_rounding_of_itself(estimate in -1e6..1e6f64, decimals in 0usize..12) {
            let text = format!("{estimate:.decimals$}");
            prop_assert!(printed(&text).is_rounding_of(estimate));
        }

        #[test]
        fn a_whole_step_away_is_never_equal(units in -100_000i64..100_000, off in 0.51..3.0f64) {
            let text = format!("{:.3}", units as f64 / 1000.0);
            let number = printed(&text);
            prop_assert!(!number.is_rounding_of((units as f64 + off) / 1000.0));
            prop_assert!(!number.is_rounding_of((units as f64 - off) / 1000.0));
        }
    }
}
