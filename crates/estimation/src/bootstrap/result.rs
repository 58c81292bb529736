//! What a bootstrap comes to.

use serde::{Deserialize, Serialize};

use super::intervals::Intervals;
use super::options::Bootstrap;

/// A coefficient bootstrapped. What a bootstrap doesn't give is absent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BootstrapCoefficient {
    /// The regressor, or `(Intercept)`.
    pub name: String,
    /// The estimate on the sample itself.
    pub estimate: f64,
    /// The standard deviation of the replications; none of a wild bootstrap, which is about statistics.
    pub std_error: Option<f64>,
    /// The sample's t statistic, of a wild bootstrap.
    pub statistic: Option<f64>,
    /// The p-value of the coefficient's being zero.
    pub p_value: Option<f64>,
    /// The intervals.
    pub intervals: Intervals,
}

/// A bootstrap of an estimate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BootstrapFit {
    /// What it is called.
    pub name: String,
    /// Its options.
    pub options: Bootstrap,
    /// The seed that its draws follow from.
    pub seed: u64,
    /// Samples drawn that gave coefficients, or statistics.
    pub replications: usize,
    /// Samples drawn that didn't: their regressors were collinear, or of a wild bootstrap a statistic had no
    /// variance (the most of any coefficient).
    pub failed: usize,
    /// Whether all possible samples were gone through, so that nothing is random.
    pub enumerated: bool,
    /// The clusters, where there are any.
    pub clusters: Option<usize>,
    /// The coefficients, in the order of the fit's.
    pub coefficients: Vec<BootstrapCoefficient>,
}

impl BootstrapFit {
    /// The coefficient of a regressor.
    pub fn coefficient(&self, name: &str) -> Option<&BootstrapCoefficient> {
        self.coefficients.iter().find(|coefficient| coefficient.name == name)
    }
}
