//! How the numbers of a source or of a column are written, as a manifest declares it.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{IntoDeserializer, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

/// What `numbers` of a source, or of a column, says. What a column declares goes before what its source does, field
/// by field.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NumberRule {
    /// What stands before the fraction. Where neither this nor `grouping` says so, the column decides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decimal: Option<DecimalMark>,
    /// What stands between groups of three digits; one or several.
    #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "one_or_many")]
    #[schemars(with = "OneOrMany<Grouping>")]
    pub grouping: Vec<Grouping>,
    /// How negative numbers are written beside a sign before them; one or several.
    #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "one_or_many")]
    #[schemars(with = "OneOrMany<Negative>")]
    pub negative: Vec<Negative>,
    /// What `12%` is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub percent: Option<Percent>,
    /// Currency signs, which may stand before or after a number; one or several.
    #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "one_or_many")]
    #[schemars(with = "OneOrMany<String>")]
    pub currency: Vec<String>,
    /// Marks that stand beside a number, and what each means.
    #[serde(default, skip_serializing_if = "Flags::is_empty")]
    pub flags: Flags,
}

/// What stands before the fraction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum DecimalMark {
    /// 12.5
    #[serde(rename = ".")]
    Point,
    /// 12,5
    #[serde(rename = ",")]
    Comma,
}

/// What stands between groups of three digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Grouping {
    /// 1,234,567
    #[serde(rename = ",")]
    Comma,
    /// 1.234.567
    #[serde(rename = ".")]
    Point,
    /// 1 234 567, with a space of any kind.
    #[serde(rename = " ")]
    Space,
    /// 1'234'567, with an apostrophe of any kind.
    #[serde(rename = "'")]
    Apostrophe,
    /// 12,34,567: of two digits but for the last, which has three.
    #[serde(rename = "indian")]
    Indian,
    /// Groups aren't told apart.
    #[serde(rename = "none")]
    None,
}

impl Grouping {
    /// Whether a character of a folded text is such a mark.
    pub(crate) fn is(self, character: char) -> bool {
        match self {
            Grouping::Comma | Grouping::Indian => character == ',',
            Grouping::Point => character == '.',
            // Folding leaves no other space.
            Grouping::Space => character == ' ',
            Grouping::Apostrophe => {
                matches!(character, '\'' | '\u{2019}' | '\u{2018}' | '\u{2bc}' | '\u{b4}')
            }
            Grouping::None => false,
        }
    }

    /// Whether such marks stand before every group of three digits and the first group has one to three, and no zero
    /// first; of Indian groups the last alone has three, and the others two.
    pub(crate) fn divides(self, whole: &str) -> bool {
        if self == Grouping::Indian {
            let groups: Vec<&str> = whole.split(',').collect();
            let last = groups.len() - 1;
            return groups.iter().enumerate().all(|(at, group)| {
                let due = if at == last { 3 } else { 2 };
                group.bytes().all(|byte| byte.is_ascii_digit())
                    && if at == 0 {
                        (1..=due).contains(&group.len()) && !group.starts_with('0')
                    } else {
                        group.len() == due
                    }
            });
        }
        whole.split(|character| self.is(character)).enumerate().all(|(position, group)| {
            group.bytes().all(|byte| byte.is_ascii_digit())
                && if position == 0 {
                    (1..=3).contains(&group.len()) && !group.starts_with('0')
                } else {
                    group.len() == 3
                }
        })
    }
}

/// How a negative number is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Negative {
    /// (123)
    Parentheses,
    /// 123-
    TrailingMinus,
    /// △123, ▲123 or ▼123
    Triangle,
}

/// What a number with a percent sign is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Percent {
    /// 12% is 12.
    Number,
    /// 12% is 0.12.
    Fraction,
}

/// Marks beside a number by pattern, with what each means; a list in a manifest has no meanings.
///
/// A pattern is a text, in which `{digits}` stands for some digits, `{letter}` for a letter of the Latin alphabet and
/// `{raised}` for raised digits and letters.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Flags(pub BTreeMap<String, String>);

impl Flags {
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl NumberRule {
    /// Whether nothing is declared.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// This rule, with what it doesn't declare taken from `wider`.
    pub(crate) fn within(&self, wider: &Self) -> Self {
        fn or<T: Clone>(own: &[T], wider: &[T]) -> Vec<T> {
            if own.is_empty() { wider.to_vec() } else { own.to_vec() }
        }
        // A mark and its grouping are declared together: a column's own decimal mark isn't joined to another's groups.
        let separated = self.decimal.is_some() || !self.grouping.is_empty();
        let separators = if separated { self } else { wider };
        Self {
            decimal: separators.decimal,
            grouping: separators.grouping.clone(),
            negative: or(&self.negative, &wider.negative),
            percent: self.percent.or(wider.percent),
            currency: or(&self.currency, &wider.currency),
            flags: if self.flags.is_empty() { wider.flags.clone() } else { self.flags.clone() },
        }
    }
}

/// What [`one_or_many`] reads, for a schema.
#[derive(JsonSchema)]
#[serde(untagged)]
#[allow(dead_code, reason = "no value of it is made")]
enum OneOrMany<T> {
    One(T),
    Many(Vec<T>),
}

/// One value, or a list of them.
pub(crate) fn one_or_many<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    struct Several<T>(PhantomData<T>);

    impl<'de, T: Deserialize<'de>> Visitor<'de> for Several<T> {
        type Value = Vec<T>;

        fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            formatter.write_str("a text or a list of texts")
        }

        fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Vec<T>, E> {
            T::deserialize(text.into_deserializer()).map(|one| vec![one])
        }

        fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<Vec<T>, A::Error> {
            Vec::deserialize(SeqAccessDeserializer::new(items))
        }
    }

    deserializer.deserialize_any(Several(PhantomData))
}

impl JsonSchema for Flags {
    fn schema_name() -> Cow<'static, str> {
        "Flags".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A mark, marks, or marks with what each means; `{digits}`, `{letter}` and `{raised}` stand for such.",
            "anyOf": [
                {"type": "string"},
                {"type": "array", "items": {"type": "string"}},
                {"type": "object", "additionalProperties": {"type": "string"}}
            ]
        })
    }
}

impl<'de> Deserialize<'de> for Flags {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Patterns;

        impl<'de> Visitor<'de> for Patterns {
            type Value = Flags;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a list of marks, or marks with their meanings")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Flags, E> {
                Ok(Flags(BTreeMap::from([(text.to_owned(), String::new())])))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<Flags, A::Error> {
                let patterns: Vec<String> = Vec::deserialize(SeqAccessDeserializer::new(items))?;
                Ok(Flags(patterns.into_iter().map(|pattern| (pattern, String::new())).collect()))
            }

            fn visit_map<A: MapAccess<'de>>(self, entries: A) -> Result<Flags, A::Error> {
                BTreeMap::deserialize(MapAccessDeserializer::new(entries)).map(Flags)
            }
        }

        deserializer.deserialize_any(Patterns)
    }
}
