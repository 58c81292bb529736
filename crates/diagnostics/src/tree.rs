//! From what a YAML text means to a tree whose every part knows its place.

use std::collections::{BTreeMap, BTreeSet};

use saphyr_parser::{Event, Parser, ScalarStyle};
use serde_yaml::Value;

use crate::line_breaks::Shielded;
use crate::magnitude::unkept;
use crate::merge::merged;
use crate::node::{Node, NodeValue, Number};
use crate::span::{Span, Spanned};

/// The fields that stand twice in one mapping of `text`: the name, and where it stands again.
pub(crate) fn repeated_fields(text: &str) -> Vec<(String, Span)> {
    let mut repeated = Vec::new();
    if let Some(places) = Places::unexpanded(text) {
        places.repeated(&mut repeated);
    }
    repeated
}

/// What is wrong with the numbers of `text` that can't be kept as they are written.
pub(crate) fn unkept_numbers(text: &str) -> Vec<(String, Span)> {
    let mut found = Vec::new();
    if let Some(places) = Places::unexpanded(text) {
        places.unkept(&mut found);
    }
    found
}

/// The tree of `value`, with places from the text that it was read from; what `serde_yaml` can say
/// and this tree can't (tags, keys that aren't text) is handed to `refuse`.
pub(crate) fn tree(value: &Value, text: &Shielded<'_>, refuse: &mut dyn FnMut(String, Span)) -> Node {
    let places = Places::read(&text.text, true).unwrap_or_default();
    build(value, (&places, text), Span { line: 1, column: 1, length: 0 }, refuse)
}

fn build(
    value: &Value,
    (places, read): (&Places, &Shielded<'_>),
    parent: Span,
    refuse: &mut dyn FnMut(String, Span),
) -> Node {
    let span = places.span.unwrap_or(parent);
    if let Some(message) = places.unkept_number() {
        refuse(message, span);
        return Node { span, value: NodeValue::Null };
    }
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
        Value::String(text) => NodeValue::Text(read.restored(text)),
        Value::Sequence(items) => NodeValue::Sequence(
            items
                .iter()
                .enumerate()
                .map(|(index, item)| {
                    build(item, (places.children.get(index).unwrap_or(&NOWHERE), read), span, refuse)
                })
                .collect(),
        ),
        Value::Mapping(mapping) => {
            let entries = mapping
                .iter()
                .enumerate()
                .map(|(index, (key, item))| {
                    let key_span = places.keys.get(index).map_or(span, |(_, place)| *place);
                    let key = match key {
                        Value::String(text) => read.restored(text),
                        Value::Number(number) => number.to_string(),
                        Value::Bool(flag) => flag.to_string(),
                        _ => {
                            refuse("a field's name must be text".into(), key_span);
                            String::new()
                        }
                    };
                    let child = places.children.get(index).unwrap_or(&NOWHERE);
                    (Spanned::new(key, key_span), build(item, (child, read), key_span, refuse))
                })
                .collect();
            NodeValue::Mapping(merged(entries, refuse))
        }
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
    /// Whether it stands without quotes, and so may be a number.
    is_plain: bool,
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

static NOWHERE: Places =
    Places { span: None, keys: Vec::new(), children: Vec::new(), text: String::new(), is_plain: false };

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

    /// The places with aliases unexpanded: what they stand for is looked through where it is written, and
    /// a text that expands to more than memory holds is one of those that come here.
    fn unexpanded(text: &str) -> Option<Places> {
        Places::read(text, false)
    }

    fn unkept_number(&self) -> Option<String> {
        if self.is_plain { unkept(&self.text) } else { None }
    }

    fn unkept(&self, found: &mut Vec<(String, Span)>) {
        if let Some((message, span)) = self.unkept_number().zip(self.span) {
            found.push((message, span));
        }
        self.children.iter().for_each(|child| child.unkept(found));
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
            Event::Scalar(text, style, anchor, tag) => {
                places.text = text.into_owned();
                places.is_plain = style == ScalarStyle::Plain && tag.is_none();
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
