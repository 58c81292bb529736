//! Goes through the rows of each sample for contradictions.

use rayon::prelude::*;

use super::combination::{Combination, Row, combinations};
use super::conflict::{Argument, Conflict, ConflictingRow};
use super::interval::Interval;
use super::stars::StarredRow;
use super::{residual_form, stars};
use crate::error::ReconstructionError;
use crate::problem::{PublishedEquation, ReconstructionProblem, published};

/// So many combinations of residuals at most are looked at together, and of so many rows.
const MOST_TOGETHER: usize = 5;
/// So many sets are looked at for each sample, of rows' own residuals and of all combinations; where there are more, the small ones.
const MOST_SETS: usize = 4_000;

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
    let samples: Vec<Option<usize>> = (0..problem.units.len()).map(Some).chain([None]).collect();
    let of_samples: Vec<Vec<Conflict>> = samples
        .into_par_iter()
        .map(|unit| {
            let mut conflicts = Vec::new();
            let rows: Vec<StarredRow> =
                problem.equations.iter().map(|equation| starred_row(problem, equation, unit)).collect();
            of_coefficients(problem, unit, &rows, &mut conflicts);
            of_stars(problem, unit, &rows, classical, &mut conflicts);
            conflicts
        })
        .collect();
    conflicts.extend(of_samples.into_iter().flatten());
    of_pooled_slopes(problem, &mut conflicts);
    conflicts.sort_by_key(|conflict| conflict.rows.len());
    Ok(conflicts)
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
