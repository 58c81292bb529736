//! How variables are computed, and of which raw ones.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::source::SourceContent;
use super::stage::StageContent;

/// Formulas by variable.
#[derive(Debug, Default)]
pub(super) struct Formulas {
    formulas: BTreeMap<String, String>,
}

impl Formulas {
    /// Of the stages that define variables.
    pub(super) fn of(stages: &[StageContent]) -> Self {
        let mut formulas = BTreeMap::new();
        for stage in stages {
            let text = |field: &str| stage.params.get(field).map(plain);
            match stage.operation.as_str() {
                "derive" => {
                    let defined = stage.params.get("define").and_then(Value::as_object);
                    for (name, formula) in defined.into_iter().flatten() {
                        formulas.insert(name.clone(), plain(formula));
                    }
                }
                "deflate" => {
                    if let (Some(into), Some(nominal), Some(deflator), Some(base)) =
                        (text("into"), text("nominal"), text("deflator"), text("base"))
                    {
                        formulas.insert(into, format!("{nominal} / ({deflator} / {deflator} in {base})"));
                    }
                }
                "exposure" => {
                    if let (Some(into), Some(shift), Some(share), Some(base)) =
                        (text("into"), text("shift"), text("share"), text("base"))
                    {
                        let formula =
                            format!("{shift} x the entity's share of all entities' {share} in {base}");
                        formulas.insert(into, formula);
                    }
                }
                _ => {}
            }
        }
        Self { formulas }
    }

    /// The formula of a variable.
    pub(super) fn get(&self, variable: &str) -> Option<&str> {
        self.formulas.get(variable).map(String::as_str)
    }

    /// Where the values behind a variable are read: a text for each raw variable.
    pub(super) fn read_from(&self, variable: &str, sources: &[SourceContent]) -> Vec<String> {
        let mut seen = BTreeSet::new();
        let mut pending = vec![variable.to_owned()];
        let mut found = Vec::new();
        while let Some(name) = pending.pop() {
            if !seen.insert(name.clone()) {
                continue;
            }
            match self.get(&name) {
                Some(formula) => {
                    let mut words: Vec<String> = words(formula).map(str::to_owned).collect();
                    // What a formula calls itself by is the raw variable of that name.
                    if words.contains(&name) {
                        found.extend(raw(&name, sources));
                    }
                    words.retain(|word| *word != name);
                    pending.extend(words);
                }
                None => found.extend(raw(&name, sources)),
            }
        }
        found.sort();
        found.dedup();
        found
    }
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// The words of a formula that may be names of variables.
fn words(formula: &str) -> impl Iterator<Item = &str> {
    formula.split(|letter: char| !letter.is_alphanumeric() && letter != '_').filter(|word| !word.is_empty())
}

/// Where a raw variable is read.
fn raw(variable: &str, sources: &[SourceContent]) -> Vec<String> {
    let mut found = Vec::new();
    for source in sources {
        for column in source.columns.iter().filter(|column| column.variable == variable) {
            let file = source.files.first().map(|file| file.path.as_str()).unwrap_or_default();
            let more = match source.files.len() {
                0 | 1 => String::new(),
                files => format!(" and {} more", files - 1),
            };
            let sheet = source.sheet.as_ref().map(|sheet| format!(", sheet {sheet}")).unwrap_or_default();
            let header =
                column.column.as_ref().map(|header| format!(", column {header}")).unwrap_or_default();
            found.push(format!("{file}{more}{sheet}{header}"));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_a_formula_are_names_and_numbers() {
        let found: Vec<&str> = words("ln(gdp_real / population * 10000)").collect();
        assert_eq!(found, ["ln", "gdp_real", "population", "10000"]);
    }
}
