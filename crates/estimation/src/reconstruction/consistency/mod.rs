//! Whether published tables can come from any data at all.
//!
//! [`contradictions`] looks for proofs that they can't. Three kinds are known to it, each for any numbers that are printed
//! as the published ones, and for any data:
//!
//! - coefficients of one sample whose normal equations leave no residual (`residual_form.rs` has the mathematics; of what coefficients alone
//!   can contradict within a sample, it misses nothing but borderline cases);
//! - stars of equations that explain one another's dependent variable, given the same other variables or one more (`stars.rs`; where standard
//!   errors are classical);
//! - a pooled slope on a single regressor outside the range of the units' own, whose weighted mean it is.
//!
//! That none is found proves nothing; a dataset does, which [`super::reconstruct_cross_products`] and [`search_cross_products`] look for and
//! [`super::verify`] checks.

mod interval;
mod residual_form;
mod search;
mod stars;

pub use search::search_cross_products;

use serde::Serialize;

use interval::Interval;
use residual_form::Row;
use stars::StarredRow;

use super::error::ReconstructionError;
use super::problem::{PublishedCoefficient, PublishedEquation, ReconstructionProblem};

/// The |t| that stars allow.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct StatisticRange {
    /// At least this.
    pub least: f64,
    /// Below this; none where the most stars are there.
    pub most: Option<f64>,
}

/// A row of a published table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ConflictingRow {
    /// The equation's place in the problem.
    pub equation: usize,
    /// The unit's place; none for the pooled row.
    pub unit: Option<usize>,
    /// The places of the regressors that matter; all where it is empty.
    pub regressors: Vec<usize>,
}

/// Why rows contradict one another.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "argument", rename_all = "snake_case")]
pub enum Argument {
    /// A form of the residuals that the normal equations make zero and that is positive for every data with residuals:
    /// sum over j and l of H_jl u_l'S u_j.
    ResidualForm {
        /// H at the printed values, a row for each of the conflict's rows.
        weights: Vec<Vec<f64>>,
        /// The least eigenvalue of its symmetric part, scaled to a unit diagonal.
        least_eigenvalue: f64,
        /// By how much that may differ for other numbers that are printed alike.
        uncertainty: f64,
    },
    /// Two stars' counts of what is one and the same t statistic.
    StarsOfOneStatistic {
        /// What each row's stars allow.
        statistics: [StatisticRange; 2],
    },
    /// A product of coefficients, which is the squared partial correlation, outside what the stars allow.
    ProductAgainstStars {
        /// The product, by the printed digits.
        product: [f64; 2],
        /// The squared correlation, by the stars.
        r2: [f64; 2],
    },
    /// A sign that turns when a regressor with the smaller statistic is left out.
    SignTurned {
        /// The statistic of the coefficient in the equation with the further regressor.
        kept: StatisticRange,
        /// That of the further regressor.
        left_out: StatisticRange,
    },
    /// A statistic smaller than can be when a regressor is left out.
    StrengthLost {
        /// The statistic of the coefficient in the equation with the further regressor.
        kept: StatisticRange,
        /// That of the further regressor.
        left_out: StatisticRange,
        /// What it is at least without that.
        least: f64,
        /// What the stars there say.
        statistic: StatisticRange,
    },
    /// A pooled slope outside the units' own.
    PooledOutsideUnits {
        /// The pooled slope, by its digits.
        pooled: [f64; 2],
        /// The least and the greatest of the units', by theirs.
        units: [f64; 2],
    },
}

/// Rows that no data have together: none can be left out.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Conflict {
    /// The rows.
    pub rows: Vec<ConflictingRow>,
    /// Why.
    #[serde(flatten)]
    pub argument: Argument,
}

/// Sets of so many equations at most are looked at together.
const MOST_EQUATIONS: usize = 5;

/// All contradictions between rows of the tables, the smallest sets of rows first. Stars count where `classical` says that standard errors
/// are those of least squares, two-sided with Student's t.
///
/// # Errors
/// Where the problem's lists don't fit one another.
pub fn contradictions(
    problem: &ReconstructionProblem,
    classical: bool,
) -> Result<Vec<Conflict>, ReconstructionError> {
    problem.validate_lists()?;
    let mut conflicts = Vec::new();
    let samples = (0..problem.units.len()).map(Some).chain([None]);
    for unit in samples {
        let rows: Vec<StarredRow> =
            problem.equations.iter().map(|equation| starred_row(problem, equation, unit)).collect();
        of_coefficients(problem, unit, &rows, &mut conflicts);
        of_stars(problem, unit, &rows, classical, &mut conflicts);
    }
    of_pooled_slopes(problem, &mut conflicts);
    conflicts.sort_by_key(|conflict| conflict.rows.len());
    Ok(conflicts)
}

