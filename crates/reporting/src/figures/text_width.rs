//! How wide a text is, about: layouts mustn't depend on the fonts of the machine that makes them.

use unicode_width::UnicodeWidthChar;

/// The width of a text set in a font like Helvetica, in the unit of `size`. A Chinese character is a square.
pub(crate) fn text_width(text: &str, size: f64) -> f64 {
    text.chars().map(|character| size * ems(character)).sum()
}

fn ems(character: char) -> f64 {
    match character {
        'i' | 'j' | 'l' | '\'' | '|' => 0.23,
        ' ' | '.' | ',' | ':' | ';' | 'f' | 't' | 'I' | '/' | '!' | '(' | ')' | '[' | ']' | '-' => 0.31,
        'r' => 0.36,
        'm' | 'M' | 'W' | '%' | '@' => 0.87,
        'w' | 'A'..='Z' | '&' => 0.71,
        '*' => 0.39,
        '0'..='9' | 'a'..='z' => 0.55,
        other => match other.width() {
            Some(0) | None => 0.0,
            Some(1) => 0.6,
            Some(_) => 1.0,
        },
    }
}

/// The text, cut off with an ellipsis where it is wider than `width`.
pub(crate) fn fitted(text: &str, size: f64, width: f64) -> String {
    if text_width(text, size) <= width {
        return text.to_owned();
    }
    let mut left = width - text_width("…", size);
    let mut kept = String::new();
    for character in text.chars() {
        left -= size * ems(character);
        if left < 0.0 {
            break;
        }
        kept.push(character);
    }
    kept.truncate(kept.trim_end().len());
    kept.push('…');
    kept
}

/// The number's text with a real minus sign.
pub(crate) fn minus(text: &str) -> String {
    text.replace('-', "\u{2212}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chinese_is_square_and_long_texts_are_cut() {
        assert_eq!(text_width("碳排放", 10.0), 30.0);
        assert!(text_width("Emissions", 10.0) > 40.0 && text_width("Emissions", 10.0) < 55.0);
        assert_eq!(fitted("碳排放", 10.0, 30.0), "碳排放");
        assert_eq!(fitted("碳排放与经济增长", 10.0, 30.0), "碳排…");
        assert_eq!(fitted("anything", 10.0, 0.0), "…");
        assert!(text_width(&fitted(&"wide ".repeat(30), 11.0, 80.0), 11.0) <= 80.0);
    }
}
