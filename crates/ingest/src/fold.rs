//! Folding of text before it is compared: what typists and input methods vary without meaning it.

/// `text` with full-width forms as their ASCII counterparts (U+FF01 to U+FF5E, the ideographic
/// space) and the minus sign as a hyphen, white space trimmed at both ends and each inner run of it
/// made one space.
pub(crate) fn fold(text: &str) -> String {
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

/// A header folded further: without any white space, so that line breaks and padding don't count.
pub(crate) fn fold_header(text: &str) -> String {
    text.chars().filter(|&character| !is_space(character)).map(narrow).collect()
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
fn is_space(character: char) -> bool {
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
}
