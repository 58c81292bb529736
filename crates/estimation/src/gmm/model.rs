//! What is estimated, and how.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::outcome::{EstimationError, Result};
use crate::sample::lag_name;

/// A variable at one or several lags.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Term {
    /// The variable.
    pub variable: String,
    /// The lags at which it enters; 0 is the variable itself.
    #[serde(default = "unlagged")]
    pub lags: Vec<usize>,
}

fn unlagged() -> Vec<usize> {
    vec![0]
}

impl Term {
    /// The variable itself.
    pub fn new(variable: impl Into<String>) -> Self {
        Self::lagged(variable, &[0])
    }

    /// The variable at these lags: plm's `lag(x, 0:1)` is `Term::lagged("x", &[0, 1])`.
    pub fn lagged(variable: impl Into<String>, lags: &[usize]) -> Self {
        Self { variable: variable.into(), lags: lags.to_vec() }
    }
}

/// A variable whose earlier values are instruments, each period's apart ("GMM style").
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GmmInstrument {
    /// The variable.
    pub variable: String,
    /// The shortest lag: 2 for an endogenous variable, 1 for a predetermined one.
    #[serde(default = "two")]
    pub first: usize,
    /// The longest lag; none for all that there are (plm's `2:99`).
    #[serde(default)]
    pub last: Option<usize>,
    /// One instrument a lag, rather than one for each period and lag (Roodman 2009).
    #[serde(default)]
    pub collapse: bool,
}

fn two() -> usize {
    2
}

impl GmmInstrument {
    /// All lags from the second on.
    pub fn new(variable: impl Into<String>) -> Self {
        Self { variable: variable.into(), first: 2, last: None, collapse: false }
    }
}

/// What is estimated: differences alone, or levels too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Transformation {
    /// First differences, instrumented by levels (Arellano and Bond; plm's `"d"`).
    #[default]
    Difference,
    /// These and levels, instrumented by differences (Blundell and Bond; plm's `"ld"`).
    System,
}

/// Which difference of a GMM-style instrument is the levels' instrument. The two are the same where the
/// shortest lag is 2.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LevelInstruments {
    /// That one period less back than the shortest lag (xtabond2).
    #[default]
    BeforeFirst,
    /// The last period's, whatever the lags (plm).
    LastPeriod,
}

/// The number of steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Steps {
    /// Weights for homoskedastic errors (plm's `"onestep"`).
    #[default]
    One,
    /// Weights from the first step's residuals (`"twosteps"`).
    Two,
}

/// The covariance of the coefficients.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum GmmCovariance {
    /// One step: robust to heteroskedasticity and correlation within units. Two steps: Windmeijer's.
    /// plm's `vcovHC`, gretl, Stata's `vce(robust)`.
    #[default]
    Robust,
    /// One step: sigma^2 B1, with [`DynamicPanel::error_variance`]. Two steps: B2, which is too small in
    /// samples of ordinary size.
    Classical,
}

/// The divisor of sigma^2 = e'e/(2 d), e the residuals in differences.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ErrorVariance {
    /// d = n - k (Stata).
    #[default]
    ResidualDf,
    /// d = n (gretl).
    Observations,
}

/// A dynamic panel, with everything that an estimate depends on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DynamicPanel {
    /// The dependent variable.
    pub dependent: String,
    /// The regressors, lags of the dependent variable among them.
    pub regressors: Vec<Term>,
    /// GMM-style instruments.
    #[serde(default)]
    pub gmm: Vec<GmmInstrument>,
    /// Further instruments, which stand for themselves ("IV style"), differenced in differences. Where none are
    /// named: the regressors of which no GMM-style instrument is, as in plm. In a system those of differences and
    /// of levels are apart (plm; DIFFERENCE: xtabond2 makes one column of both).
    #[serde(default)]
    pub instruments: Option<Vec<Term>>,
    /// Differences alone, or levels too.
    #[serde(default)]
    pub transformation: Transformation,
    /// A dummy variable for each time but the first (plm's `effect = "twoways"`).
    #[serde(default)]
    pub time_dummies: bool,
    /// A constant in levels. plm's system has one with time dummies alone.
    #[serde(default = "yes")]
    pub constant: bool,
    /// The levels' instruments of a system.
    #[serde(default)]
    pub level_instruments: LevelInstruments,
    /// The number of steps.
    #[serde(default)]
    pub steps: Steps,
    /// The error variance, for the classical covariance of one step and for the Sargan test.
    #[serde(default)]
    pub error_variance: ErrorVariance,
}

