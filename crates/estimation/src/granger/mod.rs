//! Granger causality: of each entity and pooled, the panel statistics of Dumitrescu and Hurlin with their bootstrap, and the
//! choice of lags.
//!
//! Reads [`fit`](crate::fit) and all below. Entities are tested on their own series and never borrow rows from one another.

mod dumitrescu_hurlin;
mod granger;
mod granger_bootstrap;
mod granger_lags;

pub use dumitrescu_hurlin::{DumitrescuHurlin, PanelStatistic, dumitrescu_hurlin};
pub use granger::{
    GrangerOutcome, GrangerTest, PooledGranger, UnitGranger, granger_by_entity, granger_pooled,
};
pub use granger_bootstrap::{GrangerBootstrap, bootstrap_dumitrescu_hurlin};
pub use granger_lags::{ChosenLags, LagChoice, LagCriterion, LagOrders, choose_lags};
