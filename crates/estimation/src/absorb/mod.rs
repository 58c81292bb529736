//! Absorbing effects: projecting variables off their dummy variables, and counting these.
//!
//! Reads `numerics`. It never knows what the groups of rows stand for: entities, times and columns are all
//! partitions of rows.

mod components;
mod factor;
mod grouping;
mod level_equations;
mod preconditioner;
mod projection;
mod semidefinite;

pub(crate) use components::{components, independent, parts, residual};
pub(crate) use factor::Factor;
pub(crate) use grouping::Grouping;
pub(crate) use projection::Projection;
pub(crate) use semidefinite::Semidefinite;
