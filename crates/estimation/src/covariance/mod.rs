//! Covariances of the coefficients, apart from the models: each takes the bread, the scores' parts,
//! the groups and the counts of a model that was estimated once, and never refits it.
//!
//! `docs/methods/covariance.md` says which option of which program each equals.
//!
//! ```
//! use polars::prelude::{Column, DataFrame};
//! use vintner_estimation::{Covariance, Formula, Model, ResidualType, Sample, SmallSample};
//! use vintner_panel::Panel;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let columns = vec![
//!     Column::new("firm".into(), ["a", "a", "a", "b", "b", "b", "c", "c", "c"]),
//!     Column::new("year".into(), [1, 2, 3, 1, 2, 3, 1, 2, 3]),
//!     Column::new("y".into(), [1.0, 2.5, 2.0, 4.0, 4.5, 6.0, 1.5, 1.0, 3.0]),
//!     Column::new("x".into(), [0.5, 1.5, 1.0, 2.0, 3.0, 3.5, 1.0, 0.0, 1.5]),
//! ];
//! let panel = Panel::new(DataFrame::new(9, columns)?, "firm", "year")?;
//! let sample = Sample::new(&panel, &Formula::new("y", &["x"]))?;
//!
//! // Estimated once, with any number of covariances.
//! let within = Model::Within.estimate(&sample)?;
//! let clustered = within.fit(&Covariance::clustered(SmallSample::StataXtreg))?;
//! let robust = within.fit(&Covariance::heteroskedastic(ResidualType::Hc3))?;
//! assert_eq!(clustered.coefficients[0].estimate, robust.coefficients[0].estimate);
//! assert_eq!(clustered.reference.df(), Some(2));
//! # Ok(())
//! # }
//! ```

mod bell_mccaffrey;
mod classical;
mod cluster;
mod driscoll_kraay;
mod heteroskedastic;
mod kernel;
mod leverage;
mod newey_west;
mod options;
mod panel_corrected;
mod residual_type;
mod sandwich;
mod small_sample;
mod two_way_cluster;

use std::collections::BTreeMap;
use std::ops::Range;

use faer::Mat;
use serde::{Deserialize, Serialize};

pub use classical::{ClassicalCovariance, Divisor};
pub use cluster::{ClusterBy, ClusterCovariance, ClusterType};
pub use driscoll_kraay::DriscollKraayCovariance;
pub use heteroskedastic::{GroupwiseCovariance, HeteroskedasticCovariance};
pub use kernel::{Bandwidth, Kernel};
pub use leverage::Leverage;
pub use newey_west::{LagBy, NeweyWestCovariance};
pub use panel_corrected::{PanelCorrectedBy, PanelCorrectedCovariance};
pub use residual_type::ResidualType;
pub use small_sample::{Counts, FixestEffects, SmallSample};
pub use two_way_cluster::{GroupCount, TwoWayClusterCovariance};

use cluster::Clusters;

use crate::{ClusterColumn, Reason};

/// A covariance estimator with its options.
///
/// Serialised with a `kind`: `{kind: classical}` or
/// `{kind: cluster, by: entity, small_sample: stata_xtreg, test: clusters}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Covariance {
    /// Independent errors of one variance.
    Classical(ClassicalCovariance),
    /// Independent errors, each with a variance of its own: HC0 to HC5.
    Heteroskedastic(HeteroskedasticCovariance),
    /// Independent errors with one variance in each group: plm's `white2`.
    Groupwise(GroupwiseCovariance),
    /// Errors correlated within clusters.
    Cluster(ClusterCovariance),
    /// Errors correlated within clusters of two kinds.
    TwoWayCluster(TwoWayClusterCovariance),
    /// Errors correlated over time within each entity.
    NeweyWest(NeweyWestCovariance),
    /// Errors correlated between entities and over time.
    DriscollKraay(DriscollKraayCovariance),
    /// Errors correlated between entities at a time, in the same way at every time.
    PanelCorrected(PanelCorrectedCovariance),
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
    /// t with G - 1 degrees of freedom (Stata, fixest, pyfixest), or T - 1 where times take the clusters'
    /// place. Without clusters as `residual`.
    Clusters,
    /// t with each coefficient's own degrees of freedom (Bell and McCaffrey 2002; clubSandwich's default), in
    /// one-way clusters. Joint tests use G - 1. Elsewhere as `clusters`.
    Satterthwaite,
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
    /// Whether the regressors hold the constant, which absorbed effects hold too.
    pub constant: bool,
    /// The longest series of the sample, before differences are taken.
    pub longest: usize,
    /// The columns that the sample carries for clusters, a code for each row.
    pub columns: &'a [ClusterColumn],
}

impl Ingredients<'_> {
    /// Each row's leverage.
    pub(crate) fn leverages(&self, leverage: Leverage) -> Result<Vec<f64>, Reason> {
        leverage::leverages(self, leverage)
    }

    fn df_residual(&self) -> usize {
        self.observations.saturating_sub(self.bread.nrows() + self.absorbed)
    }

    /// What small-sample factors count. Effects are nested if they are in clusters of any of the kinds.
    fn counts(&self, clusters: usize, kinds: &[&Clusters]) -> Counts {
        let entities = if kinds.iter().any(|kind| kind.nests_entities) { self.entity_levels } else { 0 };
        let times = if kinds.iter().any(|kind| kind.nests_times) { self.time_levels } else { 0 };
        Counts {
            observations: self.observations,
            coefficients: self.bread.nrows(),
            absorbed: self.absorbed,
            clusters,
            entity_levels: self.entity_levels,
            nested: entities + times,
            nested_factors: entities.min(1) + times.min(1),
        }
    }
}

