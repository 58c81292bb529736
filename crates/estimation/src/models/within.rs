//! Fixed effects of entities, times, both, or whatever the equation names: least squares on what the effects
//! leave of the variables, b = (X'QX)^-1 X'Qy with Q the projection off the effects' dummy variables
//! (Wooldridge 2010, Econometric Analysis of Cross Section and Panel Data, eq. 10.46 and 10.49; for both
//! effects Baltagi 2013, Econometric Analysis of Panel Data, section 3.2). With weights the projection is in their
//! metric, and rows are multiplied by the roots of their weights.
//!
//! The residual degrees of freedom are n - k less the effects: N for entities (those observed once too),
//! T for times, and N + T - C for both, where C counts the parts of the panel that have no entity and no
//! time in common; 1 in any ordinary panel. For more see [`independent`].

use faer::Mat;
use rayon::prelude::*;

use super::effects::Effects;
use super::levels::Levels;
use super::model::Model;
use super::sample_size::{check_after_dropping, check_before_dropping};
use super::solved::{Absorbed, Goodness, Solved, dropped_note, log_roots};
use crate::absorb::{Factor, Grouping, Projection, components, independent, residual};
use crate::numerics::{CollinearColumns, Design, LeastSquares, NOTHING, is_constant, norm};
use crate::outcome::{Note, Reason};
use crate::sample::{DropCause, EffectOf, Rows, Sample, Singletons};

/// The groupings of the rows that a model has effects for.
struct Absorbing {
    groupings: Vec<Grouping>,
    of: Vec<EffectOf>,
}

impl Absorbing {
    /// Those of the equation where it names some; else the model's.
    fn new(sample: &Sample, effects: Effects) -> Self {
        let named = sample.effects();
        if !named.is_empty() {
            return Self {
                groupings: named.iter().map(|one| one.grouping.clone()).collect(),
                of: named.iter().map(|one| one.of).collect(),
            };
        }
        let (mut groupings, mut of) = (Vec::new(), Vec::new());
        if effects.has_entity() {
            groupings.push(Grouping::runs(sample.shared_groups()));
            of.push(EffectOf::Entities);
        }
        if effects.has_time() {
            groupings.push(Grouping::by_time(sample.times()).0);
            of.push(EffectOf::Times);
        }
        Self { groupings, of }
    }

    /// Whether the effects are of entities alone.
    fn is_entity(&self) -> bool {
        self.of == [EffectOf::Entities]
    }

    fn projection<'a>(&self, sample: &'a Sample) -> Projection<'a> {
        let crossed = self.of.contains(&EffectOf::Entities) && self.of.contains(&EffectOf::Times);
        Projection::new(&self.groupings, sample.weights(), sample.height(), crossed)
    }

    /// The rows that an effect has to itself, taken away until there are none; and in how many rounds.
    fn without_singletons(&self, sample: &Sample) -> (Vec<bool>, usize) {
        let height = sample.height();
        let counts_of = |row: usize| match (sample.weights(), sample.observations() == height) {
            // As often as it was observed.
            (Some(weights), false) => weights[row] as usize,
            _ => 1,
        };
        let codes: Vec<_> = self.groupings.iter().map(|grouping| grouping.each(height)).collect();
        let mut counts: Vec<Vec<usize>> =
            self.groupings.iter().map(|grouping| vec![0; grouping.levels()]).collect();
        for (counts, codes) in counts.iter_mut().zip(&codes) {
            (0..height).for_each(|row| counts[codes[row] as usize] += counts_of(row));
        }
        let mut keep = vec![true; height];
        let mut rounds = 0;
        loop {
            let single: Vec<usize> = (0..height)
                .filter(|row| {
                    keep[*row] && counts.iter().zip(&codes).any(|(c, codes)| c[codes[*row] as usize] == 1)
                })
                .collect();
            if single.is_empty() {
                return (keep, rounds);
            }
            rounds += 1;
            for row in single {
                keep[row] = false;
                for (counts, codes) in counts.iter_mut().zip(&codes) {
                    let slot = &mut counts[codes[row] as usize];
                    *slot = slot.saturating_sub(1);
                }
            }
        }
    }
}

/// Estimates the equation with the effects that it names, or else with effects for each entity, time or both of
/// the sample.
pub(super) fn estimate(sample: &Sample, effects: Effects, model: Model) -> Result<Solved, Reason> {
    if sample.formula().singletons == Singletons::Drop {
        let (keep, rounds) = Absorbing::new(sample, effects).without_singletons(sample);
        if rounds > 0 {
            let rest = sample.retain(&keep, DropCause::Singleton);
            let rows = sample.height() - rest.height();
            return estimate_kept(&rest, effects, model, vec![Note::SingletonsDropped { rows, rounds }]);
        }
    }
    estimate_kept(sample, effects, model, Vec::new())
}