fn yes() -> bool {
    true
}

impl DynamicPanel {
    /// One step in differences, without GMM-style instruments yet.
    pub fn new(dependent: impl Into<String>, regressors: Vec<Term>) -> Self {
        Self {
            dependent: dependent.into(),
            regressors,
            gmm: Vec::new(),
            instruments: None,
            transformation: Transformation::default(),
            time_dummies: false,
            constant: true,
            level_instruments: LevelInstruments::default(),
            steps: Steps::default(),
            error_variance: ErrorVariance::default(),
        }
    }

    /// Checks that the model makes sense.
    ///
    /// # Errors
    /// Without regressors, with one twice, or the dependent variable on both sides; without instruments; a
    /// window of lags that ends before it begins.
    pub fn check(&self) -> Result<()> {
        let dependent = || self.dependent.clone();
        let mut seen = BTreeSet::new();
        for (variable, lag) in pairs(&self.regressors) {
            let name = term_name(variable, lag);
            if *variable == self.dependent && lag == 0 {
                return Err(EstimationError::DependentAmongRegressors { dependent: dependent() });
            }
            if !seen.insert(name.clone()) {
                return Err(EstimationError::RepeatedRegressor { dependent: dependent(), regressor: name });
            }
        }
        if seen.is_empty() {
            return Err(EstimationError::NoRegressors { dependent: dependent() });
        }
        let mut windows = BTreeSet::new();
        for instrument in &self.gmm {
            if let Some(last) = instrument.last.filter(|last| *last < instrument.first) {
                return Err(EstimationError::EmptyLagWindow {
                    variable: instrument.variable.clone(),
                    first: instrument.first,
                    last,
                });
            }
            if !windows.insert(&instrument.variable) {
                return Err(EstimationError::RepeatedInstrument { instrument: instrument.variable.clone() });
            }
        }
        let mut seen = BTreeSet::new();
        for (variable, lag) in self.plain_instruments() {
            if *variable == self.dependent && lag == 0 {
                return Err(EstimationError::DependentAmongRegressors { dependent: dependent() });
            }
            let name = term_name(variable, lag);
            if !seen.insert(name.clone()) {
                return Err(EstimationError::RepeatedInstrument { instrument: name });
            }
        }
        if self.gmm.is_empty() && seen.is_empty() {
            return Err(EstimationError::NoInstruments { dependent: dependent() });
        }
        Ok(())
    }

    /// All columns that the model needs, sorted.
    pub fn variables(&self) -> BTreeSet<&str> {
        std::iter::once(self.dependent.as_str())
            .chain(self.regressors.iter().map(|term| term.variable.as_str()))
            .chain(self.gmm.iter().map(|instrument| instrument.variable.as_str()))
            .chain(self.instruments.iter().flatten().map(|term| term.variable.as_str()))
            .collect()
    }

    /// The IV-style instruments, one a lag.
    pub(super) fn plain_instruments(&self) -> Vec<(&String, usize)> {
        match &self.instruments {
            Some(named) => pairs(named).collect(),
            None => pairs(&self.regressors)
                .filter(|(variable, _)| self.gmm.iter().all(|instrument| instrument.variable != **variable))
                .collect(),
        }
    }
}

/// Variable and lag, one a regressor.
pub(super) fn pairs(terms: &[Term]) -> impl Iterator<Item = (&String, usize)> {
    terms.iter().flat_map(|term| term.lags.iter().map(move |lag| (&term.variable, *lag)))
}

pub(super) fn term_name(variable: &str, lag: usize) -> String {
    if lag == 0 { variable.to_owned() } else { lag_name(variable, lag) }
}
