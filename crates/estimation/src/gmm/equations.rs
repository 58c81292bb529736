//! The stacked equations with their instruments.

use std::collections::{BTreeMap, BTreeSet};

use vintner_panel::Panel;

use super::model::{DynamicPanel, LevelInstruments, Transformation, pairs, term_name};
use crate::outcome::{INTERCEPT, Result};

/// A row of the equations.
#[derive(Debug, Clone)]
pub(super) struct Row {
    /// Its time; of a difference that of the later row.
    pub(super) time: i64,
    /// Whether it is in levels.
    pub(super) level: bool,
    pub(super) y: f64,
    /// k.
    pub(super) x: Vec<f64>,
    /// The instruments that aren't zero, by column.
    pub(super) z: Vec<(usize, f64)>,
}

/// The equations of all units that have any.
#[derive(Debug, Clone)]
pub(super) struct Equations {
    /// The coefficients' names: regressors, constant, time dummies.
    pub(super) names: Vec<String>,
    /// How many of these are regressors.
    pub(super) regressors: usize,
    /// How many are time dummies, the last of all.
    pub(super) dummies: usize,
    /// Each unit's rows: differences, then levels, by time.
    pub(super) units: Vec<Vec<Row>>,
    /// How many instruments there are.
    pub(super) instruments: usize,
    /// Units of the panel without a row.
    pub(super) without_rows: Vec<String>,
}

/// What an instrument is, in the order in which they are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Instrument {
    /// GMM style, of differences: variable, time of the equation (0 where collapsed), lag.
    Level(usize, i64, i64),
    /// GMM style, of levels: variable, time of the equation.
    Difference(usize, i64),
    /// IV style: in levels or not, place.
    Plain(bool, usize),
    /// The constant, and time dummies.
    Constant,
    Dummy(i64),
}

/// A row whose instruments aren't numbered yet.
type Draft = (Row, Vec<(Instrument, f64)>);

/// A unit's series.
struct Series<'a> {
    times: &'a [i32],
    columns: BTreeMap<&'a str, &'a [Option<f64>]>,
}

impl Series<'_> {
    fn at(&self, variable: &str, time: i64) -> Option<f64> {
        let place = self.times.binary_search(&i32::try_from(time).ok()?).ok()?;
        self.columns.get(variable)?.get(place).copied().flatten()
    }

    /// The value at a time, or its difference from the one before.
    fn value(&self, variable: &str, time: i64, level: bool) -> Option<f64> {
        let now = self.at(variable, time)?;
        if level { Some(now) } else { Some(now - self.at(variable, time - 1)?) }
    }
}

impl Equations {
    /// The equations of a panel. A row is usable where the dependent variable and all regressors are there,
    /// and enough time has passed for the nearest GMM-style instrument; what is missing of an instrument counts as
    /// zero.
    pub(super) fn new(panel: &Panel, model: &DynamicPanel) -> Result<Self> {
        model.check()?;
        let columns: BTreeMap<&str, Vec<Option<f64>>> = model
            .variables()
            .into_iter()
            .map(|name| Ok((name, panel.values(name)?)))
            .collect::<Result<_>>()?;
        let regressors: Vec<(&String, usize)> = pairs(&model.regressors).collect();
        let system = model.transformation == Transformation::System;
        let shortest = model.gmm.iter().map(|instrument| as_time(instrument.first)).min().unwrap_or(0);
        let begin = panel.times().iter().copied().min().map_or(0, i64::from);
        let kinds: &[bool] = if system { &[false, true] } else { &[false] };

        let mut units: Vec<Vec<Draft>> = Vec::new();
        let mut without_rows = Vec::new();
        for (entity, group) in panel.entities().iter().zip(panel.groups()) {
            let series = Series {
                times: &panel.times()[group.clone()],
                columns: columns.iter().map(|(name, values)| (*name, &values[group.clone()])).collect(),
            };
            let mut rows = Vec::new();
            for &level in kinds {
                for &time in series.times {
                    let time = i64::from(time);
                    if time - begin < shortest - i64::from(level) {
                        continue;
                    }
                    let Some(y) = series.value(&model.dependent, time, level) else { continue };
                    let x: Option<Vec<f64>> = regressors
                        .iter()
                        .map(|(variable, lag)| series.value(variable, time - as_time(*lag), level))
                        .collect();
                    let Some(x) = x else { continue };
                    let instruments = instruments(model, &series, time, level);
                    rows.push((Row { time, level, y, x, z: Vec::new() }, instruments));
                }
            }
            if rows.is_empty() {
                without_rows.push(entity.clone());
            } else {
                units.push(rows);
            }
        }

        let mut equations = Self {
            names: regressors.iter().map(|(variable, lag)| term_name(variable, *lag)).collect(),
            regressors: regressors.len(),
            dummies: 0,
            units: Vec::new(),
            instruments: 0,
            without_rows,
        };
        if system && model.constant {
            equations.add_constant(&mut units);
        }
        if model.time_dummies {
            let label =
                |time: i64| i32::try_from(time).map(|time| panel.time_label(time)).unwrap_or_default();
            equations.add_dummies(&mut units, system, system && model.constant, &label);
        }
        equations.number_instruments(units);
        Ok(equations)
    }

