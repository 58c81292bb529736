//! Estimates an equation whose coefficients differ between entities.

use vintner_panel::Panel;

use super::explained::nothing_to_explain;
use super::fit::{HeterogeneousOutcome, MeanGroupFit};
use super::options::{HeterogeneousMethod, MeanGroup};
use super::{average, common_effects, swamy};
use crate::fit::Refusal;
use crate::outcome::{Reason, Result};
use crate::sample::{Formula, Sample};

/// Estimates an equation whose coefficients may differ between entities.
///
/// # Errors
/// Where the formula makes no sense or names a column that isn't there; data that don't allow an
/// estimate are a [`HeterogeneousOutcome::NotEstimable`].
pub fn mean_group(panel: &Panel, formula: &Formula, options: &MeanGroup) -> Result<HeterogeneousOutcome> {
    formula.check()?;
    let sample = Sample::new(panel, formula)?;
    Ok(match options.estimate(&sample) {
        Ok(fit) => HeterogeneousOutcome::Fit(Box::new(fit)),
        Err(reason) => HeterogeneousOutcome::NotEstimable(Refusal {
            reason,
            n_obs: sample.height(),
            dropped: sample.dropped().to_vec(),
        }),
    })
}

impl MeanGroup {
    /// Estimates on a sample.
    ///
    /// # Errors
    /// The reason why the sample doesn't allow it: [`Reason::Entity`] with the first unit that is too
    /// short, where such units are refused; [`Reason::NotDefined`] where the formula has weights or effects;
    /// [`Reason::ConstantDependent`] and [`Reason::ConstantDependentWithin`]; [`Reason::TooFewUnits`] where fewer than two remain.
    pub fn estimate(&self, sample: &Sample) -> std::result::Result<MeanGroupFit, Reason> {
        if sample.height() == 0 {
            return Err(sample.nothing_left());
        }
        let formula = sample.formula();
        for (what, given) in
            [("weights", formula.weights.is_some()), ("absorbed effects", !formula.effects.is_empty())]
        {
            if given {
                let model = self.method.name().into();
                return Err(Reason::NotDefined { what: what.into(), model });
            }
        }
        if let Some(reason) = nothing_to_explain(sample) {
            return Err(reason);
        }
        match self.method {
            HeterogeneousMethod::Mg | HeterogeneousMethod::Dmg | HeterogeneousMethod::Cmg => {
                average::estimate(sample, self)
            }
            HeterogeneousMethod::CceMg | HeterogeneousMethod::CcePooled => {
                common_effects::estimate(sample, self)
            }
            HeterogeneousMethod::Swamy => swamy::estimate(sample, self),
        }
    }
}
