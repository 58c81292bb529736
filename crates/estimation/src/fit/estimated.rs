//! A model estimated on a sample, before any covariance is chosen.

use std::collections::BTreeMap;
use std::ops::Range;

use faer::Mat;
use serde::{Deserialize, Serialize};

use super::fit::{Coefficient, CovarianceUsed, Fit};
use super::measures::FitMeasures;
use crate::absorb::Grouping;
use crate::covariance::{AbsorbedEffects, ClusterBy, Covariance, Ingredients, Leverage, cluster_codes};
use crate::inference::{ReferenceDistribution, joint_test, wald};
use crate::models::{
    Absorbed, Goodness, Levels, Model, Solved, VarianceComponents, first_differences, within,
};
use crate::numerics::dense::matrix_rows;
use crate::numerics::{Design, LeastSquares, dot, mean, student_t_two_sided, weighted_mean};
use crate::outcome::{INTERCEPT, Note, Reason};
use crate::sample::{ClusterColumn, DropCause, Effect, EffectOf, Formula, Sample, WeightKind};

/// Residuals whose norm is below this share of the norms that cancel in them are rounding.
const PERFECT_FIT: f64 = 64.0 * f64::EPSILON;

/// Sums of more terms than this are carried as several side by side.
const MANY: usize = 20_000;

/// Condition numbers above this are worth a note.
const ILL_CONDITIONED: f64 = 1e8;

/// Estimates and what inference needs; any number of covariances can be had from it without refitting.
#[derive(Debug, Clone)]
pub struct Estimated {
    model: Model,
    formula: Formula,
    pub(crate) names: Vec<String>,
    pub(crate) coefficients: Vec<f64>,
    pub(crate) residuals: Vec<f64>,
    pub(crate) regressors: Mat<f64>,
    pub(crate) bread: Mat<f64>,
    pub(crate) rss: f64,
    tss: f64,
    explained: f64,
    /// Of the dependent variable about its overall mean, where the effects are absorbed.
    total: Option<f64>,
    pub(crate) absorbed: Absorbed,
    goodness: Goodness,
    components: Option<VarianceComponents>,
    /// What it was estimated on; shares the panel's columns.
    sample: Sample,
    observations: usize,
    /// How many entities there are among the observations.
    entities: usize,
    pub(crate) groups: Vec<Range<usize>>,
    times: Vec<i32>,
    levels: Levels,
    perfect: bool,
    notes: Vec<Note>,
    longest: usize,
    clusters: Vec<ClusterColumn>,
    pub(crate) measures: FitMeasures,
    /// Whether there is an intercept beside absorbed effects.
    pub(crate) constant: bool,
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

/// A solution from chunks of rows, of which only sums are left.
pub(crate) struct Streamed {
    pub(crate) model: Model,
    pub(crate) formula: Formula,
    /// The triangle of the transformed variables.
    pub(crate) design: Design,
    pub(crate) coefficients: Vec<f64>,
    pub(crate) bread: Mat<f64>,
    pub(crate) condition: f64,
    pub(crate) rss: f64,
    pub(crate) tss: f64,
    pub(crate) explained: f64,
    pub(crate) total: Option<f64>,
    pub(crate) absorbed: Absorbed,
    pub(crate) observations: usize,
    pub(crate) entities: usize,
    pub(crate) longest: usize,
    /// Of each regressor, two numbers an entity: the sums of its positive and of its negative scores.
    pub(crate) scores: Vec<Vec<f64>>,
    pub(crate) singletons: Vec<String>,
    pub(crate) notes: Vec<Note>,
}

impl Estimated {
    /// Gathers a model's solution.
    pub(super) fn new(solved: Solved) -> Result<Self, Reason> {
        let Solved {
            model,
            sample,
            formula,
            design,
            solution,
            rows,
            deviations,
            absorbed,
            goodness,
            levels,
            components,
            notes,
        } = solved;
        let LeastSquares { coefficients, residuals, bread, condition } = solution;
        let rss = sum_of_squares(&residuals);
        let deviations = deviations.as_ref().unwrap_or(&design.y);
        let tss = sum_of_squares(deviations);
        let explained = deviations
            .iter()
            .zip(&residuals)
            .map(|(deviation, residual)| (deviation - residual).powi(2))
            .sum();
        let total = (absorbed.parameters > 0).then(|| about_mean(&sample));
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
        let perfect = is_perfect(rss, &coefficients, &design);

        let mut notes = notes;
        let weightless = sample.dropped_for(DropCause::ZeroWeight);
        if weightless > 0 {
            notes.push(Note::ZeroWeights { rows: weightless });
        }
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
        let observations = match sample.formula().weights.as_ref().map(|weights| weights.kind) {
            Some(WeightKind::Frequency) => sample.observations(),
            _ => residuals.len(),
        };
        let in_levels = !matches!(model, Model::FirstDifferences { .. });
        let measures = FitMeasures::new(&sample, &design.names, &coefficients, in_levels);
        let clusters = match model {
            Model::FirstDifferences { across_gaps } => {
                let later = first_differences::later_rows(&sample, across_gaps);
                sample.clusters().iter().map(|column| column.at(&later)).collect()
            }
            // Their rows are means.
            Model::Between | Model::BetweenWeighted | Model::BetweenTime => Vec::new(),
            _ => sample.clusters().to_vec(),
        };
        Ok(Self {
            longest: sample.groups().iter().map(|group| group.len()).max().unwrap_or(0),
            clusters,
            measures,
            constant: false,
            model,
            formula,
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
            observations,
            entities: sample.entities().len(),
            sample,
            groups: rows.groups,
            times: rows.times,
            levels,
            perfect,
            notes,
        })
    }

