//! A model estimated on a sample, before any covariance is chosen.

use std::collections::BTreeMap;
use std::ops::Range;

use faer::Mat;

use super::measures::FitMeasures;
use crate::covariance::{AbsorbedEffects, ClusterBy, Ingredients, Leverage, cluster_codes};
use crate::models::{
    Absorbed, Goodness, Levels, Model, Solved, VarianceComponents, first_differences, within,
};
use crate::numerics::{LeastSquares, Noise, dot, mean, weighted_mean};
use crate::outcome::{Note, Reason};
use crate::sample::{ClusterColumn, DropCause, Formula, Sample, WeightKind};

/// Sums of more terms than this are carried as several side by side.
const MANY: usize = 20_000;

/// Condition numbers above this are worth a note.
pub(super) const ILL_CONDITIONED: f64 = 1e8;

/// Estimates and what inference needs; any number of covariances can be had from it without refitting.
#[derive(Debug, Clone)]
pub struct Estimated {
    pub(super) model: Model,
    pub(super) formula: Formula,
    pub(crate) names: Vec<String>,
    pub(crate) coefficients: Vec<f64>,
    pub(crate) residuals: Vec<f64>,
    pub(crate) regressors: Mat<f64>,
    pub(crate) bread: Mat<f64>,
    pub(crate) rss: f64,
    pub(super) tss: f64,
    pub(super) explained: f64,
    /// Of the dependent variable about its overall mean, where the effects are absorbed.
    pub(super) total: Option<f64>,
    pub(crate) absorbed: Absorbed,
    pub(super) goodness: Goodness,
    pub(super) components: Option<VarianceComponents>,
    /// The sum of the logarithms of what rows were multiplied by.
    pub(super) log_roots: f64,
    /// What it was estimated on; shares the panel's columns.
    pub(super) sample: Sample,
    pub(super) observations: usize,
    /// How many entities there are among the observations.
    pub(super) entities: usize,
    pub(crate) groups: Vec<Range<usize>>,
    pub(super) times: Vec<i32>,
    pub(super) levels: Levels,
    pub(super) perfect: bool,
    /// The rounding in residuals and regressors.
    pub(super) noise: Noise,
    pub(super) notes: Vec<Note>,
    pub(super) longest: usize,
    pub(super) clusters: Vec<ClusterColumn>,
    pub(crate) measures: FitMeasures,
    /// Whether there is an intercept beside absorbed effects.
    pub(crate) constant: bool,
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
            log_roots,
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
        let noise = Noise::of(&design, &coefficients, residuals.len());
        let perfect = noise.is_all_of(rss);

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
            log_roots,
            sample,
            groups: rows.groups,
            times: rows.times,
            levels,
            perfect,
            noise,
            notes,
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

    /// The variances of random effects.
    pub fn variance_components(&self) -> Option<&VarianceComponents> {
        self.components.as_ref()
    }

    /// How often each row was observed, where the weights say that.
    fn frequencies(&self) -> Option<&[f64]> {
        let weights = self.formula.weights.as_ref()?;
        self.sample.weights().filter(|_| weights.kind == WeightKind::Frequency)
    }

    /// What a covariance needs.
    pub fn ingredients(&self) -> Ingredients<'_> {
        Ingredients {
            bread: &self.bread,
            regressors: &self.regressors,
            residuals: &self.residuals,
            rss: self.rss,
            noise: &self.noise,
            observations: self.observations,
            frequencies: self.frequencies(),
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

pub(super) fn finite_and_regular(bread: &Mat<f64>) -> bool {
    (0..bread.ncols()).all(|j| bread[(j, j)] > 0.0 && (0..bread.nrows()).all(|i| bread[(i, j)].is_finite()))
}
