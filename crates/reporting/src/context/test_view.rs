//! Tests of hypotheses, for templates.

use serde::Serialize;
use vintner_estimation::{NullDistribution, Tail, TestOutcome};

use super::name::Names;
use crate::StarLevels;
use crate::number_format::{fixed, p_value_text, significant};

/// A test; texts are empty where there is none.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct TestView {
    /// What it is called.
    pub name: String,
    /// The null hypothesis in words.
    pub null: String,
    /// The statistic.
    pub statistic: String,
    /// Its distribution under the null hypothesis: `F(13, 150)`.
    pub distribution: String,
    /// Its p-value.
    pub p_value: String,
    /// Stars of the p-value.
    pub stars: String,
    /// Why there is no number; empty where there is one.
    pub reason: String,
}

impl TestView {
    pub(crate) fn new(outcome: &TestOutcome, names: &Names, levels: &StarLevels) -> Self {
        match outcome {
            TestOutcome::Test(test) => Self {
                name: test.name.clone(),
                null: test.null.clone(),
                statistic: significant(test.statistic),
                distribution: distribution(&test.distribution),
                p_value: p_value_text(test.p_value),
                stars: levels.stars(test.p_value).asterisks(),
                reason: String::new(),
            },
            TestOutcome::NotTestable { name, reason } => Self {
                name: name.clone(),
                reason: reason.with_entity_names(&|id| names.unit(id).both).to_string(),
                ..Self::default()
            },
        }
    }
}

fn distribution(of: &NullDistribution) -> String {
    match of {
        NullDistribution::Normal { tail: Tail::Both } => "N(0, 1)".into(),
        NullDistribution::Normal { tail: Tail::Upper } => "N(0, 1), upper tail".into(),
        NullDistribution::Normal { tail: Tail::Lower } => "N(0, 1), lower tail".into(),
        NullDistribution::StudentT { df } | NullDistribution::StudentTTail { df, tail: Tail::Both } => {
            format!("t({})", degrees(*df))
        }
        NullDistribution::StudentTTail { df, tail: Tail::Upper } => {
            format!("t({}), upper tail", degrees(*df))
        }
        NullDistribution::StudentTTail { df, tail: Tail::Lower } => {
            format!("t({}), lower tail", degrees(*df))
        }
        NullDistribution::ChiSquared { df } => format!("\u{3c7}\u{b2}({})", degrees(*df)),
        NullDistribution::F { numerator, denominator } => {
            format!("F({}, {})", degrees(*numerator), degrees(*denominator))
        }
        NullDistribution::Tabulated { source } => source.clone(),
        NullDistribution::Bootstrap { replications } => format!("bootstrap, {replications} samples"),
    }
}

/// Degrees of freedom, which some tests have in fractions.
fn degrees(df: f64) -> String {
    if df.fract() == 0.0 { fixed(df, 0) } else { fixed(df, 1) }
}
