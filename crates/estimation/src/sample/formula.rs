//! An equation: a dependent variable and its regressors.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::{Deserialize, Serialize};

use super::effect::{Effect, Singletons};
use super::weights::Weights;
use crate::numerics::CollinearColumns;
use crate::outcome::{EstimationError, Result};

/// A linear equation, named by the panel's columns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Formula {
    /// The dependent variable.
    pub dependent: String,
    /// The regressors, in the order in which coefficients are reported.
    pub regressors: Vec<String>,
    /// Whether an intercept is added. Models with entity effects absorb it either way.
    #[serde(default = "with_intercept")]
    pub intercept: bool,
    /// Weights of the rows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weights: Option<Weights>,
    /// The fixed effects that [`Model::Within`](crate::Model::Within) absorbs; the entities' where it names
    /// none. `entity` and `time` stand for the panel's keys whatever their columns are called.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub effects: Vec<Effect>,
    /// Regressors that stand for categories, each with the category that the others are measured against: the
    /// first in order of text where none is named. A regressor that is a column of text is one without being
    /// named here.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub factors: BTreeMap<String, Option<String>>,
    /// What becomes of rows that an absorbed effect has to itself.
    #[serde(default, skip_serializing_if = "is_default")]
    pub singletons: Singletons,
    /// What becomes of regressors that are combinations of others.
    #[serde(default, skip_serializing_if = "is_default")]
    pub collinear: CollinearColumns,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

fn with_intercept() -> bool {
    true
}

impl Formula {
    /// An equation with an intercept.
    pub fn new(dependent: impl Into<String>, regressors: &[impl AsRef<str>]) -> Self {
        Self {
            dependent: dependent.into(),
            regressors: regressors.iter().map(|name| name.as_ref().to_owned()).collect(),
            intercept: true,
            weights: None,
            effects: Vec::new(),
            factors: BTreeMap::new(),
            singletons: Singletons::default(),
            collinear: CollinearColumns::default(),
        }
    }

    /// The same equation with weights.
    #[must_use]
    pub fn weighted(mut self, weights: Weights) -> Self {
        self.weights = Some(weights);
        self
    }

    /// The same equation with these effects absorbed, each a column's name or several joined by `^`.
    ///
    /// # Errors
    /// [`EstimationError::Effect`] where a name is empty.
    pub fn with_effects(mut self, effects: &[impl AsRef<str>]) -> Result<Self> {
        self.effects = effects
            .iter()
            .map(|effect| Ok(effect.as_ref().parse::<Effect>()?))
            .collect::<Result<Vec<Effect>>>()?;
        Ok(self)
    }

    /// The same equation without the rows that an absorbed effect has to itself.
    #[must_use]
    pub fn without_singletons(mut self) -> Self {
        self.singletons = Singletons::Drop;
        self
    }

    /// The same equation, not to be estimated where regressors are combinations of others.
    #[must_use]
    pub fn refusing_collinear(mut self) -> Self {
        self.collinear = CollinearColumns::Refuse;
        self
    }

    /// The same equation without an intercept.
    #[must_use]
    pub fn without_intercept(mut self) -> Self {
        self.intercept = false;
        self
    }

    /// All columns of the panel that the equation needs besides the keys: its variables, the weights, and the
    /// columns of effects, each once.
    pub fn columns(&self) -> Vec<&str> {
        let effects = self.effects.iter().flat_map(|effect| effect.columns().iter().map(String::as_str));
        let keys = |column: &&str| *column != "entity" && *column != "time";
        let further = self.weights.iter().map(|weights| weights.column.as_str()).chain(effects.filter(keys));
        let mut columns: Vec<&str> = Vec::new();
        for column in self.variables().chain(further) {
            if !columns.contains(&column) {
                columns.push(column);
            }
        }
        columns
    }

    /// The dependent variable, then the regressors.
    pub fn variables(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.dependent.as_str()).chain(self.regressors.iter().map(String::as_str))
    }

    /// Checks that the equation makes sense.
    ///
    /// # Errors
    /// [`EstimationError::NoRegressors`], [`EstimationError::RepeatedRegressor`],
    /// [`EstimationError::DependentAmongRegressors`].
    pub fn check(&self) -> Result<()> {
        if self.regressors.is_empty() {
            return Err(EstimationError::NoRegressors { dependent: self.dependent.clone() });
        }
        self.check_terms()
    }

    /// The same, where an intercept alone is an equation too.
    ///
    /// # Errors
    /// As of [`Formula::check`]; [`EstimationError::NoRegressors`] where there is no intercept either.
    pub fn check_terms(&self) -> Result<()> {
        let dependent = || self.dependent.clone();
        if self.regressors.is_empty() && !self.intercept {
            return Err(EstimationError::NoRegressors { dependent: dependent() });
        }
        let mut seen = BTreeSet::new();
        for regressor in &self.regressors {
            if *regressor == self.dependent {
                return Err(EstimationError::DependentAmongRegressors { dependent: dependent() });
            }
            if !seen.insert(regressor) {
                return Err(EstimationError::RepeatedRegressor {
                    dependent: dependent(),
                    regressor: regressor.clone(),
                });
            }
        }
        if let Some(factor) = self.factors.keys().find(|factor| !self.regressors.contains(factor)) {
            return Err(EstimationError::FactorNotRegressor { factor: factor.clone() });
        }
        for (at, effect) in self.effects.iter().enumerate() {
            if self.effects[..at].contains(effect) {
                return Err(EstimationError::RepeatedEffect { effect: effect.to_string() });
            }
        }
        Ok(())
    }
}

impl fmt::Display for Formula {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let alone = if self.regressors.is_empty() { "1" } else { "" };
        write!(formatter, "{} ~ {}{alone}", self.dependent, self.regressors.join(" + "))?;
        if !self.intercept {
            formatter.write_str(" - 1")?;
        }
        for (at, effect) in self.effects.iter().enumerate() {
            write!(formatter, " {} {effect}", if at == 0 { '|' } else { '+' })?;
        }
        match &self.weights {
            Some(weights) => write!(formatter, ", weights {}", weights.column),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_formula_reads_as_in_r() {
        assert_eq!(Formula::new("y", &["a", "b"]).to_string(), "y ~ a + b");
        assert_eq!(Formula::new("y", &["a"]).without_intercept().to_string(), "y ~ a - 1");
        let effects = Formula::new("y", &["a"]).with_effects(&["entity", "region ^ time"]);
        assert_eq!(effects.map(|one| one.to_string()).ok().as_deref(), Some("y ~ a | entity + region^time"));
    }

    #[test]
    fn nonsense_is_refused() {
        let none: [&str; 0] = [];
        assert!(matches!(Formula::new("y", &none).check(), Err(EstimationError::NoRegressors { .. })));
        assert!(matches!(
            Formula::new("y", &["a", "a"]).check(),
            Err(EstimationError::RepeatedRegressor { .. })
        ));
        assert!(matches!(
            Formula::new("y", &["a", "y"]).check(),
            Err(EstimationError::DependentAmongRegressors { .. })
        ));
    }
}
