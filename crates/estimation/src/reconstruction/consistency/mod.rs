//! Whether published tables can come from any data at all.
//!
//! [`contradictions`] looks for proofs that they can't. Three kinds are known to it, each for any numbers that are printed
//! as the published ones, and for any data:
//!
//! - coefficients of one sample whose normal equations leave no residual (`residual_form.rs` has the mathematics, and what it misses);
//! - stars of equations that explain one another's dependent variable, given the same other variables or one more (`stars.rs`; where standard
//!   errors are classical);
//! - a pooled slope on a single regressor outside the range of the units' own, whose weighted mean it is.
//!
//! That none is found proves nothing; a dataset does, which [`super::reconstruct_cross_products`] and [`search_cross_products`] look for and
//! [`super::verify`] checks.

mod combination;
mod interval;
mod residual_form;
mod search;
mod stars;

pub use search::search_cross_products;

use serde::Serialize;

use combination::{Combination, Row, combinations};
use interval::Interval;
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
    /// A form of the residuals that the normal equations make zero and that is positive for all data:
    /// sum over j and l of H_jl u_l'S u_j.
    ResidualForm {
        /// The u_j at the printed values: what each takes of the residuals of the conflict's rows.
        combinations: Vec<Vec<f64>>,
        /// H at the printed values, a row for each of the combinations.
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

/// So many combinations of residuals at most are looked at together, and of so many rows.
const MOST_TOGETHER: usize = 5;
/// So many sets are looked at for each sample, of rows' own residuals and of all combinations; where there are more, the small ones.
const MOST_SETS: usize = 20_000;

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

/// Sets of rows whose coefficients contradict, no set that has a smaller one in it.
fn of_coefficients(
    problem: &ReconstructionProblem,
    unit: Option<usize>,
    rows: &[StarredRow],
    conflicts: &mut Vec<Conflict>,
) {
    let rows: Vec<Row> = rows.iter().map(|one| one.row.clone()).collect();
    let all = combinations(&rows, problem.variables.len());
    let mut sets: Vec<(Vec<usize>, Vec<usize>)> = Vec::new();
    // First the rows' own residuals alone, then with what eliminations give.
    for (count, from) in [(rows.len(), 0), (all.len(), rows.len())] {
        let mut room = MOST_SETS;
        for size in 1..=count.min(MOST_TOGETHER) {
            let Some(rest) = room.checked_sub(count_of_sets(count, size)) else { break };
            room = rest;
            let of_size = sets_of(count, size)
                .into_iter()
                .filter(|set| set.last().is_some_and(|last| *last >= from))
                .map(|set| (rows_of(&set, &all), set));
            sets.extend(of_size.filter(|(members, _)| members.len() <= MOST_TOGETHER));
        }
    }
    sets.sort_by_key(|(members, set)| (members.len(), set.len()));
    let mut found: Vec<Vec<usize>> = Vec::new();
    for (members, set) in sets {
        if found.iter().any(|smaller| smaller.iter().all(|one| members.contains(one))) {
            continue;
        }
        let own: Vec<&Combination> = set.iter().map(|at| &all[*at]).collect();
        let Some(form) = residual_form::contradiction(&own) else { continue };
        let taken = |one: &Combination| members.iter().map(|at| one.weights[*at].at).collect::<Vec<f64>>();
        let row = |at: &usize| ConflictingRow { equation: *at, unit, regressors: Vec::new() };
        conflicts.push(Conflict {
            rows: members.iter().map(row).collect(),
            argument: Argument::ResidualForm {
                combinations: own.iter().map(|one| taken(one)).collect(),
                weights: form.weights,
                least_eigenvalue: form.least_eigenvalue,
                uncertainty: form.uncertainty,
            },
        });
        found.push(members);
    }
}

/// The rows that are in some of a set's combinations.
fn rows_of(set: &[usize], all: &[Combination]) -> Vec<usize> {
    let mut rows: Vec<usize> = set.iter().flat_map(|at| all[*at].rows()).collect();
    rows.sort_unstable();
    rows.dedup();
    rows
}

fn count_of_sets(count: usize, size: usize) -> usize {
    (0..size).fold(1_usize, |sets, at| sets.saturating_mul(count - at) / (at + 1))
}

/// All sets of so many of the numbers below `count`.
fn sets_of(count: usize, size: usize) -> Vec<Vec<usize>> {
    let mut sets = vec![Vec::new()];
    for _ in 0..size {
        let longer = |set: Vec<usize>| {
            let first = set.last().map_or(0, |last| last + 1);
            (first..count).map(move |next| set.iter().copied().chain([next]).collect())
        };
        sets = sets.into_iter().flat_map(longer).collect();
    }
    sets
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
