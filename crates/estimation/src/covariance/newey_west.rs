//! The covariance under errors that are correlated over time within each entity.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::covariance_matrix::CovarianceMatrix;
use super::ingredients::{Ingredients, time_codes};
use super::kernel::{Bandwidth, Kernel};
use super::leverage::Leverage;
use super::residual_type::ResidualType;
use super::sandwich::{around, sizes_around};
use super::small_sample::{FixestEffects, SmallSample};
use super::test_distribution::TestDistribution;
use crate::outcome::Reason;

/// What a lag is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LagBy {
    /// Times of the panel: a row is paired with the entity's row so many times before, if there is one (plm,
    /// sandwich). The panel's times are counted, so that a year that nobody has is none.
    #[default]
    Time,
    /// Rows of the entity, whatever lies between them (linearmodels, pyfixest, statsmodels).
    Row,
    /// Rows of the whole sample in their order, as if it were one series: statsmodels' `HAC`, which doesn't
    /// know the panel. For a single entity it is the same as `row`.
    SampleRow,
}

/// V = c B (S_0 + sum over lags j of w_j (S_j + S_j')) B with S_j the sum over entities and rows of
/// u_t u_(t-j) x_t x_(t-j)' (Newey and West 1987, Econometrica 55, eq. 5).
///
/// The default is linearmodels' `autocorrelated` in bandwidth and pyfixest's `NW` in its factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct NeweyWestCovariance {
    /// The weights w_j.
    pub kernel: Kernel,
    /// The lags.
    pub bandwidth: Bandwidth,
    /// What a lag is.
    pub lag: LagBy,
    /// How leverage is taken into account.
    #[serde(rename = "type")]
    pub residuals: ResidualType,
    /// What has leverage, and counts in `hc1`.
    pub leverage: Leverage,
    /// The factor c, for which every time is a cluster.
    pub small_sample: SmallSample,
    /// The distribution that tests refer to; t with T - 1 degrees of freedom by default, as in pyfixest.
    pub test: TestDistribution,
}

impl Default for NeweyWestCovariance {
    fn default() -> Self {
        Self {
            kernel: Kernel::default(),
            bandwidth: Bandwidth::default(),
            lag: LagBy::default(),
            residuals: ResidualType::Hc0,
            leverage: Leverage::default(),
            small_sample: SmallSample::Fixest { k_adj: true, k_fixef: FixestEffects::Full, g_adj: true },
            test: TestDistribution::Clusters,
        }
    }
}

/// The covariance.
pub(super) fn matrix(
    options: &NeweyWestCovariance,
    ingredients: &Ingredients<'_>,
) -> Result<CovarianceMatrix, Reason> {
    let (times, count) = time_codes(ingredients.times);
    let height = ingredients.residuals.len();
    let periods = if options.lag == LagBy::SampleRow { height } else { count };
    let needs_periods = !matches!(options.small_sample, SmallSample::None);
    if periods < 2 && (needs_periods || options.test == TestDistribution::Clusters) {
        return Err(Reason::TooFewPeriods { periods });
    }
    let counts = ingredients.counts(periods, &[]);
    let residuals = options.residuals.residuals(ingredients, &counts, options.leverage)?;
    let bandwidth = options.bandwidth.number(periods, ingredients.longest);
    let weights = options.kernel.weights(bandwidth, periods.saturating_sub(1));
    let order = ingredients.bread.nrows();
    let score = |row: usize, column: usize| ingredients.regressors[(row, column)] * residuals[row];
    let mut meat: faer::Mat<f64> = faer::Mat::zeros(order, order);
    let mut sizes: faer::Mat<f64> = faer::Mat::zeros(order, order);
    let mut pair = |now: usize, before: usize, weight: f64| {
        for i in 0..order {
            for j in 0..order {
                let product = score(now, i) * score(before, j);
                let size = (weight * product).abs();
                meat[(i, j)] += weight * product;
                sizes[(i, j)] += size;
                if now != before {
                    meat[(j, i)] += weight * product;
                    sizes[(j, i)] += size;
                }
            }
        }
    };
    let whole = 0..height;
    let series =
        if options.lag == LagBy::SampleRow { std::slice::from_ref(&whole) } else { ingredients.groups };
    for group in series {
        for now in group.clone() {
            pair(now, now, 1.0);
            for before in (group.start..now).rev() {
                let lag = match options.lag {
                    LagBy::Time => times[now] - times[before],
                    LagBy::Row | LagBy::SampleRow => now - before,
                };
                let Some(&weight) = weights.get(lag) else { break };
                pair(now, before, weight);
            }
        }
    }
    let factor = options.residuals.factor(&counts, options.leverage) * options.small_sample.of(&counts)?;
    let mut computed = CovarianceMatrix::new(around(ingredients.bread, &meat), factor)
        .tested(options.test, ingredients.df_residual(), Some(periods))
        .summed_from(sizes_around(ingredients.bread, &sizes));
    computed.bandwidth = Some(bandwidth);
    Ok(computed)
}
