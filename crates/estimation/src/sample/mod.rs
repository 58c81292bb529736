//! From a panel to the rows that an equation is estimated on: the formula, its effects, weights, clusters and lags, and
//! the rows that were left out, with what is missing there.
//!
//! Reads `absorb`, for partitions of rows, and `numerics`. It never estimates anything, and it fills
//! nothing in.

mod cluster_column;
mod clusters;
mod design;
mod effect;
mod factors;
mod formula;
mod lag;
mod panel_key;
mod rows;
mod sample;
mod untestable;
mod weights;

pub use cluster_column::ClusterColumn;
pub use effect::{Effect, Singletons};
pub(crate) use factors::{Factored, category_name};
pub use formula::Formula;
pub use lag::lag;
pub(crate) use lag::lag_name;
pub use panel_key::PanelKey;
pub(crate) use rows::Rows;
pub(crate) use sample::EffectOf;
pub use sample::{DropCause, DroppedRow, Sample};
pub use untestable::Untestable;
pub use weights::{WeightKind, Weights};
