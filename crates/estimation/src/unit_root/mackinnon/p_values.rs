//! Whose p-values of the Dickey-Fuller t statistic, and critical values.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::deterministic::Deterministic;
use super::tables::MackinnonTables;
use crate::numerics::normal_lower;
use crate::outcome::Reason;

/// Whose approximation of the distribution of the Dickey-Fuller t statistic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PValues {
    /// MacKinnon (1994), 0 and 1 beyond its range: statsmodels; within it plm's where urca isn't installed.
    #[default]
    Mackinnon1994,
    /// MacKinnon (1994), its polynomials everywhere: plm's `p.approx = "MacKinnon1994"`.
    Mackinnon1994Unbounded,
    /// MacKinnon (1996), for n to infinity: plm's `purtest` where urca is installed. Needs [`MackinnonTables`].
    Mackinnon1996,
    /// MacKinnon (1996), for as many observations as the regression has. Needs [`MackinnonTables`].
    Mackinnon1996Finite,
}

impl PValues {
    /// Whose they are, for readers.
    pub fn source(self) -> &'static str {
        match self {
            Self::Mackinnon1996 => "MacKinnon (1996), asymptotic",
            Self::Mackinnon1996Finite => "MacKinnon (1996), finite sample",
            Self::Mackinnon1994 | Self::Mackinnon1994Unbounded => "MacKinnon (1994)",
        }
    }

    /// Whether they come of [`MackinnonTables`].
    pub fn needs_tables(self) -> bool {
        matches!(self, Self::Mackinnon1996 | Self::Mackinnon1996Finite)
    }

    /// The probability of a t statistic below this one, with `observations` in the regression.
    ///
    /// # Errors
    /// [`Reason::NeedsTables`] where the tables are needed and not given.
    pub fn p_value(
        self,
        statistic: f64,
        deterministic: Deterministic,
        observations: usize,
        tables: Option<&MackinnonTables>,
    ) -> Result<f64, Reason> {
        let tabulated = |n| {
            let tables = tables.ok_or(Reason::NeedsTables)?;
            Ok(p_value_1996(tables, statistic, deterministic, n))
        };
        match self {
            Self::Mackinnon1996 => tabulated(None),
            Self::Mackinnon1996Finite => tabulated(Some(observations)),
            Self::Mackinnon1994 => Ok(p_value_1994(statistic, deterministic, true)),
            Self::Mackinnon1994Unbounded => Ok(p_value_1994(statistic, deterministic, false)),
        }
    }
}

/// MacKinnon's (1996) p-value of a Dickey-Fuller t statistic; `observations` of none is the asymptotic one.
pub fn p_value_1996(
    tables: &MackinnonTables,
    statistic: f64,
    deterministic: Deterministic,
    observations: Option<usize>,
) -> f64 {
    const POINTS: usize = 9;
    const HALF: usize = POINTS / 2;
    if statistic.is_nan() {
        return f64::NAN;
    }
    let points = tables.surface(deterministic);
    let inverse = observations.map_or(0.0, |n| 1.0 / (n.max(1)) as f64);
    let powers = [1.0, inverse, inverse * inverse, inverse * inverse * inverse];
    let quantiles: Vec<f64> = points
        .iter()
        .map(|point| point.cubic.iter().zip(powers).map(|(term, power)| term * power).sum())
        .collect();
    let count = quantiles.len();
    let distance = |at: usize| (statistic - quantiles[at]).abs();
    let nearest = (0..count).fold(0, |best, at| if distance(at) < distance(best) { at } else { best });
    // Places as MacKinnon counts them, from 1.
    let place = nearest + 1;
    let inner = place > HALF && place < count - HALF;
    let chosen: Vec<usize> = if inner {
        (nearest - HALF..=nearest + HALF).collect()
    } else if place < POINTS {
        (0..(place + HALF).max(5)).collect()
    } else {
        (0..(count + 1 - place + HALF).max(5)).map(|back| count - 1 - back).collect()
    };
    // At the upper end the covariance is close to singular; there MacKinnon weighs all points alike.
    let weighted = inner || place < POINTS;
    let rows = chosen.len();
    let mut omega = vec![vec![0.0; rows]; rows];
    for a in 0..rows {
        for b in a..rows {
            let (low, high) = (chosen[a], chosen[b]);
            let (p_low, p_high) = (points[low].probability, points[high].probability);
            let odds = p_low * (1.0 - p_high) / (p_high * (1.0 - p_low));
            omega[a][b] = match weighted {
                true => points[low].std_error * points[high].std_error * odds.sqrt(),
                false => f64::from(u8::from(a == b)),
            };
        }
    }
    invert(&mut omega);
    let x: Vec<[f64; 4]> = chosen
        .iter()
        .map(|&at| {
            let quantile = quantiles[at];
            [1.0, quantile, quantile * quantile, quantile * quantile * quantile]
        })
        .collect();
    let y: Vec<f64> = chosen.iter().map(|&at| points[at].normal_quantile).collect();
    let (cubic, t) = local_fit(&x, &y, &omega, 4);
    let terms = if t > 2.0 { cubic } else { local_fit(&x, &y, &omega, 3).0 };
    let powers = [1.0, statistic, statistic * statistic, statistic * statistic * statistic];
    let p_value = normal_lower(terms.iter().zip(powers).map(|(term, power)| term * power).sum());
    let last = count - 1;
    match nearest {
        0 => p_value.min(points[0].probability),
        at if at == last => p_value.max(points[last].probability),
        _ => p_value,
    }
}

