//! `mean_group`: an equation whose coefficients may differ between entities.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vintner_diagnostics::{Document, Faults, Node};
use vintner_estimation::heterogeneous::{CceScaling, CoefficientVariance};
use vintner_estimation::{
    Formula, HeterogeneousMethod, HeterogeneousOutcome, MeanGroup, ShortUnits, Trend, mean_group,
};
use vintner_pipeline::{Artifact, Digest, InputDeclaration, Inputs, Kind, OutputDeclaration, Outputs};

use super::shared::{ENTITY, TIME, panel};
use crate::code;
use crate::error::StagesError;
use crate::params::Parameters;

/// Parameters of `mean_group`.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MeanGroupStage {
    /// The dependent variable.
    dependent: String,
    /// The regressors, in the equation's order.
    regressors: Vec<String>,
    /// The estimator.
    method: HeterogeneousMethod,
    /// A linear trend in each entity's regression.
    #[serde(default)]
    trend: Trend,
    /// What becomes of entities that are too short for a regression of their own.
    #[serde(default)]
    short_units: ShortUnits,
    /// Swamy's variance of the coefficients.
    #[serde(default)]
    variance: Option<CoefficientVariance>,
    /// How the covariance of pooled common correlated effects is scaled.
    #[serde(default)]
    scaling: Option<CceScaling>,
    /// Whether the entities' own coefficients are handed on.
    #[serde(default)]
    units: bool,
}

impl MeanGroupStage {
    fn formula(&self) -> Formula {
        Formula::new(&self.dependent, &self.regressors)
    }

    fn options(&self) -> MeanGroup {
        MeanGroup {
            method: self.method,
            trend: self.trend,
            short_units: self.short_units,
            variance: self.variance.unwrap_or_default(),
            scaling: self.scaling.unwrap_or_default(),
            units: self.units,
        }
    }
}

impl Parameters for MeanGroupStage {
    const NAME: &'static str = "mean_group";
    const SUMMARY: &'static str =
        "an equation whose coefficients may differ between entities: mean group, common effects, Swamy";

    fn code() -> Digest {
        code::digest(&[env!("VINTNER_CODE_OPERATION_MEAN_GROUP"), code::PANEL, code::ESTIMATION])
    }

    fn check(&self, document: &Document, params: &Node) -> Faults {
        let mut faults = Faults::new();
        let at = |name: &str| Some(params.get(name).unwrap_or(params).span);
        if let Err(error) = self.formula().check() {
            faults.push(document.fault(at("regressors"), error.to_string()));
        }
        let common = matches!(self.method, HeterogeneousMethod::CceMg | HeterogeneousMethod::CcePooled);
        if self.short_units == ShortUnits::GeneralizedInverse && !common {
            let fault =
                document.fault(at("short_units"), "`generalized_inverse` is for cce_mg and cce_pooled");
            faults.push(fault.hint("write `refuse` or `leave_out`"));
        }
        if self.variance.is_some() && self.method != HeterogeneousMethod::Swamy {
            faults.push(document.fault(at("variance"), "`variance` is an option of the method swamy"));
        }
        if self.scaling.is_some() && self.method != HeterogeneousMethod::CcePooled {
            faults.push(document.fault(at("scaling"), "`scaling` is an option of the method cce_pooled"));
        }
        faults
    }

    fn inputs(&self) -> Vec<InputDeclaration> {
        let formula = self.formula();
        vec![InputDeclaration::frame("panel").columns([ENTITY, TIME].into_iter().chain(formula.variables()))]
    }

    fn outputs(&self) -> Vec<OutputDeclaration> {
        vec![OutputDeclaration::new("fit", Kind::Json)]
    }

    fn run(&self, inputs: &Inputs) -> Result<Outputs, StagesError> {
        let outcome = mean_group(&panel(inputs, "panel")?, &self.formula(), &self.options())?;
        let mut warnings = Vec::new();
        match &outcome {
            HeterogeneousOutcome::NotEstimable(refusal) => {
                warnings.push(format!("not estimable: {}", refusal.reason));
            }
            HeterogeneousOutcome::Fit(fit) => {
                let left_out = fit.left_out.iter();
                warnings.extend(left_out.map(|unit| format!("left out: {}: {}", unit.unit, unit.reason)));
                warnings.extend(fit.notes.iter().map(ToString::to_string));
            }
        }
        Ok(Outputs::new().with("fit", Artifact::json(&outcome)?).warn(warnings))
    }
}
