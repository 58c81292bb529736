//! The variables of several equations on the rows that all of them can use.

use std::collections::BTreeSet;
use std::ops::Range;

use faer::Mat;
use vintner_panel::{Panel, Shape};

use crate::absorb::{Grouping, Projection, components, residual};
use crate::models::Effects;
use crate::numerics::dense::reduce;
use crate::numerics::{NOTHING, is_constant, less_means, norm, weighted_mean};
use crate::outcome::{INTERCEPT, Reason, Result};
use crate::sample::{DroppedRow, Formula, Rows, Sample, Weights};

/// Norms beyond this, or below its reciprocal, are refused.
const LARGEST: f64 = 1e75;

/// The variables of an analysis, effects taken off, on their common listwise-complete rows.
#[derive(Debug, Clone)]
pub(crate) struct JointSample {
    /// The variables; the intercept's column of ones is first where no effects are absorbed.
    pub(crate) names: Vec<String>,
    /// Each variable less the effects, n values.
    pub(crate) columns: Vec<Vec<f64>>,
    /// Each variable's norm before effects were taken off: what is small against it is rounding.
    pub(crate) magnitudes: Vec<f64>,
    /// The weights, by whose roots rows were multiplied.
    pub(crate) weights: Option<Vec<f64>>,
    /// The variables' deviations from their overall means, before effects were taken off.
    centered: Vec<Vec<f64>>,
    /// Variables of which the effects leave nothing.
    pub(crate) vanished: Vec<bool>,
    /// Rows with the same cross-products as the columns.
    pub(crate) reduced: Mat<f64>,
    /// Parameters that the effects take.
    pub(crate) absorbed: usize,
    /// Where the rows belong.
    pub(crate) rows: Rows,
    /// The entities with rows.
    pub(crate) entities: Vec<String>,
    /// Which keys the rows have.
    pub(crate) shape: Shape,
    /// The rows left out, with what is missing there.
    pub(crate) dropped: Vec<DroppedRow>,
    /// What of the sample doesn't allow an estimate at all.
    pub(crate) refusal: Option<Reason>,
}

impl JointSample {
    /// The named variables of a panel; names that come twice count once.
    pub(crate) fn new(panel: &Panel, variables: &[&str], effects: Option<Effects>) -> Result<Self> {
        Self::weighted(panel, variables, effects, None)
    }

    /// The same where rows have weights: effects and means are taken off in their metric, and rows, the intercept's among
    /// them, are multiplied by their roots, so that all that follows is of weighted rows.
    pub(crate) fn weighted(
        panel: &Panel,
        variables: &[&str],
        effects: Option<Effects>,
        weights: Option<&Weights>,
    ) -> Result<Self> {
        let mut seen = BTreeSet::new();
        let unique: Vec<&str> = variables.iter().copied().filter(|name| seen.insert(*name)).collect();
        let (first, rest) = unique.split_first().unwrap_or((&"", &[]));
        // The rows of an equation of one variable on all others are those that have all of them.
        let mut formula = Formula::new(*first, rest);
        formula.weights = weights.cloned();
        let sample = Sample::new(panel, &formula)?;
        let rows = Rows::of(&sample);
        let values: Vec<&[f64]> = std::iter::once(sample.dependent())
            .chain(sample.regressors().iter().map(|column| &**column))
            .collect();
        let everything: Range<usize> = 0..sample.height();
        let roots: Option<Vec<f64>> =
            sample.weights().map(|weights| weights.iter().map(|weight| weight.sqrt()).collect());
        let rooted = |values: &[f64]| -> Vec<f64> {
            match &roots {
                Some(roots) => values.iter().zip(roots).map(|(value, root)| value * root).collect(),
                None => values.to_vec(),
            }
        };
        let centered = |values: &&[f64]| match sample.weights() {
            Some(weights) => {
                let centre = weighted_mean(values, weights);
                rooted(&values.iter().map(|value| value - centre).collect::<Vec<_>>())
            }
            None => less_means(values, std::slice::from_ref(&everything)),
        };
        let mut joint = Self {
            names: unique.iter().map(|name| (*name).to_owned()).collect(),
            magnitudes: values.iter().map(|column| norm(&rooted(column))).collect(),
            centered: values.iter().map(centered).collect(),
            columns: values.iter().map(|column| column.to_vec()).collect(),
            vanished: vec![false; unique.len()],
            reduced: Mat::new(),
            absorbed: 0,
            entities: sample.entities().to_vec(),
            shape: sample.shape(),
            dropped: sample.dropped().to_vec(),
            refusal: None,
            weights: sample.weights().map(<[f64]>::to_vec),
            rows,
        };
        if sample.height() == 0 {
            joint.refusal = Some(Reason::NoObservations { rows_dropped: joint.dropped.len() });
            return Ok(joint);
        }
        if joint.is_out_of_range() {
            return Ok(joint);
        }
        match effects {
            Some(effects) => {
                let shape = joint.shape;
                let lacks_entities = effects.has_entity() && !shape.repeats_entities();
                if lacks_entities || (effects.has_time() && !shape.has_time()) {
                    let what = if lacks_entities { "effects of entities" } else { "effects of times" };
                    joint.refusal = Some(Reason::Keys { shape, what: what.into() });
                    return Ok(joint);
                }
                if let Err(reason) = joint.absorb(effects, sample.weights()) {
                    joint.refusal = Some(reason);
                    return Ok(joint);
                }
            }
            None => {
                let height = sample.height();
                if roots.is_some() {
                    joint.columns.iter_mut().for_each(|column| *column = rooted(column));
                }
                let ones = rooted(&vec![1.0; height]);
                joint.names.insert(0, INTERCEPT.into());
                joint.magnitudes.insert(0, norm(&ones));
                joint.columns.insert(0, ones);
                joint.centered.insert(0, vec![0.0; height]);
                joint.vanished.insert(0, false);
            }
        }
        if joint.is_out_of_range() {
            return Ok(joint);
        }
        joint.reduced = reduce(&joint.columns);
        Ok(joint)
    }

