//! `gmm`: a dynamic panel by the generalised method of moments.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use vintner_diagnostics::{Document, Faults, Node, Span, Spanned};
use vintner_estimation::gmm::{
    DynamicPanel, ErrorVariance, GmmCovariance, GmmInstrument, GmmOutcome, LevelInstruments, Steps, Term,
    Transformation, gmm,
};
use vintner_estimation::{DynamicEquation, EstimationError};
use vintner_panel::Panel;
use vintner_pipeline::{Artifact, Digest, InputDeclaration, Inputs, Kind, OutputDeclaration, Outputs};

use super::chosen;
use super::shared::{ENTITY, TIME, panel};
use crate::code;
use crate::error::StagesError;
use crate::params::Parameters;
use crate::text_place::within;

/// Parameters of `gmm`.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Gmm {
    /// The equation as one text, in place of `dependent`, `regressors`, `gmm` and `instruments`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    formula: Option<Spanned<String>>,
    /// The rows that it is estimated on: a condition on columns.
    #[serde(default, rename = "where", skip_serializing_if = "Option::is_none")]
    rows: Option<Spanned<String>>,
    /// The dependent variable.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    dependent: String,
    /// The regressors with their lags.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
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
    /// The equation, where it is one text without a fault.
    fn equation(&self) -> Option<DynamicEquation> {
        self.formula.as_ref()?.value.parse().ok()
    }

    fn model(&self) -> DynamicPanel {
        let written = self.equation().map(|equation| DynamicPanel::of(&equation));
        let equation = written.unwrap_or_else(|| DynamicPanel {
            gmm: self.gmm.clone(),
            instruments: self.instruments.clone(),
            ..DynamicPanel::new(&self.dependent, self.regressors.clone())
        });
        DynamicPanel {
            transformation: self.transformation,
            time_dummies: self.time_dummies,
            constant: self.constant.unwrap_or(equation.constant),
            level_instruments: self.level_instruments.unwrap_or_default(),
            steps: self.steps,
            error_variance: self.error_variance,
            ..equation
        }
    }

    /// The faults of how the equation is written.
    fn check_written(&self, document: &Document, params: &Node) -> Faults {
        let mut faults = Faults::new();
        let Some(text) = &self.formula else {
            for field in ["dependent", "regressors"].iter().filter(|field| params.get(field).is_none()) {
                let fault = document.fault(Some(params.span), format!("missing field `{field}`"));
                faults.push(
                    fault.hint("or write the equation as one text: `formula: y ~ l(y) + x | gmm(y, 2:4)`"),
                );
            }
            return faults;
        };
        for field in ["dependent", "regressors", "gmm", "instruments"] {
            if let Some(place) = params.get(field) {
                let fault = document.fault(Some(place.span), format!("`formula` says what `{field}` is"));
                faults.push(fault.hint("write one of the two"));
            }
        }
        if let Err(error) = text.value.parse::<DynamicEquation>() {
            let fault = document.fault(Some(within(text, &error.at)), error.message.clone());
            faults.push(fault.maybe_hint(error.hint));
        }
        faults
    }
}

impl Parameters for Gmm {
    const NAME: &'static str = "gmm";
    const SUMMARY: &'static str =
        "estimates a dynamic panel by GMM: Arellano and Bond's, Blundell and Bond's";

    fn code() -> Digest {
        let operations = [env!("VINTNER_CODE_OPERATION_GMM"), env!("VINTNER_CODE_OPERATION_CHOSEN")];
        code::digest(&[&operations[..], &[code::PANEL, code::TRANSFORM, code::ESTIMATION]].concat())
    }

    fn check(&self, document: &Document, params: &Node) -> Faults {
        let mut faults = Faults::new();
        faults.extend(self.check_written(document, params));
        faults.extend(chosen::check(self.rows.as_ref(), document));
        let at = |name: &str| Some(params.get(name).or(params.get("formula")).unwrap_or(params).span);
        if faults.is_empty()
            && let Err(error) = self.model().check()
        {
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
        let mut columns = match self.equation() {
            Some(equation) => equation.columns(),
            None => self.model().variables().into_iter().map(str::to_owned).collect(),
        };
        columns.extend(chosen::columns(self.rows.as_ref()));
        let keys = [ENTITY, TIME].map(str::to_owned).into_iter();
        vec![InputDeclaration::frame("panel").columns(keys.chain(columns))]
    }

    fn outputs(&self) -> Vec<OutputDeclaration> {
        vec![OutputDeclaration::new("fit", Kind::Json)]
    }

    fn run(&self, inputs: &Inputs) -> Result<Outputs, StagesError> {
        let panel = chosen::chosen(self.rows.as_ref(), panel(inputs, "panel")?)?;
        let panel = match self.equation() {
            Some(equation) => equation.on(&panel)?,
            None => panel,
        };
        let outcome = gmm(&panel, &self.model(), self.covariance)?;
        let warnings: Vec<String> = match &outcome {
            GmmOutcome::NotEstimable(refusal) => vec![format!("not estimable: {}", refusal.reason)],
            GmmOutcome::Fit(fit) => fit.notes.iter().map(ToString::to_string).collect(),
        };
        Ok(Outputs::new().with("fit", Artifact::json(&outcome)?).warn(warnings))
    }
}

/// The rows that the estimates of a stage stand on, as entity and time.
pub(crate) fn rows_of_gmm(params: &Value, panel: &Panel) -> Result<BTreeSet<(String, i32)>, StagesError> {
    let mut params = params.clone();
    // What a pipeline keeps of parameters has no places in a file.
    let mut text = |name: &str| {
        let text = params.as_object_mut()?.remove(name)?.as_str()?.to_owned();
        Some(Spanned::new(text, Span::default()))
    };
    let (formula, rows) = (text("formula"), text("where"));
    let stage = Gmm { formula, rows, ..serde_json::from_value(params)? };
    let panel = chosen::chosen(stage.rows.as_ref(), panel.clone())?;
    let panel = match stage.equation() {
        Some(equation) => equation.on(&panel)?,
        None => panel,
    };
    Ok(stage.model().usable_rows(&panel)?)
}
