//! A crosswalk of the names that files have, where there is none yet.

use std::collections::{BTreeMap, BTreeSet};

use super::names::{one_line, slug, unique};
use crate::fold::{fold_loosely, fold_name};
use crate::number::parse_number;

/// More entities than these are firms or persons, whose ids are their names.
const MOST: usize = 1_000;

/// The names in one file.
#[derive(Debug, Clone)]
pub(super) struct NamesOf {
    pub(super) source: String,
    pub(super) names: Vec<String>,
}

/// The text of a crosswalk, in the order in which names come first; spellings that differ in case, accents and
/// punctuation alone are of one entity. Nothing where names are numbers, or too many for anyone to look through.
pub(super) fn crosswalk_of(files: &[NamesOf]) -> Option<String> {
    let mut order: Vec<String> = Vec::new();
    let mut spellings: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for name in files.iter().flat_map(|file| &file.names) {
        let loose = fold_loosely(name);
        if loose.is_empty() || parse_number(name).is_some() {
            continue;
        }
        let own = spellings.entry(loose.clone()).or_default();
        if own.is_empty() {
            order.push(loose);
        }
        let name = fold_name(name);
        if !own.contains(&name) {
            own.push(name);
        }
    }
    let all: usize = files.iter().map(|file| file.names.len()).sum();
    if order.is_empty()
        || order.len() > MOST
        || spellings.values().map(Vec::len).sum::<usize>() * 2 < all.min(2 * order.len())
    {
        return None;
    }
    let mut text = String::from(
        "# Made by `vintner vintage new` from the names in the files. REVIEW: one line an entity; put what else it is called into\n\
         # `aliases`, divided by |, and take out rows that are none (totals, regions).\n",
    );
    for file in files.iter().filter(|_| files.len() > 1) {
        let own: BTreeSet<String> = file.names.iter().map(|name| fold_loosely(name)).collect();
        let shared = files
            .iter()
            .filter(|other| other.source != file.source)
            .any(|other| other.names.iter().any(|name| own.contains(&fold_loosely(name))));
        if !own.is_empty() && !shared {
            text.push_str(&format!(
                "# REVIEW: {} shares no name with the other files: are these other names of the same entities?\n",
                one_line(&file.source)
            ));
        }
    }
    text.push_str("id,en,zh,aliases\n");
    let mut ids: Vec<String> = Vec::new();
    for loose in order {
        let Some(names) = spellings.get(&loose) else { continue };
        let Some((first, others)) = names.split_first() else { continue };
        let own = slug(first);
        let id = unique(if own.is_empty() { first } else { &own }, &ids);
        let is_chinese = first.chars().any(|character| ('\u{4e00}'..='\u{9fff}').contains(&character));
        let (en, zh) = if is_chinese { ("", first.as_str()) } else { (first.as_str(), "") };
        let fields = [id.as_str(), en, zh, &others.join("|")];
        text.push_str(&fields.map(field).join(","));
        text.push('\n');
        ids.push(id);
    }
    Some(text)
}

/// A field of CSV.
fn field(text: &str) -> String {
    if text.contains([',', '"', '\n', '\r', '#']) {
        return format!("\"{}\"", text.replace('"', "\"\""));
    }
    text.to_owned()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::crosswalk::{Crosswalk, NameMatch};

    #[test]
    fn spellings_are_of_one_entity() {
        let of = |source: &str, names: &[&str]| NamesOf {
            source: source.into(),
            names: names.iter().map(|name| (*name).to_owned()).collect(),
        };
        let text = crosswalk_of(&[
            of("a", &["Turkey", "Côte d'Ivoire", "北京市"]),
            of("b", &["TURKEY", "Cote d’Ivoire"]),
        ])
        .unwrap();
        let crosswalk = Crosswalk::parse("c.csv", &text).unwrap();
        assert_eq!(crosswalk.entities().len(), 3, "{text}");
        for (name, id) in [("TURKEY", "turkey"), ("Cote d'Ivoire", "cote_divoire"), ("北京市", "北京市")]
        {
            assert_eq!(crosswalk.find(name), NameMatch::Entity(id), "{text}");
        }
        assert!(!text.contains("shares no name"));
        let apart = crosswalk_of(&[of("a", &["Turkey"]), of("b", &["TUR"])]).unwrap();
        assert!(apart.contains("b shares no name"), "{apart}");
        assert_eq!(crosswalk_of(&[of("a", &["1001", "1002"])]), None);
    }
}
