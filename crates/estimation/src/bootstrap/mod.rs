//! Bootstraps of an estimate: clusters drawn with replacement, wild clusters, residuals.
//!
//! None of them estimates anything again from the rows. Clusters are drawn by their cross-products; a wild
//! cluster's statistic follows from its scores; residuals enter through X'e alone. Replication r's draws depend on
//! the seed and on r alone (SplitMix64, Steele, Lea and Flood 2014, Proc. OOPSLA, a stream for each replication),
//! and results are gathered in order of r, so the numbers are the same at any thread count.

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

use crate::{Estimated, Reason};

impl Estimated {
    /// Bootstraps the coefficients.
    ///
    /// # Errors
    /// Fewer than two clusters, a cluster column that the sample doesn't carry, a perfect fit, and effects that
    /// the bootstrap can't draw again.
    pub fn bootstrap(&self, options: &Bootstrap, seed: u64) -> Result<BootstrapFit, Reason> {
        if self.is_perfect() {
            return Err(Reason::PerfectFit);
        }
        match options {
            Bootstrap::PairsCluster(own) => pairs::bootstrap(self, own, seed),
            Bootstrap::WildCluster(own) => wild::bootstrap(self, own, seed),
            Bootstrap::Residual(own) => residual::bootstrap(self, own, seed),
        }
    }
}
