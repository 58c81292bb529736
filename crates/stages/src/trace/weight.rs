//! How much a coefficient hangs on one entity or one time.

use std::rc::Rc;

use serde::Serialize;
use serde_json::Value;
use vintner_estimation::{Formula, Influence, LeftOut, Model, Sample};
use vintner_panel::Panel;

use super::made::{Made, OutputOf};
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

/// The coefficients of an equation without each entity and each time.
pub(super) struct Influences {
    /// The coefficients.
    names: Vec<String>,
    without: Vec<Influence>,
}

impl Influences {
    /// The coefficient of `regressor` without each, the largest change first; nothing where there is none.
    pub(super) fn on(&self, regressor: &str, estimate: f64) -> Vec<TracedInfluence> {
        let Some(place) = self.names.iter().position(|own| own == regressor) else { return Vec::new() };
        let traced = |one: &Influence| {
            let without = match &one.left_out {
                LeftOut::Entity(entity) => entity.clone(),
                LeftOut::Time(time) => time.to_string(),
            };
            match &one.coefficients {
                Ok(coefficients) => {
                    let own = coefficients.get(place).copied();
                    let change = own.map(|own| own - estimate);
                    TracedInfluence { without, estimate: own, change, reason: String::new() }
                }
                Err(reason) => {
                    TracedInfluence { without, estimate: None, change: None, reason: reason.to_string() }
                }
            }
        };
        let mut traced: Vec<TracedInfluence> = self.without.iter().map(traced).collect();
        let size = |one: &TracedInfluence| one.change.map_or(f64::INFINITY, f64::abs);
        traced.sort_by(|one, other| size(other).total_cmp(&size(one)));
        traced
    }
}

/// The coefficients of an equation of `regress` without each entity and time; nothing for models of which that isn't
/// known. `model` is the one of several, `entity` the unit whose own equation it is. Looked into once.
pub(super) fn influences_of(
    made: &Made<'_>,
    fit: &OutputOf,
    model: Option<&str>,
    entity: Option<&str>,
) -> Result<Option<Rc<Influences>>, StagesError> {
    let key = (fit.clone(), model.map(str::to_owned), entity.map(str::to_owned));
    if let Some(known) = made.influences.borrow().get(&key) {
        return Ok(known.clone());
    }
    let bound = made.bound(&fit.stage, &fit.item);
    let panel = bound.map(|bound| made.read_by_bound(bound, "panel")).unwrap_or_default();
    let found = match (bound, panel.first()) {
        (Some(bound), Some(panel)) => {
            influences_on(&*made.shared_panel(panel)?, &bound.params, model, entity)?.map(Rc::new)
        }
        _ => None,
    };
    made.influences.borrow_mut().insert(key, found.clone());
    Ok(found)
}

fn influences_on(
    panel: &Panel,
    params: &Value,
    model: Option<&str>,
    entity: Option<&str>,
) -> Result<Option<Influences>, StagesError> {
    let bound = match equations_on(params, model, panel)? {
        Some(equations) => match equations.into_iter().next() {
            Some(one) => Some(one.bound),
            None => return Ok(None),
        },
        None => None,
    };
    let (panel, formula) = match &bound {
        Some(bound) => (&bound.panel, bound.formula.clone()),
        None => {
            let texts = equation(params);
            let Some((dependent, regressors)) = texts.split_first() else { return Ok(None) };
            (panel, Formula::new(dependent, regressors))
        }
    };
    let formula = with_options(params, formula, entity.is_none());
    let (sample, model) = match entity {
        Some(entity) => {
            let place = panel.entities().iter().position(|own| own == entity);
            let samples = Sample::factored_by_entity(panel, &formula)?;
            let Some(sample) = place.and_then(|place| samples.into_iter().nth(place)) else {
                return Ok(None);
            };
            (sample, Model::Ols)
        }
        None => {
            let model = params.pointer("/pooled/model").cloned().unwrap_or_default();
            let Ok(model) = serde_json::from_value::<Model>(model) else { return Ok(None) };
            (Sample::factored(panel, &formula)?, model)
        }
    };
    let Ok(estimated) = model.estimate(&sample) else { return Ok(None) };
    let Ok(without) = estimated.influence() else { return Ok(None) };
    Ok(Some(Influences { names: estimated.names().to_vec(), without }))
}
