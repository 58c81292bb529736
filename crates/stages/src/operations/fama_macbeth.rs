//! `fama_macbeth`: one equation at each time, and the means of its coefficients.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vintner_diagnostics::{Document, Faults, Node, Spanned};
use vintner_estimation::{FamaMacBeth, FamaMacBethOptions, Reason, Sample, Weights, fama_macbeth};
use vintner_pipeline::{Artifact, Digest, InputDeclaration, Inputs, Kind, OutputDeclaration, Outputs};

use super::shared::{ENTITY, TIME, panel};
use super::written::Written;
use crate::code;
use crate::error::StagesError;
use crate::params::Parameters;

/// Parameters of `fama_macbeth`.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FamaMacBethStage {
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
    /// The column of weights and what they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    weights: Option<Weights>,
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

impl Parameters for FamaMacBethStage {
    const NAME: &'static str = "fama_macbeth";
    const SUMMARY: &'static str = "estimates an equation at each time, and takes means of its coefficients";

    fn code() -> Digest {
        code::digest(&[
            env!("VINTNER_CODE_OPERATION_FAMA_MACBETH"),
            env!("VINTNER_CODE_OPERATION_WRITTEN"),
            env!("VINTNER_CODE_OPERATION_CHOSEN"),
            code::PANEL,
            code::TRANSFORM,
            code::ESTIMATION,
        ])
    }

    fn check(&self, document: &Document, params: &Node) -> Faults {
        let mut faults = Faults::new();
        let written = self.written();
        faults.extend(written.check(document, params));
        if written.parsed().is_some_and(|parsed| parsed.is_instrumented() || !parsed.effects().is_empty()) {
            let what = "`fama_macbeth` has no further effects and no instruments";
            let fault = written.foreign(document, what, "leave the parts after the bars out");
            fault.into_iter().for_each(|one| faults.push(one));
        }
        faults
    }

    fn inputs(&self) -> Vec<InputDeclaration> {
        let weights = self.weights.iter().map(|weights| weights.column.clone());
        let columns =
            [ENTITY, TIME].map(str::to_owned).into_iter().chain(self.written().columns()).chain(weights);
        vec![InputDeclaration::frame("panel").columns(columns)]
    }

    fn outputs(&self) -> Vec<OutputDeclaration> {
        vec![OutputDeclaration::new("means", Kind::Json)]
    }

    fn run(&self, inputs: &Inputs) -> Result<Outputs, StagesError> {
        let mut bound = self.written().on(&panel(inputs, "panel")?)?;
        bound.formula.weights.clone_from(&self.weights);
        let sample = Sample::new(&bound.panel, &bound.formula)?;
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
