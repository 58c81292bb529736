//! Braces in texts, and where they are filled in.

use vintner_diagnostics::Node;

use super::checker::Checker;
use crate::spec::paths::{ITEM_IN_PATH, VINTAGE_IN_PATH, braces_in};

impl Checker<'_> {
    /// `{item}` and `{vintage}` are filled in where files are named, and nowhere else.
    pub(super) fn check_braces(&mut self, stage: &Node, has_item: bool) {
        let in_fields = |fields: &[&str], braces: &str| {
            let mut found = Vec::new();
            let nodes = fields.iter().filter_map(|field| stage.get(field));
            nodes.for_each(|node| braces_in(node, braces, &mut found));
            found
        };
        let item = match has_item {
            true => in_fields(&["run", "env", "environment", "params"], ITEM_IN_PATH),
            false => Vec::new(),
        };
        for span in item {
            let hint = "write `$item`, or `{ item }` where the braces are meant".to_owned();
            let message = "`{item}` is filled in in paths alone: `files`, `outputs` and `publish`";
            self.fault(span, message, Some(hint));
        }
        for span in in_fields(&["run", "env", "environment"], VINTAGE_IN_PATH) {
            let hint = "`inputs: {vintage: vintage}` hands a command what the manifest says; \
                        write `{ vintage }` where the braces are meant";
            self.fault(span, "`{vintage}` is filled in under `publish` alone", Some(hint.to_owned()));
        }
    }
}
