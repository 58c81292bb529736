//! An independent check: ordinary least squares on the paths, by QR of the demeaned data.

use crate::error::ReconstructionError;
use crate::problem::{PublishedCoefficient, ReconstructionProblem, two_sided_p_value};
use faer::Mat;
use faer::linalg::solvers::SolveLstsq;

/// How the paths' regressions compare with the published tables.
#[derive(Debug, Clone, PartialEq)]
pub struct Agreement {
    /// Published coefficients in all rows.
    pub coefficients: usize,
    /// Of these, how many are equal to the printed digits.
    pub equal_coefficients: usize,
    /// Of these, how many have the published number of stars.
    pub equal_stars: usize,
    /// Least distance of any p-value from a star level, as |log(p / level)|.
    pub least_level_distance: f64,
    /// Largest deviation from a printed value, in units of its last printed digit.
    pub largest_deviation: f64,
    /// Rows that differ, named for the reader.
    pub differences: Vec<String>,
}

/// Estimates every unit's equations and the pooled ones from `paths` (one T x k matrix per unit,
/// in levels or demeaned) and compares them with the tables.
///
/// Standard errors are the classical ones, tests two-sided with Student's t; degrees of freedom
/// T - 1 - regressors in a unit and NT - N - regressors pooled.
///
/// # Errors
/// When shapes do not fit or a regression cannot be computed.
pub fn verify(problem: &ReconstructionProblem, paths: &[Mat<f64>]) -> Result<Agreement, ReconstructionError> {
    problem.validate_with(paths)?;
    let demeaned: Vec<Mat<f64>> = paths.iter().map(demean).collect();
    let order = problem.variables.len();
    let periods = problem.periods;
    let stacked = Mat::from_fn(periods * demeaned.len(), order, |row, column| {
        demeaned[row / periods][(row % periods, column)]
    });
    let mut agreement = Agreement {
        coefficients: 0,
        equal_coefficients: 0,
        equal_stars: 0,
        least_level_distance: f64::INFINITY,
        largest_deviation: 0.0,
        differences: Vec::new(),
    };
    for equation in &problem.equations {
        let dependent = &problem.variables[equation.dependent];
        let mut compare = |name: &str,
                           data: &Mat<f64>,
                           row: &[PublishedCoefficient],
                           degrees_of_freedom: f64| {
            let estimates =
                least_squares(data, equation.dependent, &equation.regressors, degrees_of_freedom)?;
            for ((regressor, published), (estimate, p_value)) in
                equation.regressors.iter().zip(row).zip(estimates)
            {
                let stars = problem.star_levels.iter().filter(|level| p_value < **level).count();
                agreement.coefficients += 1;
                let equal_digits = published.agrees_with(estimate);
                agreement.equal_coefficients += usize::from(equal_digits);
                agreement.equal_stars += usize::from(stars == published.stars);
                let unit_digit = 0.1_f64.powi(published.decimals as i32);
                agreement.largest_deviation =
                    agreement.largest_deviation.max((estimate - published.value).abs() / unit_digit);
                for level in &problem.star_levels {
                    agreement.least_level_distance =
                        agreement.least_level_distance.min((p_value / level).ln().abs());
                }
                if !equal_digits || stars != published.stars {
                    agreement.differences.push(format!(
                        "{dependent} in {name} on {}: {estimate:.6} with {stars} stars, published {:.*} with {}",
                        problem.variables[*regressor], published.decimals, published.value, published.stars
                    ));
                }
            }
            Ok::<(), ReconstructionError>(())
        };
        for ((unit, data), row) in problem.units.iter().zip(&demeaned).zip(&equation.unit_rows) {
            compare(unit, data, row, problem.unit_degrees_of_freedom(equation))?;
        }
        let pooled = problem.pooled_degrees_of_freedom(equation);
        compare("the pooled row", &stacked, &equation.pooled_row, pooled)?;
    }
    Ok(agreement)
}

/// Each column less its mean.
pub(super) fn demean(path: &Mat<f64>) -> Mat<f64> {
    let rows = path.nrows() as f64;
    let means: Vec<f64> =
        (0..path.ncols()).map(|column| path.col(column).iter().sum::<f64>() / rows).collect();
    Mat::from_fn(path.nrows(), path.ncols(), |row, column| path[(row, column)] - means[column])
}

/// Coefficients with their two-sided p-values, from demeaned data.
fn least_squares(
    data: &Mat<f64>,
    dependent: usize,
    regressors: &[usize],
    degrees_of_freedom: f64,
) -> Result<Vec<(f64, f64)>, ReconstructionError> {
    let design = Mat::from_fn(data.nrows(), regressors.len(), |row, column| data[(row, regressors[column])]);
    let response = Mat::from_fn(data.nrows(), 1, |row, _| data[(row, dependent)]);
    let factor = design.qr();
    let coefficients = factor.solve_lstsq(&response);
    let residual = &response - &design * &coefficients;
    let variance = residual.squared_norm_l2() / degrees_of_freedom;
    let triangle = factor.thin_R();
    // Diagonal of (R'R)^-1 = R^-1 R^-T by forward substitution on each unit vector.
    let count = regressors.len();
    let mut diagonal = Vec::with_capacity(count);
    for unit in 0..count {
        let mut solution = vec![0.0; count];
        for row in 0..count {
            let mut value = f64::from(row == unit);
            for column in 0..row {
                value -= triangle[(column, row)] * solution[column];
            }
            solution[row] = value / triangle[(row, row)];
        }
        // R^-T e_unit is row `unit` of R^-1.
        diagonal.push(solution.iter().map(|value| value * value).sum::<f64>());
    }
    (0..count)
        .map(|index| {
            let estimate = coefficients[(index, 0)];
            let error = (variance * diagonal[index]).sqrt();
            if !(estimate.is_finite() && error.is_finite() && error > 0.0) {
                return Err(ReconstructionError::Factorisation { what: "design matrix".to_owned() });
            }
            Ok((estimate, two_sided_p_value(estimate / error, degrees_of_freedom)?))
        })
        .collect()
}
