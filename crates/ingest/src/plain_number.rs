//! Numbers as nearly all files write them: digits, at most a hyphen before them and a point among them. One look at each
//! byte says what the slower ways say that know all other forms.

use vintner_panel::shortest_decimal;

/// Whole numbers up to here are doubles.
const EXACT: u64 = 1 << 53;

/// Powers of ten that are doubles.
const POWERS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18,
    1e19, 1e20, 1e21, 1e22,
];

/// A plain number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct PlainNumber {
    pub(crate) number: f64,
    /// How many digits stand before the point, and how many behind it; none where there is no point.
    pub(crate) whole: usize,
    pub(crate) fraction: Option<usize>,
    /// Whether the first digit is a zero.
    pub(crate) begins_with_zero: bool,
    /// Digits from the first that isn't a zero.
    significant: usize,
    /// Whether it has a zero that its value doesn't need.
    padded: bool,
}

impl PlainNumber {
    /// The number that a text writes; nothing where it isn't plain, which says nothing of whether it is a number.
    pub(crate) fn of(text: &str) -> Option<Self> {
        let (is_negative, digits) = match text.as_bytes() {
            [b'-', rest @ ..] => (true, rest),
            all => (false, all),
        };
        let (mut mantissa, mut significant, mut seen) = (0_u64, 0_usize, 0_usize);
        let mut point = None;
        for byte in digits {
            match byte {
                b'0'..=b'9' => {
                    let digit = u64::from(byte - b'0');
                    significant += usize::from(significant > 0 || digit > 0);
                    // Beyond 19 digits it isn't used.
                    mantissa = mantissa.wrapping_mul(10).wrapping_add(digit);
                    seen += 1;
                }
                b'.' if point.is_none() => point = Some(seen),
                _ => return None,
            }
        }
        let whole = point.unwrap_or(seen);
        let fraction = point.map(|whole| seen - whole);
        if whole == 0 || fraction == Some(0) {
            return None;
        }
        let size = match POWERS.get(fraction.unwrap_or_default()) {
            // Both are held exactly, so their quotient is rounded once: it is the nearest double.
            Some(power) if significant <= 19 && mantissa <= EXACT => mantissa as f64 / power,
            _ => std::str::from_utf8(digits).ok()?.parse::<f64>().ok().filter(|size| size.is_finite())?,
        };
        let begins_with_zero = digits.first() == Some(&b'0');
        let padded = (begins_with_zero && whole > 1) || (fraction.is_some() && digits.last() == Some(&b'0'));
        let number = if is_negative { -size } else { size };
        Some(Self { number, whole, fraction, begins_with_zero, significant, padded })
    }

    /// Whether the text that it was read from is the shortest that reads back to the number.
    pub(crate) fn is_shortest(&self, text: &str) -> bool {
        // Two decimals of up to 15 digits are never one double, so one of them is the shortest of its own; none is
        // longer than 17 digits.
        let size = self.number.abs();
        let is_plain = size == 0.0 || (1e-7..1e17).contains(&size);
        match self.significant {
            _ if self.padded || !is_plain => false,
            ..=15 => true,
            16 | 17 => match self.fraction {
                Some(fraction) if !self.is_half_way(fraction) => {
                    let mut printer = zmij::Buffer::new();
                    let shortest = printer.format_finite(self.number);
                    // It writes exponents sooner than is done here.
                    if shortest.contains('e') {
                        shortest_decimal(self.number) == text
                    } else {
                        shortest == text
                    }
                }
                _ => shortest_decimal(self.number) == text,
            },
            _ => false,
        }
    }

    /// Whether it may lie in the middle between two decimals of so many digits behind the point, of which one printer of
    /// numbers takes the upper and another the even one.
    fn is_half_way(&self, fraction: usize) -> bool {
        // Then it has one digit more, so that doubling it as often makes it whole.
        let doubled = i32::try_from(fraction + 1).map_or(f64::INFINITY, |times| 2_f64.powi(times));
        (self.number * doubled).fract() == 0.0
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::number::{is_shortest, parse_number};
    use proptest::prelude::*;

    #[test]
    fn other_forms_are_left_to_others() {
        for text in
            ["", "-", ".", "5.", ".5", "+5", "1e3", "1,234", "1.2.3", " 5", "５", "--5", "5-", "−5", "inf"]
        {
            assert_eq!(PlainNumber::of(text), None, "{text}");
        }
        let long = "9".repeat(400);
        assert_eq!(PlainNumber::of(&long), None, "beyond double precision's range");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(5000))]

        #[test]
        fn it_is_what_the_slower_way_reads(text in "-?[0-9]{1,20}(\\.[0-9]{1,25})?") {
            let plain = PlainNumber::of(&text).unwrap();
            let number = parse_number(&text).unwrap();
            prop_assert_eq!(plain.number.to_bits(), number.to_bits());
            prop_assert_eq!(plain.is_shortest(&text), is_shortest(&text, number));
        }

        #[test]
        fn so_is_what_has_few_digits(text in "-?(0|[0-9]{1,4})(\\.0{0,8}[0-9]{1,6})?") {
            let plain = PlainNumber::of(&text).unwrap();
            let number = parse_number(&text).unwrap();
            prop_assert_eq!(plain.number.to_bits(), number.to_bits());
            prop_assert_eq!(plain.is_shortest(&text), is_shortest(&text, number));
        }

        #[test]
        fn what_programs_write_is_the_shortest(bits in any::<u64>()) {
            let number = f64::from_bits(bits);
            prop_assume!(number.is_finite());
            let text = shortest_decimal(number);
            if let Some(plain) = PlainNumber::of(&text) {
                prop_assert_eq!(plain.number.to_bits(), bits);
                prop_assert!(plain.is_shortest(&text));
            }
        }
    }
}