    /// Whether products of four variables would leave the range of double precision; sets the refusal.
    fn is_out_of_range(&mut self) -> bool {
        let size = |column: &Vec<f64>| norm(column);
        let out = |size: f64| size != 0.0 && !(1.0 / LARGEST..=LARGEST).contains(&size);
        let found = self
            .columns
            .iter()
            .zip(&self.magnitudes)
            .position(|(column, magnitude)| out(size(column)) || out(*magnitude));
        if let Some(found) = found {
            self.refusal = Some(Reason::NotFinite { what: format!("the scale of `{}`", self.names[found]) });
        }
        found.is_some()
    }

    fn absorb(&mut self, effects: Effects, weights: Option<&[f64]>) -> std::result::Result<(), Reason> {
        let (entities, times) = (self.rows.by_entity(), self.rows.by_time());
        self.absorbed = match effects {
            Effects::Entity => entities.levels(),
            Effects::Time => times.levels(),
            Effects::TwoWay => (entities.levels() + times.levels()).saturating_sub(components(
                &(&entities).into(),
                &(&times).into(),
                entities.codes.len(),
            )),
        };
        let factors = match effects {
            Effects::Entity => vec![entities],
            Effects::Time => vec![times],
            Effects::TwoWay => vec![entities, times],
        };
        let groupings: Vec<Grouping> = factors.iter().map(Grouping::from).collect();
        let crossed = effects == Effects::TwoWay;
        let projection =
            weights.map(|weights| Projection::new(&groupings, Some(weights), self.rows.times.len(), crossed));
        for (at, column) in self.columns.iter_mut().enumerate() {
            let constant = self.rows.groups.iter().all(|group| is_constant(&column[group.clone()]));
            let left = match (&projection, weights) {
                (Some(projection), Some(weights)) => {
                    let mut left = column.clone();
                    projection.project(&mut left)?;
                    left.iter_mut().zip(weights).for_each(|(value, weight)| *value *= weight.sqrt());
                    left
                }
                _ => residual(column, &factors)?,
            };
            let nothing = (effects.has_entity() && constant) || norm(&left) <= NOTHING * self.magnitudes[at];
            self.vanished[at] = nothing;
            *column = if nothing { vec![0.0; left.len()] } else { left };
        }
        Ok(())
    }

    /// How many rows there are.
    pub(crate) fn height(&self) -> usize {
        self.rows.times.len()
    }

    /// The place of a variable.
    pub(crate) fn place(&self, name: &str) -> Option<usize> {
        self.names.iter().position(|one| one == name)
    }

    /// The places of variables that are known to be there.
    pub(crate) fn places<'a>(&self, names: impl IntoIterator<Item = &'a str>) -> Vec<usize> {
        names.into_iter().filter_map(|name| self.place(name)).collect()
    }

    /// The inner product of two variables' deviations from their overall means, effects not taken off.
    pub(crate) fn centered_product(&self, one: usize, other: usize) -> f64 {
        crate::numerics::dense::dot(&self.centered[one], &self.centered[other])
    }

    /// The overall mean of a vector given by its reduced rows; nothing where effects were taken off, which
    /// leave a mean of zero. Of weighted rows the number whose square, n times, is what the intercept explains.
    pub(crate) fn mean(&self, reduced: &[f64]) -> f64 {
        match self.place(INTERCEPT) {
            Some(ones) => {
                let sum: f64 = (0..reduced.len()).map(|row| self.reduced[(row, ones)] * reduced[row]).sum();
                match &self.weights {
                    Some(weights) => sum / (self.height() as f64 * weights.iter().sum::<f64>()).sqrt(),
                    None => sum / self.height() as f64,
                }
            }
            None => 0.0,
        }
    }

    /// The combination of columns with the given weights, n values.
    pub(crate) fn combination(&self, places: &[usize], weights: impl Fn(usize) -> f64) -> Vec<f64> {
        let mut sum = vec![0.0; self.height()];
        for (at, place) in places.iter().enumerate() {
            let weight = weights(at);
            if weight != 0.0 {
                sum.iter_mut().zip(&self.columns[*place]).for_each(|(sum, value)| *sum += weight * value);
            }
        }
        sum
    }
}
