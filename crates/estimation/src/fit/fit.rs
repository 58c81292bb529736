//! Results.

use faer::Mat;
use serde::{Deserialize, Serialize};

use super::measures::FitMeasures;
use crate::covariance::Covariance;
use crate::inference::{JointTest, ReferenceDistribution, joint_test, wald};
use crate::models::{Model, VarianceComponents};
use crate::outcome::{EstimationError, Note, Reason, Result};
use crate::sample::{DroppedRow, Formula};

/// One coefficient. What can't be computed (see [`Note::PerfectFit`]) is absent, never a NaN.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Coefficient {
    /// The regressor, or `(Intercept)`.
    pub name: String,
    /// The estimate.
    pub estimate: f64,
    /// The standard error.
    pub std_error: Option<f64>,
    /// The estimate over its standard error.
    pub statistic: Option<f64>,
    /// Two-sided, under the fit's reference distribution.
    pub p_value: Option<f64>,
    /// Degrees of freedom of the coefficient's own t distribution, where they aren't the fit's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub df: Option<f64>,
}

/// The covariance behind the standard errors.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CovarianceUsed {
    /// What it is called.
    pub name: String,
    /// The estimator with all its options.
    pub options: Covariance,
    /// The clusters, where it is clustered.
    pub clusters: Option<usize>,
    /// The small-sample factor that was applied: to the sandwich, or to RSS/n. With two kinds of clusters and
    /// a factor each, that of the smaller number.
    pub factor: f64,
    /// The bandwidth, where there is a kernel.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bandwidth: Option<f64>,
}

/// An equation estimated.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Fit {
    /// The model.
    pub model: Model,
    /// The equation.
    pub formula: Formula,
    /// The coefficients, intercept first where there is one.
    pub coefficients: Vec<Coefficient>,
    /// The coefficients' covariance, row by row; absent at a perfect fit.
    pub covariance: Option<Vec<Vec<f64>>>,
    /// Where the covariance comes from.
    pub covariance_used: CovarianceUsed,
    /// The distribution that the tests refer to.
    pub reference: ReferenceDistribution,
    /// Observations.
    pub n_obs: usize,
    /// Entities among them.
    pub n_entities: usize,
    /// Effects absorbed; they count as parameters.
    pub absorbed: usize,
    /// n - k - absorbed.
    pub df_residual: usize,
    /// Residual sum of squares.
    pub rss: f64,
    /// Total sum of squares: about the mean in OLS (about zero without intercept), about entity means
    /// in within.
    pub tss: f64,
    /// 1 - RSS/TSS; the within R2 in within.
    pub r2: f64,
    /// 1 - (1 - R2)(n - 1)/df_residual; with n for n - 1 in OLS without intercept.
    pub r2_adjusted: f64,
    /// In within, 1 - RSS over the sum of squares about the overall mean: what dummy variables give.
    pub r2_with_effects: Option<f64>,
    /// RSS/df_residual.
    pub sigma2: f64,
    /// That all slopes are zero, under the covariance used.
    pub joint: Option<JointTest>,
    /// The variances of random effects, where the model has them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variance_components: Option<VarianceComponents>,
    /// Likelihood, and R2 within, between and overall.
    #[serde(default)]
    pub measures: FitMeasures,
    /// Rows left out, with what is missing there.
    pub dropped: Vec<DroppedRow>,
    /// What a reader should know.
    pub notes: Vec<Note>,
}

impl Fit {
    /// The coefficient of a regressor.
    pub fn coefficient(&self, name: &str) -> Option<&Coefficient> {
        self.coefficients.iter().find(|coefficient| coefficient.name == name)
    }

    /// Why a regressor of the equation has no coefficient: it is a combination of others, or absorbed.
    pub fn left_out(&self, name: &str) -> Option<String> {
        self.notes.iter().find_map(|note| match note {
            Note::CollinearDropped { collinear } => {
                let found = collinear.iter().find(|one| one.column == name)?;
                Some(format!("left out, {found}"))
            }
            Note::AbsorbedDropped { variables } => {
                variables.iter().any(|own| own == name).then(|| "left out, absorbed by the effects".into())
            }
            _ => None,
        })
    }

    /// The Wald test that the named coefficients are zero; none at a perfect fit or where their
    /// covariance is singular.
    ///
    /// # Errors
    /// [`EstimationError::NoCoefficient`].
    pub fn joint_test(&self, names: &[impl AsRef<str>]) -> Result<Option<JointTest>> {
        let chosen = names
            .iter()
            .map(|name| {
                let name = name.as_ref();
                self.coefficients.iter().position(|coefficient| coefficient.name == name).ok_or_else(|| {
                    EstimationError::NoCoefficient {
                        name: name.into(),
                        available: self.coefficients.iter().map(|one| one.name.clone()).collect(),
                    }
                })
            })
            .collect::<Result<Vec<usize>>>()?;
        let estimates: Vec<f64> = self.coefficients.iter().map(|coefficient| coefficient.estimate).collect();
        Ok(self.covariance.as_ref().filter(|_| !chosen.is_empty()).and_then(|rows| {
            let matrix = Mat::from_fn(rows.len(), rows.len(), |i, j| rows[i][j]);
            wald(&estimates, &matrix, &chosen).map(|wald| joint_test(wald, chosen.len(), self.reference))
        }))
    }
}

/// What stands in a fit's place where there is none.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Refusal {
    /// Why.
    pub reason: Reason,
    /// Complete rows that there were.
    pub n_obs: usize,
    /// Rows left out, with what is missing there.
    pub dropped: Vec<DroppedRow>,
}

/// A fit, or the reason why there is none.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    /// It was estimated.
    Fit(Box<Fit>),
    /// It can't be.
    NotEstimable(Refusal),
}

impl Outcome {
    /// The fit.
    pub fn fit(&self) -> Option<&Fit> {
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

    /// Rows left out, with what is missing there.
    pub fn dropped(&self) -> &[DroppedRow] {
        match self {
            Self::Fit(fit) => &fit.dropped,
            Self::NotEstimable(refusal) => &refusal.dropped,
        }
    }

    /// Complete rows.
    pub fn n_obs(&self) -> usize {
        match self {
            Self::Fit(fit) => fit.n_obs,
            Self::NotEstimable(refusal) => refusal.n_obs,
        }
    }
}

/// The outcome of one entity's own equation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UnitFit {
    /// The entity.
    pub unit: String,
    /// Its fit, or why there is none.
    pub outcome: Outcome,
}
