//! The Breusch-Pagan test for heteroskedasticity.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::auxiliary::{distance, named_columns, plain, squares};
use crate::fit::Estimated;
use crate::inference::HypothesisTest;
use crate::models::Model;
use crate::numerics::mean;
use crate::outcome::Reason;
use crate::sample::Sample;

/// Which statistic of the regression of squared residuals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum VarianceStatistic {
    /// n R2 (Koenker 1981), which doesn't need normal errors: lmtest's `bptest`.
    #[default]
    Studentised,
    /// Half the explained sum of squares of e^2/s^2 (Breusch and Pagan 1979): `studentize = FALSE`.
    Original,
    /// The F test of the regression: statsmodels' `het_breuschpagan`, its second pair.
    F,
}

pub(super) const NULL: &str = "the errors' variance doesn't vary with the regressors";

/// Squared residuals e^2 less s^2 = e'e/n are regressed on the regressors of the model, with its effects if these
/// are fixed (so that of dummy variables): explained sum of squares over total times n, chi-squared with as many
/// degrees of freedom as there are regressors besides the constant, all effects but one counted.
///
/// # Errors
/// Where the model can't be estimated or fits perfectly, or its squared residuals don't vary; of models other than
/// pooled OLS and fixed effects.
pub fn breusch_pagan(
    sample: &Sample,
    model: Model,
    statistic: VarianceStatistic,
) -> Result<HypothesisTest, Reason> {
    plain(sample)?;
    if !matches!(model, Model::Ols | Model::Within | Model::WithinTime | Model::WithinTwoWay) {
        return Err(Reason::NotDefinedFor { model: model.name().into() });
    }
    let estimated = model.estimate(sample)?;
    let sample = estimated.sample();
    let squared = centred_squares(&estimated)?;
    let auxiliary = Sample::of_columns(
        sample.groups().to_vec(),
        sample.times().to_vec(),
        ("squared residuals", squared.clone()),
        named_columns(sample),
        true,
    );
    let regression = model.estimate(&auxiliary)?;
    // One parameter of the auxiliary regression is the constant: the intercept, or one of the effects.
    let parameters = sample.height() - regression.df_residual();
    let sigma2 = squares(estimated.residuals()) / sample.height() as f64;
    test("Breusch-Pagan test", &squared, regression.residuals(), parameters - 1, sigma2, statistic)
}

/// e^2 - e'e/n.
pub(super) fn centred_squares(estimated: &Estimated) -> Result<Vec<f64>, Reason> {
    if estimated.is_perfect() {
        return Err(Reason::PerfectFit);
    }
    let squared: Vec<f64> = estimated.residuals().iter().map(|residual| residual * residual).collect();
    let centre = mean(&squared);
    Ok(squared.iter().map(|square| square - centre).collect())
}

/// The statistic of a regression of centred squared residuals.
pub(super) fn test(
    name: &str,
    squared: &[f64],
    residuals: &[f64],
    df: usize,
    sigma2: f64,
    statistic: VarianceStatistic,
) -> Result<HypothesisTest, Reason> {
    let explained = distance(squared, residuals);
    let n = squared.len();
    match statistic {
        VarianceStatistic::Studentised => {
            HypothesisTest::chi_squared(name, NULL, n as f64 * explained / squares(squared), df as f64)
        }
        VarianceStatistic::Original => {
            HypothesisTest::chi_squared(name, NULL, 0.5 * explained / (sigma2 * sigma2), df as f64)
        }
        VarianceStatistic::F => {
            if n <= df + 1 {
                let (observations, parameters) = (n, df + 1);
                return Err(Reason::NoResidualDegreesOfFreedom { observations, parameters });
            }
            let denominator = (n - df - 1) as f64;
            let statistic = explained / df as f64 / (squares(residuals) / denominator);
            HypothesisTest::f(name, NULL, statistic, df as f64, denominator)
        }
    }
}
