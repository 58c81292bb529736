//! The way from regression variables back to raw series, step by step.

use std::collections::BTreeMap;

use faer::Mat;
use vintner_estimation::reconstruction::{ReconstructionProblem, SeededGenerator, adjust};

use super::error::ReconstructError;
use super::exposure::take_apart;
use super::expression::Expression;
use super::series::Series;
use super::spec::{Exposure, Settle, Specification, Step};

/// Streams of random numbers beyond those of the units' paths.
const STREAM_OF_STEPS: u64 = 1 << 32;

/// Variables and raw series while steps are made.
pub struct Derivation<'a> {
    specification: &'a Specification,
    file: &'a str,
    problem: &'a ReconstructionProblem,
    /// T x k levels of the variables, one matrix per unit.
    pub paths: Vec<Mat<f64>>,
    /// Raw series by name.
    pub series: BTreeMap<String, Series>,
    /// Exposures implied by rounded parts, by unit and year; they are in no raw file.
    implied: BTreeMap<String, Vec<f64>>,
    free: Vec<usize>,
}

impl<'a> Derivation<'a> {
    /// Starts from the reconstructed paths (levels).
    pub fn new(
        specification: &'a Specification,
        file: &'a str,
        problem: &'a ReconstructionProblem,
        paths: Vec<Mat<f64>>,
    ) -> Self {
        let free = (0..problem.variables.len()).collect();
        Self { specification, file, problem, paths, series: BTreeMap::new(), implied: BTreeMap::new(), free }
    }

    /// Makes all steps.
    ///
    /// # Errors
    /// The first step that cannot be made.
    pub fn run(&mut self) -> Result<(), ReconstructError> {
        for (number, step) in self.specification.steps.iter().enumerate() {
            self.step(number, step)?;
        }
        match self.free.first() {
            None => Ok(()),
            Some(variable) => Err(self.inconsistent(
                "steps",
                format!("{} is never settled; add a settle step for it", self.problem.variables[*variable]),
            )),
        }
    }

    fn step(&mut self, number: usize, step: &Step) -> Result<(), ReconstructError> {
        let units = self.problem.units.len();
        let periods = self.problem.periods;
        match step {
            Step::Given(given) => {
                if given.values.len() != periods {
                    let reason = format!("{} values for {periods} years", given.values.len());
                    return Err(self.inconsistent(&format!("series {}", given.name), reason));
                }
                self.insert(&given.name, Series::by_year(given.decimals, &given.values))
            }
            Step::Growth(growth) => {
                let mut values = Vec::with_capacity(units * periods);
                for unit in &self.specification.units {
                    let mut generator = self.generator(number, values.len());
                    let mut level = *unit.parameters.get(&growth.start).ok_or_else(|| {
                        let reason = format!("no parameter `{}`, the start of {}", growth.start, growth.name);
                        self.inconsistent(&format!("unit {}", unit.name), reason)
                    })?;
                    for year in 0..periods {
                        if year > 0 {
                            level *= 1.0 + growth.rate + growth.noise * generator.normal();
                        }
                        values.push(level);
                    }
                }
                let series = Series::by_unit_and_year(units, periods, growth.decimals, &values);
                self.insert(&growth.name, series)
            }
            Step::Series(computed) => {
                let values = self.evaluate(&format!("series {}", computed.name), &computed.expression)?;
                let series = Series::by_unit_and_year(units, periods, computed.decimals, &values);
                self.insert(&computed.name, series)
            }
            Step::Exposure(exposure) => self.exposure(number, exposure),
            Step::Settle(settle) => self.settle(settle),
        }
    }

    fn exposure(&mut self, number: usize, exposure: &Exposure) -> Result<(), ReconstructError> {
        let place = format!("exposure {}", exposure.name);
        let targets = self.evaluate(&place, &exposure.expression)?;
        let totals = self
            .specification
            .units
            .iter()
            .map(|unit| {
                unit.parameters.get(&exposure.unit_total).copied().ok_or_else(|| {
                    let reason = format!("unit {} has no parameter `{}`", unit.name, exposure.unit_total);
                    self.inconsistent(&place, reason)
                })
            })
            .collect::<Result<Vec<f64>, _>>()?;
        let mut generator = self.generator(number, 0);
        let periods = self.problem.periods;
        let parts = take_apart(exposure, &self.problem.units, &totals, &targets, periods, &mut generator)
            .map_err(|reason| self.inconsistent(&place, reason))?;
        self.insert(&exposure.stock, parts.stock)?;
        self.insert(&exposure.weight, parts.weight)?;
        self.implied.insert(exposure.name.clone(), parts.implied);
        Ok(())
    }

    fn settle(&mut self, settle: &Settle) -> Result<(), ReconstructError> {
        let place = format!("settling {}", settle.variable);
        let variable = self
            .problem
            .variables
            .iter()
            .position(|name| *name == settle.variable)
            .ok_or_else(|| self.inconsistent(&place, "it is not among the variables".to_owned()))?;
        let values = self.evaluate(&place, &settle.expression)?;
        let periods = self.problem.periods;
        for (unit, path) in self.paths.iter_mut().enumerate() {
            for period in 0..periods {
                path[(period, variable)] = values[unit * periods + period];
            }
        }
        self.free.retain(|free| *free != variable);
        if settle.compensate && !self.free.is_empty() {
            self.paths = adjust(self.problem, &self.paths, &self.free)?;
        }
        Ok(())
    }

    /// An expression's values by unit and year, row by row.
    fn evaluate(&self, place: &str, text: &str) -> Result<Vec<f64>, ReconstructError> {
        let expression = Expression::parse(text).map_err(|reason| self.inconsistent(place, reason))?;
        let periods = self.problem.periods;
        let base = usize::try_from(self.specification.years.base - self.specification.years.first)
            .unwrap_or_default();
        let mut values = Vec::with_capacity(self.problem.units.len() * periods);
        for (unit, description) in self.specification.units.iter().enumerate() {
            let lookup = |name: &str, year: usize| {
                if let Some(variable) = self.problem.variables.iter().position(|known| known == name) {
                    return Some(self.paths[unit][(year, variable)]);
                }
                if let Some(implied) = self.implied.get(name) {
                    return implied.get(unit * periods + year).copied();
                }
                if let Some(series) = self.series.get(name).filter(|series| series.categories.is_none()) {
                    return series.get(unit, 0, year);
                }
                description.parameters.get(name).copied()
            };
            for year in 0..periods {
                let value = expression
                    .evaluate(year, base, &lookup)
                    .map_err(|reason| self.inconsistent(place, reason))?;
                if !value.is_finite() {
                    let reason =
                        format!("`{text}` has no finite value in year {} of {}", year + 1, description.name);
                    return Err(self.inconsistent(place, reason));
                }
                values.push(value);
            }
        }
        Ok(values)
    }

    fn insert(&mut self, name: &str, series: Series) -> Result<(), ReconstructError> {
        let taken = self.problem.variables.iter().any(|variable| variable == name);
        if taken || self.series.insert(name.to_owned(), series).is_some() {
            return Err(self.inconsistent(&format!("series {name}"), "the name is taken already".to_owned()));
        }
        Ok(())
    }

    fn generator(&self, step: usize, item: usize) -> SeededGenerator {
        SeededGenerator::stream(
            self.specification.seed,
            STREAM_OF_STEPS + ((step as u64) << 16) + item as u64,
        )
    }

    fn inconsistent(&self, place: &str, reason: String) -> ReconstructError {
        ReconstructError::Inconsistent { file: self.file.to_owned(), place: place.to_owned(), reason }
    }
}
