//! `iv`: one equation with instruments.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use vintner_diagnostics::{Document, Faults, Node};
use vintner_estimation::instruments::{
    FirstStage, InstrumentalCovariance, InstrumentalEstimator, InstrumentalOutcome, InstrumentedEquation,
};
use vintner_estimation::{Effects, Formula};
use vintner_pipeline::{Artifact, Digest, InputDeclaration, Inputs, Kind, OutputDeclaration, Outputs};

use super::shared::{ENTITY, TIME, observations};
use crate::code;
use crate::error::StagesError;
use crate::params::Parameters;

/// Parameters of `iv`.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Iv {
    /// The dependent variable.
    dependent: String,
    /// All regressors, in the equation's order.
    regressors: Vec<String>,
    /// Those of them that are endogenous.
    endogenous: Vec<String>,
    /// The excluded instruments.
    instruments: Vec<String>,
    /// Regressors that stand for categories, as in `regress`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    factors: BTreeMap<String, Option<String>>,
    #[serde(default = "yes")]
    intercept: bool,
    /// Effects that are absorbed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    effects: Option<Effects>,
    /// Whether degrees of freedom count them.
    #[serde(default = "yes")]
    count_effects: bool,
    /// The estimators, in order.
    estimators: Vec<InstrumentalEstimator>,
    #[serde(default)]
    covariance: InstrumentalCovariance,
}

fn yes() -> bool {
    true
}

/// What `iv` makes.
#[derive(Debug, Serialize, Deserialize)]
struct IvResults {
    equation: InstrumentedEquation,
    n_obs: usize,
    first_stage: Option<FirstStage>,
    fits: Vec<InstrumentalOutcome>,
}

impl Iv {
    fn equation(&self) -> InstrumentedEquation {
        let formula = Formula {
            intercept: self.intercept,
            factors: self.factors.clone(),
            ..Formula::new(&self.dependent, &self.regressors)
        };
        InstrumentedEquation {
            formula,
            endogenous: self.endogenous.clone(),
            instruments: self.instruments.clone(),
            effects: self.effects,
            count_effects: self.count_effects,
        }
    }
}

impl Parameters for Iv {
    const NAME: &'static str = "iv";
    const SUMMARY: &'static str = "an equation with instruments: first stage, 2SLS, LIML, GMM, their tests";

    fn code() -> Digest {
        code::digest(&[env!("VINTNER_CODE_OPERATION_IV"), code::PANEL, code::ESTIMATION])
    }

    fn check(&self, document: &Document, params: &Node) -> Faults {
        let mut faults = Faults::new();
        if let Err(error) = self.equation().check() {
            let place = params.get("regressors").unwrap_or(params);
            faults.push(document.fault(Some(place.span), error.to_string()));
        }
        if self.estimators.is_empty() {
            let place = params.get("estimators").unwrap_or(params);
            let fault = document.fault(Some(place.span), "nothing to estimate");
            faults.push(
                fault.hint("name some of {kind: 2sls}, {kind: liml}, {kind: k_class, kappa: …}, {kind: gmm}"),
            );
        }
        faults
    }

    fn inputs(&self) -> Vec<InputDeclaration> {
        let equation = self.equation();
        let variables = equation.formula.variables().chain(equation.instruments.iter().map(String::as_str));
        vec![InputDeclaration::frame("panel").columns([ENTITY, TIME].into_iter().chain(variables))]
    }

    fn outputs(&self) -> Vec<OutputDeclaration> {
        vec![OutputDeclaration::new("results", Kind::Json)]
    }

    fn run(&self, inputs: &Inputs) -> Result<Outputs, StagesError> {
        let panel = observations(inputs, "panel")?;
        let equation = self.equation();
        let prepared = equation.prepare(&panel)?;
        let mut warnings = Vec::new();
        let first_stage = match prepared.first_stage(self.covariance.errors) {
            Ok(first_stage) => {
                warnings.extend(first_stage.verdict.clone().filter(|_| first_stage.weak == Some(true)));
                Some(first_stage)
            }
            Err(reason) => {
                warnings.push(format!("no first stage: {reason}"));
                None
            }
        };
        let fits: Vec<InstrumentalOutcome> =
            self.estimators.iter().map(|estimator| prepared.estimate(*estimator, self.covariance)).collect();
        let refused =
            self.estimators.iter().zip(&fits).filter_map(|(estimator, fit)| Some((estimator, fit.reason()?)));
        warnings.extend(
            refused.map(|(estimator, reason)| format!("not estimable: {}: {reason}", estimator.name())),
        );
        let results = IvResults { equation, n_obs: prepared.height(), first_stage, fits };
        Ok(Outputs::new().with("results", Artifact::json(&results)?).warn(warnings))
    }
}
