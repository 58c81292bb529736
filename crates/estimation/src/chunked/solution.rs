//! From what the rows came to, once they are gone, to the estimate.

use faer::Mat;

use super::sums::{Reduced, Residual};
use super::walk::Walked;
use crate::fit::{Estimated, Streamed};
use crate::models::{Absorbed, Model};
use crate::numerics::{CollinearColumns, Design, LeastSquares};
use crate::outcome::{INTERCEPT, Note, Reason};
use crate::sample::{Formula, WeightKind};

/// What is left of a variable counts as nothing below this share of it.
const NOTHING: f64 = 1e-12;

/// Which effects an equation has, and whether it has an intercept.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shape {
    pub(super) model: Model,
    /// Whether effects of times stand beside those of entities; none where there are no effects.
    pub(super) effects: Option<bool>,
    pub(super) intercept: bool,
}

/// What a panel's rows came to.
#[derive(Debug)]
pub(super) struct Gathered {
    pub(super) reduced: Reduced,
    pub(super) walked: Walked,
    /// How many times have effects, and into how many parts without one in common the panel falls.
    pub(super) times: usize,
    pub(super) components: usize,
    /// Entities observed once.
    pub(super) single: Vec<String>,
}

/// The coefficients, before residuals are known.
#[derive(Debug)]
pub(super) struct Solution {
    design: Design,
    /// Which columns of the transformed rows the design has.
    pub(super) chosen: Vec<usize>,
    pub(super) coefficients: Vec<f64>,
    bread: Mat<f64>,
    condition: f64,
    absorbed: Absorbed,
    notes: Vec<Note>,
}

impl Gathered {
    /// Observations as degrees of freedom count them.
    pub(super) fn observations(&self, formula: &Formula) -> usize {
        match formula.weights.as_ref().map(|weights| weights.kind) {
            Some(WeightKind::Frequency) => self.reduced.moments.0 as usize,
            _ => self.reduced.rows,
        }
    }

    /// Solves the normal equations.
    pub(super) fn solve(&self, formula: &Formula, shape: Shape) -> Result<Solution, Reason> {
        let reduced = &self.reduced;
        if reduced.rows == 0 {
            return Err(Reason::NoObservations { rows_dropped: self.walked.incomplete });
        }
        let absorbed = match shape.effects {
            None => Absorbed::default(),
            Some(_) => Absorbed {
                parameters: reduced.entities + self.times - self.components,
                entity_levels: reduced.entities,
                time_levels: self.times,
            },
        };
        let mut notes = Vec::new();
        let (design, chosen) = design(reduced, formula, shape, &mut notes)?;
        let all: Vec<String> = design.names.clone();
        let (design, solution, collinear) = LeastSquares::solve_dropping(design, formula.collinear)?;
        if !collinear.is_empty() {
            notes.push(Note::CollinearDropped { collinear });
        }
        let parameters = design.names.len() + absorbed.parameters;
        let observations = self.observations(formula);
        if observations <= parameters {
            return Err(Reason::NoResidualDegreesOfFreedom { observations, parameters });
        }
        let place = |name: &String| all.iter().position(|own| own == name).map(|at| chosen[at]);
        let chosen = design.names.iter().filter_map(place).collect();
        let LeastSquares { coefficients, bread, condition, .. } = solution;
        Ok(Solution { design, chosen, coefficients, bread, condition, absorbed, notes })
    }

    /// The estimate, with the residuals that the solution leaves.
    pub(super) fn estimated(
        mut self,
        formula: &Formula,
        shape: Shape,
        solution: Solution,
        residual: Residual,
    ) -> Result<Estimated, Reason> {
        let observations = self.observations(formula);
        let Solution { design, coefficients, bread, condition, absorbed, mut notes, .. } = solution;
        let reduced = &self.reduced;
        let order = reduced.triangle.order();
        let explained: f64 = (0..design.x.nrows())
            .map(|row| {
                (0..coefficients.len()).map(|at| design.x[(row, at)] * coefficients[at]).sum::<f64>().powi(2)
            })
            .sum();
        let around = reduced.moments.2;
        let y_square: f64 = (0..order).map(|row| reduced.triangle.at(row, order - 1).powi(2)).sum();
        let tss = if shape.intercept { around } else { y_square };
        // Without an intercept the fit is about zero; with one, about the mean.
        let explained = if shape.intercept { tss - residual.rss } else { explained };
        if self.walked.weightless > 0 {
            notes.push(Note::ZeroWeights { rows: self.walked.weightless });
        }
        let singletons = if shape.effects.is_some() { std::mem::take(&mut self.single) } else { Vec::new() };
        Estimated::streamed(Streamed {
            model: shape.model,
            formula: formula.clone(),
            design,
            coefficients,
            bread,
            condition,
            rss: residual.rss,
            tss,
            explained,
            total: shape.effects.map(|_| around),
            absorbed,
            observations,
            log_roots: match formula.weights.as_ref().map(|weights| weights.kind) {
                Some(WeightKind::Analytic) => 0.5 * self.reduced.log_weights,
                _ => 0.0,
            },
            entities: self.reduced.entities,
            longest: self.reduced.longest,
            scores: residual.scores,
            singletons,
            notes,
        })
    }
}

