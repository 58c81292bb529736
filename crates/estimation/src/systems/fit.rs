//! Results of systems.

use faer::Mat;
use serde::{Deserialize, Serialize};

use super::options::{Restriction, SystemEstimator, SystemOptions};
use crate::fit::Coefficient;
use crate::inference::{HypothesisTest, ReferenceDistribution, TestOutcome};
use crate::numerics::dense::{inverse, matrix_rows};
use crate::outcome::{EstimationError, Note, Reason, Result};
use crate::sample::Formula;

/// An equation that is left out, and why.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EquationRefusal {
    /// The equation.
    pub equation: String,
    /// Why.
    pub reason: Reason,
}

/// What an estimator makes of a system.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SystemOutcome {
    /// The estimator.
    pub estimator: SystemEstimator,
    /// Its result.
    pub result: SystemResult,
    /// The equations that it can't have.
    pub left_out: Vec<EquationRefusal>,
}

/// A system's fit, or the reason why there is none.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum SystemResult {
    /// It was estimated.
    Fit(Box<SystemFit>),
    /// It can't be.
    NotEstimable {
        /// Why.
        reason: Reason,
    },
}

impl SystemOutcome {
    /// The fit.
    pub fn fit(&self) -> Option<&SystemFit> {
        match &self.result {
            SystemResult::Fit(fit) => Some(fit),
            SystemResult::NotEstimable { .. } => None,
        }
    }

    /// Why there is no fit.
    pub fn reason(&self) -> Option<&Reason> {
        match &self.result {
            SystemResult::Fit(_) => None,
            SystemResult::NotEstimable { reason } => Some(reason),
        }
    }
}

/// One equation of a system that was estimated.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EquationFit {
    /// The equation.
    pub name: String,
    /// Dependent variable and regressors.
    pub formula: Formula,
    /// The coefficients, intercept first where there is one.
    pub coefficients: Vec<Coefficient>,
    /// n less the equation's coefficients, and the effects where they are counted.
    pub df_residual: usize,
    /// Residual sum of squares.
    pub rss: f64,
    /// Total sum of squares about the mean.
    pub tss: f64,
    /// 1 - RSS/TSS; may be negative with instruments.
    pub r2: f64,
    /// 1 - (1 - R2)(n - 1)/df_residual.
    pub r2_adjusted: f64,
    /// The square root of RSS/df_residual.
    pub sigma: f64,
}

/// R2 of the whole system. With residuals E (n x G), deviations of the dependent variables from their means Y,
/// and the residual covariance S behind the weights:
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SystemR2 {
    /// 1 - tr(S^-1 E'E)/tr(S^-1 Y'Y) (McElroy 1977); none where S is singular.
    pub mcelroy: Option<f64>,
    /// 1 - |S|/|S_Y| (Berndt 1991), with S_Y the covariance of Y; none where S_Y is singular.
    pub berndt: Option<f64>,
    /// 1 - tr(E'E)/tr(Y'Y) (Judge et al. 1988): systemfit's `ols.r.squared`.
    pub judge: f64,
    /// The equations' R2 weighted by their variances (Dhrymes 1974).
    pub dhrymes: f64,
}

/// A system estimated.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SystemFit {
    /// The estimator.
    pub estimator: SystemEstimator,
    /// How it was used.
    pub options: SystemOptions,
    /// The equations.
    pub equations: Vec<EquationFit>,
    /// The covariance of all equations' coefficients, row by row; absent at a perfect fit.
    pub covariance: Option<Vec<Vec<f64>>>,
    /// The distribution that coefficients' tests refer to, by equation.
    pub references: Vec<ReferenceDistribution>,
    /// The covariance of the residuals, G x G.
    pub residual_covariance: Vec<Vec<f64>>,
    /// The one behind the weights, where equations are weighted.
    pub weights_covariance: Option<Vec<Vec<f64>>>,
    /// The determinant of the covariance of the residuals.
    pub determinant: f64,
    /// How often weights were made: 0 without weights, 1 in one step.
    pub iterations: usize,
    /// Observations.
    pub n_obs: usize,
    /// Entities among them.
    pub n_entities: usize,
    /// Parameters that absorbed effects take in each equation.
    pub absorbed: usize,
    /// Whether degrees of freedom count them.
    pub effects_counted: bool,
    /// Gn - sum k_i, plus the number of restrictions.
    pub df_residual: usize,
    /// R2 of the system.
    pub r2: SystemR2,
    /// McElroy's R2 with the covariance of the final residuals: systemfit's.
    pub mcelroy_r2: Option<f64>,
    /// The normal log-likelihood at the residuals and their covariance over n; none where that is singular.
    pub log_likelihood: Option<f64>,
    /// Tests of the residuals and of overidentifying restrictions.
    pub tests: Vec<TestOutcome>,
    /// What a reader should know.
    pub notes: Vec<Note>,
    /// tr(S^-1 E'E) with the covariance behind the weights, for Theil's F; none where it is singular.
    pub weighted_rss: Option<f64>,
}

