//! The rows of the tables: entities, and the pooled row.

use serde::{Deserialize, Serialize};
use vintner_panel::Label;

/// A row of the tables.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReportUnit {
    /// The id that estimates name it by.
    pub id: String,
    /// Its name in the report.
    pub label: Label,
    /// The name that the publication prints; the Chinese label, else the English, where absent.
    #[serde(default)]
    pub printed: Option<String>,
    /// Whether it is the pooled row, which stands last.
    #[serde(default)]
    pub pooled: bool,
}

impl ReportUnit {
    /// The name that the publication prints.
    pub fn printed(&self) -> &str {
        self.printed.as_deref().unwrap_or_else(|| self.label.zh_or_en())
    }

    /// Whether it goes by a name: its id, its English or Chinese name, or the one that was printed.
    pub fn is_called(&self, name: &str) -> bool {
        self.id == name
            || self.label.en == name
            || self.label.zh.as_deref() == Some(name)
            || self.printed() == name
    }
}
