//! Descriptive statistics.

use serde::{Deserialize, Serialize};
use vintner_panel::Panel;

use crate::Result;

/// Moments and range of one variable over the panel's cells.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Descriptive {
    /// The variable's id.
    pub variable: String,
    /// Cells with a value.
    pub n: usize,
    /// Cells without one.
    pub missing: usize,
    /// The mean; absent where there is no value.
    pub mean: Option<f64>,
    /// The standard deviation with `n - 1` in the denominator; absent below two values.
    pub std_dev: Option<f64>,
    /// The least value.
    pub min: Option<f64>,
    /// The greatest value.
    pub max: Option<f64>,
}

impl Descriptive {
    /// The statistics of a column. What isn't finite counts as missing.
    pub fn of(variable: &str, column: &[Option<f64>]) -> Self {
        let values: Vec<f64> = column.iter().copied().flatten().filter(|value| value.is_finite()).collect();
        let n = values.len();
        let mean = (n > 0).then(|| values.iter().sum::<f64>() / n as f64);
        let std_dev = mean.filter(|_| n > 1).map(|mean| {
            let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
            (squares / (n - 1) as f64).sqrt()
        });
        Self {
            variable: variable.into(),
            n,
            missing: column.len() - n,
            mean,
            std_dev,
            min: values.iter().copied().min_by(f64::total_cmp),
            max: values.iter().copied().max_by(f64::total_cmp),
        }
    }
}

/// The statistics of some columns of a panel.
///
/// # Errors
/// Where a column isn't in the panel or isn't numeric.
pub fn describe(panel: &Panel, variables: &[String]) -> Result<Vec<Descriptive>> {
    variables.iter().map(|variable| Ok(Descriptive::of(variable, &panel.values(variable)?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_skip_what_is_missing() {
        let found = Descriptive::of("x", &[Some(2.0), None, Some(4.0), Some(9.0), Some(f64::NAN)]);
        assert_eq!((found.n, found.missing), (3, 2));
        assert_eq!((found.mean, found.min, found.max), (Some(5.0), Some(2.0), Some(9.0)));
        assert_eq!(found.std_dev, Some(13f64.sqrt()));
        let single = Descriptive::of("x", &[Some(2.0)]);
        assert_eq!((single.mean, single.std_dev), (Some(2.0), None));
        let nothing = Descriptive::of("x", &[None]);
        assert_eq!((nothing.n, nothing.mean, nothing.max), (0, None, None));
    }
}
