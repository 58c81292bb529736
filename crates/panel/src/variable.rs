//! A variable: what a column of numbers means.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::label::Label;

/// A variable of a data set, as manifests and reports name it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Variable {
    /// The id, which is also the column's name.
    pub id: String,
    /// Its name in a report.
    pub label: Label,
    /// Its unit, as text ("Mt", "yuan per person, 2008 prices").
    #[serde(default)]
    pub unit: String,
}
