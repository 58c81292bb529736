//! The short way from a panel to results.

use rayon::prelude::*;
use vintner_panel::Panel;

use crate::{Covariance, Formula, Model, Outcome, Refusal, Result, Sample, UnitFit};

/// Estimates an equation on the whole panel: pooled OLS, or fixed effects of the entities.
///
/// # Errors
/// Where the formula makes no sense or names a column that isn't there; data that don't allow an
/// estimate are an [`Outcome::NotEstimable`].
pub fn estimate(panel: &Panel, formula: &Formula, model: Model, covariance: &Covariance) -> Result<Outcome> {
    let sample = Sample::new(panel, formula)?.with_clusters(panel, &covariance.columns())?;
    Ok(outcome(&sample, model, covariance))
}

/// Estimates an equation by OLS for each entity on its own, in the panel's order. Entities are spread
/// over rayon's threads; the results don't depend on how many there are.
///
/// # Errors
/// As [`estimate`].
pub fn estimate_by_entity(panel: &Panel, formula: &Formula, covariance: &Covariance) -> Result<Vec<UnitFit>> {
    let samples = Sample::by_entity(panel, formula)?
        .into_iter()
        .map(|sample| sample.with_clusters(panel, &covariance.columns()))
        .collect::<Result<Vec<Sample>>>()?;
    Ok(panel
        .entities()
        .par_iter()
        .zip(&samples)
        .map(|(unit, sample)| UnitFit {
            unit: unit.clone(),
            outcome: outcome(sample, Model::Ols, covariance),
        })
        .collect())
}

fn outcome(sample: &Sample, model: Model, covariance: &Covariance) -> Outcome {
    match model.estimate(sample).and_then(|estimated| estimated.fit(covariance)) {
        Ok(fit) => Outcome::Fit(Box::new(fit)),
        Err(reason) => Outcome::NotEstimable(Refusal {
            reason,
            n_obs: sample.height(),
            dropped: sample.dropped().to_vec(),
        }),
    }
}