    fn add_constant(&mut self, units: &mut [Vec<Draft>]) {
        self.names.push(INTERCEPT.into());
        for (row, instruments) in units.iter_mut().flatten() {
            row.x.push(if row.level { 1.0 } else { 0.0 });
            if row.level {
                instruments.push((Instrument::Constant, 1.0));
            }
        }
    }

    /// Dummies of the times that have rows: of differences, or in a system of levels, where the first is left
    /// out beside a constant. They are their own instruments, in a system those of levels alone (plm).
    fn add_dummies(
        &mut self,
        units: &mut [Vec<Draft>],
        system: bool,
        constant: bool,
        label: &dyn Fn(i64) -> String,
    ) {
        let told: BTreeSet<i64> =
            units.iter().flatten().filter(|(row, _)| row.level == system).map(|(row, _)| row.time).collect();
        let dummies: Vec<i64> = told.into_iter().skip(usize::from(constant)).collect();
        self.dummies = dummies.len();
        self.names.extend(dummies.iter().map(|dummy| label(*dummy)));
        for (row, instruments) in units.iter_mut().flatten() {
            for &dummy in &dummies {
                let before = !row.level && row.time - 1 == dummy;
                let value = f64::from(u8::from(row.time == dummy)) - f64::from(u8::from(before));
                row.x.push(value);
                if row.level == system && value != 0.0 {
                    instruments.push((Instrument::Dummy(dummy), value));
                }
            }
        }
    }

    /// Gives each instrument that isn't zero throughout its column.
    fn number_instruments(&mut self, units: Vec<Vec<Draft>>) {
        let mut numbers: BTreeMap<Instrument, usize> = units
            .iter()
            .flatten()
            .flat_map(|(_, instruments)| instruments)
            .map(|(one, _)| (*one, 0))
            .collect();
        numbers.values_mut().enumerate().for_each(|(number, slot)| *slot = number);
        self.instruments = numbers.len();
        self.units = units
            .into_iter()
            .map(|rows| {
                rows.into_iter()
                    .map(|(mut row, instruments)| {
                        row.z = instruments
                            .into_iter()
                            .filter_map(|(one, value)| Some((*numbers.get(&one)?, value)))
                            .collect();
                        row
                    })
                    .collect()
            })
            .collect();
    }
}

/// The instruments of a row that aren't zero there.
fn instruments(model: &DynamicPanel, series: &Series<'_>, time: i64, level: bool) -> Vec<(Instrument, f64)> {
    let mut found = Vec::new();
    for (number, instrument) in model.gmm.iter().enumerate() {
        let variable = instrument.variable.as_str();
        let first = as_time(instrument.first);
        if level {
            let back = match model.level_instruments {
                LevelInstruments::BeforeFirst => (first - 1).max(0),
                LevelInstruments::LastPeriod => 1,
            };
            let of = if instrument.collapse { 0 } else { time };
            let value = series.value(variable, time - back, false);
            found.extend(value.map(|value| (Instrument::Difference(number, of), value)));
        } else {
            let last = instrument.last.map_or(i64::MAX, as_time);
            for &earlier in series.times {
                let lag = time - i64::from(earlier);
                if (first..=last).contains(&lag) {
                    let of = if instrument.collapse { 0 } else { time };
                    let value = series.at(variable, i64::from(earlier));
                    found.extend(value.map(|value| (Instrument::Level(number, of, lag), value)));
                }
            }
        }
    }
    for (number, (variable, lag)) in model.plain_instruments().into_iter().enumerate() {
        let value = series.value(variable, time - as_time(lag), level);
        found.extend(value.map(|value| (Instrument::Plain(level, number), value)));
    }
    found.retain(|(_, value)| *value != 0.0);
    found
}

/// A lag as a span of time; one beyond any time is as good as the longest.
fn as_time(lag: usize) -> i64 {
    i64::try_from(lag).unwrap_or(i64::MAX / 4).min(i64::MAX / 4)
}