/// The test of linear hypotheses on a system's coefficients.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LinearHypothesis {
    /// The Wald statistic, from chi-squared.
    pub chi_squared: HypothesisTest,
    /// The same over the number of restrictions, from F.
    pub f: HypothesisTest,
    /// Theil's F (1971, p. 314), which divides by the weighted residual sum of squares as well.
    pub theil_f: HypothesisTest,
}

impl SystemFit {
    /// All coefficients' names as `equation_regressor`, in the order of the covariance.
    pub fn names(&self) -> Vec<String> {
        let of = |equation: &EquationFit| -> Vec<String> {
            equation.coefficients.iter().map(|one| format!("{}_{}", equation.name, one.name)).collect()
        };
        self.equations.iter().flat_map(of).collect()
    }

    /// All coefficients, in the order of the covariance.
    pub fn coefficients(&self) -> impl Iterator<Item = &Coefficient> {
        self.equations.iter().flat_map(|equation| &equation.coefficients)
    }

    /// Tests that restrictions hold, as systemfit's `linearHypothesis`.
    ///
    /// # Errors
    /// [`EstimationError::NoCoefficient`]; the inner error is the reason why there is no test.
    pub fn linear_hypothesis(
        &self,
        restrictions: &[Restriction],
    ) -> Result<std::result::Result<LinearHypothesis, Reason>> {
        let names = self.names();
        let estimates: Vec<f64> = self.coefficients().map(|one| one.estimate).collect();
        let mut rows: Mat<f64> = Mat::zeros(restrictions.len(), names.len());
        for (row, restriction) in restrictions.iter().enumerate() {
            for term in &restriction.terms {
                let name = format!("{}_{}", term.equation, term.regressor);
                let Some(column) = names.iter().position(|one| *one == name) else {
                    return Err(EstimationError::NoCoefficient { name, available: names });
                };
                rows[(row, column)] += term.weight;
            }
        }
        Ok(self.wald(&rows, &estimates, restrictions))
    }

    fn wald(
        &self,
        rows: &Mat<f64>,
        estimates: &[f64],
        restrictions: &[Restriction],
    ) -> std::result::Result<LinearHypothesis, Reason> {
        let covariance = self.covariance.as_ref().ok_or(Reason::PerfectFit)?;
        let covariance = Mat::from_fn(estimates.len(), estimates.len(), |i, j| covariance[i][j]);
        let b = Mat::from_fn(estimates.len(), 1, |i, _| estimates[i]);
        let values = Mat::from_fn(restrictions.len(), 1, |i, _| restrictions[i].value);
        let off = rows * &b - values;
        let of = rows * &covariance * rows.transpose();
        let inverse = inverse(&of).ok_or(Reason::SingularTest { what: "the restrictions".into() })?;
        let wald = (off.transpose() * inverse * &off)[(0, 0)];
        let weighted_rss =
            self.weighted_rss.ok_or(Reason::SingularResidualCovariance { step: 0, perfect: Vec::new() })?;
        let (count, df) = (restrictions.len() as f64, self.df_residual as f64);
        let null = "the restrictions hold";
        Ok(LinearHypothesis {
            chi_squared: HypothesisTest::chi_squared("Wald test", null, wald, count)?,
            f: HypothesisTest::f("Wald F test", null, wald / count, count, df)?,
            theil_f: HypothesisTest::f(
                "Theil's F test",
                null,
                wald / count / (weighted_rss / df),
                count,
                df,
            )?,
        })
    }

    /// The covariance as a matrix.
    pub(crate) fn covariance_matrix(&self) -> Option<Mat<f64>> {
        let rows = self.covariance.as_ref()?;
        Some(Mat::from_fn(rows.len(), rows.len(), |i, j| rows[i][j]))
    }
}

/// A matrix as rows.
pub(crate) fn as_rows(matrix: &Mat<f64>) -> Vec<Vec<f64>> {
    matrix_rows(matrix)
}
