//! The wild cluster bootstrap of t statistics.
//!
//! With the residuals u of a fit that takes b_j = b0 for granted (or of the fit itself, where the null hypothesis isn't
//! imposed), a sample is y* = fitted values + u_g v_g, with one random number v_g for each cluster. Then
//!
//! b* - b0 = e_j'B z with z = sum over h of v_h X_h'u_h, and the score of cluster g is
//! s*_g = sum over h of v_h S_gh - X_g'X_g B z with S_gh = X_g'[Q u 1_h]_g,
//!
//! where Q takes the effects out; where these lie within the clusters S_gh is X_g'u_g for h = g and zero
//! otherwise. The t statistic divides by the root of the sum of (e_j'B s*_g)^2; the small-sample factor is the same in t and
//! t*, so it doesn't matter (Roodman, MacKinnon, Nielsen and Webb 2019, Stata Journal 19, 4-60, section 5).
//! Everything that t* needs is linear in v, and in b0.

use rayon::prelude::*;

use super::intervals::Intervals;
use super::options::{Bootstrap, PValue, WildBootstrap, WildWeights};
use super::result::{BootstrapCoefficient, BootstrapFit};
use crate::random::SeededGenerator;
use crate::{Covariance, Estimated, Reason};

/// Replications that a task makes.
const CHUNK: usize = 256;

/// Statistics this close are the same: what should be equal isn't quite.
const TIE: f64 = 1e-10;

pub(super) fn bootstrap(
    estimated: &Estimated,
    options: &WildBootstrap,
    seed: u64,
) -> Result<BootstrapFit, Reason> {
    let (codes, count) = estimated.clusters_by(&options.by)?;
    if count < 2 {
        return Err(Reason::TooFewClusters { clusters: count });
    }
    let draws = Draws::new(options, count, seed);
    let scores = Scores::new(estimated, &codes, count);
    // Only for its refusals: what has no clustered variance has no statistic.
    let clustered = Covariance::Cluster(crate::ClusterCovariance {
        by: options.by.clone(),
        small_sample: crate::SmallSample::None,
        ..crate::ClusterCovariance::default()
    });
    let fit = estimated.fit(&clustered)?;
    let coefficients: Vec<BootstrapCoefficient> = estimated
        .names()
        .iter()
        .enumerate()
        .map(|(place, name)| {
            let estimate = estimated.coefficients()[place];
            let bare = BootstrapCoefficient {
                name: name.clone(),
                estimate,
                std_error: None,
                statistic: None,
                p_value: None,
                intervals: Intervals::default(),
            };
            let Some(std_error) = fit.coefficients[place].std_error else { return bare };
            let test = Test::new(estimated, &scores, &codes, place, options);
            let p_value = |null: f64| {
                let statistic = (estimate - null) / std_error;
                p_value(statistic, &test.statistics(null, &draws), options.p_value)
            };
            BootstrapCoefficient {
                statistic: Some(estimate / std_error),
                p_value: Some(p_value(0.0)),
                intervals: Intervals {
                    inverted: Some(inverted(estimate, std_error, 1.0 - options.level, &p_value)),
                    ..Intervals::default()
                },
                ..bare
            }
        })
        .collect();
    Ok(BootstrapFit {
        name: Bootstrap::WildCluster(options.clone()).name(),
        options: Bootstrap::WildCluster(options.clone()),
        seed,
        replications: draws.count,
        failed: 0,
        enumerated: draws.enumerated,
        clusters: Some(count),
        coefficients,
    })
}

fn p_value(statistic: f64, drawn: &[f64], kind: PValue) -> f64 {
    let count = drawn.len() as f64;
    let slack = TIE * statistic.abs().max(1.0);
    let share = |is: &dyn Fn(f64) -> bool| drawn.iter().filter(|one| is(**one)).count() as f64 / count;
    match kind {
        PValue::Symmetric => share(&|one| one.abs() > statistic.abs() + slack),
        PValue::EqualTailed => {
            let (below, above) =
                (share(&|one| one < statistic - slack), share(&|one| one > statistic + slack));
            2.0 * below.min(above)
        }
    }
}

