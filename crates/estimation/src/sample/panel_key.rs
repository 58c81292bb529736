//! The keys of a panel.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A key of the panel, as what clusters a system's errors. (Single equations may be clustered by any column:
/// [`ClusterBy`](crate::ClusterBy).)
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PanelKey {
    /// The panel's entities.
    #[default]
    Entity,
    /// The panel's times.
    Time,
}
