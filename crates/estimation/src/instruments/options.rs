//! Estimators with instruments, and their covariances.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vintner_panel::Shape;

use crate::inference::ReferenceDistribution;
use crate::outcome::Reason;
use crate::sample::PanelKey;
use crate::systems::{Dependence, Iteration, Kernel};

/// An estimator of one equation with instruments.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind")]
pub enum InstrumentalEstimator {
    /// Two-stage least squares.
    #[serde(rename = "2sls")]
    TwoStage {},
    /// Limited-information maximum likelihood (Anderson and Rubin 1949), the k-class estimator with the
    /// smallest root; Fuller's (1977) modification takes alpha/(n - instruments) from it.
    #[serde(rename = "liml")]
    Liml {
        /// Fuller's alpha; 0 for LIML.
        #[serde(default)]
        fuller: f64,
    },
    /// (X'(I - kM)X)^-1 X'(I - kM)y with M the projection off the instruments: 0 is OLS, 1 2SLS.
    #[serde(rename = "k_class")]
    KClass {
        /// k.
        kappa: f64,
    },
    /// The generalised method of moments (Hansen 1982), from 2SLS on.
    #[serde(rename = "gmm")]
    Gmm {
        /// Whose inverse weights the moments; robust to heteroskedasticity by default, as in a system.
        #[serde(default = "robust")]
        weights: Errors,
        /// Whether moments are taken about their means there.
        #[serde(default)]
        center: bool,
        /// Whether weights are made anew until nothing changes; two steps otherwise.
        #[serde(default)]
        iterate: Option<Iteration>,
    },
}

fn robust() -> Errors {
    Errors::Robust
}

impl InstrumentalEstimator {
    /// What it is called in a report.
    pub fn name(&self) -> &'static str {
        match self {
            Self::TwoStage {} => "2SLS",
            Self::Liml { fuller } if *fuller == 0.0 => "LIML",
            Self::Liml { .. } => "Fuller's LIML",
            Self::KClass { .. } => "k-class",
            Self::Gmm { iterate: None, .. } => "two-step GMM",
            Self::Gmm { .. } => "iterated GMM",
        }
    }
}

/// What errors may have in common.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Errors {
    /// Nothing, and one variance.
    #[default]
    Unadjusted,
    /// Nothing.
    Robust,
    /// Correlation within clusters.
    Cluster {
        /// The clusters.
        #[serde(default)]
        by: PanelKey,
    },
    /// Autocorrelation.
    Kernel {
        /// The weights of lags.
        #[serde(default)]
        kernel: Kernel,
        /// Lags with weight; by default Newey and West's (1994) choice from the data.
        #[serde(default)]
        bandwidth: Option<f64>,
        /// Whether the last row of an entity counts as the one before the first of the next (linearmodels).
        #[serde(default)]
        across_entities: bool,
    },
}

impl Errors {
    pub(crate) fn dependence(self) -> Dependence {
        match self {
            Self::Unadjusted | Self::Robust => Dependence::None,
            Self::Cluster { by } => Dependence::Cluster(by),
            Self::Kernel { kernel, bandwidth, across_entities } => {
                Dependence::Kernel { kernel, bandwidth, across_entities }
            }
        }
    }

    /// Refuses what rows of a shape have no key for.
    pub(crate) fn check(self, shape: Shape) -> Result<(), Reason> {
        let has_key = match self {
            Self::Unadjusted | Self::Robust => true,
            Self::Cluster { by: PanelKey::Entity } => shape.repeats_entities(),
            Self::Cluster { by: PanelKey::Time } => shape.has_time(),
            Self::Kernel { .. } => shape.goes_on(),
        };
        if has_key {
            return Ok(());
        }
        let what = match self {
            Self::Kernel { .. } => "errors that are correlated over time".into(),
            _ => format!("errors that are {}", self.name()),
        };
        Err(Reason::Keys { shape, what })
    }

    /// What a covariance that allows for them is called.
    pub fn name(self) -> &'static str {
        match self {
            Self::Unadjusted => "unadjusted",
            Self::Robust => "robust",
            Self::Cluster { by: PanelKey::Entity } => "clustered by entity",
            Self::Cluster { by: PanelKey::Time } => "clustered by time",
            Self::Kernel { .. } => "kernel",
        }
    }
}

/// The covariance of an equation's coefficients.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct InstrumentalCovariance {
    /// What it allows for.
    pub errors: Errors,
    /// Whether it is multiplied by n/(n - k), with clusters also by C/(C - 1) (n - 1)/n: linearmodels'
    /// `debiased`.
    pub debiased: bool,
    /// The distribution that tests refer to. By default, where it is debiased, t with C - 1 degrees of freedom
    /// with clusters, as in `regress`, and with n - k without; the normal where it isn't debiased. linearmodels'
    /// is `residual` with clusters, too.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub test: Option<InstrumentalTest>,
}

/// The distribution that the coefficients' statistics are compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum InstrumentalTest {
    /// t with n - k degrees of freedom.
    Residual,
    /// t with C - 1 degrees of freedom; without clusters as `residual`.
    Clusters,
    /// The standard normal.
    Normal,
}

impl InstrumentalCovariance {
    /// The distribution, with so many residual degrees of freedom and clusters.
    pub(crate) fn reference(&self, residual: usize, clusters: Option<usize>) -> ReferenceDistribution {
        let test = match self.test {
            Some(test) => test,
            None if self.debiased => InstrumentalTest::Clusters,
            None => InstrumentalTest::Normal,
        };
        match (test, clusters) {
            (InstrumentalTest::Normal, _) => ReferenceDistribution::Normal,
            (InstrumentalTest::Clusters, Some(clusters)) => {
                ReferenceDistribution::StudentT { df: clusters.saturating_sub(1).max(1) }
            }
            _ => ReferenceDistribution::StudentT { df: residual },
        }
    }
}

impl Default for InstrumentalCovariance {
    fn default() -> Self {
        Self { errors: Errors::Unadjusted, debiased: true, test: None }
    }
}
