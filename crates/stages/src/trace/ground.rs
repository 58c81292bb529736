//! The rows of panels, and the variables in them, that an output is computed from.

use std::collections::BTreeSet;
use std::rc::Rc;

use vintner_panel::{Frequency, Panel, Period};

use super::dropped_sample::DroppedSample;
use super::output_of::OutputOf;

/// A panel's row: entity and time.
pub(super) type Row = (String, i32);

/// Rows of a panel and the variables in them. Of tidy values, which are no panel yet, all rows: none are listed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Ground {
    pub(super) panel: OutputOf,
    /// How long its times are, whose numbers the rows have.
    pub(super) frequency: Frequency,
    pub(super) variables: Vec<String>,
    pub(super) sample: Vec<Row>,
    /// Further rows, whose values are read for those of the sample: by lags, differences and instruments.
    pub(super) earlier: Vec<Row>,
    pub(super) dropped: Vec<DroppedSample>,
}

impl Ground {
    /// Of a panel, without rows yet.
    pub(super) fn on(of: OutputOf, panel: &Panel, variables: Vec<String>) -> Self {
        let frequency = panel.frequency();
        Self { panel: of, frequency, variables, sample: Vec::new(), earlier: Vec::new(), dropped: Vec::new() }
    }

    /// Leaves each row in once, and out of those that were left out where another equation has it.
    pub(super) fn without_twice(&mut self) {
        self.sample.sort();
        self.sample.dedup();
        let sample = &self.sample;
        self.earlier.sort();
        self.earlier.dedup();
        self.earlier.retain(|row| sample.binary_search(row).is_err());
        self.dropped.retain(|row| sample.binary_search(&(row.entity.clone(), row.time.ordinal())).is_err());
    }
}

/// All that a number rests on. Many numbers share it.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Base {
    pub(super) grounds: Vec<Ground>,
    /// The stages in other languages that lie between these and the number.
    pub(super) opaque: BTreeSet<String>,
}

/// What an output is computed from.
#[derive(Debug, Clone, Default)]
pub(super) struct Behind {
    pub(super) base: Rc<Base>,
    /// The outputs that lie between, the nearest first.
    pub(super) passed: Vec<OutputOf>,
}

/// Operations whose frames are followed column by column.
pub(super) const FOLLOWED: [&str; 4] = ["assemble", "exposure", "deflate", "derive"];
impl Base {
    /// One panel's rows.
    pub(super) fn of(ground: Ground) -> Rc<Self> {
        Rc::new(Self { grounds: vec![ground], opaque: BTreeSet::new() })
    }

    /// The rows of all panels, each once, with their periods.
    pub(super) fn sample(&self) -> Vec<(String, Period)> {
        let of_ground = |ground: &Ground| {
            let row = |(entity, time): &Row| (entity.clone(), period_of(ground.frequency, *time));
            ground.sample.iter().map(row).collect::<Vec<_>>()
        };
        match &self.grounds[..] {
            [one] => of_ground(one),
            several => {
                let all: BTreeSet<(String, Period)> = several.iter().flat_map(of_ground).collect();
                all.into_iter().collect()
            }
        }
    }

    /// The rows that were left out of any panel's.
    pub(super) fn dropped(&self) -> Vec<DroppedSample> {
        self.grounds.iter().flat_map(|ground| &ground.dropped).cloned().collect()
    }

    /// The variables of all panels, each once.
    pub(super) fn variables(&self) -> Vec<String> {
        let mut variables: Vec<String> = Vec::new();
        for name in self.grounds.iter().flat_map(|ground| &ground.variables) {
            if !variables.contains(name) {
                variables.push(name.clone());
            }
        }
        variables
    }

    /// Adds rows of a panel to those that are there.
    pub(super) fn add(&mut self, ground: Ground) {
        let Some(known) = self.grounds.iter_mut().find(|known| known.panel == ground.panel) else {
            self.grounds.push(ground);
            return;
        };
        for variable in ground.variables {
            if !known.variables.contains(&variable) {
                known.variables.push(variable);
            }
        }
        known.sample.extend(ground.sample);
        known.earlier.extend(ground.earlier);
        known.without_twice();
    }
}

/// The period of a time's number, as a reader is told it. What whole numbers count, as waves do, needn't lie in the
/// calendar's years; nothing else lies outside.
pub(super) fn period_of(frequency: Frequency, time: i32) -> Period {
    Period::from_ordinal(frequency, time).unwrap_or(Period::year(time))
}
