//! An equation: a dependent variable and its regressors.

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{EstimationError, Result};

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
        }
    }

    /// The same equation without an intercept.
    #[must_use]
    pub fn without_intercept(mut self) -> Self {
        self.intercept = false;
        self
    }

    /// All columns that the equation needs: the dependent variable, then the regressors.
    pub fn variables(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.dependent.as_str()).chain(self.regressors.iter().map(String::as_str))
    }

    /// Checks that the equation makes sense.
    ///
    /// # Errors
    /// [`EstimationError::NoRegressors`], [`EstimationError::RepeatedRegressor`],
    /// [`EstimationError::DependentAmongRegressors`].
    pub fn check(&self) -> Result<()> {
        let dependent = || self.dependent.clone();
        if self.regressors.is_empty() {
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
        Ok(())
    }
}

impl fmt::Display for Formula {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} ~ {}", self.dependent, self.regressors.join(" + "))?;
        if self.intercept { Ok(()) } else { formatter.write_str(" - 1") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_formula_reads_as_in_r() {
        assert_eq!(Formula::new("y", &["a", "b"]).to_string(), "y ~ a + b");
        assert_eq!(Formula::new("y", &["a"]).without_intercept().to_string(), "y ~ a - 1");
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
