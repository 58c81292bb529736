//! A YAML document as a tree whose every part knows its place.

use serde::ser::{SerializeMap, SerializeSeq};
use serde::{Serialize, Serializer};

use crate::span::{Span, Spanned};

/// A part of a document.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// Its place.
    pub span: Span,
    /// What it holds.
    pub value: NodeValue,
}

/// What a part of a document holds.
#[derive(Debug, Clone, PartialEq)]
pub enum NodeValue {
    /// Nothing.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number.
    Number(Number),
    /// Text.
    Text(String),
    /// A list.
    Sequence(Vec<Node>),
    /// Fields, in the order in which they are written.
    Mapping(Vec<(Spanned<String>, Node)>),
}

/// A number as written.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Number {
    /// A whole number.
    Integer(i64),
    /// A whole number above the signed range.
    Unsigned(u64),
    /// Any other number.
    Float(f64),
}

impl Node {
    /// The node under a field of a mapping.
    pub fn get(&self, field: &str) -> Option<&Node> {
        match &self.value {
            NodeValue::Mapping(entries) => {
                entries.iter().find(|(key, _)| key.value == field).map(|(_, node)| node)
            }
            _ => None,
        }
    }

    /// What it is, in words for a message.
    pub fn describe(&self) -> String {
        match &self.value {
            NodeValue::Null => "nothing".into(),
            NodeValue::Bool(flag) => format!("`{flag}`"),
            NodeValue::Number(Number::Integer(number)) => format!("the number {number}"),
            NodeValue::Number(Number::Unsigned(number)) => format!("the number {number}"),
            NodeValue::Number(Number::Float(number)) => format!("the number {number}"),
            NodeValue::Text(text) if text.chars().count() > 40 => {
                format!("the text \"{}…\"", text.chars().take(40).collect::<String>())
            }
            NodeValue::Text(text) => format!("the text \"{text}\""),
            NodeValue::Sequence(_) => "a list".into(),
            NodeValue::Mapping(_) => "fields".into(),
        }
    }

    /// Puts `value` under a field of a mapping, in the place of what is there.
    pub(crate) fn put(&mut self, field: &str, value: NodeValue) -> Option<()> {
        let NodeValue::Mapping(entries) = &mut self.value else { return None };
        match entries.iter_mut().find(|(key, _)| key.value == field) {
            Some((_, node)) => *node = Node { span: node.span, value }.moved_to(node.span),
            None => {
                let node = Node { span: self.span, value }.moved_to(self.span);
                entries.push((Spanned::new(field.to_owned(), self.span), node));
            }
        }
        Some(())
    }

    /// The node under a field of a mapping, to be changed.
    pub(crate) fn get_mut(&mut self, field: &str) -> Option<&mut Node> {
        match &mut self.value {
            NodeValue::Mapping(entries) => {
                entries.iter_mut().find(|(key, _)| key.value == field).map(|(_, node)| node)
            }
            _ => None,
        }
    }

    /// The names of a mapping's fields.
    pub fn fields(&self) -> impl Iterator<Item = &str> + Clone {
        let entries = match &self.value {
            NodeValue::Mapping(entries) => entries.as_slice(),
            _ => &[],
        };
        entries.iter().map(|(key, _)| key.value.as_str())
    }

    pub(crate) fn moved_to(&self, span: Span) -> Node {
        let value = match &self.value {
            NodeValue::Sequence(items) => {
                NodeValue::Sequence(items.iter().map(|item| item.moved_to(span)).collect())
            }
            NodeValue::Mapping(entries) => NodeValue::Mapping(
                entries
                    .iter()
                    .map(|(key, node)| (Spanned::new(key.value.clone(), span), node.moved_to(span)))
                    .collect(),
            ),
            other => other.clone(),
        };
        Node { span, value }
    }
}

impl Serialize for Node {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.value {
            NodeValue::Null => serializer.serialize_unit(),
            NodeValue::Bool(flag) => serializer.serialize_bool(*flag),
            NodeValue::Number(Number::Integer(number)) => serializer.serialize_i64(*number),
            NodeValue::Number(Number::Unsigned(number)) => serializer.serialize_u64(*number),
            NodeValue::Number(Number::Float(number)) => serializer.serialize_f64(*number),
            NodeValue::Text(text) => serializer.serialize_str(text),
            NodeValue::Sequence(items) => {
                let mut sequence = serializer.serialize_seq(Some(items.len()))?;
                items.iter().try_for_each(|item| sequence.serialize_element(item))?;
                sequence.end()
            }
            NodeValue::Mapping(entries) => {
                let mut map = serializer.serialize_map(Some(entries.len()))?;
                entries.iter().try_for_each(|(key, node)| map.serialize_entry(&key.value, node))?;
                map.end()
            }
        }
    }
}
