//! Models: each turns a sample into an [`Estimated`] or the [`Reason`] why it can't.

mod between;
mod effects;
pub(crate) mod first_differences;
mod levels;
mod ols;
mod random;
pub(crate) mod within;

use serde::{Deserialize, Serialize};

pub use effects::Effects;
pub(crate) use levels::Levels;
pub use random::{RandomEffects, VarianceComponents, VarianceEstimator};

use crate::design::{Design, mean};
use crate::estimated::Absorbed;
use crate::least_squares::LeastSquares;
use crate::rows::Rows;
use crate::{CollinearColumns, Collinearity, Estimated, Formula, Note, Reason, Sample};

/// A linear model of a panel.
///
/// Serialised by its name, `within`; those with options as `{random: {method: swar}}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Model {
    /// Ordinary least squares on the levels; pooled where the sample has several entities.
    Ols,
    /// Fixed effects, of the entities or of what the equation's [`Formula::effects`] name, by least squares on
    /// what the effects leave of the variables.
    Within,
    /// Fixed effects of the times.
    WithinTime,
    /// Fixed effects of entities and times.
    WithinTwoWay,
    /// Least squares on first differences.
    FirstDifferences {
        /// Also differences between rows that are more than one time apart: plm's `fd`, which takes
        /// differences by row. Otherwise such a row has none.
        #[serde(default)]
        across_gaps: bool,
    },
    /// Least squares on the means of entities.
    Between,
    /// Least squares on the means of entities, each weighted by its rows: linearmodels' `BetweenOLS` with
    /// `reweight`, Stata's `xtreg, be wls`.
    BetweenWeighted,
    /// Least squares on the means of times.
    BetweenTime,
    /// Random effects, by generalised least squares.
    Random(RandomEffects),
}

impl Model {
    /// Estimates the model on a sample.
    ///
    /// # Errors
    /// The reason why the sample doesn't allow it.
    pub fn estimate(self, sample: &Sample) -> Result<Estimated, Reason> {
        self.check(sample.formula())?;
        match self {
            Self::Ols => ols::estimate(sample),
            Self::Within => within::estimate(sample, Effects::Entity, self),
            Self::WithinTime => within::estimate(sample, Effects::Time, self),
            Self::WithinTwoWay => within::estimate(sample, Effects::TwoWay, self),
            Self::FirstDifferences { across_gaps } => first_differences::estimate(sample, across_gaps),
            Self::Between | Self::BetweenWeighted => between::estimate(sample, Effects::Entity, self),
            Self::BetweenTime => between::estimate(sample, Effects::Time, self),
            Self::Random(options) => random::estimate(sample, options),
        }
    }

    /// What an equation asks for that the model hasn't got.
    pub fn lacks(self, formula: &Formula) -> Option<(&'static str, Lacking)> {
        match self {
            Self::Within => None,
            _ if !formula.effects.is_empty() => Some(("effects named by the equation", Lacking::Effects)),
            Self::Ols | Self::WithinTime | Self::WithinTwoWay => None,
            _ if formula.weights.is_some() => Some(("weights", Lacking::Weights)),
            _ => None,
        }
    }

    /// Refuses what the equation asks for and the model hasn't got.
    fn check(self, formula: &Formula) -> Result<(), Reason> {
        match self.lacks(formula) {
            Some((what, _)) => Err(Reason::NotDefined { what: what.into(), model: self.name().into() }),
            None => Ok(()),
        }
    }

    /// What it is called in a report.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ols => "OLS",
            Self::Within => "fixed effects of entities",
            Self::WithinTime => "fixed effects of times",
            Self::WithinTwoWay => "fixed effects of entities and times",
            Self::FirstDifferences { .. } => "first differences",
            Self::Between => "between entities",
            Self::BetweenWeighted => "between entities, weighted by rows",
            Self::BetweenTime => "between times",
            Self::Random(options) => match options.effects {
                Effects::Entity => "random effects of entities",
                Effects::Time => "random effects of times",
                Effects::TwoWay => "random effects of entities and times",
            },
        }
    }
}

/// A part of an equation that a model may lack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lacking {
    /// Absorbed effects.
    Effects,
    /// Weights.
    Weights,
}

/// What a model hands to [`Estimated`].
pub(crate) struct Solved {
    pub(crate) model: Model,
    /// The design that was solved, transformed as the model asks for.
    pub(crate) design: Design,
    pub(crate) solution: LeastSquares,
    /// Where the design's rows belong.
    pub(crate) rows: Rows,
    /// The dependent variable less what R2 doesn't count as explained; none where the design's is that.
    pub(crate) deviations: Option<Vec<f64>>,
    pub(crate) absorbed: Absorbed,
    pub(crate) goodness: Goodness,
    pub(crate) levels: Levels,
    pub(crate) components: Option<VarianceComponents>,
    /// What a reader of the results should know of the model.
    pub(crate) notes: Vec<Note>,
}

/// What R2 is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Goodness {
    /// 1 - RSS/TSS, where the residuals are orthogonal to the fitted deviations.
    Decomposition,
    /// The squared correlation of the transformed dependent variable with its fit (plm), where they aren't.
    Correlation(f64),
}

impl Goodness {
    pub(crate) fn correlation(dependent: &[f64], residuals: &[f64]) -> Self {
        let fitted: Vec<f64> = dependent.iter().zip(residuals).map(|(y, residual)| y - residual).collect();
        let (mean_y, mean_fit) = (mean(dependent), mean(&fitted));
        let (mut yy, mut ff, mut yf) = (0.0, 0.0, 0.0);
        for (y, fit) in dependent.iter().zip(&fitted) {
            let (y, fit) = (y - mean_y, fit - mean_fit);
            (yy, ff, yf) = (yy + y * y, ff + fit * fit, yf + y * fit);
        }
        Self::Correlation(if yy > 0.0 && ff > 0.0 { yf * yf / (yy * ff) } else { 0.0 })
    }
}

/// Refuses a sample with too few observations for its parameters.
fn check_size(sample: &Sample, parameters: usize) -> Result<(), Reason> {
    let observations = sample.height();
    if observations == 0 {
        Err(Reason::NoObservations { rows_dropped: sample.dropped().len() })
    } else if observations < parameters {
        Err(Reason::TooFewObservations { observations, parameters })
    } else {
        Ok(())
    }
}

/// Refuses an estimate that leaves no residual degrees of freedom.
fn check_residual_df(sample: &Sample, parameters: usize) -> Result<(), Reason> {
    let observations = sample.height();
    if observations <= parameters {
        return Err(Reason::NoResidualDegreesOfFreedom { observations, parameters });
    }
    Ok(())
}

/// Refuses a sample that has too few observations whatever columns are dropped, with `effects` parameters of
/// effects among its parameters.
fn check_before_dropping(sample: &Sample, parameters: usize, effects: usize) -> Result<(), Reason> {
    match sample.formula().collinear {
        CollinearColumns::Drop if sample.height() > effects => Ok(()),
        _ => check_size(sample, parameters),
    }
}

/// Refuses an estimate that leaves no residual degrees of freedom once collinear columns are dropped.
fn check_after_dropping(sample: &Sample, before: usize, left: usize) -> Result<(), Reason> {
    let observations = sample.observations();
    if observations > left {
        return Ok(());
    }
    check_size(sample, before)?;
    Err(Reason::NoResidualDegreesOfFreedom { observations, parameters: left })
}

/// The note that columns were left out.
fn dropped_note(collinear: Vec<Collinearity>) -> Vec<Note> {
    if collinear.is_empty() { Vec::new() } else { vec![Note::CollinearDropped { collinear }] }
}
