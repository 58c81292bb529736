//! Correlations between a panel's variables, over all rows and within entities.

use serde::{Deserialize, Serialize};
use vintner_panel::Panel;

use crate::numerics::mean;
use crate::outcome::Result;

/// The correlations of variables.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Correlations {
    /// The variables, in order.
    pub variables: Vec<String>,
    /// Each pair of them, the earlier one first.
    pub pairs: Vec<Correlation>,
}

/// Pearson's correlation of two variables over the rows that have both. A correlation that the values don't allow
/// (of fewer than two rows, or of values that don't vary) is absent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Correlation {
    /// The earlier variable.
    pub first: String,
    /// The later one.
    pub second: String,
    /// Rows with both.
    pub n: usize,
    /// Over all of them: pandas' `corr`, R's `cor` with `pairwise.complete.obs`.
    pub overall: Option<f64>,
    /// Of the deviations from each entity's means over these rows.
    pub within: Option<f64>,
}

impl Correlations {
    /// The pair of two variables, by their places in either order.
    pub fn pair(&self, one: usize, other: usize) -> Option<&Correlation> {
        let (first, second) = (self.variables.get(one.min(other))?, self.variables.get(one.max(other))?);
        self.pairs.iter().find(|pair| pair.first == *first && pair.second == *second)
    }
}

/// Correlates each pair of the variables.
///
/// # Errors
/// Where a variable is absent or not numeric.
pub fn correlations(panel: &Panel, variables: &[impl AsRef<str>]) -> Result<Correlations> {
    let variables: Vec<String> = variables.iter().map(|variable| variable.as_ref().to_owned()).collect();
    let columns =
        variables.iter().map(|variable| panel.values(variable)).collect::<vintner_panel::Result<Vec<_>>>()?;
    let mut pairs = Vec::new();
    for (place, first) in variables.iter().enumerate() {
        for (other, second) in variables.iter().enumerate().skip(place + 1) {
            let (mut all, mut deviations) = (Vec::new(), Vec::new());
            for group in panel.groups() {
                let both: Vec<(f64, f64)> = group
                    .clone()
                    .filter_map(|row| Some((columns[place][row]?, columns[other][row]?)))
                    .collect();
                deviations.extend(centred(&both));
                all.extend(both);
            }
            pairs.push(Correlation {
                first: first.clone(),
                second: second.clone(),
                n: all.len(),
                overall: pearson(&centred(&all), &all),
                within: pearson(&deviations, &all),
            });
        }
    }
    Ok(Correlations { variables, pairs })
}

fn centred(pairs: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let first = mean(&pairs.iter().map(|pair| pair.0).collect::<Vec<_>>());
    let second = mean(&pairs.iter().map(|pair| pair.1).collect::<Vec<_>>());
    pairs.iter().map(|pair| (pair.0 - first, pair.1 - second)).collect()
}

/// Of deviations; `values` are those that they were taken of, whose rounding they can't be told from.
fn pearson(deviations: &[(f64, f64)], values: &[(f64, f64)]) -> Option<f64> {
    let length = |part: fn(&(f64, f64)) -> f64| -> Option<f64> {
        let largest = |pairs: &[(f64, f64)]| pairs.iter().map(|pair| part(pair).abs()).fold(0.0, f64::max);
        let (scale, size) = (largest(deviations), largest(values));
        if !scale.is_finite() || scale <= 8.0 * f64::EPSILON * size {
            return None;
        }
        // Scaled, so that no square overflows.
        Some(scale * deviations.iter().map(|pair| (part(pair) / scale).powi(2)).sum::<f64>().sqrt())
    };
    let (first, second) = (length(|pair| pair.0)?, length(|pair| pair.1)?);
    let product: f64 = deviations.iter().map(|pair| (pair.0 / first) * (pair.1 / second)).sum();
    Some(product.clamp(-1.0, 1.0)).filter(|value| value.is_finite())
}

#[cfg(test)]
#[allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]
mod tests {
    use polars::prelude::*;

    use super::*;

    fn panel(x: &[Option<f64>], y: &[Option<f64>]) -> Panel {
        let frame = df!(
            "entity" => ["a", "a", "a", "b", "b", "b"],
            "time" => [1, 2, 3, 1, 2, 3],
            "x" => x,
            "y" => y,
        );
        Panel::new(frame.unwrap(), "entity", "time").unwrap()
    }

    #[test]
    fn overall_and_within_entities() {
        let x = [Some(1.0), Some(2.0), Some(4.0), Some(11.0), Some(12.0), Some(15.0)];
        let y = [Some(9.0), Some(7.5), Some(7.0), Some(2.0), None, Some(-1.0)];
        let found = correlations(&panel(&x, &y), &["x", "y"]).unwrap();
        // R 4.2: x <- c(1,2,4,11,12,15); y <- c(9,7.5,7,2,NA,-1); g <- gl(2,3); k <- !is.na(y)
        // cor(x[k], y[k]); cor(x[k] - ave(x[k], g[k]), y[k] - ave(y[k], g[k]))
        let pair = found.pair(1, 0).unwrap();
        assert_eq!(pair.n, 5);
        assert!((pair.overall.unwrap() + 0.996_428_257_741_548_6).abs() < 1e-14, "{pair:?}");
        assert!((pair.within.unwrap() + 0.961_256_031_395_765_5).abs() < 1e-14, "{pair:?}");
    }

    #[test]
    fn what_does_not_vary_has_no_correlation() {
        let steps = [Some(0.1), Some(0.1), Some(0.1), Some(0.3), Some(0.3), Some(0.3)];
        let y = [Some(1.0), Some(2.0), Some(3.0), Some(4.0), Some(5.0), Some(6.0)];
        let pair = correlations(&panel(&steps, &y), &["x", "y"]).unwrap().pairs.remove(0);
        assert!(pair.overall.is_some() && pair.within.is_none(), "{pair:?}");
        let none = correlations(&panel(&[None; 6], &y), &["x", "y"]).unwrap().pairs.remove(0);
        assert_eq!((none.n, none.overall, none.within), (0, None, None));
        let huge = [Some(1e200), Some(2e200), Some(3e200), Some(4e200), Some(5e200), Some(6e200)];
        let exact = correlations(&panel(&huge, &y), &["x", "y"]).unwrap().pairs.remove(0);
        assert!((exact.overall.unwrap() - 1.0).abs() < 1e-15);
        assert!(correlations(&panel(&steps, &y), &["x", "absent"]).is_err());
    }
}
