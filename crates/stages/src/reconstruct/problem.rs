//! From a specification and published tables to a reconstruction problem.

use std::path::Path;

use faer::Mat;
use vintner_estimation::reconstruction::{
    PathShape, PublishedCoefficient, PublishedEquation, ReconstructionProblem, SolverOptions,
};

use super::error::ReconstructError;
use super::spec::Specification;

/// One row of the file of published tables.
struct PublishedRow {
    dependent: String,
    unit: String,
    regressor: String,
    coefficient: PublishedCoefficient,
}

/// Reads `published` (columns dependent, unit, regressor, coefficient, stars and any others).
fn read_published(published: &Path) -> Result<Vec<PublishedRow>, ReconstructError> {
    let fault =
        |line: u64, reason: String| ReconstructError::Published { path: published.to_owned(), line, reason };
    let text = std::fs::read(published).map_err(|source| ReconstructError::Io {
        path: published.to_owned(),
        action: "read",
        source,
    })?;
    let mut reader = csv::Reader::from_reader(text.as_slice());
    let header = reader.headers().map_err(|error| fault(1, error.to_string()))?.clone();
    let column = |name: &str| {
        header.iter().position(|found| found == name).ok_or_else(|| {
            let found = header.iter().collect::<Vec<_>>().join(", ");
            fault(1, format!("no column `{name}`; the file has {found}"))
        })
    };
    let (dependent, unit, regressor) = (column("dependent")?, column("unit")?, column("regressor")?);
    let (coefficient, stars) = (column("coefficient")?, column("stars")?);
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| fault(0, error.to_string()))?;
        let line = record.position().map_or(0, csv::Position::line);
        let field = |index: usize| record.get(index).unwrap_or_default();
        let stars = field(stars)
            .parse()
            .map_err(|_| fault(line, format!("`{}` is no number of stars; write 0 to 3", field(stars))))?;
        let coefficient = PublishedCoefficient::parse(field(coefficient), stars)
            .map_err(|error| fault(line, error.to_string()))?;
        rows.push(PublishedRow {
            dependent: field(dependent).to_owned(),
            unit: field(unit).to_owned(),
            regressor: field(regressor).to_owned(),
            coefficient,
        });
    }
    Ok(rows)
}

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
    let rows = read_published(published)?;
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
                    let mut found = rows.iter().filter(|row| {
                        row.dependent == equation.dependent && row.unit == unit && row.regressor == *regressor
                    });
                    match (found.next(), found.next()) {
                        (Some(row), None) => Ok(row.coefficient.clone()),
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
