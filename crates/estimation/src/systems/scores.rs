//! The covariance of sums of scores over rows.

use faer::Mat;
use rayon::prelude::*;

use super::options::Kernel;
use crate::absorb::Factor;
use crate::numerics::dense::dot;
use crate::outcome::Reason;
use crate::sample::{PanelKey, Rows};

/// What rows may have in common.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Dependence {
    /// Nothing.
    None,
    /// Correlation within clusters.
    Cluster(PanelKey),
    /// Autocorrelation from row to row.
    Kernel { kernel: Kernel, bandwidth: Option<f64>, across_entities: bool },
}

/// The sum of products of scores, k x k; the number of clusters, where there are any.
///
/// `series` is what the bandwidth is chosen from, where it isn't given.
///
/// # Errors
/// [`Reason::TooFewClusters`]; [`Reason::NoBandwidth`] where none can be chosen.
pub(crate) fn meat(
    scores: &[Vec<f64>],
    rows: &Rows,
    dependence: Dependence,
    series: impl Fn() -> Vec<f64>,
) -> Result<(Mat<f64>, Option<usize>), Reason> {
    match dependence {
        Dependence::None => Ok((products(scores), None)),
        Dependence::Cluster(by) => {
            let factor = factor(by, rows);
            let clusters = factor.levels();
            if clusters < 2 {
                return Err(Reason::TooFewClusters { clusters });
            }
            let sums: Vec<Vec<f64>> =
                scores.par_iter().map(|column| factor.sums(column.iter().copied())).collect();
            Ok((products(&sums), Some(clusters)))
        }
        Dependence::Kernel { kernel, bandwidth, across_entities } => {
            let whole = 0..rows.times.len();
            let groups = if across_entities { vec![whole] } else { rows.groups.clone() };
            let longest = groups.iter().map(ExactSizeIterator::len).max().unwrap_or_default();
            let bandwidth = match bandwidth {
                Some(bandwidth) => bandwidth,
                None => chosen_bandwidth(&series(), &groups, longest, kernel)?,
            };
            let weights = weights(kernel, bandwidth, longest);
            let mut total = products(scores);
            for (lag, weight) in weights.iter().enumerate().skip(1) {
                let lagged = lagged_products(scores, &groups, lag);
                total = Mat::from_fn(scores.len(), scores.len(), |i, j| {
                    total[(i, j)] + weight * (lagged[(i, j)] + lagged[(j, i)])
                });
            }
            Ok((total, None))
        }
    }
}

/// The rows by a key of the panel.
pub(super) fn factor(by: PanelKey, rows: &Rows) -> Factor {
    match by {
        PanelKey::Entity => rows.by_entity(),
        PanelKey::Time => rows.by_time(),
    }
}

/// Standardised scores, added up: what the bandwidth of several moments is chosen from.
pub(crate) fn standardized_sum(scores: &[Vec<f64>]) -> Vec<f64> {
    let height = scores.first().map_or(0, Vec::len);
    let mut sum = vec![0.0; height];
    for column in scores {
        let mean = column.iter().sum::<f64>() / height as f64;
        let variance = column.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / height as f64;
        let scale = variance.sqrt();
        sum.iter_mut().zip(column).for_each(|(sum, value)| *sum += value / scale);
    }
    sum
}

fn products(columns: &[Vec<f64>]) -> Mat<f64> {
    let count = columns.len();
    let pairs: Vec<(usize, usize)> = (0..count).flat_map(|i| (0..=i).map(move |j| (i, j))).collect();
    let sums: Vec<f64> = pairs.par_iter().map(|&(i, j)| dot(&columns[i], &columns[j])).collect();
    let mut matrix = Mat::zeros(count, count);
    for ((i, j), sum) in pairs.into_iter().zip(sums) {
        matrix[(i, j)] = sum;
        matrix[(j, i)] = sum;
    }
    matrix
}

fn lagged_products(columns: &[Vec<f64>], groups: &[std::ops::Range<usize>], lag: usize) -> Mat<f64> {
    let count = columns.len();
    let sums: Vec<f64> = (0..count * count)
        .into_par_iter()
        .map(|at| {
            let (one, other) = (&columns[at / count], &columns[at % count]);
            groups
                .iter()
                .filter(|group| group.len() > lag)
                .map(|group| dot(&one[group.start + lag..group.end], &other[group.start..group.end - lag]))
                .sum()
        })
        .collect();
    Mat::from_fn(count, count, |i, j| sums[i * count + j])
}

