//! The bootstraps and their options.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::covariance::ClusterBy;

/// A bootstrap with its options. Serialised with a `kind`: `{kind: wild_cluster, by: entity, weights: webb}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Bootstrap {
    /// Clusters drawn with replacement.
    PairsCluster(PairsBootstrap),
    /// Residuals of each cluster multiplied by one random number.
    WildCluster(WildBootstrap),
    /// Residuals drawn with replacement.
    Residual(ResidualBootstrap),
}

impl Bootstrap {
    /// What it is called in a report.
    pub fn name(&self) -> String {
        match self {
            Self::PairsCluster(own) => format!("pairs-cluster bootstrap by {}", own.by.name()),
            Self::WildCluster(own) => format!("wild cluster bootstrap by {}", own.by.name()),
            Self::Residual(_) => "residual bootstrap".into(),
        }
    }

    /// The columns of the panel that it clusters by, which the sample must carry.
    pub fn columns(&self) -> Vec<&str> {
        match self {
            Self::PairsCluster(PairsBootstrap { by, .. }) | Self::WildCluster(WildBootstrap { by, .. }) => {
                by.column().into_iter().collect()
            }
            Self::Residual(_) => Vec::new(),
        }
    }

    /// How many samples are drawn.
    pub fn replications(&self) -> usize {
        match self {
            Self::PairsCluster(own) => own.replications,
            Self::WildCluster(own) => own.replications,
            Self::Residual(own) => own.replications,
        }
    }

    /// The level of the intervals.
    pub fn level(&self) -> f64 {
        match self {
            Self::PairsCluster(own) => own.level,
            Self::WildCluster(own) => own.level,
            Self::Residual(own) => own.level,
        }
    }
}

/// Clusters drawn with replacement (Cameron, Gelbach and Miller 2008, Review of Economics and Statistics 90,
/// 414-427, section II.B). An entity drawn twice counts as two entities with an effect each. Stata's
/// `vce(bootstrap, cluster())` with `idcluster()`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct PairsBootstrap {
    /// The clusters.
    pub by: ClusterBy,
    /// How many samples are drawn.
    pub replications: usize,
    /// The level of the intervals.
    pub level: f64,
}

impl Default for PairsBootstrap {
    fn default() -> Self {
        Self { by: ClusterBy::Entity, replications: 999, level: 0.95 }
    }
}

/// The random numbers of a wild bootstrap, of mean 0 and variance 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum WildWeights {
    /// -1 or 1.
    #[default]
    Rademacher,
    /// -sqrt(3/2), -1, -sqrt(1/2), sqrt(1/2), 1 or sqrt(3/2): for few clusters (Webb 2014).
    Webb,
    /// (1 - sqrt 5)/2 with probability (sqrt 5 + 1)/(2 sqrt 5), else (1 + sqrt 5)/2 (Mammen 1993).
    Mammen,
}

impl WildWeights {
    /// The values, where all are equally likely.
    pub(super) fn values(self) -> &'static [f64] {
        const ROOT_HALF: f64 = std::f64::consts::FRAC_1_SQRT_2;
        const ROOT_THREE_HALVES: f64 = 1.224_744_871_391_589;
        match self {
            Self::Rademacher => &[-1.0, 1.0],
            Self::Webb => &[-ROOT_THREE_HALVES, -1.0, -ROOT_HALF, ROOT_HALF, 1.0, ROOT_THREE_HALVES],
            Self::Mammen => &[],
        }
    }
}

/// How a p-value is had from bootstrap statistics.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PValue {
    /// The share of statistics larger in size than the sample's.
    #[default]
    Symmetric,
    /// Twice the smaller of the shares above and below it.
    EqualTailed,
}

/// The wild cluster bootstrap of t statistics (Cameron, Gelbach and Miller 2008, section III; MacKinnon and
/// Webb 2018, Econometrics Journal 21, 114-135): `boottest`, fwildclusterboot, wildboottest.
///
/// With Rademacher weights and few clusters, all 2^G sign combinations are gone through once where they are
/// no more than `replications`; then nothing is random.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct WildBootstrap {
    /// The clusters.
    pub by: ClusterBy,
    /// The random numbers.
    pub weights: WildWeights,
    /// Whether the null hypothesis (the coefficient is zero) is imposed on the residuals: WCR, which is
    /// recommended; else WCU.
    pub impose_null: bool,
    /// How p-values are had.
    pub p_value: PValue,
    /// How many samples are drawn.
    pub replications: usize,
    /// The level of the intervals.
    pub level: f64,
}

impl Default for WildBootstrap {
    fn default() -> Self {
        Self {
            by: ClusterBy::Entity,
            weights: WildWeights::Rademacher,
            impose_null: true,
            p_value: PValue::Symmetric,
            replications: 9_999,
            level: 0.95,
        }
    }
}

/// What is drawn together in a residual bootstrap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ResidualBlock {
    /// Each residual by itself.
    #[default]
    Observation,
    /// All residuals of an entity, which keeps their correlation over time; balanced panels only.
    Entity,
    /// All residuals of a time, which keeps their correlation between entities; balanced panels only.
    Time,
}

/// Residuals drawn with replacement around the fitted values (Freedman 1981, Annals of Statistics 9,
/// 1218-1228), scaled by sqrt(n / residual degrees of freedom) so that their variance is unbiased.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct ResidualBootstrap {
    /// What is drawn together.
    pub block: ResidualBlock,
    /// How many samples are drawn.
    pub replications: usize,
    /// The level of the intervals.
    pub level: f64,
}

impl Default for ResidualBootstrap {
    fn default() -> Self {
        Self { block: ResidualBlock::Observation, replications: 999, level: 0.95 }
    }
}
