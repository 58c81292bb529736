//! `system`: a system of equations, its identification first.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vintner_diagnostics::{Document, Faults, Node, NodeValue, Spanned};
use vintner_estimation::instruments::Errors;
use vintner_estimation::instruments::{EquationFirstStage, FirstStageOutcome};
use vintner_estimation::systems::{
    Equation, Identification, Iteration, MomentWeights, ResidualCovariance, Restriction, System,
    SystemCovariance, SystemEstimator, SystemOptions, SystemOutcome, SystemTest, ThreeStageMethod,
};
use vintner_estimation::{DroppedRow, Effects, Formula, Note, TestOutcome};
use vintner_panel::Panel;
use vintner_pipeline::{Artifact, Digest, InputDeclaration, Inputs, Kind, OutputDeclaration, Outputs};

use super::chosen;
use super::shared::{ENTITY, TIME, panel};
use super::written::Written;
use crate::code;
use crate::error::StagesError;
use crate::params::Parameters;

/// Parameters of `system`.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SystemStage {
    /// The equations, in order.
    equations: Vec<EquationParameters>,
    /// The rows that they are estimated on: a condition on columns.
    #[serde(default, rename = "where", skip_serializing_if = "Option::is_none")]
    rows: Option<Spanned<String>>,
    /// The endogenous variables.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    endogenous: Option<Vec<String>>,
    /// The instruments, included exogenous variables among them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    instruments: Option<Vec<String>>,
    /// Effects that are absorbed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    effects: Option<Effects>,
    /// Whether degrees of freedom count them.
    #[serde(default = "yes")]
    count_effects: bool,
    /// The estimators, in order.
    estimators: Vec<SystemEstimator>,
    /// What the first stages' statistics allow for.
    #[serde(default)]
    first_stage: Errors,
    /// The divisor of the residuals' covariance: systemfit's `methodResidCov`.
    #[serde(default)]
    residual_covariance: ResidualCovariance,
    /// Whether residuals are taken about their means there: systemfit's `centerResiduals`.
    #[serde(default)]
    center_residuals: bool,
    /// Whether unweighted estimators take one variance for all equations: systemfit's `singleEqSigma = FALSE`. Where nothing
    /// is said only with restrictions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pooled_sigma: Option<bool>,
    /// Whether the residual covariance comes from a weighted first step: systemfit's `residCovWeighted`.
    #[serde(default)]
    weighted_first_step: bool,
    /// The formula of 3SLS: systemfit's `method3sls`.
    #[serde(default)]
    three_stage: ThreeStageMethod,
    /// Whether weights are iterated, and how far.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    iterate: Option<Iteration>,
    /// The weights of GMM's moments.
    #[serde(default)]
    moment_weights: MomentWeights,
    /// How standard errors are made.
    #[serde(default)]
    covariance: SystemCovariance,
    /// The distribution that statistics are referred to.
    #[serde(default)]
    test: SystemTest,
    /// Linear restrictions on the coefficients.
    #[serde(default)]
    restrictions: Vec<Restriction>,
}

#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct EquationParameters {
    /// What it is called.
    name: String,
    /// The equation as one text, in place of `dependent` and `regressors`; after a bar its endogenous regressors and their
    /// instruments.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    formula: Option<Spanned<String>>,
    /// The dependent variable.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    dependent: String,
    /// The regressors, in the equation's order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    regressors: Vec<String>,
    /// Whether it has an intercept.
    #[serde(default = "yes")]
    intercept: bool,
    /// Its own instruments, in the place of the system's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    instruments: Option<Vec<String>>,
}

fn yes() -> bool {
    true
}

/// What `system` makes.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct SystemResults {
    pub(crate) system: System,
    pub(crate) endogenous: Vec<String>,
    pub(crate) instruments: Vec<String>,
    pub(crate) n_obs: usize,
    pub(crate) identification: Vec<Identification>,
    pub(crate) first_stages: Vec<EquationFirstStage>,
    pub(crate) fits: Vec<SystemOutcome>,
    pub(crate) tests: Vec<TestOutcome>,
    pub(crate) notes: Vec<Note>,
    pub(crate) dropped: Vec<DroppedRow>,
}

