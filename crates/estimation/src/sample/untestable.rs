//! What becomes of a panel's statistic where an entity has none.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What becomes of the panel's statistics where an entity has no test of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Untestable {
    /// They are refused with that entity's reason, as plm does.
    #[default]
    Refuse,
    /// They are those of the other entities; `DumitrescuHurlin::left_out` names it.
    LeaveOut,
}
