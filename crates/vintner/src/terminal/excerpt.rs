//! A line of a file under a message, and the marks below it: these stand column by column, so they aren't
//! folded but moved along together until what is marked can be seen.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::cut::cut;

/// The two lines as they are shown in so many columns; nothing where they aren't such lines.
pub(super) fn excerpt(line: &str, marks: &str, columns: usize) -> Option<[String; 2]> {
    let (number, text) = line.split_once(" | ")?;
    let (margin, marks) = marks.split_once(" | ")?;
    let is_number = !number.trim().is_empty() && number.trim().bytes().all(|byte| byte.is_ascii_digit());
    if !is_number || !margin.trim().is_empty() || number.len() != margin.len() {
        return None;
    }
    let room = columns.saturating_sub(number.len() + 3).max(8);
    let begins = marks.width() - marks.trim_start().width();
    // Some of what stands before the marks is seen, too.
    let skipped = if marks.width() <= room { 0 } else { begins.saturating_sub(room / 3) };
    let shown = if skipped == 0 { text.to_owned() } else { format!("…{}", without(text, skipped + 1)) };
    Some([
        format!("{number} | {}", cut(&shown, room)),
        format!("{margin} | {}", marks_in(&without(marks, skipped), room)),
    ])
}

/// A text without its first columns. Of a wide character that is cut through a blank is left.
fn without(text: &str, columns: usize) -> String {
    let mut taken = 0;
    let mut rest = text.char_indices();
    while taken < columns {
        let Some((_, character)) = rest.next() else { return String::new() };
        taken += character.width().unwrap_or(0);
    }
    let at = rest.next().map_or(text.len(), |(at, _)| at);
    format!("{}{}", " ".repeat(taken - columns), &text[at..])
}

/// Marks as far as there is room.
fn marks_in(marks: &str, room: usize) -> String {
    marks.chars().take(room).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_marked_is_seen() {
        let line = "   21 |     params: {nominal: income, into: real_income, rounded: 2}";
        let marks = "      |                                                  ^^^^^^^";
        let shown = |columns| excerpt(line, marks, columns).map(|lines| lines.join("\n"));
        assert_eq!(shown(80).as_deref(), Some(format!("{line}\n{marks}").as_str()));
        assert_eq!(shown(40).as_deref(), Some("   21 | …_income, rounded: 2}\n      |           ^^^^^^^"));
    }

    #[test]
    fn wide_characters_keep_their_columns() {
        let line = "    3 | 城市: {石家庄: 1, 北京: x, 天津: 2}";
        let marks = "      |                         ^";
        assert_eq!(
            excerpt(line, marks, 30).map(|lines| lines.join("\n")).as_deref(),
            Some("    3 | …北京: x, 天津: 2}\n      |        ^")
        );
    }

    #[test]
    fn other_lines_are_none() {
        assert_eq!(excerpt("a | b", "  | c", 40), None);
        assert_eq!(excerpt("12 a", "   ^", 40), None);
    }
}
