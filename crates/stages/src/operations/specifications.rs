//! `specifications`: one equation under several models, and each under several covariances.

use serde::{Deserialize, Serialize};
use vintner_diagnostics::{Document, Faults, Node};
use vintner_estimation::{Covariance, Formula, Model, Outcome, Refusal, Sample};
use vintner_panel::Label;
use vintner_pipeline::{Artifact, Digest, InputDeclaration, Inputs, Kind, OutputDeclaration, Outputs};

use super::shared::{ENTITY, TIME, panel};
use crate::params::Parameters;
use crate::{StagesError, code};

/// Parameters of `specifications`.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Specifications {
    /// The dependent variable.
    dependent: String,
    /// The regressors, in the equation's order.
    regressors: Vec<String>,
    /// The models, each estimated once.
    models: Vec<SpecifiedModel>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SpecifiedModel {
    /// What it is called in a report.
    label: Label,
    /// The model.
    model: Model,
    /// The covariances under which it is reported.
    covariances: Vec<SpecifiedCovariance>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SpecifiedCovariance {
    /// What it is called in a report.
    label: Label,
    /// The covariance.
    covariance: Covariance,
    /// Whether this is the specification that was published.
    #[serde(default)]
    baseline: bool,
}

/// What `specifications` makes.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct SpecifiedFits {
    pub(crate) formula: Formula,
    pub(crate) fits: Vec<SpecifiedFit>,
}

/// One fit.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct SpecifiedFit {
    pub(crate) model: Label,
    pub(crate) errors: Label,
    pub(crate) baseline: bool,
    pub(crate) outcome: Outcome,
}

impl Specifications {
    fn formula(&self) -> Formula {
        Formula::new(&self.dependent, &self.regressors)
    }
}

impl Parameters for Specifications {
    const NAME: &'static str = "specifications";
    const SUMMARY: &'static str = "estimates an equation under several models and covariances";

    fn code() -> Digest {
        code::digest(&[env!("VINTNER_CODE_OPERATION_SPECIFICATIONS"), code::PANEL, code::ESTIMATION])
    }

    fn check(&self, document: &Document, params: &Node) -> Faults {
        let mut faults = Faults::new();
        if let Err(error) = self.formula().check() {
            let place = params.get("regressors").unwrap_or(params);
            faults.push(document.fault(Some(place.span), error.to_string()));
        }
        let baselines =
            self.models.iter().flat_map(|model| &model.covariances).filter(|one| one.baseline).count();
        if baselines > 1 {
            let place = params.get("models").unwrap_or(params);
            let message = format!("{baselines} specifications are the `baseline`; one can be");
            faults.push(document.fault(Some(place.span), message));
        }
        if self.models.iter().all(|model| model.covariances.is_empty()) {
            let place = params.get("models").unwrap_or(params);
            let fault = document.fault(Some(place.span), "nothing to estimate");
            faults.push(fault.hint("give each model a label and at least one covariance"));
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
        let sample = Sample::new(&panel, &formula)?;
        let mut fits = Vec::new();
        let mut warnings = Vec::new();
        for model in &self.models {
            let estimated = model.model.estimate(&sample);
            for one in &model.covariances {
                let fit = estimated
                    .as_ref()
                    .map_err(Clone::clone)
                    .and_then(|estimated| estimated.fit(&one.covariance));
                let outcome = match fit {
                    Ok(fit) => Outcome::Fit(Box::new(fit)),
                    Err(reason) => {
                        warnings
                            .push(format!("not estimable: {}, {}: {reason}", model.label.en, one.label.en));
                        Outcome::NotEstimable(Refusal {
                            reason,
                            n_obs: sample.height(),
                            dropped: sample.dropped().to_vec(),
                        })
                    }
                };
                fits.push(SpecifiedFit {
                    model: model.label.clone(),
                    errors: one.label.clone(),
                    baseline: one.baseline,
                    outcome,
                });
            }
        }
        Ok(Outputs::new().with("fits", Artifact::json(&SpecifiedFits { formula, fits })?).warn(warnings))
    }
}
