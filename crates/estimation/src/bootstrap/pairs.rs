//! Clusters drawn with replacement.
//!
//! With C_g = [X y]_g'[X y]_g, the cross-products of cluster g, those of a sample that has it m_g times are the sum
//! of m_g C_g. Effects of the entities are taken out of each entity by itself, so that they are right in every
//! sample in which an entity comes whole: each time as another one. Other effects are dummy variables
//! among the regressors.

use faer::Mat;
use rayon::prelude::*;

use super::intervals::summarise;
use super::options::{Bootstrap, PairsBootstrap};
use super::result::{BootstrapCoefficient, BootstrapFit};
use crate::covariance::ClusterBy;
use crate::fit::Estimated;
use crate::models::Model;
use crate::numerics::SeededGenerator;
use crate::outcome::{INTERCEPT, Reason};

/// Dummy variables beyond this many aren't drawn again: their equations would be solved in every sample.
const MOST_DUMMIES: usize = 400;

/// A pivot below this, of columns scaled to length one in the sample, counts as zero.
const SINGULAR: f64 = 1e-10;

/// Replications that a task makes.
const CHUNK: usize = 32;

pub(super) fn bootstrap(
    estimated: &Estimated,
    options: &PairsBootstrap,
    seed: u64,
) -> Result<BootstrapFit, Reason> {
    let (codes, count) = estimated.clusters_by(&options.by)?;
    if count < 2 {
        return Err(Reason::TooFewClusters { clusters: count });
    }
    let variables = Variables::new(estimated, &options.by, &codes)?;
    let products = variables.products(&codes, count);
    let order = variables.columns.len();
    let slopes = variables.slopes;
    let starts: Vec<usize> = (0..options.replications).step_by(CHUNK).collect();
    let chunks: Vec<Vec<Option<Vec<f64>>>> = starts
        .par_iter()
        .map(|start| {
            let mut work = Work::new(order, count);
            let end = (start + CHUNK).min(options.replications);
            (*start..end)
                .map(|replication| {
                    work.draw(seed, replication as u64, count);
                    work.add(&products);
                    work.solve(order - 1, slopes, &variables.scales)
                })
                .collect()
        })
        .collect();
    let drawn: Vec<Vec<f64>> = chunks.into_iter().flatten().flatten().collect();
    Ok(gathered(
        estimated,
        Bootstrap::PairsCluster(options.clone()),
        seed,
        drawn,
        options.replications,
        Some(count),
        &variables.places,
    ))
}

/// Gathers replications of coefficients; `places` says where each of the fit's is among them.
pub(super) fn gathered(
    estimated: &Estimated,
    options: Bootstrap,
    seed: u64,
    drawn: Vec<Vec<f64>>,
    asked: usize,
    clusters: Option<usize>,
    places: &[usize],
) -> BootstrapFit {
    let level = options.level();
    let coefficients = estimated
        .names()
        .iter()
        .zip(estimated.coefficients())
        .zip(places)
        .map(|((name, &estimate), place)| {
            let own: Vec<f64> = drawn.iter().map(|one| one[*place]).collect();
            let found = summarise(estimate, own, level);
            BootstrapCoefficient {
                name: name.clone(),
                estimate,
                std_error: found.std_error,
                statistic: None,
                p_value: found.p_value,
                intervals: found.intervals,
            }
        })
        .collect();
    BootstrapFit {
        name: options.name(),
        options,
        seed,
        failed: asked - drawn.len(),
        replications: drawn.len(),
        enumerated: false,
        clusters,
        coefficients,
    }
}

/// The columns whose cross-products are drawn: the coefficients' own first, then dummy variables, then the
/// dependent variable; entities' effects taken out.
struct Variables {
    columns: Vec<Vec<f64>>,
    /// The length of each column.
    scales: Vec<f64>,
    /// How many columns have coefficients of the fit.
    slopes: usize,
    /// Where each coefficient of the fit is among these.
    places: Vec<usize>,
}

impl Variables {
    fn new(estimated: &Estimated, by: &ClusterBy, codes: &[usize]) -> Result<Self, Reason> {
        let sample = estimated.sample();
        let model = estimated.model();
        let refused =
            || Reason::NotDefined { what: "a bootstrap of pairs".into(), model: model.name().to_owned() };
        let mut dummies: Vec<Vec<usize>> = Vec::new();
        let whole = |groups: &[std::ops::Range<usize>]| {
            groups.iter().all(|group| {
                let own = &codes[group.clone()];
                own.iter().all(|code| Some(code) == own.first())
            })
        };
        let mut within = false;
        let mut effects: Vec<(Vec<usize>, bool)> = Vec::new();
        match model {
            Model::Ols => {}
            Model::Within | Model::WithinTime | Model::WithinTwoWay => {
                effects = estimated.effect_codes();
            }
            _ => return Err(refused()),
        }
        for (levels, of_entities) in effects {
            if of_entities && whole(sample.groups()) {
                within = true;
            } else {
                dummies.push(levels);
            }
        }
        let height = sample.height();
        let roots: Option<Vec<f64>> =
            sample.weights().map(|weights| weights.iter().map(|weight| weight.sqrt()).collect());
        let mut columns: Vec<Vec<f64>> = Vec::new();
        let mut places = Vec::new();
        let absorbs = !matches!(model, Model::Ols);
        for name in estimated.names() {
            places.push(columns.len());
            if name == INTERCEPT {
                columns.push(vec![1.0; height]);
                continue;
            }
            let at = sample.formula().regressors.iter().position(|own| own == name);
            columns.push(at.map(|at| sample.regressors()[at].to_vec()).unwrap_or_default());
        }
        let slopes = columns.len();
        // Without entities' effects taken out, or an intercept, the first effect's dummies hold the constant.
        let mut constant = within || !absorbs;
        for levels in &dummies {
            let count = levels.iter().max().map_or(0, |most| most + 1);
            for level in usize::from(constant)..count {
                columns.push(levels.iter().map(|own| f64::from(u8::from(*own == level))).collect());
            }
            constant = true;
        }
        if columns.len() - slopes > MOST_DUMMIES {
            let (clusters, dummies) = (by.name().to_owned(), columns.len() - slopes);
            return Err(Reason::TooManyDummies { clusters, dummies, most: MOST_DUMMIES });
        }
        columns.push(sample.dependent().to_vec());
        if within {
            for column in &mut columns {
                take_means_out(column, sample.groups(), sample.weights());
            }
        }
        if let Some(roots) = roots {
            for column in &mut columns {
                column.iter_mut().zip(&roots).for_each(|(value, root)| *value *= root);
            }
        }
        let scales = columns
            .iter()
            .map(|column| crate::numerics::norm(column))
            .map(|size| if size > 0.0 && size.is_finite() { size } else { 1.0 })
            .collect();
        Ok(Self { columns, scales, slopes, places })
    }

