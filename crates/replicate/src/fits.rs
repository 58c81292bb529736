//! Models as calls of the helpers that estimate them.

use vintner_estimation::{Model, VarianceEstimator};

use crate::script::{Call, Value};

/// The helper that estimates a model of the equation `e`, or why there is none.
pub(crate) fn of(model: Model, effects: &[String]) -> Result<Value, String> {
    let call = |function: &'static str| Call::new(function).with(Value::name("e"));
    Ok(match model {
        Model::Ols => call("fit_ols"),
        Model::Within if effects.is_empty() => call("fit_within").named("effects", Value::text("entity")),
        Model::Within => call("fit_within").named("effects", Value::texts(effects)),
        Model::WithinTime => call("fit_within").named("effects", Value::text("time")),
        Model::WithinTwoWay => call("fit_within").named("effects", Value::texts(["entity", "time"])),
        Model::FirstDifferences { across_gaps } => {
            call("fit_first_differences").maybe("across_gaps", across_gaps.then_some(Value::Bool(true)))
        }
        Model::Between => call("fit_between"),
        Model::BetweenWeighted => call("fit_between").named("weighted", Value::Bool(true)),
        Model::BetweenTime => call("fit_between").named("by", Value::text("time")),
        Model::Random(options) => {
            if options.method == VarianceEstimator::SwarHarmonic {
                return Err("`swar_harmonic` is Stata's, and neither plm nor the helpers have it".into());
            }
            call("fit_random")
                .named("effects", Value::text(word(options.effects)))
                .named("method", Value::text(word(options.method)))
        }
    }
    .value())
}

/// What a value is called that is serialised as one word.
fn word<T: serde::Serialize>(value: T) -> String {
    let value = serde_json::to_value(value).unwrap_or_default();
    value.as_str().unwrap_or_default().to_owned()
}
