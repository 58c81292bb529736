//! Descriptive statistics of a panel's variables.

use serde::{Deserialize, Serialize};
use vintner_panel::{Labels, Panel};

use crate::numerics::{mean, of_sorted};
use crate::outcome::Result;

/// One variable described over all rows where it is there. Statistics that the values don't allow (a
/// standard deviation of one value) are absent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Description {
    /// The variable.
    pub variable: String,
    /// Values.
    pub n: usize,
    /// Rows without a value.
    pub missing: usize,
    /// Entities with a value.
    pub n_entities: usize,
    /// Mean.
    pub mean: Option<f64>,
    /// Standard deviation with n - 1.
    pub sd: Option<f64>,
    /// Standard deviation of the entities' means with N - 1, as Stata's `xtsum` has it.
    pub sd_between: Option<f64>,
    /// Standard deviation of the deviations from the entities' means with n - 1, as `xtsum` has it.
    pub sd_within: Option<f64>,
    /// Smallest value.
    pub min: Option<f64>,
    /// Lower quartile: R's type 7, linear between order statistics.
    pub p25: Option<f64>,
    /// Median.
    pub median: Option<f64>,
    /// Upper quartile.
    pub p75: Option<f64>,
    /// Largest value.
    pub max: Option<f64>,
    /// Of a column of text, its categories in order of text; its moments are absent.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub categories: Vec<Category>,
}

/// How often a category comes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Category {
    /// The category.
    pub category: String,
    /// Rows that have it.
    pub n: usize,
    /// Their share of the rows that have any.
    pub share: f64,
}

/// Describes the variables, in the order given.
///
/// # Errors
/// Where a variable is absent, or neither numbers nor text.
pub fn describe(panel: &Panel, variables: &[impl AsRef<str>]) -> Result<Vec<Description>> {
    variables.iter().map(|variable| describe_one(panel, variable.as_ref())).collect()
}

fn describe_one(panel: &Panel, variable: &str) -> Result<Description> {
    if panel.is_text(variable)? {
        return describe_text(panel, variable);
    }
    let column = panel.values(variable)?;
    let mut values: Vec<f64> = Vec::with_capacity(column.len());
    let mut entity_means = Vec::new();
    let mut deviations = Vec::with_capacity(column.len());
    for group in panel.groups() {
        let start = values.len();
        values.extend(column[group.clone()].iter().flatten());
        let own = &values[start..];
        if !own.is_empty() {
            let center = mean(own);
            entity_means.push(center);
            deviations.extend(own.iter().map(|value| value - center));
        }
    }
    let n = values.len();
    let center = mean(&values);
    let sd = standard_deviation(&values, center);
    let sd_between = standard_deviation(&entity_means, mean(&entity_means));
    let sd_within = standard_deviation(&deviations, 0.0);
    values.sort_unstable_by(f64::total_cmp);
    Ok(Description {
        variable: variable.into(),
        n,
        missing: column.len() - n,
        n_entities: entity_means.len(),
        mean: (n > 0).then_some(center).filter(|value| value.is_finite()),
        sd,
        sd_between,
        sd_within,
        min: values.first().copied(),
        p25: of_sorted(&values, 0.25),
        median: of_sorted(&values, 0.5),
        p75: of_sorted(&values, 0.75),
        max: values.last().copied(),
        categories: Vec::new(),
    })
}

fn describe_text(panel: &Panel, variable: &str) -> Result<Description> {
    let Labels { codes, labels } = panel.codes(variable)?;
    let mut counts = vec![0_usize; labels.len()];
    for code in &codes {
        if let Some(count) = counts.get_mut(*code as usize) {
            *count += 1;
        }
    }
    let n: usize = counts.iter().sum();
    let has_one = |group: &&std::ops::Range<usize>| {
        codes.get((*group).clone()).is_some_and(|own| own.iter().any(|code| *code != Labels::MISSING))
    };
    let categories = labels.into_iter().zip(counts);
    Ok(Description {
        variable: variable.into(),
        n,
        missing: codes.len() - n,
        n_entities: panel.groups().iter().filter(has_one).count(),
        mean: None,
        sd: None,
        sd_between: None,
        sd_within: None,
        min: None,
        p25: None,
        median: None,
        p75: None,
        max: None,
        categories: categories
            .map(|(category, count)| Category { category, n: count, share: count as f64 / n as f64 })
            .collect(),
    })
}

fn standard_deviation(values: &[f64], center: f64) -> Option<f64> {
    if values.len() < 2 {
        return None;
    }
    let squares: f64 = values.iter().map(|value| (value - center).powi(2)).sum();
    Some((squares / (values.len() - 1) as f64).sqrt()).filter(|sd| sd.is_finite())
}
