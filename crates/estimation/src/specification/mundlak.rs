//! Mundlak's test.

use super::auxiliary::{named_columns, plain, wald_test};
use crate::covariance::Covariance;
use crate::inference::HypothesisTest;
use crate::models::Model;
use crate::numerics::is_constant;
use crate::outcome::Reason;
use crate::sample::{Rows, Sample};

/// The test that the entities' means of the regressors, added to the equation, have no coefficient (Mundlak 1978,
/// Econometrica 46): a Hausman test that any covariance makes robust (Wooldridge 2010, section 10.7.3). The model
/// is pooled OLS or random effects. Regressors that don't vary within any entity are their own means, and have
/// none.
///
/// # Errors
/// Where the equation with the means can't be estimated, or no regressor varies within an entity.
pub fn mundlak(sample: &Sample, model: Model, covariance: &Covariance) -> Result<HypothesisTest, Reason> {
    plain(sample)?;
    if !matches!(model, Model::Ols | Model::Random(_)) {
        return Err(Reason::NotDefinedFor { model: model.name().into() });
    }
    let factor = Rows::of(sample).by_entity();
    let formula = sample.formula();
    let mut regressors: Vec<(String, Vec<f64>)> = named_columns(sample);
    let mut tested = Vec::new();
    for (name, values) in formula.regressors.iter().zip(sample.regressors()) {
        if sample.groups().iter().any(|group| !is_constant(&values[group.clone()])) {
            let means = factor.means(values);
            let name = format!("mean of {name}");
            regressors.push((name.clone(), factor.codes.iter().map(|code| means[*code]).collect()));
            tested.push(name);
        }
    }
    if tested.is_empty() {
        return Err(Reason::ConstantWithin { variables: formula.regressors.clone() });
    }
    let augmented = Sample::of_columns(
        sample.groups().to_vec(),
        sample.times().to_vec(),
        (&formula.dependent, sample.dependent().to_vec()),
        regressors,
        formula.intercept,
    )
    .clustered_by(sample.clusters().to_vec());
    let fit = model.estimate(&augmented)?.fit(covariance)?;
    wald_test(&fit, &tested, "Mundlak test", "the effects are uncorrelated with the regressors' means")
}
