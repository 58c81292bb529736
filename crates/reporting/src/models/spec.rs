//! What a table of models is asked to show.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vintner_panel::Label;

use super::printed::PrintedModels;
use super::results::ModelResults;
use crate::stars::StarLevels;

/// What stands below a coefficient.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Below {
    /// Its standard error.
    #[default]
    StdError,
    /// Its t or z statistic.
    Statistic,
    /// Its p-value.
    PValue,
    /// Its confidence interval.
    Interval,
    /// Nothing.
    None,
}

/// What stands around the number below a coefficient.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Brackets {
    /// (0.12)
    #[default]
    Parentheses,
    /// [0.12]
    Square,
    /// 0.12
    None,
}

/// A statistic of the models as a row: a name alone, or with a label and its decimals.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum StatisticRow {
    /// The statistic, under its usual label.
    Named(String),
    /// The statistic as it is asked for.
    Labelled {
        /// Its name.
        name: String,
        /// What it is called.
        #[serde(default)]
        label: Label,
        /// Decimals, those of the table where none are named.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        digits: Option<usize>,
    },
}

/// A row that says of each model whether it has something: year effects, controls.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Indicator {
    /// What the row is called.
    pub label: Label,
    /// Patterns of coefficients (`year*`), which the row stands for and which aren't shown themselves.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub terms: Vec<String>,
    /// Effects that are absorbed, by their names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub effects: Vec<String>,
}

/// Some columns with their coefficients, of which a table stacks several ("Panel A").
#[derive(Debug, Clone, PartialEq)]
pub struct PanelSpec {
    /// What it is called; empty where there is only one.
    pub title: Label,
    /// Its columns.
    pub columns: Vec<ColumnSpec>,
}

/// A column: a model under a label.
#[derive(Debug, Clone, PartialEq)]
pub struct ColumnSpec {
    /// What published tables may call it: the input that brings it.
    pub name: String,
    /// The branch of that input; empty where there are none.
    pub branch: String,
    /// What it is called; empty for the dependent variable alone.
    pub label: Label,
    /// Neighbours with the same group stand under one heading; empty for none.
    pub group: Label,
    /// The model.
    pub results: ModelResults,
}

/// How many columns stand beside one another before a table goes on below.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Parts(pub usize);

impl Default for Parts {
    fn default() -> Self {
        Self(8)
    }
}

/// What a table of models is asked to show.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ModelTableSpec {
    /// What addresses of its cells begin with: the stage or branch that makes it; empty where there is none.
    pub name: String,
    /// Its title.
    pub title: Label,
    /// A sentence for its note; empty for none.
    pub note: Label,
    /// Its panels.
    pub panels: Vec<PanelSpec>,
    /// Patterns of the coefficients that are shown; all where there are none.
    pub keep: Vec<String>,
    /// Patterns of coefficients that aren't.
    pub drop: Vec<String>,
    /// Patterns of the coefficients that come first, in this order.
    pub order: Vec<String>,
    /// What coefficients are called.
    pub labels: BTreeMap<String, Label>,
    /// What variables are called, where `labels` says nothing of them; they needn't be in a model.
    pub variables: BTreeMap<String, Label>,
    /// What was published of it; nothing where nothing was.
    pub published: PrintedModels,
    /// What stands below a coefficient.
    pub below: Below,
    /// What stands around that.
    pub brackets: Brackets,
    /// What earns a star; nothing where there are no levels.
    pub star_levels: StarLevels,
    /// The statistics; the usual ones that any model has where none are named.
    pub statistics: Option<Vec<StatisticRow>>,
    /// Rows of yes and no.
    pub indicators: Vec<Indicator>,
    /// Whether each absorbed effect has a row of yes and no of its own.
    pub effects: bool,
    /// Decimals.
    pub digits: usize,
    /// The level of the intervals, 0.95 for 95 %.
    pub confidence_level: f64,
    /// How many columns stand beside one another.
    pub parts: Parts,
    /// Whether the data are made up, which the table then says.
    pub synthetic: bool,
}

/// Whether a text fits a pattern, in which `*` stands for any letters.
pub fn fits_pattern(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| text.strip_prefix(first)) else { return false };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else { return rest.is_empty() };
    for part in parts {
        match rest.split_once(part) {
            Some((_, after)) => rest = after,
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_in_patterns_stand_for_any_letters() {
        for (pattern, text, is) in [
            ("x", "x", true),
            ("x", "xy", false),
            ("x*", "xy", true),
            ("*", "", true),
            ("*y", "xy", true),
            ("a*b*c", "aXbYc", true),
            ("a*b*c", "ac", false),
            ("ab*b", "ab", false),
            ("year*", "i(year):1981", false),
        ] {
            assert_eq!(fits_pattern(pattern, text), is, "{pattern} {text}");
        }
    }
}
