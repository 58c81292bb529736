//! Whether published tables can come from any data: a proof that they can't, or data that give them.

use std::path::Path;

use faer::Mat;
use serde::{Deserialize, Serialize};
use vintner_diagnostics::Document;
use vintner_estimation::SeededGenerator;
use vintner_reconstruction::{
    Agreement, Argument, Conflict, PathShape, ReconstructionProblem, SolverOptions, colour, contradictions,
    reconstruct_cross_products, search_cross_products, target_path, verify,
};
use vintner_reporting::Published;

use super::error::ReconstructError;
use super::paths::paths;
use super::problem;
use super::spec::{Equation, Specification, Tables, Unit, Variable, Years};

/// What has to be known of tables besides their numbers. A specification of a reconstruction says it too, and more.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Layout {
    /// How the published tables are to be read.
    tables: Tables,
    /// Observations of each unit.
    periods: usize,
    /// How the standard errors behind the stars were made.
    #[serde(default)]
    standard_errors: StandardErrors,
}

/// How standard errors were made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StandardErrors {
    /// Those of least squares with Student's t, so that stars say something about the data's second moments.
    #[default]
    Classical,
    /// Others: only the coefficients are checked.
    Other,
}

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ConsistencyVerdict {
    /// There are data that give all of the tables.
    Consistent,
    /// There are none.
    Inconsistent,
    /// Neither data nor a proof was found.
    Undecided,
}

/// Whether tables can come from any data, and why.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Consistency {
    /// The outcome.
    pub verdict: ConsistencyVerdict,
    /// How the standard errors were taken to be made.
    pub standard_errors: StandardErrors,
    /// Published coefficients that were looked at.
    pub coefficients: usize,
    /// Units, without the pooled rows.
    pub units: usize,
    /// Equations.
    pub equations: usize,
    /// Observations of each unit.
    pub periods: usize,
    /// The proofs that there are no data, the smallest sets of rows first.
    pub conflicts: Vec<NamedConflict>,
    /// What kept the search from data, where it was made and failed.
    pub attempts: Vec<String>,
    /// How the data compare with the tables, estimated anew from them.
    #[serde(skip)]
    pub agreement: Option<Agreement>,
    /// The data as CSV: unit, period, variables.
    #[serde(skip)]
    pub witness: Option<String>,
}

/// Rows that no data have together, with their names.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct NamedConflict {
    /// The rows.
    pub rows: Vec<NamedRow>,
    /// The proof.
    #[serde(flatten)]
    pub argument: Argument,
    /// The proof in words.
    pub sentence: String,
}

/// A row of a published table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NamedRow {
    /// The table.
    pub table: String,
    /// The unit, as printed.
    pub unit: String,
    /// The dependent variable.
    pub dependent: String,
    /// The coefficients that matter: regressor and printed value with its asterisks.
    pub cells: Vec<(String, String)>,
}

/// Decides, as far as it can be, whether the tables in `published` can come from any data. `layout` is the file that says how they are to be
/// read: a specification of a reconstruction, or one with `tables`, `periods` and perhaps `standard_errors`.
///
/// # Errors
/// When a file can't be read, is malformed, or doesn't fit the tables.
pub fn consistency(layout: &Path, published: &Path) -> Result<Consistency, ReconstructError> {
    let text = std::fs::read_to_string(layout).map_err(|source| ReconstructError::Io {
        path: layout.to_owned(),
        action: "read",
        source,
    })?;
    let file = layout.display().to_string();
    let document = Document::parse(&file, &text).map_err(ReconstructError::Specification)?;
    let tables = Published::read(published).map_err(Box::new)?;
    let (specification, standard_errors) = if document.root().get("periods").is_some() {
        let layout: Layout = document.decode().map_err(ReconstructError::Specification)?;
        (specification(&layout, &tables), layout.standard_errors)
    } else {
        let own: Specification = document.decode().map_err(ReconstructError::Specification)?;
        (own, StandardErrors::Classical)
    };
    let problem = problem::problem(&specification, &file, published)?;
    let classical = standard_errors == StandardErrors::Classical;
    let conflicts = contradictions(&problem, classical)?;
    let mut outcome = Consistency {
        verdict: ConsistencyVerdict::Undecided,
        standard_errors,
        coefficients: problem
            .equations
            .iter()
            .map(|equation| equation.regressors.len() * (problem.units.len() + 1))
            .sum(),
        units: problem.units.len(),
        equations: problem.equations.len(),
        periods: problem.periods,
        conflicts: conflicts
            .into_iter()
            .map(|conflict| named(conflict, &problem, &specification, &tables))
            .collect(),
        attempts: Vec::new(),
        agreement: None,
        witness: None,
    };
    if !outcome.conflicts.is_empty() {
        outcome.verdict = ConsistencyVerdict::Inconsistent;
        return Ok(outcome);
    }
    if !classical {
        outcome.attempts.push("data are looked for only where standard errors are classical".into());
        return Ok(outcome);
    }
    let own = problem::options(&specification);
    for margin in MARGINS.into_iter().filter(|margin| *margin <= own.margin) {
        let what = format!("near the prior, statistics {}% from the critical values", 100.0 * margin);
        let found = reconstruct_cross_products(&problem, &SolverOptions { margin, ..own.clone() })
            .map_err(|error| error.to_string())
            .map(|found| found.matrices);
        if outcome.settle(&what, found, &specification, &problem)? {
            return Ok(outcome);
        }
    }
    let size = problem.units.len() * problem.variables.len() * (problem.variables.len() + 1) / 2;
    let starts = if size > MANY { FEW_STARTS } else { STARTS };
    let what = format!("anywhere, from {starts} starts");
    let found = search_cross_products(&problem, starts, specification.seed)?;
    outcome.settle(&what, found.ok_or_else(|| "nothing found".into()), &specification, &problem)?;
    Ok(outcome)
}

