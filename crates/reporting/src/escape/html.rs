//! Text for HTML.

use super::unseen::Unseen;

/// Text that a page prints as it stands, between tags and within a quoted attribute.
///
/// The five characters that markup is made of are written as entities. Newlines become blanks, controls
/// their code point.
pub fn escape_html(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => match Unseen::of(other) {
                Unseen::Blank => escaped.push(' '),
                Unseen::Named(name) => {
                    escaped.push_str("&lt;");
                    escaped.push_str(&name);
                    escaped.push_str("&gt;");
                }
                Unseen::No => escaped.push(other),
            },
        }
    }
    escaped
}

/// Text set as code.
pub fn html_code(text: &str) -> String {
    format!("<code>{}</code>", escape_html(text))
}

/// A number's text with a minus sign instead of a hyphen and a power of ten instead of an exponent:
/// `-1.2e-7` becomes `−1.2×10<sup>−7</sup>`. Text that is no number is escaped as text.
pub fn html_number(text: &str) -> String {
    let Some(number) = super::NumberText::of(text) else { return escape_html(text) };
    let minus = if number.negative { "−" } else { "" };
    match number.exponent {
        Some(exponent) => {
            format!("{minus}{}×10<sup>{}</sup>", number.mantissa, exponent.replace('-', "−"))
        }
        None => format!("{minus}{}", number.mantissa),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn markup_becomes_text() {
        assert_eq!(
            escape_html("<script>alert('1')</script>"),
            "&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;"
        );
        assert_eq!(escape_html("\" onload=\"x"), "&quot; onload=&quot;x");
        assert_eq!(escape_html("a\nb\u{202e}"), "a b&lt;U+202E&gt;");
        assert_eq!(html_code("a_<b>"), "<code>a_&lt;b&gt;</code>");
    }

    #[test]
    fn numbers_get_a_minus_sign_and_a_power() {
        assert_eq!(html_number("-0.257"), "−0.257");
        assert_eq!(html_number("1.2e-7"), "1.2×10<sup>−7</sup>");
        assert_eq!(html_number("<0.001"), "&lt;0.001");
        assert_eq!(html_number(""), "");
    }

    proptest! {
        #[test]
        fn nothing_is_left_that_markup_is_made_of(text in any::<String>()) {
            for set in [escape_html(&text), html_number(&text).replace("<sup>", "").replace("</sup>", "")] {
                prop_assert!(!set.contains(['<', '>', '"', '\'', '\n']), "{}", set);
            }
        }
    }
}
