//! Tests of coefficients under a given covariance.

use faer::Mat;

use crate::distributions::{chi_squared_upper, f_upper};
use crate::fit::{JointTest, ReferenceDistribution};

/// A pivot of the correlations of coefficients below this counts as zero.
const SINGULAR: f64 = 1e-12;

/// b'V^-1 b over the chosen coefficients; none where their covariance is singular.
pub(crate) fn wald(coefficients: &[f64], covariance: &Mat<f64>, chosen: &[usize]) -> Option<f64> {
    let scales: Vec<f64> = chosen.iter().map(|&index| covariance[(index, index)].sqrt()).collect();
    if !scales.iter().all(|scale| *scale > 0.0 && scale.is_finite()) {
        return None;
    }
    // Cholesky of the correlations, L u = b / scale, Wald = u'u
    let order = chosen.len();
    let mut lower: Mat<f64> = Mat::zeros(order, order);
    let mut solved = vec![0.0; order];
    for i in 0..order {
        for j in 0..=i {
            let correlation = covariance[(chosen[i], chosen[j])] / scales[i] / scales[j];
            let known: f64 = (0..j).map(|m| lower[(i, m)] * lower[(j, m)]).sum();
            let rest = correlation - known;
            if i == j {
                if rest.is_nan() || rest < SINGULAR {
                    return None;
                }
                lower[(i, i)] = rest.sqrt();
            } else {
                lower[(i, j)] = rest / lower[(j, j)];
            }
        }
        let known: f64 = (0..i).map(|m| lower[(i, m)] * solved[m]).sum();
        solved[i] = (coefficients[chosen[i]] / scales[i] - known) / lower[(i, i)];
    }
    let statistic: f64 = solved.iter().map(|value| value * value).sum();
    statistic.is_finite().then_some(statistic)
}

/// The joint test of `restrictions` linear restrictions with the given Wald statistic.
pub(crate) fn joint_test(wald: f64, restrictions: usize, reference: ReferenceDistribution) -> JointTest {
    let numerator = restrictions as f64;
    let f = wald / numerator;
    let chi_squared_p_value = chi_squared_upper(wald, numerator);
    JointTest {
        f,
        df_numerator: restrictions,
        df_denominator: reference.df(),
        p_value: reference.df().map_or(chi_squared_p_value, |df| f_upper(f, numerator, df as f64)),
        chi_squared: wald,
        chi_squared_p_value,
    }
}

/// A matrix as rows.
pub(crate) fn rows(matrix: &Mat<f64>) -> Vec<Vec<f64>> {
    (0..matrix.nrows()).map(|row| (0..matrix.ncols()).map(|column| matrix[(row, column)]).collect()).collect()
}
