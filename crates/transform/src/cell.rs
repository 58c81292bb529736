//! One value of a column under construction: a number or a text, or why there is none.

use std::sync::Arc;

use vintner_panel::{Gap, Panel};

use crate::derived::Derived;
use crate::error::{Result, TransformError};

/// A finite number, or the reason why it is missing.
pub(crate) type Cell = std::result::Result<f64, Missing>;

/// A text, or the reason why it is missing.
pub(crate) type TextCell = std::result::Result<Arc<str>, Missing>;

/// Why a value is missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Missing {
    /// A column that was read has no value here: "gdp is missing".
    Upstream(Arc<str>),
    /// The numbers are there and the result isn't: "division by zero".
    Computed(Arc<str>),
    /// Left out on purpose: NULL, a CASE without a branch for this row.
    Absent(Arc<str>),
}

impl Missing {
    /// A result that isn't a finite number.
    pub(crate) fn computed(reason: impl Into<Arc<str>>) -> Self {
        Self::Computed(reason.into())
    }

    /// The reason in words.
    pub(crate) fn reason(&self) -> &str {
        match self {
            Self::Upstream(reason) | Self::Computed(reason) | Self::Absent(reason) => reason,
        }
    }

    /// The reason as it reads from another column's definition: the column at the root stays, so
    /// that a chain of definitions doesn't make a chain of reasons.
    pub(crate) fn within(&self, column: &str) -> Self {
        match self {
            Self::Upstream(_) => self.clone(),
            Self::Computed(reason) | Self::Absent(reason) => {
                Self::Upstream(format!("{column} is missing ({reason})").into())
            }
        }
    }

    /// The reason as it reads from another time of the same entity.
    pub(crate) fn at(&self, time: &str) -> Self {
        let dated = |reason: &str| format!("{reason} in {time}").into();
        match self {
            Self::Upstream(reason) => Self::Upstream(dated(reason)),
            Self::Computed(reason) => Self::Computed(dated(reason)),
            Self::Absent(reason) => Self::Absent(dated(reason)),
        }
    }
}

/// The value if it is a finite number, else the reason given.
pub(crate) fn finite(value: f64, reason: impl FnOnce() -> String) -> Cell {
    if value.is_finite() { Ok(value) } else { Err(Missing::computed(reason())) }
}

/// A number for a reason: as short as it can be told, 1e300 and not all its zeros.
pub(crate) fn figure(x: f64) -> String {
    let magnitude = x.abs();
    if magnitude == 0.0 {
        "0".to_owned()
    } else if (1e-6..1e15).contains(&magnitude) {
        x.to_string()
    } else {
        format!("{x:e}")
    }
}

/// A column of the panel, its missing values with the reason "x is missing".
pub(crate) fn column_cells(panel: &Panel, name: &str) -> Result<Vec<Cell>> {
    let missing = Missing::Upstream(format!("{name} is missing").into());
    Ok(panel.values(name)?.into_iter().map(|value| value.ok_or_else(|| missing.clone())).collect())
}

/// A column of text of the panel, its missing values with the reason "x is missing".
pub(crate) fn column_texts(panel: &Panel, name: &str) -> Result<Vec<TextCell>> {
    let missing = Missing::Upstream(format!("{name} is missing").into());
    let texts = panel.labels(name)?.into_iter();
    Ok(texts.map(|text| text.map(Arc::from).ok_or_else(|| missing.clone())).collect())
}

/// The panel with a new column, and a gap for each of its missing values.
pub(crate) fn append(panel: &Panel, name: &str, cells: Vec<Cell>) -> Result<Derived> {
    if panel.frame().column(name).is_ok() {
        return Err(TransformError::ColumnExists { column: name.to_owned() });
    }
    let gaps = gaps(panel, name, &cells);
    let values = cells.into_iter().map(std::result::Result::ok).collect();
    Ok(Derived { panel: panel.clone().with_values(name, values)?, gaps })
}

/// The gaps of a column, by entity and time.
pub(crate) fn gaps<T>(panel: &Panel, name: &str, cells: &[std::result::Result<T, Missing>]) -> Vec<Gap> {
    let mut gaps = Vec::new();
    for (entity, group) in panel.entities().iter().zip(panel.groups()) {
        for row in group.clone() {
            if let (Some(Err(missing)), Some(time)) = (cells.get(row), panel.times().get(row)) {
                gaps.push(Gap {
                    entity: entity.clone(),
                    time: panel.period(*time),
                    variable: name.to_owned(),
                    reason: missing.reason().to_owned(),
                });
            }
        }
    }
    gaps
}
