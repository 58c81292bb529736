//! How values are printed: as they were read, on one line, and not at any length.

/// How many characters of a value are shown.
const WIDTH: usize = 60;

/// How many characters that two long texts share are left on either side of where they differ.
const CONTEXT: usize = 20;

/// A text as it is shown: control characters escaped, quoted where its ends would be invisible, and
/// abbreviated in the middle beyond 60 characters.
pub fn shown_text(text: &str) -> String {
    let characters: Vec<char> = text.chars().collect();
    quoted(text, abbreviated(&characters))
}

/// Two texts as they are shown beside one another. Of long ones the part is shown in which they
/// begin to differ.
pub fn shown_pair(before: &str, after: &str) -> (String, String) {
    let (old, new): (Vec<char>, Vec<char>) = (before.chars().collect(), after.chars().collect());
    if old.len() <= WIDTH && new.len() <= WIDTH {
        return (quoted(before, abbreviated(&old)), quoted(after, abbreviated(&new)));
    }
    let prefix = old.iter().zip(&new).take_while(|(one, other)| one == other).count();
    let rest = old.len().min(new.len()) - prefix;
    let ends = old.iter().rev().zip(new.iter().rev());
    let suffix = ends.take(rest).take_while(|(one, other)| one == other).count();
    let part = |characters: &[char], whole: &str| {
        let start = prefix.saturating_sub(CONTEXT);
        let end = (characters.len() - suffix + CONTEXT).min(characters.len());
        let middle = abbreviated(characters.get(start..end).unwrap_or_default());
        let before = if start > 0 { "…" } else { "" };
        let after = if end < characters.len() { "…" } else { "" };
        quoted(whole, format!("{before}{middle}{after}"))
    };
    (part(&old, before), part(&new, after))
}

/// The shortest decimal of a number that reads back to the same bits, with an exponent only where
/// it would need many zeros.
pub(super) fn shown_number(number: f64) -> String {
    let size = number.abs();
    if size != 0.0 && !(1e-7..1e17).contains(&size) { format!("{number:e}") } else { format!("{number}") }
}

fn abbreviated(characters: &[char]) -> String {
    let escaped = |part: &[char]| -> String {
        let escape = |&character: &char| -> String {
            if character.is_control() { character.escape_default().collect() } else { character.into() }
        };
        part.iter().map(escape).collect()
    };
    if characters.len() <= WIDTH {
        return escaped(characters);
    }
    let half = WIDTH / 2;
    let (head, tail) = characters.split_at(half);
    format!("{}…{}", escaped(head), escaped(tail.get(tail.len() - half + 1..).unwrap_or_default()))
}

/// With quotation marks where the text is empty or begins or ends in white space that isn't escaped.
fn quoted(text: &str, shown: String) -> String {
    let blank_end =
        |end: Option<char>| end.is_none_or(|character| character.is_whitespace() && !character.is_control());
    if blank_end(text.chars().next()) || blank_end(text.chars().next_back()) {
        format!("\"{shown}\"")
    } else {
        shown
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn short_texts_stand_as_they_are() {
        assert_eq!(shown_text("1.20"), "1.20");
        assert_eq!(shown_text("甲城市"), "甲城市");
        assert_eq!(shown_text("a "), "\"a \"");
        assert_eq!(shown_text(""), "\"\"");
        assert_eq!(shown_text("a\nb"), "a\\nb");
    }

    #[test]
    fn long_texts_lose_their_middle() {
        let shown = shown_text(&"ab".repeat(50));
        assert_eq!((shown.chars().count(), shown.matches('…').count()), (60, 1));
    }

    #[test]
    fn long_pairs_show_where_they_differ() {
        let (before, after) = (format!("{}1{}", "a".repeat(200), "z".repeat(200)), "a".repeat(200));
        let after = format!("{after}2{}", "z".repeat(200));
        let context = ("a".repeat(20), "z".repeat(20));
        let expected = |digit: char| format!("…{}{digit}{}…", context.0, context.1);
        assert_eq!(shown_pair(&before, &after), (expected('1'), expected('2')));
    }

    #[test]
    fn numbers_are_short_and_exact() {
        for (number, text) in [(0.1, "0.1"), (2008.0, "2008"), (1e300, "1e300"), (-0.0, "-0"), (1e-9, "1e-9")]
        {
            assert_eq!(shown_number(number), text);
        }
    }

    proptest! {
        #[test]
        fn unequal_texts_never_look_the_same(
            head in "[ab ]{0,100}", before in "[abc ]{0,90}", after in "[abc ]{0,90}", tail in "[ab ]{0,100}",
        ) {
            let (before, after) = (format!("{head}{before}{tail}"), format!("{head}{after}{tail}"));
            prop_assume!(before != after);
            let (one, other) = shown_pair(&before, &after);
            prop_assert_ne!(one, other);
        }
    }
}
