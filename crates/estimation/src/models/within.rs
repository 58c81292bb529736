//! Fixed effects of entities, times or both: least squares on what the effects leave of the variables,
//! b = (X'QX)^-1 X'Qy with Q the projection off the effects' dummy variables (Wooldridge 2010,
//! Econometric Analysis of Cross Section and Panel Data, eq. 10.46 and 10.49; for both effects Baltagi
//! 2013, Econometric Analysis of Panel Data, section 3.2).
//!
//! The residual degrees of freedom are n - k less the effects: N for entities (those observed once too),
//! T for times, and N + T - C for both, where C counts the parts of the panel that have no entity and no
//! time in common; 1 in any ordinary panel.

use faer::Mat;

use super::{Effects, Goodness, Levels, Solved, check_residual_df, check_size};
use crate::absorb::{Factor, components, residual};
use crate::design::{Design, is_constant, mean, norm};
use crate::estimated::Absorbed;
use crate::least_squares::LeastSquares;
use crate::rows::Rows;
use crate::{Estimated, Model, Reason, Sample};

/// What is left of a variable counts as nothing below this share of it.
const NOTHING: f64 = 1e-12;

/// Estimates the equation with effects for each entity, time or both of the sample.
pub(super) fn estimate(sample: &Sample, effects: Effects, model: Model) -> Result<Estimated, Reason> {
    let formula = sample.formula();
    let rows = Rows::of(sample);
    let absorbed = absorbed(&rows, effects);
    let parameters = formula.regressors.len() + absorbed.parameters;
    check_size(sample, parameters)?;
    let (variables, dependent) = vanishing(sample, &rows, effects)?;
    if dependent {
        return Err(match effects {
            Effects::Entity => Reason::ConstantDependentWithin { variable: formula.dependent.clone() },
            _ => Reason::DependentAbsorbed { variable: formula.dependent.clone() },
        });
    }
    if !variables.is_empty() {
        return Err(match effects {
            Effects::Entity => Reason::ConstantWithin { variables },
            _ => Reason::Absorbed { variables },
        });
    }
    let design = transformed(sample, &rows, effects)?;
    let solution = LeastSquares::solve(&design).map_err(|collinear| Reason::RankDeficient { collinear })?;
    check_residual_df(sample, parameters)?;
    let levels = levels(sample, &rows, effects, &solution.coefficients);
    let solved = Solved {
        model,
        deviations: design.y.clone(),
        design,
        solution,
        rows,
        absorbed,
        goodness: Goodness::Decomposition,
        levels,
        components: None,
    };
    Estimated::new(sample, solved)
}

/// How many parameters the effects take, and what they are.
pub(super) fn absorbed(rows: &Rows, effects: Effects) -> Absorbed {
    let (entities, times) = (rows.by_entity(), rows.by_time());
    let (entity, time) = (entities.levels(), times.levels());
    match effects {
        Effects::Entity => Absorbed { parameters: entity, entity_levels: entity, time_levels: 0 },
        Effects::Time => Absorbed { parameters: time, entity_levels: 0, time_levels: time },
        Effects::TwoWay => Absorbed {
            parameters: (entity + time).saturating_sub(components(&entities, &times)),
            entity_levels: entity,
            time_levels: time,
        },
    }
}

/// The factors of the effects.
pub(super) fn factors(rows: &Rows, effects: Effects) -> Vec<Factor> {
    match effects {
        Effects::Entity => vec![rows.by_entity()],
        Effects::Time => vec![rows.by_time()],
        Effects::TwoWay => vec![rows.by_entity(), rows.by_time()],
    }
}

/// The regressors of which the effects leave nothing, and whether that is so of the dependent variable.
pub(super) fn vanishing(
    sample: &Sample,
    rows: &Rows,
    effects: Effects,
) -> Result<(Vec<String>, bool), Reason> {
    let factors = factors(rows, effects);
    let vanishes = |values: &[f64]| -> Result<bool, Reason> {
        if effects == Effects::Entity {
            return Ok(rows.groups.iter().all(|group| is_constant(&values[group.clone()])));
        }
        // An overflow is reported where the sums are taken.
        let size = norm(values);
        Ok(size.is_finite() && norm(&residual(values, &factors)?) <= NOTHING * size)
    };
    let mut names = Vec::new();
    for (name, values) in sample.formula().regressors.iter().zip(sample.regressors()) {
        if vanishes(values)? {
            names.push(name.clone());
        }
    }
    Ok((names, vanishes(sample.dependent())?))
}

