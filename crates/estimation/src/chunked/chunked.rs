//! Passes over the chunks of a panel, and the estimate that comes of them.

use faer::Mat;
use vintner_panel::PanelChunks;

use super::sums::{Reduced, Residual, TimeEffects, TimeEquations, Transformation};
use super::walk::{Block, Walked, walk};
use crate::covariance::{ClusterBy, Covariance, TestDistribution};
use crate::fit::{Estimated, Outcome, Refusal, Streamed};
use crate::models::{Absorbed, Model};
use crate::numerics::{CollinearColumns, Design, LeastSquares, norm};
use crate::outcome::{EstimationError, INTERCEPT, Note, Reason, Result};
use crate::sample::{Formula, Singletons, WeightKind};

/// What is left of a variable counts as nothing below this share of it.
const NOTHING: f64 = 1e-12;

/// Entities observed once that a note names.
const NAMED: usize = 1000;

/// Most passes that make residuals.
const MOST_REFINEMENTS: usize = 4;

/// An outcome with what became of the rows: unlike [`estimate`](crate::estimate), the fit lists no dropped rows.
#[derive(Debug, Clone, PartialEq)]
pub struct ChunkedOutcome {
    /// The fit, or why there is none.
    pub outcome: Outcome,
    /// Rows left out because a variable is missing there.
    pub incomplete: usize,
    /// How often the rows were read.
    pub passes: usize,
}

/// Estimates an equation on a panel that comes a chunk at a time: by OLS, or with effects of entities, or of entities
/// and times, with classical standard errors or such clustered by entity. The numbers are those of
/// [`estimate`](crate::estimate) to ten digits and more.
///
/// ```
/// use polars::prelude::df;
/// use vintner_estimation::{Covariance, Formula, Model, estimate_chunked};
/// use vintner_panel::FrameChunks;
///
/// let frame = df!(
///     "city" => ["a", "a", "a", "b", "b", "b"], "year" => [1, 2, 3, 1, 2, 3],
///     "y" => [1.0, 2.5, 2.0, 4.0, 3.0, 5.5], "x" => [0.0, 1.0, 2.0, 0.5, 1.0, 3.0],
/// )?;
/// // A `ParquetPanel` where the panel is a file.
/// let mut chunks = FrameChunks { frame, entity: "city".into(), time: "year".into(), rows: 4 };
/// let found = estimate_chunked(&mut chunks, &Formula::new("y", &["x"]), Model::Within, &Covariance::classical())?;
/// assert_eq!(found.outcome.fit().map(|fit| (fit.n_obs, fit.df_residual)), Some((6, 3)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// Where the equation makes no sense, the rows can't be read or don't come sorted by entity, then time, or a weight is
/// negative, infinite or no number. What only works in memory is a [`Reason::NotDefined`].
pub fn estimate_chunked(
    source: &mut dyn PanelChunks,
    formula: &Formula,
    model: Model,
    covariance: &Covariance,
) -> Result<ChunkedOutcome> {
    formula.check()?;
    let mut run = Run { source, formula, passes: 0, walked: Walked::default(), single: Vec::new() };
    let mut observations = 0;
    let fitted = match supported(formula, model, covariance) {
        Ok(with_times) => run.estimate(model, with_times, covariance, &mut observations),
        Err(reason) => Err(Stop::Reason(reason)),
    };
    let outcome = match fitted {
        Ok(estimated) => estimated.fit(covariance).map(|fit| Outcome::Fit(Box::new(fit))),
        Err(Stop::Error(error)) => return Err(error),
        Err(Stop::Reason(reason)) => Err(reason),
    };
    let outcome = outcome.unwrap_or_else(|reason| {
        Outcome::NotEstimable(Refusal { reason, n_obs: observations, dropped: Vec::new() })
    });
    Ok(ChunkedOutcome { outcome, incomplete: run.walked.incomplete, passes: run.passes })
}

/// What of an equation can't be estimated in chunks, where anything can't.
pub fn refused_in_chunks(formula: &Formula, model: Model, covariance: &Covariance) -> Option<String> {
    match supported(formula, model, covariance) {
        Err(Reason::NotDefined { what, .. }) => Some(what),
        _ => None,
    }
}

