//! A model estimated on a sample, before any covariance is chosen.

use std::ops::Range;

use faer::Mat;
use serde::{Deserialize, Serialize};

use crate::covariance::{Covariance, Ingredients};
use crate::design::{Design, INTERCEPT, less_means, mean};
use crate::fit::{Coefficient, CovarianceUsed, Fit, ReferenceDistribution};
use crate::inference;
use crate::least_squares::LeastSquares;
use crate::{DroppedRow, Formula, Model, Note, Reason, Sample};

/// Residuals whose norm is below this share of the norms that cancel in them are rounding.
const PERFECT_FIT: f64 = 64.0 * f64::EPSILON;

/// Condition numbers above this are worth a note.
const ILL_CONDITIONED: f64 = 1e8;

/// Estimates and what inference needs; any number of covariances can be had from it without refitting.
#[derive(Debug, Clone)]
pub struct Estimated {
    model: Model,
    formula: Formula,
    names: Vec<String>,
    coefficients: Vec<f64>,
    residuals: Vec<f64>,
    regressors: Mat<f64>,
    bread: Mat<f64>,
    rss: f64,
    tss: f64,
    explained: f64,
    /// Of the dependent variable about its overall mean, where the effects are absorbed.
    total: Option<f64>,
    absorbed: usize,
    entities: Vec<String>,
    groups: Vec<Range<usize>>,
    times: Vec<i32>,
    entity_effects: Vec<f64>,
    perfect: bool,
    dropped: Vec<DroppedRow>,
    notes: Vec<Note>,
}

/// An entity's fixed effect in levels, a_i = mean(y_i) - mean(x_i)'b.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EntityEffect {
    /// The entity.
    pub entity: String,
    /// The effect, in the dependent variable's unit.
    pub effect: f64,
}

impl Estimated {
    /// Gathers a solution; `deviations` is the dependent variable less what R2 doesn't count as
    /// explained (its mean, or the entity means), `absorbed` the number of entity effects.
    pub(crate) fn new(
        model: Model,
        sample: &Sample,
        design: Design,
        solution: LeastSquares,
        deviations: Vec<f64>,
        absorbed: usize,
    ) -> Result<Self, Reason> {
        let LeastSquares { coefficients, residuals, bread, condition } = solution;
        let rss = sum_of_squares(&residuals);
        let tss = sum_of_squares(&deviations);
        let explained = deviations
            .iter()
            .zip(&residuals)
            .map(|(deviation, residual)| (deviation - residual).powi(2))
            .sum();
        let total = (absorbed > 0).then(|| {
            let everything = 0..sample.height();
            sum_of_squares(&less_means(sample.dependent(), std::slice::from_ref(&everything)))
        });
        for (what, finite) in [
            ("the total sum of squares", tss.is_finite() && total.is_none_or(f64::is_finite) && tss > 0.0),
            ("a coefficient", coefficients.iter().all(|value| value.is_finite())),
            ("the residual sum of squares", rss.is_finite()),
            ("the cross-product of the regressors", finite_and_regular(&bread)),
        ] {
            if !finite {
                return Err(Reason::NotFinite { what: what.into() });
            }
        }
        let cancelling: f64 = design.y_magnitude
            + coefficients.iter().zip(&design.magnitudes).map(|(b, size)| b.abs() * size).sum::<f64>();
        let perfect = rss.sqrt() <= PERFECT_FIT * cancelling;

        let entity_effects = if absorbed > 0 { entity_effects(sample, &coefficients) } else { Vec::new() };
        let mut notes = Vec::new();
        if perfect {
            notes.push(Note::PerfectFit);
        }
        if condition > ILL_CONDITIONED {
            notes.push(Note::IllConditioned { condition });
        }
        let singletons: Vec<String> = sample
            .groups()
            .iter()
            .zip(sample.entities())
            .filter(|(group, _)| absorbed > 0 && group.len() == 1)
            .map(|(_, entity)| entity.clone())
            .collect();
        if !singletons.is_empty() {
            notes.push(Note::Singletons { entities: singletons });
        }
        Ok(Self {
            model,
            formula: sample.formula().clone(),
            names: design.names,
            coefficients,
            residuals,
            regressors: design.x,
            bread,
            rss,
            tss,
            explained,
            total,
            absorbed,
            entities: sample.entities().to_vec(),
            groups: sample.groups().to_vec(),
            times: sample.times().to_vec(),
            entity_effects,
            perfect,
            dropped: sample.dropped().to_vec(),
            notes,
        })
    }

    /// The coefficients' names, in the order of everything that is k long.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The coefficients, k.
    pub fn coefficients(&self) -> &[f64] {
        &self.coefficients
    }

    /// The residuals, one a row of the sample.
    pub fn residuals(&self) -> &[f64] {
        &self.residuals
    }

    /// The residual sum of squares.
    pub fn rss(&self) -> f64 {
        self.rss
    }

    /// n - k - absorbed effects.
    pub fn df_residual(&self) -> usize {
        self.residuals.len() - self.coefficients.len() - self.absorbed
    }

