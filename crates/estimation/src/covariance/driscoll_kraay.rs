//! The covariance under errors that are correlated between entities and over time.

use serde::{Deserialize, Serialize};

use super::covariance_matrix::CovarianceMatrix;
use super::ingredients::{Ingredients, time_codes};
use super::kernel::{Bandwidth, Kernel};
use super::leverage::Leverage;
use super::residual_type::ResidualType;
use super::sandwich::Influences;
use super::small_sample::{FixestEffects, SmallSample};
use super::test_distribution::TestDistribution;
use crate::outcome::Reason;

/// V = c B (S_0 + sum over lags j of w_j (S_j + S_j')) B with S_j the sum over times of h_t h_(t-j)' and
/// h_t = X_t'u_t summed over the entities of a time (Driscoll and Kraay 1998, Review of Economics and
/// Statistics 80, eq. 5).
///
/// Times are counted, so that those on either side of a year that nobody has are one apart, as in every
/// program. The default is pyfixest's and fixest's `DK` but for the bandwidth, which is linearmodels'.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct DriscollKraayCovariance {
    /// The weights w_j.
    pub kernel: Kernel,
    /// The lags.
    pub bandwidth: Bandwidth,
    /// How leverage is taken into account.
    #[serde(rename = "type")]
    pub residuals: ResidualType,
    /// What has leverage, and counts in `hc1`.
    pub leverage: Leverage,
    /// The factor c, for which every time is a cluster.
    pub small_sample: SmallSample,
    /// The distribution that tests refer to; t with T - 1 degrees of freedom by default.
    pub test: TestDistribution,
}

impl Default for DriscollKraayCovariance {
    fn default() -> Self {
        Self {
            kernel: Kernel::default(),
            bandwidth: Bandwidth::default(),
            residuals: ResidualType::Hc0,
            leverage: Leverage::default(),
            small_sample: SmallSample::Fixest { k_adj: true, k_fixef: FixestEffects::Full, g_adj: true },
            test: TestDistribution::Clusters,
        }
    }
}

/// The covariance.
pub(super) fn matrix(
    options: &DriscollKraayCovariance,
    ingredients: &Ingredients<'_>,
) -> Result<CovarianceMatrix, Reason> {
    let (codes, periods) = time_codes(ingredients.times);
    if periods < 2 {
        return Err(Reason::TooFewPeriods { periods });
    }
    let counts = ingredients.counts(periods, &[]);
    let residuals = options.residuals.residuals(ingredients, &counts, options.leverage)?;
    let bandwidth = options.bandwidth.number(periods, ingredients.longest);
    // The scores of all times sum to zero, and so does everything with weights near one.
    if bandwidth >= periods as f64 {
        return Err(Reason::BandwidthTooLarge { bandwidth: bandwidth.to_string(), periods });
    }
    let weights = options.kernel.weights(bandwidth, periods - 1);
    let influences = Influences::new(ingredients, &residuals, &codes, periods);
    let factor = options.residuals.factor(&counts, options.leverage) * options.small_sample.of(&counts)?;
    let squares = influences.squares();
    let together = 1.0 + 2.0 * weights.iter().skip(1).map(|weight| weight.abs()).sum::<f64>();
    let sizes = (0..squares.nrows()).map(|at| together * squares[(at, at)]);
    let mut computed = CovarianceMatrix::new(influences.kernel(&weights), factor)
        .tested(options.test, ingredients.df_residual(), Some(periods))
        .summed_from(sizes);
    computed.clusters = Some(periods);
    computed.cancelled = influences.cancelled();
    computed.bandwidth = Some(bandwidth);
    Ok(computed)
}
