//! A stage's equation on the rows that it was estimated on, as its parameters say.

use serde_json::Value;
use vintner_diagnostics::{Span, Spanned};
use vintner_estimation::{BoundEquation, Formula};
use vintner_panel::Panel;

use super::parameters::texts;
use crate::error::StagesError;
use crate::operations::Written;

/// An equation of a stage on the rows that it is estimated on.
pub(super) struct EquationOn {
    /// Its place among those of the stage: within each part of the sample, the equations in their order.
    pub(super) place: usize,
    pub(super) bound: BoundEquation,
}

/// The equations of a stage that chooses rows or writes its equation as one text: that of the model of this name, or all of
/// them. A model's name may go on behind it, after a colon, with an estimator or an entity. None for a stage whose
/// equation is lists over the whole panel.
pub(super) fn equations_on(
    params: &Value,
    model: Option<&str>,
    panel: &Panel,
) -> Result<Option<Vec<EquationOn>>, StagesError> {
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
    let names: Vec<String> =
        models.iter().filter_map(|one| one.name.as_ref().map(|name| name.name.clone())).collect();
    let wanted = model.and_then(|model| model_among(names.iter().map(String::as_str), model));
    let is = |name: Option<&str>| wanted.is_none() || name == wanted;
    let chosen = models
        .into_iter()
        .enumerate()
        .filter(|(_, one)| is(one.name.as_ref().map(|name| name.name.as_str())));
    Ok(Some(chosen.map(|(place, one)| EquationOn { place, bound: one.bound }).collect()))
}

/// The name among some that a model's begins with, the longest where one begins as another.
fn model_among<'n>(names: impl Iterator<Item = &'n str>, model: &str) -> Option<&'n str> {
    let begins = |name: &&str| {
        let rest = model.strip_prefix(*name);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(": "))
    };
    names.filter(begins).max_by_key(|name| name.len())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_goes_by_the_longest_name_that_it_begins_with() {
        let names = ["y ~ x", "y ~ x + z", "region: north"];
        let of = |model: &str| model_among(names.into_iter(), model);
        assert_eq!(of("y ~ x + z"), Some("y ~ x + z"));
        assert_eq!(of("y ~ x: Leeds"), Some("y ~ x"));
        assert_eq!(of("region: north"), Some("region: north"));
        assert_eq!(of("liml"), None);
    }
}
