//! A YAML document as a tree whose every part knows its place.

use std::collections::{BTreeMap, BTreeSet};

use saphyr_parser::{Event, Parser};
use serde::ser::{SerializeMap, SerializeSeq};
use serde::{Serialize, Serializer};
use serde_yaml::Value;

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

    /// This tree with each text of the form `$name` replaced by `values[name]` at the same place, and
    /// `$name.field` by a field of it. `$$` at the start of a text stands for a plain `$`; names that
    /// `values` lacks are handed to `unknown` and left as they are.
    pub fn substitute(&self, values: &BTreeMap<String, Node>, unknown: &mut dyn FnMut(&str, Span)) -> Node {
        let value = match &self.value {
            NodeValue::Text(text) => match text.strip_prefix('$') {
                Some(rest) if rest.starts_with('$') => NodeValue::Text(rest.to_owned()),
                Some(path) if is_path(path) => match lookup(values, path) {
                    Some(node) => return node.moved_to(self.span),
                    None => {
                        unknown(path, self.span);
                        NodeValue::Text(text.clone())
                    }
                },
                _ => NodeValue::Text(text.clone()),
            },
            NodeValue::Sequence(items) => {
                NodeValue::Sequence(items.iter().map(|item| item.substitute(values, unknown)).collect())
            }
            NodeValue::Mapping(entries) => NodeValue::Mapping(
                entries.iter().map(|(key, node)| (key.clone(), node.substitute(values, unknown))).collect(),
            ),
            other => other.clone(),
        };
        Node { span: self.span, value }
    }

    /// How many values this tree comes to with its references replaced as [`Node::substitute`] does, up to
    /// just above `most`. It is counted before anything is put together: a few references to references
    /// come to more than memory holds.
    pub fn values_with(&self, values: &BTreeMap<String, Node>, most: usize) -> usize {
        let of = |parts: &mut dyn Iterator<Item = &Node>| {
            let mut count = 1_usize;
            for part in parts {
                if count > most {
                    break;
                }
                count = count.saturating_add(part.values_with(values, most - count.min(most)));
            }
            count
        };
        match &self.value {
            NodeValue::Text(text) => match text.strip_prefix('$').filter(|path| is_path(path)) {
                // What is put in is put in as it is.
                Some(path) => lookup(values, path).map_or(1, |node| node.values_with(&BTreeMap::new(), most)),
                None => 1,
            },
            NodeValue::Sequence(items) => of(&mut items.iter()),
            NodeValue::Mapping(entries) => of(&mut entries.iter().map(|(_, node)| node)),
            _ => 1,
        }
    }

    /// Whether a text of this tree is `$name` or `$name.field`.
    pub fn mentions(&self, name: &str) -> bool {
        let is_mention = |text: &str| {
            let path = text.strip_prefix('$').filter(|path| is_path(path));
            path.is_some_and(|path| path.split('.').next() == Some(name))
        };
        match &self.value {
            NodeValue::Text(text) => is_mention(text),
            NodeValue::Sequence(items) => items.iter().any(|item| item.mentions(name)),
            NodeValue::Mapping(entries) => entries.iter().any(|(_, node)| node.mentions(name)),
            _ => false,
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

    fn moved_to(&self, span: Span) -> Node {
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

    /// The fields that stand twice in one mapping of `text`: the name, and where it stands again.
    pub(crate) fn repeated_fields(text: &str) -> Vec<(String, Span)> {
        let mut repeated = Vec::new();
        // Aliases stay unexpanded: what they stand for is looked through where it is written, and a
        // text that expands to more than memory holds is one of those that come here.
        if let Some(places) = Places::read(text, false) {
            places.repeated(&mut repeated);
        }
        repeated
    }

    /// The tree of `value`, with places from `text`; what `serde_yaml` can say and this tree can't
    /// (tags, keys that aren't text) is handed to `refuse`.
    pub(crate) fn build(value: &Value, text: &str, refuse: &mut dyn FnMut(String, Span)) -> Node {
        let places = Places::read(text, true).unwrap_or_default();
        build(value, &places, Span { line: 1, column: 1, length: 0 }, refuse)
    }
}

/// `name`, or `name.field.field`.
fn is_path(text: &str) -> bool {
    let mut parts = text.split('.');
    parts.next().is_some_and(is_name) && parts.all(|part| !part.is_empty() && !part.contains(' '))
}

fn lookup<'a>(values: &'a BTreeMap<String, Node>, path: &str) -> Option<&'a Node> {
    let mut parts = path.split('.');
    let first = values.get(parts.next()?)?;
    parts.try_fold(first, |node, field| node.get(field))
}

fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
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

