//! Passes over the chunks of a panel, and the estimate that comes of them.

use vintner_panel::PanelChunks;

use super::solution::{Gathered, Shape, Solution};
use super::sums::{Reduced, Residual, TimeEffects, TimeEquations, Transformation};
use super::walk::{Block, Walked, name_more, walk};
use crate::covariance::{ClusterBy, Covariance, TestDistribution};
use crate::fit::{Estimated, Outcome, Refusal};
use crate::models::Model;
use crate::numerics::norm;
use crate::outcome::{EstimationError, Reason, Result};
use crate::sample::{Formula, Singletons};

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
        Ok(shape) => run.estimate(shape, covariance, &mut observations),
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

/// The equation's shape, or why it can't be estimated in chunks.
pub(super) fn supported(
    formula: &Formula,
    model: Model,
    covariance: &Covariance,
) -> std::result::Result<Shape, Reason> {
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
    let effects = match (model, effects.as_slice()) {
        (Model::Ols, []) => None,
        (Model::Within, [] | ["entity"]) => Some(false),
        (Model::WithinTwoWay, []) | (Model::Within, ["entity", "time"] | ["time", "entity"]) => Some(true),
        _ => return refused("models other than OLS and effects of entities, or of entities and times,"),
    };
    Ok(Shape { model, effects, intercept: effects.is_none() && formula.intercept })
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
            name_more(single, &block.single);
            visit(block);
            Ok(())
        })?;
        Ok(())
    }

    fn estimate(
        &mut self,
        shape: Shape,
        covariance: &Covariance,
        observations: &mut usize,
    ) -> std::result::Result<Estimated, Stop> {
        let formula = self.formula;
        let variables = formula.regressors.len() + 1;
        let order = variables + usize::from(shape.intercept);
        let mut transformation = match shape.effects {
            None => Transformation::Levels { intercept: shape.intercept },
            Some(_) => Transformation::Within { times: None },
        };
        let (mut times, mut components) = (0, 0);
        let reduced = if shape.effects == Some(true) {
            let mut equations = TimeEquations::default();
            self.pass(|block| equations.add(block))?;
            (times, components) = (equations.sizes.len(), equations.parts());
            self.two_way(&equations, order, variables, &mut transformation)?
        } else {
            let mut reduced = Reduced::new(order, variables, 0);
            self.pass(|block| reduced.add(block, &transformation))?;
            reduced
        };
        let single = std::mem::take(&mut self.single);
        let gathered = Gathered { reduced, walked: self.walked, times, components, single };
        *observations = gathered.observations(formula);
        let mut solution = gathered.solve(formula, shape)?;
        let scored = !matches!(covariance, Covariance::Classical(_));
        let mut residual = Residual::new(solution.chosen.len());
        for _ in 0..MOST_REFINEMENTS {
            residual = Residual::new(solution.chosen.len());
            let Solution { chosen, coefficients, .. } = &solution;
            self.pass(|block| {
                residual.add(block, &transformation, chosen, coefficients, scored);
                residual.condense();
            })?;
            let (step, length) = solution.step(&residual);
            if length <= 1e-13 * residual.rss.sqrt() || !length.is_finite() || !norm(&step).is_finite() {
                break;
            }
            solution.coefficients.iter_mut().zip(&step).for_each(|(b, step)| *b += step);
        }
        Ok(gathered.estimated(formula, shape, solution, residual)?)
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
}
