//! What stages' parameters say of variables.

use serde_json::Value;
use vintner_estimation::WrittenEquation;

/// The variables of a stage's equation: the dependent one first.
pub(super) fn equation(params: &Value) -> Vec<String> {
    let written = params.get("formula").and_then(Value::as_str);
    if let Some(written) = written.and_then(|text| text.parse::<WrittenEquation>().ok()) {
        return written.columns();
    }
    let dependent = params.get("dependent").and_then(Value::as_str).map(str::to_owned);
    dependent.into_iter().chain(texts(params, "regressors")).collect()
}

pub(super) fn texts(params: &Value, field: &str) -> Vec<String> {
    let list = params.get(field).and_then(Value::as_array);
    list.into_iter().flatten().filter_map(|text| Some(text.as_str()?.to_owned())).collect()
}
