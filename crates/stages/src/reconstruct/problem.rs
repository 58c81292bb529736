//! From a specification and published tables to a reconstruction problem.

use std::path::Path;

use faer::Mat;
use vintner_reconstruction::{
    PathShape, PublishedCoefficient, PublishedEquation, ReconstructionProblem, SolverOptions,
};
use vintner_reporting::Published;

use super::error::ReconstructError;
use super::spec::Specification;

/// The problem that `specification` states about the tables in `published`.
pub fn problem(
    specification: &Specification,
    file: &str,
    published: &Path,
) -> Result<ReconstructionProblem, ReconstructError> {
    let inconsistent = |place: String, reason: String| ReconstructError::Inconsistent {
        file: file.to_owned(),
        place,
        reason,
    };
    let published = Published::read(published).map_err(Box::new)?;
    let variables: Vec<String> =
        specification.variables.iter().map(|variable| variable.name.clone()).collect();
    let index = |place: &str, name: &str| {
        variables
            .iter()
            .position(|variable| variable == name)
            .ok_or_else(|| inconsistent(place.to_owned(), format!("`{name}` is not among the variables")))
    };
    let years = specification.years;
    if !(years.first <= years.base && years.base <= years.last) {
        return Err(inconsistent("years".to_owned(), "first <= base <= last must hold".to_owned()));
    }
    let periods = usize::try_from(years.last - years.first).unwrap_or_default() + 1;
    let mut equations = Vec::new();
    for equation in &specification.equations {
        let place = format!("equation of {}", equation.dependent);
        let published_row = |unit: &str| -> Result<Vec<PublishedCoefficient>, ReconstructError> {
            equation
                .regressors
                .iter()
                .map(|regressor| {
                    let mut found = published
                        .coefficients()
                        .iter()
                        .filter(|row| equation.holds(row) && row.unit == unit && row.regressor == *regressor);
                    match (found.next(), found.next()) {
                        (Some(row), None) => Ok(PublishedCoefficient {
                            value: row.coefficient.value(),
                            decimals: row.coefficient.decimals(),
                            stars: row.stars.count().into(),
                        }),
                        (None, _) => Err(inconsistent(
                            place.clone(),
                            format!("the published tables have no coefficient of {regressor} for {unit}"),
                        )),
                        _ => Err(inconsistent(
                            place.clone(),
                            format!("the published tables have {regressor} for {unit} more than once"),
                        )),
                    }
                })
                .collect()
        };
        let unit_rows = specification
            .units
            .iter()
            .map(|unit| published_row(&unit.name))
            .collect::<Result<Vec<_>, _>>()?;
        equations.push(PublishedEquation {
            dependent: index(&place, &equation.dependent)?,
            regressors: equation
                .regressors
                .iter()
                .map(|regressor| index(&place, regressor))
                .collect::<Result<_, _>>()?,
            unit_rows,
            pooled_row: published_row(&specification.tables.pooled)?,
        });
    }
    let order = variables.len();
    let mut priors = Vec::new();
    for unit in &specification.units {
        for (what, list) in [("levels", &unit.levels), ("spreads", &unit.spreads)] {
            if list.len() != order {
                let reason = format!("{what} has {} numbers for {order} variables", list.len());
                return Err(inconsistent(format!("unit {}", unit.name), reason));
            }
        }
        priors.push(Mat::from_fn(order, order, |i, j| {
            let loading = |index: usize| specification.variables[index].loading;
            let correlation = if i == j { 1.0 } else { loading(i) * loading(j) };
            (periods as f64 - 1.0) * unit.spreads[i] * unit.spreads[j] * correlation
        }));
    }
    Ok(ReconstructionProblem {
        variables,
        units: specification.units.iter().map(|unit| unit.name.clone()).collect(),
        periods,
        equations,
        star_levels: specification.tables.star_levels.clone(),
        priors,
    })
}

/// The solver's options with the specification's settings in place of the defaults.
pub fn options(specification: &Specification) -> SolverOptions {
    let mut options = SolverOptions::default();
    let solver = &specification.solver;
    options.margin = solver.margin.unwrap_or(options.margin);
    options.prior_weight = solver.prior_weight.unwrap_or(options.prior_weight);
    options.spread_weight = solver.spread_weight.unwrap_or(options.spread_weight);
    options.penalty.barrier = solver.barrier.unwrap_or(options.penalty.barrier);
    options
}

/// The shapes of the variables' paths.
pub fn shapes(specification: &Specification) -> Vec<PathShape> {
    specification
        .variables
        .iter()
        .map(|variable| PathShape {
            trend: variable.trend.unwrap_or(variable.loading),
            persistence: variable.persistence,
            weight: variable.weight,
            increasing: variable.increasing,
            smoothness: variable.smoothness,
        })
        .collect()
}
