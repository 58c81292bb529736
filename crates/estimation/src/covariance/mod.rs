//! Covariances of the coefficients, apart from the models: each takes the bread, the scores' parts,
//! the groups and the counts of a model that was estimated once, and never refits it.
//!
//! Reads the sample and, for what absorbed effects leave of a row, `models`.
//!
//! `docs/methods/covariance.md` says which option of which program each equals.
//!
//! ```
//! use polars::prelude::{Column, DataFrame};
//! use vintner_estimation::{Covariance, Formula, Model, ResidualType, Sample, SmallSample};
//! use vintner_panel::Panel;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let columns = vec![
//!     Column::new("firm".into(), ["a", "a", "a", "b", "b", "b", "c", "c", "c"]),
//!     Column::new("year".into(), [1, 2, 3, 1, 2, 3, 1, 2, 3]),
//!     Column::new("y".into(), [1.0, 2.5, 2.0, 4.0, 4.5, 6.0, 1.5, 1.0, 3.0]),
//!     Column::new("x".into(), [0.5, 1.5, 1.0, 2.0, 3.0, 3.5, 1.0, 0.0, 1.5]),
//! ];
//! let panel = Panel::new(DataFrame::new(9, columns)?, "firm", "year")?;
//! let sample = Sample::new(&panel, &Formula::new("y", &["x"]))?;
//!
//! // Estimated once, with any number of covariances.
//! let within = Model::Within.estimate(&sample)?;
//! let clustered = within.fit(&Covariance::clustered(SmallSample::StataXtreg))?;
//! let robust = within.fit(&Covariance::heteroskedastic(ResidualType::Hc3))?;
//! assert_eq!(clustered.coefficients[0].estimate, robust.coefficients[0].estimate);
//! assert_eq!(clustered.reference.df(), Some(2));
//! # Ok(())
//! # }
//! ```

mod absorbed_effects;
mod bell_mccaffrey;
mod classical;
mod cluster;
mod cluster_type;
mod clusters;
mod covariance_choice;
mod covariance_matrix;
mod driscoll_kraay;
mod heteroskedastic;
mod ingredients;
mod kernel;
mod leverage;
mod newey_west;
mod options;
mod panel_corrected;
mod residual_type;
mod sandwich;
mod small_sample;
mod test_distribution;
mod two_way_cluster;

pub use absorbed_effects::AbsorbedEffects;
pub use classical::{ClassicalCovariance, Divisor};
pub use cluster::ClusterCovariance;
pub use cluster_type::ClusterType;
pub use clusters::ClusterBy;
pub(crate) use clusters::cluster_codes;
pub use covariance_choice::Covariance;
pub use covariance_matrix::CovarianceMatrix;
pub use driscoll_kraay::DriscollKraayCovariance;
pub use heteroskedastic::{GroupwiseCovariance, HeteroskedasticCovariance};
pub use ingredients::Ingredients;
pub use kernel::{Bandwidth, Kernel};
pub use leverage::Leverage;
pub use newey_west::{LagBy, NeweyWestCovariance};
pub use panel_corrected::{PanelCorrectedBy, PanelCorrectedCovariance};
pub use residual_type::ResidualType;
pub use small_sample::{Counts, FixestEffects, SmallSample};
pub use test_distribution::TestDistribution;
pub use two_way_cluster::{GroupCount, TwoWayClusterCovariance};
