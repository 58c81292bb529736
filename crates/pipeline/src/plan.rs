//! A pipeline bound to a vintage: the branches that there are to make.

use std::fmt;

use vintner_diagnostics::one_of;

use crate::{Pipeline, PipelineError, PipelineStage, Reference, Result, SourceFile, Vintage};

/// The branches to make for a vintage, each after those that it reads.
pub struct Plan<'a> {
    /// The pipeline.
    pub pipeline: &'a Pipeline,
    /// The vintage.
    pub vintage: &'a Vintage,
    /// The branches.
    pub branches: Vec<Branch<'a>>,
}

/// One thing to make: a stage, or a stage for one source.
pub struct Branch<'a> {
    /// Its name.
    pub id: BranchId,
    /// Its stage.
    pub stage: &'a PipelineStage,
    /// The source that it is for.
    pub source: Option<&'a SourceFile>,
    /// The branches that it reads, as indices into [`Plan::branches`].
    pub upstream: Vec<usize>,
}

/// The name of a branch: `stage`, or `stage[source]`.
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

impl<'a> Plan<'a> {
    /// The plan of a pipeline for a vintage.
    pub fn new(pipeline: &'a Pipeline, vintage: &'a Vintage) -> Self {
        let mut branches: Vec<Branch<'a>> = Vec::new();
        for stage in &pipeline.stages {
            let mut upstream: Vec<usize> = Vec::new();
            for reference in stage.inputs.values() {
                if let Reference::Output { stage: from, .. } = reference {
                    upstream.extend((0..branches.len()).filter(|index| branches[*index].id.stage == *from));
                }
            }
            upstream.sort_unstable();
            upstream.dedup();
            let items: Vec<Option<&SourceFile>> =
                if stage.foreach_source { vintage.sources.iter().map(Some).collect() } else { vec![None] };
            for source in items {
                let id =
                    BranchId { stage: stage.name.clone(), item: source.map(|source| source.name.clone()) };
                branches.push(Branch { id, stage, source, upstream: upstream.clone() });
            }
        }
        Self { pipeline, vintage, branches }
    }

    /// The branches of a stage (`tidy`), or the one branch of that name (`tidy[gdp]`).
    ///
    /// # Errors
    /// [`PipelineError::Unknown`] with a suggestion.
    pub fn select(&self, name: &str) -> Result<Vec<usize>> {
        let found: Vec<usize> = (0..self.branches.len())
            .filter(|index| {
                let id = &self.branches[*index].id;
                id.stage == name || id.to_string() == name
            })
            .collect();
        if found.is_empty() {
            let names: Vec<String> = self.branches.iter().map(|branch| branch.id.to_string()).collect();
            let stages = self.pipeline.stages.iter().map(|stage| stage.name.as_str());
            let known = stages.chain(names.iter().map(String::as_str).filter(|name| name.contains('[')));
            return Err(PipelineError::Unknown {
                message: format!("no stage is called `{name}`"),
                hint: one_of(name, known),
            });
        }
        Ok(found)
    }
}
