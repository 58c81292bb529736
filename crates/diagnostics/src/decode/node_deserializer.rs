//! A node as serde reads it, or what stands for it.

use super::reading::Reading;
use super::refusal::Refusal;
use crate::node::{Node, NodeValue, Number};
use crate::span::Span;

/// What is read.
#[derive(Clone, Copy)]
pub(super) enum Target<'a> {
    Node(&'a Node),
    /// Stands for a value that can't be had; satisfies whatever is asked of it.
    StandIn(Span),
}

/// A node, and the reading that it is a part of.
pub(super) struct NodeDeserializer<'a> {
    pub(super) target: Target<'a>,
    pub(super) reading: &'a Reading,
}

impl<'a> NodeDeserializer<'a> {
    /// The node, unless a stand-in was asked for in its place.
    pub(super) fn node(&self) -> Option<&'a Node> {
        match self.target {
            Target::Node(node) if !self.reading.is_stand_in(node) => Some(node),
            _ => None,
        }
    }

    pub(super) fn span(&self) -> Span {
        match self.target {
            Target::Node(node) => node.span,
            Target::StandIn(span) => span,
        }
    }

    /// Gives a refusal its place, and asks for a stand-in at the next reading.
    pub(super) fn placed<T>(&self, outcome: Result<T, Refusal>) -> Result<T, Refusal> {
        outcome.map_err(|refusal| {
            if let Refusal::Custom(message) = &refusal {
                // What a visitor says of a stand-in was said of the value before it.
                if let Some(node) = self.node() {
                    self.reading.record(node.span, message.clone(), None);
                    self.reading.stand_in(node, "");
                }
                return Refusal::Recorded;
            }
            refusal
        })
    }

    pub(super) fn wrong(&self, node: &Node, wanted: &str) {
        let hint = match (&node.value, wanted) {
            (NodeValue::Number(_) | NodeValue::Bool(_), "text") => Some("put quotes around it".to_owned()),
            (NodeValue::Text(text), _) if text.parse::<f64>().is_ok() && wanted != "a list" => {
                Some("take the quotes away".to_owned())
            }
            (NodeValue::Text(_) | NodeValue::Number(_), "a list") => {
                Some("a list is written [a, b] or as lines that begin with `- `".to_owned())
            }
            _ => None,
        };
        self.reading.record(node.span, format!("{wanted} expected, found {}", node.describe()), hint);
    }

    pub(super) fn integer(&self) -> Option<i128> {
        let node = self.node()?;
        match &node.value {
            NodeValue::Number(Number::Integer(number)) => Some(i128::from(*number)),
            NodeValue::Number(Number::Unsigned(number)) => Some(i128::from(*number)),
            _ => {
                self.wrong(node, "a whole number");
                None
            }
        }
    }

    pub(super) fn text(&self) -> Option<&'a str> {
        let node = self.node()?;
        match &node.value {
            NodeValue::Text(text) => Some(text),
            _ => {
                self.wrong(node, "text");
                None
            }
        }
    }
}
