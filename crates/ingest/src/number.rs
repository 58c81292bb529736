//! Numbers as people write them in tables.

use vintner_panel::shortest_decimal;

use crate::fold::{fold, is_folded};

/// The number that `text` writes: decimal, optionally signed, with an exponent or with thousands
/// separated by commas; full-width characters and surrounding white space are accepted. Nothing where it writes none,
/// or one beyond double precision's range.
///
/// A plain decimal reads to the nearest double, so a number written with Rust's or Python's
/// shortest representation reads back to the same bits.
pub(crate) fn parse_number(text: &str) -> Option<f64> {
    if is_folded(text) { parse_folded(text) } else { parse_folded(&fold(text)) }
}

fn parse_folded(folded: &str) -> Option<f64> {
    // Most cells by far: nothing but digits, a sign and a point, of which the standard library knows the same
    // as is asked below.
    if is_plain(folded)
        && let Ok(number) = folded.parse::<f64>()
    {
        return number.is_finite().then_some(number);
    }
    let unsigned = folded.strip_prefix(['+', '-']).unwrap_or(folded);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, fraction),
        None => (mantissa, ""),
    };
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let exponent_is_number = exponent.is_none_or(|exponent| {
        let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        !exponent.is_empty() && digits(exponent)
    });
    if !digits(fraction) || !exponent_is_number || whole.len() + fraction.len() == 0 {
        return None;
    }
    if !digits(whole) && (exponent.is_some() || !is_grouped(whole)) {
        return None;
    }
    folded.replace(',', "").parse::<f64>().ok().filter(|number| number.is_finite())
}

/// Whether a text is digits with at most a sign before and one point among them.
fn is_plain(text: &str) -> bool {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let points = unsigned.bytes().filter(|byte| *byte == b'.').count();
    points <= 1
        && unsigned.len() > points
        && unsigned.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
}

/// Whether a text is what its number is written as: the shortest decimal that reads back to it.
///
/// Two decimals of up to 15 digits are never one double, so one of them is the shortest of its own unless it has a
/// zero too many.
pub(crate) fn is_shortest(text: &str, number: f64) -> bool {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, "0"));
    let whole_is = whole == "0" || (!whole.is_empty() && !whole.starts_with('0'));
    let fraction_is =
        fraction == "0" && !unsigned.contains('.') || !fraction.is_empty() && !fraction.ends_with('0');
    let is_short = unsigned.len() <= 16
        && !unsigned.starts_with(['+', '-'])
        && is_plain(unsigned)
        && number != 0.0
        && number.abs() >= 1e-7;
    let few = digits_of(unsigned) <= 15;
    (is_short && few && whole_is && fraction_is) || shortest_decimal(number) == text
}

fn digits_of(text: &str) -> usize {
    text.bytes().filter(u8::is_ascii_digit).count()
}

/// The whole number that `text` writes, exactly: optionally signed, with thousands separated by commas or not.
pub(crate) fn parse_whole(text: &str) -> Option<i64> {
    let folded = if is_folded(text) { text.to_owned() } else { fold(text) };
    if let Ok(whole) = folded.parse::<i64>() {
        return Some(whole);
    }
    let unsigned = folded.strip_prefix(['+', '-']).unwrap_or(&folded);
    // 2008.0 is whole.
    let plain = unsigned.trim_end_matches('0').strip_suffix('.');
    match plain {
        Some(whole) if unsigned.contains(".0") => format!("{}{whole}", sign_of(&folded)).parse().ok(),
        _ if is_grouped(unsigned) => folded.replace(',', "").parse().ok(),
        _ => None,
    }
}

fn sign_of(text: &str) -> &'static str {
    if text.starts_with('-') { "-" } else { "" }
}

/// Whether commas stand before every group of three digits and the first group has one to three.
fn is_grouped(whole: &str) -> bool {
    whole.split(',').enumerate().all(|(position, group)| {
        group.bytes().all(|byte| byte.is_ascii_digit())
            && if position == 0 { (1..=3).contains(&group.len()) } else { group.len() == 3 }
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_tables_hold() {
        for (text, number) in [
            ("12", 12.0),
            (" 12.50 ", 12.5),
            ("-3", -3.0),
            ("−3", -3.0),
            ("+.5", 0.5),
            ("5.", 5.0),
            ("1e3", 1000.0),
            ("2.5E-3", 0.0025),
            ("1,234.5", 1234.5),
            ("12,345,678", 12_345_678.0),
            ("１２３．４", 123.4),
            ("1，234", 1234.0),
        ] {
            assert_eq!(parse_number(text), Some(number), "{text}");
        }
    }

    #[test]
    fn what_is_refused() {
        for text in [
            "12%",
            "a%",
            "1,5",
            "12,34,567",
            "1234,567",
            ",123",
            "1.234,5",
            "1e999",
            "1 234",
            "nan",
            "inf",
            "infinity",
            "--",
            ".",
            "e5",
            "1e",
            "0x10",
            "1,234e5",
            "12.3 (provisional)",
            "",
        ] {
            assert_eq!(parse_number(text), None, "{text}");
        }
    }

    #[test]
    fn whole_numbers_are_exact() {
        for (text, whole) in [
            ("9007199254740993", 9_007_199_254_740_993),
            ("-9223372036854775808", i64::MIN),
            ("1,234", 1234),
            (" 12 ", 12),
            ("2008.0", 2008),
            ("-100.00", -100),
        ] {
            assert_eq!(parse_whole(text), Some(whole), "{text}");
        }
        for text in ["", "1.5", "9223372036854775808", "1e3", "12,34", "x", ".0", "0x10"] {
            assert_eq!(parse_whole(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn only_what_a_number_is_written_as_is_left_out(text in "[-+]?[0-9]{1,18}(\\.[0-9]{0,8})?") {
            let number = parse_number(&text).unwrap();
            prop_assert_eq!(is_shortest(&text, number), shortest_decimal(number) == text);
        }

        #[test]
        fn a_written_number_reads_back_to_the_same_bits(bits in any::<u64>()) {
            let number = f64::from_bits(bits);
            prop_assume!(number.is_finite());
            prop_assert_eq!(parse_number(&format!("{number}")).map(f64::to_bits), Some(bits));
            prop_assert_eq!(parse_number(&format!("{number:e}")).map(f64::to_bits), Some(bits));
        }

        #[test]
        fn no_text_crashes_it(text in ".*") {
            let _ = parse_number(&text);
        }
    }
}
