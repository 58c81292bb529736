//! How balanced a panel is, and along which dimension its variables vary.

use serde::{Deserialize, Serialize};
use vintner_panel::Panel;

use crate::outcome::{Reason, Result};
use crate::sample::Sample;

/// The measures of Ahrens and Pincus (1981); both are 1 of a balanced panel and less the less it is balanced. plm's
/// `punbalancedness`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Unbalancedness {
    /// N/(mean(T_i) sum 1/T_i).
    pub gamma: f64,
    /// n^2/(N sum T_i^2).
    pub nu: f64,
}

/// How balanced a sample is.
///
/// # Errors
/// Without a row.
pub fn unbalancedness(sample: &Sample) -> std::result::Result<Unbalancedness, Reason> {
    if sample.height() == 0 {
        return Err(sample.nothing_left());
    }
    let (entities, rows) = (sample.groups().len() as f64, sample.height() as f64);
    let lengths: Vec<f64> = sample.groups().iter().map(|group| group.len() as f64).collect();
    let inverses: f64 = lengths.iter().map(|length| 1.0 / length).sum();
    let squares: f64 = lengths.iter().map(|length| length * length).sum();
    Ok(Unbalancedness {
        gamma: entities * entities / (rows * inverses),
        nu: rows * rows / (entities * squares),
    })
}

/// Along which dimension a variable varies, missing values left out. plm's `pvar`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Variation {
    /// The variable.
    pub variable: String,
    /// Whether entities differ at some time: plm's `id.variation`. Without it, effects of times absorb the variable.
    pub across_entities: bool,
    /// Whether some entity's values differ over time: plm's `time.variation`. Without it, effects of entities do.
    pub over_time: bool,
}

/// Along which dimension variables vary.
///
/// # Errors
/// Where a column isn't there or isn't numeric.
pub fn variation(panel: &Panel, variables: &[impl AsRef<str>]) -> Result<Vec<Variation>> {
    variables
        .iter()
        .map(|variable| {
            let variable = variable.as_ref();
            let values = panel.values(variable)?;
            let over_time = panel.groups().iter().any(|group| varies(values[group.clone()].iter().copied()));
            let mut by_time: Vec<(i32, Option<f64>)> =
                panel.times().iter().copied().zip(values.iter().copied()).collect();
            by_time.sort_by_key(|(time, _)| *time);
            let across_entities = by_time
                .chunk_by(|one, other| one.0 == other.0)
                .any(|rows| varies(rows.iter().map(|(_, value)| *value)));
            Ok(Variation { variable: variable.into(), across_entities, over_time })
        })
        .collect()
}

fn varies(values: impl Iterator<Item = Option<f64>>) -> bool {
    let mut present = values.flatten();
    present.next().is_some_and(|first| present.any(|value| value != first))
}
