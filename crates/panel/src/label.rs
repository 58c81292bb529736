//! Labels in English and, where there is one, Chinese.

use serde::{Deserialize, Serialize};

/// How something is called in a report.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Label {
    /// English.
    pub en: String,
    /// Chinese; the English stands in where it is missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
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
}
