//! Covariances of the coefficients, apart from the models: each takes the bread, the scores' parts,
//! the groups and the counts of a model that was estimated once, and never refits it.

mod classical;
mod cluster;
mod small_sample;

use std::collections::BTreeMap;
use std::ops::Range;

use faer::Mat;
use serde::{Deserialize, Serialize};

pub use classical::{ClassicalCovariance, Divisor};
pub use cluster::{ClusterBy, ClusterCovariance};
pub use small_sample::{Counts, FixestEffects, SmallSample};

use crate::Reason;

/// A covariance estimator with its options.
///
/// Serialised with a `kind`: `{kind: classical}` or
/// `{kind: cluster, by: entity, small_sample: stata_xtreg, test: clusters}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Covariance {
    /// Independent errors of one variance.
    Classical(ClassicalCovariance),
    /// Errors correlated within clusters.
    Cluster(ClusterCovariance),
}

impl Default for Covariance {
    fn default() -> Self {
        Self::classical()
    }
}

/// The distribution that a coefficient's statistic is compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TestDistribution {
    /// t with the residual degrees of freedom, n - k - N (plm's summary, linearmodels).
    #[default]
    Residual,
    /// t with G - 1 degrees of freedom (Stata, fixest, pyfixest). Without clusters as `residual`.
    Clusters,
    /// The standard normal (linearmodels' `debiased = False`).
    Normal,
}

/// What an estimated model hands to a covariance.
#[derive(Debug, Clone, Copy)]
pub struct Ingredients<'a> {
    /// (X'X)^-1, k x k.
    pub bread: &'a Mat<f64>,
    /// X as it was estimated (less entity means in within), n x k; row i's score is x_i e_i.
    pub regressors: &'a Mat<f64>,
    /// e, n.
    pub residuals: &'a [f64],
    /// e'e.
    pub rss: f64,
    /// n: rows, or with frequency weights their sum.
    pub observations: usize,
    /// Each entity's rows.
    pub groups: &'a [Range<usize>],
    /// Each row's time.
    pub times: &'a [i32],
    /// Parameters that absorbed effects take: N, T, or N + T - 1.
    pub absorbed: usize,
    /// Entities with absorbed effects.
    pub entity_levels: usize,
    /// Times with absorbed effects.
    pub time_levels: usize,
}

/// A covariance matrix and how it came about.
#[derive(Debug, Clone)]
pub struct CovarianceMatrix {
    /// k x k.
    pub matrix: Mat<f64>,
    /// The clusters, for clustered covariances.
    pub clusters: Option<usize>,
    /// The small-sample factor that is in the matrix.
    pub factor: f64,
    /// Degrees of freedom of the t distribution for tests; none stands for the normal.
    pub test_df: Option<usize>,
}

impl Covariance {
    /// The classical covariance as every program has it.
    pub fn classical() -> Self {
        Self::Classical(ClassicalCovariance::default())
    }

    /// Clustered by entity, with a small-sample factor, tests on t with G - 1 degrees of freedom.
    pub fn clustered(small_sample: SmallSample) -> Self {
        Self::Cluster(ClusterCovariance { small_sample, ..ClusterCovariance::default() })
    }

    /// What it is called in a report.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Classical(_) => "classical",
            Self::Cluster(ClusterCovariance { by: ClusterBy::Entity, .. }) => "clustered by entity",
            Self::Cluster(ClusterCovariance { by: ClusterBy::Time, .. }) => "clustered by time",
        }
    }

    /// The covariance of an estimated model with positive residual degrees of freedom.
    ///
    /// # Errors
    /// [`Reason::TooFewClusters`] with fewer than two clusters.
    pub fn matrix(&self, ingredients: &Ingredients<'_>) -> Result<CovarianceMatrix, Reason> {
        let observations = ingredients.observations;
        let coefficients = ingredients.bread.nrows();
        let df_residual = observations.saturating_sub(coefficients + ingredients.absorbed);
        match self {
            Self::Classical(options) => {
                let divisor = match options.divisor {
                    Divisor::ResidualDf => df_residual,
                    Divisor::Observations => observations.saturating_sub(ingredients.absorbed),
                };
                Ok(CovarianceMatrix {
                    matrix: classical::matrix(ingredients.bread, ingredients.rss / divisor as f64),
                    clusters: None,
                    factor: observations as f64 / divisor as f64,
                    test_df: match options.test {
                        TestDistribution::Residual | TestDistribution::Clusters => Some(df_residual),
                        TestDistribution::Normal => None,
                    },
                })
            }
            Self::Cluster(options) => {
                let (codes, clusters) = cluster_codes(ingredients, options.by);
                if clusters < 2 {
                    return Err(Reason::TooFewClusters { clusters });
                }
                let factor = options.small_sample.factor(&Counts {
                    observations,
                    coefficients,
                    absorbed: ingredients.absorbed,
                    clusters,
                    entity_levels: ingredients.entity_levels,
                    nested: match options.by {
                        ClusterBy::Entity => ingredients.entity_levels,
                        ClusterBy::Time => ingredients.time_levels,
                    },
                });
                let sandwich = cluster::matrix(ingredients, &codes, clusters);
                Ok(CovarianceMatrix {
                    matrix: Mat::from_fn(coefficients, coefficients, |i, j| factor * sandwich[(i, j)]),
                    clusters: Some(clusters),
                    factor,
                    test_df: match options.test {
                        TestDistribution::Residual => Some(df_residual),
                        TestDistribution::Clusters => Some(clusters - 1),
                        TestDistribution::Normal => None,
                    },
                })
            }
        }
    }
}

/// Each row's cluster, and how many there are.
fn cluster_codes(ingredients: &Ingredients<'_>, by: ClusterBy) -> (Vec<usize>, usize) {
    match by {
        ClusterBy::Entity => {
            let mut codes = vec![0; ingredients.residuals.len()];
            for (code, group) in ingredients.groups.iter().enumerate() {
                codes[group.clone()].fill(code);
            }
            (codes, ingredients.groups.len())
        }
        ClusterBy::Time => {
            let mut seen: BTreeMap<i32, usize> = ingredients.times.iter().map(|&time| (time, 0)).collect();
            for (code, slot) in seen.values_mut().enumerate() {
                *slot = code;
            }
            (ingredients.times.iter().map(|time| seen[time]).collect(), seen.len())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> serde_json::Result<Covariance> {
        serde_json::from_str(text)
    }

    #[test]
    fn options_are_named_after_the_peers() -> serde_json::Result<()> {
        assert_eq!(parse(r#"{"kind": "classical"}"#)?, Covariance::classical());
        assert_eq!(parse(r#"{"kind": "cluster"}"#)?, Covariance::clustered(SmallSample::StataXtreg));
        assert_eq!(
            parse(r#"{"kind": "cluster", "by": "time", "small_sample": "plm_sss", "test": "residual"}"#)?,
            Covariance::Cluster(ClusterCovariance {
                by: ClusterBy::Time,
                small_sample: SmallSample::PlmSss,
                test: TestDistribution::Residual,
            })
        );
        let fixest = r#"{"kind": "cluster", "small_sample": {"fixest": {"k_adj": true, "k_fixef": "full", "g_adj": false}}}"#;
        assert_eq!(
            parse(fixest)?,
            Covariance::clustered(SmallSample::Fixest {
                k_adj: true,
                k_fixef: FixestEffects::Full,
                g_adj: false
            })
        );
        assert!(parse(r#"{"kind": "cluster", "small": "none"}"#).is_err());
        assert!(parse(r#"{"kind": "classical", "by": "entity"}"#).is_err());
        Ok(())
    }
}
