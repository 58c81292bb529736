//! The series of each entity.

use vintner_panel::Panel;

use crate::outcome::{Reason, Result};

/// One entity's series of a variable, from its first to its last value, or why it can't be used.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct UnitSeries {
    pub(crate) entity: String,
    pub(crate) outcome: std::result::Result<Span, Reason>,
}

/// Consecutive values.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Span {
    /// The time of the first.
    pub(crate) start: i32,
    pub(crate) values: Vec<f64>,
}

/// Each entity's series. Missing values at either end only shorten it; a hole is never bridged, so it is a reason.
pub(crate) fn series_by_entity(panel: &Panel, variable: &str, demean: bool) -> Result<Vec<UnitSeries>> {
    let mut values = panel.values(variable)?;
    if demean {
        subtract_time_means(panel, &mut values);
    }
    Ok(panel
        .entities()
        .iter()
        .zip(panel.groups())
        .map(|(entity, group)| UnitSeries {
            entity: entity.clone(),
            outcome: span(&panel.times()[group.clone()], &values[group.clone()]),
        })
        .collect())
}

fn span(times: &[i32], values: &[Option<f64>]) -> std::result::Result<Span, Reason> {
    let observed: Vec<(i32, f64)> =
        times.iter().zip(values).filter_map(|(time, value)| Some((*time, (*value)?))).collect();
    let Some((start, _)) = observed.first() else {
        return Err(Reason::NoObservations { rows_dropped: values.len() });
    };
    if let Some(pair) = observed.windows(2).find(|pair| pair[1].0 != pair[0].0 + 1) {
        return Err(Reason::Hole { after: pair[0].0, before: pair[1].0 });
    }
    let values: Vec<f64> = observed.iter().map(|(_, value)| *value).collect();
    if values.len() > 1 && values.iter().all(|value| Some(value) == values.first()) {
        return Err(Reason::ConstantSeries);
    }
    Ok(Span { start: *start, values })
}

/// Less the mean over the entities that have a value at the time.
fn subtract_time_means(panel: &Panel, values: &mut [Option<f64>]) {
    let mut sums: std::collections::BTreeMap<i32, (f64, usize)> = std::collections::BTreeMap::new();
    for (time, value) in panel.times().iter().zip(values.iter()) {
        if let Some(value) = value {
            let (sum, count) = sums.entry(*time).or_default();
            *sum += value;
            *count += 1;
        }
    }
    for (time, value) in panel.times().iter().zip(values) {
        if let (Some(value), Some((sum, count))) = (value.as_mut(), sums.get(time)) {
            *value -= sum / *count as f64;
        }
    }
}
