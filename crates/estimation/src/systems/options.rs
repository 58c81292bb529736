//! Estimators of systems, and their options.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::residual_covariance::ResidualCovariance;
use crate::sample::PanelKey;

/// An estimator of a system, by systemfit's names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum SystemEstimator {
    /// Least squares, equation by equation.
    #[serde(rename = "ols")]
    Ols,
    /// Least squares weighted by each equation's variance; matters with restrictions across equations.
    #[serde(rename = "wls")]
    Wls,
    /// Seemingly unrelated regressions (Zellner 1962).
    #[serde(rename = "sur")]
    Sur,
    /// Two-stage least squares, equation by equation (Theil 1953, Basmann 1957).
    #[serde(rename = "2sls")]
    TwoStage,
    /// Two-stage least squares weighted by each equation's variance.
    #[serde(rename = "w2sls")]
    WeightedTwoStage,
    /// Three-stage least squares (Zellner and Theil 1962).
    #[serde(rename = "3sls")]
    ThreeStage,
    /// The generalised method of moments on all equations' moments together.
    #[serde(rename = "gmm")]
    Gmm,
}

impl SystemEstimator {
    /// Whether it uses instruments, so that an equation must be identified.
    pub fn uses_instruments(self) -> bool {
        !matches!(self, Self::Ols | Self::Wls | Self::Sur)
    }

    /// Whether it uses the covariances of residuals between equations.
    pub fn uses_covariances(self) -> bool {
        matches!(self, Self::Sur | Self::ThreeStage | Self::Gmm)
    }

    /// Whether equations are weighted at all.
    pub(crate) fn is_weighted(self) -> bool {
        !matches!(self, Self::Ols | Self::TwoStage)
    }

    /// What it is called in a report.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ols => "OLS",
            Self::Wls => "WLS",
            Self::Sur => "SUR",
            Self::TwoStage => "2SLS",
            Self::WeightedTwoStage => "W2SLS",
            Self::ThreeStage => "3SLS",
            Self::Gmm => "GMM",
        }
    }
}

/// The formula of 3SLS; they coincide where all equations have the same instruments. With the projections
/// X^ of the regressors on each equation's instruments Z, P that projection, and O = S (x) I:
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub enum ThreeStageMethod {
    /// (X^'O^-1 X^)^-1 X^'O^-1 y.
    #[default]
    #[serde(rename = "GLS")]
    Gls,
    /// (X^'O^-1 X)^-1 X^'O^-1 y.
    #[serde(rename = "IV")]
    Iv,
    /// (X'Z (Z'OZ)^-1 Z'X)^-1 X'Z (Z'OZ)^-1 Z'y.
    #[serde(rename = "GMM")]
    Gmm,
    /// (X^'O^-1 X^)^-1 X^'O^-1 P y (Schmidt 1990).
    Schmidt,
    /// b2 + (X^'O^-1 X^)^-1 X^'O^-1 (y - X b2), from two-stage estimates b2.
    EViews,
}

/// How often the residual covariance is estimated anew.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Iteration {
    /// At most this often.
    #[serde(default = "most_steps")]
    pub steps: usize,
    /// Until the coefficients' change is below this share of their norm: systemfit's `tol`.
    #[serde(default = "tolerance")]
    pub tolerance: f64,
}

fn most_steps() -> usize {
    2000
}

fn tolerance() -> f64 {
    1e-10
}

impl Default for Iteration {
    fn default() -> Self {
        Self { steps: most_steps(), tolerance: tolerance() }
    }
}

/// The covariance of a system's coefficients.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum SystemCovariance {
    /// (X'O^-1 X)^-1, with the residual covariance behind the weights (its diagonal, where equations aren't
    /// weighted): systemfit.
    #[default]
    Classical,
    /// The sandwich with the whole residual covariance between equations, also where the estimator doesn't
    /// use it: linearmodels' `unadjusted`. Equal to `classical` for SUR and 3SLS.
    Unadjusted,
    /// Robust to heteroskedasticity.
    Robust {
        /// Whether sums are multiplied by n / sqrt((n - k_i)(n - k_j)).
        #[serde(default)]
        debiased: bool,
    },
    /// Robust to correlation within clusters.
    Cluster {
        /// The clusters.
        #[serde(default)]
        by: PanelKey,
        /// As in `robust`.
        #[serde(default)]
        debiased: bool,
        /// Whether sums are multiplied by C/(C - 1) (n - 1)/n for C clusters.
        #[serde(default)]
        group_debias: bool,
    },
    /// Robust to autocorrelation.
    Kernel {
        /// The weights of lags.
        #[serde(default)]
        kernel: Kernel,
        /// Lags with weight; by default Newey and West's (1994) choice from the data.
        #[serde(default)]
        bandwidth: Option<f64>,
        /// Whether the last row of an entity counts as the one before the first of the next (linearmodels,
        /// which knows no entities here).
        #[serde(default)]
        across_entities: bool,
        /// As in `robust`.
        #[serde(default)]
        debiased: bool,
    },
}

/// Weights of autocovariances by their lag.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Kernel {
    /// 1 - l/(L + 1) (Newey and West 1987).
    #[default]
    Bartlett,
    /// Parzen's (Gallant 1987).
    Parzen,
    /// The quadratic-spectral (Andrews 1991).
    QuadraticSpectral,
}

/// The distribution that coefficients' statistics are compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SystemTest {
    /// t with each equation's residual degrees of freedom, n - k_i; with restrictions as `system` (systemfit).
    #[default]
    Equation,
    /// t with the system's, Gn - sum k_i.
    System,
    /// The standard normal.
    Normal,
}

/// The weights of moments in GMM.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MomentWeights {
    /// S (x) Z'Z, with S the covariance of first-step residuals about their means.
    Unadjusted,
    /// The sum of outer products of the moments at first-step residuals.
    #[default]
    Robust,
}

/// A linear restriction on coefficients, perhaps of several equations: their weighted sum is `value`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Restriction {
    /// The coefficients with their weights.
    pub terms: Vec<RestrictionTerm>,
    /// What the sum is.
    #[serde(default)]
    pub value: f64,
}

/// One coefficient of a restriction.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RestrictionTerm {
    /// The equation.
    pub equation: String,
    /// The regressor, or `(Intercept)`.
    pub regressor: String,
    /// What the coefficient is multiplied by.
    #[serde(default = "one")]
    pub weight: f64,
}

fn one() -> f64 {
    1.0
}

/// How a system is estimated, beside the estimator.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SystemOptions {
    /// systemfit's `methodResidCov`.
    pub residual_covariance: ResidualCovariance,
    /// Whether residuals are taken about their means there: systemfit's `centerResiduals`.
    pub center_residuals: bool,
    /// Whether unweighted estimators take one variance for all equations: systemfit's
    /// `singleEqSigma = FALSE`. By default only with restrictions.
    pub pooled_sigma: Option<bool>,
    /// Whether the residual covariance comes from a weighted first step: systemfit's `residCovWeighted`.
    pub weighted_first_step: bool,
    /// The formula of 3SLS: systemfit's `method3sls`.
    pub three_stage: ThreeStageMethod,
    /// Whether weights are iterated, and how far.
    pub iterate: Option<Iteration>,
    /// The weights of GMM.
    pub moment_weights: MomentWeights,
    /// The covariance of the coefficients.
    pub covariance: SystemCovariance,
    /// The distribution for tests of coefficients.
    pub test: SystemTest,
    /// Restrictions that hold while estimating: systemfit's `restrict.matrix`.
    pub restrictions: Vec<Restriction>,
}
