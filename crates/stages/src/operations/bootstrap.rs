//! `bootstrap`: an equation's coefficients with bootstrapped standard errors, p-values and intervals.

use serde::{Deserialize, Serialize};
use vintner_diagnostics::{Document, Faults, Node};
use vintner_estimation::bootstrap::{Bootstrap, BootstrapFit};
use vintner_estimation::{Formula, Model, Reason, Sample};
use vintner_pipeline::{Artifact, Digest, InputDeclaration, Inputs, Kind, OutputDeclaration, Outputs};

use super::shared::{ENTITY, TIME, panel};
use crate::code;
use crate::error::StagesError;
use crate::params::Parameters;

/// Parameters of `bootstrap`.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct BootstrapOf {
    /// The dependent variable.
    dependent: String,
    /// The regressors, in the equation's order.
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
    fn formula(&self) -> Formula {
        Formula::new(&self.dependent, &self.regressors)
    }
}

impl Parameters for BootstrapOf {
    const NAME: &'static str = "bootstrap";
    const SUMMARY: &'static str =
        "bootstraps an equation's coefficients: pairs of clusters, wild clusters, residuals";

    fn code() -> Digest {
        code::digest(&[env!("VINTNER_CODE_OPERATION_BOOTSTRAP"), code::PANEL, code::ESTIMATION])
    }

    fn check(&self, document: &Document, params: &Node) -> Faults {
        let mut faults = Faults::new();
        if let Err(error) = self.formula().check() {
            let place = params.get("regressors").unwrap_or(params);
            faults.push(document.fault(Some(place.span), error.to_string()));
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
        let formula = self.formula();
        let keys = [ENTITY, TIME];
        let columns = formula.variables().chain(self.bootstrap.columns());
        vec![InputDeclaration::frame("panel").columns(keys.into_iter().chain(columns))]
    }

    fn outputs(&self) -> Vec<OutputDeclaration> {
        vec![OutputDeclaration::new("fit", Kind::Json)]
    }

    fn run(&self, inputs: &Inputs) -> Result<Outputs, StagesError> {
        let panel = panel(inputs, "panel")?;
        let formula = self.formula();
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
