//! A model estimated on a sample, before any covariance is chosen.

use std::collections::BTreeSet;
use std::ops::Range;

use faer::Mat;
use serde::{Deserialize, Serialize};

use crate::covariance::{Covariance, Ingredients};
use crate::design::{INTERCEPT, less_means};
use crate::fit::{Coefficient, CovarianceUsed, Fit, ReferenceDistribution};
use crate::inference;
use crate::least_squares::LeastSquares;
use crate::models::Levels;
use crate::models::{Goodness, Solved};
use crate::{DroppedRow, Formula, Model, Note, Reason, Sample, VarianceComponents};

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
    absorbed: Absorbed,
    goodness: Goodness,
    components: Option<VarianceComponents>,
    entities: Vec<String>,
    groups: Vec<Range<usize>>,
    times: Vec<i32>,
    effect_times: Vec<i32>,
    levels: Levels,
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

/// A time's effect in levels.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TimeEffect {
    /// The time.
    pub time: i32,
    /// The effect, in the dependent variable's unit.
    pub effect: f64,
}

/// Parameters that effects take without being estimated as coefficients.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Absorbed {
    /// How many they are together.
    pub(crate) parameters: usize,
    /// Entities that have one.
    pub(crate) entity_levels: usize,
    /// Times that have one.
    pub(crate) time_levels: usize,
}

impl Estimated {
    /// Gathers a model's solution.
    pub(crate) fn new(sample: &Sample, solved: Solved) -> Result<Self, Reason> {
        let Solved {
            model, design, solution, rows, deviations, absorbed, goodness, levels, components, ..
        } = solved;
        let LeastSquares { coefficients, residuals, bread, condition } = solution;
        let rss = sum_of_squares(&residuals);
        let tss = sum_of_squares(&deviations);
        let explained = deviations
            .iter()
            .zip(&residuals)
            .map(|(deviation, residual)| (deviation - residual).powi(2))
            .sum();
        let total = (absorbed.parameters > 0).then(|| {
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
            .filter(|(group, _)| absorbed.entity_levels > 0 && group.len() == 1)
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
            goodness,
            components,
            entities: sample.entities().to_vec(),
            groups: rows.groups,
            effect_times: sample.times().iter().copied().collect::<BTreeSet<i32>>().into_iter().collect(),
            times: rows.times,
            levels,
            perfect,
            dropped: sample.dropped().to_vec(),
            notes,
        })
    }

    /// The model.
    pub fn model(&self) -> Model {
        self.model
    }

    /// The entities of the sample.
    pub fn entities(&self) -> &[String] {
        &self.entities
    }

    /// The equation.
    pub fn formula(&self) -> &Formula {
        &self.formula
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
        self.residuals.len() - self.coefficients.len() - self.absorbed.parameters
    }

    /// Whether the residuals are zero to rounding.
    pub fn is_perfect(&self) -> bool {
        self.perfect
    }

    /// The effects of the entities of the sample, fixed or predicted; none in models without. With
    /// fixed effects of times too, the first time's is zero.
    pub fn fixed_effects(&self) -> Vec<EntityEffect> {
        let effects = self.entities.iter().zip(&self.levels.entity);
        effects.map(|(entity, &effect)| EntityEffect { entity: entity.clone(), effect }).collect()
    }

    /// The effects of the times of the sample, fixed or predicted; none in models without.
    pub fn time_effects(&self) -> Vec<TimeEffect> {
        let effects = self.effect_times.iter().zip(&self.levels.time);
        effects.map(|(&time, &effect)| TimeEffect { time, effect }).collect()
    }

    /// The variances of random effects.
    pub fn variance_components(&self) -> Option<&VarianceComponents> {
        self.components.as_ref()
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
            absorbed: self.absorbed.parameters,
            entity_levels: self.absorbed.entity_levels,
            time_levels: self.absorbed.time_levels,
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
                Covariance::Classical(_) if self.goodness == Goodness::Decomposition => {
                    let sigma2 = self.rss / observations as f64 * computed.factor;
                    Some(self.explained / sigma2)
                }
                _ => inference::wald(&self.coefficients, &computed.matrix, &slopes),
            };
            let joint = statistic.map(|wald| inference::joint_test(wald, slopes.len(), reference));
            if joint.is_none() {
                notes.push(Note::SingularCovariance { slopes: slopes.len() });
            }
            joint
        };

        let (centered, r2) = match self.goodness {
            Goodness::Decomposition => {
                (self.formula.intercept || self.absorbed.parameters > 0, 1.0 - self.rss / self.tss)
            }
            Goodness::Correlation(r2) => (true, r2),
        };
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
            absorbed: self.absorbed.parameters,
            df_residual,
            rss: self.rss,
            tss: self.tss,
            r2,
            r2_adjusted: adjusted,
            r2_with_effects: self.total.filter(|total| *total > 0.0).map(|total| 1.0 - self.rss / total),
            sigma2: self.rss / df_residual as f64,
            joint,
            variance_components: self.components.clone(),
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
