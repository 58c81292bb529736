//! Names of files for roles and for items of branches, which may hold anything.

use crate::digest::Digest;

/// The longest name in bytes that is written in full; most file systems take 255 with the ending.
const LONGEST: usize = 200;

/// A file's name for `text`, another one for each text. Slashes, backslashes, percent and control
/// characters and a dot at the beginning are written as in a URL, so that a script can get the text
/// back; a very long text is cut and ends in a digest.
pub(crate) fn file_name(text: &str) -> String {
    // No text is written as a percent sign alone.
    let mut name = String::from(if text.is_empty() { "%" } else { "" });
    for (position, character) in text.chars().enumerate() {
        let escaped = matches!(character, '/' | '\\' | '%') || character.is_control();
        if escaped || (position == 0 && character == '.') {
            let mut bytes = [0; 4];
            for byte in character.encode_utf8(&mut bytes).bytes() {
                name.push_str(&format!("%{byte:02X}"));
            }
        } else {
            name.push(character);
        }
    }
    if name.len() > LONGEST {
        let digest = Digest::of(text.as_bytes());
        let cut = (0..=LONGEST).rev().find(|cut| name.is_char_boundary(*cut));
        name.truncate(cut.unwrap_or_default());
        name.push('~');
        name.push_str(digest.short());
    }
    name
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn names_stay_in_their_folder_and_apart() {
        assert_eq!(file_name("Zürich 2008"), "Zürich 2008");
        assert_eq!(file_name("甲城 2010"), "甲城 2010");
        assert_eq!(file_name("../etc"), "%2E.%2Fetc");
        let long = "名".repeat(200);
        let texts = ["", "%", "a/b", "a%2Fb", "a\\b", "..", ".", "a\0b", "a\nb", &long, &format!("{long}x")];
        let names: BTreeSet<String> = texts.iter().map(|text| file_name(text)).collect();
        assert_eq!(names.len(), texts.len());
        for name in names {
            assert!(!name.contains(['/', '\\', '\0', '\n']) && !name.starts_with('.'), "{name}");
            assert!(name.len() <= LONGEST + 13, "{name}");
        }
    }
}
