//! A number of a report.

use std::rc::Rc;

use serde::Serialize;
use serde_json::Value;
use vintner_reporting::{TermResult, TidyEstimate};

use super::ground::Base;
use super::influences::TracedInfluence;
use super::number_address::NumberAddress;
use super::output_of::OutputOf;

/// What is known of a number.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum NumberValue {
    /// A row of `estimates.csv`.
    Estimate(Box<TidyEstimate>),
    /// What the stage's output says of it.
    Output(Value),
    /// A cell of a table of models.
    Cell(Box<CellValue>),
    /// A value of a panel.
    Value {
        /// The value; none where it is missing.
        value: Option<f64>,
    },
}

/// A number of a table of models: a coefficient with all that is known of it, or a statistic of a model.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CellValue {
    /// The column's number.
    pub column: String,
    /// What the column is called; empty for nothing.
    pub label: String,
    /// The dependent variable, as the table calls it; empty where it isn't known.
    pub dependent: String,
    /// What the row is called.
    pub row: String,
    /// The number as it is printed, with its stars; empty where only a published one stands there.
    pub printed: String,
    /// What stands below it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub below: Option<String>,
    /// What was published of it, as it was printed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub published: Option<String>,
    /// The number itself; none where it can't be computed.
    pub value: Option<f64>,
    /// The coefficient in the one form of results; none for a statistic.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub coefficient: Option<TermResult>,
    /// The file of the workspace that the model was read from, where no stage made it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
}

impl CellValue {
    /// What is known of it, line by line: a name and what it is, numbers in full.
    pub fn facts(&self) -> Vec<(&'static str, String)> {
        let full = |value: f64| format!("{value:?}");
        let mut facts = vec![("row", self.row.clone()), ("column", self.column_in_words())];
        let mut add = |name: &'static str, text: Option<String>| {
            facts.extend(text.filter(|text| !text.is_empty()).map(|text| (name, text)));
        };
        add("dependent", Some(self.dependent.clone()));
        add("printed", Some(self.printed.clone()));
        add("below", self.below.clone());
        add("published", self.published.clone());
        match &self.coefficient {
            Some(term) => {
                add("estimate", term.estimate.map(full));
                add("std. error", term.std_error.map(full));
                add("statistic", term.statistic.map(full));
                add("p-value", term.p_value.map(full));
                let ends = term.conf_low.zip(term.conf_high);
                add("interval", ends.map(|(low, high)| format!("{low:?}, {high:?}")));
                add("df", term.df.map(full));
                add("note", Some(term.note.clone()));
            }
            None => add("value", self.value.map(full)),
        }
        add("read from", self.file.clone());
        facts
    }

    fn column_in_words(&self) -> String {
        match self.label.is_empty() {
            true => format!("({})", self.column),
            false => format!("({}) {}", self.column, self.label),
        }
    }
}

/// A number with the rows and variables that it was computed from.
pub(super) struct Number {
    pub(super) address: NumberAddress,
    pub(super) value: NumberValue,
    /// The outputs from the report's end up to the panels.
    pub(super) outputs: Vec<OutputOf>,
    /// What it was computed from.
    pub(super) base: Rc<Base>,
    pub(super) influence: Vec<TracedInfluence>,
}
