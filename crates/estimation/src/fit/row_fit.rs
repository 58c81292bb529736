//! What an estimate says of each row: fitted values, residuals, leverage, Cook's distance.

use serde::{Deserialize, Serialize};

use super::estimated::Estimated;
use crate::covariance::Leverage;
use crate::models::{Model, first_differences};
use crate::outcome::{INTERCEPT, Reason};
use crate::sample::WeightKind;

/// A row whose leverage is this near to 1 is fitted perfectly whatever it says.
const FULL_LEVERAGE: f64 = 1e-12;

/// One row of a sample as it was fitted. Values are in the dependent variable's unit, with weights too.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RowFit {
    /// Which of the sample's rows it is; of a difference, the later one.
    pub row: usize,
    /// The dependent variable; in first differences its change.
    pub observed: f64,
    /// What the equation makes of it, fixed effects included; of random effects x'b.
    pub fitted: f64,
    /// Observed less fitted; of random effects the effects are part of it.
    pub residual: f64,
    /// The diagonal of the projection on regressors and absorbed effects, as if these were dummy variables (R's `hatvalues`);
    /// of random effects that of the transformed regressors. None with frequency weights, where a row is several.
    pub leverage: Option<f64>,
    /// Cook's (1977) distance, e^2 h / (p s^2 (1 - h)^2) with p coefficients and effects (`cooks.distance`). None at a perfect
    /// fit, and where the row is fitted perfectly whatever it says.
    pub cooks_distance: Option<f64>,
}

impl Estimated {
    /// Fitted values, residuals, leverage and Cook's distance of the sample's rows, in their order.
    ///
    /// # Errors
    /// [`Reason::NotDefinedFor`] where rows are means; what keeps leverages from being had.
    pub fn rows(&self) -> Result<Vec<RowFit>, Reason> {
        let sample = &self.sample;
        let rows: Vec<usize> = match self.model {
            Model::Between | Model::BetweenWeighted | Model::BetweenTime => {
                return Err(Reason::NotDefinedFor { model: self.model.name().into() });
            }
            Model::FirstDifferences { across_gaps } => first_differences::later_rows(sample, across_gaps),
            _ => (0..sample.height()).collect(),
        };
        let dependent = sample.dependent();
        let expected = match self.model {
            Model::Random(_) => Some(self.expected()),
            _ => None,
        };
        let several = sample.formula().weights.as_ref().is_some_and(|one| one.kind == WeightKind::Frequency);
        let leverages = if several { None } else { Some(self.leverages(Leverage::All)?) };
        let parameters = (self.coefficients.len() + self.absorbed.parameters) as f64;
        let sigma2 = self.rss / self.df_residual() as f64;
        let fits = rows.into_iter().enumerate().map(|(at, row)| {
            let root = sample.weights().map_or(1.0, |weights| weights[row].sqrt());
            let observed = match self.model {
                Model::FirstDifferences { .. } => dependent[row] - dependent[row - 1],
                _ => dependent[row],
            };
            let residual = match &expected {
                Some(expected) => observed - expected[row],
                None => self.residuals[at] / root,
            };
            let leverage = leverages.as_ref().map(|leverages| leverages[at]);
            let free = leverage.map(|own| 1.0 - own).filter(|free| *free > FULL_LEVERAGE && !self.perfect);
            let cooks_distance = free
                .zip(leverage)
                .map(|(free, own)| self.residuals[at].powi(2) * own / (parameters * sigma2 * free * free));
            RowFit { row, observed, fitted: observed - residual, residual, leverage, cooks_distance }
        });
        Ok(fits.collect())
    }

    /// x'b of each of the sample's rows.
    fn expected(&self) -> Vec<f64> {
        let formula = self.sample.formula();
        let mut expected = vec![0.0; self.sample.height()];
        for (name, b) in self.names.iter().zip(&self.coefficients) {
            if name == INTERCEPT {
                expected.iter_mut().for_each(|slot| *slot += b);
            } else if let Some(at) = formula.regressors.iter().position(|own| own == name)
                && let Some(values) = self.sample.regressors().get(at)
            {
                expected.iter_mut().zip(values.iter()).for_each(|(slot, value)| *slot += b * value);
            }
        }
        expected
    }
}
