//! A pipeline bound to a vintage.

use std::collections::{BTreeMap, BTreeSet};

use super::selection::{Part, Selection, reads};
use crate::error::Result;
use crate::spec::{Pipeline, Vintage};

/// A pipeline, the vintage that it runs on, and the part of it that a run is about.
pub struct Plan<'a> {
    /// The pipeline.
    pub pipeline: &'a Pipeline,
    /// The vintage.
    pub vintage: &'a Vintage,
    /// Whether all stages are selected.
    pub whole: bool,
    /// What is done with each stage.
    pub(crate) parts: Vec<Part>,
    /// The stages that each stage reads.
    pub(crate) reads: Vec<Vec<usize>>,
    /// The items of stages of which not all branches are selected.
    pub(crate) items: BTreeMap<usize, BTreeSet<String>>,
}

impl<'a> Plan<'a> {
    /// The plan of a whole pipeline for a vintage.
    pub fn new(pipeline: &'a Pipeline, vintage: &'a Vintage) -> Self {
        let parts = vec![Part::Made; pipeline.stages.len()];
        Self { pipeline, vintage, whole: true, parts, reads: reads(pipeline), items: BTreeMap::new() }
    }

    /// The plan of a part of a pipeline.
    ///
    /// # Errors
    /// [`PipelineError::Unknown`] for a stage that there isn't.
    pub fn select(pipeline: &'a Pipeline, vintage: &'a Vintage, selection: &Selection) -> Result<Self> {
        let parts = selection.parts(pipeline)?;
        let items = selection.items(pipeline, &parts);
        let whole = selection.is_everything();
        Ok(Self { pipeline, vintage, whole, parts, reads: reads(pipeline), items })
    }
}
