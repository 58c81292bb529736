//! Differences between raw files, by whoever knows their format.

use std::path::Path;

use serde_json::Value;

use super::differences::Differences;
use super::text::text_differences;

/// Says what changed in raw files of some formats.
pub trait DescribeDifferences: Send + Sync {
    /// What changed between two versions of a file, up to `limit` differences; `path` is its name,
    /// for the ending, and `declaration` what the vintage's manifest says of it, where it is one of its
    /// sources. Nothing where this doesn't know the format or the bytes aren't of it; then
    /// [`file_differences`] still has something to say.
    fn describe(
        &self,
        path: &Path,
        declaration: Option<&Value>,
        before: &[u8],
        after: &[u8],
        limit: usize,
    ) -> Option<Differences>;
}

/// What changed between two versions of a file of any kind, up to `limit` differences: line by line
/// if both are text in UTF-8, and otherwise only how long they are.
pub fn file_differences(before: &[u8], after: &[u8], limit: usize) -> Differences {
    if before == after {
        return Differences::default();
    }
    match (as_text(before), as_text(after)) {
        (Some(before), Some(after)) => text_differences(before, after, limit),
        _ => Differences::noted(bytes_note(before, after)),
    }
}

/// Text in UTF-8, where no NUL says that it is something else.
fn as_text(bytes: &[u8]) -> Option<&str> {
    std::str::from_utf8(bytes).ok().filter(|text| !text.contains('\0'))
}

/// `120 bytes -> 123 bytes`, or how many of equally many bytes differ.
pub(super) fn bytes_note(before: &[u8], after: &[u8]) -> String {
    if before.len() == after.len() {
        let differing = before.iter().zip(after).filter(|(one, other)| one != other).count();
        return format!("{differing} of {} bytes differ", before.len());
    }
    format!("{} bytes -> {} bytes", before.len(), after.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn text_by_line_and_other_files_by_length() {
        assert_eq!(file_differences(b"a\n", b"b\n", 5).to_string(), "line 1: a -> b");
        assert_eq!(file_differences(b"\xff", b"b\n", 5).to_string(), "1 bytes -> 2 bytes");
        assert_eq!(file_differences(b"\0a", b"\0b", 5).to_string(), "1 of 2 bytes differ");
        assert!(file_differences(b"\xff", b"\xff", 5).is_empty());
    }

    proptest! {
        #[test]
        fn other_bytes_always_say_something(before in any::<Vec<u8>>(), after in any::<Vec<u8>>()) {
            prop_assert_eq!(file_differences(&before, &after, 3).is_empty(), before == after);
        }
    }
}
