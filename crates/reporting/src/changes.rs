//! What changed since estimates that were made before.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::tidy_estimate::TidyEstimate;

/// How coefficients fare beside those that were made before, counted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changes {
    /// Coefficients that both have.
    pub compared: usize,
    /// Of these, those with another number: in relation to the one before more than 1e-8 away.
    pub changed: usize,
    /// Those with another sign.
    pub signs: usize,
    /// Those with other stars.
    pub stars: usize,
    /// Coefficients that were estimated before and aren't now.
    pub gone: usize,
    /// Coefficients that weren't estimated before.
    pub new: usize,
}

/// So much, in relation to the number before, is a change and no rounding of another machine.
const ROUNDING: f64 = 1e-8;

impl Changes {
    /// Of estimates and those before them. Rows go together by table, unit and regressor.
    pub fn between(before: &[TidyEstimate], now: &[TidyEstimate]) -> Self {
        let keyed = |rows: &[TidyEstimate]| -> BTreeMap<(String, String, String), (f64, u8)> {
            let of = |row: &TidyEstimate| {
                let key = (row.table.clone(), row.unit.clone(), row.regressor.clone());
                row.estimate.map(|estimate| (key, (estimate, row.stars.count())))
            };
            rows.iter().filter_map(of).collect()
        };
        let (before, now) = (keyed(before), keyed(now));
        let mut changes = Self {
            gone: before.keys().filter(|key| !now.contains_key(*key)).count(),
            new: now.keys().filter(|key| !before.contains_key(*key)).count(),
            ..Self::default()
        };
        for (key, (new, stars)) in &now {
            let Some((old, old_stars)) = before.get(key) else { continue };
            changes.compared += 1;
            changes.changed += usize::from((new - old).abs() > ROUNDING * old.abs());
            changes.signs += usize::from((*new > 0.0) != (*old > 0.0));
            changes.stars += usize::from(stars != old_stars);
        }
        changes
    }
}