    /// What classical covariances and those clustered by entity need of rows that are gone: each entity stands as two
    /// rows with the sums of its positive and of its negative scores for regressors, and residuals of one.
    pub(crate) fn streamed(solved: Streamed) -> Result<Self, Reason> {
        let Streamed { design, coefficients, bread, rss, tss, absorbed, mut notes, .. } = solved;
        for (what, finite) in [
            ("the total sum of squares", tss.is_finite() && tss > 0.0),
            ("a coefficient", coefficients.iter().all(|value| value.is_finite())),
            ("the residual sum of squares", rss.is_finite()),
            ("the cross-product of the regressors", finite_and_regular(&bread)),
        ] {
            if !finite {
                return Err(Reason::NotFinite { what: what.into() });
            }
        }
        let perfect = is_perfect(rss, &coefficients, &design);
        notes.extend(perfect.then_some(Note::PerfectFit));
        if solved.condition > ILL_CONDITIONED {
            notes.push(Note::IllConditioned { condition: solved.condition });
        }
        if !solved.singletons.is_empty() {
            notes.push(Note::Singletons { entities: solved.singletons });
        }
        let height = solved.scores.first().map_or(0, Vec::len);
        let scores = solved.scores;
        Ok(Self {
            model: solved.model,
            sample: Sample::empty(&solved.formula),
            formula: solved.formula,
            names: design.names,
            coefficients,
            residuals: vec![1.0; height],
            regressors: Mat::from_fn(height, scores.len(), |row, column| scores[column][row]),
            bread,
            rss,
            tss,
            explained: solved.explained,
            total: solved.total,
            absorbed,
            goodness: Goodness::Decomposition,
            components: None,
            observations: solved.observations,
            entities: solved.entities,
            groups: (0..height / 2).map(|entity| 2 * entity..2 * entity + 2).collect(),
            times: vec![0; height],
            levels: Levels::default(),
            perfect,
            notes,
            longest: solved.longest,
            clusters: Vec::new(),
            measures: FitMeasures::default(),
            constant: false,
        })
    }

    /// The model.
    pub fn model(&self) -> Model {
        self.model
    }

    /// The equation.
    pub fn formula(&self) -> &Formula {
        &self.formula
    }

    /// What it was estimated on.
    pub fn sample(&self) -> &Sample {
        &self.sample
    }

    /// The coefficients' names, in the order of everything that is k long.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The coefficients, k.
    pub fn coefficients(&self) -> &[f64] {
        &self.coefficients
    }

    /// The residuals, one a row of the sample; with weights each times the root of its weight, as
    /// covariances need them.
    pub fn residuals(&self) -> &[f64] {
        &self.residuals
    }

    /// The residual sum of squares.
    pub fn rss(&self) -> f64 {
        self.rss
    }

    /// Observations: rows, or with frequency weights their sum.
    pub fn observations(&self) -> usize {
        self.observations
    }

