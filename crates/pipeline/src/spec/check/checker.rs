//! From a spec to configured stages, with every fault of it.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use vintner_diagnostics::{Document, Fault, Faults, Node, NodeValue, Span, Spanned, one_of};

use crate::command::CommandOperation;
use crate::digest::SecretKey;
use crate::operation::{Operation, Registry};
use crate::spec::bound::{Bound, Template, no_params, stand_ins};
use crate::spec::expansion::Expansion;
use crate::spec::foreach::{ForEach, Item};
use crate::spec::globals::{Globals, fault_of};
use crate::spec::of::Of;
use crate::spec::pipeline_stage::PipelineStage;
use crate::spec::publish::{ALL_OUTPUTS, each_output};
use crate::spec::reference::Reference;
use crate::spec::resources::Resources;
use crate::spec::spec::{Spec, StageSpec};

pub(crate) struct Checker<'a> {
    pub(super) workspace: &'a Path,
    pub(super) document: &'a Document,
    pub(super) spec: &'a Spec,
    /// What names of parameters stand for.
    globals: Arc<Globals>,
    registry: &'a Registry,
    /// Each stage as it stands in the document.
    nodes: BTreeMap<&'a str, &'a Node>,
    /// Under which values that aren't written down are digested.
    pub(crate) secret_key: SecretKey,
    pub(super) faults: Faults,
    /// How much names may still be replaced by, over the whole spec.
    pub(super) expansion: Expansion,
}

type Result<T> = std::result::Result<T, Faults>;

impl<'a> Checker<'a> {
    pub(crate) fn new(
        workspace: &'a Path,
        document: &'a Document,
        spec: &'a Spec,
        globals: Globals,
        expansion: Expansion,
        registry: &'a Registry,
        faults: Faults,
    ) -> Self {
        let nodes = match document.node(&["stages"]).map(|node| &node.value) {
            // Of a field that stands twice the first counts; it was reported.
            Some(NodeValue::Mapping(stages)) => {
                stages.iter().rev().map(|(name, node)| (name.value.as_str(), node)).collect()
            }
            _ => BTreeMap::new(),
        };
        let secret_key = SecretKey::in_folder(&workspace.join(".vintner"));
        let globals = Arc::new(globals);
        Self { workspace, document, spec, globals, registry, nodes, secret_key, faults, expansion }
    }

    /// The faults that were found.
    pub(crate) fn finish(self) -> Result<()> {
        self.faults.or(())
    }

    pub(super) fn fault(&mut self, span: Span, message: impl Into<String>, hint: Option<String>) {
        let fault: Fault = self.document.fault(Some(span), message);
        self.faults.push(fault.maybe_hint(hint));
    }