impl EquationParameters {
    fn written(&self) -> Written<'_> {
        Written {
            formula: self.formula.as_ref(),
            rows: None,
            dependent: &self.dependent,
            regressors: &self.regressors,
            by: None,
            several: false,
        }
    }

    /// The equation of a formula whose terms are columns; its instruments are those after the bar and its exogenous
    /// regressors.
    fn equation(&self, formula: Formula, endogenous: &[String], excluded: &[String]) -> Equation {
        let exogenous = formula.regressors.iter().filter(|name| !endogenous.contains(name));
        let own = exogenous.chain(excluded).cloned().collect();
        Equation {
            name: self.name.clone(),
            instruments: self.instruments.clone().or((!excluded.is_empty()).then_some(own)),
            formula: Formula {
                intercept: self.intercept && formula.intercept,
                effects: Vec::new(),
                ..formula
            },
        }
    }
}

impl SystemStage {
    /// The system on a panel, which gets a column for each term that isn't one.
    fn on(&self, panel: Panel) -> Result<(System, Panel), StagesError> {
        let mut system = self.system();
        // Lags in formulas reach rows that aren't chosen.
        let holds = chosen::mask(self.rows.as_ref(), &panel)?;
        let mut panel = panel;
        let (mut equations, mut endogenous) = (Vec::new(), Vec::new());
        for one in &self.equations {
            let bound = one.written().on(&panel)?;
            endogenous.extend(bound.endogenous.iter().cloned());
            equations.push(one.equation(bound.formula, &bound.endogenous, &bound.instruments));
            panel = bound.panel;
        }
        if let Some(holds) = holds {
            panel = chosen::kept(&panel, &holds)?;
        }
        system.equations = equations;
        system.endogenous = self.also(endogenous);
        Ok((system, panel))
    }

    /// The endogenous variables that are named, and those of formulas.
    fn also(&self, of_formulas: Vec<String>) -> Option<Vec<String>> {
        let mut all = self.endogenous.clone().unwrap_or_default();
        for name in of_formulas {
            if !all.contains(&name) {
                all.push(name);
            }
        }
        (!all.is_empty() || self.endogenous.is_some()).then_some(all)
    }

    /// The system before it is known which values factors have.
    fn system(&self) -> System {
        let equation = |one: &EquationParameters| {
            let written = one.written();
            let (endogenous, excluded) = match written.parsed() {
                Some(parsed) => (parsed.endogenous_names(), parsed.instrument_names()),
                None => (Vec::new(), Vec::new()),
            };
            one.equation(written.outline(), &endogenous, &excluded)
        };
        let endogenous = self.equations.iter().filter_map(|one| one.written().parsed());
        let endogenous = endogenous.flat_map(|parsed| parsed.endogenous_names()).collect();
        System {
            equations: self.equations.iter().map(equation).collect(),
            endogenous: self.also(endogenous),
            instruments: self.instruments.clone(),
            effects: self.effects,
            count_effects: self.count_effects,
        }
    }

    fn options(&self) -> SystemOptions {
        SystemOptions {
            residual_covariance: self.residual_covariance,
            center_residuals: self.center_residuals,
            pooled_sigma: self.pooled_sigma,
            weighted_first_step: self.weighted_first_step,
            three_stage: self.three_stage,
            iterate: self.iterate,
            moment_weights: self.moment_weights,
            covariance: self.covariance,
            test: self.test,
            restrictions: self.restrictions.clone(),
        }
    }
}

impl Parameters for SystemStage {
    const NAME: &'static str = "system";
    const SUMMARY: &'static str =
        "estimates a system of equations: identification, first stages, OLS to 3SLS and GMM";

    fn code() -> Digest {
        let operations = [
            env!("VINTNER_CODE_OPERATION_SYSTEM"),
            env!("VINTNER_CODE_OPERATION_WRITTEN"),
            env!("VINTNER_CODE_OPERATION_CHOSEN"),
        ];
        code::digest(&[&operations[..], &[code::PANEL, code::TRANSFORM, code::ESTIMATION]].concat())
    }

