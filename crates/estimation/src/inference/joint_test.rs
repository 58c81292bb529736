//! Tests that several coefficients are zero, under a given covariance.

use faer::Mat;
use serde::{Deserialize, Serialize};

use super::reference_distribution::ReferenceDistribution;
use crate::numerics::{chi_squared_upper, f_upper};

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

/// A joint test that several coefficients are zero.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct JointTest {
    /// Wald statistic over the number of restrictions.
    pub f: f64,
    /// Restrictions.
    pub df_numerator: usize,
    /// Degrees of freedom of the reference distribution; none where it is the normal.
    pub df_denominator: Option<usize>,
    /// From F, or from chi-squared where the reference distribution is the normal.
    pub p_value: f64,
    /// Wald statistic.
    pub chi_squared: f64,
    /// From chi-squared with as many degrees of freedom as restrictions.
    pub chi_squared_p_value: f64,
}
