//! Estimates a dynamic panel.

use vintner_panel::Panel;

use super::fit::{GmmOutcome, GmmRefusal};
use super::model::{DynamicPanel, GmmCovariance};
use crate::outcome::Result;

/// Estimates a dynamic panel.
///
/// # Errors
/// Where the model makes no sense or names a column that isn't there; data that don't allow an estimate are
/// a [`GmmOutcome::NotEstimable`].
pub fn gmm(panel: &Panel, model: &DynamicPanel, covariance: GmmCovariance) -> Result<GmmOutcome> {
    Ok(match model.estimate(panel)?.and_then(|estimated| estimated.fit(covariance)) {
        Ok(fit) => GmmOutcome::Fit(Box::new(fit)),
        Err(reason) => GmmOutcome::NotEstimable(GmmRefusal { model: model.clone(), reason }),
    })
}
