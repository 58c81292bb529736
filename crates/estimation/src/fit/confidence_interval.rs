//! Confidence intervals of coefficients.

use serde::{Deserialize, Serialize};

use super::fit::{Coefficient, Fit};
use crate::inference::ReferenceDistribution;
use crate::numerics::{normal_two_sided_quantile, student_t_two_sided_quantile};
use crate::outcome::{EstimationError, Result};

/// A coefficient's confidence interval; without ends where there is no standard error.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ConfidenceInterval {
    /// The regressor, or `(Intercept)`.
    pub coefficient: String,
    /// The estimate.
    pub estimate: f64,
    /// The level, 0.95 for 95 %.
    pub level: f64,
    /// The lower end.
    pub lower: Option<f64>,
    /// The upper end.
    pub upper: Option<f64>,
}

impl Fit {
    /// The estimates less and plus their standard errors times the quantile of the distribution that their tests
    /// refer to: R's `confint`, on t with the degrees of freedom that the covariance has, or the coefficient its own
    /// (clubSandwich's `conf_int`), or on the normal. An interval leaves out zero just where p < 1 - level.
    ///
    /// # Errors
    /// [`EstimationError::Level`].
    pub fn confidence_intervals(&self, level: f64) -> Result<Vec<ConfidenceInterval>> {
        check_level(level)?;
        Ok(self
            .coefficients
            .iter()
            .map(|one| {
                let margin = one.std_error.map(|error| error * self.reference.critical_of(one, level));
                ConfidenceInterval {
                    coefficient: one.name.clone(),
                    estimate: one.estimate,
                    level,
                    lower: margin.map(|margin| one.estimate - margin),
                    upper: margin.map(|margin| one.estimate + margin),
                }
            })
            .collect())
    }
}

impl ReferenceDistribution {
    /// How many standard errors an interval of that level, between 0 and 1, reaches either way.
    pub fn critical(self, level: f64) -> f64 {
        match self {
            Self::StudentT { df } => student_t_two_sided_quantile(1.0 - level, df as f64),
            Self::Normal => normal_two_sided_quantile(1.0 - level),
        }
    }

    /// The same for a coefficient, which may have degrees of freedom of its own.
    pub fn critical_of(self, coefficient: &Coefficient, level: f64) -> f64 {
        match coefficient.df {
            Some(df) => student_t_two_sided_quantile(1.0 - level, df),
            None => self.critical(level),
        }
    }
}

pub(crate) fn check_level(level: f64) -> Result<()> {
    if level > 0.0 && level < 1.0 { Ok(()) } else { Err(EstimationError::Level { level }) }
}
