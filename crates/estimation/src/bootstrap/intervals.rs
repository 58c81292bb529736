//! Intervals from bootstrap replications.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::numerics::{normal_two_sided_quantile, of_sorted};

/// Intervals of a coefficient, lower end first; those that a bootstrap doesn't give are absent.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Intervals {
    /// The estimate plus and minus a normal quantile times the bootstrap's standard error.
    pub normal: Option<[f64; 2]>,
    /// The quantiles of the replications (Efron 1979; R's type 7, linear between order statistics).
    pub percentile: Option<[f64; 2]>,
    /// Twice the estimate less the quantiles, the other way round (Davison and Hinkley 1997, eq. 5.6).
    pub basic: Option<[f64; 2]>,
    /// The values that a wild bootstrap test doesn't reject; an end that isn't found is absent.
    pub inverted: Option<[Option<f64>; 2]>,
}

/// What replications of a coefficient come to.
pub(super) struct Replicated {
    pub(super) std_error: Option<f64>,
    pub(super) p_value: Option<f64>,
    pub(super) intervals: Intervals,
}

/// Summarises the replications of an estimate: the standard deviation with n - 1, and the share of
/// replications at least as far from the estimate as zero is, (1 + count)/(1 + n) (Davison and Hinkley
/// 1997, eq. 4.11).
pub(super) fn summarise(estimate: f64, mut replications: Vec<f64>, level: f64) -> Replicated {
    let count = replications.len();
    if count < 2 {
        return Replicated { std_error: None, p_value: None, intervals: Intervals::default() };
    }
    let mean = replications.iter().sum::<f64>() / count as f64;
    let squares: f64 = replications.iter().map(|value| (value - mean).powi(2)).sum();
    let std_error = (squares / (count - 1) as f64).sqrt();
    let far = replications.iter().filter(|value| (**value - estimate).abs() >= estimate.abs()).count();
    replications.sort_unstable_by(f64::total_cmp);
    let tail = (1.0 - level) / 2.0;
    let percentile = match (of_sorted(&replications, tail), of_sorted(&replications, 1.0 - tail)) {
        (Some(low), Some(high)) => Some([low, high]),
        _ => None,
    };
    let half = normal_two_sided_quantile(1.0 - level) * std_error;
    Replicated {
        std_error: Some(std_error),
        p_value: Some((1 + far) as f64 / (1 + count) as f64),
        intervals: Intervals {
            normal: Some([estimate - half, estimate + half]),
            percentile,
            basic: percentile.map(|[low, high]| [2.0 * estimate - high, 2.0 * estimate - low]),
            inverted: None,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replications_are_summarised() {
        let found = summarise(2.0, vec![1.0, 2.0, 3.0, 4.0, 5.0], 0.5);
        assert_eq!(found.std_error, Some(2.5_f64.sqrt()));
        assert_eq!(found.intervals.percentile, Some([2.0, 4.0]));
        assert_eq!(found.intervals.basic, Some([0.0, 2.0]));
        // 4 and 5 are at least as far from 2 as 0 is.
        assert_eq!(found.p_value, Some(3.0 / 6.0));
    }

    #[test]
    fn one_replication_says_nothing() {
        assert_eq!(summarise(2.0, vec![1.0], 0.95).std_error, None);
    }
}
