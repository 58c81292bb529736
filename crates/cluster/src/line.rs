//! What a worker says of its branches, a line each.

use serde::{Deserialize, Serialize};

/// What a worker says, as a line of JSON on its stdout. Nothing is believed of it but where to look.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "said")]
pub enum Line {
    /// It begins to make a branch.
    Began {
        /// The branch.
        branch: String,
    },
    /// A branch's result is in the store.
    Made {
        /// The branch.
        branch: String,
        /// How long it took.
        seconds: f64,
    },
    /// A branch failed.
    Failed {
        /// The branch.
        branch: String,
        /// What of.
        message: String,
        /// All that it said.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        log: String,
    },
}

/// The whole lines of a text, and how many bytes these are. What isn't a worker's line is left out: programs may print into
/// the same file before it begins.
pub(crate) fn lines(text: &[u8]) -> (Vec<Line>, usize) {
    let whole = text.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
    let read = text.get(..whole).unwrap_or_default();
    (read.split(|byte| *byte == b'\n').filter_map(|line| serde_json::from_slice(line).ok()).collect(), whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_a_line_waits_for_its_rest() {
        let began = Line::Began { branch: "fit[石家庄]".into() };
        let text = format!("module loaded\n{}\n{{\"said\":\"ma", serde_json::json!(began));
        let (found, read) = lines(text.as_bytes());
        assert_eq!((found, read), (vec![began], text.rfind('\n').map_or(0, |end| end + 1)));
        assert_eq!(lines(b"{\"said\""), (Vec::new(), 0));
    }
}
