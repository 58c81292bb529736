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
        let word = word.chars().filter(|character| !is_invisible(*character)).map(narrow);
        let mut word = word.peekable();
        if word.peek().is_none() {
            continue;
        }
        if !folded.is_empty() {
            folded.push(' ');
        }
        folded.extend(word);
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
    let kept = |&character: &char| !is_space(character) && !is_invisible(character);
    text.chars().filter(kept).map(narrow).nfc().collect()
}

/// A name folded further: in composed characters (NFC), whichever way an accent was typed, with one apostrophe for all
/// kinds of them and one hyphen, and a whole number without the fraction that spreadsheets leave (410032.0).
/// Yearbooks pad names of two characters to the width of three ("A  B"), so a name with Chinese, Japanese or Korean
/// characters loses all white space; others keep single spaces.
pub(crate) fn fold_name(text: &str) -> String {
    if is_folded(text) {
        return without_fraction(&text.replace(['`'], "'")).to_owned();
    }
    let folded: String = fold(text).chars().map(plain_mark).nfc().collect();
    if folded.chars().any(is_wide) {
        folded.chars().filter(|character| *character != ' ').collect()
    } else {
        without_fraction(&folded).to_owned()
    }
}

/// A name without case and accents, by which those are found that differ in nothing else.
pub(crate) fn fold_loosely(name: &str) -> String {
    let lower = fold_name(name).to_lowercase();
    lower.nfd().filter(|character| character.is_alphanumeric() && !is_combining(*character)).collect()
}

fn is_combining(character: char) -> bool {
    matches!(character, '\u{300}'..='\u{36f}')
}

fn without_fraction(name: &str) -> &str {
    match name.split_once('.') {
        Some((whole, fraction))
            if !whole.is_empty()
                && !fraction.is_empty()
                && whole.bytes().all(|byte| byte.is_ascii_digit())
                && fraction.bytes().all(|byte| byte == b'0') =>
        {
            whole
        }
        _ => name,
    }
}

/// The typewriter's form of an apostrophe or a hyphen.
fn plain_mark(character: char) -> char {
    match character {
        '\u{2018}' | '\u{2019}' | '\u{201b}' | '\u{2bb}' | '\u{2bc}' | '\u{2b9}' | '\u{2032}' | '\u{b4}'
        | '`' => '\'',
        '\u{2010}'..='\u{2013}' => '-',
        _ => character,
    }
}

/// Characters of Chinese, Japanese and Korean.
fn is_wide(character: char) -> bool {
    matches!(character, '\u{1100}'..='\u{11ff}' | '\u{2e80}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

/// White space.
pub(crate) fn is_space(character: char) -> bool {
    character.is_whitespace()
}

/// What has no width and strays into cells: byte order marks, zero-width spaces and joiners, marks of direction, soft
/// hyphens.
pub(crate) fn is_invisible(character: char) -> bool {
    matches!(character, '\u{feff}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{ad}')
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
        assert_eq!(fold_name("C\u{f4}te  d\u{2019}Ivoire"), "C\u{f4}te d'Ivoire");
        assert_eq!(fold_name("Fran\u{200b}ce\u{feff}"), "France");
        assert_eq!((fold_name("410032.0"), fold_name("410032.50")), ("410032".into(), "410032.50".into()));
        assert_eq!(fold_loosely("T\u{dc}RK\u{130}YE"), fold_loosely("T\u{fc}rkiye"));
        assert_eq!(fold_loosely("Cote D'Ivoire"), fold_loosely("C\u{f4}te d\u{2019}Ivoire"));
    }

    #[test]
    fn accents_are_the_same_however_they_are_typed() {
        assert_eq!(fold_name("Malmo\u{308}"), fold_name("Malm\u{f6}"));
        // A compatibility ideograph, as Korean and Taiwanese files have.
        assert_eq!(fold_name("\u{f90a}泉"), "金泉");
        assert_ne!(fold_header("10⁴"), fold_header("104"));
    }
}