/// What the effects leave of the variables.
pub(super) fn transformed(sample: &Sample, rows: &Rows, effects: Effects) -> Result<Design, Reason> {
    let factors = factors(rows, effects);
    let columns: Vec<Vec<f64>> =
        sample.regressors().iter().map(|values| residual(values, &factors)).collect::<Result<_, _>>()?;
    Ok(Design {
        names: sample.formula().regressors.clone(),
        x: Mat::from_fn(sample.height(), columns.len(), |row, column| columns[column][row]),
        y: residual(sample.dependent(), &factors)?,
        magnitudes: sample.regressors().iter().map(|column| norm(column)).collect(),
        y_magnitude: norm(sample.dependent()),
    })
}

/// The effects, of which y - Xb is the sum with the residual.
pub(super) fn levels(sample: &Sample, rows: &Rows, effects: Effects, coefficients: &[f64]) -> Levels {
    let by_group = |factor: &Factor| -> Vec<f64> {
        let dependent = factor.means(sample.dependent());
        let regressors: Vec<Vec<f64>> =
            sample.regressors().iter().map(|values| factor.means(values)).collect();
        let explained = |level: usize| -> f64 {
            regressors.iter().zip(coefficients).map(|(means, b)| means[level] * b).sum()
        };
        dependent.iter().enumerate().map(|(level, mean)| mean - explained(level)).collect()
    };
    match effects {
        Effects::Entity => Levels {
            entity: rows.groups.iter().map(|group| group_effect(sample, group, coefficients)).collect(),
            time: Vec::new(),
        },
        Effects::Time => Levels { entity: Vec::new(), time: by_group(&rows.by_time()) },
        Effects::TwoWay => two_way_levels(sample, rows, coefficients),
    }
}

fn group_effect(sample: &Sample, group: &std::ops::Range<usize>, coefficients: &[f64]) -> f64 {
    let means = sample.regressors().iter().map(|values| mean(&values[group.clone()]));
    let explained: f64 = means.zip(coefficients).map(|(mean, b)| mean * b).sum();
    mean(&sample.dependent()[group.clone()]) - explained
}

/// Both effects, by taking means of what the other leaves, in turn.
fn two_way_levels(sample: &Sample, rows: &Rows, coefficients: &[f64]) -> Levels {
    const MOST_ROUNDS: usize = 10_000;
    let (entities, times) = (rows.by_entity(), rows.by_time());
    let unexplained: Vec<f64> = (0..sample.height())
        .map(|row| {
            let fitted: f64 =
                sample.regressors().iter().zip(coefficients).map(|(values, b)| values[row] * b).sum();
            sample.dependent()[row] - fitted
        })
        .collect();
    let scale = norm(&unexplained) / (unexplained.len() as f64).sqrt();
    let mut time = vec![0.0; times.levels()];
    let mut entity = vec![0.0; entities.levels()];
    for _ in 0..MOST_ROUNDS {
        let left: Vec<f64> = unexplained.iter().zip(&times.codes).map(|(u, code)| u - time[*code]).collect();
        entity = entities.means(&left);
        let left: Vec<f64> =
            unexplained.iter().zip(&entities.codes).map(|(u, code)| u - entity[*code]).collect();
        let next = times.means(&left);
        let moved = next.iter().zip(&time).map(|(new, old)| (new - old).abs()).fold(0.0, f64::max);
        time = next;
        if moved <= 4.0 * f64::EPSILON * scale {
            break;
        }
    }
    let first = time.first().copied().unwrap_or(0.0);
    time.iter_mut().for_each(|effect| *effect -= first);
    entity.iter_mut().for_each(|effect| *effect += first);
    Levels { entity, time }
}
