//! The languages that reports and figures come in.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vintner_panel::Label;

/// A language of the report.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize, JsonSchema,
)]
pub enum Language {
    /// English.
    #[default]
    #[serde(rename = "en")]
    English,
    /// Chinese.
    #[serde(rename = "zh")]
    Chinese,
}

impl Language {
    /// All languages, in the order in which they are made.
    pub const ALL: [Self; 2] = [Self::English, Self::Chinese];

    /// Its code, as file names and the `lang` of HTML have it.
    pub fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Chinese => "zh",
        }
    }

    /// A label in this language; the English stands in where there is no Chinese.
    pub fn of(self, label: &Label) -> &str {
        match self {
            Self::English => &label.en,
            Self::Chinese => label.zh_or_en(),
        }
    }
}
