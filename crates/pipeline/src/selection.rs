//! Which stages of a pipeline a run is about.

use std::collections::BTreeSet;

use crate::{Pipeline, Reference, Result};

/// Which stages a run is about. What these read of others has to be made already.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection {
    /// These stages alone; where there are none, all.
    pub only: Vec<String>,
    /// These and what reads them, directly or through others.
    pub from: Vec<String>,
    /// These and what they read, directly or through others.
    pub until: Vec<String>,
}

/// What a run does with a stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// It is made where it isn't made yet.
    Made,
    /// What is made of it already is read.
    Read,
    /// Nothing.
    LeftOut,
}

impl Selection {
    /// Whether it takes all stages.
    pub fn is_everything(&self) -> bool {
        self.only.is_empty() && self.from.is_empty() && self.until.is_empty()
    }

    /// What a run does with each stage.
    ///
    /// # Errors
    /// [`crate::PipelineError::Unknown`] for a stage that there isn't.
    pub(crate) fn parts(&self, pipeline: &Pipeline) -> Result<Vec<Part>> {
        let reads = reads(pipeline);
        let positions = |names: &[String]| -> Result<BTreeSet<usize>> {
            // A branch stands for its stage.
            let stage =
                |name: &'_ String| name.split_once('[').map_or(name.clone(), |(stage, _)| stage.into());
            names.iter().map(|name| pipeline.position(&stage(name))).collect()
        };
        let mut made: BTreeSet<usize> = (0..pipeline.stages.len()).collect();
        if !self.only.is_empty() {
            made = positions(&self.only)?;
        }
        if !self.from.is_empty() {
            let mut below = positions(&self.from)?;
            // Stages stand after what they read.
            for (at, reads) in reads.iter().enumerate() {
                if reads.iter().any(|read| below.contains(read)) {
                    below.insert(at);
                }
            }
            made = made.intersection(&below).copied().collect();
        }
        if !self.until.is_empty() {
            let above = with_all_they_read(positions(&self.until)?, &reads);
            made = made.intersection(&above).copied().collect();
        }
        let needed = with_all_they_read(made.clone(), &reads);
        let part = |at: usize| match (made.contains(&at), needed.contains(&at)) {
            (true, _) => Part::Made,
            (false, true) => Part::Read,
            (false, false) => Part::LeftOut,
        };
        Ok((0..pipeline.stages.len()).map(part).collect())
    }
}

fn with_all_they_read(mut stages: BTreeSet<usize>, reads: &[Vec<usize>]) -> BTreeSet<usize> {
    for at in (0..reads.len()).rev() {
        if stages.contains(&at) {
            stages.extend(reads[at].iter().copied());
        }
    }
    stages
}

/// The stages that each stage reads, by position.
pub(crate) fn reads(pipeline: &Pipeline) -> Vec<Vec<usize>> {
    let of = |stage: &crate::PipelineStage| {
        let inputs = stage.bound.inputs.values().filter_map(|reference| match reference {
            Reference::Vintage => None,
            Reference::Output { stage, .. } => Some(stage),
        });
        let column = match &stage.foreach {
            Some(crate::ForEach::Column { stage, .. }) => Some(stage),
            _ => None,
        };
        let mut reads: Vec<usize> =
            inputs.chain(column).filter_map(|name| pipeline.positions.get(name).copied()).collect();
        reads.sort_unstable();
        reads.dedup();
        reads
    };
    pipeline.stages.iter().map(of).collect()
}