    /// Whether the residuals are zero to rounding.
    pub fn is_perfect(&self) -> bool {
        self.perfect
    }

    /// The fixed effects, one for each entity of the sample; none in models without.
    pub fn fixed_effects(&self) -> Vec<EntityEffect> {
        self.entities
            .iter()
            .zip(&self.entity_effects)
            .map(|(entity, &effect)| EntityEffect { entity: entity.clone(), effect })
            .collect()
    }

    /// What a covariance needs.
    pub fn ingredients(&self) -> Ingredients<'_> {
        Ingredients {
            bread: &self.bread,
            regressors: &self.regressors,
            residuals: &self.residuals,
            rss: self.rss,
            groups: &self.groups,
            times: &self.times,
            absorbed: self.absorbed,
        }
    }

    /// The result under a covariance.
    ///
    /// # Errors
    /// Where the sample doesn't allow the covariance.
    pub fn fit(&self, covariance: &Covariance) -> Result<Fit, Reason> {
        let computed = covariance.matrix(&self.ingredients())?;
        let df_residual = self.df_residual();
        let observations = self.residuals.len();
        let reference = match computed.test_df {
            Some(df) => ReferenceDistribution::StudentT { df },
            None => ReferenceDistribution::Normal,
        };
        let coefficients: Vec<Coefficient> = self
            .names
            .iter()
            .zip(&self.coefficients)
            .enumerate()
            .map(|(index, (name, &estimate))| {
                let bare = Coefficient {
                    name: name.clone(),
                    estimate,
                    std_error: None,
                    statistic: None,
                    p_value: None,
                };
                let std_error = computed.matrix[(index, index)].sqrt();
                if self.perfect || !(std_error > 0.0 && std_error.is_finite()) {
                    return bare;
                }
                let statistic = estimate / std_error;
                Coefficient {
                    std_error: Some(std_error),
                    statistic: Some(statistic),
                    p_value: Some(reference.two_sided(statistic)),
                    ..bare
                }
            })
            .collect();

        let slopes: Vec<usize> =
            (0..self.names.len()).filter(|&index| self.names[index] != INTERCEPT).collect();
        let mut notes = self.notes.clone();
        let single: Vec<String> = (0..self.names.len())
            .filter(|&index| !self.perfect && computed.matrix[(index, index)] == 0.0)
            .map(|index| self.names[index].clone())
            .collect();
        if !single.is_empty() {
            notes.push(Note::SingleCluster { coefficients: single });
        }
        let joint = if self.perfect {
            None
        } else {
            let statistic = match covariance {
                // the same as the quadratic form, and sound for nearly collinear regressors
                Covariance::Classical(_) => {
                    let sigma2 = self.rss / observations as f64 * computed.factor;
                    Some(self.explained / sigma2)
                }
                Covariance::Cluster(_) => inference::wald(&self.coefficients, &computed.matrix, &slopes),
            };
            let joint = statistic.map(|wald| inference::joint_test(wald, slopes.len(), reference));
            if joint.is_none() {
                notes.push(Note::SingularCovariance { slopes: slopes.len() });
            }
            joint
        };

        let centered = self.formula.intercept || self.absorbed > 0;
        let r2 = 1.0 - self.rss / self.tss;
        let adjusted = 1.0 - (1.0 - r2) * (observations - usize::from(centered)) as f64 / df_residual as f64;
        Ok(Fit {
            model: self.model,
            formula: self.formula.clone(),
            coefficients,
            covariance: (!self.perfect).then(|| inference::rows(&computed.matrix)),
            covariance_used: CovarianceUsed {
                name: covariance.name().into(),
                options: *covariance,
                clusters: computed.clusters,
                factor: computed.factor,
            },
            reference,
            n_obs: observations,
            n_entities: self.entities.len(),
            absorbed: self.absorbed,
            df_residual,
            rss: self.rss,
            tss: self.tss,
            r2,
            r2_adjusted: adjusted,
            r2_with_effects: self.total.filter(|total| *total > 0.0).map(|total| 1.0 - self.rss / total),
            sigma2: self.rss / df_residual as f64,
            joint,
            dropped: self.dropped.clone(),
            notes,
        })
    }
}

fn sum_of_squares(values: &[f64]) -> f64 {
    values.iter().map(|value| value * value).sum()
}

fn finite_and_regular(bread: &Mat<f64>) -> bool {
    (0..bread.ncols()).all(|j| bread[(j, j)] > 0.0 && (0..bread.nrows()).all(|i| bread[(i, j)].is_finite()))
}

fn entity_effects(sample: &Sample, coefficients: &[f64]) -> Vec<f64> {
    sample
        .groups()
        .iter()
        .map(|group| {
            let explained: f64 = sample
                .regressors()
                .iter()
                .zip(coefficients)
                .map(|(values, b)| mean(&values[group.clone()]) * b)
                .sum();
            mean(&sample.dependent()[group.clone()]) - explained
        })
        .collect()
}