/// Generalized least squares on the first columns, and the size of the last coefficient's t statistic. `omega` is the inverse
/// of the covariance.
///
/// Powers of quantiles that lie close together make normal equations of which double precision keeps seven digits or
/// so. What the rest holds depends on the order of the sums, so that this one is urca's: its p-values are met to the
/// last digits, noise included.
fn local_fit(x: &[[f64; 4]], y: &[f64], omega: &[Vec<f64>], columns: usize) -> (Vec<f64>, f64) {
    let rows = y.len();
    let mut cross_y = vec![0.0; columns];
    let mut cross = vec![vec![0.0; columns]; columns];
    for i in 0..rows {
        for k in 0..rows {
            for j in 0..columns {
                cross_y[j] += x[i][j] * omega[k][i] * y[k];
                for l in j..columns {
                    cross[j][l] += x[i][j] * omega[k][i] * x[k][l];
                }
            }
        }
    }
    invert(&mut cross);
    let sum = |values: &mut dyn Iterator<Item = f64>| values.fold(0.0, |sum, value| sum + value);
    let terms: Vec<f64> =
        (0..columns).map(|i| sum(&mut (0..columns).map(|j| cross[i][j] * cross_y[j]))).collect();
    let residuals: Vec<f64> =
        (0..rows).map(|i| y[i] - sum(&mut (0..columns).map(|j| x[i][j] * terms[j]))).collect();
    let square = sum(&mut (0..rows)
        .flat_map(|i| (0..rows).map(move |k| (i, k)))
        .map(|(i, k)| residuals[i] * omega[k][i] * residuals[k]));
    let last = columns - 1;
    let error = (square / (rows - columns) as f64 * cross[last][last]).sqrt();
    let t = terms[last].abs() / error;
    (terms, t)
}

/// The inverse of a positive definite matrix, of which the upper triangle counts, by its Cholesky factor U: U^-1 U^-T.
fn invert(matrix: &mut [Vec<f64>]) {
    let order = matrix.len();
    for i in 0..order {
        for j in i..order {
            for k in 0..i {
                matrix[i][j] -= matrix[k][i] * matrix[k][j];
            }
            matrix[i][j] = if i == j { matrix[i][i].sqrt() } else { matrix[i][j] * (1.0 / matrix[i][i]) };
        }
    }
    for i in 0..order {
        for j in i..order {
            let scale = 1.0 / matrix[j][j];
            let start = if i == j { 1.0 } else { 0.0 };
            matrix[i][j] = (i..j).fold(start, |sum, k| sum - matrix[i][k] * matrix[k][j]) * scale;
        }
    }
    for i in 0..order {
        for j in i..order {
            let product = (j..order).fold(0.0, |sum, k| sum + matrix[i][k] * matrix[j][k]);
            matrix[i][j] = product;
            matrix[j][i] = product;
        }
    }
}

/// MacKinnon's (1994) p-value of a Dickey-Fuller t statistic; if `bounded`, 0 and 1 beyond the range of the fit.
pub fn p_value_1994(statistic: f64, deterministic: Deterministic, bounded: bool) -> f64 {
    let (small, large, switch, least, most): ([f64; 3], [f64; 4], f64, f64, f64) = match deterministic {
        Deterministic::None => {
            ([0.6344, 1.2378, 0.032496], [0.4797, 0.93557, -0.06999, 0.033066], -1.04, -19.04, f64::INFINITY)
        }
        Deterministic::Intercept => {
            ([2.1659, 1.4412, 0.038269], [1.7339, 0.93202, -0.12745, -0.010368], -1.61, -18.83, 2.74)
        }
        Deterministic::Trend => {
            ([3.2512, 1.6047, 0.049588], [2.5261, 0.61654, -0.37956, -0.060285], -2.89, -16.18, 0.7)
        }
    };
    if bounded && statistic > most {
        return 1.0;
    }
    if bounded && statistic < least {
        return 0.0;
    }
    let terms: &[f64] = if statistic <= switch { &small } else { &large };
    normal_lower(terms.iter().rev().fold(0.0, |sum, term| sum * statistic + term))
}

/// MacKinnon's (2010) critical values at 1, 5 and 10% for so many observations.
pub fn critical_values_2010(deterministic: Deterministic, observations: usize) -> [f64; 3] {
    let surfaces: [[f64; 4]; 3] = match deterministic {
        Deterministic::None => [
            [-2.56574, -2.2358, -3.627, 0.0],
            [-1.94100, -0.2686, -3.365, 31.223],
            [-1.61682, 0.2656, -2.714, 25.364],
        ],
        Deterministic::Intercept => [
            [-3.43035, -6.5393, -16.786, -79.433],
            [-2.86154, -2.8903, -4.234, -40.040],
            [-2.56677, -1.5384, -2.809, 0.0],
        ],
        Deterministic::Trend => [
            [-3.95877, -9.0531, -28.428, -134.155],
            [-3.41049, -4.3904, -9.036, -45.374],
            [-3.12705, -2.5856, -3.925, -22.380],
        ],
    };
    let inverse = 1.0 / observations.max(1) as f64;
    surfaces.map(|terms| terms.iter().rev().fold(0.0, |sum, term| sum * inverse + term))
}
