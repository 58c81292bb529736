//! The numbers in what estimating stages made.

use serde_json::Value as Json;

use crate::branches::read;
use crate::program::{Expected, Program};

/// Adds the coefficients of a fit under a model's name; where there is none, the reason is named.
pub(crate) fn add(program: &mut Program, stage: &str, model: &str, outcome: &Json, with_errors: bool) {
    let coefficients: Vec<Json> = read(outcome, "coefficients").unwrap_or_default();
    if coefficients.is_empty() {
        let reason = outcome.get("reason").map(words).unwrap_or_default();
        let what = if model.is_empty() { stage.to_owned() } else { format!("{stage}, {model}") };
        program.leave_out(what, format!("the pipeline has no estimate: {reason}"));
        return;
    }
    for one in coefficients {
        program.expected.push(Expected {
            stage: stage.to_owned(),
            model: model.to_owned(),
            term: read(&one, "name").unwrap_or_default(),
            estimate: read(&one, "estimate"),
            std_error: read(&one, "std_error").filter(|_| with_errors),
            p_value: read(&one, "p_value").filter(|_| with_errors),
        });
    }
}

/// Adds statistics that have no error of their own.
pub(crate) fn add_values(program: &mut Program, stage: &str, model: &str, values: &[(&str, Option<f64>)]) {
    for (term, value) in values.iter().filter(|(_, value)| value.is_some()) {
        program.expected.push(Expected {
            stage: stage.to_owned(),
            model: model.to_owned(),
            term: (*term).to_owned(),
            estimate: *value,
            std_error: None,
            p_value: None,
        });
    }
}

/// A reason in words.
pub(crate) fn words(reason: &Json) -> String {
    let read: Result<vintner_estimation::Reason, _> = serde_json::from_value(reason.clone());
    read.map_or_else(|_| reason.to_string(), |reason| reason.to_string())
}

/// A name that isn't taken yet among those of a stage: the second of a kind has a number.
pub(crate) fn unique(names: &mut Vec<String>, name: String) -> String {
    let count = names.iter().filter(|known| **known == name).count();
    names.push(name.clone());
    if count == 0 { name } else { format!("{name} #{}", count + 1) }
}
