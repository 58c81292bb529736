//! `fama_macbeth`: one equation at each time, and the means of its coefficients.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vintner_diagnostics::{Document, Faults, Node};
use vintner_estimation::{FamaMacBeth, FamaMacBethOptions, Formula, Reason, Sample, fama_macbeth};
use vintner_pipeline::{Artifact, Digest, InputDeclaration, Inputs, Kind, OutputDeclaration, Outputs};

use super::shared::{ENTITY, TIME, panel};
use crate::code;
use crate::error::StagesError;
use crate::params::Parameters;

/// Parameters of `fama_macbeth`.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FamaMacBethStage {
    /// The dependent variable.
    dependent: String,
    /// The regressors, in the equation's order.
    regressors: Vec<String>,
    /// How the coefficients' correlation over time is taken into account.
    #[serde(default)]
    covariance: FamaMacBethOptions,
}

/// The means, or the reason why there are none.
#[derive(Debug, Serialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
enum Means {
    Means(Box<FamaMacBeth>),
    NotEstimable { reason: Reason },
}

impl FamaMacBethStage {
    fn formula(&self) -> Formula {
        Formula::new(&self.dependent, &self.regressors)
    }
}

impl Parameters for FamaMacBethStage {
    const NAME: &'static str = "fama_macbeth";
    const SUMMARY: &'static str = "estimates an equation at each time, and takes means of its coefficients";

    fn code() -> Digest {
        code::digest(&[env!("VINTNER_CODE_OPERATION_FAMA_MACBETH"), code::PANEL, code::ESTIMATION])
    }

    fn check(&self, document: &Document, params: &Node) -> Faults {
        let mut faults = Faults::new();
        if let Err(error) = self.formula().check() {
            let place = params.get("regressors").unwrap_or(params);
            faults.push(document.fault(Some(place.span), error.to_string()));
        }
        faults
    }

    fn inputs(&self) -> Vec<InputDeclaration> {
        let formula = self.formula();
        vec![InputDeclaration::frame("panel").columns([ENTITY, TIME].into_iter().chain(formula.variables()))]
    }

    fn outputs(&self) -> Vec<OutputDeclaration> {
        vec![OutputDeclaration::new("means", Kind::Json)]
    }

    fn run(&self, inputs: &Inputs) -> Result<Outputs, StagesError> {
        let panel = panel(inputs, "panel")?;
        let sample = Sample::new(&panel, &self.formula())?;
        let (means, warnings) = match fama_macbeth(&sample, &self.covariance) {
            Ok(means) => {
                let skipped = means.skipped.iter();
                let warnings = skipped.map(|one| format!("left out: {}: {}", one.time, one.reason)).collect();
                (Means::Means(Box::new(means)), warnings)
            }
            Err(reason) => {
                let warning = format!("not estimable: {reason}");
                (Means::NotEstimable { reason }, vec![warning])
            }
        };
        Ok(Outputs::new().with("means", Artifact::json(&means)?).warn(warnings))
    }
}
