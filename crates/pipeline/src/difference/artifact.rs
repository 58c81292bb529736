//! Differences between artifacts, by their kind.

use super::describe::{bytes_note, file_differences};
use super::differences::Differences;
use super::frame::{Excerpt, frame_differences};
use super::json::json_differences;
use crate::operation::Kind;

/// What changed between two versions of an artifact, up to `limit` differences; of a frame in the
/// excerpt alone. An artifact that isn't readable as what its kind says is compared like any other
/// file.
pub fn artifact_differences(
    kind: Kind,
    before: &[u8],
    after: &[u8],
    excerpt: &Excerpt,
    limit: usize,
) -> Differences {
    if before == after {
        return Differences::default();
    }
    let differences = match kind {
        Kind::Frame => frame_differences(before, after, excerpt, limit).ok(),
        Kind::Json => match (serde_json::from_slice(before), serde_json::from_slice(after)) {
            (Ok(before), Ok(after)) => Some(json_differences(&before, &after, limit)),
            _ => None,
        },
        Kind::Text | Kind::File => None,
    };
    match differences {
        Some(differences) if differences.is_empty() => {
            Differences::noted(format!("the same values, written otherwise: {}", bytes_note(before, after)))
        }
        Some(differences) => differences,
        None => file_differences(before, after, limit),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn each_kind_has_its_own_places() {
        let shown = |kind, before: &str, after: &str| {
            artifact_differences(kind, before.as_bytes(), after.as_bytes(), &Excerpt::default(), 5)
                .to_string()
        };
        assert_eq!(shown(Kind::Json, r#"{"a": 1}"#, r#"{"a": 2}"#), "a: 1 -> 2");
        assert_eq!(
            shown(Kind::Json, r#"{"a": 1}"#, r#"{"a":  1}"#),
            "the same values, written otherwise: 8 bytes -> 9 bytes"
        );
        assert_eq!(shown(Kind::Json, "{", "["), "line 1: { -> [");
        assert_eq!(shown(Kind::Text, "a", "b"), "line 1: a -> b");
    }

    proptest! {
        #[test]
        fn no_bytes_crash_it(before in any::<Vec<u8>>(), after in any::<Vec<u8>>()) {
            for kind in [Kind::Frame, Kind::Json, Kind::Text, Kind::File] {
                prop_assert_eq!(artifact_differences(kind, &before, &after, &Excerpt::default(), 3).is_empty(), before == after);
            }
        }
    }
}
