//! Corrections.

use super::{Check, Place, items};
use crate::source::Source;

impl Check<'_> {
    pub(super) fn corrections(&mut self, source: &Source, place: Place<'_>) {
        let nodes = items(place.field("corrections"));
        for (at, correction) in source.corrections.iter().enumerate() {
            let node = nodes.get(at).or(place.source);
            let field = |name: &str| node.and_then(|node| node.get(name)).or(node);
            if correction.place().is_none() {
                let message = format!("`{}` names no cell", correction.cell);
                self.fault(field("cell"), message, "write its column's letters and its row: D15");
            }
            let is_many = !source.files.is_empty() || !source.sheets.is_empty();
            let is_there = |part: &String| source.files.contains_key(part) || source.sheets.contains(part);
            match &correction.part {
                None if is_many => {
                    let message = format!("`{}` is a cell of several files or sheets", correction.cell);
                    self.fault(field("cell"), message, "say which one is meant: `in: NAME`");
                }
                Some(part) if !is_there(part) => {
                    let message = format!("the source has no file or sheet {part:?} by name");
                    self.fault(
                        field("in"),
                        message,
                        "name one of `files` or `sheets`; leave `in` out where there is one alone",
                    );
                }
                _ => {}
            }
            let earlier = source.corrections.get(..at).unwrap_or_default();
            if earlier.iter().any(|other| other.cell == correction.cell && other.part == correction.part) {
                let message = format!("a second correction of {}", correction.cell);
                self.fault(field("cell"), message, "correct a cell once");
            }
            for (name, text) in [("reason", &correction.reason), ("source", &correction.source)] {
                if text.trim().is_empty() {
                    let message = format!("a correction without its {name}");
                    self.fault(field(name), message, "say why, and where the right value is from");
                }
            }
        }
    }
}
