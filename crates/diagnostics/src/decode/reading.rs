//! What one reading of a tree found so far.

use std::cell::RefCell;
use std::collections::BTreeSet;

use crate::node::Node;
use crate::span::Span;

/// A fault before it knows its document.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Problem {
    pub(crate) span: Span,
    pub(crate) message: String,
    pub(crate) hint: Option<String>,
}

/// What one reading found so far.
#[derive(Default)]
pub(super) struct Reading {
    pub(super) problems: RefCell<BTreeSet<Problem>>,
    /// Fields to put a stand-in for (mapping, field), and nodes to replace by one (node, "").
    pub(super) stand_ins: RefCell<BTreeSet<(usize, String)>>,
}

impl Reading {
    pub(super) fn record(&self, span: Span, message: String, hint: Option<String>) {
        self.problems.borrow_mut().insert(Problem { span, message, hint });
    }

    pub(super) fn stand_in(&self, node: &Node, field: &str) {
        self.stand_ins.borrow_mut().insert((identity(node), field.to_owned()));
    }

    pub(super) fn is_stand_in(&self, node: &Node) -> bool {
        self.stand_ins.borrow().contains(&(identity(node), String::new()))
    }

    pub(super) fn missing_fields(&self, node: &Node) -> Vec<String> {
        let identity = identity(node);
        self.stand_ins
            .borrow()
            .iter()
            .filter(|(owner, field)| *owner == identity && !field.is_empty())
            .map(|(_, field)| field.clone())
            .collect()
    }
}

/// A node's address: nodes stay where they are while a tree is read.
fn identity(node: &Node) -> usize {
    std::ptr::from_ref(node).addr()
}
