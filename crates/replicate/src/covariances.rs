//! Covariances as calls of helpers.

use serde_json::Value as Json;
use vintner_estimation::Covariance;

use crate::script::{Call, Value};

/// The helper of a covariance with what it is told beside its defaults, or why there is none.
pub(crate) fn of(covariance: &Covariance) -> Result<Value, String> {
    let asked = serde_json::to_value(covariance).unwrap_or_default();
    let kind = asked.get("kind").and_then(Json::as_str).unwrap_or_default().to_owned();
    let function = match kind.as_str() {
        "classical" => "vcov_classical",
        "heteroskedastic" => "vcov_heteroskedastic",
        "groupwise" => "vcov_groupwise",
        "cluster" => "vcov_clustered",
        "two_way_cluster" => "vcov_two_way",
        "newey_west" => "vcov_newey_west",
        "driscoll_kraay" => "vcov_driscoll_kraay",
        "panel_corrected" => "vcov_panel_corrected",
        other => return Err(format!("covariances of kind `{other}` aren't among the scripts' helpers")),
    };
    let of = |name: &str| asked.get(name).and_then(Json::as_str);
    if of("test") == Some("satterthwaite") {
        return Err("`test: satterthwaite` needs clubSandwich".into());
    }
    let usual: Option<Covariance> = serde_json::from_value(serde_json::json!({"kind": kind})).ok();
    let usual = usual.and_then(|usual| serde_json::to_value(usual).ok()).unwrap_or_default();
    let mut call = Call::new(function);
    for name in OPTIONS {
        if let Some(value) = asked.get(name)
            && usual.get(name) != Some(value)
        {
            call = call.named(name, of_json(value));
        }
    }
    Ok(Value::OfFit(Box::new(call)))
}

/// The options that helpers have, by the names that they have there too.
const OPTIONS: [&str; 14] = [
    "by",
    "and",
    "type",
    "leverage",
    "small_sample",
    "groups",
    "fix",
    "kernel",
    "bandwidth",
    "lag",
    "diagonal",
    "pairwise",
    "divisor",
    "test",
];

/// A value of JSON as an argument.
pub(crate) fn of_json(value: &Json) -> Value {
    match value {
        Json::Null => Value::Nothing,
        Json::Bool(value) => Value::Bool(*value),
        Json::Number(number) => Value::Number(number.as_f64().unwrap_or_default()),
        Json::String(text) => Value::text(text),
        Json::Array(values) => Value::List(values.iter().map(of_json).collect()),
        Json::Object(fields) => {
            Value::Named(fields.iter().map(|(name, value)| (name.clone(), of_json(value))).collect())
        }
    }
}
