//! What can be asked of a fit besides its coefficients: confidence intervals and linear hypotheses.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vintner_diagnostics::{Document, Faults, Node, NodeValue};
use vintner_estimation::{
    ConfidenceInterval, EstimationError, Fit, LinearCombination, LinearHypothesis, Reason, WaldTest,
};

use crate::error::StagesError;

/// One hypothesis, or several that are tested together.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub(crate) enum Together {
    One(String),
    Several(Vec<String>),
}

impl Together {
    fn texts(&self) -> &[String] {
        match self {
            Self::One(text) => std::slice::from_ref(text),
            Self::Several(texts) => texts,
        }
    }

    fn parsed(&self) -> vintner_estimation::Result<Vec<LinearHypothesis>> {
        self.texts().iter().map(|text| LinearHypothesis::parse(text)).collect()
    }
}

/// What was asked of a fit besides its coefficients.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Inference {
    /// Intervals of all coefficients, where a level was given.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    confidence_intervals: Vec<ConfidenceInterval>,
    /// The hypotheses, in the order in which they stand.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    hypotheses: Vec<HypothesisOutcome>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
enum HypothesisOutcome {
    Test {
        #[serde(flatten)]
        wald: Box<WaldTest>,
        /// Of a single hypothesis, what its sides differ by.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        combination: Option<LinearCombination>,
    },
    NotTestable {
        hypotheses: Vec<String>,
        reason: Reason,
    },
}

/// The level of intervals where hypotheses are tested and no level is given.
const LEVEL: f64 = 0.95;

impl Inference {
    /// What was asked of a fit; nothing where nothing was. A coefficient that the fit hasn't got is an error, or a reason
    /// where it is one of several.
    pub(crate) fn of(
        fit: &Fit,
        hypotheses: &[Together],
        confidence_level: Option<f64>,
        several: bool,
    ) -> Result<Option<Self>, StagesError> {
        if hypotheses.is_empty() && confidence_level.is_none() {
            return Ok(None);
        }
        let confidence_intervals = match confidence_level {
            Some(level) => fit.confidence_intervals(level)?,
            None => Vec::new(),
        };
        let mut outcomes = Vec::new();
        for together in hypotheses {
            let parsed = together.parsed()?;
            let tested = match fit.wald_test(&parsed) {
                // One of several equations needn't have all coefficients.
                Err(EstimationError::NoCoefficient { name, .. }) if several => {
                    Err(Reason::NoSuchCoefficient { name })
                }
                other => other?,
            };
            outcomes.push(match tested {
                Ok(wald) => HypothesisOutcome::Test {
                    wald: Box::new(wald),
                    combination: match &parsed[..] {
                        [one] => Some(fit.linear_combination(one, confidence_level.unwrap_or(LEVEL))?),
                        _ => None,
                    },
                },
                Err(reason) => {
                    HypothesisOutcome::NotTestable { hypotheses: together.texts().to_vec(), reason }
                }
            });
        }
        Ok(Some(Self { confidence_intervals, hypotheses: outcomes }))
    }

    /// A warning for each hypothesis that couldn't be tested.
    pub(crate) fn untestable(&self) -> impl Iterator<Item = String> {
        self.hypotheses.iter().filter_map(|one| match one {
            HypothesisOutcome::NotTestable { hypotheses, reason } => {
                Some(format!("not testable: {}: {reason}", hypotheses.join(", ")))
            }
            HypothesisOutcome::Test { .. } => None,
        })
    }
}

/// The faults of what is asked under `node`.
pub(crate) fn check(
    document: &Document,
    node: &Node,
    hypotheses: &[Together],
    confidence_level: Option<f64>,
) -> Faults {
    let mut faults = Faults::new();
    if let Some(level) = confidence_level.filter(|level| !(*level > 0.0 && *level < 1.0)) {
        let place = node.get("confidence_level").unwrap_or(node);
        let fault = document.fault(Some(place.span), format!("a confidence level of {level}"));
        faults.push(fault.hint("it is between 0 and 1, such as 0.95"));
    }
    let Some(NodeValue::Sequence(items)) = node.get("hypotheses").map(|node| &node.value) else {
        return faults;
    };
    for (together, item) in hypotheses.iter().zip(items) {
        if let Err(error) = together.parsed() {
            faults.push(document.fault(Some(item.span), error.to_string()));
        } else if together.texts().is_empty() {
            faults.push(document.fault(Some(item.span), "there is no hypothesis to test"));
        }
    }
    faults
}
