//! From a tree to a serde type, without stopping at the first fault.
//!
//! serde stops at the first error, because a value that can't be had can't be passed on. Here a
//! wrong value is recorded and a stand-in of the wanted type passed on instead, and a missing field
//! is recorded and the tree read once more with a stand-in in its place. The result is thrown away
//! when anything was recorded, so no stand-in ever escapes.

mod access;
mod node_deserializer;
mod reading;
mod refusal;

use std::collections::BTreeSet;

use serde::de::{DeserializeOwned, Deserializer, Visitor};

use access::{Fields, Items, SpannedFields, StandIns, Variant};
use node_deserializer::{NodeDeserializer, Target};
pub(crate) use reading::Problem;
use reading::Reading;
use refusal::Refusal;

use crate::node::{Node, NodeValue, Number};
use crate::span::SPANNED;
use crate::suggest::{did_you_mean, one_of};

/// Reading again is needed once per missing field; a document with more than this many shows the
/// first so many.
const MOST_PASSES: usize = 200;

/// The value, with stand-ins for what is wrong or missing, and the problems; `None` where not even
/// that can be had.
pub(crate) fn decode<T: DeserializeOwned>(root: &Node) -> (Option<T>, BTreeSet<Problem>) {
    let reading = Reading::default();
    let mut value = None;
    for _ in 0..MOST_PASSES {
        let before = reading.stand_ins.borrow().len();
        match T::deserialize(NodeDeserializer { target: Target::Node(root), reading: &reading }) {
            Ok(read) => value = Some(read),
            Err(Refusal::Custom(message)) => reading.record(root.span, message, None),
            Err(_) => {}
        }
        if value.is_some() || reading.stand_ins.borrow().len() == before {
            break;
        }
    }
    (value, reading.problems.into_inner())
}

macro_rules! deserialize_whole_numbers {
    ($($method:ident $visit:ident $type:ty),*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
            let number = self.integer().unwrap_or(0);
            let fitting = <$type>::try_from(number).unwrap_or_else(|_| {
                let message = format!(
                    "{number} is out of range; from {} to {} is allowed", <$type>::MIN, <$type>::MAX
                );
                self.reading.record(self.span(), message, None);
                0
            });
            let outcome = visitor.$visit(fitting);
            self.placed(outcome)
        }
    )*};
}

