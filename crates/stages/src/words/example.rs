//! The pipeline in which every operation has a stage, and a stage's lines of it.

use vintner_diagnostics::{Document, Node, NodeValue};

/// `examples/operations/pipeline.yaml`.
const EXAMPLES: &str = include_str!("../../../../examples/operations/pipeline.yaml");

/// Stages of the examples.
pub(super) struct Example {
    document: Document,
    names: Vec<String>,
}

impl Example {
    /// The stages that use `operation`.
    pub(super) fn of(operation: &str) -> Option<Self> {
        let document = Document::parse("examples/operations/pipeline.yaml", EXAMPLES).ok()?;
        let NodeValue::Mapping(stages) = &document.node(&["stages"])?.value else { return None };
        let uses = |stage: &Node| matches!(&stage.get("op").map(|op| &op.value), Some(NodeValue::Text(op)) if op == operation);
        let names: Vec<String> =
            stages.iter().filter(|(_, stage)| uses(stage)).map(|(name, _)| name.value.clone()).collect();
        (!names.is_empty()).then_some(Self { document, names })
    }

    /// The parameters of the first, where they are in need of no name of the pipeline's.
    pub(super) fn params(&self) -> Option<&Node> {
        self.document.node(&["stages", self.names.first()?, "params"])
    }

    pub(super) fn document(&self) -> &Document {
        &self.document
    }

    /// Their lines as they stand in the file.
    pub(super) fn text(&self) -> String {
        self.names.iter().map(|name| lines_of(name)).collect::<Vec<_>>().join("\n\n")
    }
}

/// The lines of a stage.
fn lines_of(name: &str) -> String {
    let heading = format!("  {name}:");
    let mut lines = EXAMPLES.lines().skip_while(|line| **line != *heading);
    let first = lines.next().unwrap_or_default();
    let stage = lines.take_while(|line| line.is_empty() || line.starts_with("    "));
    let text: Vec<&str> =
        std::iter::once(first).chain(stage).map(|line| line.get(2..).unwrap_or_default()).collect();
    text.join("\n").trim_end().to_owned()
}
