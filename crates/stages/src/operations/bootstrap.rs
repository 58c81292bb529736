//! `bootstrap`: an equation's coefficients with bootstrapped standard errors, p-values and intervals.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vintner_diagnostics::{Document, Faults, Node, Spanned};
use vintner_estimation::bootstrap::{Bootstrap, BootstrapFit};
use vintner_estimation::{Formula, Model, Reason, Sample};
use vintner_pipeline::{Artifact, Digest, InputDeclaration, Inputs, Kind, OutputDeclaration, Outputs};

use super::shared::{ENTITY, TIME, panel};
use super::written::Written;
use crate::code;
use crate::error::StagesError;
use crate::params::Parameters;

/// Parameters of `bootstrap`.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct BootstrapOf {
    /// The equation as one text, in place of `dependent` and `regressors`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    formula: Option<Spanned<String>>,
    /// The rows that it is estimated on: a condition on columns.
    #[serde(default, rename = "where", skip_serializing_if = "Option::is_none")]
    rows: Option<Spanned<String>>,
    /// The dependent variable.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    dependent: String,
    /// The regressors, in the equation's order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    regressors: Vec<String>,
    /// The model.
    model: Model,
    /// The bootstrap; its draws follow from the stage's seed.
    bootstrap: Bootstrap,
}

/// What `bootstrap` makes.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Bootstrapped {
    pub(crate) formula: Formula,
    pub(crate) model: Model,
    pub(crate) outcome: BootstrapOutcome,
}

/// The bootstrap, or the reason why there is none.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub(crate) enum BootstrapOutcome {
    Fit { n_obs: usize, fit: Box<BootstrapFit> },
    NotEstimable { n_obs: usize, reason: Reason },
}

/// Far more than any table needs; a slip of the finger shouldn't fill the memory.
const MOST_REPLICATIONS: usize = 10_000_000;

impl BootstrapOf {
    fn written(&self) -> Written<'_> {
        Written {
            formula: self.formula.as_ref(),
            rows: self.rows.as_ref(),
            dependent: &self.dependent,
            regressors: &self.regressors,
            by: None,
            several: false,
        }
    }
}

impl Parameters for BootstrapOf {
    const NAME: &'static str = "bootstrap";
    const SUMMARY: &'static str =
        "bootstraps an equation's coefficients: pairs of clusters, wild clusters, residuals";

    fn code() -> Digest {
        let operations = [
            env!("VINTNER_CODE_OPERATION_BOOTSTRAP"),
            env!("VINTNER_CODE_OPERATION_WRITTEN"),
            env!("VINTNER_CODE_OPERATION_CHOSEN"),
        ];
        code::digest(&[&operations[..], &[code::PANEL, code::TRANSFORM, code::ESTIMATION]].concat())
    }

    fn check(&self, document: &Document, params: &Node) -> Faults {
        let mut faults = Faults::new();
        let written = self.written();
        faults.extend(written.check(document, params));
        if written.parsed().is_some_and(|parsed| parsed.is_instrumented()) {
            let what = "`bootstrap` has no instruments";
            if let Some(fault) = written.foreign(document, what, "leave the part after the second bar out") {
                faults.push(fault);
            }
        }
        let at = |field: &str| params.get("bootstrap").and_then(|node| node.get(field)).unwrap_or(params);
        let replications = self.bootstrap.replications();
        if !(2..=MOST_REPLICATIONS).contains(&replications) {
            let message = format!("{replications} replications; from 2 to {MOST_REPLICATIONS} are allowed");
            faults.push(document.fault(Some(at("replications").span), message).hint("999 or 9999 are usual"));
        }
        let level = self.bootstrap.level();
        if !(level > 0.0 && level < 1.0) {
            let message = format!("a level of {level}; it has to be between 0 and 1");
            faults.push(document.fault(Some(at("level").span), message).hint("0.95 is usual"));
        }
        faults
    }

    fn inputs(&self) -> Vec<InputDeclaration> {
        let clusters = self.bootstrap.columns().into_iter().map(str::to_owned);
        let columns = [ENTITY, TIME].map(str::to_owned).into_iter().chain(self.written().columns());
        vec![InputDeclaration::frame("panel").columns(columns.chain(clusters))]
    }

    fn outputs(&self) -> Vec<OutputDeclaration> {
        vec![OutputDeclaration::new("fit", Kind::Json)]
    }

    fn run(&self, inputs: &Inputs) -> Result<Outputs, StagesError> {
        let bound = self.written().on(&panel(inputs, "panel")?)?;
        let (panel, formula) = (bound.panel, bound.formula);
        let sample = Sample::new(&panel, &formula)?.with_clusters(&panel, &self.bootstrap.columns())?;
        let n_obs = sample.height();
        let found = self
            .model
            .estimate(&sample)
            .and_then(|estimated| estimated.bootstrap(&self.bootstrap, inputs.seed));
        let mut warnings = Vec::new();
        let outcome = match found {
            Ok(fit) => {
                if fit.failed > 0 {
                    warnings.push(format!(
                        "{} of {} samples gave no coefficients or no statistic and are left out",
                        fit.failed,
                        fit.failed + fit.replications
                    ));
                }
                BootstrapOutcome::Fit { n_obs, fit: Box::new(fit) }
            }
            Err(reason) => {
                warnings.push(format!("not estimable: {reason}"));
                BootstrapOutcome::NotEstimable { n_obs, reason }
            }
        };
        let made = Bootstrapped { formula, model: self.model, outcome };
        Ok(Outputs::new().with("fit", Artifact::json(&made)?).warn(warnings))
    }
}
