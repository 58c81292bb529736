//! Ramsey's RESET.

use super::auxiliary::{named_columns, plain, standardised};
use super::effects_test::effects_f_test;
use crate::inference::HypothesisTest;
use crate::models::Model;
use crate::numerics::norm;
use crate::outcome::Reason;
use crate::sample::Sample;

/// Ramsey (1969): powers of the fitted values, standardised, are added to the equation, and tested by F. lmtest's
/// `resettest(type = "fitted")`, whose default powers are 2 and 3. With fixed effects the fitted values have the effects in
/// them, as those of dummy variables have.
///
/// # Errors
/// Where one of the equations can't be estimated or fits perfectly, the powers are collinear with the regressors,
/// no power above 1 is asked for, or the model is neither pooled OLS nor fixed effects.
pub fn reset(sample: &Sample, model: Model, powers: &[i32]) -> Result<HypothesisTest, Reason> {
    plain(sample)?;
    if !matches!(model, Model::Ols | Model::Within | Model::WithinTime | Model::WithinTwoWay) {
        return Err(Reason::NotDefinedFor { model: model.name().into() });
    }
    let mut powers: Vec<i32> = powers.iter().copied().filter(|power| *power > 1).collect();
    powers.sort_unstable();
    powers.dedup();
    if powers.is_empty() {
        return Err(Reason::TooFew { count: 0, of: "powers above 1".into(), needed: 1 });
    }
    let restricted = model.estimate(sample)?;
    let sample = restricted.sample();
    if restricted.is_perfect() {
        return Err(Reason::PerfectFit);
    }
    let fitted: Vec<f64> =
        sample.dependent().iter().zip(restricted.residuals()).map(|(y, residual)| y - residual).collect();
    let formula = sample.formula();
    // Without a constant the powers of deviations span something else than those of the values.
    let has_constant = formula.intercept || model != Model::Ols;
    let fitted = if has_constant { standardised(&fitted) } else { scaled(&fitted) };
    let mut regressors: Vec<(String, Vec<f64>)> = named_columns(sample);
    for power in powers {
        let values = fitted.iter().map(|value| value.powi(power)).collect();
        regressors.push((format!("fitted values to the power {power}"), values));
    }
    let augmented = Sample::of_columns(
        sample.groups().to_vec(),
        sample.times().to_vec(),
        (&formula.dependent, sample.dependent().to_vec()),
        regressors,
        formula.intercept,
    );
    let test = effects_f_test(&restricted, &model.estimate(&augmented)?)?;
    let null = "powers of the fitted values don't belong in the equation";
    Ok(HypothesisTest { name: "RESET".into(), null: null.into(), ..test })
}

/// The values over their root mean square.
fn scaled(values: &[f64]) -> Vec<f64> {
    let size = norm(values) / (values.len().max(1) as f64).sqrt();
    if size > 0.0 { values.iter().map(|value| value / size).collect() } else { values.to_vec() }
}
