//! An output of a branch, by name.

use vintner_pipeline::PipelineStage;

/// An output of a branch.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct OutputOf {
    pub(super) stage: String,
    pub(super) item: String,
    pub(super) output: String,
}

impl OutputOf {
    /// What a stage's name alone refers to: its first output.
    pub(super) fn main(stage: &PipelineStage) -> Self {
        let first = stage.bound.output_declarations.first();
        Self {
            stage: stage.name.clone(),
            item: String::new(),
            output: first.map(|declared| declared.name.clone()).unwrap_or_default(),
        }
    }

    /// As people write it: `tidy[gdp].tidy`.
    pub(super) fn name(&self) -> String {
        let item = if self.item.is_empty() { String::new() } else { format!("[{}]", self.item) };
        format!("{}{item}.{}", self.stage, self.output)
    }
}
