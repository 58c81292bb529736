//! Bootstrap p-values of Dumitrescu and Hurlin's test, right where errors are correlated between entities.
//!
//! Under the null hypothesis y_it = a_i + sum_k g_ik y_i,t-k + e_it. Its residuals are drawn with replacement by whole
//! times, all entities' together, which keeps their correlation; new series grow from them after each entity's
//! first p values, and the test is made on these with the x that there is (Dumitrescu and Hurlin 2012, section
//! 6.2; Lopez and Weber 2017, Stata Journal 17, section 3.3). The p-value is the share of
//! samples whose statistic is at least as large in size, (1 + count)/(1 + B).

use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use vintner_panel::Panel;

use crate::numerics::{SeededGenerator, of_sorted};
use crate::outcome::{Collinearity, EstimationError, INTERCEPT, Reason, Result};
use crate::sample::lag_name;

/// Samples that a task makes.
const CHUNK: usize = 8;

/// A pivot below this share of its column counts as zero.
const SINGULAR: f64 = 1e-12;

/// The bootstrap's results.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GrangerBootstrap {
    /// The lag order.
    pub order: usize,
    /// Samples that gave a statistic.
    pub replications: usize,
    /// Samples that didn't: an entity's regressors were collinear in them.
    pub failed: usize,
    /// The seed that the draws follow from.
    pub seed: u64,
    /// The average Wald statistic.
    pub w_bar: f64,
    /// Its p-value, and so that of Z-bar and Z-tilde, of which it is an increasing function: one-sided, since no
    /// causality makes W small.
    pub p_value: f64,
    /// The p-value of the size of Z-bar, two-sided as Lopez and Weber have it.
    pub z_bar_p_value: f64,
    /// The 90%, 95% and 99% quantiles of the samples' W-bar.
    pub critical: [f64; 3],
}

/// Bootstraps the test that `cause` Granger-causes `effect` in no entity.
///
/// # Errors
/// Where a variable is absent, both are the same, or the order is 0; where the panel isn't balanced, has gaps,
/// or an entity has no test, the [`Reason`].
pub fn bootstrap_dumitrescu_hurlin(
    panel: &Panel,
    effect: &str,
    cause: &str,
    order: usize,
    left_out: &[String],
    replications: usize,
    seed: u64,
) -> Result<std::result::Result<GrangerBootstrap, Reason>> {
    if effect == cause {
        return Err(EstimationError::SameVariable { variable: effect.into() });
    }
    if order == 0 {
        return Err(EstimationError::NoLags { entity: None });
    }
    let (y, x) = (panel.values(effect)?, panel.values(cause)?);
    let names = [effect.to_owned(), cause.to_owned()];
    Ok(Series::new(panel, names, &y, &x, left_out, order)
        .and_then(|series| series.bootstrap(replications, seed)))
}

/// Two series for each entity, all of the same times.
struct Series {
    /// The effect and the cause.
    names: [String; 2],
    y: Vec<Vec<f64>>,
    x: Vec<Vec<f64>>,
    order: usize,
    periods: usize,
    entities: Vec<String>,
}

impl Series {
    fn new(
        panel: &Panel,
        names: [String; 2],
        y: &[Option<f64>],
        x: &[Option<f64>],
        left_out: &[String],
        order: usize,
    ) -> std::result::Result<Self, Reason> {
        let mut series =
            Self { names, y: Vec::new(), x: Vec::new(), order, periods: 0, entities: Vec::new() };
        let mut first: Option<(String, Vec<i32>)> = None;
        for (entity, group) in panel.entities().iter().zip(panel.groups()) {
            if left_out.contains(entity) {
                continue;
            }
            let complete = group.clone().filter(|row| y[*row].is_some() && x[*row].is_some());
            let rows: Vec<usize> = complete.collect();
            let times: Vec<i32> = rows.iter().map(|row| panel.times()[*row]).collect();
            if let Some((other, before)) = &first
                && *before != times
            {
                let ((shortest_entity, shortest), (longest_entity, longest)) = if before.len() <= times.len()
                {
                    ((other.clone(), before.len()), (entity.clone(), times.len()))
                } else {
                    ((entity.clone(), times.len()), (other.clone(), before.len()))
                };
                return Err(Reason::UnbalancedPanel { shortest_entity, shortest, longest_entity, longest });
            }
            if let Some(place) = (1..times.len()).find(|place| times[*place] != times[place - 1] + 1) {
                return Err(Reason::GapInTime { entity: entity.clone(), after: times[place - 1] });
            }
            series.y.push(rows.iter().filter_map(|row| y[*row]).collect());
            series.x.push(rows.iter().filter_map(|row| x[*row]).collect());
            series.entities.push(entity.clone());
            series.periods = times.len();
            first.get_or_insert((entity.clone(), times));
        }
        let parameters = 2 * order + 1;
        let observations = series.periods.saturating_sub(order);
        if series.entities.is_empty() || observations <= parameters {
            return Err(Reason::NoResidualDegreesOfFreedom { observations, parameters });
        }
        Ok(series)
    }

