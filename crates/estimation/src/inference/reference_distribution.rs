//! The distribution that statistics are compared with.

use serde::{Deserialize, Serialize};

use crate::numerics::{normal_two_sided, student_t_two_sided};

/// The distribution that statistics were compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "distribution", rename_all = "snake_case")]
pub enum ReferenceDistribution {
    /// Student's t; joint tests use F.
    StudentT {
        /// Degrees of freedom.
        df: usize,
    },
    /// The standard normal; joint tests use chi-squared.
    Normal,
}

impl ReferenceDistribution {
    /// The degrees of freedom of t.
    pub fn df(self) -> Option<usize> {
        match self {
            Self::StudentT { df } => Some(df),
            Self::Normal => None,
        }
    }

    /// The two-sided p-value of a statistic.
    pub fn two_sided(self, statistic: f64) -> f64 {
        match self {
            Self::StudentT { df } => student_t_two_sided(statistic, df as f64),
            Self::Normal => normal_two_sided(statistic),
        }
    }
}
