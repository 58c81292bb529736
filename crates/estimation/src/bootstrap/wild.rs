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
//! Everything that t* needs is linear in v, and in b0: of each sample five numbers are kept, from which t* follows for
//! any b0. Where the effects lie within the clusters a sample costs G k operations, elsewhere G^2.

use rayon::prelude::*;

use super::intervals::Intervals;
use super::options::{Bootstrap, PValue, WildBootstrap, WildWeights};
use super::result::{BootstrapCoefficient, BootstrapFit};
use crate::covariance::Covariance;
use crate::fit::Estimated;
use crate::numerics::SeededGenerator;
use crate::outcome::Reason;

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
    let clustered = Covariance::Cluster(crate::covariance::ClusterCovariance {
        by: options.by.clone(),
        small_sample: crate::covariance::SmallSample::None,
        ..crate::covariance::ClusterCovariance::default()
    });
    let fit = estimated.fit(&clustered)?;
    // The statistic that is told is the one of the clustered standard error, with its factor; those that it is compared
    // with all lack it.
    let factor = estimated
        .fit(&Covariance::Cluster(crate::covariance::ClusterCovariance {
            by: options.by.clone(),
            ..crate::covariance::ClusterCovariance::default()
        }))?
        .covariance_used
        .factor;
    let mut failed = 0;
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
            let samples = test.samples(&draws);
            // The hypothesis by its distance from the estimate.
            let drawn = |distance: f64| -> Vec<f64> {
                let least = test.least_variance(distance);
                samples.iter().filter_map(|sample| sample.statistic(distance, least)).collect()
            };
            let at_zero = drawn(-estimate);
            failed = failed.max(samples.len() - at_zero.len());
            if at_zero.is_empty() {
                return BootstrapCoefficient {
                    statistic: Some(estimate / std_error / factor.sqrt()),
                    ..bare
                };
            }
            let rejected = |distance: f64| p_value(-distance / std_error, &drawn(distance), options.p_value);
            BootstrapCoefficient {
                statistic: Some(estimate / std_error / factor.sqrt()),
                p_value: Some(p_value(estimate / std_error, &at_zero, options.p_value)),
                intervals: Intervals {
                    inverted: Some(inverted(estimate, std_error, 1.0 - options.level, &rejected)),
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
        replications: draws.count - failed,
        failed,
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
        let at = |distance: f64| p_value(direction * distance * std_error);
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

/// All that the statistics of one coefficient need: linear in the distance d of b0 from the estimate, the part at
/// the estimate and the slope. (About the estimate nothing cancels: u(b0) = u - d u_x with the fit's own residuals.)
struct Test {
    place: usize,
    clusters: usize,
    order: usize,
    /// B X_h'u_h of each cluster, whose sum over h, times v_h, is z; e_j'z is the numerator.
    solved: [Vec<f64>; 2],
    influences: Influences,
}

/// How e_j'B s*_g follows from v.
enum Influences {
    /// v_g e_j'B X_g'u_g - w_g'z with w_g = e_j'B X_g'X_g, one after another.
    Nested {
        /// w_g, k for each cluster.
        weighted: Vec<f64>,
    },
    /// For each g and h, h running fastest: the score of g per number of h.
    Dense([Vec<f64>; 2]),
}

/// What a sample comes to: t*(d) = (a0 + d a1)/(q00 + 2 d q01 + d^2 q11)^(1/2).
#[derive(Debug, Clone, Copy)]
struct Sampled {
    numerator: [f64; 2],
    variance: [f64; 3],
}

impl Sampled {
    /// The statistic for the hypothesis at that distance from the estimate; none where its variance is zero.
    fn statistic(&self, distance: f64, least: f64) -> Option<f64> {
        let [q00, q01, q11] = self.variance;
        let (cross, square) = (2.0 * distance * q01, distance * distance * q11);
        let variance = q00 + cross + square;
        let rounding = least.max(CANCELLED * (q00 + cross.abs() + square));
        let numerator = self.numerator[0] + distance * self.numerator[1];
        (variance > rounding).then(|| numerator / variance.sqrt())
    }
}

/// A variance below this share of the terms of its polynomial is their rounding.
const CANCELLED: f64 = 1e-13;

/// A variance below this share of the sum of squares of the clusters' parts in the estimate is their rounding.
const NO_VARIANCE: f64 = 1e-24;

impl Test {
    fn new(
        estimated: &Estimated,
        scores: &Scores,
        codes: &[usize],
        place: usize,
        options: &WildBootstrap,
    ) -> Self {
        // u(b0) = u - d u_x with the residuals of x_j on the other regressors. Unrestricted: those of the fit alone.
        let own = estimated.residuals().to_vec();
        let slope = match options.impose_null {
            true => estimated.direction(place).into_iter().map(|value| -value).collect(),
            false => vec![0.0; codes.len()],
        };
        let parts = [own, slope];
        let solved = [0, 1].map(|part| solved(estimated, scores, codes, &parts[part]));
        let weighted = weighted(estimated, scores, place);
        let influences =
            if scores.nested {
                Influences::Nested { weighted }
            } else {
                Influences::Dense([0, 1].map(|part| {
                    dense(estimated, (scores, &weighted, &solved[part]), codes, place, &parts[part])
                }))
            };
        Self { place, clusters: scores.clusters, order: scores.order, solved, influences }
    }

    /// The variance of a statistic below which there is none, at that distance from the estimate.
    fn least_variance(&self, distance: f64) -> f64 {
        let own = |part: usize| self.solved[part].chunks_exact(self.order).map(|own| own[self.place]);
        let parts = own(0).zip(own(1));
        NO_VARIANCE * parts.map(|(first, second)| (first + distance * second).powi(2)).sum::<f64>()
    }

    /// What all samples come to.
    fn samples(&self, draws: &Draws) -> Vec<Sampled> {
        let starts: Vec<usize> = (0..draws.count).step_by(CHUNK).collect();
        let chunks: Vec<Vec<Sampled>> = starts
            .par_iter()
            .map(|start| {
                let mut drawn = vec![0.0; self.clusters];
                let mut sums = [vec![0.0; self.order], vec![0.0; self.order]];
                let end = (start + CHUNK).min(draws.count);
                (*start..end)
                    .map(|replication| {
                        draws.fill(replication, &mut drawn);
                        self.sample(&drawn, &mut sums)
                    })
                    .collect()
            })
            .collect();
        chunks.concat()
    }

    fn sample(&self, drawn: &[f64], sums: &mut [Vec<f64>; 2]) -> Sampled {
        for (sum, solved) in sums.iter_mut().zip(&self.solved) {
            sum.fill(0.0);
            for (own, v) in solved.chunks_exact(self.order).zip(drawn) {
                sum.iter_mut().zip(own).for_each(|(sum, own)| *sum += v * own);
            }
        }
        let dot = |a: &[f64], b: &[f64]| -> f64 { a.iter().zip(b).map(|(a, b)| a * b).sum() };
        let mut variance = [0.0; 3];
        let mut add = |[first, second]: [f64; 2]| {
            variance[0] += first * first;
            variance[1] += first * second;
            variance[2] += second * second;
        };
        match &self.influences {
            Influences::Nested { weighted } => {
                for (g, (w, v)) in weighted.chunks_exact(self.order).zip(drawn).enumerate() {
                    let at = g * self.order + self.place;
                    add([0, 1].map(|part| v * self.solved[part][at] - dot(w, &sums[part])));
                }
            }
            Influences::Dense([first, second]) => {
                let rows = first.chunks_exact(self.clusters).zip(second.chunks_exact(self.clusters));
                rows.for_each(|(first, second)| add([dot(first, drawn), dot(second, drawn)]));
            }
        }
        Sampled { numerator: [sums[0][self.place], sums[1][self.place]], variance }
    }
}

/// B X_h'u_h for each cluster, k numbers each.
fn solved(estimated: &Estimated, scores: &Scores, codes: &[usize], u: &[f64]) -> Vec<f64> {
    let (clusters, order) = (scores.clusters, scores.order);
    let mut own = vec![0.0; clusters * order];
    for (row, &code) in codes.iter().enumerate() {
        for i in 0..order {
            own[code * order + i] += estimated.regressors[(row, i)] * u[row];
        }
    }
    let times_bread =
        |own: &[f64], i: usize| -> f64 { (0..order).map(|j| estimated.bread[(i, j)] * own[j]).sum() };
    own.chunks_exact(order).flat_map(|own| (0..order).map(move |i| times_bread(own, i))).collect()
}

/// e_j'B X_g'X_g for each cluster, k numbers each.
fn weighted(estimated: &Estimated, scores: &Scores, place: usize) -> Vec<f64> {
    let order = scores.order;
    let of = |products: &[f64], j: usize| -> f64 {
        (0..order).map(|i| estimated.bread[(place, i)] * products[i * order + j]).sum()
    };
    scores
        .products
        .chunks_exact(order * order)
        .flat_map(|products| (0..order).map(move |j| of(products, j)))
        .collect()
}

/// The score of each cluster per number of each other, where effects reach across clusters.
fn dense(
    estimated: &Estimated,
    (scores, weighted, solved): (&Scores, &[f64], &[f64]),
    codes: &[usize],
    place: usize,
    u: &[f64],
) -> Vec<f64> {
    let (clusters, order) = (scores.clusters, scores.order);
    let mut found = vec![0.0; clusters * clusters];
    for (g, weighted) in weighted.chunks_exact(order).enumerate() {
        for (h, solved) in solved.chunks_exact(order).enumerate() {
            found[g * clusters + h] = -weighted.iter().zip(solved).map(|(w, s)| w * s).sum::<f64>();
        }
    }
    for h in 0..clusters {
        let alone: Vec<f64> =
            u.iter().zip(codes).map(|(u, code)| if *code == h { *u } else { 0.0 }).collect();
        let projected = estimated.projected(&alone).unwrap_or(alone);
        for (row, &g) in codes.iter().enumerate() {
            let x: f64 =
                (0..order).map(|i| estimated.bread[(place, i)] * estimated.regressors[(row, i)]).sum();
            found[g * clusters + h] += x * projected[row];
        }
    }
    found
}