    /// The lower triangles of each cluster's cross-products, one after another, scaled.
    fn products(&self, codes: &[usize], count: usize) -> Products {
        let order = self.columns.len();
        let size = order * (order + 1) / 2;
        let mut values = vec![0.0; size * count];
        let mut row_values = vec![0.0; order];
        for (row, &code) in codes.iter().enumerate() {
            for (slot, (column, scale)) in row_values.iter_mut().zip(self.columns.iter().zip(&self.scales)) {
                *slot = column[row] / scale;
            }
            let own = &mut values[code * size..(code + 1) * size];
            let mut at = 0;
            for i in 0..order {
                for j in 0..=i {
                    own[at] += row_values[i] * row_values[j];
                    at += 1;
                }
            }
        }
        Products { size, values }
    }
}

fn take_means_out(column: &mut [f64], groups: &[std::ops::Range<usize>], weights: Option<&[f64]>) {
    for group in groups {
        let own = &column[group.clone()];
        let center = match weights {
            Some(weights) => crate::numerics::weighted_mean(own, &weights[group.clone()]),
            None => crate::numerics::mean(own),
        };
        column[group.clone()].iter_mut().for_each(|value| *value -= center);
    }
}

struct Products {
    size: usize,
    values: Vec<f64>,
}

/// What a task uses again for each replication.
struct Work {
    multiplicities: Vec<f64>,
    sums: Vec<f64>,
    lower: Mat<f64>,
    solved: Vec<f64>,
}

impl Work {
    fn new(order: usize, count: usize) -> Self {
        Self {
            multiplicities: vec![0.0; count],
            sums: vec![0.0; order * (order + 1) / 2],
            lower: Mat::zeros(order, order),
            solved: vec![0.0; order],
        }
    }

    fn draw(&mut self, seed: u64, replication: u64, count: usize) {
        let mut generator = SeededGenerator::stream(seed, replication);
        self.multiplicities.fill(0.0);
        for _ in 0..count {
            self.multiplicities[generator.below(count)] += 1.0;
        }
    }

    fn add(&mut self, products: &Products) {
        self.sums.fill(0.0);
        for (code, &times) in self.multiplicities.iter().enumerate() {
            if times == 0.0 {
                continue;
            }
            let own = &products.values[code * products.size..(code + 1) * products.size];
            self.sums.iter_mut().zip(own).for_each(|(sum, value)| *sum += times * value);
        }
    }

    /// The coefficients by Cholesky's decomposition; none where one of the fit's isn't identified. A dummy
    /// variable without rows is passed over.
    fn solve(&mut self, columns: usize, slopes: usize, scales: &[f64]) -> Option<Vec<f64>> {
        let at = |i: usize, j: usize| i * (i + 1) / 2 + j;
        for i in 0..columns {
            for j in 0..=i {
                let mut rest = self.sums[at(i, j)];
                for m in 0..j {
                    rest -= self.lower[(i, m)] * self.lower[(j, m)];
                }
                if i == j {
                    let own = self.sums[at(i, i)];
                    self.lower[(i, i)] = if own > 0.0 && rest > SINGULAR * own {
                        rest.sqrt()
                    } else if i < slopes {
                        return None;
                    } else {
                        0.0
                    };
                } else {
                    let pivot = self.lower[(j, j)];
                    self.lower[(i, j)] = if pivot > 0.0 { rest / pivot } else { 0.0 };
                }
            }
        }
        for i in 0..columns {
            let mut rest = self.sums[at(columns, i)];
            for m in 0..i {
                rest -= self.lower[(i, m)] * self.solved[m];
            }
            let pivot = self.lower[(i, i)];
            self.solved[i] = if pivot > 0.0 { rest / pivot } else { 0.0 };
        }
        for i in (0..columns).rev() {
            let mut rest = self.solved[i];
            for m in i + 1..columns {
                rest -= self.lower[(m, i)] * self.solved[m];
            }
            let pivot = self.lower[(i, i)];
            self.solved[i] = if pivot > 0.0 { rest / pivot } else { 0.0 };
        }
        Some((0..slopes).map(|i| self.solved[i] * scales[columns] / scales[i]).collect())
    }
}