fn published(equation: &PublishedEquation, unit: Option<usize>) -> &[PublishedCoefficient] {
    match unit {
        Some(unit) => &equation.unit_rows[unit],
        None => &equation.pooled_row,
    }
}

fn starred_row(
    problem: &ReconstructionProblem,
    equation: &PublishedEquation,
    unit: Option<usize>,
) -> StarredRow {
    let coefficients = published(equation, unit);
    StarredRow {
        row: Row {
            dependent: equation.dependent,
            regressors: equation.regressors.clone(),
            coefficients: coefficients.iter().map(|one| Interval::printed(one.value, one.decimals)).collect(),
        },
        stars: coefficients.iter().map(|one| one.stars).collect(),
        df: match unit {
            Some(_) => problem.unit_degrees_of_freedom(equation),
            None => problem.pooled_degrees_of_freedom(equation),
        },
    }
}

/// Sets of equations whose coefficients contradict, no set that has a smaller one in it.
fn of_coefficients(
    problem: &ReconstructionProblem,
    unit: Option<usize>,
    rows: &[StarredRow],
    conflicts: &mut Vec<Conflict>,
) {
    let count = rows.len().min(usize::BITS as usize - 1);
    let mut found: Vec<usize> = Vec::new();
    for size in 2..=count.min(MOST_EQUATIONS) {
        for set in (1_usize..1 << count).filter(|set| set.count_ones() as usize == size) {
            if found.iter().any(|smaller| smaller & set == *smaller) {
                continue;
            }
            let members: Vec<usize> = (0..count).filter(|at| set >> at & 1 == 1).collect();
            let own: Vec<Row> = members.iter().map(|at| rows[*at].row.clone()).collect();
            let Some(form) = residual_form::contradiction(&own, problem.variables.len()) else { continue };
            found.push(set);
            conflicts.push(Conflict {
                rows: members
                    .iter()
                    .map(|at| ConflictingRow { equation: *at, unit, regressors: Vec::new() })
                    .collect(),
                argument: Argument::ResidualForm {
                    weights: form.weights,
                    least_eigenvalue: form.least_eigenvalue,
                    uncertainty: form.uncertainty,
                },
            });
        }
    }
}

fn of_stars(
    problem: &ReconstructionProblem,
    unit: Option<usize>,
    rows: &[StarredRow],
    classical: bool,
    conflicts: &mut Vec<Conflict>,
) {
    for second in 1..rows.len() {
        for first in 0..second {
            let pair = (&rows[first], &rows[second]);
            let found = stars::contradiction(pair.0, pair.1, &problem.star_levels, classical);
            let Some(([left, right], argument)) = found else { continue };
            let row = |equation, regressors| ConflictingRow { equation, unit, regressors };
            conflicts.push(Conflict { rows: vec![row(first, left), row(second, right)], argument });
        }
    }
}

/// With one regressor the within slope is the mean of the units', weighted by how much the regressor varies in each.
fn of_pooled_slopes(problem: &ReconstructionProblem, conflicts: &mut Vec<Conflict>) {
    for (place, equation) in problem.equations.iter().enumerate() {
        if equation.regressors.len() != 1 {
            continue;
        }
        let slope =
            |unit| published(equation, unit).first().map(|one| Interval::printed(one.value, one.decimals));
        let Some(pooled) = slope(None) else { continue };
        let own: Vec<Interval> = (0..problem.units.len()).filter_map(|unit| slope(Some(unit))).collect();
        let least = own.iter().fold(f64::INFINITY, |least, one| least.min(one.low));
        let most = own.iter().fold(f64::NEG_INFINITY, |most, one| most.max(one.high));
        if pooled.high < least || pooled.low > most {
            let units = (0..problem.units.len()).map(Some).chain([None]);
            let row = |unit| ConflictingRow { equation: place, unit, regressors: vec![0] };
            conflicts.push(Conflict {
                rows: units.map(row).collect(),
                argument: Argument::PooledOutsideUnits {
                    pooled: [pooled.low, pooled.high],
                    units: [least, most],
                },
            });
        }
    }
}