fn estimate_kept(
    sample: &Sample,
    effects: Effects,
    model: Model,
    mut notes: Vec<Note>,
) -> Result<Solved, Reason> {
    let formula = sample.formula();
    if sample.height() == 0 {
        return Err(sample.nothing_left());
    }
    if formula.regressors.is_empty() {
        return Err(Reason::InterceptAbsorbed);
    }
    let absorbing = Absorbing::new(sample, effects);
    let projection = absorbing.projection(sample);
    let (absorbed, exact) = count(sample, &absorbing, &projection);
    if !exact {
        let (effects, parameters) = (absorbing.groupings.len(), absorbed.parameters);
        notes.push(Note::RedundancyByPairs { effects, parameters });
    }
    let parameters = formula.regressors.len() + absorbed.parameters;
    check_before_dropping(sample, parameters, absorbed.parameters)?;
    let by_entity = |values: &[f64]| {
        absorbing.is_entity() && sample.groups().iter().all(|group| is_constant(&values[group.clone()]))
    };
    let nothing_left = || match absorbing.is_entity() {
        true => Reason::ConstantDependentWithin { variable: formula.dependent.clone() },
        false => Reason::DependentAbsorbed { variable: formula.dependent.clone() },
    };
    if by_entity(sample.dependent()) {
        return Err(nothing_left());
    }
    let design = project(sample, &projection)?;
    if !absorbing.is_entity() && vanished(&design.y, design.y_magnitude) {
        return Err(nothing_left());
    }
    let variables: Vec<String> = formula
        .regressors
        .iter()
        .zip(sample.regressors())
        .enumerate()
        .filter(|(at, (_, values))| match absorbing.is_entity() {
            true => by_entity(values),
            false => {
                let column: Vec<f64> = (0..sample.height()).map(|row| design.x[(row, *at)]).collect();
                vanished(&column, design.magnitudes[*at])
            }
        })
        .map(|(_, (name, _))| name.clone())
        .collect();
    let refused = formula.collinear == CollinearColumns::Refuse && !variables.is_empty();
    if refused || variables.len() == formula.regressors.len() {
        return Err(match absorbing.is_entity() {
            true => Reason::ConstantWithin { variables },
            false => Reason::Absorbed { variables },
        });
    }
    let design = if variables.is_empty() {
        design
    } else {
        let left = |at: &usize| !variables.contains(&design.names[*at]);
        let kept: Vec<usize> = (0..design.names.len()).filter(left).collect();
        notes.push(Note::AbsorbedDropped { variables });
        design.with_columns(&kept)
    };
    let (design, solution, collinear) = LeastSquares::solve_dropping(design, formula.collinear)?;
    notes.extend(dropped_note(collinear));
    check_after_dropping(sample, parameters, design.names.len() + absorbed.parameters)?;
    Ok(Solved {
        model,
        sample: sample.clone(),
        formula: sample.formula().clone(),
        deviations: None,
        design,
        solution,
        rows: Rows::of(sample),
        absorbed,
        goodness: Goodness::Decomposition,
        levels: Levels::on_demand(effects),
        components: None,
        log_roots: log_roots(sample.formula(), sample.weights()),
        notes,
    })
}

/// Each effect's level of each row, and whether the effect is the entities'.
pub(crate) fn effect_codes(sample: &Sample, effects: Effects) -> Vec<(Vec<usize>, bool)> {
    let absorbing = Absorbing::new(sample, effects);
    let codes =
        |grouping: &Grouping| grouping.each(sample.height()).iter().map(|code| *code as usize).collect();
    absorbing
        .groupings
        .iter()
        .zip(&absorbing.of)
        .map(|(grouping, of)| (codes(grouping), *of == EffectOf::Entities))
        .collect()
}

/// What the effects leave of values of rows multiplied by the roots of their weights.
pub(crate) fn projected(sample: &Sample, effects: Effects, values: &[f64]) -> Result<Vec<f64>, Reason> {
    let absorbing = Absorbing::new(sample, effects);
    let mut left = values.to_vec();
    if let Some(weights) = sample.weights() {
        left.iter_mut().zip(weights).for_each(|(value, weight)| *value /= weight.sqrt());
    }
    absorbing.projection(sample).project(&mut left)?;
    if let Some(weights) = sample.weights() {
        left.iter_mut().zip(weights).for_each(|(value, weight)| *value *= weight.sqrt());
    }
    Ok(left)
}

