//! A number of a report.

use serde::Serialize;
use serde_json::Value;
use vintner_reporting::TidyEstimate;

use super::dropped_sample::DroppedSample;
use super::made::OutputOf;
use super::number_address::NumberAddress;
use super::weight::TracedInfluence;

/// What is known of a number.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum NumberValue {
    /// A row of `estimates.csv`.
    Estimate(Box<TidyEstimate>),
    /// What the stage's output says of it.
    Output(Value),
    /// A value of a panel.
    Value {
        /// The value; none where it is missing.
        value: Option<f64>,
    },
}

/// A number with the rows and variables that it was computed from.
pub(super) struct Number {
    pub(super) address: NumberAddress,
    pub(super) value: NumberValue,
    /// The outputs from the report's end up to the panel.
    pub(super) outputs: Vec<OutputOf>,
    pub(super) panel: OutputOf,
    pub(super) variables: Vec<String>,
    pub(super) sample: Vec<(String, i32)>,
    pub(super) dropped: Vec<DroppedSample>,
    pub(super) influence: Vec<TracedInfluence>,
}
