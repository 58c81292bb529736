//! The pipeline in which every operation has a stage, and a stage's lines of it.

use vintner_diagnostics::{Document, Node, NodeValue};

/// `examples/operations/pipeline.yaml`.
const EXAMPLES: &str = include_str!("../../../../examples/operations/pipeline.yaml");

/// A stage of the examples.
pub(super) struct Example {
    document: Document,
    name: String,
}

impl Example {
    /// The first stage that uses `operation`.
    pub(super) fn of(operation: &str) -> Option<Self> {
        let document = Document::parse("examples/operations/pipeline.yaml", EXAMPLES).ok()?;
        let NodeValue::Mapping(stages) = &document.node(&["stages"])?.value else { return None };
        let uses = |stage: &Node| matches!(&stage.get("op").map(|op| &op.value), Some(NodeValue::Text(op)) if op == operation);
        let name = stages.iter().find(|(_, stage)| uses(stage))?.0.value.clone();
        Some(Self { document, name })
    }

    /// Its parameters, where they are in need of no name of the pipeline's.
    pub(super) fn params(&self) -> Option<&Node> {
        self.document.node(&["stages", &self.name, "params"])
    }

    pub(super) fn document(&self) -> &Document {
        &self.document
    }

    /// Its lines as they stand in the file.
    pub(super) fn text(&self) -> String {
        let heading = format!("  {}:", self.name);
        let mut lines = EXAMPLES.lines().skip_while(|line| **line != *heading);
        let first = lines.next().unwrap_or_default();
        let stage = lines.take_while(|line| line.is_empty() || line.starts_with("    "));
        let text: Vec<&str> =
            std::iter::once(first).chain(stage).map(|line| line.get(2..).unwrap_or_default()).collect();
        text.join("\n").trim_end().to_owned()
    }
}
