//! Numbers beyond what can be kept.

/// What is wrong with an unquoted text that is written as a number and can't be kept as it is written:
/// a whole number of more than 64 bits, or one so large or so small that infinity or zero would be left
/// of it.
pub(crate) fn unkept(text: &str) -> Option<String> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let radix = [("0x", 16), ("0o", 8), ("0b", 2)]
        .into_iter()
        .find_map(|(prefix, radix)| Some((digits.strip_prefix(prefix)?, radix)));
    let (whole, radix) = radix.unwrap_or((digits, 10));
    if !whole.is_empty() && whole.chars().all(|digit| digit.is_digit(radix)) {
        // Zeros before other digits make a text of it, such as a code of a place.
        let is_text = radix == 10 && whole.len() > 1 && whole.starts_with('0');
        let magnitude = u128::from_str_radix(whole, radix).unwrap_or(u128::MAX);
        let most = if text.starts_with('-') { 1_u128 << 63 } else { u64::MAX.into() };
        return (!is_text && magnitude > most)
            .then(|| format!("{text} is a whole number of more than 64 bits, which can't be kept: put quotes around it if it is a text"));
    }
    if !digits.starts_with(|first: char| first.is_ascii_digit() || first == '.') {
        return None;
    }
    let number: f64 = digits.parse().ok()?;
    let (mantissa, _) = digits.split_once(['e', 'E']).unwrap_or((digits, ""));
    if number.is_infinite() {
        Some(format!("{text} is larger than any number that can be kept (about 1.8e308)"))
    } else if number == 0.0 && mantissa.contains(|digit: char| matches!(digit, '1'..='9')) {
        Some(format!("{text} is smaller than any number that can be kept but 0 (about 4.9e-324)"))
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_be_kept_is() {
        let kept = [
            "0",
            "1e308",
            "-1.5",
            "18446744073709551615",
            "-9223372036854775808",
            "0xffffffffffffffff",
            ".5",
            "00099999999999999999999",
            "1e",
            "2008-01-01",
            "inf",
            "nan",
            "e400",
            "0e999",
            "4.9e-324",
            "",
        ];
        for text in kept {
            assert_eq!(unkept(text), None, "{text}");
        }
    }

    #[test]
    fn what_cannot_is_told() {
        let texts = [
            "1e400",
            "-1e400",
            "1e-400",
            "18446744073709551616",
            "-9223372036854775809",
            "99999999999999999999999999999999999999999999999",
            "0x10000000000000000",
        ];
        for text in texts {
            assert!(unkept(text).is_some_and(|said| said.starts_with(text)), "{text}");
        }
    }
}
