//! The effects that a model absorbs, for what has to know more of them than how many they are.

use std::collections::BTreeMap;

use crate::absorb::{Factor, Grouping, components};
use crate::models::{Effects, within};
use crate::sample::Sample;

/// The effects that were absorbed and the rows that have them.
#[derive(Debug, Clone, Copy)]
pub struct AbsorbedEffects<'a> {
    sample: &'a Sample,
    effects: Effects,
}

impl<'a> AbsorbedEffects<'a> {
    pub(crate) fn new(sample: &'a Sample, effects: Effects) -> Self {
        Self { sample, effects }
    }

    /// Whether they are those of entities, times or both, and no others.
    pub(super) fn is_plain(&self) -> bool {
        self.sample.formula().effects.is_empty()
    }

    /// Each factor's level of each row, without holes in the numbers.
    pub(super) fn codes(&self) -> Vec<Vec<usize>> {
        let factors = within::effect_codes(self.sample, self.effects);
        factors
            .into_iter()
            .map(|(codes, _)| {
                let mut seen: BTreeMap<usize, usize> = codes.iter().map(|code| (*code, 0)).collect();
                seen.values_mut().enumerate().for_each(|(number, slot)| *slot = number);
                codes.iter().map(|code| seen[code]).collect()
            })
            .collect()
    }

    /// How many parameters some of the factors take together: of two exactly, of more as redundant levels are
    /// counted for pairs.
    pub(super) fn independent(&self, factors: &[&Vec<usize>]) -> usize {
        let groupings: Vec<Grouping> =
            factors.iter().map(|codes| Grouping::from(&Factor::new(codes.to_vec()))).collect();
        let height = factors.first().map_or(0, |codes| codes.len());
        let levels: usize = groupings.iter().map(Grouping::levels).sum();
        let redundant = |at: usize| {
            let before = groupings[..at].iter().map(|one| components(one, &groupings[at], height));
            before.max().unwrap_or(0)
        };
        levels - (1..groupings.len()).map(redundant).sum::<usize>()
    }

    /// The rows' weights.
    pub(super) fn weights(&self) -> Option<&'a [f64]> {
        self.sample.weights()
    }
}
