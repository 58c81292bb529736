//! A pipeline bound to a vintage.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::run_key::RunKey;
use super::selection::{Part, Selection, reads};
use crate::error::Result;
use crate::spec::{ForEach, Pipeline, Vintage};

/// A pipeline, the vintage that it runs on, and the part of it that a run is about.
pub struct Plan<'a> {
    /// The pipeline.
    pub pipeline: &'a Pipeline,
    /// The vintage.
    pub vintage: &'a Vintage,
    /// Whether all stages are selected.
    pub whole: bool,
    /// The folder into which outputs are published, in the place of where the spec says; from the
    /// workspace where it is in it.
    pub(crate) publish_to: Option<PathBuf>,
    /// Whether folders into which outputs are published may be symbolic links.
    pub follow_links: bool,
    /// What is done with each stage.
    pub(crate) parts: Vec<Part>,
    /// The stages that each stage reads.
    pub(crate) reads: Vec<Vec<usize>>,
    /// The items of stages of which not all branches are selected.
    pub(crate) items: BTreeMap<usize, BTreeSet<String>>,
    /// The items of stages that the selection names; there have to be branches for them.
    pub(crate) named: BTreeMap<usize, BTreeSet<String>>,
}

impl<'a> Plan<'a> {
    /// The plan of a whole pipeline for a vintage.
    pub fn new(pipeline: &'a Pipeline, vintage: &'a Vintage) -> Self {
        let parts = vec![Part::Made; pipeline.stages.len()];
        Self {
            pipeline,
            vintage,
            whole: true,
            publish_to: None,
            follow_links: false,
            parts,
            reads: reads(pipeline),
            items: BTreeMap::new(),
            named: BTreeMap::new(),
        }
    }

    /// The plan of a part of a pipeline.
    ///
    /// # Errors
    /// [`PipelineError::Unknown`](crate::PipelineError::Unknown) for a stage or a branch that there isn't.
    pub fn select(pipeline: &'a Pipeline, vintage: &'a Vintage, selection: &Selection) -> Result<Self> {
        let named = selection.named(pipeline, vintage)?;
        let parts = selection.parts(pipeline)?;
        let items = selection.items(pipeline, &parts);
        let whole = selection.is_everything();
        Ok(Self { whole, parts, items, named, ..Self::new(pipeline, vintage) })
    }

    /// How many branches each stage has that is made, as far as this can be told before a run: a stage whose
    /// branches come of what another one makes counts for one.
    pub fn foreseen(&self) -> BTreeMap<String, usize> {
        let made = self.pipeline.stages.iter().enumerate().filter(|(at, _)| self.parts[*at] == Part::Made);
        made.map(|(at, stage)| {
            let branches = match (&stage.foreach, self.items.get(&at)) {
                (_, Some(items)) => items.len(),
                (Some(ForEach::Sources), _) => self.vintage.sources.len(),
                (Some(ForEach::Items(items)), _) => items.len(),
                (Some(ForEach::Column { .. }) | None, _) => 1,
            };
            (stage.name.clone(), branches)
        })
        .collect()
    }

    /// The same plan, whose outputs are published into a folder.
    #[must_use]
    pub fn publishing_to(self, folder: &Path) -> Self {
        let publish_to =
            Some(self.path_in_workspace(&std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned())));
        Self { publish_to, ..self }
    }

    /// Which runs this one belongs to.
    pub fn key(&self) -> RunKey<'a> {
        RunKey { pipeline: &self.pipeline.name, vintage: &self.vintage.name }
    }
}
