//! Which panel to build from tidy values.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vintner_panel::PeriodWindow;

/// How a variable's categories make one value of an entity and year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum CategoryAggregate {
    /// Their sum.
    Sum,
    /// Their unweighted mean.
    Mean,
}

/// Which rows a panel has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum PanelRows {
    /// Each entity's for each time from the first to the last; what no source has is a gap.
    #[default]
    Full,
    /// Those that a source has for an entity and a time.
    Observed,
}

/// Which panel to build from tidy values.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Assembly {
    /// The entities' ids; each gets a row for every year of the window. Those of the data, sorted, where none are
    /// listed.
    #[serde(default)]
    pub entities: Option<Vec<String>>,
    /// The years; those from the first to the last of the data where none are named.
    #[serde(default)]
    pub window: Option<PeriodWindow>,
    /// The variables, one column each, in this order.
    pub variables: Vec<String>,
    /// For variables that come by category: how to make one value of them. The value is missing
    /// where that of any category is.
    #[serde(default)]
    pub aggregate: BTreeMap<String, CategoryAggregate>,
    /// Variables of sources whose periods are longer than those of the others: each of the panel's periods has the
    /// value of the longer one in which it lies. The panel's times are those of the others.
    #[serde(default)]
    pub repeat: Vec<String>,
    /// Which rows the panel has. Those of sources whose rows are observations of somebody new each are always as
    /// observed.
    #[serde(default)]
    pub rows: PanelRows,
    /// The name of the panel's entity column.
    #[serde(default = "entity_column")]
    pub entity: String,
    /// The name of the panel's time column.
    #[serde(default = "time_column")]
    pub time: String,
}

fn entity_column() -> String {
    "entity".into()
}

fn time_column() -> String {
    "time".into()
}
