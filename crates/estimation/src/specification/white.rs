//! White's test for heteroskedasticity.

use super::auxiliary::{plain, project, squares, standardised};
use super::breusch_pagan::{VarianceStatistic, centred_squares, test};
use crate::inference::HypothesisTest;
use crate::models::Model;
use crate::outcome::Reason;
use crate::sample::Sample;

/// White (1980): squared residuals of pooled OLS are regressed on a constant, the regressors, their squares and
/// products, of which those that are combinations of others count for nothing: statsmodels' `het_white`. With
/// `special`, on a constant, the fitted values and their squares (Wooldridge): lmtest's
/// `bptest(m, ~ fitted(m) + I(fitted(m)^2))`.
///
/// # Errors
/// Where pooled OLS can't be estimated or fits perfectly, or nothing is left to regress on.
pub fn white(sample: &Sample, special: bool, statistic: VarianceStatistic) -> Result<HypothesisTest, Reason> {
    plain(sample)?;
    let pooled = Model::Ols.estimate(sample)?;
    let squared = centred_squares(&pooled)?;
    let mut columns = vec![vec![1.0; sample.height()]];
    if special {
        let fitted: Vec<f64> =
            sample.dependent().iter().zip(pooled.residuals()).map(|(y, residual)| y - residual).collect();
        let fitted = standardised(&fitted);
        columns.push(fitted.clone());
        columns.push(product(&fitted, &fitted));
    } else {
        // Centred and scaled, their products span the same.
        let regressors: Vec<Vec<f64>> =
            sample.regressors().iter().map(|values| standardised(values)).collect();
        columns.extend(regressors.iter().cloned());
        for (at, one) in regressors.iter().enumerate() {
            columns.extend(regressors[at..].iter().map(|other| product(one, other)));
        }
    }
    let projection = project(&squared, &columns);
    let df = projection.rank.saturating_sub(1);
    if df == 0 {
        return Err(Reason::TooFew { count: 0, of: "regressors besides the constant".into(), needed: 1 });
    }
    if projection.rank >= sample.height() {
        let (observations, parameters) = (sample.height(), projection.rank);
        return Err(Reason::NoResidualDegreesOfFreedom { observations, parameters });
    }
    let sigma2 = squares(pooled.residuals()) / sample.height() as f64;
    let name = if special { "White test, special form" } else { "White test" };
    test(name, &squared, &projection.residuals, df, sigma2, statistic)
}

fn product(one: &[f64], other: &[f64]) -> Vec<f64> {
    one.iter().zip(other).map(|(one, other)| one * other).collect()
}
