//! A variable as the report explains it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vintner_panel::Label;

/// A variable with its definition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct VariableDefinition {
    /// The id, which tables print too.
    pub id: String,
    /// Its name.
    pub label: Label,
    /// Its unit.
    #[serde(default)]
    pub unit: Label,
    /// How it is built, in words or as the pipeline's expression.
    #[serde(default)]
    pub definition: Label,
}

impl VariableDefinition {
    /// A variable that goes by its id.
    pub fn unnamed(id: &str) -> Self {
        Self { id: id.into(), label: Label::new(id), unit: Label::default(), definition: Label::default() }
    }
}
