//! F and likelihood-ratio tests of one model in another.

use super::auxiliary::distance;
use crate::{Estimated, HypothesisTest, Reason};

/// F = ((RSS_r - RSS_u)/(df_r - df_u)) / (RSS_u/df_u), for a model that is the other with some parameters left
/// out: pooled OLS in fixed effects, one-way in two-way effects. plm's `pFtest`.
///
/// # Errors
/// [`Reason::NotNested`] where the models have other rows or the restricted one has as many parameters;
/// [`Reason::PerfectFit`].
pub fn effects_f_test(restricted: &Estimated, unrestricted: &Estimated) -> Result<HypothesisTest, Reason> {
    let (gained, numerator) = gain(restricted, unrestricted)?;
    let denominator = unrestricted.df_residual();
    let statistic = gained / numerator as f64 / (unrestricted.rss() / denominator as f64);
    let name = format!("F test of {} against {}", unrestricted.model().name(), restricted.model().name());
    let null = format!("{} is enough", restricted.model().name());
    HypothesisTest::f(name, null, statistic, numerator as f64, denominator as f64)
}

/// The likelihood-ratio test n ln(RSS_r/RSS_u) of one least-squares model in another, under normal errors;
/// lmtest's `lrtest`.
///
/// # Errors
/// As [`effects_f_test`].
pub fn likelihood_ratio(restricted: &Estimated, unrestricted: &Estimated) -> Result<HypothesisTest, Reason> {
    let (gained, restrictions) = gain(restricted, unrestricted)?;
    let statistic = unrestricted.residuals().len() as f64 * (gained / unrestricted.rss()).ln_1p();
    let null = format!("the {restrictions} parameters that the restricted model hasn't got are zero");
    HypothesisTest::chi_squared("likelihood-ratio test", null, statistic, restrictions as f64)
}

/// RSS_r - RSS_u, as the sum of squares that it is, and the number of restrictions.
fn gain(restricted: &Estimated, unrestricted: &Estimated) -> Result<(f64, usize), Reason> {
    if unrestricted.is_perfect() {
        return Err(Reason::PerfectFit);
    }
    let (df, rows) = (restricted.df_residual(), restricted.residuals().len());
    if rows != unrestricted.residuals().len() || df <= unrestricted.df_residual() {
        return Err(Reason::NotNested);
    }
    Ok((distance(restricted.residuals(), unrestricted.residuals()), df - unrestricted.df_residual()))
}
