//! `gmm`: a dynamic panel by the generalised method of moments.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vintner_diagnostics::{Document, Faults, Node};
use vintner_estimation::EstimationError;
use vintner_estimation::gmm::{
    DynamicPanel, ErrorVariance, GmmCovariance, GmmInstrument, GmmOutcome, LevelInstruments, Steps, Term,
    Transformation, gmm,
};
use vintner_pipeline::{Artifact, Digest, InputDeclaration, Inputs, Kind, OutputDeclaration, Outputs};

use super::shared::{ENTITY, TIME, panel};
use crate::code;
use crate::error::StagesError;
use crate::params::Parameters;

/// Parameters of `gmm`.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Gmm {
    /// The dependent variable.
    dependent: String,
    /// The regressors with their lags.
    regressors: Vec<Term>,
    /// Variables whose earlier values are instruments.
    #[serde(default)]
    gmm: Vec<GmmInstrument>,
    /// Further instruments; by default the regressors of which no GMM-style instrument is.
    #[serde(default)]
    instruments: Option<Vec<Term>>,
    /// Differences alone, or levels too.
    #[serde(default)]
    transformation: Transformation,
    /// A dummy variable for each time but the first.
    #[serde(default)]
    time_dummies: bool,
    /// A constant in levels.
    #[serde(default)]
    constant: Option<bool>,
    /// Which difference of a GMM-style instrument is the levels' instrument.
    #[serde(default)]
    level_instruments: Option<LevelInstruments>,
    /// One step or two.
    #[serde(default)]
    steps: Steps,
    /// The divisor of the error variance.
    #[serde(default)]
    error_variance: ErrorVariance,
    /// The covariance of the coefficients.
    #[serde(default)]
    covariance: GmmCovariance,
}

impl Gmm {
    fn model(&self) -> DynamicPanel {
        DynamicPanel {
            dependent: self.dependent.clone(),
            regressors: self.regressors.clone(),
            gmm: self.gmm.clone(),
            instruments: self.instruments.clone(),
            transformation: self.transformation,
            time_dummies: self.time_dummies,
            constant: self.constant.unwrap_or(true),
            level_instruments: self.level_instruments.unwrap_or_default(),
            steps: self.steps,
            error_variance: self.error_variance,
        }
    }
}

impl Parameters for Gmm {
    const NAME: &'static str = "gmm";
    const SUMMARY: &'static str = "a dynamic panel by GMM: Arellano and Bond's, Blundell and Bond's";

    fn code() -> Digest {
        code::digest(&[env!("VINTNER_CODE_OPERATION_GMM"), code::PANEL, code::ESTIMATION])
    }

    fn check(&self, document: &Document, params: &Node) -> Faults {
        let mut faults = Faults::new();
        let at = |name: &str| Some(params.get(name).unwrap_or(params).span);
        if let Err(error) = self.model().check() {
            let place = match error {
                EstimationError::EmptyLagWindow { .. } | EstimationError::NoInstruments { .. } => "gmm",
                EstimationError::RepeatedInstrument { .. } => "instruments",
                _ => "regressors",
            };
            faults.push(document.fault(at(place), error.to_string()));
        }
        let levels = self.transformation == Transformation::System;
        for (name, given) in
            [("constant", self.constant.is_some()), ("level_instruments", self.level_instruments.is_some())]
        {
            if given && !levels {
                let message = format!("`{name}` is about levels, and differences alone are estimated");
                faults.push(document.fault(at(name), message).hint("add `transformation: system`"));
            }
        }
        faults
    }

    fn inputs(&self) -> Vec<InputDeclaration> {
        let model = self.model();
        vec![InputDeclaration::frame("panel").columns([ENTITY, TIME].into_iter().chain(model.variables()))]
    }

    fn outputs(&self) -> Vec<OutputDeclaration> {
        vec![OutputDeclaration::new("fit", Kind::Json)]
    }

    fn run(&self, inputs: &Inputs) -> Result<Outputs, StagesError> {
        let outcome = gmm(&panel(inputs, "panel")?, &self.model(), self.covariance)?;
        let warnings: Vec<String> = match &outcome {
            GmmOutcome::NotEstimable(refusal) => vec![format!("not estimable: {}", refusal.reason)],
            GmmOutcome::Fit(fit) => fit.notes.iter().map(ToString::to_string).collect(),
        };
        Ok(Outputs::new().with("fit", Artifact::json(&outcome)?).warn(warnings))
    }
}
