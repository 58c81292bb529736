//! Bootstraps an estimate.

use super::options::Bootstrap;
use super::result::BootstrapFit;
use super::{pairs, residual, wild};
use crate::fit::Estimated;
use crate::outcome::Reason;

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
