//! Tests for unit roots: of one series ([`adf`], [`kpss`], [`phillips_perron`]), of each entity of a panel
//! ([`by_entity`]), and of a whole panel ([`panel_unit_root`]).
//!
//! A series may start and end when it likes; a hole in it is never bridged but a reason why it can't be tested.
//! Reads the sample, tests and [`numerics`](crate::numerics); the regressions are its own, no [`Fit`](crate::Fit).
//! docs/methods/unit_roots.md says which option of which program each option equals.
//!
//! ```
//! use vintner_estimation::unit_root::{AdfOptions, Deterministic, Lags, adf};
//!
//! let series: Vec<f64> = (0..40).map(|t| f64::from(t * t % 17)).collect();
//! let options = AdfOptions { deterministic: Deterministic::Trend, lags: Lags::Fixed(1), ..AdfOptions::default() };
//! let test = adf(&series, &options)?;
//! assert!(test.statistic < test.critical_values[0]);
//! # Ok::<(), vintner_estimation::Reason>(())
//! ```

mod adf;
mod by_entity;
mod cips;
mod deterministic;
mod fisher;
mod hadri;
mod im_pesaran_shin;
mod kpss;
mod lags;
mod levin_lin_chu;
pub(crate) mod long_run;
pub mod mackinnon;
mod moments;
mod panel_result;
mod panel_test;
mod panel_unit_root;
mod pesaran;
mod phillips_perron;
mod regression;
mod series;
mod table;

pub use adf::{AdfOptions, AdfTest, JointStatistic, adf, fuller_critical_values};
pub use by_entity::{SeriesOutcome, SeriesTest, SeriesTestResult, UnitSeriesTest, by_entity};
pub use deterministic::Deterministic;
pub use kpss::{KpssOptions, KpssTest, kpss};
pub use lags::{Criterion, Lags};
pub use long_run::{Bandwidth, Kernel};
pub use mackinnon::PValues;
pub use mackinnon::{GivenTables, MackinnonTables};
pub(crate) use panel_result::common_length;
pub use panel_result::{PanelUnitRoot, UnitRootNote, UnitRootOutcome, UnitRootUnit, UnitStatistic};
pub use panel_test::{
    BeyondTable, CipsModel, FisherUnits, Interpolation, IpsStatistic, PanelTest, PanelUnitRootOptions,
};
pub use panel_unit_root::panel_unit_root;
pub use phillips_perron::{PhillipsPerronOptions, PhillipsPerronTest, phillips_perron};
pub(crate) use regression::{Column, Regression, augmented_columns};
pub use table::{Bound, CriticalValue};