/// The ends of the values that aren't rejected, by bisection between a value that isn't and one that is.
fn inverted(estimate: f64, std_error: f64, level: f64, p_value: &dyn Fn(f64) -> f64) -> [Option<f64>; 2] {
    [-1.0, 1.0].map(|direction| {
        let mut inside = 0.0;
        let mut outside = 2.0;
        let at = |distance: f64| p_value(estimate + direction * distance * std_error);
        while at(outside) > level {
            inside = outside;
            outside *= 2.0;
            // With very few clusters nothing is ever rejected.
            if outside > 1e4 {
                return None;
            }
        }
        for _ in 0..40 {
            let middle = (inside + outside) / 2.0;
            if at(middle) > level {
                inside = middle
            } else {
                outside = middle
            }
            if outside - inside <= 1e-7 * outside {
                break;
            }
        }
        Some(estimate + direction * (inside + outside) / 2.0 * std_error)
    })
}

/// The random numbers: `count` samples of one for each cluster.
struct Draws {
    weights: WildWeights,
    count: usize,
    enumerated: bool,
    seed: u64,
}

impl Draws {
    fn new(options: &WildBootstrap, clusters: usize, seed: u64) -> Self {
        let all = u32::try_from(clusters).ok().and_then(|clusters| 1_usize.checked_shl(clusters));
        let enumerated =
            options.weights == WildWeights::Rademacher && all.is_some_and(|all| all <= options.replications);
        Self {
            weights: options.weights,
            count: if enumerated { all.unwrap_or(0) } else { options.replications },
            enumerated,
            seed,
        }
    }

    fn fill(&self, replication: usize, drawn: &mut [f64]) {
        if self.enumerated {
            let signs = drawn.iter_mut().enumerate();
            signs.for_each(|(at, sign)| *sign = if replication >> at & 1 == 0 { 1.0 } else { -1.0 });
            return;
        }
        let mut generator = SeededGenerator::stream(self.seed, replication as u64);
        match self.weights.values() {
            // A bit of each number does.
            [low, high] => {
                for chunk in drawn.chunks_mut(64) {
                    let mut bits = generator.next_bits();
                    for sign in chunk {
                        *sign = if bits & 1 == 0 { *high } else { *low };
                        bits >>= 1;
                    }
                }
            }
            [] => {
                let root = 5.0_f64.sqrt();
                let (low, high) = ((1.0 - root) / 2.0, (1.0 + root) / 2.0);
                let share = (root + 1.0) / (2.0 * root);
                drawn
                    .iter_mut()
                    .for_each(|value| *value = if generator.uniform() < share { low } else { high });
            }
            values => drawn.iter_mut().for_each(|value| *value = values[generator.below(values.len())]),
        }
    }
}

/// X_g'X_g for each cluster, and whether effects lie within clusters.
struct Scores {
    clusters: usize,
    order: usize,
    /// G matrices of k x k, one after another.
    products: Vec<f64>,
    nested: bool,
}

impl Scores {
    fn new(estimated: &Estimated, codes: &[usize], clusters: usize) -> Self {
        let order = estimated.coefficients().len();
        let mut products = vec![0.0; clusters * order * order];
        for (row, &code) in codes.iter().enumerate() {
            let own = &mut products[code * order * order..(code + 1) * order * order];
            for i in 0..order {
                for j in 0..order {
                    own[i * order + j] += estimated.regressors[(row, i)] * estimated.regressors[(row, j)];
                }
            }
        }
        Self { clusters, order, products, nested: estimated.effects_lie_within(codes) }
    }
}

/// All that the statistics of one coefficient need: linear in b0, the part at 0 and the slope.
struct Test {
    clusters: usize,
    /// e_j'B X_h'u_h, the part of cluster h in the numerator.
    numerators: [Vec<f64>; 2],
    /// e_j'B s_gh for each g and h, h running fastest: the score of g per number of h.
    influences: [Vec<f64>; 2],
}

