//! Making errors with random effects spherical.

use faer::{Mat, Side};

use super::super::effects::Effects;
use super::super::levels::Levels;
use super::variance_components::VarianceComponents;
use crate::absorb::Factor;
use crate::numerics::{Design, mean, norm};
use crate::sample::{Rows, Sample};

/// What variables are multiplied by, up to a scale: the inverse square root of the errors' covariance.
pub(super) struct Transformation {
    entities: Factor,
    times: Factor,
    effects: Effects,
    kind: Kind,
    /// By which means are taken, where rows have any.
    weights: Option<Vec<f64>>,
}

enum Kind {
    /// The share of its entity's mean, of its time's mean and of the overall mean that each row gives up.
    Quasi { entity: Vec<f64>, time: Vec<f64>, overall: f64 },
    /// First the shares of entity means, then I - D K D' for what is left of the times' effects.
    InTurn { entity: Vec<f64>, dummies: Mat<f64>, kernel: Mat<f64>, time: Vec<f64> },
}

impl Transformation {
    pub(super) fn new(
        rows: &Rows,
        components: &VarianceComponents,
        effects: Effects,
        weights: Option<&[f64]>,
    ) -> Self {
        let (entities, times) = (rows.by_entity(), rows.by_time());
        let ratio = |variance: Option<f64>| variance.unwrap_or(0.0) / components.idiosyncratic;
        let (entity_ratio, time_ratio) = (ratio(components.entity), ratio(components.time));
        let share = |size: f64, ratio: f64| 1.0 - (1.0 + size * ratio).powf(-0.5);
        let shares = |factor: &Factor, ratio: f64| -> Vec<f64> {
            factor.codes.iter().map(|code| share(factor.counts()[*code], ratio)).collect()
        };
        let (entity, time) = (shares(&entities, entity_ratio), shares(&times, time_ratio));
        let balanced = entities.codes.len() == entities.levels() * times.levels();
        let kind = if effects == Effects::TwoWay && !balanced && time_ratio > 0.0 {
            let (dummies, kernel) = in_turn(&entities, &times, &entity, time_ratio);
            Kind::InTurn { entity, dummies, kernel, time }
        } else {
            let both = effects == Effects::TwoWay && entity_ratio > 0.0 && time_ratio > 0.0;
            let (in_entity, in_time) = (times.levels() as f64, entities.levels() as f64);
            let overall = share(in_entity, entity_ratio) + share(in_time, time_ratio) - 1.0
                + (1.0 + in_time * time_ratio + in_entity * entity_ratio).powf(-0.5);
            Kind::Quasi { entity, time, overall: if both { overall } else { 0.0 } }
        };
        Self { entities, times, effects, kind, weights: weights.map(<[f64]>::to_vec) }
    }

    fn variable(&self, values: &[f64]) -> Vec<f64> {
        let spread = |factor: &Factor, shares: &[f64]| -> Vec<f64> {
            let means = factor.weighted_means(values, self.weights.as_deref());
            factor.codes.iter().zip(shares).map(|(code, share)| share * means[*code]).collect()
        };
        match &self.kind {
            Kind::Quasi { entity, time, overall } => {
                let (of_entity, of_time) = (spread(&self.entities, entity), spread(&self.times, time));
                let of_all = if *overall == 0.0 { 0.0 } else { overall * mean(values) };
                let rows = values.iter().zip(of_entity).zip(of_time);
                rows.map(|((value, entity), time)| value - entity - time + of_all).collect()
            }
            Kind::InTurn { entity, dummies, kernel, .. } => {
                let of_entity = spread(&self.entities, entity);
                let first = Mat::from_fn(values.len(), 1, |row, _| values[row] - of_entity[row]);
                let taken = dummies * (kernel * (dummies.transpose() * &first));
                (0..values.len()).map(|row| first[(row, 0)] - taken[(row, 0)]).collect()
            }
        }
    }

    /// The design with its variables transformed, the intercept with them.
    pub(super) fn apply(&self, design: &Design) -> Design {
        let column =
            |at: usize| -> Vec<f64> { (0..design.x.nrows()).map(|row| design.x[(row, at)]).collect() };
        let columns: Vec<Vec<f64>> = (0..design.x.ncols()).map(|at| self.variable(&column(at))).collect();
        Design {
            names: design.names.clone(),
            x: Mat::from_fn(design.x.nrows(), columns.len(), |row, at| columns[at][row]),
            y: self.variable(&design.y),
            magnitudes: design.magnitudes.clone(),
            y_magnitude: norm(&design.y),
        }
    }

    /// The predicted effects: (1 - (1 - th)^2) of the mean residual in levels (plm's `ranef`).
    pub(super) fn levels(&self, sample: &Sample, rows: &Rows, coefficients: &[f64]) -> Levels {
        let design = Design::levels(sample);
        let residuals: Vec<f64> = (0..sample.height())
            .map(|row| {
                let fitted: f64 =
                    coefficients.iter().enumerate().map(|(at, b)| design.x[(row, at)] * b).sum();
                design.y[row] - fitted
            })
            .collect();
        let (Kind::Quasi { entity, time, .. } | Kind::InTurn { entity, time, .. }) = &self.kind;
        let predicted = |factor: &Factor, shares: &[f64]| -> Vec<f64> {
            let mut share = vec![0.0; factor.levels()];
            factor
                .codes
                .iter()
                .zip(shares)
                .for_each(|(code, theta)| share[*code] = 1.0 - (1.0 - theta).powi(2));
            let means = factor.weighted_means(&residuals, self.weights.as_deref());
            means.iter().zip(share).map(|(mean, share)| mean * share).collect()
        };
        debug_assert_eq!(rows.groups.len(), self.entities.levels());
        Levels {
            on_demand: None,
            entity: if self.effects.has_entity() { predicted(&self.entities, entity) } else { Vec::new() },
            time: if self.effects.has_time() { predicted(&self.times, time) } else { Vec::new() },
        }
    }
}

/// D, the times' dummies less their shares of entity means, and the kernel K with which
/// (I - D K D')(I + r DD')(I - D K D') = I: of the eigenvalues e of D'D, K has
/// (1 - (1 + r e)^(-1/2)) / e.
fn in_turn(entities: &Factor, times: &Factor, shares: &[f64], ratio: f64) -> (Mat<f64>, Mat<f64>) {
    let rows = entities.codes.len();
    let mut dummies: Mat<f64> = Mat::zeros(rows, times.levels());
    for level in 0..times.levels() {
        let dummy: Vec<f64> = times.codes.iter().map(|code| if *code == level { 1.0 } else { 0.0 }).collect();
        let means = entities.means(&dummy);
        for row in 0..rows {
            dummies[(row, level)] = dummy[row] - shares[row] * means[entities.codes[row]];
        }
    }
    let cross = dummies.transpose() * &dummies;
    let order = times.levels();
    let Ok(decomposition) = cross.self_adjoint_eigen(Side::Lower) else {
        return (dummies, Mat::zeros(order, order));
    };
    let (vectors, values) = (decomposition.U(), decomposition.S().column_vector());
    let weight = |value: f64| {
        // Where the eigenvalue is zero D takes nothing to it, and any weight does.
        if value <= 0.0 { ratio / 2.0 } else { (1.0 - (1.0 + ratio * value).powf(-0.5)) / value }
    };
    let weighted = Mat::from_fn(order, order, |row, at| vectors[(row, at)] * weight(values[at]));
    let kernel = &weighted * vectors.transpose();
    (dummies, kernel)
}
