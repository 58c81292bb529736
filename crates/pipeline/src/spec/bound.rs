//! A stage with everything that its spec says of it, for one item or for none.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use serde_json::Value;
use vintner_diagnostics::{
    Document, Fault, Faults, Node, NodeValue, Refusal, RefusalReason, Spanned, one_of,
};

use super::command_fields::{command_mentions_item, fill_command};
use super::foreach::Item;
use super::globals::{Globals, ITEM, fault_of};
use super::of::Of;
use super::paths::{depends_on_item, fill_path};
use super::publish::each_output;
use super::reference::{Reference, VINTAGE, Written};
use super::spec::StageSpec;
use crate::command::CommandOperation;
use crate::digest::Digest;
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

/// What is bound: a stage as written.
#[derive(Clone)]
pub(crate) struct Template {
    pub(crate) operation: Arc<dyn Operation>,
    /// The parameters as written; of a command, the whole stage.
    pub(crate) params: Node,
    /// What its names stand for.
    pub(crate) globals: Arc<Globals>,
    /// The stage as written, with references to parameters replaced in its paths and inputs.
    pub(crate) spec: StageSpec,
}

impl Template {
    /// Whether anything in it depends on the item.
    pub(crate) fn mentions_item(&self) -> bool {
        let in_params = match self.is_command() {
            true => command_mentions_item(&self.params),
            false => self.params.mentions(ITEM),
        };
        in_params
            || self.spec.inputs.values().any(|target| Written::read(target).is_of_item())
            || self.spec.files.values().any(|path| depends_on_item(path))
            || self.spec.publish.values().any(|path| depends_on_item(path))
    }

    fn is_command(&self) -> bool {
        self.operation.name() == CommandOperation::NAME
    }

    /// The parameters with their names filled in, and what can't be.
    pub(crate) fn filled(&self, of: Of<'_>) -> (Node, Vec<Refusal>) {
        let names = of.names(&self.globals);
        let mut refused = Vec::new();
        let node = match self.is_command() {
            true => fill_command(&self.params, of, &names, &mut |refusal| refused.push(refusal)),
            false => self.params.substitute(&names, &mut |refusal| refused.push(refusal)),
        };
        (node, refused)
    }

    /// The stage for an item, or for none.
    ///
    /// # Errors
    /// Faults of the parameters and paths that have to do with the item. Others were found when the stage
    /// was looked at without one.
    pub(crate) fn bind(
        &self,
        document: &Document,
        item: Option<&Item>,
        main_output: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Bound, Faults> {
        let of = item.map_or(Of::Nothing, Of::Item);
        let mut faults = Faults::new();
        let (params, mut refused) = self.filled(of);
        let key = item.map(|item| item.key.as_str());
        let names = of.names(&self.globals);
        let mut fill = |path: &Spanned<String>| {
            fill_path(&path.value, path.span, &names, key).unwrap_or_else(|refusal| {
                refused.push(refusal);
                path.value.clone()
            })
        };
        let spec = &self.spec;
        let files: BTreeMap<String, PathBuf> =
            spec.files.iter().map(|(role, path)| (role.value.clone(), PathBuf::from(fill(path)))).collect();
        let publish: BTreeMap<String, String> =
            spec.publish.iter().map(|(output, path)| (output.value.clone(), fill(path))).collect();
        if let Some(item) = item {
            let of_item = |refusal: &&Refusal| {
                refusal.path.split('.').next() == Some(ITEM)
                    || matches!(refusal.reason, RefusalReason::Twice(_))
            };
            for refusal in refused.iter().filter(of_item) {
                faults.push(item_fault(document, item, refusal));
            }
        }
        faults.or(())?;
        let stage = self.operation.configure(document, &params)?;
        let resolve = |target: &str| {
            let written = Written::read(target);
            written.resolve(key, main_output(written.stage).as_deref())
        };
        let (input_declarations, output_declarations) = (stage.inputs(), stage.outputs_of(&files));
        let mut inputs: BTreeMap<String, Reference> =
            spec.inputs.iter().map(|(role, target)| (role.value.clone(), resolve(&target.value))).collect();
        // There is but one vintage: whoever reads it needn't say so.
        if input_declarations.iter().any(|declared| declared.role == VINTAGE && !declared.optional) {
            inputs.entry(VINTAGE.to_owned()).or_insert(Reference::Vintage);
        }
        Ok(Bound {
            code: self.operation.code(),
            params: stage.params(),
            inputs,
            files,
            publish: each_output(publish, &output_declarations, |path, of| of(path)),
            input_declarations,
            output_declarations,
            stage,
        })
    }
}

/// What is said of a name that can't be filled in for an item.
fn item_fault(document: &Document, item: &Item, refusal: &Refusal) -> Fault {
    let Refusal { span, path, reason } = refusal;
    if *reason != RefusalReason::Unknown {
        return fault_of(document, refusal, None);
    }
    let fault = document.fault(Some(*span), format!("the item `{}` has no `{path}`", item.key));
    let rest = path.strip_prefix(ITEM).unwrap_or_default();
    match item.value.fields().count() {
        0 => fault.hint(format!("it has no fields; `${{item}}{rest}` is its name with `{rest}` behind it")),
        _ => fault.maybe_hint(one_of(rest.trim_start_matches('.'), item.value.fields())),
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
