//! What an estimated model hands to a covariance.

use std::collections::BTreeMap;
use std::ops::Range;

use faer::Mat;

use super::absorbed_effects::AbsorbedEffects;
use crate::numerics::Noise;
use crate::outcome::Reason;
use crate::sample::ClusterColumn;

/// What an estimated model hands to a covariance.
#[derive(Debug, Clone, Copy)]
pub struct Ingredients<'a> {
    /// (X'X)^-1, k x k.
    pub bread: &'a Mat<f64>,
    /// X as it was estimated (less entity means in within), n x k; row i's score is x_i e_i.
    pub regressors: &'a Mat<f64>,
    /// e, n.
    pub residuals: &'a [f64],
    /// e'e.
    pub rss: f64,
    /// The rounding in residuals and regressors.
    pub noise: &'a Noise,
    /// n: rows, or with frequency weights their sum.
    pub observations: usize,
    /// How often each row was observed, where that differs: regressors and residuals are multiplied by the roots.
    pub frequencies: Option<&'a [f64]>,
    /// Each entity's rows.
    pub groups: &'a [Range<usize>],
    /// Each row's time.
    pub times: &'a [i32],
    /// Parameters that absorbed effects take: N, T, or N + T - 1.
    pub absorbed: usize,
    /// Entities with absorbed effects.
    pub entity_levels: usize,
    /// Times with absorbed effects.
    pub time_levels: usize,
    /// The absorbed effects themselves.
    pub effects: Option<AbsorbedEffects<'a>>,
    /// Whether the regressors hold the constant, which absorbed effects hold too.
    pub constant: bool,
    /// The longest series of the sample, before differences are taken.
    pub longest: usize,
    /// The columns that the sample carries for clusters, a code for each row.
    pub columns: &'a [ClusterColumn],
}

impl Ingredients<'_> {
    /// How often a row was observed.
    pub(super) fn frequency(&self, row: usize) -> f64 {
        self.frequencies.map_or(1.0, |frequencies| frequencies[row])
    }

    pub(super) fn df_residual(&self) -> usize {
        self.observations.saturating_sub(self.bread.nrows() + self.absorbed)
    }
}

/// The largest side of a square matrix that is held whole: 800 MB.
const LARGEST: usize = 10_000;

/// Refuses what would need a larger square matrix.
pub(super) fn too_large(what: &str, size: usize) -> Result<(), Reason> {
    if size > LARGEST {
        return Err(Reason::TooLarge { what: what.into(), size, largest: LARGEST });
    }
    Ok(())
}

/// Each row's time as a number, in order of time, and how many there are.
pub(super) fn time_codes(times: &[i32]) -> (Vec<usize>, usize) {
    let mut seen: BTreeMap<i32, usize> = times.iter().map(|&time| (time, 0)).collect();
    seen.values_mut().enumerate().for_each(|(code, slot)| *slot = code);
    (times.iter().map(|time| seen[time]).collect(), seen.len())
}
