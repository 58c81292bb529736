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
    /// Whether the report shows it; other outputs have it either way.
    #[serde(default = "shown", skip_serializing_if = "is_shown")]
    pub in_report: bool,
}

fn shown() -> bool {
    true
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
fn is_shown(in_report: &bool) -> bool {
    *in_report
}
