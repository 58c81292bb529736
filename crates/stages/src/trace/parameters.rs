//! What stages' parameters say of variables.

use serde_json::Value;
use vintner_estimation::WrittenEquation;
use vintner_pipeline::Bound;

use crate::operations::{ENTITY, TIME};

/// The variables of a stage's equation, or of all of its equations: the dependent one first.
pub(super) fn equation(params: &Value) -> Vec<String> {
    let written = params.get("formula").and_then(Value::as_str);
    if let Some(several) = written.and_then(|text| WrittenEquation::each(text).ok()) {
        let mut columns: Vec<String> = Vec::new();
        for column in several.iter().flat_map(WrittenEquation::columns) {
            if !columns.contains(&column) {
                columns.push(column);
            }
        }
        return columns;
    }
    let dependent = params.get("dependent").and_then(Value::as_str).map(str::to_owned);
    dependent.into_iter().chain(texts(params, "regressors")).collect()
}

pub(super) fn texts(params: &Value, field: &str) -> Vec<String> {
    let list = params.get(field).and_then(Value::as_array);
    list.into_iter().flatten().filter_map(|text| Some(text.as_str()?.to_owned())).collect()
}

/// The columns, besides the keys, that a stage reads of a frame under `role`; none where it may read all.
pub(super) fn declared_columns(bound: &Bound, role: &str) -> Option<Vec<String>> {
    let declared = bound.input_declarations.iter().find(|declared| declared.role == role)?;
    let columns = declared.columns.as_ref()?.iter();
    Some(columns.filter(|name| *name != ENTITY && *name != TIME).cloned().collect())
}
