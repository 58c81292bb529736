//! Gaps: values that a panel ought to have and doesn't, each with its reason.

use polars::prelude::*;
use serde::{Deserialize, Serialize};

use crate::error::{PanelError, Result};

/// One missing value.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Gap {
    /// The entity; empty for a series that has no entities.
    pub entity: String,
    /// The time.
    pub time: i32,
    /// The variable.
    pub variable: String,
    /// Why it is missing ("no row in the source", "logarithm of 0").
    pub reason: String,
}

/// A frame `entity, time, variable, reason`, one row a gap, sorted.
///
/// # Errors
/// Where Polars can't build the frame.
pub fn gap_frame(gaps: &[Gap]) -> Result<DataFrame> {
    let mut sorted: Vec<&Gap> = gaps.iter().collect();
    sorted.sort();
    let text = |name: &str, pick: fn(&Gap) -> &str| {
        Column::new(name.into(), sorted.iter().map(|gap| pick(gap)).collect::<Vec<_>>())
    };
    Ok(DataFrame::new(
        sorted.len(),
        vec![
            text("entity", |gap| &gap.entity),
            Column::new("time".into(), sorted.iter().map(|gap| gap.time).collect::<Vec<_>>()),
            text("variable", |gap| &gap.variable),
            text("reason", |gap| &gap.reason),
        ],
    )?)
}

/// The gaps that [`gap_frame`] wrote.
///
/// # Errors
/// Where a column is absent or of another type.
pub fn gaps_from_frame(frame: &DataFrame) -> Result<Vec<Gap>> {
    let entity = frame.column("entity")?.str()?;
    let time = frame.column("time")?.i32()?;
    let variable = frame.column("variable")?.str()?;
    let reason = frame.column("reason")?.str()?;
    (0..frame.height())
        .map(|row| {
            let missing = |column: &str| PanelError::MissingKey { column: column.into(), row: row + 1 };
            Ok(Gap {
                entity: entity.get(row).ok_or_else(|| missing("entity"))?.into(),
                time: time.get(row).ok_or_else(|| missing("time"))?,
                variable: variable.get(row).ok_or_else(|| missing("variable"))?.into(),
                reason: reason.get(row).unwrap_or_default().into(),
            })
        })
        .collect()
}