/// Whether there are effects, of entities and perhaps of times, or why it can't be done in chunks.
fn supported(
    formula: &Formula,
    model: Model,
    covariance: &Covariance,
) -> std::result::Result<Option<bool>, Reason> {
    let refused = |what: &str| {
        Err(Reason::NotDefined { what: what.into(), model: "a panel that is read in chunks".into() })
    };
    let clustered = match covariance {
        Covariance::Classical(_) => true,
        Covariance::Cluster(options) => {
            options.by == ClusterBy::Entity
                && options.residuals == crate::covariance::ClusterType::Hc0
                && options.test != TestDistribution::Satterthwaite
        }
        _ => false,
    };
    if !clustered {
        return refused("standard errors other than classical ones and those clustered by entity");
    }
    if formula.singletons == Singletons::Drop {
        return refused("singletons to drop");
    }
    let effects: Vec<String> = formula.effects.iter().map(ToString::to_string).collect();
    let effects: Vec<&str> = effects.iter().map(String::as_str).collect();
    match (model, effects.as_slice()) {
        (Model::Ols, []) => Ok(None),
        (Model::Within, [] | ["entity"]) => Ok(Some(false)),
        (Model::WithinTwoWay, []) | (Model::Within, ["entity", "time"] | ["time", "entity"]) => {
            Ok(Some(true))
        }
        _ => refused("models other than OLS and effects of entities, or of entities and times,"),
    }
}

enum Stop {
    Reason(Reason),
    Error(EstimationError),
}

impl From<Reason> for Stop {
    fn from(reason: Reason) -> Self {
        Self::Reason(reason)
    }
}

impl From<EstimationError> for Stop {
    fn from(error: EstimationError) -> Self {
        Self::Error(error)
    }
}

struct Run<'a> {
    source: &'a mut dyn PanelChunks,
    formula: &'a Formula,
    passes: usize,
    walked: Walked,
    single: Vec<String>,
}