impl Solution {
    /// What the coefficients still lack by the residuals' normal equations, and its length in standard errors.
    pub(super) fn step(&self, residual: &Residual) -> (Vec<f64>, f64) {
        let left = &residual.left;
        let step: Vec<f64> = (0..left.len())
            .map(|i| left.iter().enumerate().map(|(j, left)| self.bread[(i, j)] * left).sum())
            .collect();
        let length: f64 = step.iter().zip(left).map(|(step, left)| step * left).sum::<f64>().abs().sqrt();
        (step, length)
    }
}

/// The triangle as a design, without regressors of which the effects leave nothing; and which columns of the
/// transformed rows it has.
fn design(
    reduced: &Reduced,
    formula: &Formula,
    shape: Shape,
    notes: &mut Vec<Note>,
) -> Result<(Design, Vec<usize>), Reason> {
    let Shape { effects, intercept, .. } = shape;
    let triangle = &reduced.triangle;
    let order = triangle.order() - 1;
    let offset = usize::from(intercept);
    let size = |column: usize| -> f64 {
        (0..=order).map(|row| triangle.at(row, column).powi(2)).sum::<f64>().sqrt()
    };
    let magnitudes: Vec<f64> = reduced.squares.iter().map(|sum| sum.sqrt()).collect();
    if !magnitudes.iter().all(|size| size.is_finite()) {
        return Err(Reason::NotFinite { what: "a sum of squares".into() });
    }
    let variable = || formula.dependent.clone();
    let nothing = match effects {
        None if intercept => reduced.moments.2 <= NOTHING * NOTHING * magnitudes[0] * magnitudes[0],
        _ => size(order) <= NOTHING * magnitudes[0],
    };
    if nothing {
        return Err(match effects {
            None => Reason::ConstantDependent { variable: variable() },
            Some(false) => Reason::ConstantDependentWithin { variable: variable() },
            Some(true) => Reason::DependentAbsorbed { variable: variable() },
        });
    }
    let vanished = |at: usize| effects.is_some() && size(at) <= NOTHING * magnitudes[at + 1];
    let variables: Vec<String> = (0..formula.regressors.len())
        .filter(|at| vanished(*at))
        .map(|at| formula.regressors[at].clone())
        .collect();
    let refused = formula.collinear == CollinearColumns::Refuse && !variables.is_empty();
    if refused || variables.len() == formula.regressors.len() {
        return Err(match effects {
            Some(true) => Reason::Absorbed { variables },
            _ => Reason::ConstantWithin { variables },
        });
    }
    if !variables.is_empty() {
        notes.push(Note::AbsorbedDropped { variables });
    }
    let chosen: Vec<usize> = (0..order).filter(|at| *at < offset || !vanished(*at - offset)).collect();
    let name = |at: &usize| match *at < offset {
        true => INTERCEPT.to_owned(),
        false => formula.regressors[*at - offset].clone(),
    };
    let magnitude = |at: &usize| match *at < offset {
        true => reduced.moments.0.sqrt(),
        false => magnitudes[*at - offset + 1],
    };
    let design = Design {
        names: chosen.iter().map(name).collect(),
        x: Mat::from_fn(order, chosen.len(), |row, column| triangle.at(row, chosen[column])),
        y: (0..order).map(|row| triangle.at(row, order)).collect(),
        magnitudes: chosen.iter().map(magnitude).collect(),
        y_magnitude: magnitudes[0],
    };
    Ok((design, chosen))
}