fn build(value: &Value, places: &Places, parent: Span, refuse: &mut dyn FnMut(String, Span)) -> Node {
    let span = places.span.unwrap_or(parent);
    let value = match value {
        Value::Null => NodeValue::Null,
        Value::Bool(flag) => NodeValue::Bool(*flag),
        Value::Number(number) => match (number.as_i64(), number.as_u64(), number.as_f64()) {
            (Some(integer), ..) => NodeValue::Number(Number::Integer(integer)),
            (None, Some(unsigned), _) => NodeValue::Number(Number::Unsigned(unsigned)),
            (None, None, Some(float)) if float.is_finite() => NodeValue::Number(Number::Float(float)),
            // JSON, in which parameters are fingerprinted, has no word for these.
            _ => {
                refuse(format!("{number} isn't a finite number"), span);
                NodeValue::Null
            }
        },
        Value::String(text) => NodeValue::Text(text.clone()),
        Value::Sequence(items) => NodeValue::Sequence(
            items
                .iter()
                .enumerate()
                .map(|(index, item)| {
                    build(item, places.children.get(index).unwrap_or(&NOWHERE), span, refuse)
                })
                .collect(),
        ),
        Value::Mapping(mapping) => NodeValue::Mapping(
            mapping
                .iter()
                .enumerate()
                .map(|(index, (key, item))| {
                    let key_span = places.keys.get(index).map_or(span, |(_, place)| *place);
                    let key = match key {
                        Value::String(text) => text.clone(),
                        Value::Number(number) => number.to_string(),
                        Value::Bool(flag) => flag.to_string(),
                        _ => {
                            refuse("a field's name must be text".into(), key_span);
                            String::new()
                        }
                    };
                    let child = places.children.get(index).unwrap_or(&NOWHERE);
                    (Spanned::new(key, key_span), build(item, child, key_span, refuse))
                })
                .collect(),
        ),
        Value::Tagged(tagged) => {
            refuse(format!("the tag `{}` means nothing here", tagged.tag), span);
            NodeValue::Null
        }
    };
    Node { span, value }
}

/// The places of a document's parts, in the shape of its values.
#[derive(Debug, Clone, Default)]
struct Places {
    span: Option<Span>,
    /// The text of each key and its place.
    keys: Vec<(String, Span)>,
    children: Vec<Places>,
    /// A scalar's text.
    text: String,
}

/// What is known on the way through a text.
struct Walk {
    /// The places of anchored parts.
    anchors: BTreeMap<usize, Places>,
    /// Whether aliases take them over.
    expand_aliases: bool,
    /// How deep in the text this is.
    depth: usize,
}

/// Deeper than `serde_yaml` reads, and far from the end of a thread's stack.
const DEEPEST: usize = 256;

static NOWHERE: Places = Places { span: None, keys: Vec::new(), children: Vec::new(), text: String::new() };

impl Places {
    /// `None` where the marking parser can't follow the text; faults then point at the nearest
    /// part that has a place.
    fn read(text: &str, expand_aliases: bool) -> Option<Places> {
        let mut walk = Walk { anchors: BTreeMap::new(), expand_aliases, depth: 0 };
        let mut events = Parser::new_from_str(text);
        while let Some(Ok((event, span))) = events.next_event() {
            if let Event::Scalar(..) | Event::SequenceStart(..) | Event::MappingStart(..) = event {
                return Places::node(event, place(span), &mut events, &mut walk);
            }
        }
        None
    }

    fn repeated(&self, found: &mut Vec<(String, Span)>) {
        let mut seen = BTreeSet::new();
        for (name, span) in &self.keys {
            if !seen.insert(name) {
                found.push((name.clone(), *span));
            }
        }
        self.children.iter().for_each(|child| child.repeated(found));
    }

    fn next<'a>(
        events: &mut Parser<'a, saphyr_parser::StrInput<'a>>,
        walk: &mut Walk,
    ) -> Option<Option<Places>> {
        let (event, span) = events.next_event()?.ok()?;
        match event {
            Event::SequenceEnd | Event::MappingEnd => Some(None),
            other => Places::node(other, place(span), events, walk).map(Some),
        }
    }

    fn node<'a>(
        event: Event<'a>,
        span: Span,
        events: &mut Parser<'a, saphyr_parser::StrInput<'a>>,
        walk: &mut Walk,
    ) -> Option<Places> {
        let mut places = Places { span: Some(span), ..Places::default() };
        walk.depth += 1;
        if walk.depth > DEEPEST {
            return None;
        }
        let anchor = match event {
            Event::Alias(anchor) => {
                walk.depth -= 1;
                return Some(walk.anchors.get(&anchor).cloned().unwrap_or(places));
            }
            Event::Scalar(text, _, anchor, _) => {
                places.text = text.into_owned();
                anchor
            }
            Event::SequenceStart(anchor, _) => {
                while let Some(child) = Places::next(events, walk)? {
                    places.children.push(child);
                }
                anchor
            }
            Event::MappingStart(anchor, _) => {
                while let Some(key) = Places::next(events, walk)? {
                    places.keys.push((key.text, key.span.unwrap_or(span)));
                    places.children.push(Places::next(events, walk)??);
                }
                // A block of fields begins at its first key, wherever the parser puts its mark.
                places.span = places.keys.first().map(|(_, place)| *place).or(places.span);
                anchor
            }
            _ => return None,
        };
        walk.depth -= 1;
        if anchor > 0 && walk.expand_aliases {
            walk.anchors.insert(anchor, places.clone());
        }
        Some(places)
    }
}

pub(crate) fn place(span: saphyr_parser::Span) -> Span {
    let length = if span.start.line() == span.end.line() { span.len() } else { 0 };
    Span { line: span.start.line(), column: span.start.col() + 1, length }
}