    /// The stages whose operation is known and whose parameters could be read.
    pub(crate) fn stages(&mut self) -> BTreeMap<String, PipelineStage> {
        let globals = Arc::clone(&self.globals);
        let mut parts: BTreeMap<String, (Template, Option<ForEach>, Vec<Bound>)> = BTreeMap::new();
        for (name, written) in &self.spec.stages {
            // Where the operation isn't known, all else of the stage is looked at all the same.
            let operation = self.operation(name, written);
            let Some(node) = self.nodes.get(name.value.as_str()).copied() else { continue };
            let foreach = node.get("foreach").map(|node| self.foreach(node, &globals));
            let nothing = no_params(name.span);
            let params = match operation.as_ref().map(|operation| operation.name()) {
                Some(CommandOperation::NAME) => Some(of_one_branch(node)),
                _ => node.get("params").filter(|node| node.value != NodeValue::Null).cloned(),
            };
            let of = if foreach.is_some() { Of::AnyItem } else { Of::Nothing };
            let params = params.unwrap_or(nothing);
            if !self.is_within(&params, &of.names(&globals)) {
                continue;
            }
            let template = operation.map(|operation| Template {
                operation,
                params: params.clone(),
                globals: Arc::clone(&globals),
                spec: written.clone(),
            });
            let mut refused = Vec::new();
            match &template {
                Some(template) => refused = template.filled(of).1,
                None => {
                    params.substitute(&of.names(&globals), &mut |refusal| refused.push(refusal));
                }
            }
            for refusal in &refused {
                let hint = globals.hint(&refusal.path);
                let fault = fault_of(self.document, refusal, hint);
                self.faults.push(fault);
            }
            self.check_braces(node, foreach.is_some());
            let Some(template) = template else { continue };
            if let Some(Some(ForEach::Items(items))) = &foreach
                && !self.branches_are_within(node, &template, items)
            {
                continue;
            }
            let items: Vec<Option<Item>> = match &foreach {
                None => vec![None],
                Some(None) => continue,
                Some(Some(ForEach::Items(items))) if template.mentions_item() => {
                    items.iter().cloned().map(Some).collect()
                }
                Some(Some(_)) => stand_ins().map(Some).into(),
            };
            let listed = matches!(&foreach, Some(Some(ForEach::Items(_)))) && template.mentions_item();
            match bind_all(&template, self.document, &items, listed) {
                Ok(bounds) => {
                    parts.insert(name.value.clone(), (template, foreach.flatten(), bounds));
                }
                // What an operation says of a reference that leads nowhere was said above.
                Err(faults) => {
                    let of_unknown =
                        |fault: &&Fault| refused.iter().any(|refusal| fault.span == Some(refusal.span));
                    for fault in faults.iter().filter(|fault| !of_unknown(fault)) {
                        self.faults.push(fault.clone());
                    }
                }
            }
        }
        let main: BTreeMap<String, String> = parts
            .iter()
            .filter_map(|(name, (.., bounds))| {
                Some((name.clone(), bounds.first()?.output_declarations.first()?.name.clone()))
            })
            .collect();
        let written = self.spec.stages.iter();
        let written = written.filter_map(|(name, stage)| Some((&name.value, stage.resources.as_ref()?)));
        let mut resources: BTreeMap<&String, Resources> = written
            .map(|(name, written)| (name, Resources::read(written, self.document, &mut self.faults)))
            .collect();
        let stages = parts.into_iter().filter_map(|(name, (template, foreach, mut bounds))| {
            let references = bounds.iter_mut().flat_map(|bound| bound.inputs.values_mut());
            for reference in references {
                if let Reference::Output { stage, output, .. } = reference
                    && output.is_empty()
                {
                    *output = main.get(stage).cloned().unwrap_or_default();
                }
            }
            let bounds: Vec<Arc<Bound>> = bounds.into_iter().map(Arc::new).collect();
            let stage = PipelineStage {
                name: name.clone(),
                title: template.spec.title.clone(),
                operation: template.operation.name().to_owned(),
                bound: bounds.first().map(Arc::clone)?,
                resources: resources.remove(&name).unwrap_or_default(),
                publish: each_output(
                    template
                        .spec
                        .publish
                        .iter()
                        .map(|(output, path)| (output.value.clone(), path.clone()))
                        .collect(),
                    &bounds.first()?.output_declarations,
                    |path, of| Spanned::new(of(&path.value), path.span),
                ),
                listed: match &foreach {
                    Some(ForEach::Items(items)) if template.mentions_item() => {
                        items.iter().map(|item| item.key.clone()).zip(bounds).collect()
                    }
                    _ => BTreeMap::new(),
                },
                template: Some(template).filter(|template| foreach.is_some() && template.mentions_item()),
                foreach,
            };
            Some((name, stage))
        });
        stages.collect()
    }

    fn operation(&mut self, name: &Spanned<String>, written: &StageSpec) -> Option<Arc<dyn Operation>> {
        match (&written.op, &written.run) {
            (Some(op), None) => {
                for (field, given) in [
                    ("outputs", &written.outputs),
                    ("env", &written.env),
                    ("environment", &written.environment),
                    ("sandbox", &written.sandbox),
                    ("timeout", &written.timeout),
                ] {
                    if given.is_some() {
                        let span = self.field_span(name, field);
                        let hint = match field {
                            "outputs" => format!("`{op}` has outputs of its own; `{field}` goes with `run`"),
                            _ => format!("`{field}` goes with `run`"),
                        };
                        self.fault(span, format!("`{name}` runs no command"), Some(hint));
                    }
                }
                let found = self.registry.get(op).map(Arc::clone);
                // An empty text stands for an `op` of another type, which was reported.
                if found.is_none() && !op.is_empty() {
                    let hint = one_of(op, self.registry.names());
                    self.fault(op.span, format!("no operation is called `{op}`"), hint);
                }
                found
            }
            (None, Some(_)) => {
                Some(Arc::new(CommandOperation::new(self.secret_key.clone(), self.spec.sandbox)))
            }
            (None, None) => {
                let message = format!("stage `{name}` says neither what to do nor what to run");
                self.fault(name.span, message, Some("give it an `op`, or a command under `run`".into()));
                None
            }
            (Some(op), Some(_)) => {
                let message = format!("stage `{name}` has both `op` and `run`");
                self.fault(op.span, message, Some("take one of them away".into()));
                None
            }
        }
    }

