//! What is said of an operation.

use vintner_diagnostics::{Node, NodeValue};
use vintner_pipeline::{Accepts, Kind};

use super::example::Example;
use super::section::{Section, sections};
use crate::operations::registry;

/// An operation in words.
#[derive(Debug, Clone)]
pub struct OperationWords {
    /// The name under `op`.
    pub name: String,
    /// A line that says what it does.
    pub summary: String,
    /// What it reads, as its example's parameters have it.
    pub inputs: Vec<Part>,
    /// What it makes, likewise; the first is what the stage's name alone refers to.
    pub outputs: Vec<Part>,
    /// Its parameters, and after them each part that has parts or choices of its own.
    pub sections: Vec<Section>,
    /// A stage of `examples/operations`, as it stands there; empty where there is none.
    pub example: String,
}

/// An input or output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The role of an input, the name of an output; `*` stands for any.
    pub name: String,
    /// What it is.
    pub kind: &'static str,
    /// Whether a stage can do without it.
    pub optional: bool,
    /// Whether it may be all branches of a stage.
    pub many: bool,
}

/// The words of the operation called `name`; nothing where there is none.
pub fn operation_words(name: &str) -> Option<OperationWords> {
    let registry = registry();
    let operation = registry.get(name)?;
    let example = Example::of(name);
    let (mut inputs, mut outputs) = (Vec::new(), Vec::new());
    if let Some(example) = &example {
        let none = Node { span: Default::default(), value: NodeValue::Mapping(Vec::new()) };
        let params = example.params().unwrap_or(&none);
        if let Ok(stage) = operation.configure(example.document(), params) {
            inputs.extend(stage.inputs().into_iter().map(|input| Part {
                name: input.role,
                kind: accepted(input.accepts),
                optional: input.optional,
                many: input.many,
            }));
            outputs.extend(stage.outputs().into_iter().map(|output| Part {
                name: output.name,
                kind: kind(output.kind),
                optional: false,
                many: false,
            }));
        }
    }
    Some(OperationWords {
        name: operation.name().to_owned(),
        summary: operation.summary().to_owned(),
        inputs,
        outputs,
        sections: sections(&operation.schema()),
        example: example.map(|example| example.text()).unwrap_or_default(),
    })
}

fn accepted(accepts: Accepts) -> &'static str {
    match accepts {
        Accepts::Kind(of) => kind(of),
        Accepts::File => "file or folder",
        Accepts::Anything => "output or file of any kind",
    }
}

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Frame => "frame",
        Kind::Json => "JSON value",
        Kind::Text => "text",
        Kind::File => "file",
    }
}
