//! The short way from a panel to results.

use std::collections::BTreeSet;

use rayon::prelude::*;
use vintner_panel::Panel;

use super::estimated::Estimated;
use super::fit::{Fit, Outcome, Refusal, UnitFit};
use crate::covariance::Covariance;
use crate::models::Model;
use crate::outcome::{Reason, Result};
use crate::sample::{Formula, Sample};

impl Model {
    /// Estimates the model on a sample.
    ///
    /// # Errors
    /// The reason why the sample doesn't allow it.
    pub fn estimate(self, sample: &Sample) -> std::result::Result<Estimated, Reason> {
        self.check_keys(sample)?;
        Estimated::new(self.solve(sample)?)
    }
}

/// Estimates an equation on the whole panel under a model and a covariance.
///
/// # Errors
/// Where the formula makes no sense or names a column that isn't there; data that don't allow an
/// estimate are an [`Outcome::NotEstimable`].
pub fn estimate(panel: &Panel, formula: &Formula, model: Model, covariance: &Covariance) -> Result<Outcome> {
    let sample = Sample::factored(panel, formula)?.with_clusters(panel, &covariance.columns())?;
    Ok(outcome(&sample, model, covariance))
}

/// As [`estimate`], under several covariances: the equation is estimated once, and each gives an outcome.
///
/// # Errors
/// As [`estimate`].
pub fn estimate_under(
    panel: &Panel,
    formula: &Formula,
    model: Model,
    covariances: &[Covariance],
) -> Result<Vec<Outcome>> {
    Ok(estimate_with(panel, formula, model, covariances)?.0)
}

/// As [`estimate_under`], with the estimates behind the outcomes, of which residuals, effects and more can be had; none where
/// the equation can't be estimated.
///
/// # Errors
/// As [`estimate`].
pub fn estimate_with(
    panel: &Panel,
    formula: &Formula,
    model: Model,
    covariances: &[Covariance],
) -> Result<(Vec<Outcome>, Option<Estimated>)> {
    let columns: BTreeSet<&str> = covariances.iter().flat_map(Covariance::columns).collect();
    let columns: Vec<&str> = columns.into_iter().collect();
    let sample = Sample::factored(panel, formula)?.with_clusters(panel, &columns)?;
    let estimated = model.estimate(&sample);
    let fit = |covariance: &Covariance| {
        covariance.check(sample.shape())?;
        estimated.as_ref().map_err(Clone::clone)?.fit(covariance)
    };
    let outcomes = covariances.iter().map(|covariance| told(&sample, fit(covariance))).collect();
    Ok((outcomes, estimated.ok()))
}

/// Estimates an equation by OLS for each entity on its own, in the panel's order. Entities are spread
/// over rayon's threads; the results don't depend on how many there are.
///
/// # Errors
/// As [`estimate`].
pub fn estimate_by_entity(panel: &Panel, formula: &Formula, covariance: &Covariance) -> Result<Vec<UnitFit>> {
    let covariances = std::slice::from_ref(covariance);
    Ok(estimate_by_entity_under(panel, formula, covariances)?.pop().unwrap_or_default())
}

/// As [`estimate_by_entity`], under several covariances, each with an outcome of every entity: an equation is estimated once.
///
/// # Errors
/// As [`estimate`].
pub fn estimate_by_entity_under(
    panel: &Panel,
    formula: &Formula,
    covariances: &[Covariance],
) -> Result<Vec<Vec<UnitFit>>> {
    if !panel.shape().goes_on() {
        let what = "equations of each entity".into();
        let reason = Reason::Keys { shape: panel.shape(), what };
        let refusal = Refusal { reason, n_obs: panel.height(), dropped: Vec::new() };
        let one = UnitFit { unit: String::new(), outcome: Outcome::NotEstimable(refusal) };
        return Ok(covariances.iter().map(|_| vec![one.clone()]).collect());
    }
    let columns: BTreeSet<&str> = covariances.iter().flat_map(Covariance::columns).collect();
    let columns: Vec<&str> = columns.into_iter().collect();
    let samples = Sample::factored_by_entity(panel, formula)?
        .into_iter()
        .map(|sample| sample.with_clusters(panel, &columns))
        .collect::<Result<Vec<Sample>>>()?;
    let of_units: Vec<Vec<UnitFit>> = panel
        .entities()
        .par_iter()
        .zip(&samples)
        .map(|(unit, sample)| {
            let estimated = Model::Ols.estimate(sample);
            let fit = |covariance: &Covariance| {
                covariance.check(sample.shape())?;
                estimated.as_ref().map_err(Clone::clone)?.fit(covariance)
            };
            let told = covariances.iter().map(|covariance| told(sample, fit(covariance)));
            told.map(|outcome| UnitFit { unit: unit.clone(), outcome }).collect()
        })
        .collect();
    let mut under: Vec<Vec<UnitFit>> = covariances.iter().map(|_| Vec::new()).collect();
    for unit in of_units {
        under.iter_mut().zip(unit).for_each(|(all, own)| all.push(own));
    }
    Ok(under)
}

fn outcome(sample: &Sample, model: Model, covariance: &Covariance) -> Outcome {
    let fit = || {
        covariance.check(sample.shape())?;
        model.estimate(sample)?.fit(covariance)
    };
    told(sample, fit())
}

fn told(sample: &Sample, fit: std::result::Result<Fit, Reason>) -> Outcome {
    match fit {
        Ok(fit) => Outcome::Fit(Box::new(fit)),
        Err(reason) => Outcome::NotEstimable(Refusal {
            reason,
            n_obs: sample.height(),
            dropped: sample.dropped().to_vec(),
        }),
    }
}
