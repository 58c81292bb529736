//! How many lagged differences a unit root regression holds.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::deterministic::Deterministic;
use super::regression::{Regression, augmented_columns};
use crate::numerics::norm;
use crate::outcome::{EstimationError, Reason};

/// What the number of lagged differences is chosen by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Criterion {
    /// Schwarz': ln(RSS/n) + k ln(n)/n.
    Sic,
    /// Akaike's: ln(RSS/n) + 2k/n.
    Aic,
    /// Hall's (1994) general-to-specific rule: the most lags whose last has a t of at least 1.96.
    Hall,
}

/// The number of lagged differences.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Lags {
    /// So many.
    Fixed(usize),
    /// So many for each entity.
    PerEntity(BTreeMap<String, usize>),
    /// Chosen for each entity.
    Chosen {
        /// By what.
        criterion: Criterion,
        /// At most so many: plm's `pmax` (there 10 by default).
        max: usize,
        /// Whether all choices are compared on the rows that the most lags leave: plm's `fixedT`.
        #[serde(default = "yes")]
        fixed_sample: bool,
    },
}

fn yes() -> bool {
    true
}

impl Default for Lags {
    /// By Schwarz' criterion, from at most 3.
    fn default() -> Self {
        Self::Chosen { criterion: Criterion::Sic, max: 3, fixed_sample: true }
    }
}

impl Lags {
    /// Faults that no data are needed to see.
    pub(crate) fn check(&self, entities: &[String]) -> crate::outcome::Result<()> {
        if let Self::PerEntity(orders) = self
            && let Some(entity) = entities.iter().find(|entity| !orders.contains_key(*entity))
        {
            return Err(EstimationError::NoOrderForEntity { entity: entity.clone() });
        }
        Ok(())
    }

    /// The number for an entity's series.
    pub(crate) fn of(
        &self,
        entity: &str,
        values: &[f64],
        deterministic: Deterministic,
        dfcor: bool,
    ) -> Result<usize, Reason> {
        match self {
            Self::Fixed(lags) => Ok(*lags),
            Self::PerEntity(orders) => Ok(orders.get(entity).copied().unwrap_or_default()),
            Self::Chosen { criterion, max, fixed_sample } => {
                let skip = |lags: usize| if *fixed_sample { *max } else { lags };
                match criterion {
                    Criterion::Hall => hall(values, deterministic, *max, dfcor, skip),
                    criterion => best(values, deterministic, *max, *criterion, skip),
                }
            }
        }
    }
}

/// As plm's `lagsel`: from the most lags down, until the last one matters.
fn hall(
    values: &[f64],
    deterministic: Deterministic,
    max: usize,
    dfcor: bool,
    skip: impl Fn(usize) -> usize,
) -> Result<usize, Reason> {
    for lags in (1..=max).rev() {
        let fit = augmented(values, deterministic, lags, skip(lags))?;
        if fit.t(lags, dfcor)?.abs() >= 1.96 {
            return Ok(lags);
        }
    }
    Ok(0)
}

/// The least criterion; of equal ones, that of more lags, as in plm.
fn best(
    values: &[f64],
    deterministic: Deterministic,
    max: usize,
    criterion: Criterion,
    skip: impl Fn(usize) -> usize,
) -> Result<usize, Reason> {
    let mut least: Option<(f64, usize)> = None;
    for lags in (0..=max).rev() {
        let fit = augmented(values, deterministic, lags, skip(lags))?;
        // What has no residual variance has no criterion either.
        fit.variance(false)?;
        let (n, k) = (fit.rows as f64, fit.columns as f64);
        let penalty = if criterion == Criterion::Aic { 2.0 } else { n.ln() };
        let value = (fit.rss / n).ln() + penalty * k / n;
        if least.is_none_or(|(best, _)| value < best) {
            least = Some((value, lags));
        }
    }
    Ok(least.map_or(0, |(_, lags)| lags))
}

fn augmented(
    values: &[f64],
    deterministic: Deterministic,
    lags: usize,
    skip: usize,
) -> Result<Regression, Reason> {
    let (y, columns) = augmented_columns(values, deterministic, lags, skip)?;
    Regression::fit(&y, &columns, norm(values))
}
