//! The layouts that tables come in.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Where a table keeps entities, years and values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Layout {
    /// A row for each entity and year, a column for each variable.
    #[default]
    Long,
    /// A row for each entity (and variable, where a column names it), a column for each year: the
    /// header cells that are years (2008, 2008年). With `time`, a row for each year and a column for each of its months
    /// or quarters.
    Wide,
    /// A row for each year, a column for each entity: the header cells that the crosswalk knows.
    EntitiesAcross,
}
