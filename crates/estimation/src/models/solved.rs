//! What a model leaves: the solution, and what was absorbed on the way to it.

use super::levels::Levels;
use super::model::Model;
use super::random::VarianceComponents;
use crate::numerics::{Design, LeastSquares, mean, weighted_mean};
use crate::outcome::{Collinearity, Note};
use crate::sample::{Formula, Rows, Sample, WeightKind};

/// What a model hands on.
pub(crate) struct Solved {
    pub(crate) model: Model,
    /// The rows that were left to solve on.
    pub(crate) sample: Sample,
    /// The equation as it was asked for; the sample's may lack collinear regressors.
    pub(crate) formula: Formula,
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
    /// The sum of the logarithms of what rows were multiplied by, the Jacobian of their likelihood; zero where weights
    /// count rows.
    pub(crate) log_roots: f64,
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
    /// Of rows that are multiplied by the roots of the weights, where there are any; means are by these.
    pub(crate) fn correlation(dependent: &[f64], residuals: &[f64], weights: Option<&[f64]>) -> Self {
        let fitted: Vec<f64> = dependent.iter().zip(residuals).map(|(y, residual)| y - residual).collect();
        let root = |row: usize| weights.map_or(1.0, |weights| weights[row].sqrt());
        let centre = |values: &[f64]| match weights {
            Some(weights) => {
                let plain: Vec<f64> =
                    values.iter().enumerate().map(|(row, value)| value / root(row)).collect();
                weighted_mean(&plain, weights)
            }
            None => mean(values),
        };
        let (mean_y, mean_fit) = (centre(dependent), centre(&fitted));
        let (mut yy, mut ff, mut yf) = (0.0, 0.0, 0.0);
        for (row, (y, fit)) in dependent.iter().zip(&fitted).enumerate() {
            let (y, fit) = (y - root(row) * mean_y, fit - root(row) * mean_fit);
            (yy, ff, yf) = (yy + y * y, ff + fit * fit, yf + y * fit);
        }
        Self::Correlation(if yy > 0.0 && ff > 0.0 { yf * yf / (yy * ff) } else { 0.0 })
    }
}

/// The sum of the logarithms of the roots of analytic weights; zero without.
pub(super) fn log_roots(formula: &Formula, weights: Option<&[f64]>) -> f64 {
    let analytic = formula.weights.as_ref().is_some_and(|weights| weights.kind == WeightKind::Analytic);
    let weights = weights.filter(|_| analytic).unwrap_or_default();
    0.5 * weights.iter().map(|weight| weight.ln()).sum::<f64>()
}

/// The note that columns were left out.
pub(super) fn dropped_note(collinear: Vec<Collinearity>) -> Vec<Note> {
    if collinear.is_empty() { Vec::new() } else { vec![Note::CollinearDropped { collinear }] }
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
