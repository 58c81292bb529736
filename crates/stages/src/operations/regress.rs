//! `regress`: one equation, by entity and pooled.

use serde::{Deserialize, Serialize};
use vintner_diagnostics::{Document, Faults, Node, NodeValue};
use vintner_estimation::{
    ConfidenceInterval, Covariance, Fit, Formula, LinearCombination, LinearHypothesis, Model, Outcome,
    Reason, UnitFit, WaldTest, estimate, estimate_by_entity,
};
use vintner_pipeline::{Artifact, Digest, InputDeclaration, Inputs, Kind, OutputDeclaration, Outputs};

use super::shared::{ENTITY, TIME, panel};
use crate::params::Parameters;
use crate::{StagesError, code};

/// Parameters of `regress`.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Regress {
    /// The dependent variable.
    dependent: String,
    /// The regressors, in the equation's order.
    regressors: Vec<String>,
    /// Whether each entity's own equation is estimated by OLS, and how its standard errors are made.
    #[serde(default)]
    by_entity: Option<ByEntity>,
    /// Whether the pooled equation is estimated, and how.
    #[serde(default)]
    pooled: Option<Pooled>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ByEntity {
    #[serde(default)]
    covariance: Covariance,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Pooled {
    model: Model,
    #[serde(default)]
    covariance: Covariance,
    /// Linear hypotheses about the coefficients: each a text, or a list of texts that are tested together.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    hypotheses: Vec<Together>,
    /// The level of confidence intervals, where these are asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    confidence_level: Option<f64>,
}

/// One hypothesis, or several together.
#[derive(Debug, Serialize, Deserialize)]
#[serde(untagged)]
enum Together {
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

/// What was asked of the pooled fit besides its coefficients.
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

impl Pooled {
    fn inference(&self, fit: &Fit) -> Result<Option<Inference>, StagesError> {
        if self.hypotheses.is_empty() && self.confidence_level.is_none() {
            return Ok(None);
        }
        let confidence_intervals = match self.confidence_level {
            Some(level) => fit.confidence_intervals(level)?,
            None => Vec::new(),
        };
        let mut hypotheses = Vec::new();
        for together in &self.hypotheses {
            let parsed = together.parsed()?;
            hypotheses.push(match fit.wald_test(&parsed)? {
                Ok(wald) => HypothesisOutcome::Test {
                    wald: Box::new(wald),
                    combination: match &parsed[..] {
                        [one] => Some(fit.linear_combination(one, self.confidence_level.unwrap_or(LEVEL))?),
                        _ => None,
                    },
                },
                Err(reason) => {
                    HypothesisOutcome::NotTestable { hypotheses: together.texts().to_vec(), reason }
                }
            });
        }
        Ok(Some(Inference { confidence_intervals, hypotheses }))
    }

    fn check(&self, document: &Document, pooled: &Node, faults: &mut Faults) {
        if let Some(level) = self.confidence_level.filter(|level| !(*level > 0.0 && *level < 1.0)) {
            let place = pooled.get("confidence_level").unwrap_or(pooled);
            let fault = document.fault(Some(place.span), format!("a confidence level of {level}"));
            faults.push(fault.hint("it is between 0 and 1, such as 0.95"));
        }
        let Some(NodeValue::Sequence(items)) = pooled.get("hypotheses").map(|node| &node.value) else {
            return;
        };
        for (together, item) in self.hypotheses.iter().zip(items) {
            if let Err(error) = together.parsed() {
                faults.push(document.fault(Some(item.span), error.to_string()));
            } else if together.texts().is_empty() {
                faults.push(document.fault(Some(item.span), "there is no hypothesis to test"));
            }
        }
    }
}

/// What `regress` makes.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Fits {
    pub(crate) formula: Formula,
    pub(crate) by_entity: Vec<UnitFit>,
    pub(crate) pooled: Option<Outcome>,
    /// What was asked of the pooled fit besides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) inference: Option<Inference>,
}

impl Regress {
    fn formula(&self) -> Formula {
        Formula::new(&self.dependent, &self.regressors)
    }
}

impl Parameters for Regress {
    const NAME: &'static str = "regress";
    const SUMMARY: &'static str =
        "estimates an equation for each entity by OLS, and pooled with fixed effects";

    fn code() -> Digest {
        code::digest(&[env!("VINTNER_CODE_OPERATION_REGRESS"), code::PANEL, code::ESTIMATION])
    }

    fn check(&self, document: &Document, params: &Node) -> Faults {
        let mut faults = Faults::new();
        if let Err(error) = self.formula().check() {
            let place = params.get("regressors").unwrap_or(params);
            faults.push(document.fault(Some(place.span), error.to_string()));
        }
        if self.by_entity.is_none() && self.pooled.is_none() {
            let fault = document.fault(Some(params.span), "nothing to estimate");
            faults.push(fault.hint("add `by_entity: {}`, `pooled: {model: within}`, or both"));
        }
        if let (Some(pooled), Some(node)) = (&self.pooled, params.get("pooled")) {
            pooled.check(document, node, &mut faults);
        }
        faults
    }

    fn inputs(&self) -> Vec<InputDeclaration> {
        let formula = self.formula();
        vec![InputDeclaration::frame("panel").columns([ENTITY, TIME].into_iter().chain(formula.variables()))]
    }

    fn outputs(&self) -> Vec<OutputDeclaration> {
        vec![OutputDeclaration::new("fits", Kind::Json)]
    }

    fn run(&self, inputs: &Inputs) -> Result<Outputs, StagesError> {
        let panel = panel(inputs, "panel")?;
        let formula = self.formula();
        let by_entity = match &self.by_entity {
            Some(by_entity) => estimate_by_entity(&panel, &formula, &by_entity.covariance)?,
            None => Vec::new(),
        };
        let pooled = match &self.pooled {
            Some(pooled) => Some(estimate(&panel, &formula, pooled.model, &pooled.covariance)?),
            None => None,
        };
        let refused =
            by_entity.iter().filter_map(|unit| Some(format!("{}: {}", unit.unit, unit.outcome.reason()?)));
        let pooled_refused =
            pooled.iter().filter_map(|outcome| Some(format!("pooled: {}", outcome.reason()?)));
        let warnings: Vec<String> =
            refused.chain(pooled_refused).map(|refusal| format!("not estimable: {refusal}")).collect();
        let inference = match (&self.pooled, pooled.as_ref().and_then(Outcome::fit)) {
            (Some(asked), Some(fit)) => asked.inference(fit)?,
            _ => None,
        };
        let untestable = inference.iter().flat_map(|one| &one.hypotheses).filter_map(|one| match one {
            HypothesisOutcome::NotTestable { hypotheses, reason } => {
                Some(format!("not testable: {}: {reason}", hypotheses.join(", ")))
            }
            HypothesisOutcome::Test { .. } => None,
        });
        let warnings: Vec<String> = warnings.into_iter().chain(untestable).collect();
        let fits = Fits { formula, by_entity, pooled, inference };
        Ok(Outputs::new().with("fits", Artifact::json(&fits)?).warn(warnings))
    }
}
