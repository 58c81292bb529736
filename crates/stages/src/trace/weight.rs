//! How much a coefficient hangs on one entity or one time.

use serde::Serialize;
use serde_json::Value;
use vintner_estimation::{Formula, LeftOut, Model, Sample};
use vintner_panel::Panel;

use super::parameters::equation;
use super::stage_equation::{equations_on, with_options};
use crate::error::StagesError;

/// A coefficient without an entity or a time.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TracedInfluence {
    /// The entity's id or the time that is left out.
    pub without: String,
    /// The estimate without it; none where there is none.
    pub estimate: Option<f64>,
    /// That less the estimate with it.
    pub change: Option<f64>,
    /// Why there is no estimate; empty where there is one.
    pub reason: String,
}

/// The coefficient of `regressor` without each entity and time, the largest change first; nothing for
/// models of which that isn't known. `model_name` is the model's of several, `entity` the unit whose own equation it is.
pub(super) fn influence_on(
    panel: &Panel,
    params: &Value,
    model_name: Option<&str>,
    entity: Option<&str>,
    regressor: &str,
    estimate: f64,
) -> Result<Vec<TracedInfluence>, StagesError> {
    let bound = match equations_on(params, model_name, panel)? {
        Some(equations) => match equations.into_iter().next() {
            Some(bound) => Some(bound),
            None => return Ok(Vec::new()),
        },
        None => None,
    };
    let (panel, formula) = match &bound {
        Some(bound) => (&bound.panel, bound.formula.clone()),
        None => {
            let texts = equation(params);
            let Some((dependent, regressors)) = texts.split_first() else { return Ok(Vec::new()) };
            (panel, Formula::new(dependent, regressors))
        }
    };
    let formula = with_options(params, formula, entity.is_none());
    let (sample, model) = match entity {
        Some(entity) => {
            let place = panel.entities().iter().position(|own| own == entity);
            let samples = Sample::factored_by_entity(panel, &formula)?;
            let Some(sample) = place.and_then(|place| samples.into_iter().nth(place)) else {
                return Ok(Vec::new());
            };
            (sample, Model::Ols)
        }
        None => {
            let model = params.pointer("/pooled/model").cloned().unwrap_or_default();
            let Ok(model) = serde_json::from_value::<Model>(model) else { return Ok(Vec::new()) };
            (Sample::factored(panel, &formula)?, model)
        }
    };
    let Ok(estimated) = model.estimate(&sample) else { return Ok(Vec::new()) };
    let Ok(found) = estimated.influence() else { return Ok(Vec::new()) };
    let Some(place) = estimated.names().iter().position(|own| own == regressor) else {
        return Ok(Vec::new());
    };
    let mut traced: Vec<TracedInfluence> = found
        .into_iter()
        .map(|one| {
            let without = match one.left_out {
                LeftOut::Entity(entity) => entity,
                LeftOut::Time(time) => time.to_string(),
            };
            match one.coefficients {
                Ok(coefficients) => {
                    let own = coefficients.get(place).copied();
                    let change = own.map(|own| own - estimate);
                    TracedInfluence { without, estimate: own, change, reason: String::new() }
                }
                Err(reason) => {
                    TracedInfluence { without, estimate: None, change: None, reason: reason.to_string() }
                }
            }
        })
        .collect();
    let size = |one: &TracedInfluence| one.change.map_or(f64::INFINITY, f64::abs);
    traced.sort_by(|one, other| size(other).total_cmp(&size(one)));
    Ok(traced)
}
