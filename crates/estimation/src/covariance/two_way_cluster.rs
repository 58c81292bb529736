//! The covariance under errors that are correlated within clusters of two kinds.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::bell_mccaffrey;
use super::clusters::{ClusterBy, clusters};
use super::covariance_matrix::CovarianceMatrix;
use super::ingredients::Ingredients;
use super::leverage::Leverage;
use super::residual_type::ResidualType;
use super::sandwich::Influences;
use super::small_sample::{FixestEffects, SmallSample};
use super::test_distribution::TestDistribution;
use crate::outcome::Reason;

/// Which number of clusters G is meant in the factor of each of the three matrices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum GroupCount {
    /// The smaller of the two kinds' in all three: fixest's and pyfixest's `G.df = "min"`.
    #[default]
    Min,
    /// Each matrix's own: pyfixest's `conventional`, plm's `vcovDC`, sandwich's `vcovCL`, linearmodels,
    /// statsmodels, Stata's `vce(cluster a b)`.
    Own,
}

/// V = V_1 + V_2 - V_12: clustered one way, the other, and by pairs of both (Cameron, Gelbach and Miller 2011,
/// Journal of Business and Economic Statistics 29, eq. 2.13; Thompson 2011).
///
/// The difference needn't be a covariance matrix: a variance can come out negative, and is then left out
/// with a note, or set right by `fix`. The default is fixest's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TwoWayClusterCovariance {
    /// The clusters of the first kind.
    pub by: ClusterBy,
    /// The clusters of the second kind.
    pub and: ClusterBy,
    /// How leverage is taken into account, row by row, as plm does.
    #[serde(rename = "type")]
    pub residuals: ResidualType,
    /// What has leverage, and counts in `hc1`.
    pub leverage: Leverage,
    /// The factor of each matrix.
    pub small_sample: SmallSample,
    /// The G of each factor.
    pub groups: GroupCount,
    /// Whether negative eigenvalues are set to zero: fixest, sandwich's `fix = TRUE`. What comes of it depends
    /// on the units of the regressors.
    pub fix: bool,
    /// The distribution that tests refer to; by default t with G - 1 degrees of freedom for the smaller G.
    pub test: TestDistribution,
}

impl Default for TwoWayClusterCovariance {
    fn default() -> Self {
        Self {
            by: ClusterBy::Entity,
            and: ClusterBy::Time,
            residuals: ResidualType::Hc0,
            leverage: Leverage::default(),
            small_sample: SmallSample::Fixest { k_adj: true, k_fixef: FixestEffects::Nonnested, g_adj: true },
            groups: GroupCount::default(),
            fix: false,
            test: TestDistribution::Clusters,
        }
    }
}

/// The covariance.
pub(super) fn matrix(
    options: &TwoWayClusterCovariance,
    ingredients: &Ingredients<'_>,
) -> Result<CovarianceMatrix, Reason> {
    let one = clusters(ingredients, &options.by)?;
    let other = clusters(ingredients, &options.and)?;
    one.at_least_two()?;
    other.at_least_two()?;
    let (crossed, pairs) = one.crossed(&other);
    // An effect is nested if it is in clusters of either kind.
    let nesting = [&one, &other];
    let fewest = one.count.min(other.count);
    let plain = ingredients.counts(fewest, &nesting);
    let residuals = options.residuals.residuals(ingredients, &plain, options.leverage)?;
    let mut sum = faer::Mat::zeros(ingredients.bread.nrows(), ingredients.bread.nrows());
    let mut sizes = vec![0.0; ingredients.bread.nrows()];
    let mut cancelled = BTreeSet::new();
    for (codes, count, sign) in
        [(&one.codes, one.count, 1.0), (&other.codes, other.count, 1.0), (&crossed, pairs, -1.0)]
    {
        let groups = if options.groups == GroupCount::Min { fewest } else { count };
        let factor = options.small_sample.of(&ingredients.counts(groups, &nesting))?;
        let influences = Influences::new(ingredients, &residuals, codes, count);
        let squares = influences.squares();
        sizes.iter_mut().enumerate().for_each(|(at, size)| *size += factor * squares[(at, at)]);
        cancelled.extend(influences.cancelled());
        sum += faer::Scale(sign * factor) * &squares;
    }
    let factor = options.residuals.factor(&plain, options.leverage);
    let reported = options.small_sample.of(&plain)? * factor;
    let sum = if options.fix { bell_mccaffrey::without_negative_eigenvalues(&sum)? } else { sum };
    let mut computed = CovarianceMatrix::new(sum, factor)
        .tested(options.test, ingredients.df_residual(), Some(fewest))
        .summed_from(sizes);
    computed.cancelled = cancelled.into_iter().filter(|at| computed.matrix[(*at, *at)] == 0.0).collect();
    // Of the first two matrices where these share one.
    computed.factor = reported;
    computed.clusters = Some(fewest);
    Ok(computed)
}