impl<'de> Deserializer<'de> for NodeDeserializer<'_> {
    type Error = Refusal;

    deserialize_whole_numbers!(
        deserialize_i8 visit_i8 i8, deserialize_i16 visit_i16 i16, deserialize_i32 visit_i32 i32,
        deserialize_i64 visit_i64 i64, deserialize_u8 visit_u8 u8, deserialize_u16 visit_u16 u16,
        deserialize_u32 visit_u32 u32, deserialize_u64 visit_u64 u64
    );

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        let Some(node) = self.node() else {
            let outcome = visitor.visit_unit();
            return self.placed(outcome);
        };
        let outcome = match &node.value {
            NodeValue::Null => visitor.visit_unit(),
            NodeValue::Bool(flag) => visitor.visit_bool(*flag),
            NodeValue::Number(Number::Integer(number)) => visitor.visit_i64(*number),
            NodeValue::Number(Number::Unsigned(number)) => visitor.visit_u64(*number),
            NodeValue::Number(Number::Float(number)) => visitor.visit_f64(*number),
            NodeValue::Text(text) => visitor.visit_str(text),
            NodeValue::Sequence(items) => {
                visitor.visit_seq(Items { items: items.iter(), reading: self.reading })
            }
            NodeValue::Mapping(_) => visitor.visit_map(Fields::new(node, self.reading, None)),
        };
        self.placed(outcome)
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        let flag = match self.node() {
            Some(Node { value: NodeValue::Bool(flag), .. }) => *flag,
            Some(node) => {
                self.wrong(node, "true or false");
                false
            }
            None => false,
        };
        let outcome = visitor.visit_bool(flag);
        self.placed(outcome)
    }

    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        self.deserialize_f64(visitor)
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        let number = match self.node() {
            Some(Node { value: NodeValue::Number(number), .. }) => match *number {
                Number::Integer(integer) => integer as f64,
                Number::Unsigned(unsigned) => unsigned as f64,
                Number::Float(float) => float,
            },
            Some(node) => {
                self.wrong(node, "a number");
                0.0
            }
            None => 0.0,
        };
        let outcome = visitor.visit_f64(number);
        self.placed(outcome)
    }

    fn deserialize_char<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        let outcome = visitor.visit_str(self.text().unwrap_or("?"));
        self.placed(outcome)
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        let outcome = visitor.visit_str(self.text().unwrap_or_default());
        self.placed(outcome)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        self.deserialize_str(visitor)
    }

    fn deserialize_bytes<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        self.deserialize_any(visitor)
    }

    fn deserialize_byte_buf<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        self.deserialize_any(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        match self.node() {
            None | Some(Node { value: NodeValue::Null, .. }) => visitor.visit_none(),
            Some(_) => visitor.visit_some(self),
        }
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        visitor.visit_unit()
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Refusal> {
        visitor.visit_unit()
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Refusal> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        let items: &[Node] = match self.node() {
            Some(Node { value: NodeValue::Sequence(items), .. }) => items,
            Some(node) => {
                self.wrong(node, "a list");
                &[]
            }
            None => &[],
        };
        let outcome = visitor.visit_seq(Items { items: items.iter(), reading: self.reading });
        self.placed(outcome)
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, length: usize, visitor: V) -> Result<V::Value, Refusal> {
        let span = self.span();
        if let Some(node) = self.node() {
            match &node.value {
                NodeValue::Sequence(items) if items.len() == length => return self.deserialize_seq(visitor),
                NodeValue::Sequence(items) => self.reading.record(
                    span,
                    format!("a list of {length} expected, found one of {}", items.len()),
                    None,
                ),
                _ => self.wrong(node, "a list"),
            }
        }
        visitor.visit_seq(StandIns { left: length, span, reading: self.reading })
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        length: usize,
        visitor: V,
    ) -> Result<V::Value, Refusal> {
        self.deserialize_tuple(length, visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        let outcome = match self.node() {
            Some(node @ Node { value: NodeValue::Mapping(_), .. }) => {
                visitor.visit_map(Fields::new(node, self.reading, None))
            }
            Some(node) => {
                self.wrong(node, "fields (`name: value`)");
                visitor.visit_map(Fields::none(self.reading, node.span))
            }
            None => visitor.visit_map(Fields::none(self.reading, self.span())),
        };
        self.placed(outcome)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Refusal> {
        if name == SPANNED {
            return visitor.visit_map(SpannedFields { target: self.target, reading: self.reading, next: 0 });
        }
        let Some(node) = self.node() else {
            return visitor.visit_map(Fields::stand_in_for(fields, self.reading, self.span()));
        };
        let NodeValue::Mapping(entries) = &node.value else {
            self.wrong(node, "fields (`name: value`)");
            return visitor.visit_map(Fields::stand_in_for(fields, self.reading, node.span));
        };
        for (key, _) in entries {
            if !fields.contains(&key.value.as_str()) {
                let hint = one_of(&key.value, fields.iter().copied());
                self.reading.record(key.span, format!("unknown field `{}`", key.value), hint);
            }
        }
        match visitor.visit_map(Fields::new(node, self.reading, Some(fields))) {
            Err(Refusal::Missing(field)) => {
                // A misspelt field was reported with the right name in its hint: that says it all.
                let misspelt = entries.iter().any(|(key, _)| {
                    !fields.contains(&key.value.as_str())
                        && did_you_mean(&key.value, fields.iter().copied()) == Some(field)
                });
                if !misspelt {
                    self.reading.record(node.span, format!("missing field `{field}`"), None);
                }
                self.reading.stand_in(node, field);
                Err(Refusal::Recorded)
            }
            outcome => self.placed(outcome),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Refusal> {
        let (name, content) = match self.node().map(|node| (node, &node.value)) {
            Some((node, NodeValue::Text(text))) => (Some((text.as_str(), node.span)), None),
            Some((_, NodeValue::Mapping(entries))) if entries.len() == 1 => (
                entries.first().map(|(key, _)| (key.value.as_str(), key.span)),
                entries.first().map(|entry| &entry.1),
            ),
            Some((node, _)) => {
                let names: Vec<String> = variants.iter().map(|name| format!("`{name}`")).collect();
                self.reading.record(
                    node.span,
                    format!("one of {} expected, found {}", names.join(", "), node.describe()),
                    None,
                );
                (None, None)
            }
            None => (None, None),
        };
        let variant = match name {
            Some((name, span)) => match variants.iter().find(|known| **known == name) {
                Some(known) => Some(*known),
                None => {
                    let hint = one_of(name, variants.iter().copied());
                    // What looks like a choice may be meant for a column.
                    let hint = match content {
                        None if variants.contains(&"column") && name != "column" => {
                            let column = format!("a column is named as `{{column: {name}}}`");
                            Some(hint.map_or_else(|| column.clone(), |hint| format!("{hint}; {column}")))
                        }
                        _ => hint,
                    };
                    self.reading.record(span, format!("`{name}` isn't known here"), hint);
                    None
                }
            },
            None => None,
        };
        let target = match (variant, content) {
            (Some(_), Some(node)) => Target::Node(node),
            _ => Target::StandIn(self.span()),
        };
        let bare = variant.is_some() && content.is_none();
        let variant = variant.or_else(|| variants.first().copied()).unwrap_or_default();
        let outcome = visitor.visit_enum(Variant { variant, target, bare, reading: self.reading });
        self.placed(outcome)
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        self.deserialize_str(visitor)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        visitor.visit_unit()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::collections::BTreeMap;

    use serde::Deserialize;

    use crate::document::Document;
    use crate::span::Spanned;

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(deny_unknown_fields)]
    struct Spec {
        version: u32,
        #[serde(default)]
        title: Option<String>,
        stages: BTreeMap<Spanned<String>, Stage>,
    }

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(deny_unknown_fields)]
    struct Stage {
        op: Spanned<String>,
        #[serde(default)]
        kind: Kind,
        #[serde(default)]
        years: Option<(i32, i32)>,
        #[serde(default)]
        levels: Vec<f64>,
    }

    #[derive(Debug, Default, Deserialize, PartialEq)]
    #[serde(rename_all = "snake_case")]
    enum Kind {
        #[default]
        Classical,
        Cluster {
            by: String,
        },
        Lags(u32),
    }

    fn faults(text: &str) -> String {
        Document::parse("p.yaml", text)
            .and_then(|document| document.decode::<Spec>())
            .unwrap_err()
            .to_string()
    }

    #[test]
    fn a_good_document_becomes_its_type() {
        let text = "version: 1\nstages:\n  a: {op: ols, kind: {cluster: {by: city}}, years: [1, 2], levels: [1, 0.5]}\n  b:\n    op: fe\n    kind: {lags: 2}\n";
        let spec: Spec = Document::parse("p.yaml", text).unwrap().decode().unwrap();
        assert_eq!(spec.stages["a"].kind, Kind::Cluster { by: "city".into() });
        assert_eq!(spec.stages["a"].years, Some((1, 2)));
        assert_eq!(spec.stages["a"].levels, [1.0, 0.5]);
        assert_eq!(spec.stages["b"].kind, Kind::Lags(2));
        let span = spec.stages["b"].op.span;
        assert_eq!((span.line, span.column, span.length), (5, 9, 2));
        let places: Vec<_> = spec.stages.keys().map(|name| (name.span.line, name.span.column)).collect();
        assert_eq!(places, [(3, 3), (4, 3)]);
    }

    #[test]
    fn every_fault_is_shown_at_once_at_its_place() {
        let text = "version: one\ntitel: x\nstages:\n  表:\n    kindd: lags\n    kind: clustr\n    years: [2008]\n    levels: 3\n  b: {op: 3, kind: cluster}\n  c: [op]\n";
        insta::assert_snapshot!(faults(text), @r#"
        p.yaml:1:10: a whole number expected, found the text "one"
            1 | version: one
              |          ^^^
        p.yaml:2:1: unknown field `titel`
            2 | titel: x
              | ^^^^^
              = did you mean `title`?
        p.yaml:5:5: missing field `op`
            5 |     kindd: lags
              |     ^^^^^
        p.yaml:5:5: unknown field `kindd`
            5 |     kindd: lags
              |     ^^^^^
              = did you mean `kind`?
        p.yaml:6:11: `clustr` isn't known here
            6 |     kind: clustr
              |           ^^^^^^
              = did you mean `cluster`?
        p.yaml:7:12: a list of 2 expected, found one of 1
            7 |     years: [2008]
              |            ^
        p.yaml:8:13: a list expected, found the number 3
            8 |     levels: 3
              |             ^
              = a list is written [a, b] or as lines that begin with `- `
        p.yaml:9:11: text expected, found the number 3
            9 |   b: {op: 3, kind: cluster}
              |           ^
              = put quotes around it
        p.yaml:9:20: `cluster` needs a value: write `cluster: …`
            9 |   b: {op: 3, kind: cluster}
              |                    ^^^^^^^
        p.yaml:10:6: fields (`name: value`) expected, found a list
           10 |   c: [op]
              |      ^
        "#);
    }

    #[test]
    fn what_is_not_yaml_has_its_place() {
        assert_eq!(
            faults("version: 1\nstages: {a: \n"),
            "p.yaml:3:1: not valid YAML: did not find expected node content"
        );
        assert_eq!(
            faults("version: 1\nstages: {}\nversion: 2\n"),
            "p.yaml:3:1: the field `version` stands twice\n    3 | version: 2\n      | ^^^^^^^\n      = remove one of the two"
        );
        assert_eq!(faults(""), "p.yaml:1:1: fields (`name: value`) expected, found nothing");
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "[a-c:\\[\\]{}&*!|>\\- \n\"'0-9,$文]{0,60}") {
            let _ = Document::parse("p.yaml", &text).and_then(|document| document.decode::<Spec>());
        }
    }
}