impl Consistency {
    /// Makes data of what a search found and estimates all tables anew from them; whether they are the published ones.
    fn settle(
        &mut self,
        what: &str,
        found: Result<Vec<Mat<f64>>, String>,
        specification: &Specification,
        problem: &ReconstructionProblem,
    ) -> Result<bool, ReconstructError> {
        let failure = match found {
            Err(failure) => failure,
            Ok(matrices) => match data(specification, problem, &matrices) {
                // Cross-products that no data of so few observations have, for one.
                Err(failure) => failure.to_string(),
                Ok(made) => {
                    let agreement = verify(problem, &made)?;
                    if agreement.differences.is_empty() {
                        self.verdict = ConsistencyVerdict::Consistent;
                        self.witness = Some(csv(specification, problem, &made));
                        self.agreement = Some(agreement);
                        return Ok(true);
                    }
                    format!("{} of the published numbers are missed", agreement.differences.len())
                }
            },
        };
        self.attempts.push(format!("{what}: {failure}"));
        Ok(false)
    }
}

/// The starts of the search that knows no prior, and how many there are where each takes seconds.
const STARTS: usize = 24;
const FEW_STARTS: usize = 3;
/// So many numbers to be found are many.
const MANY: usize = 200;

/// How far statistics are kept from the critical values, as a share: what is far from all bounds is found more easily, if it is there.
const MARGINS: [f64; 4] = [0.05, 0.02, 0.005, 0.001];

/// The specification that a layout stands for: units and equations as the tables have them, priors of which nothing is known but that a
/// coefficient's size is about that of the ratio of standard deviations.
fn specification(layout: &Layout, published: &Published) -> Specification {
    let mut equations: Vec<Equation> = Vec::new();
    let mut units: Vec<String> = Vec::new();
    let mut variables: Vec<String> = Vec::new();
    let add = |list: &mut Vec<String>, name: &str| {
        if !list.iter().any(|known| known == name) {
            list.push(name.to_owned());
        }
    };
    for row in published.coefficients() {
        // Each table has its own: merged, two equations of one variable would be one that nobody estimated.
        let place = equations.iter().position(|one| one.holds(row)).unwrap_or_else(|| {
            equations.push(Equation {
                table: Some(row.table.clone()),
                dependent: row.dependent.clone(),
                regressors: Vec::new(),
            });
            equations.len() - 1
        });
        add(&mut equations[place].regressors, &row.regressor);
        add(&mut variables, &row.dependent);
        add(&mut variables, &row.regressor);
        if row.unit != layout.tables.pooled {
            add(&mut units, &row.unit);
        }
    }
    let spreads = spreads(published, &variables);
    let variable = |name: &String| Variable {
        name: name.clone(),
        loading: 0.3,
        trend: None,
        persistence: 0.3,
        weight: 1.0,
        increasing: None,
        smoothness: 0.0,
    };
    let unit = |name: String| Unit {
        name,
        labels: Default::default(),
        levels: vec![0.0; variables.len()],
        spreads: spreads.clone(),
        parameters: Default::default(),
    };
    let last = i32::try_from(layout.periods).unwrap_or(i32::MAX);
    Specification {
        seed: 1,
        tables: layout.tables.clone(),
        years: Years { first: 1, last, base: 1 },
        solver: Default::default(),
        variables: variables.iter().map(variable).collect(),
        equations,
        units: units.into_iter().map(unit).collect(),
        steps: Vec::new(),
        files: Vec::new(),
    }
}

