//! `mean_group`: an equation whose coefficients may differ between entities.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vintner_diagnostics::{Document, Faults, Node, Spanned};
use vintner_estimation::heterogeneous::{CceScaling, CoefficientVariance};
use vintner_estimation::{
    HeterogeneousMethod, HeterogeneousOutcome, MeanGroup, ShortUnits, Trend, mean_group,
};
use vintner_pipeline::{Artifact, Digest, InputDeclaration, Inputs, Kind, OutputDeclaration, Outputs};

use super::shared::{ENTITY, TIME, panel};
use super::written::Written;
use crate::code;
use crate::error::StagesError;
use crate::params::Parameters;

/// Parameters of `mean_group`.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MeanGroupStage {
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
    const SUMMARY: &'static str = "estimates an equation whose coefficients may differ between entities: mean group, common effects, Swamy";

    fn code() -> Digest {
        code::digest(&[
            env!("VINTNER_CODE_OPERATION_MEAN_GROUP"),
            env!("VINTNER_CODE_OPERATION_WRITTEN"),
            env!("VINTNER_CODE_OPERATION_CHOSEN"),
            code::PANEL,
            code::TRANSFORM,
            code::ESTIMATION,
        ])
    }

    fn check(&self, document: &Document, params: &Node) -> Faults {
        let mut faults = Faults::new();
        let at = |name: &str| Some(params.get(name).unwrap_or(params).span);
        let written = self.written();
        faults.extend(written.check(document, params));
        if written.parsed().is_some_and(|parsed| parsed.is_instrumented() || !parsed.effects().is_empty()) {
            let what = "`mean_group` has no further effects and no instruments";
            let fault = written.foreign(document, what, "leave the parts after the bars out");
            fault.into_iter().for_each(|one| faults.push(one));
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
        let columns = [ENTITY, TIME].map(str::to_owned).into_iter().chain(self.written().columns());
        vec![InputDeclaration::frame("panel").columns(columns)]
    }

    fn outputs(&self) -> Vec<OutputDeclaration> {
        vec![OutputDeclaration::new("fit", Kind::Json)]
    }

    fn run(&self, inputs: &Inputs) -> Result<Outputs, StagesError> {
        let bound = self.written().on(&panel(inputs, "panel")?)?;
        let outcome = mean_group(&bound.panel, &bound.formula, &self.options())?;
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
