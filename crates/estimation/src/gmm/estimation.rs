//! Estimates a dynamic panel.

use std::collections::BTreeSet;

use vintner_panel::Panel;

use super::equations::Equations;
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

impl DynamicPanel {
    /// The rows of a panel that the estimates stand on, as entity and time, in order: those with an equation in differences
    /// or in levels. What their lags, differences and instruments read of earlier rows isn't among them.
    ///
    /// # Errors
    /// As [`gmm`].
    pub fn usable_rows(&self, panel: &Panel) -> Result<BTreeSet<(String, i32)>> {
        let equations = Equations::new(panel, self)?;
        let without: BTreeSet<&String> = equations.without_rows.iter().collect();
        let entities = panel.entities().iter().filter(|entity| !without.contains(entity));
        let rows = entities.zip(&equations.units).flat_map(|(entity, rows)| {
            // A time of a panel is one of `i32`.
            rows.iter().filter_map(|row| Some((entity.clone(), i32::try_from(row.time).ok()?)))
        });
        Ok(rows.collect())
    }
}
