//! How much a spec comes to once its names are filled in.

use vintner_diagnostics::{Names, Node, VALUES};

use super::checker::Checker;
use crate::spec::bound::Template;
use crate::spec::foreach::Item;
use crate::spec::of::Of;

/// How many values all branches of a stage come to at most.
const BRANCH_VALUES: usize = 5 * VALUES;

impl Checker<'_> {
    /// Whether what a node comes to, its names filled in, is within what a spec may come to; if not, that is a
    /// fault of it.
    pub(super) fn is_within(&mut self, node: &Node, names: &Names<'_>) -> bool {
        match self.expansion.take(self.document, node, names) {
            Ok(()) => true,
            Err(fault) => {
                self.faults.push(*fault);
                false
            }
        }
    }

    /// Whether what all branches of a stage come to is within what a spec may come to.
    pub(super) fn branches_are_within(&mut self, node: &Node, template: &Template, items: &[Item]) -> bool {
        let mut count = 0;
        for item in items {
            count += template.params.values_with(&Of::Item(item).names(&template.globals), BRANCH_VALUES);
            if count > BRANCH_VALUES {
                let message = format!("its branches come to more than {BRANCH_VALUES} values");
                let hint = "let a branch refer to what is long by its name, or make fewer of them".to_owned();
                self.fault(node.get("foreach").unwrap_or(node).span, message, Some(hint));
                return false;
            }
        }
        true
    }
}