    /// n - k - absorbed effects.
    pub fn df_residual(&self) -> usize {
        self.observations - self.coefficients.len() - self.absorbed.parameters
    }

    /// Whether the residuals are zero to rounding.
    pub fn is_perfect(&self) -> bool {
        self.perfect
    }

    /// The effects of the entities of the sample, fixed or predicted; none in models without. With
    /// fixed effects of times too, the first time's is zero.
    pub fn fixed_effects(&self) -> Vec<EntityEffect> {
        let found = self.fixed(EffectOf::Entities);
        let effects = self.sample.entities().iter().zip(found.as_ref().unwrap_or(&self.levels.entity));
        effects.map(|(entity, &effect)| EntityEffect { entity: entity.clone(), effect }).collect()
    }

    /// The effects of the times of the sample, fixed or predicted; none in models without.
    pub fn time_effects(&self) -> Vec<TimeEffect> {
        let times = Grouping::by_time(self.sample.times()).1;
        let found = self.fixed(EffectOf::Times);
        let effects = times.iter().zip(found.as_ref().unwrap_or(&self.levels.time));
        effects.map(|(&time, &effect)| TimeEffect { time, effect }).collect()
    }

    /// The effects that the equation names, each with its levels; none where it names none. The first effect's
    /// hold the constant: the first level of each other is zero.
    pub fn named_effects(&self) -> Vec<(Effect, Vec<(String, f64)>)> {
        let named = self.sample.effects().iter();
        named
            .zip(self.all_fixed())
            .map(|(one, (_, levels))| (one.effect.clone(), one.labels.iter().cloned().zip(levels).collect()))
            .collect()
    }

    /// Fixed effects, worked out from the variables in levels.
    fn all_fixed(&self) -> Vec<(EffectOf, Vec<f64>)> {
        let Some(effects) = self.levels.on_demand else { return Vec::new() };
        let coefficient = |name: &str| {
            self.names.iter().position(|own| own == name).map_or(0.0, |at| self.coefficients[at])
        };
        // What could be projected before can be again.
        within::levels(&self.sample, effects, coefficient).unwrap_or_default()
    }

    fn fixed(&self, of: EffectOf) -> Option<Vec<f64>> {
        self.levels.on_demand?;
        let found = self.all_fixed().into_iter().find(|(own, _)| *own == of);
        Some(found.map_or(Vec::new(), |(_, levels)| levels))
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
            observations: self.observations,
            groups: &self.groups,
            times: &self.times,
            absorbed: self.absorbed.parameters,
            entity_levels: self.absorbed.entity_levels,
            time_levels: self.absorbed.time_levels,
            effects: self.levels.on_demand.map(|effects| AbsorbedEffects::new(&self.sample, effects)),
            constant: self.constant,
            longest: self.longest,
            columns: &self.clusters,
        }
    }

    /// Each row's cluster, and how many there are.
    pub(crate) fn clusters_by(&self, by: &ClusterBy) -> Result<(Vec<usize>, usize), Reason> {
        cluster_codes(&self.ingredients(), by)
    }

    /// Each absorbed effect's level of each row, and whether the effect is the entities'.
    pub(crate) fn effect_codes(&self) -> Vec<(Vec<usize>, bool)> {
        let of = |effects| within::effect_codes(&self.sample, effects);
        self.levels.on_demand.map(of).unwrap_or_default()
    }

    /// Whether each level of each absorbed effect lies within one cluster.
    pub(crate) fn effects_lie_within(&self, clusters: &[usize]) -> bool {
        self.effect_codes().iter().all(|(levels, _)| {
            let mut of_level: BTreeMap<usize, usize> = BTreeMap::new();
            levels.iter().zip(clusters).all(|(level, code)| of_level.entry(*level).or_insert(*code) == code)
        })
    }

    /// What the absorbed effects leave of values of the rows as they were estimated.
    pub(crate) fn projected(&self, values: &[f64]) -> Result<Vec<f64>, Reason> {
        match self.levels.on_demand {
            Some(effects) => within::projected(&self.sample, effects, values),
            None => Ok(values.to_vec()),
        }
    }

    /// The residual of one regressor on the others, as they were estimated.
    pub(crate) fn direction(&self, place: usize) -> Vec<f64> {
        let pivot = self.bread[(place, place)];
        let weights: Vec<f64> = (0..self.bread.nrows()).map(|i| self.bread[(i, place)] / pivot).collect();
        (0..self.residuals.len())
            .map(|row| weights.iter().enumerate().map(|(i, w)| w * self.regressors[(row, i)]).sum())
            .collect()
    }

