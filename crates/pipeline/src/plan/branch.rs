//! One thing to make: a stage, or a stage for one item.

use std::fmt;
use std::sync::Arc;

use crate::spec::{Bound, SourceFile};

/// One thing to make.
pub struct Branch<'a> {
    /// Its name.
    pub id: BranchId,
    /// What it runs on.
    pub bound: Arc<Bound>,
    /// The source that it is for.
    pub source: Option<&'a SourceFile>,
    /// What it reads of other stages.
    pub(crate) reads: Vec<Read>,
}

/// An output that a branch reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Read {
    pub(crate) role: String,
    pub(crate) from: BranchAt,
    pub(crate) output: String,
    /// The key under which the stage sees it: the branch's, or nothing where there is only one.
    pub(crate) key: String,
}

/// Where a branch stands: its stage's position in the pipeline, and its own among the branches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct BranchAt {
    pub(crate) stage: usize,
    pub(crate) branch: usize,
}

/// The name of a branch: `stage`, or `stage[item]`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BranchId {
    /// The stage.
    pub stage: String,
    /// What it is a branch for.
    pub item: Option<String>,
}

impl fmt::Display for BranchId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.item {
            Some(item) => write!(formatter, "{}[{item}]", self.stage),
            None => formatter.write_str(&self.stage),
        }
    }
}