impl Test {
    fn new(
        estimated: &Estimated,
        scores: &Scores,
        codes: &[usize],
        place: usize,
        options: &WildBootstrap,
    ) -> Self {
        // u(b0) = u_y - b0 u_x: residuals of y and of x_j on the other regressors. Unrestricted: those of the fit.
        let parts: [Vec<f64>; 2] = if options.impose_null {
            let direction = estimated.direction(place);
            let own: Vec<f64> = estimated
                .residuals()
                .iter()
                .zip(&direction)
                .map(|(residual, x)| residual + estimated.coefficients()[place] * x)
                .collect();
            [own, direction.into_iter().map(|value| -value).collect()]
        } else {
            [estimated.residuals().to_vec(), vec![0.0; codes.len()]]
        };
        let of = |u: &[f64]| influences(estimated, scores, codes, place, u);
        let [(zero, first), (slope, second)] = [of(&parts[0]), of(&parts[1])];
        Self { clusters: scores.clusters, numerators: [zero, slope], influences: [first, second] }
    }

    /// The statistics of all samples for a null hypothesis b0; unrestricted residuals don't depend on it.
    fn statistics(&self, null: f64, draws: &Draws) -> Vec<f64> {
        let at = |parts: &[Vec<f64>; 2]| -> Vec<f64> {
            parts[0].iter().zip(&parts[1]).map(|(zero, slope)| zero + null * slope).collect()
        };
        let (numerators, influences) = (at(&self.numerators), at(&self.influences));
        let starts: Vec<usize> = (0..draws.count).step_by(CHUNK).collect();
        let chunks: Vec<Vec<f64>> = starts
            .par_iter()
            .map(|start| {
                let mut drawn = vec![0.0; self.clusters];
                let end = (start + CHUNK).min(draws.count);
                (*start..end)
                    .map(|replication| {
                        draws.fill(replication, &mut drawn);
                        let dot = |row: &[f64]| -> f64 { row.iter().zip(&drawn).map(|(a, v)| a * v).sum() };
                        let variance: f64 =
                            influences.chunks_exact(self.clusters).map(|row| dot(row).powi(2)).sum();
                        dot(&numerators) / variance.sqrt()
                    })
                    .collect()
            })
            .collect();
        chunks.concat()
    }
}

/// The numerators and influences of residuals u.
fn influences(
    estimated: &Estimated,
    scores: &Scores,
    codes: &[usize],
    place: usize,
    u: &[f64],
) -> (Vec<f64>, Vec<f64>) {
    let (clusters, order) = (scores.clusters, scores.order);
    // X_h'u_h.
    let mut own = vec![0.0; clusters * order];
    for (row, &code) in codes.iter().enumerate() {
        for i in 0..order {
            own[code * order + i] += estimated.regressors[(row, i)] * u[row];
        }
    }
    let bread_row: Vec<f64> = (0..order).map(|i| estimated.bread[(place, i)]).collect();
    let times_bread =
        |values: &[f64]| -> f64 { bread_row.iter().zip(values).map(|(b, value)| b * value).sum() };
    let numerators: Vec<f64> = own.chunks_exact(order).map(times_bread).collect();
    // B X_h'u_h for each h.
    let solved: Vec<f64> = own
        .chunks_exact(order)
        .flat_map(|own| {
            (0..order).map(move |i| (0..order).map(|j| estimated.bread[(i, j)] * own[j]).sum::<f64>())
        })
        .collect();
    let mut found = vec![0.0; clusters * clusters];
    for g in 0..clusters {
        let products = &scores.products[g * order * order..(g + 1) * order * order];
        // e_j'B X_g'X_g.
        let weighted: Vec<f64> =
            (0..order).map(|j| (0..order).map(|i| bread_row[i] * products[i * order + j]).sum()).collect();
        for h in 0..clusters {
            let taken: f64 =
                weighted.iter().zip(&solved[h * order..(h + 1) * order]).map(|(w, s)| w * s).sum();
            found[g * clusters + h] = -taken;
        }
        if scores.nested {
            found[g * clusters + g] += numerators[g];
        }
    }
    if !scores.nested {
        for h in 0..clusters {
            let alone: Vec<f64> =
                u.iter().zip(codes).map(|(u, code)| if *code == h { *u } else { 0.0 }).collect();
            let projected = estimated.projected(&alone).unwrap_or(alone);
            for (row, &g) in codes.iter().enumerate() {
                let score: f64 =
                    (0..order).map(|i| bread_row[i] * estimated.regressors[(row, i)]).sum::<f64>()
                        * projected[row];
                found[g * clusters + h] += score;
            }
        }
    }
    (numerators, found)
}
