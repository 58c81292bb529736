//! The words of tables of models.

use super::model_star::ModelStar;
use crate::error::Result;
use crate::language::Language;
use crate::usual::usual_file;
use crate::wording::Wording;

/// The usual words of tables of models, which say reasons and notes as reports do.
///
/// # Errors
/// None that a test wouldn't have found.
pub fn model_words(language: Language) -> Result<Wording> {
    let (file, text) = match language {
        Language::English => ("labels.en.yaml", include_str!("labels.en.yaml")),
        Language::Chinese => ("labels.zh.yaml", include_str!("labels.zh.yaml")),
    };
    let words = Wording::parse(file, text)?;
    Ok(match usual_file(file) {
        Some(text) => words.saying_as(Wording::parse(file, text)?),
        None => words,
    })
}

/// What a statistic is called: its label, or itself where it has none.
pub(super) fn statistic_name(wording: &Wording, name: &str) -> String {
    wording.line(&format!("statistics.{name}"), &[]).unwrap_or_else(|_| name.to_owned())
}

/// What the stars of a table mean, as one line; nothing where it has none.
pub(super) fn stars_line(wording: &Wording, stars: &[ModelStar]) -> Result<Option<String>> {
    if stars.is_empty() {
        return Ok(None);
    }
    let comma = wording.separator("list.comma", ", ");
    let all = |of: fn(&ModelStar) -> &str| stars.iter().map(of).collect::<Vec<_>>().join(comma);
    let (marks, levels) = (all(|star| &star.stars), all(|star| &star.percent));
    let legend = wording.line("legend", &[("marks", &marks), ("levels", &levels)])?;
    if !legend.is_empty() {
        return Ok(Some(legend));
    }
    let each =
        stars.iter().map(|star| wording.line("star", &[("stars", &star.stars), ("level", &star.level)]));
    let each: Vec<String> = each.collect::<Result<_>>()?;
    Ok(Some(each.join(comma) + wording.separator("list.stop", ".").trim_end()))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::models::STATISTICS;

    fn keys(language: Language) -> BTreeMap<String, Vec<String>> {
        let wording = model_words(language).unwrap();
        let own = |names: Vec<&str>| names.into_iter().map(str::to_owned).collect();
        // A language has a sentence for all levels or it hasn't.
        let keys = wording.keys().filter(|(key, _)| *key != "legend");
        keys.map(|(key, names)| (key.to_owned(), own(names))).collect()
    }

    #[test]
    fn both_languages_have_the_same_words() {
        assert_eq!(keys(Language::English), keys(Language::Chinese));
        let words = model_words(Language::English).unwrap();
        for name in STATISTICS {
            assert_ne!(statistic_name(&words, name), name, "{name} has a label");
        }
    }

    #[test]
    fn notes_are_said_as_in_reports() {
        let words = model_words(Language::Chinese).unwrap();
        assert_eq!(words.said("clustered by entity"), "按个体聚类");
        assert_eq!(words.said("left out as absorbed by the effects: x, z"), "被固定效应吸收而剔除：x、z");
    }
}