    fn bootstrap(&self, replications: usize, seed: u64) -> std::result::Result<GrangerBootstrap, Reason> {
        let mut work = Work::new(self.periods, self.order);
        let w_bar = self.w_bar(&self.y, &mut work).map_err(|(entity, why)| self.reason(entity, why))?;
        let nulls: Vec<Null> = self
            .y
            .iter()
            .enumerate()
            .map(|(at, y)| Null::new(y, self.order, &mut work).map_err(|why| self.reason(at, why)))
            .collect::<std::result::Result<_, Reason>>()?;
        let rows = self.periods - self.order;
        let starts: Vec<usize> = (0..replications).step_by(CHUNK).collect();
        let drawn: Vec<Option<f64>> = starts
            .par_iter()
            .flat_map_iter(|start| {
                let mut work = Work::new(self.periods, self.order);
                let mut made: Vec<Vec<f64>> = self.y.clone();
                let mut picked = vec![0; rows];
                let end = (start + CHUNK).min(replications);
                let mut found = Vec::with_capacity(end - start);
                for replication in *start..end {
                    let mut generator = SeededGenerator::stream(seed, replication as u64);
                    picked.iter_mut().for_each(|slot| *slot = generator.below(rows));
                    for (series, null) in made.iter_mut().zip(&nulls) {
                        null.grow(series, self.order, &picked);
                    }
                    found.push(self.w_bar(&made, &mut work).ok());
                }
                found
            })
            .collect();
        let mut values: Vec<f64> = drawn.iter().copied().flatten().collect();
        let count = values.len();
        if count == 0 {
            return Err(Reason::PerfectFit);
        }
        let k = self.order as f64;
        let larger = values.iter().filter(|value| **value >= w_bar).count();
        let as_large = values.iter().filter(|value| (**value - k).abs() >= (w_bar - k).abs()).count();
        values.sort_unstable_by(f64::total_cmp);
        let share = |larger: usize| (1 + larger) as f64 / (1 + count) as f64;
        // There is a value, so there are quantiles.
        let quantile = |share: f64| of_sorted(&values, share).unwrap_or(f64::INFINITY);
        Ok(GrangerBootstrap {
            order: self.order,
            replications: count,
            failed: replications - count,
            seed,
            w_bar,
            p_value: share(larger),
            z_bar_p_value: share(as_large),
            critical: [0.90, 0.95, 0.99].map(quantile),
        })
    }

    /// The average Wald statistic, or the first entity that has none and why.
    fn w_bar(&self, y: &[Vec<f64>], work: &mut Work) -> std::result::Result<f64, (usize, NoStatistic)> {
        let mut sum = 0.0;
        for (at, (y, x)) in y.iter().zip(&self.x).enumerate() {
            sum += work.wald(y, x, self.order).map_err(|why| (at, why))?;
        }
        Ok(sum / y.len() as f64)
    }

    /// Why an entity has no statistic, with its name and those of its lags.
    fn reason(&self, entity: usize, why: NoStatistic) -> Reason {
        let reason = match why {
            NoStatistic::PerfectFit => Reason::PerfectFit,
            NoStatistic::Collinear(column) => {
                let lags: Vec<String> = self
                    .names
                    .iter()
                    .flat_map(|name| (1..=self.order).map(|k| lag_name(name, k)))
                    .take(column + 1)
                    .collect();
                let earlier = lags.iter().take(column).cloned();
                let on = std::iter::once(INTERCEPT.to_owned()).chain(earlier).collect();
                let column = lags.last().cloned().unwrap_or_default();
                Reason::RankDeficient { collinear: vec![Collinearity { column, on }] }
            }
        };
        Reason::Entity { entity: self.entities[entity].clone(), reason: Box::new(reason) }
    }
}

/// Why a regression has no statistic.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum NoStatistic {
    /// The column of that place is a combination of the constant and the columns before it.
    Collinear(usize),
    /// Nothing is left over.
    PerfectFit,
}

/// An entity's regression on its own lags.
struct Null {
    intercept: f64,
    slopes: Vec<f64>,
    residuals: Vec<f64>,
}

