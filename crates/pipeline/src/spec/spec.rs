//! What `pipeline.yaml` says.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;
use vintner_diagnostics::{Document, Fault, Faults, Names, Node, NodeValue, Refusal, RefusalReason, Spanned};

use super::globals::{Globals, ITEM, fault_of};
use super::paths::fill_path;
use super::publish::ALL_OUTPUTS;
use super::resources::ResourcesSpec;

/// A pipeline as written, before operations have read their parameters.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// The version of the format; 1 is the only one yet.
    pub version: Spanned<u32>,
    /// A short name.
    pub name: String,
    /// The vintage that is used where none is named.
    pub vintage: Spanned<String>,
    /// From which every stage's own seed is derived.
    #[serde(default)]
    pub seed: u64,
    /// Files below folders that stages read which don't count, as in a `.gitignore`.
    #[serde(default)]
    pub ignore: Vec<Spanned<String>>,
    /// Whether commands see nothing but what they declare, unless their stage says otherwise.
    #[serde(default)]
    pub sandbox: bool,
    /// What a stage may hold in memory: `800MB`, `4GB`. What reads more works on it in blocks, or says that it can't.
    #[serde(default)]
    pub memory: Option<Spanned<String>>,
    /// Values that stages refer to as `$name`.
    #[serde(default)]
    pub params: BTreeMap<String, Value>,
    /// The stages, by name.
    pub stages: BTreeMap<Spanned<String>, StageSpec>,
}

/// A stage as written.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StageSpec {
    /// The operation that it runs.
    #[serde(default)]
    pub op: Option<Spanned<String>>,
    /// Or the command of another program; see [`crate::command`].
    #[serde(default)]
    pub run: Option<Value>,
    /// What it makes, for people.
    #[serde(default)]
    pub title: Option<String>,
    /// What to make a branch for each of; see [`crate::ForEach`].
    #[serde(default)]
    pub foreach: Option<Value>,
    /// Outputs of other stages, by the role that they play: `stage`, `stage.output`,
    /// `stage[branch]` or `stage[branch].output`; `vintage` is the manifest of the vintage.
    #[serde(default)]
    pub inputs: BTreeMap<Spanned<String>, Spanned<String>>,
    /// Files or folders of the workspace, by role.
    #[serde(default)]
    pub files: BTreeMap<Spanned<String>, Spanned<String>>,
    /// The operation's own parameters.
    #[serde(default)]
    pub params: Value,
    /// What a command makes: output name to path.
    #[serde(default)]
    pub outputs: Option<Value>,
    /// A command's environment variables.
    #[serde(default)]
    pub env: Option<Value>,
    /// How long a command may take.
    #[serde(default)]
    pub timeout: Option<Value>,
    /// Whether a command sees nothing but what it declares.
    #[serde(default)]
    pub sandbox: Option<Value>,
    /// What of the machine a command depends on.
    #[serde(default)]
    pub environment: Option<Value>,
    /// What it asks of a cluster; no result depends on it.
    #[serde(default)]
    pub resources: Option<ResourcesSpec>,
    /// Outputs to write into the workspace: output name to path, where `{vintage}` is the vintage's
    /// name and `{item}` the branch's. A path alone is that of all outputs that are files, each with its own ending.
    #[serde(default)]
    pub publish: BTreeMap<Spanned<String>, Spanned<String>>,
}

impl Spec {
    /// Reads a spec as far as it can be read, with every fault of form. Where there are faults,
    /// empty texts stand for what is wrong or missing.
    pub fn read(document: &Document) -> (Option<Self>, Faults) {
        let (spec, mut faults) = document.decode_partly::<Spec>(&with_named_outputs(document.root()));
        let Some(spec) = spec else { return (None, faults) };
        if spec.version.value != 1 && faults.is_empty() {
            let message = format!("version {} isn't known; this program reads version 1", spec.version);
            faults.push(document.fault(Some(spec.version.span), message));
        }
        for name in spec.stages.keys() {
            if name.value == "vintage" || !is_stage_name(&name.value) {
                let fault = document.fault(Some(name.span), format!("a stage can't be called `{name}`"));
                faults.push(fault.hint(
                    "letters, digits, `_` and `-`, beginning with a letter; `vintage` stands for the vintage's manifest",
                ));
            }
        }
        (Some(spec), faults)
    }

    /// Fills in the parameters that paths and inputs of stages mention.
    pub(crate) fn fill(&mut self, globals: &Globals, document: &Document, faults: &mut Faults) {
        for (name, stage) in &mut self.stages {
            stage.declare_environment(document.node(&["stages", &name.value, "environment"]));
            let (paths, references) = match stage.foreach {
                Some(_) => (globals.names().later(ITEM), globals.names().later(ITEM)),
                // Whether an input may name the item is seen where it is looked up.
                None => (globals.names().without(ITEM), globals.names().later(ITEM)),
            };
            let mut fill = |text: &mut Spanned<String>, names: &Names<'_>| match fill_path(
                &text.value,
                text.span,
                names,
                None,
            ) {
                Ok(filled) => text.value = filled,
                Err(refusal) => faults.push(path_fault(document, &refusal)),
            };
            stage.inputs.values_mut().for_each(|target| fill(target, &references));
            stage.files.values_mut().for_each(|path| fill(path, &paths));
            stage.publish.values_mut().for_each(|path| fill(path, &paths));
        }
    }
}

impl StageSpec {
    /// Makes files of the environment files like others, under roles of their own.
    fn declare_environment(&mut self, node: Option<&Node>) {
        let Some(NodeValue::Sequence(items)) = node.map(|node| &node.value) else { return };
        let files = items.iter().filter_map(|item| match &item.value {
            NodeValue::Text(path) => Some(Spanned::new(path.clone(), item.span)),
            _ => None,
        });
        for (number, path) in files.enumerate() {
            let role = match number {
                0 => ENVIRONMENT_FILE.to_owned(),
                number => format!("{ENVIRONMENT_FILE} {}", number + 1),
            };
            self.files.entry(Spanned::new(role, path.span)).or_insert(path);
        }
    }
}

/// The spec where each `publish: PATH` has become `publish: {"*": PATH}`.
fn with_named_outputs(root: &Node) -> Node {
    let mut root = root.clone();
    let NodeValue::Mapping(fields) = &mut root.value else { return root };
    let stages = fields.iter_mut().filter(|(name, _)| name.value == "stages");
    for (_, stages) in stages {
        let NodeValue::Mapping(stages) = &mut stages.value else { continue };
        for (_, stage) in stages {
            let NodeValue::Mapping(fields) = &mut stage.value else { continue };
            for (_, path) in fields.iter_mut().filter(|(name, _)| name.value == "publish") {
                if matches!(path.value, NodeValue::Text(_)) {
                    let all = Spanned::new(ALL_OUTPUTS.to_owned(), path.span);
                    *path = Node { span: path.span, value: NodeValue::Mapping(vec![(all, path.clone())]) };
                }
            }
        }
    }
    root
}

/// The role of a file that says of which version programs are.
const ENVIRONMENT_FILE: &str = "environment file";

fn path_fault(document: &Document, refusal: &Refusal) -> Fault {
    match &refusal.reason {
        RefusalReason::NoText(what) => {
            let message = format!("`${}` is {what}, which can't be a part of this", refusal.path);
            document.fault(Some(refusal.span), message).hint("name a text or a number")
        }
        _ => fault_of(document, refusal, None),
    }
}

fn is_stage_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-')
}
