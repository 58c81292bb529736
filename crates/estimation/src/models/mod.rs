//! Models: each turns a sample into an [`Estimated`] or the [`Reason`] why it can't.

mod ols;
mod within;

use serde::{Deserialize, Serialize};

use crate::{Estimated, Reason, Sample};

/// A linear model of a panel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Model {
    /// Ordinary least squares on the levels; pooled where the sample has several entities.
    Ols,
    /// One-way fixed effects of the entities, by least squares on deviations from entity means.
    Within,
}

impl Model {
    /// Estimates the model on a sample.
    ///
    /// # Errors
    /// The reason why the sample doesn't allow it.
    pub fn estimate(self, sample: &Sample) -> Result<Estimated, Reason> {
        match self {
            Self::Ols => ols::estimate(sample),
            Self::Within => within::estimate(sample),
        }
    }
}

/// Refuses a sample with too few observations for its parameters.
fn check_size(sample: &Sample, parameters: usize) -> Result<(), Reason> {
    let observations = sample.height();
    if observations == 0 {
        Err(Reason::NoObservations { rows_dropped: sample.dropped().len() })
    } else if observations < parameters {
        Err(Reason::TooFewObservations { observations, parameters })
    } else {
        Ok(())
    }
}

/// Refuses an estimate that leaves no residual degrees of freedom.
fn check_residual_df(sample: &Sample, parameters: usize) -> Result<(), Reason> {
    let observations = sample.height();
    if observations <= parameters {
        return Err(Reason::NoResidualDegreesOfFreedom { observations, parameters });
    }
    Ok(())
}
