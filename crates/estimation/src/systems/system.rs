//! What a system of equations is.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::models::Effects;
use crate::outcome::{EstimationError, Result};
use crate::sample::Formula;

/// One equation of a system.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Equation {
    /// What it is called.
    pub name: String,
    /// Dependent variable and regressors. The effects of the system absorb the intercept.
    pub formula: Formula,
    /// Instruments of this equation in the place of the system's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instruments: Option<Vec<String>>,
}

impl Equation {
    /// An equation with an intercept and the system's instruments.
    pub fn new(
        name: impl Into<String>,
        dependent: impl Into<String>,
        regressors: &[impl AsRef<str>],
    ) -> Self {
        Self { name: name.into(), formula: Formula::new(dependent, regressors), instruments: None }
    }
}

/// Linear equations whose dependent variables may be regressors of one another.
///
/// The constant is an exogenous variable of the system where an equation has an intercept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct System {
    /// The equations.
    pub equations: Vec<Equation>,
    /// Endogenous variables besides the dependent ones. Where instruments are named, all variables that aren't
    /// instruments are endogenous, named here or not.
    #[serde(default)]
    pub endogenous: Option<Vec<String>>,
    /// The instruments, included exogenous variables among them. By default all exogenous variables.
    #[serde(default)]
    pub instruments: Option<Vec<String>>,
    /// Effects that are taken off all variables first.
    #[serde(default)]
    pub effects: Option<Effects>,
    /// Whether residual degrees of freedom count the effects, as dummy variables would (systemfit on an
    /// equation with dummies), or not (systemfit on demeaned variables).
    #[serde(default = "yes")]
    pub count_effects: bool,
}

fn yes() -> bool {
    true
}

impl System {
    /// A system without effects, of which the dependent variables are endogenous and all others instruments.
    pub fn new(equations: Vec<Equation>) -> Self {
        Self { equations, endogenous: None, instruments: None, effects: None, count_effects: true }
    }

    /// The same system with these instruments; all other variables are endogenous.
    #[must_use]
    pub fn with_instruments(mut self, instruments: &[impl AsRef<str>]) -> Self {
        self.instruments = Some(instruments.iter().map(|name| name.as_ref().to_owned()).collect());
        self
    }

    /// The same system with effects absorbed.
    #[must_use]
    pub fn absorbing(mut self, effects: Effects, count_effects: bool) -> Self {
        self.effects = Some(effects);
        self.count_effects = count_effects;
        self
    }

    /// Checks that the system makes sense.
    ///
    /// # Errors
    /// [`EstimationError::NoEquations`], [`EstimationError::RepeatedEquation`], what a formula alone is
    /// refused for, [`EstimationError::EndogenousInstrument`].
    pub fn check(&self) -> Result<()> {
        if self.equations.is_empty() {
            return Err(EstimationError::NoEquations);
        }
        let mut names = BTreeSet::new();
        for equation in &self.equations {
            equation.formula.check()?;
            if !names.insert(&equation.name) {
                return Err(EstimationError::RepeatedEquation { name: equation.name.clone() });
            }
        }
        let endogenous = self.endogenous_variables();
        let instruments = self.instruments.iter().flatten();
        let own = self.equations.iter().flat_map(|equation| equation.instruments.iter().flatten());
        for instrument in instruments.chain(own) {
            if endogenous.iter().any(|name| name == instrument) {
                return Err(EstimationError::EndogenousInstrument { name: instrument.clone() });
            }
        }
        Ok(())
    }

    /// Whether an equation has an intercept that effects don't absorb.
    pub(crate) fn has_intercept(&self) -> bool {
        self.effects.is_none() && self.equations.iter().any(|equation| equation.formula.intercept)
    }

    /// The endogenous variables, dependent variables first.
    pub fn endogenous_variables(&self) -> Vec<String> {
        let mut found: Vec<String> = Vec::new();
        let mut add = |name: &str| {
            if !found.iter().any(|one| one == name) {
                found.push(name.to_owned());
            }
        };
        self.equations.iter().for_each(|equation| add(&equation.formula.dependent));
        self.endogenous.iter().flatten().for_each(|name| add(name));
        if let Some(instruments) = &self.instruments {
            let regressors = self.equations.iter().flat_map(|equation| &equation.formula.regressors);
            regressors.filter(|name| !instruments.contains(name)).for_each(|name| add(name));
        }
        found
    }

    /// The instruments that equations have unless they name their own: all exogenous variables by default.
    pub fn instrument_variables(&self) -> Vec<String> {
        if let Some(instruments) = &self.instruments {
            let mut seen = BTreeSet::new();
            return instruments.iter().filter(|name| seen.insert(name.as_str())).cloned().collect();
        }
        let endogenous = self.endogenous_variables();
        let mut found: Vec<String> = Vec::new();
        for name in self.equations.iter().flat_map(|equation| &equation.formula.regressors) {
            if !endogenous.contains(name) && !found.contains(name) {
                found.push(name.clone());
            }
        }
        found
    }

    /// All columns that the system needs.
    pub fn variables(&self) -> Vec<String> {
        let mut found: Vec<String> = Vec::new();
        let of_equations = self.equations.iter().flat_map(|equation| equation.formula.variables());
        let own = self.equations.iter().flat_map(|equation| equation.instruments.iter().flatten());
        let instruments = self.instrument_variables();
        for name in of_equations.chain(own.map(String::as_str)).chain(instruments.iter().map(String::as_str))
        {
            if !found.iter().any(|one| one == name) {
                found.push(name.to_owned());
            }
        }
        found
    }
}
