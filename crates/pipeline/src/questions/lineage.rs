//! What a branch is made from, back to raw files.

use std::collections::BTreeSet;

use super::status::StageStatus;
use super::survey::Survey;
use crate::plan::{BranchAt, Read};

/// What a branch reads of other branches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BranchReads {
    /// The branch.
    pub branch: String,
    /// The outputs that it reads, in the order in which it names them.
    pub reads: Vec<OutputRead>,
}

/// An output that a branch reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutputRead {
    /// The role under which it is read.
    pub role: String,
    /// The branch that makes it.
    pub branch: String,
    /// The output's name.
    pub output: String,
}

impl Survey<'_, '_> {
    /// What each known branch reads of others, in the pipeline's order.
    pub fn reads(&self) -> Vec<BranchReads> {
        let stages = (0..self.plan.pipeline.stages.len()).filter_map(|stage| self.progress.stage(stage));
        let read = |read: &Read| {
            let from = self.progress.branch(read.from)?;
            let (role, output) = (read.role.clone(), read.output.clone());
            Some(OutputRead { role, branch: from.id.to_string(), output })
        };
        stages
            .flat_map(|known| &known.branches)
            .map(|branch| BranchReads {
                branch: branch.id.to_string(),
                reads: branch.reads.iter().filter_map(read).collect(),
            })
            .collect()
    }

    /// All branches that a branch reads, directly or through others, in the pipeline's order.
    pub(crate) fn upstream_of(&self, status: &StageStatus) -> Vec<&StageStatus> {
        let mut seen: BTreeSet<BranchAt> = BTreeSet::new();
        let mut pending = match self.position(&status.id) {
            Some(at) => self.reads_of(at),
            None => self
                .plan
                .pipeline
                .positions
                .get(&status.id.stage)
                .map(|at| self.branches_read(*at))
                .unwrap_or_default(),
        };
        while let Some(at) = pending.pop() {
            if seen.insert(at) {
                pending.extend(self.reads_of(at));
            }
        }
        seen.into_iter().filter_map(|at| self.progress.result(at)).collect()
    }

    /// What a branch reads of other branches.
    fn reads_of(&self, at: BranchAt) -> Vec<BranchAt> {
        let branch = self.progress.branch(at);
        branch.map(|branch| branch.reads.iter().map(|read| read.from).collect()).unwrap_or_default()
    }

    /// All branches of the stages that a stage reads, those known.
    fn branches_read(&self, stage: usize) -> Vec<BranchAt> {
        let mut pending = self.plan.reads.get(stage).cloned().unwrap_or_default();
        let (mut seen, mut found) = (BTreeSet::new(), Vec::new());
        while let Some(stage) = pending.pop() {
            if !seen.insert(stage) {
                continue;
            }
            match self.progress.stage(stage) {
                Some(known) => {
                    found.extend((0..known.branches.len()).map(|branch| BranchAt { stage, branch }));
                }
                None => pending.extend(self.plan.reads.get(stage).into_iter().flatten()),
            }
        }
        found
    }
}
