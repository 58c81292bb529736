//! How things are called, in both languages.

use serde::Serialize;
use vintner_panel::Label;

/// What stands for a thing's name in a sentence that is said in another language.
pub(crate) const NAMED: &str = "\u{e000}";

/// How something is called.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Name {
    /// Its id.
    pub id: String,
    /// In English.
    pub en: String,
    /// In Chinese; empty where there is no such name.
    pub zh: String,
    /// The English name with the Chinese after it ("Cangzhou 沧州"), once where they are the same.
    pub both: String,
}

impl Name {
    pub(crate) fn new(id: &str, label: &Label) -> Self {
        let zh = label.zh.clone().unwrap_or_default();
        let both = if zh.is_empty() || zh == label.en {
            label.en.clone()
        } else if label.en.is_empty() {
            zh.clone()
        } else {
            format!("{} {zh}", label.en)
        };
        Self { id: id.into(), en: label.en.clone(), zh, both }
    }

    pub(crate) fn of_id(id: &str) -> Self {
        Self::new(id, &Label::new(id))
    }
}
