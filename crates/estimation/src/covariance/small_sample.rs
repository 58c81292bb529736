//! Small-sample factors of clustered covariances, named after the programs that use them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::outcome::Reason;

/// What the factors count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    /// Observations, n.
    pub observations: usize,
    /// Estimated coefficients, k: with the intercept in OLS, the slopes alone where effects are absorbed.
    pub coefficients: usize,
    /// Parameters that absorbed effects take: N, T, or N + T - 1; 0 where there are none.
    pub absorbed: usize,
    /// Entities with absorbed effects.
    pub entity_levels: usize,
    /// Clusters, G.
    pub clusters: usize,
    /// Parameters that those absorbed effects take together which are nested in the clusters: of entities, in
    /// entity clusters.
    pub nested: usize,
}

/// How fixest's `ssc(K.fixef = )` counts absorbed effects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FixestEffects {
    /// Not at all.
    None,
    /// All of them, those nested in the clusters together as one.
    #[default]
    Nonnested,
    /// All of them.
    Full,
}

/// The factor by which a clustered covariance is multiplied.
///
/// In what follows n counts observations, k coefficients (with the intercept in OLS, slopes alone in
/// within), N absorbed effects, G clusters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SmallSample {
    /// 1: plm `vcovHC(method = "arellano", type = "HC0")`, clubSandwich CR0. Serialised `none`.
    None,
    /// n/(n-k): plm `type = "HC1"`; linearmodels' default (`debiased = True`). Serialised `plm_hc1`.
    PlmHc1,
    /// G/(G-1) (n-1)/(n-k): plm `type = "sss"`; in OLS also Stata `regress, vce(cluster)` and
    /// statsmodels. Serialised `plm_sss`.
    PlmSss,
    /// G/(G-1) (n-1)/(n-k-1) in within, where 1 stands for the constant, and so it is for other effects that are
    /// nested in the clusters; G/(G-1) (n-1)/(n-k) in OLS:
    /// Stata `xtreg, fe vce(cluster)`, `reghdfe`, and fixest's and pyfixest's default where the
    /// effects are nested in the clusters. Serialised `stata_xtreg`.
    #[default]
    StataXtreg,
    /// G/(G-1) (n-1)/(n-k-N): Stata `areg`, dummy variables with sandwich's `vcovCL` HC1.
    /// Serialised `stata_areg`.
    StataAreg,
    /// G/(G-1): clubSandwich CR1, sandwich's `cadjust`. Serialised `club_sandwich_cr1`.
    ClubSandwichCr1,
    /// G/(G-k-N): clubSandwich CR1p. Serialised `club_sandwich_cr1p`.
    ClubSandwichCr1p,
    /// (G-1)/G: the jackknife's, for `cr3` (MacKinnon, Nielsen and Webb 2023), and sandwich's `vcovCL` HC2 and
    /// HC3 without `cadjust`. Serialised `jackknife`.
    Jackknife,
    /// fixest's and pyfixest's `ssc()` in full. Serialised `fixest` with its three options.
    Fixest {
        /// `K.adj`: the factor (n-1)/(n-K).
        k_adj: bool,
        /// `K.fixef`: what K counts besides k.
        k_fixef: FixestEffects,
        /// `G.adj`: the factor G/(G-1).
        g_adj: bool,
    },
    /// linearmodels' `cov_type = "clustered"` in full. Serialised `linearmodels` with its options.
    Linearmodels {
        /// `debiased`: n/(n-k).
        debiased: bool,
        /// `group_debias`: G/(G-1) (n-1)/n.
        group_debias: bool,
        /// Whether n loses the absorbed effects too, n/(n-k-N), or n/(n-N) without `debiased`.
        /// linearmodels' `auto_df` counts them unless they are nested in the clusters.
        count_effects: bool,
    },
}

impl Counts {
    /// Parameters of the absorbed effects where so many of them count as one, which stands for the constant.
    fn without(&self, nested: usize) -> usize {
        (self.absorbed + nested.min(1)).saturating_sub(nested)
    }
}

impl SmallSample {
    /// The factor, if there is one.
    pub(super) fn of(self, counts: &Counts) -> Result<f64, Reason> {
        let factor = self.factor(counts);
        if factor.is_finite() && factor > 0.0 {
            return Ok(factor);
        }
        Err(Reason::NoSmallSampleFactor {
            clusters: counts.clusters,
            parameters: counts.coefficients + counts.absorbed,
        })
    }

    /// The factor. There are at least two clusters and n > k + N; `club_sandwich_cr1p` needs G > k + N too.
    pub fn factor(self, counts: &Counts) -> f64 {
        let n = counts.observations as f64;
        let clusters = counts.clusters as f64 / (counts.clusters as f64 - 1.0);
        let less = |parameters: usize| n - parameters as f64;
        let (k, absorbed) = (counts.coefficients, counts.absorbed);
        match self {
            Self::None => 1.0,
            Self::PlmHc1 => n / less(k),
            Self::PlmSss => clusters * (n - 1.0) / less(k),
            Self::StataXtreg => {
                clusters * (n - 1.0) / less(k + counts.without(counts.entity_levels.max(counts.nested)))
            }
            Self::StataAreg => clusters * (n - 1.0) / less(k + absorbed),
            Self::ClubSandwichCr1 => clusters,
            Self::ClubSandwichCr1p => {
                let groups = counts.clusters as f64;
                groups / (groups - (k + absorbed) as f64)
            }
            Self::Jackknife => 1.0 / clusters,
            Self::Fixest { k_adj, k_fixef, g_adj } => {
                let effects = match k_fixef {
                    FixestEffects::None => 0,
                    FixestEffects::Nonnested => counts.without(counts.nested),
                    FixestEffects::Full => absorbed,
                };
                (if k_adj { (n - 1.0) / less(k + effects) } else { 1.0 })
                    * (if g_adj { clusters } else { 1.0 })
            }
            Self::Linearmodels { debiased, group_debias, count_effects } => {
                let counted = if count_effects { absorbed } else { 0 } + if debiased { k } else { 0 };
                n / less(counted) * (if group_debias { clusters * (n - 1.0) / n } else { 1.0 })
            }
        }
    }
}
