//! A stage's equation on the rows that it was estimated on, as its parameters say.

use serde_json::Value;
use vintner_diagnostics::{Span, Spanned};
use vintner_estimation::{BoundEquation, Formula};
use vintner_panel::Panel;

use super::parameters::texts;
use crate::error::StagesError;
use crate::operations::Written;

/// The equations of a stage that chooses rows or writes its equation as one text: that of the model of this name, or all of
/// them. None for a stage whose equation is lists over the whole panel.
pub(super) fn equations_on(
    params: &Value,
    model: Option<&str>,
    panel: &Panel,
) -> Result<Option<Vec<BoundEquation>>, StagesError> {
    let spanned = |field: &str| {
        let text = params.get(field).and_then(Value::as_str)?;
        Some(Spanned::new(text.to_owned(), Span::default()))
    };
    let (formula, rows, by) = (spanned("formula"), spanned("where"), spanned("by"));
    if formula.is_none() && rows.is_none() && by.is_none() {
        return Ok(None);
    }
    let regressors = texts(params, "regressors");
    let written = Written {
        formula: formula.as_ref(),
        rows: rows.as_ref(),
        dependent: params.get("dependent").and_then(Value::as_str).unwrap_or_default(),
        regressors: &regressors,
        by: by.as_ref(),
        several: true,
    };
    let (models, _) = written.models(panel)?;
    let is = |name: Option<&str>| model.is_none() || name == model;
    let chosen = models.into_iter().filter(|one| is(one.name.as_ref().map(|name| name.name.as_str())));
    Ok(Some(chosen.map(|one| one.bound).collect()))
}

/// The equation with the stage's factors, weights and, where the pooled equation is meant, effects.
pub(super) fn with_options(params: &Value, mut formula: Formula, pooled: bool) -> Formula {
    let read = |field: &str| params.pointer(field).cloned().unwrap_or_default();
    formula.factors = serde_json::from_value(read("/factors")).unwrap_or_default();
    formula.weights = serde_json::from_value(read("/weights")).unwrap_or_default();
    if !pooled {
        formula.effects.clear();
        return formula;
    }
    let named = params.get("pooled").map(|pooled| texts(pooled, "effects")).unwrap_or_default();
    match named.is_empty() {
        true => formula,
        false => formula.clone().with_effects(&named).unwrap_or(formula),
    }
}
