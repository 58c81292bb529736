//! A lock in the form in which this program writes it, read line by line.
//!
//! A lock of a thousand outputs takes a reader of YAML longer than a run takes for the thousand that are cached. Only what
//! any reader of YAML would read the same way is read here; of all else nothing is said, and it is read as YAML.

use std::collections::BTreeMap;

use crate::digest::Digest;

/// What stands under `sources`, `files` and `outputs` of a vintage.
pub(super) type Kinds = BTreeMap<String, Vec<(String, Digest)>>;

pub(super) const KINDS: [&str; 3] = ["sources", "files", "outputs"];

/// What a lock of this form says of each vintage; nothing where it has any other.
pub(super) fn read(text: &str, format: u32) -> Option<BTreeMap<String, Kinds>> {
    let mut lines = text.lines().filter(|line| !line.starts_with('#')).peekable();
    if lines.next()?.strip_prefix("format: ")? != format.to_string() || lines.next()? != "vintages:" {
        return None;
    }
    let mut vintages = BTreeMap::new();
    while let Some(line) = lines.next() {
        let vintage = name(line, "  ")?;
        let mut kinds = Kinds::new();
        while let Some(line) = lines.next_if(|line| line.starts_with("    ")) {
            let (kind, is_empty) = match line.strip_suffix(": {}") {
                Some(line) => (line.strip_prefix("    ")?, true),
                None => (name(line, "    ")?, false),
            };
            let mut entries: Vec<(String, Digest)> = Vec::new();
            while let Some(line) = lines.next_if(|line| !is_empty && line.starts_with("      ")) {
                let digest = lines.next()?.strip_prefix("        ").filter(|text| is_plain_digest(text))?;
                let name = name(line, "      ")?;
                // Sorted, as they are written: so none stands there twice.
                if entries.last().is_some_and(|(before, _)| before.as_str() >= name) {
                    return None;
                }
                entries.push((name.to_owned(), Digest::parse(digest)?));
            }
            let is_known = KINDS.contains(&kind) && is_empty == entries.is_empty();
            if !is_known || kinds.insert(kind.to_owned(), entries).is_some() {
                return None;
            }
        }
        if kinds.is_empty() || vintages.insert(vintage.to_owned(), kinds).is_some() {
            return None;
        }
    }
    (!vintages.is_empty()).then_some(vintages)
}

/// The name on a line, before a colon.
fn name<'l>(line: &'l str, indent: &str) -> Option<&'l str> {
    line.strip_prefix(indent)?.strip_suffix(':').filter(|name| is_plain_name(name))
}

/// Whether YAML takes a name for a text without quotation marks, for sure.
pub(super) fn is_plain_name(name: &str) -> bool {
    const WORDS: [&str; 9] = ["null", "true", "false", "yes", "no", "on", "off", "y", "n"];
    let fits = |letter: char| letter.is_ascii_alphanumeric() || "_./[]-".contains(letter);
    name.starts_with(|letter: char| letter.is_ascii_alphabetic())
        && name.len() <= 200
        && name.chars().all(fits)
        && !WORDS.iter().any(|word| word.eq_ignore_ascii_case(name))
}

/// Whether YAML takes a digest for a text without quotation marks, for sure, and not for a number as in 1234e5678.
pub(super) fn is_plain_digest(digest: &str) -> bool {
    digest.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
        && digest.bytes().any(|byte| b"abcdf".contains(&byte))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_plain_here_is_plain_in_yaml(name in "[a-zA-Z][a-zA-Z0-9_./\\[\\]-]{0,12}", digest in "[0-9a-f]{64}") {
            for (text, is_plain) in [(&name, is_plain_name(&name)), (&digest, is_plain_digest(&digest))] {
                if is_plain {
                    let written = serde_yaml::to_string(text).unwrap_or_default();
                    prop_assert_eq!(written.trim_end_matches('\n'), text);
                    let read: Option<serde_yaml::Value> = serde_yaml::from_str(text).ok();
                    prop_assert_eq!(read, Some(serde_yaml::Value::String(text.clone())));
                    let key: Option<BTreeMap<String, u8>> = serde_yaml::from_str(&format!("{text}:\n  1\n")).ok();
                    prop_assert_eq!(key, Some(BTreeMap::from([(text.clone(), 1)])));
                }
            }
        }
    }

    #[test]
    fn any_other_form_is_left_to_a_reader_of_yaml() {
        let digest = Digest::of(b"x");
        let whole = format!(
            "# a\nformat: 1\nvintages:\n  v:\n    sources: {{}}\n    files: {{}}\n    outputs:\n      a.x:\n        {digest}\n"
        );
        assert!(
            read(&whole, 1).is_some_and(|read| read["v"]["outputs"] == [("a.x".to_owned(), digest.clone())])
        );
        assert_eq!(read(&whole, 2), None);
        for (from, to) in [
            ("a.x:", "\"a.x\":"),
            ("a.x:\n", "a.x: "),
            ("a.x:", "true:"),
            ("a.x:", "2008:"),
            ("a.x:", "? a.x"),
            ("outputs", "output"),
            ("    files: {}\n", "    outputs: {}\n"),
            ("    files: {}\n", "    files:\n"),
            (digest.as_str(), "12"),
            ("vintages:", "vintages: {}"),
            ("  v:\n", "  v:\n\n"),
            ("  v:\n", "  v: # one\n"),
        ] {
            let other = whole.replacen(from, to, 1);
            assert_eq!(read(&other, 1), None, "{other}");
        }
    }
}
