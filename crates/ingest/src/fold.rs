//! Folding of text before it is compared: what typists and input methods vary without meaning it.

use unicode_normalization::UnicodeNormalization;

/// `text` with full-width forms as their ASCII counterparts (U+FF01 to U+FF5E, the ideographic
/// space) and the minus sign as a hyphen, white space trimmed at both ends and each inner run of it
/// made one space.
pub(crate) fn fold(text: &str) -> String {
    if is_folded(text) {
        return text.to_owned();
    }
    let mut folded = String::with_capacity(text.len());
    for word in text.split(is_space) {
        if word.is_empty() {
            continue;
        }
        if !folded.is_empty() {
            folded.push(' ');
        }
        folded.extend(word.chars().map(narrow));
    }
    folded
}

/// Whether folding leaves a text as it is, as far as can be told at a glance: printed ASCII without any space.
pub(crate) fn is_folded(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// A header folded further: without any white space, so that line breaks and padding don't count, and in
/// composed characters (NFC), whichever way an accent was typed. Not in NFKC, which would take 10⁴ for 104.
pub(crate) fn fold_header(text: &str) -> String {
    text.chars().filter(|&character| !is_space(character)).map(narrow).nfc().collect()
}

/// A name folded further: yearbooks pad names of two characters to the width of three ("A  B"), so
/// a name with characters beyond ASCII loses all white space; others keep single spaces.
pub(crate) fn fold_name(text: &str) -> String {
    if text.chars().all(|character| character.is_ascii() || is_space(character)) {
        fold(text)
    } else {
        fold_header(text)
    }
}

/// White space, and the byte order mark and zero-width space that stray into cells.
pub(crate) fn is_space(character: char) -> bool {
    character.is_whitespace() || matches!(character, '\u{feff}' | '\u{200b}')
}

fn narrow(character: char) -> char {
    match character {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(character) - 0xff01 + 0x21).unwrap_or(character),
        '\u{2212}' => '-',
        _ => character,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn width_and_space_fold_away() {
        assert_eq!(fold("\u{3000}１，２３４．５\u{a0} "), "1,234.5");
        assert_eq!(fold(" a \n b "), "a b");
        assert_eq!(fold_header("人均\n面积（平方米）"), "人均面积(平方米)");
        assert_eq!(fold_name("北\u{3000}京"), "北京");
        assert_eq!(fold_name(" New  York"), "New York");
    }

    #[test]
    fn accents_are_the_same_however_they_are_typed() {
        assert_eq!(fold_name("Malmo\u{308}"), fold_name("Malm\u{f6}"));
        // A compatibility ideograph, as Korean and Taiwanese files have.
        assert_eq!(fold_name("\u{f90a}泉"), "金泉");
        assert_ne!(fold_header("10⁴"), fold_header("104"));
    }
}
