//! Numbers as they are written.

/// A number's text taken apart.
pub(crate) struct NumberText<'a> {
    /// Whether a minus stands before it.
    pub(crate) negative: bool,
    /// Digits and a point.
    pub(crate) mantissa: &'a str,
    /// The power of ten, where it has one.
    pub(crate) exponent: Option<&'a str>,
}

impl<'a> NumberText<'a> {
    /// Takes a number's text apart, or a part of one, such as `.350`; none where it is something else.
    pub(crate) fn of(text: &'a str) -> Option<Self> {
        let (negative, unsigned) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (mantissa, exponent) = match unsigned.split_once('e') {
            Some((mantissa, exponent)) => (mantissa, Some(exponent)),
            None => (unsigned, None),
        };
        let plain = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        let whole = |part: &str| {
            let digits = part.strip_prefix('-').unwrap_or(part);
            !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
        };
        (!mantissa.is_empty() && plain(mantissa) && exponent.is_none_or(whole)).then_some(Self {
            negative,
            mantissa,
            exponent,
        })
    }
}

/// A sentence in which a hyphen before a number that begins there is a minus sign: `x is -0.5`, and not `2008-2019` or
/// `table-1`.
pub(crate) fn with_minus_signs(text: &str) -> String {
    let mut signed = String::with_capacity(text.len());
    for (at, character) in text.char_indices() {
        let digit = |next: &str| next.starts_with(|next: char| next.is_ascii_digit());
        let after = text.get(at + 1..).unwrap_or_default();
        let begins = signed.chars().next_back().is_none_or(|before| {
            before.is_whitespace()
                || "([{<=,;:（【：，；、".contains(before)
                || ('一'..='鿿').contains(&before)
        });
        let number = digit(after) || after.strip_prefix('.').is_some_and(digit);
        signed.push(if character == '-' && begins && number { '−' } else { character });
    }
    signed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hyphens_before_numbers_are_minus_signs() {
        for (text, expected) in [
            ("方程（2）中lnCO2为-0.07977（p = 0.200）", "方程（2）中lnCO2为−0.07977（p = 0.200）"),
            ("x in (1) -0.3*, y in (2) -1*", "x in (1) −0.3*, y in (2) −1*"),
            ("-.5 and (-2)", "−.5 and (−2)"),
            (
                "2008-2019, table-1, 3-clustered, a - b, --all",
                "2008-2019, table-1, 3-clustered, a - b, --all",
            ),
            ("x/-1 and Z-tilde -2.5", "x/-1 and Z-tilde −2.5"),
        ] {
            assert_eq!(with_minus_signs(text), expected);
        }
    }
}
