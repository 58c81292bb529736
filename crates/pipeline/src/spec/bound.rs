//! A stage with everything that its spec says of it, for one item or for none.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use serde_json::Value;
use vintner_diagnostics::{Document, Faults, Node, NodeValue};

use super::foreach::Item;
use super::reference::{Reference, Written};
use super::spec::StageSpec;
use crate::digest::Digest;
use crate::files::file_name;
use crate::operation::{InputDeclaration, Operation, OutputDeclaration, Stage};

/// What a branch runs on: a configured operation and what it reads.
pub struct Bound {
    /// The operation with its parameters.
    pub stage: Arc<dyn Stage>,
    /// The digest of the operation's code.
    pub code: Digest,
    /// The parameters with defaults filled in.
    pub params: Value,
    /// What it reads of other stages, by role.
    pub inputs: BTreeMap<String, Reference>,
    /// What it reads of the workspace, by role.
    pub files: BTreeMap<String, PathBuf>,
    /// What is written into the workspace: output to path.
    pub publish: BTreeMap<String, String>,
    /// The declarations of its inputs.
    pub input_declarations: Vec<InputDeclaration>,
    /// The declarations of its outputs.
    pub output_declarations: Vec<OutputDeclaration>,
}

impl Bound {
    /// The declaration of an input.
    pub(crate) fn declaration(&self, role: &str) -> Option<&InputDeclaration> {
        InputDeclaration::covering(&self.input_declarations, role)
    }
}

/// What is bound: a stage as written, with references to parameters replaced.
#[derive(Clone)]
pub(crate) struct Template {
    pub(crate) operation: Arc<dyn Operation>,
    /// The parameters; of a command, the whole stage.
    pub(crate) params: Node,
    pub(crate) spec: StageSpec,
}

impl Template {
    /// Whether anything in it depends on the item.
    pub(crate) fn mentions_item(&self) -> bool {
        self.params.mentions("item")
            || self.spec.inputs.values().any(|target| Written::read(target).is_of_item())
            || self.spec.files.values().any(|path| path.contains("{item}"))
            || self.spec.publish.values().any(|path| path.contains("{item}"))
    }

    /// The stage for an item.
    ///
    /// # Errors
    /// Faults of the parameters.
    pub(crate) fn bind(
        &self,
        document: &Document,
        item: Option<&Item>,
        main_output: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Bound, Faults> {
        let stage = match item {
            None => self.operation.configure(document, &self.params)?,
            Some(item) => {
                let values = BTreeMap::from([("item".to_owned(), item.value.clone())]);
                let mut faults = Faults::new();
                let params = self.params.substitute(&values, &mut |name, span| {
                    if name.split('.').next() == Some("item") {
                        let message = format!("the item `{}` has no `{name}`", item.key);
                        faults.push(document.fault(Some(span), message));
                    }
                });
                faults.or(())?;
                self.operation.configure(document, &params)?
            }
        };
        let key = item.map(|item| item.key.as_str());
        let resolve = |target: &str| {
            let written = Written::read(target);
            written.resolve(key, main_output(written.stage).as_deref())
        };
        let with_item = |path: &str| match key {
            Some(key) => path.replace("{item}", &file_name(key)),
            None => path.to_owned(),
        };
        let spec = &self.spec;
        Ok(Bound {
            code: self.operation.code(),
            params: stage.params(),
            inputs: spec
                .inputs
                .iter()
                .map(|(role, target)| (role.value.clone(), resolve(&target.value)))
                .collect(),
            files: spec
                .files
                .iter()
                .map(|(role, path)| (role.value.clone(), PathBuf::from(with_item(&path.value))))
                .collect(),
            publish: spec
                .publish
                .iter()
                .map(|(output, path)| (output.value.clone(), with_item(&path.value)))
                .collect(),
            input_declarations: stage.inputs(),
            output_declarations: stage.outputs(),
            stage,
        })
    }
}

/// Stands for an item that isn't known yet, while a spec is checked.
pub(crate) fn stand_ins() -> [Item; 2] {
    [Item::of_text("item"), Item::of_number(1)]
}

/// No parameters at all, at a place.
pub(crate) fn no_params(span: vintner_diagnostics::Span) -> Node {
    Node { span, value: NodeValue::Mapping(Vec::new()) }
}
