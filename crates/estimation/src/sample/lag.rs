//! Lags by time value.

use vintner_panel::Panel;

/// The values `order` periods earlier within each entity, row by row. A period that the entity
/// hasn't got is missing: a hole in the series is never bridged.
pub fn lag(panel: &Panel, values: &[Option<f64>], order: usize) -> Vec<Option<f64>> {
    let mut lagged = vec![None; panel.height()];
    let Ok(order) = i64::try_from(order) else { return lagged };
    for group in panel.groups() {
        let times = &panel.times()[group.clone()];
        for (offset, &time) in times.iter().enumerate() {
            let earlier = i32::try_from(i64::from(time) - order).ok();
            if let Some(found) = earlier.and_then(|time| times.binary_search(&time).ok()) {
                lagged[group.start + offset] = values.get(group.start + found).copied().flatten();
            }
        }
    }
    lagged
}

/// The name of a lagged column, as R writes it.
pub(crate) fn lag_name(variable: &str, order: usize) -> String {
    format!("lag({variable}, {order})")
}
