//! F and likelihood-ratio tests of one model in another.

use super::auxiliary::distance;
use crate::fit::Estimated;
use crate::inference::HypothesisTest;
use crate::models::Model;
use crate::numerics::norm;
use crate::outcome::Reason;

/// F = ((RSS_r - RSS_u)/(df_r - df_u)) / (RSS_u/df_u), for a model that is the other with some parameters left
/// out: pooled OLS in fixed effects, one-way in two-way effects. plm's `pFtest`.
///
/// # Errors
/// [`Reason::NotNested`] where the models have other rows, the restricted one has as many parameters, or what it
/// fits is no part of what the other can fit, as effects of times are none of those of entities, or where effects
/// are random;
/// [`Reason::PerfectFit`].
pub fn effects_f_test(restricted: &Estimated, unrestricted: &Estimated) -> Result<HypothesisTest, Reason> {
    let (gained, numerator) = gain(restricted, unrestricted)?;
    let denominator = unrestricted.df_residual();
    let statistic = gained / numerator as f64 / (unrestricted.rss() / denominator as f64);
    let name = format!("F test of {} against {}", unrestricted.model().name(), restricted.model().name());
    let null = format!("{} is enough", restricted.model().name());
    HypothesisTest::f(name, null, statistic, numerator as f64, denominator as f64)
}

/// The likelihood-ratio test n ln(RSS_r/RSS_u) of one least-squares model in another, under normal errors, with n
/// the observations (the sum of frequency weights); lmtest's `lrtest`.
///
/// # Errors
/// As [`effects_f_test`].
pub fn likelihood_ratio(restricted: &Estimated, unrestricted: &Estimated) -> Result<HypothesisTest, Reason> {
    let (gained, restrictions) = gain(restricted, unrestricted)?;
    let statistic = unrestricted.observations() as f64 * (gained / unrestricted.rss()).ln_1p();
    let null = format!("the {restrictions} parameters that the restricted model hasn't got are zero");
    HypothesisTest::chi_squared("likelihood-ratio test", null, statistic, restrictions as f64)
}

/// What the larger of two nested models fits and the other doesn't is orthogonal to its residuals: their cosine is
/// below this.
const ORTHOGONAL: f64 = 1e-6;

/// Differences of residuals below this share of the dependent variable may be rounding.
const ROUNDING: f64 = 1e-12;

/// RSS_r - RSS_u, as the sum of squares that it is, and the number of restrictions.
fn gain(restricted: &Estimated, unrestricted: &Estimated) -> Result<(f64, usize), Reason> {
    if unrestricted.is_perfect() {
        return Err(Reason::PerfectFit);
    }
    let (df, rows) = (restricted.df_residual(), restricted.residuals().len());
    let random = [restricted, unrestricted].iter().any(|one| matches!(one.model(), Model::Random(_)));
    if random || rows != unrestricted.residuals().len() || df <= unrestricted.df_residual() {
        return Err(Reason::NotNested);
    }
    let (less, more) = (restricted.residuals(), unrestricted.residuals());
    let difference: Vec<f64> = less.iter().zip(more).map(|(less, more)| less - more).collect();
    let product: f64 = difference.iter().zip(more).map(|(difference, residual)| difference * residual).sum();
    let rounding = ROUNDING * norm(unrestricted.sample().dependent());
    if product.abs() > norm(more) * (ORTHOGONAL * norm(&difference) + rounding) {
        return Err(Reason::NotNested);
    }
    Ok((distance(less, more), df - unrestricted.df_residual()))
}
