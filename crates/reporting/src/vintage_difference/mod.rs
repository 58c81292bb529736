//! What changed from one vintage to another: sources, data, estimates, conclusions.
//!
//! Everything is keyed (a source by its name, a value by entity, time and variable, a coefficient by table,
//! unit and regressor), so that a row that moved is no change. Nothing is computed again: both sides are what
//! their vintage's pipeline has made.

mod claims;
mod data;
mod difference;
mod estimates;
mod sources;
mod vintage_side;

pub use claims::{ClaimChange, ClaimsDifference};
pub use data::{CellChange, DataDifference, VariableDifference};
pub use difference::VintageDifference;
pub use estimates::{CoefficientChange, EstimatesDifference, Significance};
pub use sources::{FieldChange, SourceDifference, SourcesDifference};
pub use vintage_side::VintageSide;