    /// Each row's leverage, the diagonal of the projection on the regressors or on effects too.
    ///
    /// # Errors
    /// Where an eigenvalue decomposition of the effects' cross-product fails.
    pub fn leverages(&self, leverage: Leverage) -> Result<Vec<f64>, Reason> {
        self.ingredients().leverages(leverage)
    }

    /// The result under a covariance.
    ///
    /// # Errors
    /// Where the sample doesn't allow the covariance.
    pub fn fit(&self, covariance: &Covariance) -> Result<Fit, Reason> {
        // A row observed w times has w scores; only these two don't need them one by one.
        let weights = self.formula.weights.as_ref().map(|weights| weights.kind);
        if weights == Some(WeightKind::Frequency)
            && !matches!(covariance, Covariance::Classical(_) | Covariance::Cluster(_))
        {
            let what = "frequency weights".into();
            return Err(Reason::NotDefined { what, model: format!("standard errors {}", covariance.name()) });
        }
        let computed = covariance.matrix(&self.ingredients())?;
        let df_residual = self.df_residual();
        let observations = self.observations;
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
                    df: computed.coefficient_df.as_ref().map(|df| df[index]),
                };
                let std_error = computed.matrix[(index, index)].sqrt();
                if self.perfect || !(std_error > 0.0 && std_error.is_finite()) {
                    return bare;
                }
                let statistic = estimate / std_error;
                Coefficient {
                    std_error: Some(std_error),
                    statistic: Some(statistic),
                    p_value: Some(match bare.df {
                        Some(df) => student_t_two_sided(statistic, df),
                        None => reference.two_sided(statistic),
                    }),
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
        let negative: Vec<String> = (0..self.names.len())
            .filter(|&index| !self.perfect && computed.matrix[(index, index)] < 0.0)
            .map(|index| self.names[index].clone())
            .collect();
        if !negative.is_empty() {
            notes.push(Note::NegativeVariance { coefficients: negative });
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
                _ => wald(&self.coefficients, &computed.matrix, &slopes),
            };
            let joint = statistic.map(|wald| joint_test(wald, slopes.len(), reference));
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
            covariance: (!self.perfect).then(|| matrix_rows(&computed.matrix)),
            covariance_used: CovarianceUsed {
                name: covariance.name(),
                options: covariance.clone(),
                clusters: computed.clusters,
                factor: computed.factor,
                bandwidth: computed.bandwidth,
            },
            reference,
            n_obs: observations,
            n_entities: self.entities,
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
            measures: if self.perfect {
                self.measures.clone()
            } else {
                let parameters = self.names.len() + self.absorbed.parameters;
                self.measures.clone().with_likelihood(self.rss, observations, parameters)
            },
            dropped: self.sample.dropped().to_vec(),
            notes,
        })
    }
}

/// Whether residuals are no more than the rounding of what cancels in them.
fn is_perfect(rss: f64, coefficients: &[f64], design: &Design) -> bool {
    let cancelling: f64 = design.y_magnitude
        + coefficients.iter().zip(&design.magnitudes).map(|(b, size)| b.abs() * size).sum::<f64>();
    rss.sqrt() <= PERFECT_FIT * cancelling
}

/// The sum of squares of the dependent variable about its mean.
fn about_mean(sample: &Sample) -> f64 {
    match sample.weights() {
        None => {
            let mean = mean(sample.dependent());
            sample.dependent().iter().map(|value| (value - mean).powi(2)).sum()
        }
        Some(weights) => {
            let mean = weighted_mean(sample.dependent(), weights);
            sample
                .dependent()
                .iter()
                .zip(weights)
                .map(|(value, weight)| weight * (value - mean).powi(2))
                .sum()
        }
    }
}

fn sum_of_squares(values: &[f64]) -> f64 {
    if values.len() > MANY {
        return dot(values, values);
    }
    values.iter().map(|value| value * value).sum()
}

fn finite_and_regular(bread: &Mat<f64>) -> bool {
    (0..bread.ncols()).all(|j| bread[(j, j)] > 0.0 && (0..bread.nrows()).all(|i| bread[(i, j)].is_finite()))
}