impl Run<'_> {
    fn pass(&mut self, mut visit: impl FnMut(&Block)) -> Result<()> {
        self.passes += 1;
        let single = &mut self.single;
        single.clear();
        self.walked = walk(self.source, self.formula, |block| {
            single.extend(block.single.iter().take(NAMED.saturating_sub(single.len())).cloned());
            visit(block);
            Ok(())
        })?;
        Ok(())
    }

    fn estimate(
        &mut self,
        model: Model,
        effects: Option<bool>,
        covariance: &Covariance,
        observations: &mut usize,
    ) -> std::result::Result<Estimated, Stop> {
        let formula = self.formula;
        let intercept = effects.is_none() && formula.intercept;
        let variables = formula.regressors.len() + 1;
        let order = variables + usize::from(intercept);
        let mut transformation = match effects {
            None => Transformation::Levels { intercept },
            Some(_) => Transformation::Within { times: None },
        };
        let mut parts_and_times = (0, 0);
        let reduced = if effects == Some(true) {
            let mut equations = TimeEquations::default();
            self.pass(|block| equations.add(block))?;
            parts_and_times = (equations.parts(), equations.sizes.len());
            self.two_way(&equations, order, variables, &mut transformation)?
        } else {
            let mut reduced = Reduced::new(order, variables, 0);
            self.pass(|block| reduced.add(block, &transformation))?;
            reduced
        };
        let counted = match formula.weights.as_ref().map(|weights| weights.kind) {
            Some(WeightKind::Frequency) => reduced.moments.0 as usize,
            _ => reduced.rows,
        };
        *observations = counted;
        if reduced.rows == 0 {
            return Err(Reason::NoObservations { rows_dropped: self.walked.incomplete }.into());
        }
        let (parts, times) = parts_and_times;
        let absorbed = match effects {
            None => Absorbed::default(),
            Some(_) => Absorbed {
                parameters: reduced.entities + times - parts,
                entity_levels: reduced.entities,
                time_levels: times,
            },
        };
        let mut notes = Vec::new();
        let (design, chosen) = self.design(&reduced, intercept, effects, &mut notes)?;
        let all: Vec<String> = design.names.clone();
        let (design, solution, collinear) = LeastSquares::solve_dropping(design, formula.collinear)?;
        if !collinear.is_empty() {
            notes.push(Note::CollinearDropped { collinear });
        }
        let parameters = design.names.len() + absorbed.parameters;
        if counted <= parameters {
            let observations = counted;
            return Err(Reason::NoResidualDegreesOfFreedom { observations, parameters }.into());
        }
        let chosen: Vec<usize> = design
            .names
            .iter()
            .filter_map(|name| all.iter().position(|own| own == name).map(|at| chosen[at]))
            .collect();
        let LeastSquares { mut coefficients, bread, condition, .. } = solution;
        let scored = !matches!(covariance, Covariance::Classical(_));
        let mut residual = Residual::new(chosen.len());
        for _ in 0..MOST_REFINEMENTS {
            residual = Residual::new(chosen.len());
            self.pass(|block| residual.add(block, &transformation, &chosen, &coefficients, scored))?;
            let left = &residual.left;
            let step: Vec<f64> = (0..left.len())
                .map(|i| left.iter().enumerate().map(|(j, left)| bread[(i, j)] * left).sum())
                .collect();
            // What is left of the normal equations, in standard errors.
            let size: f64 = step.iter().zip(left).map(|(step, left)| step * left).sum::<f64>().abs().sqrt();
            if size <= 1e-13 * residual.rss.sqrt() || !size.is_finite() || !norm(&step).is_finite() {
                break;
            }
            coefficients.iter_mut().zip(&step).for_each(|(b, step)| *b += step);
        }
        let explained = {
            let fitted = (0..design.x.nrows()).map(|row| -> f64 {
                (0..coefficients.len()).map(|at| design.x[(row, at)] * coefficients[at]).sum()
            });
            fitted.map(|value| value * value).sum::<f64>()
        };
        let around = reduced.moments.2;
        let y_square: f64 = (0..order).map(|row| reduced.triangle.at(row, order - 1).powi(2)).sum();
        let tss = if intercept { around } else { y_square };
        // Without an intercept the fit is about zero; with one, about the mean.
        let explained = if intercept { tss - residual.rss } else { explained };
        if self.walked.weightless > 0 {
            notes.push(Note::ZeroWeights { rows: self.walked.weightless });
        }
        let singletons = if effects.is_some() { std::mem::take(&mut self.single) } else { Vec::new() };
        Ok(Estimated::streamed(Streamed {
            model,
            formula: formula.clone(),
            design,
            coefficients,
            bread,
            condition,
            rss: residual.rss,
            tss,
            explained,
            total: effects.map(|_| around),
            absorbed,
            observations: counted,
            entities: reduced.entities,
            longest: reduced.longest,
            scores: residual.scores,
            singletons,
            notes,
        })?)
    }

    /// Finds the times' effects of each variable, and reduces what both effects leave of them.
    fn two_way(
        &mut self,
        equations: &TimeEquations,
        order: usize,
        variables: usize,
        transformation: &mut Transformation,
    ) -> std::result::Result<Reduced, Stop> {
        let times = equations.sizes.len();
        let decomposed = equations.decompose();
        let mut effects =
            TimeEffects { place: equations.place.clone(), of: vec![vec![0.0; times]; variables] };
        let size = |sums: &[f64]| -> f64 {
            sums.iter().zip(&equations.sizes).map(|(sum, size)| sum * sum / size).sum::<f64>().sqrt()
        };
        let mut scales = vec![0.0; variables];
        for round in 0..4 {
            *transformation = Transformation::Within { times: Some(effects.clone()) };
            let mut reduced = Reduced::new(order, variables, times);
            self.pass(|block| reduced.add(block, transformation))?;
            if round == 0 {
                for (at, scale) in scales.iter_mut().enumerate() {
                    let column = if at == 0 { order - 1 } else { at - 1 };
                    *scale =
                        (0..order).map(|row| reduced.triangle.at(row, column).powi(2)).sum::<f64>().sqrt();
                }
            }
            let left = reduced.time_sums.iter().zip(&scales).any(|(sums, scale)| size(sums) > 1e-12 * scale);
            if !left || round == 3 {
                return Ok(reduced);
            }
            for (effects, sums) in effects.of.iter_mut().zip(&reduced.time_sums) {
                let mut step = sums.clone();
                decomposed.solve(&mut step);
                effects.iter_mut().zip(step).for_each(|(effect, step)| *effect += step);
            }
        }
        let what = "the projection off both effects".into();
        Err(Reason::NotConverged { what, steps: 4 }.into())
    }

    /// The triangle as a design, without regressors of which the effects leave nothing; and which columns of the
    /// transformed rows it has.
    fn design(
        &self,
        reduced: &Reduced,
        intercept: bool,
        effects: Option<bool>,
        notes: &mut Vec<Note>,
    ) -> std::result::Result<(Design, Vec<usize>), Reason> {
        let formula = self.formula;
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
}
