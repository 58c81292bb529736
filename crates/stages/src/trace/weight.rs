//! How much a coefficient hangs on one entity or one time.

use std::rc::Rc;

use serde_json::Value;
use vintner_estimation::{Formula, Model, Sample};
use vintner_panel::Panel;

use super::influences::Influences;
use super::made::Made;
use super::output_of::OutputOf;
use super::parameters::equation;
use super::stage_equation::{equations_on, with_options};
use crate::error::StagesError;

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
