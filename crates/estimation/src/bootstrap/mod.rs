//! Bootstraps of an estimate: clusters drawn with replacement, wild clusters, residuals.
//!
//! None of them estimates anything again from the rows. Clusters are drawn by their cross-products; a wild
//! cluster's statistic follows from its scores; residuals enter through X'e alone. Replication r's draws depend on
//! the seed and on r alone (SplitMix64, Steele, Lea and Flood 2014, Proc. OOPSLA, a stream for each replication),
//! and results are gathered in order of r, so the numbers are the same at any thread count.
//!
//! Reads `fit` and all below; it never reads a panel.

mod estimated;
mod intervals;
mod options;
mod pairs;
mod residual;
mod result;
mod wild;

pub use intervals::Intervals;
pub use options::{
    Bootstrap, PValue, PairsBootstrap, ResidualBlock, ResidualBootstrap, WildBootstrap, WildWeights,
};
pub use result::{BootstrapCoefficient, BootstrapFit};
