//! The covariance under errors that are correlated within clusters.

use serde::{Deserialize, Serialize};

use super::bell_mccaffrey;
use super::cluster_type::ClusterType;
use super::clusters::{ClusterBy, clusters};
use super::covariance_matrix::CovarianceMatrix;
use super::ingredients::Ingredients;
use super::leverage::Leverage;
use super::sandwich::Influences;
use super::small_sample::SmallSample;
use super::test_distribution::TestDistribution;
use crate::outcome::Reason;

/// V = c B (sum over clusters g of X_g'u_g u_g'X_g) B with bread B = (X'X)^-1: Liang and Zeger (1986),
/// for entity effects Arellano (1987). The default is Stata's `xtreg, fe vce(cluster entity)`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ClusterCovariance {
    /// The clusters.
    pub by: ClusterBy,
    /// How leverage is taken into account.
    #[serde(rename = "type", skip_serializing_if = "is_default")]
    pub residuals: ClusterType,
    /// What has leverage in `hc2` to `hc4`; in `cr2` and `cr3` everything has.
    #[serde(skip_serializing_if = "is_default")]
    pub leverage: Leverage,
    /// The factor c.
    pub small_sample: SmallSample,
    /// The distribution that tests refer to; t with G - 1 degrees of freedom by default.
    pub test: TestDistribution,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

impl ClusterCovariance {
    /// Clustered by entity with that type and the factor that goes with it.
    pub fn of_type(residuals: ClusterType) -> Self {
        Self { residuals, small_sample: residuals.usual_factor(), ..Self::default() }
    }
}

impl Default for ClusterCovariance {
    fn default() -> Self {
        Self {
            by: ClusterBy::default(),
            residuals: ClusterType::default(),
            leverage: Leverage::default(),
            small_sample: SmallSample::default(),
            test: TestDistribution::Clusters,
        }
    }
}

/// The covariance.
pub(super) fn matrix(
    options: &ClusterCovariance,
    ingredients: &Ingredients<'_>,
) -> Result<CovarianceMatrix, Reason> {
    let clusters = clusters(ingredients, &options.by)?;
    clusters.at_least_two()?;
    let counts = ingredients.counts(clusters.count, &[&clusters]);
    let factor = options.small_sample.of(&counts)?;
    let adjusted = match options.residuals {
        ClusterType::Cr2 | ClusterType::Cr3 => {
            bell_mccaffrey::residuals(options.residuals, ingredients, &clusters)?.into()
        }
        by_row => by_row.by_row().residuals(ingredients, &counts, options.leverage)?,
    };
    let influences = Influences::new(ingredients, &adjusted, &clusters.codes, clusters.count);
    let mut computed = CovarianceMatrix::new(influences.squares(), factor).tested(
        options.test,
        ingredients.df_residual(),
        Some(clusters.count),
    );
    computed.clusters = Some(clusters.count);
    computed.cancelled = influences.cancelled();
    if options.test == TestDistribution::Satterthwaite {
        computed.coefficient_df =
            Some(bell_mccaffrey::degrees_of_freedom(options.residuals, ingredients, &clusters)?);
    }
    Ok(computed)
}
