//! `specifications`: one equation under several models, and each under several covariances.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vintner_diagnostics::{Document, Faults, Node, NodeValue};
use vintner_estimation::bootstrap::Bootstrap;
use vintner_estimation::{
    Covariance, Formula, HeterogeneousOutcome, MeanGroup, Model, Outcome, Reason, Refusal, Sample, mean_group,
};
use vintner_panel::Label;
use vintner_pipeline::{Artifact, Digest, InputDeclaration, Inputs, Kind, OutputDeclaration, Outputs};

use super::bootstrap::BootstrapOutcome;
use super::shared::{ENTITY, TIME, panel};
use crate::code;
use crate::error::StagesError;
use crate::params::Parameters;

/// Parameters of `specifications`.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Specifications {
    /// The dependent variable.
    dependent: String,
    /// The regressors, in the equation's order.
    regressors: Vec<String>,
    /// The models, each estimated once.
    models: Vec<SpecifiedModel>,
}

#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct SpecifiedModel {
    /// What it is called in a report.
    label: Label,
    /// The model, one for all entities.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    model: Option<Model>,
    /// The covariances under which it is reported.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    covariances: Vec<SpecifiedCovariance>,
    /// In the place of a model: coefficients that differ between entities.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    mean_group: Option<MeanGroup>,
    /// What the standard errors of `mean_group` are called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    errors: Option<Label>,
}

#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct SpecifiedCovariance {
    /// What it is called in a report.
    label: Label,
    /// The covariance.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    covariance: Option<Covariance>,
    /// In the place of a covariance: a bootstrap, whose draws follow from the stage's seed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    bootstrap: Option<Bootstrap>,
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
    pub(crate) outcome: SpecifiedOutcome,
}

/// What came of it.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum SpecifiedOutcome {
    /// Of a model under a covariance.
    Model(Outcome),
    /// Of a model under a bootstrap.
    Bootstrap(BootstrapOutcome),
    /// Of coefficients that differ.
    MeanGroup(HeterogeneousOutcome),
}

impl SpecifiedOutcome {
    /// Why there is no estimate.
    fn reason(&self) -> Option<&Reason> {
        match self {
            Self::Model(outcome) => outcome.reason(),
            Self::Bootstrap(BootstrapOutcome::Fit { .. }) => None,
            Self::Bootstrap(BootstrapOutcome::NotEstimable { reason, .. }) => Some(reason),
            Self::MeanGroup(outcome) => outcome.reason(),
        }
    }
}

impl Specifications {
    fn formula(&self) -> Formula {
        Formula::new(&self.dependent, &self.regressors)
    }

    /// The columns that say what the clusters are.
    fn cluster_columns(&self) -> BTreeSet<String> {
        let all = self.models.iter().flat_map(|model| &model.covariances);
        all.flat_map(|one| {
            let covariance = one.covariance.iter().flat_map(Covariance::columns);
            covariance.chain(one.bootstrap.iter().flat_map(Bootstrap::columns)).map(str::to_owned)
        })
        .collect()
    }
}

impl Parameters for Specifications {
    const NAME: &'static str = "specifications";
    const SUMMARY: &'static str = "estimates an equation under several models and covariances";

