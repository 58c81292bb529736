//! Hausman's test of three-stage against two-stage least squares.

use faer::Mat;

use super::fit::SystemFit;
use super::options::{SystemCovariance, SystemEstimator, SystemOptions};
use super::prepared::PreparedSystem;
use crate::inference::HypothesisTest;
use crate::numerics::dense::eigen;
use crate::outcome::Reason;

/// An eigenvalue of the difference of the covariances below this share of two-stage's counts as zero.
const ZERO: f64 = 1e-9;

impl PreparedSystem {
    /// Hausman's test (1978) that three-stage least squares is consistent, on one-step estimates of the
    /// equations that have both: [`hausman`] with the covariance of two-stage estimates across equations.
    ///
    /// With the same residual covariance behind both, V2 - V3 is positive semidefinite, and has at most as many
    /// directions as the system has overidentifying restrictions.
    ///
    /// # Errors
    /// [`EstimationError::NoCoefficient`](crate::EstimationError::NoCoefficient) for a restriction on a
    /// coefficient that isn't there; the inner error is the reason why there is no test.
    pub fn hausman(&self, options: &SystemOptions) -> crate::outcome::Result<Result<HypothesisTest, Reason>> {
        let of = |covariance| SystemOptions { covariance, iterate: None, ..options.clone() };
        let two_stage = self.estimate(SystemEstimator::TwoStage, &of(SystemCovariance::Unadjusted))?;
        let three_stage = self.estimate(SystemEstimator::ThreeStage, &of(SystemCovariance::Classical))?;
        let reason = two_stage.reason().or(three_stage.reason()).cloned();
        Ok(match (two_stage.fit(), three_stage.fit()) {
            (Some(two_stage), Some(three_stage)) => hausman(two_stage, three_stage),
            _ => Err(reason.unwrap_or(Reason::PerfectFit)),
        })
    }
}

/// q'(V2 - V3)^+ q with q the difference of the coefficients and V2, V3 the fits' covariances; the rank of
/// V2 - V3 is the degrees of freedom.
///
/// DIFFERENCE: systemfit's `hausman.systemfit` takes the `classical` V2, without covariances between equations,
/// and inverts the whole difference. That is this function on `classical` fits where the rank is full; but such a
/// difference needn't be positive definite, and the statistic may come out negative.
/// [`PreparedSystem::hausman`] takes the whole V2.
///
/// # Errors
/// [`Reason::PerfectFit`], [`Reason::SingularTest`] where no direction is left or the fits are of different
/// coefficients, [`Reason::NotFinite`].
pub fn hausman(two_stage: &SystemFit, three_stage: &SystemFit) -> Result<HypothesisTest, Reason> {
    let name = "Hausman test of 3SLS against 2SLS";
    let singular = || Reason::SingularTest { what: "the difference of the covariances".into() };
    let (v2, v3) = match (two_stage.covariance_matrix(), three_stage.covariance_matrix()) {
        (Some(v2), Some(v3)) => (v2, v3),
        _ => return Err(Reason::PerfectFit),
    };
    if two_stage.names() != three_stage.names() {
        return Err(singular());
    }
    let estimates = |fit: &SystemFit| -> Vec<f64> { fit.coefficients().map(|one| one.estimate).collect() };
    let (b2, b3) = (estimates(two_stage), estimates(three_stage));
    let order = b2.len();
    // In units of two-stage's standard errors, so that the rank doesn't depend on the variables' units.
    let scales: Vec<f64> = (0..order).map(|i| v2[(i, i)].sqrt()).collect();
    let difference = Mat::from_fn(order, order, |i, j| (v2[(i, j)] - v3[(i, j)]) / scales[i] / scales[j]);
    let q = Mat::from_fn(order, 1, |i, _| (b2[i] - b3[i]) / scales[i]);
    let (values, vectors) = eigen(&difference).ok_or_else(singular)?;
    let along = vectors.transpose() * q;
    let kept: Vec<usize> = (0..order).filter(|i| values[*i].abs() > ZERO).collect();
    if kept.is_empty() {
        return Err(singular());
    }
    let statistic: f64 = kept.iter().map(|i| along[(*i, 0)].powi(2) / values[*i]).sum();
    HypothesisTest::chi_squared(name, "3SLS is consistent", statistic, kept.len() as f64)
}
