//! Auxiliary regressions.

use faer::Mat;

use crate::covariance::{ClusterBy, ClusterCovariance, Covariance, SmallSample, TestDistribution};
use crate::fit::Fit;
use crate::inference::{HypothesisTest, wald};
use crate::numerics::{Design, LeastSquares, norm};
use crate::outcome::Reason;
use crate::sample::Sample;

/// A variable projected on others.
pub(super) struct Projection {
    /// What is left of it.
    pub(super) residuals: Vec<f64>,
    /// How many columns are independent.
    pub(super) rank: usize,
}

/// The projection of `y` on columns, of which those that are combinations of earlier ones count for nothing,
/// as in R's `lm`.
pub(super) fn project(y: &[f64], columns: &[Vec<f64>]) -> Projection {
    let mut kept: Vec<usize> = (0..columns.len()).filter(|&at| norm(&columns[at]) > 0.0).collect();
    loop {
        if kept.is_empty() {
            return Projection { residuals: y.to_vec(), rank: 0 };
        }
        let design = Design {
            names: kept.iter().map(ToString::to_string).collect(),
            x: Mat::from_fn(y.len(), kept.len(), |row, at| columns[kept[at]][row]),
            y: y.to_vec(),
            magnitudes: kept.iter().map(|&at| norm(&columns[at])).collect(),
            y_magnitude: norm(y),
        };
        match LeastSquares::solve(&design) {
            Ok(solution) => return Projection { residuals: solution.residuals, rank: kept.len() },
            Err(collinear) => {
                let before = kept.len();
                kept.retain(|at| collinear.iter().all(|one| one.column != at.to_string()));
                if kept.len() == before {
                    // Never seen: a decomposition that finds a deficiency and no column for it.
                    kept.pop();
                }
            }
        }
    }
}

/// The columns of a matrix.
pub(super) fn columns(matrix: &Mat<f64>) -> Vec<Vec<f64>> {
    (0..matrix.ncols()).map(|at| (0..matrix.nrows()).map(|row| matrix[(row, at)]).collect()).collect()
}

/// The sum of squares.
pub(super) fn squares(values: &[f64]) -> f64 {
    values.iter().map(|value| value * value).sum()
}

/// The squared distance of two vectors.
pub(super) fn distance(one: &[f64], other: &[f64]) -> f64 {
    one.iter().zip(other).map(|(one, other)| (one - other).powi(2)).sum()
}

/// Refuses equations with weights or with effects of their own, for which a test isn't derived: its numbers would be
/// those of some other equation.
pub(super) fn plain(sample: &Sample) -> Result<(), Reason> {
    let formula = sample.formula();
    let other = match (formula.weights.is_some(), formula.effects.is_empty()) {
        (true, _) => "an equation with weights",
        (false, false) => "an equation that names its effects",
        (false, true) => return Ok(()),
    };
    Err(Reason::NotDefinedFor { model: other.into() })
}

/// Refuses to ask whether levels differ where there is only one.
pub(super) fn several(levels: usize, time: bool) -> Result<(), Reason> {
    if levels < 2 {
        let of = if time { "times" } else { "entities" };
        return Err(Reason::TooFew { count: levels, of: of.into(), needed: 2 });
    }
    Ok(())
}

/// The regressors of a sample by name, to be added to.
pub(super) fn named_columns(sample: &Sample) -> Vec<(String, Vec<f64>)> {
    let columns = sample.regressors().iter().map(|column| column.to_vec());
    sample.formula().regressors.iter().cloned().zip(columns).collect()
}

/// The values less their mean, over their standard deviation; as they are where they don't vary.
pub(super) fn standardised(values: &[f64]) -> Vec<f64> {
    let centre = crate::numerics::mean(values);
    let deviations: Vec<f64> = values.iter().map(|value| value - centre).collect();
    let size = norm(&deviations) / (values.len().max(1) as f64).sqrt();
    if size > 0.0 { deviations.iter().map(|value| value / size).collect() } else { deviations }
}

/// The test that a coefficient of a fit has a given value: F with one degree of freedom, and those of the fit or
/// the coefficient's own, or chi-squared where the fit refers to the normal distribution.
pub(super) fn coefficient_test(
    fit: &Fit,
    coefficient: &str,
    value: f64,
    name: &str,
    null: &str,
) -> Result<HypothesisTest, Reason> {
    let found = fit.coefficient(coefficient).ok_or(Reason::PerfectFit)?;
    let std_error = found.std_error.ok_or(Reason::PerfectFit)?;
    let statistic = ((found.estimate - value) / std_error).powi(2);
    match found.df.or(fit.reference.df().map(|df| df as f64)) {
        Some(df) => HypothesisTest::f(name, null, statistic, 1.0, df),
        None => HypothesisTest::chi_squared(name, null, statistic, 1.0),
    }
}

/// The Wald chi-squared test that coefficients are zero, of those that weren't left out as collinear.
pub(super) fn wald_test(
    fit: &Fit,
    coefficients: &[String],
    name: &str,
    null: &str,
) -> Result<HypothesisTest, Reason> {
    let rows = fit.covariance.as_ref().ok_or(Reason::PerfectFit)?;
    let matrix = Mat::from_fn(rows.len(), rows.len(), |i, j| rows[i][j]);
    let estimates: Vec<f64> = fit.coefficients.iter().map(|one| one.estimate).collect();
    let chosen: Vec<usize> =
        (0..estimates.len()).filter(|&at| coefficients.contains(&fit.coefficients[at].name)).collect();
    if chosen.is_empty() {
        return Err(Reason::NothingToTest);
    }
    let statistic = wald(&estimates, &matrix, &chosen)
        .ok_or(Reason::SingularRestrictions { restrictions: chosen.len() })?;
    HypothesisTest::chi_squared(name, null, statistic, chosen.len() as f64)
}

/// plm's `vcovHC(method = "arellano", type = "HC0")`: clustered by entity without a factor, with the residual
/// degrees of freedom. What its robust tests use.
pub(super) fn arellano() -> Covariance {
    Covariance::Cluster(ClusterCovariance {
        by: ClusterBy::Entity,
        small_sample: SmallSample::None,
        test: TestDistribution::Residual,
        ..ClusterCovariance::default()
    })
}