    fn code() -> Digest {
        let operations =
            [env!("VINTNER_CODE_OPERATION_SPECIFICATIONS"), env!("VINTNER_CODE_OPERATION_BOOTSTRAP")];
        code::digest(&[&operations[..], &[code::PANEL, code::ESTIMATION]].concat())
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
        let items = match params.get("models").map(|models| &models.value) {
            Some(NodeValue::Sequence(items)) => items.as_slice(),
            _ => &[],
        };
        for (at, model) in self.models.iter().enumerate() {
            let place = items.get(at).unwrap_or(params);
            let mut fault = |message: &str, hint: &str| {
                faults.push(document.fault(Some(place.span), message).hint(hint));
            };
            match (&model.model, &model.mean_group) {
                (Some(_), None) => {}
                (None, Some(_)) if model.covariances.is_empty() && model.errors.is_some() => continue,
                (None, Some(_)) => {
                    let hint = "leave `covariances` out, and say in `errors: {en: …}` what they are called";
                    fault("`mean_group` has standard errors of its own", hint);
                    continue;
                }
                _ => {
                    fault("neither a model nor a mean group, or both", "write `model` or `mean_group`");
                    continue;
                }
            }
            if model.covariances.is_empty() {
                fault("nothing to estimate", "give the model at least one covariance");
            }
            if model.covariances.iter().any(|one| one.covariance.is_some() == one.bootstrap.is_some()) {
                let hint = "write `covariance` or `bootstrap` beside each label";
                fault("neither a covariance nor a bootstrap, or both", hint);
            }
        }
        if self.models.is_empty() {
            let place = params.get("models").unwrap_or(params);
            let fault = document.fault(Some(place.span), "nothing to estimate");
            faults.push(fault.hint("give each model a label and at least one covariance"));
        }
        faults
    }

    fn inputs(&self) -> Vec<InputDeclaration> {
        let formula = self.formula();
        let clusters = self.cluster_columns();
        let columns = [ENTITY, TIME].into_iter().chain(formula.variables());
        vec![InputDeclaration::frame("panel").columns(columns.chain(clusters.iter().map(String::as_str)))]
    }

    fn outputs(&self) -> Vec<OutputDeclaration> {
        vec![OutputDeclaration::new("fits", Kind::Json)]
    }

    fn run(&self, inputs: &Inputs) -> Result<Outputs, StagesError> {
        let panel = panel(inputs, "panel")?;
        let formula = self.formula();
        let clusters = self.cluster_columns();
        let clusters: Vec<&str> = clusters.iter().map(String::as_str).collect();
        let sample = Sample::new(&panel, &formula)?.with_clusters(&panel, &clusters)?;
        let mut fits = Vec::new();
        for model in &self.models {
            if let (Some(options), Some(errors)) = (&model.mean_group, &model.errors) {
                fits.push(SpecifiedFit {
                    model: model.label.clone(),
                    errors: errors.clone(),
                    baseline: false,
                    outcome: SpecifiedOutcome::MeanGroup(mean_group(&panel, &formula, options)?),
                });
            }
            let Some(of) = model.model else { continue };
            let estimated = of.estimate(&sample);
            for one in &model.covariances {
                let estimated = estimated.as_ref().map_err(Clone::clone);
                let n_obs = sample.height();
                let outcome = match (&one.covariance, &one.bootstrap) {
                    (_, Some(bootstrap)) => SpecifiedOutcome::Bootstrap(
                        match estimated.and_then(|estimated| estimated.bootstrap(bootstrap, inputs.seed)) {
                            Ok(fit) => BootstrapOutcome::Fit { n_obs, fit: Box::new(fit) },
                            Err(reason) => BootstrapOutcome::NotEstimable { n_obs, reason },
                        },
                    ),
                    (covariance, None) => {
                        let covariance = covariance.clone().unwrap_or_default();
                        SpecifiedOutcome::Model(match estimated.and_then(|one| one.fit(&covariance)) {
                            Ok(fit) => Outcome::Fit(Box::new(fit)),
                            Err(reason) => Outcome::NotEstimable(Refusal {
                                reason,
                                n_obs,
                                dropped: sample.dropped().to_vec(),
                            }),
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
        let refused = |fit: &SpecifiedFit| {
            let reason = fit.outcome.reason()?;
            Some(format!("not estimable: {}, {}: {reason}", fit.model.en, fit.errors.en))
        };
        let warnings: Vec<String> = fits.iter().filter_map(refused).collect();
        Ok(Outputs::new().with("fits", Artifact::json(&SpecifiedFits { formula, fits })?).warn(warnings))
    }
}
