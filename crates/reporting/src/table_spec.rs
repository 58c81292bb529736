//! Which tables the report has.

use serde::{Deserialize, Serialize};
use vintner_panel::Label;

/// One table: an equation, its units in the rows and its regressors in the columns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TableSpec {
    /// Its number or name ("1", "1-clustered"), as estimates and published tables name it.
    pub id: String,
    /// Its title.
    pub title: Label,
    /// The dependent variable's id.
    pub dependent: String,
    /// The regressors' ids in the equation's order.
    pub regressors: Vec<String>,
    /// A sentence for the table's note; empty for none.
    #[serde(default)]
    pub note: Label,
}
