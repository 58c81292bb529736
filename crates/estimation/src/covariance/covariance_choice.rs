//! Which covariances there are.

use serde::Serialize;
use vintner_panel::Shape;

use super::classical::ClassicalCovariance;
use super::cluster::ClusterCovariance;
use super::clusters::ClusterBy;
use super::covariance_matrix::CovarianceMatrix;
use super::driscoll_kraay::DriscollKraayCovariance;
use super::heteroskedastic::{GroupwiseCovariance, HeteroskedasticCovariance};
use super::ingredients::Ingredients;
use super::newey_west::NeweyWestCovariance;
use super::panel_corrected::PanelCorrectedCovariance;
use super::residual_type::ResidualType;
use super::small_sample::SmallSample;
use super::two_way_cluster::TwoWayClusterCovariance;
use super::{
    classical, cluster, driscoll_kraay, heteroskedastic, newey_west, panel_corrected, two_way_cluster,
};
use crate::outcome::Reason;

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

    /// Refuses what rows of a shape have no key for.
    pub(crate) fn check(&self, shape: Shape) -> Result<(), Reason> {
        let key = |by: &ClusterBy| match by {
            ClusterBy::Entity => (true, false),
            ClusterBy::Time => (false, true),
            ClusterBy::Column(_) => (false, false),
        };
        let (entities, times) = match self {
            Self::Classical(_) | Self::Heteroskedastic(_) => (false, false),
            Self::Groupwise(options) => key(&options.by),
            Self::Cluster(options) => key(&options.by),
            Self::TwoWayCluster(options) => {
                let (one, other) = (key(&options.by), key(&options.and));
                (one.0 || other.0, one.1 || other.1)
            }
            Self::NeweyWest(_) if shape.goes_on() => (false, false),
            Self::NeweyWest(_) | Self::PanelCorrected(_) => (true, true),
            Self::DriscollKraay(_) => (false, true),
        };
        if (entities && !shape.repeats_entities()) || (times && !shape.has_time()) {
            return Err(Reason::Keys { shape, what: format!("errors that are {}", self.name()) });
        }
        Ok(())
    }

    /// The covariance of an estimated model with positive residual degrees of freedom. A variance that the data's
    /// rounding alone would give is zero, and the coefficient is named.
    ///
    /// # Errors
    /// [`Reason::TooFewClusters`] or [`Reason::TooFewPeriods`] with fewer than two,
    /// [`Reason::NoClusterColumn`] or [`Reason::MissingClusters`] where the sample doesn't say what the
    /// clusters are, [`Reason::LeverageOfOne`] or [`Reason::UnidentifiedWithoutCluster`] where residuals
    /// can't be adjusted for leverage, [`Reason::BandwidthTooLarge`], [`Reason::NoCompletePeriod`].
    pub fn matrix(&self, ingredients: &Ingredients<'_>) -> Result<CovarianceMatrix, Reason> {
        let computed = match self {
            // In proportion to the residual sum of squares, of which it is known whether it is rounding.
            Self::Classical(options) => return Ok(classical::matrix(options, ingredients)),
            Self::Heteroskedastic(options) => heteroskedastic::matrix(options, ingredients),
            Self::Groupwise(options) => heteroskedastic::groupwise(options, ingredients),
            Self::Cluster(options) => cluster::matrix(options, ingredients),
            Self::TwoWayCluster(options) => two_way_cluster::matrix(options, ingredients),
            Self::NeweyWest(options) => newey_west::matrix(options, ingredients),
            Self::DriscollKraay(options) => driscoll_kraay::matrix(options, ingredients),
            Self::PanelCorrected(options) => panel_corrected::matrix(options, ingredients),
        };
        computed.map(|computed| computed.without_rounding(ingredients))
    }
}
