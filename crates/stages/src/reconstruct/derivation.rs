//! The way from regression variables back to raw series, step by step.

use std::collections::{BTreeMap, BTreeSet};

use faer::Mat;
use polars::prelude::{Column, DataFrame};
use vintner_estimation::SeededGenerator;
use vintner_panel::Panel;
use vintner_reconstruction::{ReconstructionProblem, adjust};
use vintner_transform::{Definition, TransformError, derive};

use super::error::ReconstructError;
use super::exposure::take_apart;
use super::series::Series;
use super::spec::{Exposure, Settle, Specification, Step};

/// Streams of random numbers beyond those of the units' paths.
const STREAM_OF_STEPS: u64 = 1 << 32;

/// The keys of the panel that expressions are evaluated on.
const UNIT: &str = "unit";
const YEAR: &str = "year";

/// The parameter that holds the base year.
const BASE_YEAR: &str = "base_year";

/// Variables and raw series while steps are made.
pub struct Derivation<'a> {
    specification: &'a Specification,
    file: &'a str,
    problem: &'a ReconstructionProblem,
    /// T x k levels of the variables, one matrix per unit.
    pub paths: Vec<Mat<f64>>,
    /// Raw series by name.
    pub series: BTreeMap<String, Series>,
    /// Columns that are in no raw file (also exposures implied by rounded parts), by unit and year.
    columns: BTreeMap<String, Vec<f64>>,
    /// The units' parameters.
    parameters: BTreeSet<&'a str>,
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
        let parameters =
            specification.units.iter().flat_map(|unit| unit.parameters.keys().map(String::as_str)).collect();
        let (series, columns) = (BTreeMap::new(), BTreeMap::new());
        Self { specification, file, problem, paths, series, columns, parameters, free }
    }

    /// Makes all steps.
    ///
    /// # Errors
    /// The first step that cannot be made.
    pub fn run(&mut self) -> Result<(), ReconstructError> {
        for parameter in &self.parameters {
            if [UNIT, YEAR].contains(parameter) || self.problem.variables.iter().any(|name| name == parameter)
            {
                let reason = "the name is that of a variable or key".to_owned();
                return Err(self.inconsistent(&format!("parameter {parameter}"), reason));
            }
        }
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
                self.insert_series(&given.name, Series::by_year(given.decimals, &given.values))
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
                self.insert_series(&growth.name, series)
            }
            Step::Column(definition) => {
                let values = self.evaluate("column", &definition.name, &definition.expression)?;
                self.insert_column(&definition.name, values)
            }
            Step::Series(computed) => {
                let values = self.evaluate("series", &computed.name, &computed.expression)?;
                let series = Series::by_unit_and_year(units, periods, computed.decimals, &values);
                self.insert_series(&computed.name, series)
            }
            Step::Exposure(exposure) => self.exposure(number, exposure),
            Step::Settle(settle) => self.settle(settle),
        }
    }

    fn exposure(&mut self, number: usize, exposure: &Exposure) -> Result<(), ReconstructError> {
        let place = format!("exposure {}", exposure.name);
        let targets = self.evaluate("exposure", &exposure.name, &exposure.expression)?;
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
        self.insert_series(&exposure.stock, parts.stock)?;
        self.insert_series(&exposure.weight, parts.weight)?;
        self.insert_column(&exposure.name, parts.implied)
    }

    fn settle(&mut self, settle: &Settle) -> Result<(), ReconstructError> {
        let place = format!("settling {}", settle.variable);
        let variable = self
            .problem
            .variables
            .iter()
            .position(|name| *name == settle.variable)
            .ok_or_else(|| self.inconsistent(&place, "it is not among the variables".to_owned()))?;
        let values = self.evaluate("settling", &settle.variable, &settle.expression)?;
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

    /// The values of `name`, by unit and year, row by row.
    ///
    /// A variable that is settled anew can't be read by its own definition, as its old path is gone.
    fn evaluate(&self, kind: &str, name: &str, expression: &str) -> Result<Vec<f64>, ReconstructError> {
        let place = format!("{kind} {name}");
        let fault = |source: TransformError| ReconstructError::Expression {
            file: self.file.to_owned(),
            place: place.clone(),
            source: Box::new(source),
        };
        let panel = self.panel(name).map_err(fault)?;
        let definition = Definition { name: name.to_owned(), expression: expression.to_owned() };
        let parameters = BTreeMap::from([(BASE_YEAR.to_owned(), f64::from(self.specification.years.base))]);
        let derived = derive(&panel, &[definition], &parameters).map_err(fault)?;
        if let Some(gap) = derived.gaps.first() {
            let time = gap.time.map(|time| format!(" in {time}")).unwrap_or_default();
            let reason = format!("no value for {}{time}: {}", gap.entity, gap.reason);
            return Err(self.inconsistent(&place, reason));
        }
        let rows = derived.panel.values(name).map_err(|error| fault(error.into()))?;
        // The panel's units are sorted, ours are in the specification's order.
        let groups: BTreeMap<&str, _> =
            panel.entities().iter().map(String::as_str).zip(panel.groups().iter().cloned()).collect();
        let mut values = Vec::with_capacity(rows.len());
        for unit in &self.problem.units {
            let of_unit = groups.get(unit.as_str()).and_then(|group| rows.get(group.clone()));
            values.extend(of_unit.into_iter().flatten().flatten());
        }
        Ok(values)
    }

    /// The panel of units and years that expressions are evaluated on, without the column `left_out`.
    fn panel(&self, left_out: &str) -> Result<Panel, TransformError> {
        let (units, periods) = (self.problem.units.len(), self.problem.periods);
        let rows = || (0..units).flat_map(|unit| (0..periods).map(move |year| (unit, year)));
        let names: Vec<&str> = rows().map(|(unit, _)| self.problem.units[unit].as_str()).collect();
        let first = i64::from(self.specification.years.first);
        let years: Vec<i64> = rows().map(|(_, year)| first + year as i64).collect();
        let mut columns = vec![Column::new(UNIT.into(), names), Column::new(YEAR.into(), years)];
        let mut add = |name: &str, value: &dyn Fn(usize, usize) -> Option<f64>| {
            if name != left_out {
                let values: Vec<Option<f64>> = rows().map(|(unit, year)| value(unit, year)).collect();
                columns.push(Column::new(name.into(), values));
            }
        };
        for (variable, name) in self.problem.variables.iter().enumerate() {
            add(name, &|unit, year| Some(self.paths[unit][(year, variable)]));
        }
        for name in &self.parameters {
            add(name, &|unit, _| self.specification.units.get(unit)?.parameters.get(*name).copied());
        }
        for (name, series) in self.series.iter().filter(|(_, series)| series.categories.is_none()) {
            add(name, &|unit, year| series.get(unit, 0, year));
        }
        for (name, values) in &self.columns {
            add(name, &|unit, year| values.get(unit * periods + year).copied());
        }
        Ok(Panel::new(DataFrame::new(units * periods, columns)?, UNIT, YEAR)?)
    }

    fn insert_series(&mut self, name: &str, series: Series) -> Result<(), ReconstructError> {
        self.must_be_free(name)?;
        self.series.insert(name.to_owned(), series);
        Ok(())
    }

    fn insert_column(&mut self, name: &str, values: Vec<f64>) -> Result<(), ReconstructError> {
        self.must_be_free(name)?;
        self.columns.insert(name.to_owned(), values);
        Ok(())
    }

    /// Refuses a name that an expression would read as something else.
    fn must_be_free(&self, name: &str) -> Result<(), ReconstructError> {
        let taken = [UNIT, YEAR, BASE_YEAR].contains(&name)
            || self.problem.variables.iter().any(|variable| variable == name)
            || self.parameters.contains(name)
            || self.series.contains_key(name)
            || self.columns.contains_key(name);
        if taken {
            let reason = "the name is taken already; give it another".to_owned();
            return Err(self.inconsistent(&format!("series {name}"), reason));
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