/// How many parameters the effects take and what they are, and whether that is exact.
fn count(sample: &Sample, absorbing: &Absorbing, projection: &Projection) -> (Absorbed, bool) {
    let (parameters, exact) = independent(&absorbing.groupings, projection, sample.height());
    // Further effects that lie within one entity, or within one time, count with theirs.
    let levels_in = |key: EffectOf| -> usize {
        let own = absorbing.of.contains(&EffectOf::Others).then(|| match key {
            EffectOf::Entities => Grouping::runs(sample.shared_groups()),
            _ => Grouping::by_time(sample.times()).0,
        });
        let nested = absorbing.groupings.iter().zip(&absorbing.of).filter(|(grouping, of)| {
            let within = |own: &Grouping| grouping.is_nested_in(own, sample.height());
            **of == key || (**of == EffectOf::Others && own.as_ref().is_some_and(within))
        });
        let levels: Vec<usize> = nested.map(|(grouping, _)| grouping.levels()).collect();
        (levels.iter().sum::<usize>() + 1).saturating_sub(levels.len()) * usize::from(!levels.is_empty())
    };
    let absorbed = Absorbed {
        parameters,
        entity_levels: levels_in(EffectOf::Entities).min(parameters),
        time_levels: levels_in(EffectOf::Times).min(parameters),
    };
    (absorbed, exact)
}

fn vanished(left: &[f64], magnitude: f64) -> bool {
    // An overflow is reported where the sums are taken.
    magnitude.is_finite() && norm(left) <= NOTHING * magnitude
}

/// What the effects leave of the variables, in rows multiplied by the roots of their weights.
fn project(sample: &Sample, projection: &Projection) -> Result<Design, Reason> {
    let regressors = sample.regressors();
    let mut x = Mat::zeros(sample.height(), regressors.len());
    let mut y = sample.dependent().to_vec();
    let mut columns: Vec<&mut [f64]> = vec![&mut y];
    for (column, values) in x.as_mut().col_iter_mut().zip(regressors) {
        if let Some(column) = column.try_as_col_major_mut() {
            let column = column.as_slice_mut();
            column.copy_from_slice(values);
            columns.push(column);
        }
    }
    projection.project_all(columns)?;
    let design = Design {
        names: sample.formula().regressors.clone(),
        x,
        y,
        magnitudes: regressors.par_iter().map(|column| norm(column)).collect(),
        y_magnitude: norm(sample.dependent()),
    };
    Ok(match sample.weights() {
        None => design,
        Some(weights) => {
            let before: Vec<&[f64]> = regressors.iter().map(|column| &**column).collect();
            design.weighted(weights, &before, sample.dependent())
        }
    })
}

/// How many parameters a model's effects take, and what they are.
pub(super) fn absorbed(rows: &Rows, effects: Effects) -> Absorbed {
    let (entities, times) = (rows.by_entity(), rows.by_time());
    let (entity, time) = (entities.levels(), times.levels());
    match effects {
        Effects::Entity => Absorbed { parameters: entity, entity_levels: entity, time_levels: 0 },
        Effects::Time => Absorbed { parameters: time, entity_levels: 0, time_levels: time },
        Effects::TwoWay => {
            let parts = components(&(&entities).into(), &(&times).into(), entities.codes.len());
            Absorbed {
                parameters: (entity + time).saturating_sub(parts),
                entity_levels: entity,
                time_levels: time,
            }
        }
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
        Ok(vanished(&residual(values, &factors)?, norm(values)))
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

/// The effects of each grouping's levels, of which y - Xb is the sum with the residual: with several, all but the
/// first's first level are zero.
pub(crate) fn levels(
    sample: &Sample,
    effects: Effects,
    coefficient: impl Fn(&str) -> f64,
) -> Result<Vec<(EffectOf, Vec<f64>)>, Reason> {
    let mut unexplained = sample.dependent().to_vec();
    for (name, values) in sample.formula().regressors.iter().zip(sample.regressors()) {
        let b = coefficient(name);
        unexplained.iter_mut().zip(values.iter()).for_each(|(left, value)| *left -= b * value);
    }
    let absorbing = Absorbing::new(sample, effects);
    let found = absorbing.projection(sample).effects(&unexplained)?;
    Ok(absorbing.of.into_iter().zip(found).collect())
}