/// Standard deviations with which coefficients, in units of them, are about 1/3: the logarithms by least squares, in turn.
fn spreads(published: &Published, variables: &[String]) -> Vec<f64> {
    let place = |name: &str| variables.iter().position(|variable| variable == name);
    let terms: Vec<(usize, usize, f64)> = published
        .coefficients()
        .iter()
        .filter(|row| row.coefficient.value() != 0.0)
        .filter_map(|row| {
            let ratio = (3.0 * row.coefficient.value().abs()).ln();
            Some((place(&row.dependent)?, place(&row.regressor)?, ratio))
        })
        .collect();
    let mut logs = vec![0.0; variables.len()];
    for _ in 0..200 {
        for at in 0..logs.len() {
            let mut targets = Vec::new();
            for (dependent, regressor, ratio) in &terms {
                // ratio = ln(sd of the dependent variable) - ln(sd of the regressor)
                if *dependent == at {
                    targets.push(logs[*regressor] + ratio);
                } else if *regressor == at {
                    targets.push(logs[*dependent] - ratio);
                }
            }
            if !targets.is_empty() {
                logs[at] = targets.iter().sum::<f64>() / targets.len() as f64;
            }
        }
        let centre = logs.iter().sum::<f64>() / logs.len().max(1) as f64;
        logs.iter_mut().for_each(|log| *log -= centre);
    }
    logs.into_iter().map(f64::exp).collect()
}

/// Data with those cross-products.
fn data(
    specification: &Specification,
    problem: &ReconstructionProblem,
    matrices: &[Mat<f64>],
) -> Result<Vec<Mat<f64>>, ReconstructError> {
    match paths(specification, problem, matrices) {
        Ok(made) => Ok(made),
        // The shapes are of no interest here: any path with the cross-products does.
        Err(_) => plain_paths(specification, problem, matrices),
    }
}

fn plain_paths(
    specification: &Specification,
    problem: &ReconstructionProblem,
    matrices: &[Mat<f64>],
) -> Result<Vec<Mat<f64>>, ReconstructError> {
    let shape = PathShape { trend: 0.0, persistence: 0.0, weight: 1.0, increasing: None, smoothness: 0.0 };
    let shapes = vec![shape; problem.variables.len()];
    let mut made = Vec::new();
    for (matrix, stream) in matrices.iter().zip(0..) {
        let mut generator = SeededGenerator::stream(specification.seed, stream);
        let target = target_path(&shapes, problem.periods, &mut generator)?;
        made.push(colour(&target, &shapes, matrix)?);
    }
    Ok(made)
}

fn csv(specification: &Specification, problem: &ReconstructionProblem, paths: &[Mat<f64>]) -> String {
    let quoted = |name: &str| {
        if name.contains([',', '"', '\n', '\r']) || name.starts_with(['=', '+', '-', '@', '\t']) {
            format!("\"'{}\"", name.replace('"', "\"\""))
        } else {
            name.to_owned()
        }
    };
    let names: Vec<String> = problem.variables.iter().map(|name| quoted(name)).collect();
    let mut text = format!("unit,period,{},synthetic\n", names.join(","));
    for (unit, path) in problem.units.iter().zip(paths) {
        for (row, period) in (0..path.nrows()).zip(specification.years.first..) {
            let values: Vec<String> =
                (0..path.ncols()).map(|column| format!("{:?}", path[(row, column)])).collect();
            text.push_str(&format!("{},{period},{},true\n", quoted(unit), values.join(",")));
        }
    }
    text
}

