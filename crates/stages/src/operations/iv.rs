//! `iv`: one equation with instruments.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vintner_diagnostics::{Document, Faults, Node, Spanned};
use vintner_estimation::instruments::{
    FirstStage, InstrumentalCovariance, InstrumentalEstimator, InstrumentalOutcome, InstrumentedEquation,
};
use vintner_estimation::{BoundEquation, CollinearColumns, Effects, Formula, WeightKind, Weights};
use vintner_pipeline::{Artifact, Digest, InputDeclaration, Inputs, Kind, OutputDeclaration, Outputs};

use super::shared::{ENTITY, TIME, observations};
use super::written::{Made, Written};
use crate::code;
use crate::error::StagesError;
use crate::params::Parameters;

/// Parameters of `iv`.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Iv {
    /// The equation as one text, in place of `dependent` and `regressors`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    formula: Option<Spanned<String>>,
    /// The rows that it is estimated on: a condition on columns.
    #[serde(default, rename = "where", skip_serializing_if = "Option::is_none")]
    rows: Option<Spanned<String>>,
    /// The column that splits the sample: a model of each of its values.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    by: Option<Spanned<String>>,
    /// The dependent variable.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    dependent: String,
    /// All regressors, in the equation's order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    regressors: Vec<String>,
    /// Those of them that are endogenous.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    endogenous: Vec<String>,
    /// The excluded instruments.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    instruments: Vec<String>,
    /// Regressors that stand for categories, as in `regress`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    factors: BTreeMap<String, Option<String>>,
    /// The column of weights and what they are; analytic ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    weights: Option<Weights>,
    /// Whether it has an intercept.
    #[serde(default = "yes")]
    intercept: bool,
    /// What becomes of exogenous regressors that are combinations of others, as in `regress`.
    #[serde(default, skip_serializing_if = "is_default")]
    #[schemars(extend("default" = CollinearColumns::default()))]
    collinear: CollinearColumns,
    /// Effects that are absorbed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    effects: Option<Effects>,
    /// Whether degrees of freedom count them.
    #[serde(default = "yes")]
    count_effects: bool,
    /// The estimators, in order; two-stage least squares where none are named.
    #[serde(default = "two_stage")]
    estimators: Vec<InstrumentalEstimator>,
    /// How standard errors are made.
    #[serde(default)]
    covariance: InstrumentalCovariance,
}

fn yes() -> bool {
    true
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// What `iv` makes.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct IvResults {
    equation: InstrumentedEquation,
    n_obs: usize,
    pub(crate) first_stage: Option<FirstStage>,
    pub(crate) fits: Vec<InstrumentalOutcome>,
}

impl Iv {
    fn written(&self) -> Written<'_> {
        Written {
            formula: self.formula.as_ref(),
            rows: self.rows.as_ref(),
            dependent: &self.dependent,
            regressors: &self.regressors,
            by: self.by.as_ref(),
            several: true,
        }
    }

    /// The equation before it is known which values its factors have; the lists' equation where there is no text.
    fn equation(&self) -> InstrumentedEquation {
        let written = self.written();
        let mut formula = written.outline();
        formula.factors.clone_from(&self.factors);
        let (endogenous, instruments) = match written.parsed() {
            Some(parsed) => (parsed.endogenous_names(), parsed.instrument_names()),
            None => (self.endogenous.clone(), self.instruments.clone()),
        };
        formula.intercept &= self.intercept;
        formula.factors.clone_from(&self.factors);
        self.of(formula, endogenous, instruments)
    }

    fn of(
        &self,
        mut formula: Formula,
        endogenous: Vec<String>,
        instruments: Vec<String>,
    ) -> InstrumentedEquation {
        let effects = self.effects.or(effects_of(&formula));
        formula.effects.clear();
        formula.collinear = self.collinear;
        formula.weights.clone_from(&self.weights);
        InstrumentedEquation { formula, endogenous, instruments, effects, count_effects: self.count_effects }
    }
}

fn two_stage() -> Vec<InstrumentalEstimator> {
    vec![InstrumentalEstimator::TwoStage {}]
}

/// The effects after the formula's bar, as far as an equation with instruments has them.
fn effects_of(formula: &Formula) -> Option<Effects> {
    let names: Vec<String> = formula.effects.iter().map(ToString::to_string).collect();
    let has = |name: &str| names.iter().any(|one| one == name);
    match (has(ENTITY), has(TIME), names.len()) {
        (true, false, 1) => Some(Effects::Entity),
        (false, true, 1) => Some(Effects::Time),
        (true, true, 2) => Some(Effects::TwoWay),
        _ => None,
    }
}