    fn check(&self, document: &Document, params: &Node) -> Faults {
        let mut faults = Faults::new();
        let items = match params.get("equations").map(|equations| &equations.value) {
            Some(NodeValue::Sequence(items)) => items.as_slice(),
            _ => &[],
        };
        for (one, item) in self.equations.iter().zip(items) {
            let written = one.written();
            faults.extend(written.check(document, item));
            if written.parsed().is_some_and(|parsed| !parsed.effects().is_empty()) {
                let what = "a system's effects are named once, by `effects`";
                let fault = written.foreign(document, what, "write `y ~ x + z | x ~ w`, without effects");
                fault.into_iter().for_each(|one| faults.push(one));
            }
        }
        if faults.is_empty()
            && let Err(error) = self.system().check()
        {
            let place = params.get("equations").unwrap_or(params);
            faults.push(document.fault(Some(place.span), error.to_string()));
        }
        faults.extend(chosen::check(self.rows.as_ref(), document));
        if self.estimators.is_empty() {
            let place = params.get("estimators").unwrap_or(params);
            let fault = document.fault(Some(place.span), "nothing to estimate");
            faults.push(fault.hint("name some of ols, wls, sur, 2sls, w2sls, 3sls, gmm"));
        }
        faults
    }

    fn inputs(&self) -> Vec<InputDeclaration> {
        // What formulas read are columns; their terms needn't be.
        let terms: Vec<String> = {
            let written = self.equations.iter().filter_map(|one| one.written().parsed());
            let names = written.map(|one| (one.outline(), one.instrument_names()));
            names
                .flat_map(|(outline, own)| {
                    outline.variables().map(str::to_owned).chain(own).collect::<Vec<_>>()
                })
                .collect()
        };
        let read = self.equations.iter().filter(|one| one.formula.is_some());
        let read: Vec<String> = read.flat_map(|one| one.written().columns()).collect();
        let variables = self.system().variables();
        let condition = chosen::columns(self.rows.as_ref());
        let of_equations = variables.iter().filter(|name| !terms.contains(name)).chain(&read);
        let columns = of_equations.chain(&condition).map(String::as_str);
        vec![InputDeclaration::frame("panel").columns([ENTITY, TIME].into_iter().chain(columns))]
    }

    fn outputs(&self) -> Vec<OutputDeclaration> {
        vec![OutputDeclaration::new("results", Kind::Json)]
    }

    fn run(&self, inputs: &Inputs) -> Result<Outputs, StagesError> {
        let (system, panel) = self.on(panel(inputs, "panel")?)?;
        let prepared = system.prepare(&panel)?;
        let options = self.options();
        let fits: Vec<SystemOutcome> = self
            .estimators
            .iter()
            .map(|estimator| prepared.estimate(*estimator, &options))
            .collect::<Result<_, _>>()?;
        let both = [SystemEstimator::TwoStage, SystemEstimator::ThreeStage];
        let tests = if both.iter().all(|estimator| self.estimators.contains(estimator)) {
            vec![TestOutcome::of("Hausman test of 3SLS against 2SLS", prepared.hausman(&options)?)]
        } else {
            Vec::new()
        };
        let mut warnings: Vec<String> = Vec::new();
        for outcome in &fits {
            for refused in &outcome.left_out {
                let what = if outcome.estimator.uses_instruments() { "with instruments" } else { "at all" };
                let warning = format!("not estimable {what}: {}: {}", refused.equation, refused.reason);
                if !warnings.contains(&warning) {
                    warnings.push(warning);
                }
            }
        }
        let refused = fits.iter().filter_map(|outcome| Some((outcome.estimator, outcome.reason()?)));
        warnings.extend(
            refused.map(|(estimator, reason)| format!("not estimable: {}: {reason}", estimator.name())),
        );
        let first_stages = prepared.first_stages(self.first_stage);
        if self.estimators.iter().any(|estimator| estimator.uses_instruments()) {
            warnings.extend(first_stages.iter().filter_map(|stage| match &stage.outcome {
                FirstStageOutcome::FirstStage(found) if found.weak == Some(true) => {
                    Some(format!("{}: {}", stage.equation, found.verdict.as_deref().unwrap_or_default()))
                }
                _ => None,
            }));
        }
        let results = SystemResults {
            endogenous: system.endogenous_variables(),
            instruments: system.instrument_variables(),
            n_obs: prepared.height(),
            identification: prepared.identification().to_vec(),
            first_stages,
            notes: prepared.notes().to_vec(),
            dropped: prepared.dropped().to_vec(),
            system,
            fits,
            tests,
        };
        Ok(Outputs::new().with("results", Artifact::json(&results)?).warn(warnings))
    }
}
