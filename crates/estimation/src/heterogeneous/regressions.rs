//! The units' own regressions.

use std::ops::Range;

use faer::Mat;
use rayon::prelude::*;

use super::fit::LeftOut;
use super::options::{HeterogeneousMethod, MeanGroup, ShortUnits, Trend};
use crate::numerics::{Design, LeastSquares, Noise, norm};
use crate::outcome::{INTERCEPT, Reason};
use crate::sample::{Rows, Sample};

/// The variables of the units' regressions.
pub(super) struct Variables {
    /// The coefficients' names.
    pub(super) names: Vec<String>,
    /// The regressors, a column each, and what each was before it was transformed.
    columns: Vec<(Vec<f64>, Vec<f64>)>,
    y: Vec<f64>,
    y_before: Vec<f64>,
}

/// A unit's regression.
pub(super) struct UnitRegression {
    pub(super) unit: String,
    pub(super) n_obs: usize,
    pub(super) coefficients: Vec<f64>,
    /// (X_i'X_i)^-1.
    pub(super) bread: Mat<f64>,
    pub(super) rss: f64,
    /// Whether the residuals are zero to rounding.
    pub(super) perfect: bool,
    /// The rounding in each coefficient.
    pub(super) rounding: Vec<f64>,
}

/// The trend's values, one a row; none where there is no trend.
pub(super) fn trend(sample: &Sample, trend: Trend) -> Option<Vec<f64>> {
    match trend {
        Trend::None => None,
        Trend::Rows => {
            Some(sample.groups().iter().flat_map(|group| (1..=group.len()).map(|at| at as f64)).collect())
        }
        Trend::Time => {
            let first = sample.times().iter().copied().min().unwrap_or(0);
            Some(sample.times().iter().map(|&time| f64::from(time) - f64::from(first) + 1.0).collect())
        }
    }
}

impl Variables {
    /// The variables that the method asks for: as they are, less their time means, or with these added.
    pub(super) fn new(sample: &Sample, options: &MeanGroup) -> Self {
        let formula = sample.formula();
        let times = Rows::of(sample).by_time();
        let means = |values: &[f64]| -> Vec<f64> {
            let means = times.means(values);
            times.codes.iter().map(|code| means[*code]).collect()
        };
        let less_means = |values: &[f64]| -> Vec<f64> {
            values.iter().zip(means(values)).map(|(value, mean)| value - mean).collect()
        };
        let demeaned = options.method == HeterogeneousMethod::Dmg;
        let transformed =
            |values: &[f64]| (if demeaned { less_means(values) } else { values.to_vec() }, values.to_vec());
        let mut names = formula.regressors.clone();
        let mut columns: Vec<(Vec<f64>, Vec<f64>)> =
            sample.regressors().iter().map(|values| transformed(values)).collect();
        let mut add = |place: usize, name: String, values: Vec<f64>| {
            names.insert(place, name);
            columns.insert(place, (values.clone(), values));
        };
        let mut last = formula.regressors.len();
        if formula.intercept {
            add(0, INTERCEPT.into(), vec![1.0; sample.height()]);
            last += 1;
        }
        if options.method == HeterogeneousMethod::Cmg {
            add(last, "y.bar".into(), means(sample.dependent()));
            for (place, (name, values)) in formula.regressors.iter().zip(sample.regressors()).enumerate() {
                add(last + 1 + place, format!("{name}.bar"), means(values));
            }
            last += 1 + formula.regressors.len();
        }
        if let Some(values) = trend(sample, options.trend) {
            add(last, "trend".into(), values);
        }
        let (y, y_before) = transformed(sample.dependent());
        Self { names, columns, y, y_before }
    }

    fn regression(&self, unit: &str, group: Range<usize>) -> Result<UnitRegression, Reason> {
        let (observations, parameters) = (group.len(), self.names.len());
        if observations < parameters {
            return Err(Reason::TooFewObservations { observations, parameters });
        }
        let design = Design {
            names: self.names.clone(),
            x: Mat::from_fn(observations, parameters, |row, column| {
                self.columns[column].0[group.start + row]
            }),
            y: self.y[group.clone()].to_vec(),
            magnitudes: self.columns.iter().map(|(_, before)| norm(&before[group.clone()])).collect(),
            y_magnitude: norm(&self.y_before[group.clone()]),
        };
        let solution =
            LeastSquares::solve(&design).map_err(|collinear| Reason::RankDeficient { collinear })?;
        if observations == parameters {
            return Err(Reason::NoResidualDegreesOfFreedom { observations, parameters });
        }
        let residual = norm(&solution.residuals);
        if !residual.is_finite() || !solution.coefficients.iter().all(|value| value.is_finite()) {
            return Err(Reason::NotFinite { what: "a coefficient".into() });
        }
        let noise = Noise::of(&design, &solution.coefficients, observations);
        let rss = residual * residual;
        Ok(UnitRegression {
            unit: unit.into(),
            n_obs: observations,
            coefficients: solution.coefficients,
            perfect: noise.is_all_of(rss),
            rounding: noise.variances(&solution.bread, rss).into_iter().map(f64::sqrt).collect(),
            bread: solution.bread,
            rss,
        })
    }

    /// The units' regressions, and the units left out.
    pub(super) fn regressions(
        &self,
        sample: &Sample,
        short_units: ShortUnits,
    ) -> Result<(Vec<UnitRegression>, Vec<LeftOut>), Reason> {
        let outcomes: Vec<Result<UnitRegression, Reason>> = sample
            .entities()
            .par_iter()
            .zip(sample.groups())
            .map(|(unit, group)| self.regression(unit, group.clone()))
            .collect();
        sort_out(sample, outcomes, short_units)
    }
}

/// The most rounding that a unit has in each coefficient.
pub(super) fn rounding(regressions: &[UnitRegression]) -> Vec<f64> {
    let order = regressions.first().map_or(0, |unit| unit.rounding.len());
    (0..order).map(|at| regressions.iter().fold(0.0, |most: f64, unit| most.max(unit.rounding[at]))).collect()
}

/// The units that have a result, in order, and those left out; at least two must remain.
pub(super) fn sort_out<T>(
    sample: &Sample,
    outcomes: Vec<Result<T, Reason>>,
    short_units: ShortUnits,
) -> Result<(Vec<T>, Vec<LeftOut>), Reason> {
    let (mut kept, mut left_out) = (Vec::new(), Vec::new());
    for (unit, outcome) in sample.entities().iter().zip(outcomes) {
        match outcome {
            Ok(result) => kept.push(result),
            Err(reason) if short_units == ShortUnits::LeaveOut => {
                left_out.push(LeftOut { unit: unit.clone(), reason });
            }
            Err(reason) => return Err(of_unit(unit, reason)),
        }
    }
    match (kept.len(), left_out.first()) {
        // Without any there is nothing to go on with: the first reason is the panel's.
        (0, Some(first)) => Err(of_unit(&first.unit, first.reason.clone())),
        (0 | 1, _) => Err(Reason::TooFewUnits { units: kept.len() }),
        _ => Ok((kept, left_out)),
    }
}

pub(super) fn of_unit(unit: &str, reason: Reason) -> Reason {
    Reason::Entity { entity: unit.into(), reason: Box::new(reason) }
}
