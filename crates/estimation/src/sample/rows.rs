//! Where the rows of an estimated equation belong.

use std::collections::BTreeMap;
use std::ops::Range;

use super::sample::Sample;
use crate::absorb::Factor;

/// Each row's group and time: of the sample's rows, or of those that a model makes of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Rows {
    /// Each entity's rows; of models that aren't about entities, each row on its own.
    pub(crate) groups: Vec<Range<usize>>,
    /// Each row's time.
    pub(crate) times: Vec<i32>,
}

impl Rows {
    /// The sample's own.
    pub(crate) fn of(sample: &Sample) -> Self {
        Self { groups: sample.groups().to_vec(), times: sample.times().to_vec() }
    }

    /// Rows that are each a group of their own.
    pub(crate) fn single(times: Vec<i32>) -> Self {
        Self { groups: (0..times.len()).map(|row| row..row + 1).collect(), times }
    }

    /// The rows by group.
    pub(crate) fn by_entity(&self) -> Factor {
        let codes = self.groups.iter().enumerate();
        Factor::new(codes.flat_map(|(code, group)| group.clone().map(move |_| code)).collect())
    }

    /// The rows by time, in order of time.
    pub(crate) fn by_time(&self) -> Factor {
        let mut codes: BTreeMap<i32, usize> = self.times.iter().map(|time| (*time, 0)).collect();
        codes.values_mut().enumerate().for_each(|(code, slot)| *slot = code);
        Factor::new(self.times.iter().map(|time| codes[time]).collect())
    }
}