impl Parameters for Iv {
    const NAME: &'static str = "iv";
    const SUMMARY: &'static str =
        "estimates an equation with instruments: first stage, 2SLS, LIML, GMM, their tests";

    fn code() -> Digest {
        let operations = [
            env!("VINTNER_CODE_OPERATION_IV"),
            env!("VINTNER_CODE_OPERATION_WRITTEN"),
            env!("VINTNER_CODE_OPERATION_CHOSEN"),
        ];
        code::digest(&[&operations[..], &[code::PANEL, code::TRANSFORM, code::ESTIMATION]].concat())
    }

    fn check(&self, document: &Document, params: &Node) -> Faults {
        let mut faults = Faults::new();
        let written = self.written();
        faults.extend(written.check(document, params));
        let outlines = written.outlines();
        if outlines.iter().any(|one| !one.effects.is_empty() && effects_of(one).is_none()) {
            let what = "`iv` absorbs effects of `entity`, of `time`, or of both";
            if let Some(fault) = written.foreign(document, what, "write `| entity + time |`") {
                faults.push(fault);
            }
        }
        if self.formula.is_none() {
            for (field, empty) in
                [("endogenous", self.endogenous.is_empty()), ("instruments", self.instruments.is_empty())]
            {
                if empty && params.get(field).is_none() {
                    faults.push(document.fault(Some(params.span), format!("missing field `{field}`")));
                }
            }
        }
        if faults.is_empty()
            && let Err(error) = self.equation().check()
        {
            let place = params.get("regressors").or(params.get("formula")).unwrap_or(params);
            faults.push(document.fault(Some(place.span), error.to_string()));
        }
        if self.weights.as_ref().is_some_and(|weights| weights.kind == WeightKind::Frequency) {
            let place = params.get("weights").unwrap_or(params);
            let fault = document
                .fault(Some(place.span), "frequency weights aren't defined for equations with instruments");
            faults.push(fault.hint("analytic ones are: leave `kind` out"));
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
        let columns = [ENTITY, TIME].map(str::to_owned).into_iter().chain(self.written().columns());
        let further =
            self.weights.iter().map(|weights| weights.column.clone()).chain(self.instruments.clone());
        vec![InputDeclaration::frame("panel").columns(columns.chain(further))]
    }

    fn outputs(&self) -> Vec<OutputDeclaration> {
        vec![OutputDeclaration::new("results", Kind::Json)]
    }

    fn run(&self, inputs: &Inputs) -> Result<Outputs, StagesError> {
        let (models, mut warnings) = self.written().models(&observations(inputs, "panel")?)?;
        let mut several = Vec::new();
        for model in models {
            let (results, own) = self.results(&model.bound)?;
            warnings.extend(own.into_iter().map(|warning| model.warning(warning)));
            several.push((model.name, results));
        }
        Ok(Outputs::new().with("results", Artifact::json(&Made::of(several))?).warn(warnings))
    }
}

impl Iv {
    /// One model's results, and what there is to say of them.
    fn results(&self, bound: &BoundEquation) -> Result<(IvResults, Vec<String>), StagesError> {
        let mut formula = bound.formula.clone();
        formula.intercept &= self.intercept;
        formula.factors.clone_from(&self.factors);
        let equation = match self.formula {
            Some(_) => self.of(formula, bound.endogenous.clone(), bound.instruments.clone()),
            None => self.equation(),
        };
        let prepared = equation.prepare(&bound.panel)?;
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
        let dropped = prepared.notes().iter().filter(|note| note.leaves_out());
        warnings.extend(dropped.map(ToString::to_string));
        let fits: Vec<InstrumentalOutcome> =
            self.estimators.iter().map(|estimator| prepared.estimate(*estimator, self.covariance)).collect();
        let refused =
            self.estimators.iter().zip(&fits).filter_map(|(estimator, fit)| Some((estimator, fit.reason()?)));
        warnings.extend(
            refused.map(|(estimator, reason)| format!("not estimable: {}: {reason}", estimator.name())),
        );
        Ok((IvResults { equation, n_obs: prepared.height(), first_stage, fits }, warnings))
    }
}
