//! Labels in English and, where there is one, Chinese.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{self, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

/// How something is called in a report. Written as `{en: …, zh: …}`, or as a text alone, which is English.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct Label {
    /// English.
    pub en: String,
    /// Chinese; the English stands in where it is missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zh: Option<String>,
}

impl Label {
    /// A label in English alone.
    pub fn new(en: impl Into<String>) -> Self {
        Self { en: en.into(), zh: None }
    }

    /// The Chinese label, or the English where there is none.
    pub fn zh_or_en(&self) -> &str {
        self.zh.as_deref().unwrap_or(&self.en)
    }

    /// Whether it says nothing in any language.
    pub fn is_empty(&self) -> bool {
        self.en.is_empty() && self.zh.as_deref().is_none_or(str::is_empty)
    }
}

impl JsonSchema for Label {
    fn schema_name() -> Cow<'static, str> {
        "Label".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A text in English, or one in English and one in Chinese.",
            "anyOf": [
                {"type": "string"},
                {
                    "type": "object",
                    "properties": {
                        "en": {"description": "In English.", "type": "string"},
                        "zh": {"description": "In Chinese.", "type": ["string", "null"]}
                    },
                    "required": ["en"],
                    "additionalProperties": false
                }
            ]
        })
    }
}

impl<'de> Deserialize<'de> for Label {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(LabelVisitor)
    }
}

struct LabelVisitor;

impl<'de> Visitor<'de> for LabelVisitor {
    type Value = Label;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a text, or fields `en` and `zh`")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Label, E> {
        Ok(Label::new(text))
    }

    // Nothing stands for a value that couldn't be had, which is reported elsewhere.
    fn visit_unit<E: de::Error>(self) -> Result<Label, E> {
        Ok(Label::default())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Label, A::Error> {
        let (mut en, mut zh) = (None, None);
        while let Some(field) = map.next_key::<String>()? {
            match field.as_str() {
                "en" => en = Some(map.next_value()?),
                "zh" => zh = map.next_value::<Option<String>>()?,
                other => {
                    let message = format!("unknown field `{other}`: a label has `en` and `zh`");
                    return Err(de::Error::custom(message));
                }
            }
        }
        match en {
            Some(en) => Ok(Label { en, zh }),
            None => Err(de::Error::custom("a label needs `en`, its English text")),
        }
    }
}

#[cfg(test)]
#[allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_label_is_a_text_or_fields() -> Result<(), serde_json::Error> {
        let read = serde_json::from_str::<Label>;
        assert_eq!(read("\"Openness\"")?, Label::new("Openness"));
        let both = Label { en: "Openness".into(), zh: Some("对外开放水平".into()) };
        assert_eq!(read("{\"en\": \"Openness\", \"zh\": \"对外开放水平\"}")?, both);
        assert_eq!(serde_json::to_string(&both)?, "{\"en\":\"Openness\",\"zh\":\"对外开放水平\"}");
        assert_eq!(serde_json::to_string(&Label::new("x"))?, "{\"en\":\"x\"}");
        for (text, message) in [
            ("{\"zh\": \"x\"}", "a label needs `en`"),
            ("{\"en\": \"x\", \"fr\": \"y\"}", "unknown field `fr`"),
            ("3", "expected a text, or fields `en` and `zh`"),
        ] {
            let error = read(text).unwrap_err().to_string();
            assert!(error.contains(message), "{error}");
        }
        Ok(())
    }
}
