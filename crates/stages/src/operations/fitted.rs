//! Frames of what an estimate says of rows and of effects.

use polars::prelude::{BooleanChunked, Column, DataFrame, IntoColumn, NamedFrom, NewChunkedArray, Series};
use vintner_estimation::{Covariance, EffectsFrom, Estimated, Formula, RowFit};
use vintner_panel::Panel;

use super::shared::{ENTITY, TIME};
use crate::error::StagesError;

/// The column of the model's name where there are several.
const MODEL: &str = "model";

/// The keys of the rows that were fitted, with `observed`, `fitted`, `residual`, `leverage` and `cooks_distance`.
pub(super) fn rows(
    panel: &Panel,
    estimated: Option<&Estimated>,
    fits: &[RowFit],
) -> Result<DataFrame, StagesError> {
    let places = match estimated {
        Some(estimated) => places(panel, estimated)?,
        None => Vec::new(),
    };
    let mut kept = vec![false; panel.height()];
    for slot in fits.iter().filter_map(|fit| places.get(fit.row)) {
        kept[*slot] = true;
    }
    let keys: Vec<&str> =
        [ENTITY, TIME].into_iter().filter(|key| panel.frame().column(key).is_ok()).collect();
    let mut frame = panel.frame().select(keys)?.filter(&BooleanChunked::from_slice("kept".into(), &kept))?;
    let column = |name: &str, of: &dyn Fn(&RowFit) -> Option<f64>| {
        Column::new(name.into(), fits.iter().map(of).collect::<Vec<Option<f64>>>())
    };
    for column in [
        column("observed", &|fit| Some(fit.observed)),
        column("fitted", &|fit| Some(fit.fitted)),
        column("residual", &|fit| Some(fit.residual)),
        column("leverage", &|fit| fit.leverage),
        column("cooks_distance", &|fit| fit.cooks_distance),
    ] {
        frame.with_column(column)?;
    }
    Ok(frame)
}

/// The panel's row of each of the sample's, which are a part of them in the same order.
fn places(panel: &Panel, estimated: &Estimated) -> Result<Vec<usize>, StagesError> {
    let sample = estimated.sample();
    let entities =
        |row: usize, groups: &[std::ops::Range<usize>]| groups.partition_point(|group| group.end <= row);
    let dependent = panel.values(&estimated.formula().dependent)?;
    let complete = complete(panel, estimated.formula())?;
    let (names, groups) = (panel.entities(), panel.groups());
    let mut places = Vec::with_capacity(sample.height());
    let mut at = 0;
    for row in 0..sample.height() {
        let entity = sample.entities().get(entities(row, sample.groups()));
        let time = sample.times().get(row);
        let value = sample.dependent().get(row).copied();
        let is = |place: &usize| {
            complete[*place]
                && dependent[*place] == value
                && panel.times().get(*place) == time
                && names.get(entities(*place, groups)) == entity
        };
        let Some(place) = (at..panel.height()).find(is) else { break };
        places.push(place);
        at = place + 1;
    }
    Ok(places)
}

/// Of each row, whether all variables of the equation are there.
fn complete(panel: &Panel, formula: &Formula) -> Result<Vec<bool>, StagesError> {
    let mut complete = vec![true; panel.height()];
    for variable in formula.variables().filter(|name| panel.frame().column(name).is_ok()) {
        let there = panel.frame().column(variable)?.is_not_null();
        complete.iter_mut().zip(there.iter()).for_each(|(slot, there)| *slot &= there.unwrap_or(false));
    }
    Ok(complete)
}

/// The levels of the effects: `effect`, `level`, `value`, the `std_error` of entities' fixed effects, and whether they are
/// `fixed` or `predicted`.
pub(super) fn levels(
    estimated: Option<&Estimated>,
    covariance: &Covariance,
) -> Result<DataFrame, StagesError> {
    let (mut effects, mut labels, mut values) = (Vec::new(), Vec::new(), Vec::new());
    let (mut errors, mut kinds): (Vec<Option<f64>>, Vec<&str>) = (Vec::new(), Vec::new());
    if let Some(estimated) = estimated {
        let kind = if estimated.variance_components().is_some() { "predicted" } else { "fixed" };
        let mut add = |effect: &str, label: String, value: f64, error: Option<f64>| {
            effects.push(effect.to_owned());
            labels.push(label);
            values.push(value);
            errors.push(error);
            kinds.push(kind);
        };
        let named = estimated.named_effects();
        let certain = match named.is_empty() {
            true => estimated.effect_estimates(estimated.sample(), covariance, EffectsFrom::Zero),
            false => Ok(Vec::new()),
        };
        let certain = certain.unwrap_or_default();
        for (effect, own) in &named {
            own.iter().for_each(|(label, value)| add(&effect.to_string(), label.clone(), *value, None));
        }
        if named.is_empty() {
            for (at, one) in estimated.fixed_effects().into_iter().enumerate() {
                let error = certain.get(at).map(|own| own.std_error).filter(|error| *error > 0.0);
                add(ENTITY, one.entity, one.effect, error);
            }
            for one in estimated.time_effects() {
                add(TIME, one.time.to_string(), one.effect, None);
            }
        }
    }
    let columns = vec![
        Series::new("effect".into(), effects).into_column(),
        Series::new("level".into(), labels).into_column(),
        Series::new("value".into(), values).into_column(),
        Series::new("std_error".into(), errors).into_column(),
        Series::new("kind".into(), kinds).into_column(),
    ];
    let height = columns.first().map_or(0, Column::len);
    Ok(DataFrame::new(height, columns)?)
}

/// A frame with the model's name first, where there are several.
pub(super) fn of_model(frame: DataFrame, name: Option<&str>) -> Result<DataFrame, StagesError> {
    let Some(name) = name else { return Ok(frame) };
    let height = frame.height();
    let mut columns = vec![Column::new(MODEL.into(), vec![name; height])];
    columns.extend(frame.columns().iter().cloned());
    Ok(DataFrame::new(height, columns)?)
}

/// Frames of the same columns, one below the other.
pub(super) fn together(frames: Vec<DataFrame>) -> Result<Option<DataFrame>, StagesError> {
    let mut frames = frames.into_iter();
    let Some(mut all) = frames.next() else { return Ok(None) };
    for frame in frames {
        all.vstack_mut(&frame)?;
    }
    all.align_chunks();
    Ok(Some(all))
}
