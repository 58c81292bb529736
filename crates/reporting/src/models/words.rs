//! The words of tables of models.

use crate::error::Result;
use crate::language::Language;
use crate::wording::Wording;

/// The usual words of tables of models.
///
/// # Errors
/// None that a test wouldn't have found.
pub fn model_words(language: Language) -> Result<Wording> {
    let (file, text) = match language {
        Language::English => ("labels.en.yaml", include_str!("labels.en.yaml")),
        Language::Chinese => ("labels.zh.yaml", include_str!("labels.zh.yaml")),
    };
    Wording::parse(file, text)
}

/// What a statistic is called: its label, or itself where it has none.
pub(super) fn statistic_name(wording: &Wording, name: &str) -> String {
    wording.line(&format!("statistics.{name}"), &[]).unwrap_or_else(|_| name.to_owned())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::models::STATISTICS;

    fn keys(language: Language) -> BTreeMap<String, Vec<String>> {
        let wording = model_words(language).unwrap();
        let own = |names: Vec<&str>| names.into_iter().map(str::to_owned).collect();
        wording.keys().map(|(key, names)| (key.to_owned(), own(names))).collect()
    }

    #[test]
    fn both_languages_have_the_same_words() {
        assert_eq!(keys(Language::English), keys(Language::Chinese));
        let words = model_words(Language::English).unwrap();
        for name in STATISTICS {
            assert_ne!(statistic_name(&words, name), name, "{name} has a label");
        }
    }
}
