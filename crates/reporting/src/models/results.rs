//! The one form of results: what a model leaves, whichever program estimated it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A model's coefficients and the numbers that describe it as a whole: what R's broom calls `tidy` and `glance`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ModelResults {
    /// What it is called among those of its source: an estimator, a unit, a sample; empty where there is only one.
    pub model: String,
    /// The coefficients, in the model's order.
    pub terms: Vec<TermResult>,
    /// Numbers and words about the model, by the names of [`STATISTICS`](super::STATISTICS) or others.
    pub statistics: BTreeMap<String, StatisticValue>,
    /// Why there are no coefficients, or what a reader should know; empty for nothing.
    pub note: String,
}

/// A coefficient. What isn't known is absent; no number is ever a NaN or infinite.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct TermResult {
    /// The regressor; `(Intercept)` for the constant.
    pub term: String,
    /// The estimate.
    pub estimate: Option<f64>,
    /// Its standard error, in the estimate's unit.
    pub std_error: Option<f64>,
    /// The statistic of the test that the coefficient is zero, t or z.
    pub statistic: Option<f64>,
    /// Two-sided.
    pub p_value: Option<f64>,
    /// The lower end of the confidence interval.
    pub conf_low: Option<f64>,
    /// Its upper end.
    pub conf_high: Option<f64>,
    /// Degrees of freedom of t; absent for the normal.
    pub df: Option<f64>,
    /// Why something is absent; empty for nothing.
    pub note: String,
}

/// A number or a word about a model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum StatisticValue {
    /// A number, finite.
    Number(f64),
    /// A word: the dependent variable, the estimator, the errors.
    Text(String),
}

impl StatisticValue {
    /// The word, if it is one.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Number(_) => None,
        }
    }
}

impl ModelResults {
    /// The dependent variable, where that is known.
    pub fn dependent(&self) -> Option<&str> {
        self.statistics.get("dependent").and_then(StatisticValue::as_text)
    }

    /// The effects that are absorbed, each by its name.
    pub fn effects(&self) -> Vec<&str> {
        let effects = self.statistics.get("effects").and_then(StatisticValue::as_text).unwrap_or_default();
        effects.split(" + ").filter(|effect| !effect.is_empty()).collect()
    }

    /// Adds a number, if there is one and it is finite.
    pub fn set_number(&mut self, name: &str, number: impl Into<Option<f64>>) {
        if let Some(number) = number.into().filter(|number| number.is_finite()) {
            self.statistics.insert(name.into(), StatisticValue::Number(number));
        }
    }

    /// Adds a word, unless it is empty.
    pub fn set_text(&mut self, name: &str, text: impl Into<String>) {
        let text = text.into();
        if !text.is_empty() {
            self.statistics.insert(name.into(), StatisticValue::Text(text));
        }
    }
}