    pub(super) fn field_span(&self, name: &Spanned<String>, field: &str) -> Span {
        match self.nodes.get(name.value.as_str()).map(|node| &node.value) {
            Some(NodeValue::Mapping(entries)) => {
                entries.iter().find(|(key, _)| key.value == field).map_or(name.span, |(key, _)| key.span)
            }
            _ => name.span,
        }
    }

    fn foreach(&mut self, node: &Node, globals: &Globals) -> Option<ForEach> {
        if !self.is_within(node, &globals.names()) {
            return None;
        }
        let mut refused = Vec::new();
        let node = node.substitute(&globals.names(), &mut |refusal| refused.push(refusal));
        for refusal in &refused {
            let hint = globals.hint(&refusal.path);
            let fault = fault_of(self.document, refusal, hint);
            self.faults.push(fault);
        }
        if !refused.is_empty() {
            return None;
        }
        match ForEach::read(self.document, &node) {
            Ok(foreach) => Some(foreach),
            Err(faults) => {
                self.faults.extend(faults);
                None
            }
        }
    }

    pub(crate) fn check_graph(&mut self, stages: &BTreeMap<String, PipelineStage>) {
        for (name, written) in &self.spec.stages {
            self.check_files(written);
            let Some(stage) = stages.get(&name.value) else {
                self.check_sources(written, stages);
                continue;
            };
            self.check_roles(name, written, stage);
            for (role, target) in &written.inputs {
                if let Some(Reference::Output { stage: from, output, .. }) =
                    stage.bound.inputs.get(&role.value)
                {
                    self.check_reference(stage, role, target, from, output, stages);
                }
            }
            self.check_foreach(name, stage, stages);
            if written.publish.contains_key(ALL_OUTPUTS) && stage.publish.is_empty() {
                let span = self.field_span(name, "publish");
                let hint =
                    "name the output with its path, as in `{panel: \"data/panel.parquet\"}`".to_owned();
                self.fault(span, format!("`{name}` makes no output with an ending of its own"), Some(hint));
            }
            for output in written.publish.keys().filter(|output| output.value != ALL_OUTPUTS) {
                let known: Vec<&str> =
                    stage.bound.output_declarations.iter().map(|known| known.name.as_str()).collect();
                if !known.contains(&output.value.as_str()) {
                    self.fault(
                        output.span,
                        format!("`{name}` has no output `{output}`"),
                        one_of(output, known),
                    );
                }
            }
        }
        self.check_publications(stages);
    }
}

/// The stage for each of the items given. Of a list every item has to fit; of stand-ins one has to,
/// since it isn't known yet whether texts or numbers will come.
fn bind_all(
    template: &Template,
    document: &Document,
    items: &[Option<Item>],
    listed: bool,
) -> Result<Vec<Bound>> {
    let bind = |item: &Option<Item>| template.bind(document, item.as_ref(), &|_| None);
    if listed {
        return items.iter().map(bind).collect();
    }
    let mut refused: Option<Faults> = None;
    for item in items {
        match bind(item) {
            Ok(bound) => return Ok(vec![bound]),
            Err(faults) => {
                refused.get_or_insert(faults);
            }
        }
    }
    Err(refused.unwrap_or_default())
}

/// A stage as each of its branches has it: without the list of all, which would be copied as often as it is long.
fn of_one_branch(stage: &Node) -> Node {
    let value = match &stage.value {
        NodeValue::Mapping(entries) => NodeValue::Mapping(
            entries.iter().filter(|(field, _)| field.value != "foreach").cloned().collect(),
        ),
        other => other.clone(),
    };
    Node { span: stage.span, value }
}
