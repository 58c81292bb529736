//! Text from files as a terminal may have it.

/// A text without anything that a terminal would obey: controls and marks that reorder or hide what stands
/// around them are written as their escapes (`\\u{1b}`). Line breaks and tabs stay.
pub(crate) fn printable(text: &str) -> String {
    escaped(text, |character| matches!(character, '\n' | '\t'))
}

/// The same on one line: line breaks and tabs are escaped too.
pub(crate) fn printable_line(text: &str) -> String {
    escaped(text, |_| false)
}

fn escaped(text: &str, kept: impl Fn(char) -> bool) -> String {
    let mut printable = String::with_capacity(text.len());
    for character in text.chars() {
        let obeyed = character.is_control()
            || matches!(
                character,
                '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}'
            );
        if obeyed && !kept(character) {
            printable.extend(character.escape_default());
        } else {
            printable.push(character);
        }
    }
    printable
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_a_terminal_obeys_is_shown() {
        assert_eq!(printable("a\u{1b}[2Jb\n\u{9b}c"), "a\\u{1b}[2Jb\n\\u{9b}c");
        assert_eq!(printable_line("a\r\n\tb\u{202e}c"), "a\\r\\n\\tb\\u{202e}c");
        assert_eq!(printable("沧州 \u{201c}é\u{201d}"), "沧州 \u{201c}é\u{201d}");
    }

    proptest! {
        #[test]
        fn nothing_is_obeyed(text in any::<String>()) {
            prop_assert!(!printable(&text).chars().any(|one| one.is_control() && !matches!(one, '\n' | '\t')));
            prop_assert!(!printable_line(&text).chars().any(char::is_control));
        }
    }
}
