//! Results of estimators with instruments.

use serde::{Deserialize, Serialize};

use super::options::{InstrumentalCovariance, InstrumentalEstimator};
use crate::fit::{Coefficient, Refusal};
use crate::inference::{ReferenceDistribution, TestOutcome};
use crate::outcome::{Note, Reason};
use crate::sample::Formula;

/// An equation estimated with instruments.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct InstrumentalFit {
    /// The estimator.
    pub estimator: InstrumentalEstimator,
    /// The equation.
    pub formula: Formula,
    /// Its endogenous regressors.
    pub endogenous: Vec<String>,
    /// The excluded instruments that were used.
    pub instruments: Vec<String>,
    /// The coefficients, in the equation's order.
    pub coefficients: Vec<Coefficient>,
    /// Their covariance, row by row; absent at a perfect fit.
    pub covariance: Option<Vec<Vec<f64>>>,
    /// Where it comes from.
    pub covariance_used: InstrumentalCovariance,
    /// Clusters, where it is clustered.
    pub clusters: Option<usize>,
    /// The distribution that tests of coefficients refer to.
    pub reference: ReferenceDistribution,
    /// Observations.
    pub n_obs: usize,
    /// Entities among them.
    pub n_entities: usize,
    /// Parameters that absorbed effects take.
    pub absorbed: usize,
    /// Whether degrees of freedom count them.
    pub effects_counted: bool,
    /// n - k, less the effects where they are counted.
    pub df_residual: usize,
    /// Residual sum of squares.
    pub rss: f64,
    /// Total sum of squares about the mean; about zero without intercept and effects.
    pub tss: f64,
    /// 1 - RSS/TSS; may be negative.
    pub r2: f64,
    /// RSS/df_residual where debiased, else RSS/n.
    pub sigma2: f64,
    /// k of the k-class; none of GMM.
    pub kappa: Option<f64>,
    /// The smallest root that LIML takes for k, or why there is none.
    pub liml_root: Option<f64>,
    /// How many estimates GMM made; 1 otherwise.
    pub iterations: usize,
    /// Tests of overidentifying restrictions and of exogeneity.
    pub tests: Vec<TestOutcome>,
    /// What a reader should know.
    pub notes: Vec<Note>,
}

/// A fit, or the reason why there is none.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum InstrumentalOutcome {
    /// It was estimated.
    Fit(Box<InstrumentalFit>),
    /// It can't be.
    NotEstimable(Refusal),
}

impl InstrumentalOutcome {
    /// The fit.
    pub fn fit(&self) -> Option<&InstrumentalFit> {
        match self {
            Self::Fit(fit) => Some(fit),
            Self::NotEstimable(_) => None,
        }
    }

    /// Why there is no fit.
    pub fn reason(&self) -> Option<&Reason> {
        match self {
            Self::Fit(_) => None,
            Self::NotEstimable(refusal) => Some(&refusal.reason),
        }
    }
}

impl InstrumentalFit {
    /// The coefficient of a regressor.
    pub fn coefficient(&self, name: &str) -> Option<&Coefficient> {
        self.coefficients.iter().find(|coefficient| coefficient.name == name)
    }

    /// The test of that name.
    pub fn test(&self, name: &str) -> Option<&TestOutcome> {
        self.tests.iter().find(|outcome| match outcome {
            TestOutcome::Test(test) => test.name == name,
            TestOutcome::NotTestable { name: own, .. } => own == name,
        })
    }
}
