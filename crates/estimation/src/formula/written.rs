//! An equation as it was written.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::term::{Expression, Factor, Term, name, reads};
use crate::sample::{Effect, Formula};

/// An equation as a text and what it says; one of several where the text is of several. Serialised as the text.
#[derive(Debug, Clone, PartialEq)]
pub struct WrittenEquation {
    pub(super) text: String,
    /// The regressors as they stand there, what was chosen of a stepwise list in its place.
    pub(super) regressors: String,
    pub(super) dependent: Expression,
    /// The exogenous terms, in the order in which they first stand.
    pub(super) terms: Vec<Term>,
    pub(super) intercept: bool,
    pub(super) effects: Vec<Effect>,
    pub(super) endogenous: Vec<Term>,
    pub(super) instruments: Vec<Term>,
}

impl WrittenEquation {
    /// The text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The dependent variable.
    pub fn dependent(&self) -> &Expression {
        &self.dependent
    }

    /// The exogenous terms, in the order in which they first stand.
    pub fn terms(&self) -> &[Term] {
        &self.terms
    }

    /// The endogenous terms.
    pub fn endogenous_terms(&self) -> &[Term] {
        &self.endogenous
    }

    /// The excluded instruments.
    pub fn instrument_terms(&self) -> &[Term] {
        &self.instruments
    }

    /// Whether it has an intercept.
    pub fn has_intercept(&self) -> bool {
        self.intercept
    }

    /// The dependent variable's name.
    pub fn dependent_name(&self) -> String {
        self.dependent.to_string()
    }

    /// The exogenous regressors as they were written, those that a stepwise list chose in its place: fixest's `rhs`.
    pub fn regressors_text(&self) -> &str {
        &self.regressors
    }

    /// The effects after the first bar.
    pub fn effects(&self) -> &[Effect] {
        &self.effects
    }

    /// Whether there are endogenous regressors with instruments.
    pub fn is_instrumented(&self) -> bool {
        !self.endogenous.is_empty()
    }

    /// The endogenous regressors' names, a factor as one.
    pub fn endogenous_names(&self) -> Vec<String> {
        self.endogenous.iter().map(name).collect()
    }

    /// The excluded instruments' names, a factor as one.
    pub fn instrument_names(&self) -> Vec<String> {
        self.instruments.iter().map(name).collect()
    }

    /// All columns of the panel that it reads besides the keys, each once.
    pub fn columns(&self) -> Vec<String> {
        let mut columns = Vec::new();
        self.dependent.reads(&mut columns);
        let terms = self.endogenous.iter().chain(&self.terms).chain(&self.instruments);
        terms.for_each(|term| reads(term, &mut columns));
        for column in self.effects.iter().flat_map(Effect::columns) {
            if column != "entity" && column != "time" && !columns.contains(column) {
                columns.push(column.clone());
            }
        }
        columns
    }

    /// How far from a row's own time it reads columns: -1 for a lag, 1 for a lead, 0 for the row itself.
    pub fn times_read(&self) -> BTreeSet<i32> {
        let mut times = BTreeSet::from([0]);
        self.dependent.times_read(0, &mut times);
        for factor in self.endogenous.iter().chain(&self.terms).chain(&self.instruments).flatten() {
            if let Factor::Of(expression) = factor {
                expression.times_read(0, &mut times);
            }
        }
        times
    }

    /// The equation before it is known which values its factors have: a factor stands as one regressor.
    pub fn outline(&self) -> Formula {
        let terms = self.endogenous.iter().chain(&self.terms);
        let names: Vec<String> = terms.map(name).collect();
        let mut formula = Formula::new(self.dependent.to_string(), &names);
        formula.intercept = self.intercept;
        formula.effects.clone_from(&self.effects);
        formula
    }
}

impl fmt::Display for WrittenEquation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

impl Serialize for WrittenEquation {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl JsonSchema for WrittenEquation {
    fn schema_name() -> Cow<'static, str> {
        "Equation".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "An equation as one text: `y ~ x + i(region) | firm + year`.",
            "type": "string"
        })
    }
}

impl<'de> Deserialize<'de> for WrittenEquation {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}
