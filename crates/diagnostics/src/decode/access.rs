//! What a reading hands to visitors: the items of a list, the fields of a mapping, a name with its
//! place, a variant with its content.

use serde::de::value::StrDeserializer;
use serde::de::{
    self, DeserializeSeed, Deserializer, EnumAccess, IntoDeserializer, MapAccess, SeqAccess, VariantAccess,
    Visitor,
};
use serde::forward_to_deserialize_any;

use super::node_deserializer::{NodeDeserializer, Target};
use super::reading::Reading;
use super::refusal::Refusal;
use crate::node::{Node, NodeValue};
use crate::span::{SPANNED, Span, Spanned};

pub(super) struct Items<'a> {
    pub(super) items: std::slice::Iter<'a, Node>,
    pub(super) reading: &'a Reading,
}

impl<'de> SeqAccess<'de> for Items<'_> {
    type Error = Refusal;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Refusal> {
        let Some(node) = self.items.next() else { return Ok(None) };
        seed.deserialize(NodeDeserializer { target: Target::Node(node), reading: self.reading }).map(Some)
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.items.len())
    }
}

pub(super) struct StandIns<'a> {
    pub(super) left: usize,
    pub(super) span: Span,
    pub(super) reading: &'a Reading,
}

impl<'de> SeqAccess<'de> for StandIns<'_> {
    type Error = Refusal;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Refusal> {
        if self.left == 0 {
            return Ok(None);
        }
        self.left -= 1;
        let stand_in = NodeDeserializer { target: Target::StandIn(self.span), reading: self.reading };
        seed.deserialize(stand_in).map(Some)
    }
}

/// The fields of a mapping, then stand-ins for those that an earlier reading missed.
pub(super) struct Fields<'a> {
    pub(super) entries: Vec<(Spanned<String>, Target<'a>)>,
    pub(super) next: usize,
    pub(super) reading: &'a Reading,
}

impl<'a> Fields<'a> {
    pub(super) fn new(node: &'a Node, reading: &'a Reading, known: Option<&[&str]>) -> Self {
        let mut entries = Vec::new();
        if let NodeValue::Mapping(fields) = &node.value {
            for (key, value) in fields {
                if known.is_none_or(|known| known.contains(&key.value.as_str())) {
                    entries.push((key.clone(), Target::Node(value)));
                }
            }
        }
        let missing = reading.missing_fields(node);
        entries.extend(
            missing.into_iter().map(|field| (Spanned::new(field, node.span), Target::StandIn(node.span))),
        );
        Self { entries, next: 0, reading }
    }

    pub(super) fn none(reading: &'a Reading, span: Span) -> Self {
        Self::stand_in_for(&[], reading, span)
    }

    pub(super) fn stand_in_for(fields: &[&str], reading: &'a Reading, span: Span) -> Self {
        let entries = fields
            .iter()
            .map(|field| (Spanned::new((*field).to_owned(), span), Target::StandIn(span)))
            .collect();
        Self { entries, next: 0, reading }
    }
}

impl<'de> MapAccess<'de> for Fields<'_> {
    type Error = Refusal;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Refusal> {
        let Some((key, _)) = self.entries.get(self.next) else { return Ok(None) };
        seed.deserialize(Key { key }).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Refusal> {
        let Some((_, target)) = self.entries.get(self.next) else { return Err(Refusal::Recorded) };
        let target = *target;
        self.next += 1;
        seed.deserialize(NodeDeserializer { target, reading: self.reading })
    }
}

/// A field's name, which may be asked for with its place.
pub(super) struct Key<'a> {
    pub(super) key: &'a Spanned<String>,
}

impl<'de> Deserializer<'de> for Key<'_> {
    type Error = Refusal;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        visitor.visit_str(&self.key.value).map_err(|refusal| match refusal {
            Refusal::Custom(message) => Refusal::Custom(format!("`{}`: {message}", self.key.value)),
            other => other,
        })
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Refusal> {
        if name != SPANNED {
            return self.deserialize_any(visitor);
        }
        let span = self.key.span;
        let place = [span.line as u64, span.column as u64, span.length as u64];
        visitor.visit_map(SpannedKey { place, text: &self.key.value, next: 0 })
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option
        unit unit_struct newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

/// The two fields that [`crate::Spanned`] asks of a field's name.
pub(super) struct SpannedKey<'a> {
    pub(super) place: [u64; 3],
    pub(super) text: &'a str,
    pub(super) next: usize,
}

impl<'de> MapAccess<'de> for SpannedKey<'_> {
    type Error = Refusal;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Refusal> {
        spanned_field(self.next, seed)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Refusal> {
        self.next += 1;
        if self.next == 1 {
            return seed.deserialize(de::value::SeqDeserializer::<_, Refusal>::new(self.place.into_iter()));
        }
        let text: StrDeserializer<'_, Refusal> = self.text.into_deserializer();
        seed.deserialize(text)
    }
}

fn spanned_field<'de, K: DeserializeSeed<'de>>(index: usize, seed: K) -> Result<Option<K::Value>, Refusal> {
    let Some(key) = crate::span::SPANNED_FIELDS.get(index) else { return Ok(None) };
    let key: StrDeserializer<'_, Refusal> = (*key).into_deserializer();
    seed.deserialize(key).map(Some)
}

/// The two fields that [`crate::Spanned`] asks for.
pub(super) struct SpannedFields<'a> {
    pub(super) target: Target<'a>,
    pub(super) reading: &'a Reading,
    pub(super) next: usize,
}

impl<'de> MapAccess<'de> for SpannedFields<'_> {
    type Error = Refusal;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Refusal> {
        spanned_field(self.next, seed)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Refusal> {
        self.next += 1;
        let value = NodeDeserializer { target: self.target, reading: self.reading };
        if self.next == 1 {
            let span = value.span();
            let place = [span.line as u64, span.column as u64, span.length as u64];
            return seed.deserialize(de::value::SeqDeserializer::<_, Refusal>::new(place.into_iter()));
        }
        seed.deserialize(value)
    }
}

pub(super) struct Variant<'a> {
    pub(super) variant: &'static str,
    pub(super) target: Target<'a>,
    /// Named by text alone, without content.
    pub(super) bare: bool,
    pub(super) reading: &'a Reading,
}

impl<'de, 'a> EnumAccess<'de> for Variant<'a> {
    type Error = Refusal;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), Refusal> {
        let name: StrDeserializer<'_, Refusal> = self.variant.into_deserializer();
        Ok((seed.deserialize(name)?, self))
    }
}

impl<'a> Variant<'a> {
    fn content(self) -> NodeDeserializer<'a> {
        if self.bare
            && let Target::StandIn(span) = self.target
        {
            let message = format!("`{}` needs a value: write `{}: …`", self.variant, self.variant);
            self.reading.record(span, message, None);
        }
        NodeDeserializer { target: self.target, reading: self.reading }
    }
}

impl<'de> VariantAccess<'de> for Variant<'_> {
    type Error = Refusal;

    fn unit_variant(self) -> Result<(), Refusal> {
        if let Target::Node(node) = self.target
            && node.value != NodeValue::Null
        {
            self.reading.record(node.span, format!("`{}` takes no value", self.variant), None);
        }
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Refusal> {
        seed.deserialize(self.content())
    }

    fn tuple_variant<V: Visitor<'de>>(self, length: usize, visitor: V) -> Result<V::Value, Refusal> {
        self.content().deserialize_tuple(length, visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Refusal> {
        let name = self.variant;
        self.content().deserialize_struct(name, fields, visitor)
    }
}
