//! One value of a raw source.

use crate::address::CellAddress;

/// One value of a raw source, with the cell that it was read from.
#[derive(Debug, Clone, PartialEq)]
pub struct TidyValue {
    /// The entity's id, where the source has entities.
    pub entity: Option<String>,
    /// The time; of a period its number among those of its frequency.
    pub time: i32,
    /// The period as it is printed, where times are no plain years; empty in a cross-section.
    pub period: Option<String>,
    /// A further key within entity and time, such as an industry.
    pub category: Option<String>,
    /// The variable's id.
    pub variable: String,
    /// The value in the variable's unit; `None` where the source has none, or where it is text.
    pub value: Option<f64>,
    /// The value of a variable that holds text.
    pub text: Option<String>,
    /// The cell's text as read.
    pub raw: String,
    /// The source's name in the manifest.
    pub source: String,
    /// Where it was read.
    pub address: CellAddress,
}