fn named(
    conflict: Conflict,
    problem: &ReconstructionProblem,
    specification: &Specification,
    published: &Published,
) -> NamedConflict {
    let rows: Vec<NamedRow> = conflict
        .rows
        .iter()
        .map(|row| {
            let equation = &problem.equations[row.equation];
            let printed_equation = &specification.equations[row.equation];
            let dependent = &problem.variables[equation.dependent];
            let unit = row.unit.map_or(&specification.tables.pooled, |unit| &problem.units[unit]);
            let all: Vec<usize> = (0..equation.regressors.len()).collect();
            let places = if row.regressors.is_empty() { &all } else { &row.regressors };
            let printed = places.iter().filter_map(|at| {
                let regressor = &problem.variables[equation.regressors[*at]];
                published.coefficients().iter().find(|one| {
                    printed_equation.holds(one) && one.unit == *unit && one.regressor == *regressor
                })
            });
            let found: Vec<_> = printed.collect();
            NamedRow {
                table: found.first().map(|one| one.table.clone()).unwrap_or_default(),
                unit: unit.clone(),
                dependent: dependent.clone(),
                cells: found
                    .iter()
                    .map(|one| {
                        let text = format!("{}{}", one.coefficient.text(), one.stars.asterisks());
                        (one.regressor.clone(), text)
                    })
                    .collect(),
            }
        })
        .collect();
    let sentence = sentence(&conflict.argument, &rows);
    NamedConflict { rows, argument: conflict.argument, sentence }
}

fn sentence(argument: &Argument, rows: &[NamedRow]) -> String {
    let statistic = |range: &vintner_reconstruction::StatisticRange| match range.most {
        Some(most) if range.least > 0.0 => format!("{:.2} <= |t| < {most:.2}", range.least),
        Some(most) => format!("|t| < {most:.2}"),
        None => format!("|t| >= {:.2}", range.least),
    };
    let cell = |row: usize, place: usize| {
        rows.get(row).and_then(|row| row.cells.get(place)).map_or("", |(regressor, _)| regressor.as_str())
    };
    let dependent = |row: usize| rows.get(row).map_or("", |row| row.dependent.as_str());
    match argument {
        Argument::ResidualForm { weights, .. } if weights.len() == 1 => "a combination of the residuals of these rows, in which the \
             dependent variables cancel, is one of regressors that all of them have and is uncorrelated with these: it has to be zero, but \
             for no numbers printed so are all of its coefficients"
            .to_owned(),
        Argument::ResidualForm { least_eigenvalue, uncertainty, .. } => {
            // Two equations with the same controls are the case that everybody knows.
            let pair = rows.len() == 2
                && rows.iter().zip(rows.iter().rev()).all(|(one, other)| {
                    let regressors: Vec<&str> = one.cells.iter().map(|(name, _)| name.as_str()).collect();
                    regressors.contains(&other.dependent.as_str())
                        && other
                            .cells
                            .iter()
                            .all(|(name, _)| *name == one.dependent || regressors.contains(&name.as_str()))
                });
            let known = if pair {
                format!(
                    ": {} and {} are regressed on one another given the same other variables, so that their two coefficients have one \
                     sign and a product below one",
                    dependent(0),
                    dependent(1)
                )
            } else {
                String::new()
            };
            format!(
                "whatever the data, the normal equations of these rows make a sum of products of their residuals zero that is positive \
                 (least eigenvalue {least_eigenvalue:.3}, for any numbers printed so at least {:.3}){known}",
                least_eigenvalue - uncertainty
            )
        }
        Argument::StarsOfOneStatistic { statistics: [one, other] } => format!(
            "given the same other variables the t statistics of {} in the equation of {} and the other way round are one, but the stars say \
             {} and {}",
            cell(0, 0),
            dependent(0),
            statistic(one),
            statistic(other)
        ),
        Argument::ProductAgainstStars { product, r2 } => format!(
            "the product of the two coefficients is the squared partial correlation, {:.4} to {:.4}; the stars say {:.4} to {:.4}",
            product[0], product[1], r2[0], r2[1]
        ),
        Argument::SignTurned { kept, left_out } => format!(
            "leaving out a regressor with {} can't turn the sign of a coefficient with {}",
            statistic(left_out),
            statistic(kept)
        ),
        Argument::StrengthLost { kept, left_out, least, statistic: found } => format!(
            "leaving out a regressor with {} leaves of a coefficient with {} at least |t| >= {least:.2}, but the stars say {}",
            statistic(left_out),
            statistic(kept),
            statistic(found)
        ),
        Argument::PooledOutsideUnits { pooled, units } => format!(
            "with one regressor the pooled slope is a weighted mean of the units', which go from {:.4} to {:.4}; it is {:.4} to {:.4}",
            units[0], units[1], pooled[0], pooled[1]
        ),
    }
}
