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
