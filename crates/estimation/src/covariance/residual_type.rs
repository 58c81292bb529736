//! How a heteroskedasticity-robust covariance takes leverage into account.

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::ingredients::Ingredients;
use super::leverage;
use super::leverage::{LEVERAGE_OF_ONE, Leverage};
use super::small_sample::Counts;
use crate::outcome::Reason;

/// What stands for the error in row i with residual e_i and leverage h_i, among n rows and p parameters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ResidualType {
    /// e_i (White 1980, Econometrica 48, 817-838).
    #[default]
    Hc0,
    /// e_i sqrt(n/(n - p)) (MacKinnon and White 1985, Journal of Econometrics 29, 305-325).
    Hc1,
    /// e_i / sqrt(1 - h_i) (MacKinnon and White 1985).
    Hc2,
    /// e_i / (1 - h_i) (MacKinnon and White 1985).
    Hc3,
    /// e_i / (1 - h_i)^(d/2), d = min(4, n h_i / p) (Cribari-Neto 2004, Computational Statistics and Data
    /// Analysis 45, 215-233).
    Hc4,
    /// As `hc4` with d = min(1, n h_i / p) + min(1.5, n h_i / p) (Cribari-Neto and da Silva 2011).
    Hc4m,
    /// e_i / (1 - h_i)^(d/4), d = min(n h_i / p, max(4, 0.7 n max(h) / p)) (Cribari-Neto, Souza and
    /// Vasconcellos 2007).
    Hc5,
}

impl ResidualType {
    /// Whether it needs leverages.
    pub fn has_leverage(self) -> bool {
        !matches!(self, Self::Hc0 | Self::Hc1)
    }

    /// The factor of the covariance that isn't in the residuals: n/(n - p) in `hc1`.
    pub(super) fn factor(self, counts: &Counts, leverage: Leverage) -> f64 {
        match self {
            Self::Hc1 => {
                let n = counts.observations as f64;
                n / (n - parameters(counts, leverage))
            }
            _ => 1.0,
        }
    }

    /// The residuals that go into the scores.
    pub(super) fn residuals<'a>(
        self,
        ingredients: &Ingredients<'a>,
        counts: &Counts,
        leverage: Leverage,
    ) -> Result<Cow<'a, [f64]>, Reason> {
        if !self.has_leverage() {
            return Ok(Cow::Borrowed(ingredients.residuals));
        }
        let mut leverages = leverage::leverages(ingredients, leverage)?;
        // One observation's, where a row was observed several times.
        leverages.iter_mut().enumerate().for_each(|(row, h)| *h /= ingredients.frequency(row));
        let n = counts.observations as f64;
        let relative = n / parameters(counts, leverage);
        let largest = leverages.iter().fold(0.0_f64, |largest, h| largest.max(*h));
        let mut of_one = 0;
        let adjusted = leverages
            .iter()
            .enumerate()
            .map(|(row, &h)| {
                let residual = ingredients.residuals[row];
                let gap = 1.0 - h;
                if gap <= LEVERAGE_OF_ONE {
                    // The effects alone fit such a row: its regressors are zero, and so is its score.
                    if !leverage::is_out_of_reach(ingredients, row) {
                        of_one += 1;
                    }
                    return 0.0;
                }
                match self {
                    Self::Hc0 | Self::Hc1 => residual,
                    Self::Hc2 => residual / gap.sqrt(),
                    Self::Hc3 => residual / gap,
                    Self::Hc4 => residual / gap.powf((h * relative).min(4.0) / 2.0),
                    Self::Hc4m => {
                        residual / gap.powf(((h * relative).min(1.0) + (h * relative).min(1.5)) / 2.0)
                    }
                    Self::Hc5 => {
                        let most = (0.7 * largest * relative).max(4.0);
                        residual / gap.powf((h * relative).min(most) / 4.0)
                    }
                }
            })
            .collect();
        if of_one > 0 {
            return Err(Reason::LeverageOfOne { rows: of_one });
        }
        Ok(Cow::Owned(adjusted))
    }
}

/// p: what has leverage.
fn parameters(counts: &Counts, leverage: Leverage) -> f64 {
    let absorbed = if leverage == Leverage::All { counts.absorbed } else { 0 };
    (counts.coefficients + absorbed) as f64
}
