//! The rows and variables that a model was estimated on.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use vintner_diagnostics::{Span, Spanned};
use vintner_estimation::WrittenEquation;
use vintner_panel::Panel;
use vintner_pipeline::Bound;

use super::dropped_sample::DroppedSample;
use super::ground::{Ground, Row, period_of};
use super::made::{Made, rows_of};
use super::output_of::OutputOf;
use super::parameters::{declared_columns, equation};
use super::stage_equation::{EquationOn, equations_on};
use crate::error::StagesError;
use crate::operations::{ENTITY, TIME, chosen_columns, chosen_rows, rows_of_gmm};

/// What is missing of a row that is complete itself.
const EARLIER: &str = "earlier values (lags, differences, instruments)";

/// What a model of a stage that estimates was estimated on: the complete rows of its equation, of one entity where it is
/// that entity's, and of the columns that the stage reads besides (weights, clusters, conditions).
pub(super) fn fitted(
    made: &Made<'_>,
    operation: &str,
    bound: &Bound,
    panel_of: &OutputOf,
    model: &str,
) -> Result<Ground, StagesError> {
    let params = &bound.params;
    let panel = made.shared_panel(panel_of)?;
    let declared = declared_columns(bound, "panel").unwrap_or_default();
    let of_equations = equation(params);
    // What isn't of an equation is read whatever the model is.
    let further: Vec<String> = declared.iter().filter(|name| !of_equations.contains(name)).cloned().collect();
    let mut ground = Ground::on(panel_of.clone(), &panel, of_equations);
    let condition = params.get("where").and_then(Value::as_str);
    let condition = condition.map(|text| Spanned::new(text.to_owned(), Span::default()));
    // A condition may choose the rows where something is missing.
    let of_condition = chosen_columns(condition.as_ref());
    let needed: Vec<&String> = further.iter().filter(|name| !of_condition.contains(name)).collect();
    let entity = own_entity(params, &panel, model);
    let equations = match operation {
        // Their own forms of equations.
        "gmm" | "system" => None,
        _ => equations_on(params, Some(model), &panel)?,
    };
    match equations {
        Some(equations) => {
            if let [one] = &equations[..]
                && let Some(columns) = columns_of(params, one.place)
            {
                ground.variables = columns;
            }
            for EquationOn { bound, .. } in equations {
                let mut own: Vec<String> = bound.formula.variables().map(str::to_owned).collect();
                own.extend(bound.instruments.iter().cloned());
                own.extend(needed.iter().filter(|name| has(&bound.panel, name)).map(|name| (*name).clone()));
                sort(&bound.panel, &own, entity, &mut ground)?;
            }
            ground.earlier = beside(params, &panel, &ground.sample);
            ground.without_twice();
        }
        None => {
            let chosen = chosen_rows(condition.as_ref(), (*panel).clone())?;
            let own = ground.variables.iter().chain(needed).filter(|name| has(&chosen, name));
            let own: Vec<String> = own.cloned().collect();
            sort(&chosen, &own, entity, &mut ground)?;
            if operation == "gmm" {
                without_lost(&chosen, rows_of_gmm(params, &panel)?, &mut ground);
            }
        }
    }
    for name in further {
        if !ground.variables.contains(&name) {
            ground.variables.push(name);
        }
    }
    ground.variables.retain(|name| name != ENTITY && name != TIME && has(&panel, name));
    Ok(ground)
}

/// Of a dynamic panel the `usable` rows: those that lags, differences and instruments leave. Where they are is known to
/// the estimator alone; what it may have read before them stays known.
fn without_lost(panel: &Panel, usable: BTreeSet<(String, i32)>, ground: &mut Ground) {
    ground.dropped.retain(|row| !usable.contains(&(row.entity.clone(), row.time.ordinal())));
    let complete = std::mem::take(&mut ground.sample);
    for (entity, time) in complete.into_iter().filter(|row| !usable.contains(row)) {
        let time = period_of(ground.frequency, time);
        ground.dropped.push(DroppedSample { entity, time, missing: vec![EARLIER.to_owned()] });
    }
    ground.dropped.sort();
    // Rows are in order: the last of an entity counts.
    let last: BTreeMap<&str, i32> = usable.iter().map(|(entity, time)| (entity.as_str(), *time)).collect();
    let is_read = |(entity, time): &(String, i32)| last.get(entity.as_str()).is_some_and(|last| time < last);
    ground.earlier = rows_of(panel).into_iter().filter(|row| is_read(row) && !usable.contains(row)).collect();
    ground.sample = usable.into_iter().collect();
}

/// The rows that lags, leads and differences of an equation read beside those of its sample.
fn beside(params: &Value, panel: &Panel, sample: &[Row]) -> Vec<Row> {
    let each = params.get("formula").and_then(Value::as_str).map(WrittenEquation::each);
    let each = each.and_then(Result::ok).unwrap_or_default();
    let away: BTreeSet<i32> = each.iter().flat_map(WrittenEquation::times_read).collect();
    if away.iter().all(|away| *away == 0) {
        return Vec::new();
    }
    let moved = |(entity, time): &Row| -> Vec<Row> {
        away.iter().filter_map(|away| Some((entity.clone(), time.checked_add(*away)?))).collect()
    };
    let read: BTreeSet<Row> = sample.iter().flat_map(moved).collect();
    rows_of(panel).into_iter().filter(|row| read.contains(row)).collect()
}

fn has(panel: &Panel, name: &str) -> bool {
    panel.frame().column(name).is_ok()
}

/// The entity whose own equation a model is; none for one over all of them.
pub(super) fn own_entity<'m>(params: &Value, panel: &Panel, model: &'m str) -> Option<&'m str> {
    if model.is_empty() || params.get("by_entity").is_none_or(Value::is_null) {
        return None;
    }
    let is = |name: &str| panel.entities().iter().any(|entity| entity == name);
    let last = model.rsplit_once(": ").map(|(_, last)| last);
    [Some(model), last].into_iter().flatten().find(|name| is(name))
}

/// The columns of one of several equations that are written as one text.
fn columns_of(params: &Value, place: usize) -> Option<Vec<String>> {
    let each = WrittenEquation::each(params.get("formula")?.as_str()?).ok()?;
    // The parts of a sample stand outside of the equations.
    each.get(place % each.len().max(1)).map(WrittenEquation::columns)
}

/// Sorts the rows of a panel, of one entity or of all, by whether all variables are there.
pub(super) fn sort(
    panel: &Panel,
    variables: &[String],
    entity: Option<&str>,
    ground: &mut Ground,
) -> Result<(), StagesError> {
    let columns: Vec<Vec<bool>> =
        variables.iter().map(|name| is_there(panel, name)).collect::<Result<_, _>>()?;
    for (at, (own, time)) in rows_of(panel).into_iter().enumerate() {
        if entity.is_some_and(|wanted| *wanted != own) {
            continue;
        }
        let missing = variables.iter().zip(&columns).filter(|(_, column)| !column[at]);
        let missing: Vec<String> = missing.map(|(name, _)| name.clone()).collect();
        if missing.is_empty() {
            ground.sample.push((own, time));
        } else {
            ground.dropped.push(DroppedSample {
                entity: own,
                time: period_of(ground.frequency, time),
                missing,
            });
        }
    }
    Ok(())
}

/// Of each row, whether a column has a value there: a number, or a text.
fn is_there(panel: &Panel, name: &str) -> Result<Vec<bool>, StagesError> {
    if panel.is_text(name)? {
        return Ok(panel.labels(name)?.iter().map(Option::is_some).collect());
    }
    Ok(panel.values(name)?.iter().map(Option::is_some).collect())
}
