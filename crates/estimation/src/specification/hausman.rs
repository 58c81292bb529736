//! Hausman's tests.

use faer::Mat;
use faer::linalg::solvers::Solve;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::auxiliary::{columns, plain, wald_test};
use crate::covariance::Covariance;
use crate::fit::Fit;
use crate::inference::{HypothesisTest, wald};
use crate::models::{Effects, Model, RandomEffects};
use crate::outcome::{INTERCEPT, Reason};
use crate::sample::Sample;

/// What becomes of a statistic whose difference of covariances isn't positive definite.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Indefinite {
    /// There is none.
    #[default]
    Refuse,
    /// The absolute value of the quadratic form, as plm's `phtest` has it; it isn't chi-squared.
    AbsoluteValue,
}

const NAME: &str = "Hausman test";
const NULL: &str = "the effects are uncorrelated with the regressors";

/// Hausman (1978): with d the difference of the coefficients that the two fits have in common, without the
/// intercept, d'(V_1 - V_2)^-1 d is chi-squared if both are consistent and the second is efficient. Where one is a
/// within and the other a between fit, which are independent, V_1 + V_2 (Hausman and Taylor 1981, Econometrica 49,
/// section 2, who show that comparing either with random effects comes to the same). plm's `phtest(method = "chisq")`.
///
/// # Errors
/// [`Reason::NotDefinedFor`] within and between fits that aren't of the same effects, which aren't independent;
/// [`Reason::IndefiniteDifference`], unless `indefinite` says otherwise; [`Reason::NoCommonCoefficients`];
/// [`Reason::PerfectFit`]; [`Reason::NotDefinedFor`] random or between effects of weighted rows.
pub fn hausman(consistent: &Fit, efficient: &Fit, indefinite: Indefinite) -> Result<HypothesisTest, Reason> {
    // Of weighted rows random effects aren't efficient, and nobody has derived the other.
    let derived = |fit: &Fit| {
        let random = matches!(
            fit.model,
            Model::Random(_) | Model::Between | Model::BetweenWeighted | Model::BetweenTime
        );
        !random || fit.formula.weights.is_none()
    };
    if !derived(consistent) || !derived(efficient) {
        return Err(Reason::NotDefinedFor { model: "an equation with weights".into() });
    }
    let (Some(first), Some(second)) = (&consistent.covariance, &efficient.covariance) else {
        return Err(Reason::PerfectFit);
    };
    let place = |fit: &Fit, name: &str| fit.coefficients.iter().position(|one| one.name == name);
    let common: Vec<(usize, usize)> = efficient
        .coefficients
        .iter()
        .enumerate()
        .filter(|(_, one)| one.name != INTERCEPT)
        .filter_map(|(at, one)| Some((place(consistent, &one.name)?, at)))
        .collect();
    if common.is_empty() {
        return Err(Reason::NoCommonCoefficients);
    }
    let sign = if independent(consistent.model, efficient.model)? { 1.0 } else { -1.0 };
    let order = common.len();
    let difference: Vec<f64> = common
        .iter()
        .map(|&(one, other)| consistent.coefficients[one].estimate - efficient.coefficients[other].estimate)
        .collect();
    let matrix = Mat::from_fn(order, order, |i, j| {
        first[common[i].0][common[j].0] + sign * second[common[i].1][common[j].1]
    });
    let everything: Vec<usize> = (0..order).collect();
    let statistic = match wald(&difference, &matrix, &everything) {
        Some(statistic) => statistic,
        None if indefinite == Indefinite::Refuse => return Err(Reason::IndefiniteDifference),
        None => {
            let column = Mat::from_fn(order, 1, |row, _| difference[row]);
            let solved = matrix.partial_piv_lu().solve(&column);
            (0..order).map(|row| difference[row] * solved[(row, 0)]).sum::<f64>().abs()
        }
    };
    HypothesisTest::chi_squared(NAME, NULL, statistic, order as f64)
}

/// Whether one is a within and the other a between fit.
fn independent(one: Model, other: Model) -> Result<bool, Reason> {
    let (within, between) = match (one, other) {
        (within @ (Model::Within | Model::WithinTime | Model::WithinTwoWay), between)
        | (between, within @ (Model::Within | Model::WithinTime | Model::WithinTwoWay)) => (within, between),
        _ => return Ok(false),
    };
    match (within, between) {
        (Model::Within, Model::Between | Model::BetweenWeighted)
        | (Model::WithinTime, Model::BetweenTime) => Ok(true),
        (_, Model::Between | Model::BetweenWeighted | Model::BetweenTime) => {
            Err(Reason::NotDefinedFor { model: format!("{} against {}", one.name(), other.name()) })
        }
        _ => Ok(false),
    }
}

/// Hausman's test as an auxiliary regression (Wooldridge 2010, section 10.7.3): the quasi-deviations of the
/// dependent variable on those of the regressors and on the regressors' within deviations, by OLS; a Wald
/// test that the latter have no coefficient, under any covariance, so that it can be made robust. plm's
/// `phtest(method = "aux", vcov = )`.
///
/// The intercept of the auxiliary regression is a column of ones, as in plm; on unbalanced panels the
/// transformed intercept would be another column (DIFFERENCE from Wooldridge).
///
/// # Errors
/// Where one of the two models or the auxiliary regression can't be estimated.
pub fn hausman_auxiliary(
    sample: &Sample,
    random: RandomEffects,
    covariance: &Covariance,
) -> Result<HypothesisTest, Reason> {
    plain(sample)?;
    let within = match random.effects {
        Effects::Entity => Model::Within,
        Effects::Time => Model::WithinTime,
        Effects::TwoWay => Model::WithinTwoWay,
    };
    let within = within.estimate(sample)?;
    let (sample, deviations) = (within.sample(), columns(within.ingredients().regressors));
    let random = Model::Random(random).estimate(sample)?;
    let ingredients = random.ingredients();
    let quasi = columns(ingredients.regressors);
    let dependent: Vec<f64> = (0..sample.height())
        .map(|row| {
            let fitted: f64 = quasi.iter().zip(random.coefficients()).map(|(x, b)| x[row] * b).sum();
            fitted + ingredients.residuals[row]
        })
        .collect();
    let slopes = random.names().iter().cloned().zip(quasi).filter(|(name, _)| name != INTERCEPT);
    let names = within.names().iter().map(|name| format!("{name}, within"));
    let tested: Vec<String> = names.clone().collect();
    let regressors = slopes.chain(names.zip(deviations)).collect();
    let auxiliary = Sample::of_columns(
        sample.groups().to_vec(),
        sample.times().to_vec(),
        (&sample.formula().dependent, dependent),
        regressors,
        true,
    )
    .clustered_by(sample.clusters().to_vec());
    let fit = Model::Ols.estimate(&auxiliary)?.fit(covariance)?;
    wald_test(&fit, &tested, "Hausman test by auxiliary regression", NULL)
}