impl Null {
    fn new(y: &[f64], order: usize, work: &mut Work) -> std::result::Result<Self, NoStatistic> {
        work.gather(y, None, order);
        work.factor(order)?;
        let slopes = work.solve(order);
        let rows = y.len() - order;
        let mean = |from: usize| y[from..from + rows].iter().sum::<f64>() / rows as f64;
        let intercept = mean(order)
            - slopes.iter().enumerate().map(|(k, slope)| slope * mean(order - 1 - k)).sum::<f64>();
        let residuals = (order..y.len())
            .map(|t| y[t] - intercept - slopes.iter().enumerate().map(|(k, b)| b * y[t - 1 - k]).sum::<f64>())
            .collect();
        Ok(Self { intercept, slopes, residuals })
    }

    /// A new series after the first values, from the residuals of the times picked.
    fn grow(&self, series: &mut [f64], order: usize, picked: &[usize]) {
        for (step, from) in picked.iter().enumerate() {
            let t = order + step;
            let past: f64 = self.slopes.iter().enumerate().map(|(k, b)| b * series[t - 1 - k]).sum();
            series[t] = self.intercept + past + self.residuals[*from];
        }
    }
}

/// Small least squares on deviations from means, again and again.
struct Work {
    /// Columns less their means: lags of y, lags of x, y itself.
    columns: Vec<Vec<f64>>,
    lower: Vec<f64>,
    /// L^-1 X'y.
    solved: Vec<f64>,
    used: usize,
    yy: f64,
}

impl Work {
    fn new(periods: usize, order: usize) -> Self {
        let columns = 2 * order + 1;
        Self {
            columns: vec![vec![0.0; periods.saturating_sub(order)]; columns],
            lower: vec![0.0; columns * columns],
            solved: vec![0.0; columns],
            used: 0,
            yy: 0.0,
        }
    }

    fn gather(&mut self, y: &[f64], x: Option<&[f64]>, order: usize) {
        let rows = y.len() - order;
        let mut put = |at: usize, values: &[f64]| {
            let mean = values.iter().sum::<f64>() / rows as f64;
            self.columns[at].iter_mut().zip(values).for_each(|(slot, value)| *slot = value - mean);
        };
        for k in 0..order {
            put(k, &y[order - 1 - k..order - 1 - k + rows]);
        }
        if let Some(x) = x {
            for k in 0..order {
                put(order + k, &x[order - 1 - k..order - 1 - k + rows]);
            }
        }
        self.used = if x.is_some() { 2 * order } else { order };
        put(self.used, &y[order..]);
    }

    /// Decomposes the cross-products of the first `count` columns.
    fn factor(&mut self, count: usize) -> std::result::Result<(), NoStatistic> {
        let width = self.used + 1;
        let dot = |a: &[f64], b: &[f64]| -> f64 { a.iter().zip(b).map(|(a, b)| a * b).sum() };
        let y = self.used;
        for i in 0..count {
            for j in 0..=i {
                let mut rest = dot(&self.columns[i], &self.columns[j]);
                let own = rest;
                for m in 0..j {
                    rest -= self.lower[i * width + m] * self.lower[j * width + m];
                }
                if i == j {
                    if rest.is_nan() || rest <= SINGULAR * own {
                        return Err(NoStatistic::Collinear(i));
                    }
                    self.lower[i * width + i] = rest.sqrt();
                } else {
                    self.lower[i * width + j] = rest / self.lower[j * width + j];
                }
            }
            let mut rest = dot(&self.columns[i], &self.columns[y]);
            for m in 0..i {
                rest -= self.lower[i * width + m] * self.solved[m];
            }
            self.solved[i] = rest / self.lower[i * width + i];
        }
        self.yy = dot(&self.columns[y], &self.columns[y]);
        Ok(())
    }

    fn solve(&self, count: usize) -> Vec<f64> {
        let width = self.used + 1;
        let mut slopes = self.solved[..count].to_vec();
        for i in (0..count).rev() {
            for m in i + 1..count {
                slopes[i] -= self.lower[m * width + i] * slopes[m];
            }
            slopes[i] /= self.lower[i * width + i];
        }
        slopes
    }

    /// p F: what the lags of x explain beyond those of y, over the error variance.
    fn wald(&mut self, y: &[f64], x: &[f64], order: usize) -> std::result::Result<f64, NoStatistic> {
        self.gather(y, Some(x), order);
        self.factor(2 * order)?;
        let squares = |values: &[f64]| -> f64 { values.iter().map(|value| value * value).sum() };
        let gained = squares(&self.solved[order..2 * order]);
        let rss = self.yy - squares(&self.solved[..2 * order]);
        let df = (y.len() - order - 2 * order - 1) as f64;
        if rss > SINGULAR * self.yy { Ok(gained / (rss / df)) } else { Err(NoStatistic::PerfectFit) }
    }
}