/// A covariance matrix and how it came about.
#[derive(Debug, Clone)]
pub struct CovarianceMatrix {
    /// k x k.
    pub matrix: Mat<f64>,
    /// The clusters, for clustered covariances; the times where they take the clusters' place.
    pub clusters: Option<usize>,
    /// The small-sample factor that is in the matrix.
    pub factor: f64,
    /// Degrees of freedom of the t distribution for tests; none stands for the normal.
    pub test_df: Option<usize>,
    /// Those of each coefficient's own test, where they differ.
    pub coefficient_df: Option<Vec<f64>>,
    /// The bandwidth of a kernel.
    pub bandwidth: Option<f64>,
}

impl CovarianceMatrix {
    /// A matrix times its factor.
    fn new(matrix: Mat<f64>, factor: f64) -> Self {
        let matrix = Mat::from_fn(matrix.nrows(), matrix.ncols(), |i, j| factor * matrix[(i, j)]);
        Self { matrix, clusters: None, factor, test_df: None, coefficient_df: None, bandwidth: None }
    }

    fn tested(mut self, test: TestDistribution, residual: usize, clusters: Option<usize>) -> Self {
        self.test_df = match (test, clusters) {
            (TestDistribution::Normal, _) => None,
            (TestDistribution::Residual, _) | (_, None) => Some(residual),
            (TestDistribution::Clusters | TestDistribution::Satterthwaite, Some(clusters)) => {
                Some(clusters.saturating_sub(1).max(1))
            }
        };
        self
    }
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

    /// Robust to heteroskedasticity, with absorbed effects counted as regressors.
    pub fn heteroskedastic(residuals: ResidualType) -> Self {
        Self::Heteroskedastic(HeteroskedasticCovariance { residuals, ..HeteroskedasticCovariance::default() })
    }

    /// What it is called in a report.
    pub fn name(&self) -> String {
        match self {
            Self::Classical(_) => "classical".into(),
            Self::Heteroskedastic(_) => "heteroskedasticity-robust".into(),
            Self::Groupwise(options) => format!("groupwise heteroskedastic by {}", options.by.name()),
            Self::Cluster(options) => format!("clustered by {}", options.by.name()),
            Self::TwoWayCluster(options) => {
                format!("clustered by {} and {}", options.by.name(), options.and.name())
            }
            Self::NeweyWest(_) => "Newey-West".into(),
            Self::DriscollKraay(_) => "Driscoll-Kraay".into(),
            Self::PanelCorrected(_) => "panel-corrected (Beck-Katz)".into(),
        }
    }

    /// The columns of the panel that it clusters by, which the sample must carry.
    pub fn columns(&self) -> Vec<&str> {
        match self {
            Self::Cluster(options) => options.by.column().into_iter().collect(),
            Self::Groupwise(options) => options.by.column().into_iter().collect(),
            Self::TwoWayCluster(options) => {
                options.by.column().into_iter().chain(options.and.column()).collect()
            }
            _ => Vec::new(),
        }
    }

    /// The covariance of an estimated model with positive residual degrees of freedom.
    ///
    /// # Errors
    /// [`Reason::TooFewClusters`] or [`Reason::TooFewPeriods`] with fewer than two,
    /// [`Reason::NoClusterColumn`] or [`Reason::MissingClusters`] where the sample doesn't say what the
    /// clusters are, [`Reason::LeverageOfOne`] or [`Reason::UnidentifiedWithoutCluster`] where residuals
    /// can't be adjusted for leverage, [`Reason::BandwidthTooLarge`], [`Reason::NoCompletePeriod`].
    pub fn matrix(&self, ingredients: &Ingredients<'_>) -> Result<CovarianceMatrix, Reason> {
        match self {
            Self::Classical(options) => Ok(classical::matrix(options, ingredients)),
            Self::Heteroskedastic(options) => heteroskedastic::matrix(options, ingredients),
            Self::Groupwise(options) => heteroskedastic::groupwise(options, ingredients),
            Self::Cluster(options) => cluster::matrix(options, ingredients),
            Self::TwoWayCluster(options) => two_way_cluster::matrix(options, ingredients),
            Self::NeweyWest(options) => newey_west::matrix(options, ingredients),
            Self::DriscollKraay(options) => driscoll_kraay::matrix(options, ingredients),
            Self::PanelCorrected(options) => panel_corrected::matrix(options, ingredients),
        }
    }
}

/// Each row's cluster, below their count, and the count.
pub(crate) fn cluster_codes(
    ingredients: &Ingredients<'_>,
    by: &ClusterBy,
) -> Result<(Vec<usize>, usize), Reason> {
    cluster::clusters(ingredients, by).map(|clusters| (clusters.codes, clusters.count))
}

/// The largest side of a square matrix that is held whole: 800 MB.
const LARGEST: usize = 10_000;

/// Refuses what would need a larger square matrix.
fn too_large(what: &str, size: usize) -> Result<(), Reason> {
    if size > LARGEST {
        return Err(Reason::TooLarge { what: what.into(), size, largest: LARGEST });
    }
    Ok(())
}

/// Each row's time as a number, in order of time, and how many there are.
fn time_codes(times: &[i32]) -> (Vec<usize>, usize) {
    let mut seen: BTreeMap<i32, usize> = times.iter().map(|&time| (time, 0)).collect();
    seen.values_mut().enumerate().for_each(|(code, slot)| *slot = code);
    (times.iter().map(|time| seen[time]).collect(), seen.len())
}