/// The weight of each lag.
fn weights(kernel: Kernel, bandwidth: f64, length: usize) -> Vec<f64> {
    let most = length.saturating_sub(1);
    let lags = (bandwidth.max(0.0).floor() as usize).min(most);
    let share = |lag: usize| lag as f64 / (bandwidth.max(0.0).floor() + 1.0);
    match kernel {
        Kernel::Bartlett => (0..=lags).map(|lag| 1.0 - share(lag)).collect(),
        Kernel::Parzen => (0..=lags)
            .map(|lag| match share(lag) {
                z if z <= 0.5 => 1.0 - 6.0 * z * z + 6.0 * z * z * z,
                z => 2.0 * (1.0 - z).powi(3),
            })
            .collect(),
        Kernel::QuadraticSpectral if bandwidth <= 0.0 => vec![1.0],
        Kernel::QuadraticSpectral => (0..=most)
            .map(|lag| {
                if lag == 0 {
                    return 1.0;
                }
                let x = 6.0 * std::f64::consts::PI * lag as f64 / bandwidth / 5.0;
                3.0 / (x * x) * (x.sin() / x - x.cos())
            })
            .collect(),
    }
}

/// Newey and West's (1994, Review of Economic Studies 61, 631-653) choice for a series.
fn chosen_bandwidth(
    series: &[f64],
    groups: &[std::ops::Range<usize>],
    length: usize,
    kernel: Kernel,
) -> Result<f64, Reason> {
    let (order, constant, exponent) = match kernel {
        Kernel::Bartlett => (1, 1.1447, 2.0 / 9.0),
        Kernel::Parzen => (2, 2.6614, 4.0 / 25.0),
        Kernel::QuadraticSpectral => (2, 1.3221, 2.0 / 25.0),
    };
    let pilot = (4.0 * (length as f64 / 100.0).powf(exponent)).ceil() as usize;
    let none = Reason::NoBandwidth { observations: length };
    if pilot + 1 >= length {
        return Err(none);
    }
    let autocovariance = |lag: usize| -> f64 {
        let within = groups.iter().filter(|group| group.len() > lag);
        within
            .map(|group| dot(&series[group.start + lag..group.end], &series[group.start..group.end - lag]))
            .sum()
    };
    let (mut level, mut slope) = (autocovariance(0), 0.0);
    for lag in 1..=pilot {
        let value = autocovariance(lag);
        level += 2.0 * value;
        slope += 2.0 * value * (lag as f64).powi(order);
    }
    let rate = 1.0 / f64::from(2 * order + 1);
    let bandwidth = constant * ((slope / level).powi(2) * length as f64).powf(rate);
    if !bandwidth.is_finite() {
        return Err(none);
    }
    Ok(bandwidth.ceil().min((length - 1) as f64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_end_where_they_should() {
        assert_eq!(weights(Kernel::Bartlett, 1.0, 10), [1.0, 0.5]);
        assert_eq!(weights(Kernel::Parzen, 1.0, 10), [1.0, 0.25]);
        assert_eq!(weights(Kernel::Bartlett, 20.0, 3).len(), 3);
        assert!((weights(Kernel::QuadraticSpectral, 2.0, 5)[1] - 0.687).abs() < 1e-3);
    }

    #[test]
    fn lags_stay_within_entities_unless_told_otherwise() -> Result<(), Reason> {
        let rows = Rows { groups: vec![0..2, 2..4], times: vec![1, 2, 1, 2] };
        let scores = vec![vec![1.0, 2.0, 3.0, 4.0]];
        let sum = |across_entities| {
            let dependence =
                Dependence::Kernel { kernel: Kernel::Bartlett, bandwidth: Some(1.0), across_entities };
            meat(&scores, &rows, dependence, Vec::new).map(|(meat, _)| meat[(0, 0)])
        };
        assert_eq!(sum(false)?, 30.0 + 14.0);
        assert_eq!(sum(true)?, 30.0 + 20.0);
        Ok(())
    }
}
