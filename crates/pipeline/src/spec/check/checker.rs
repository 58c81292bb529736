//! From a spec to configured stages, with every fault of it.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use vintner_diagnostics::{Document, Fault, Faults, Node, NodeValue, Span, Spanned, VALUES, one_of};

use crate::command::CommandOperation;
use crate::operation::{Operation, Registry};
use crate::spec::bound::{Bound, Template, no_params, stand_ins};
use crate::spec::foreach::{ForEach, Item};
use crate::spec::pipeline_stage::PipelineStage;
use crate::spec::reference::Reference;
use crate::spec::spec::{Spec, StageSpec};

pub(crate) struct Checker<'a> {
    workspace: &'a Path,
    pub(super) document: &'a Document,
    pub(super) spec: &'a Spec,
    registry: &'a Registry,
    /// Each stage as it stands in the document.
    nodes: BTreeMap<&'a str, &'a Node>,
    faults: Faults,
    /// How many values references may still be replaced by, over the whole spec.
    values: usize,
}

type Result<T> = std::result::Result<T, Faults>;

impl<'a> Checker<'a> {
    pub(crate) fn new(
        workspace: &'a Path,
        document: &'a Document,
        spec: &'a Spec,
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
        Self { workspace, document, spec, registry, nodes, faults, values: VALUES }
    }

    /// The faults that were found.
    pub(crate) fn finish(self) -> Result<()> {
        self.faults.or(())
    }

    pub(super) fn fault(&mut self, span: Span, message: impl Into<String>, hint: Option<String>) {
        let fault: Fault = self.document.fault(Some(span), message);
        self.faults.push(fault.maybe_hint(hint));
    }

    /// Whether what a node comes to, its references replaced, is within what a spec may come to; if not, that is
    /// a fault of it.
    fn is_within(&mut self, node: &Node, values: &BTreeMap<String, Node>) -> bool {
        let count = node.values_with(values, self.values);
        if count > self.values {
            let hint = Some("keep long lists in a file, and refer to them once".to_owned());
            let message = format!("with what it refers to the pipeline comes to more than {VALUES} values");
            self.fault(node.span, message, hint);
            return false;
        }
        self.values -= count;
        true
    }

    /// Whether what all branches of a stage come to is within what a spec may come to.
    fn branches_are_within(&mut self, node: &Node, template: &Template, items: &[Item]) -> bool {
        let mut count = 0;
        for item in items {
            let values = BTreeMap::from([("item".to_owned(), item.value.clone())]);
            count += template.params.values_with(&values, VALUES);
            if count > VALUES {
                let message = format!("its branches come to more than {VALUES} values");
                let hint = "let a branch refer to what is long by its name, or make fewer of them".to_owned();
                self.fault(node.get("foreach").unwrap_or(node).span, message, Some(hint));
                return false;
            }
        }
        true
    }

    /// The stages whose operation is known and whose parameters could be read.
    pub(crate) fn stages(&mut self) -> BTreeMap<String, PipelineStage> {
        let globals = self.globals();
        let mut parts: BTreeMap<String, (Template, Option<ForEach>, Vec<Bound>)> = BTreeMap::new();
        for (name, written) in &self.spec.stages {
            // Where the operation isn't known, all else of the stage is looked at all the same.
            let operation = self.operation(name, written);
            let Some(node) = self.nodes.get(name.value.as_str()).copied() else { continue };
            let foreach = node.get("foreach").map(|node| self.foreach(node, &globals));
            let nothing = no_params(name.span);
            let params = match operation.as_ref().map(|operation| operation.name()) {
                Some(CommandOperation::NAME) => Some(node),
                _ => node.get("params").filter(|node| node.value != NodeValue::Null),
            };
            let of_item = |path: &str| path.split('.').next() == Some("item");
            let mut unknown = Vec::new();
            let params = params.unwrap_or(&nothing);
            if !self.is_within(params, &globals) {
                continue;
            }
            let params = params.substitute(&globals, &mut |name, span| {
                if !of_item(name) || foreach.is_none() {
                    unknown.push((name.to_owned(), span));
                }
            });
            for (path, span) in &unknown {
                let hint = match of_item(path) {
                    true => Some("`$item` is there where a stage has `foreach`".to_owned()),
                    false => one_of(path, globals.keys().map(String::as_str)),
                };
                self.fault(*span, format!("`params` has no `{path}`"), hint);
            }
            let Some(operation) = operation else { continue };
            let template = Template { operation, params, spec: written.clone() };
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
                        |fault: &&Fault| unknown.iter().any(|(_, span)| fault.span == Some(*span));
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

    /// The parameters that stages refer to, references among them replaced.
    fn globals(&mut self) -> BTreeMap<String, Node> {
        let document = self.document;
        let Some(NodeValue::Mapping(entries)) = document.node(&["params"]).map(|node| &node.value) else {
            return BTreeMap::new();
        };
        let mut resolved: BTreeMap<String, Node> = BTreeMap::new();
        let mut left: Vec<&(Spanned<String>, Node)> = entries.iter().collect();
        for (name, _) in entries.iter().filter(|(name, _)| name.value == "item") {
            self.fault(name.span, "`item` is what a branch is for", Some("choose another name".into()));
        }
        while !left.is_empty() {
            let names: Vec<&str> = left.iter().map(|(name, _)| name.value.as_str()).collect();
            let (free, waiting): (Vec<_>, Vec<_>) =
                left.iter().copied().partition(|(_, node)| !names.iter().any(|name| node.mentions(name)));
            if free.is_empty() {
                for (name, _) in &waiting {
                    let message = format!("the parameter `{name}` refers back to itself");
                    self.fault(name.span, message, Some("write its value out".into()));
                }
                break;
            }
            for (name, node) in free {
                if !self.is_within(node, &resolved) {
                    resolved.insert(name.value.clone(), no_params(node.span));
                    continue;
                }
                let mut unknown = Vec::new();
                let node =
                    node.substitute(&resolved, &mut |path, span| unknown.push((path.to_owned(), span)));
                for (path, span) in unknown {
                    let hint = one_of(&path, entries.iter().map(|(name, _)| name.value.as_str()));
                    self.fault(span, format!("`params` has no `{path}`"), hint);
                }
                resolved.insert(name.value.clone(), node);
            }
            left = waiting;
        }
        // What is in a circle counts as known, so that it is reported once.
        for (name, node) in left {
            resolved.insert(name.value.clone(), node.clone());
        }
        resolved
    }

    fn operation(&mut self, name: &Spanned<String>, written: &StageSpec) -> Option<Arc<dyn Operation>> {
        match (&written.op, &written.run) {
            (Some(op), None) => {
                for (field, given) in
                    [("outputs", &written.outputs), ("env", &written.env), ("timeout", &written.timeout)]
                {
                    if given.is_some() {
                        let span = self.field_span(name, field);
                        let hint = format!("`{op}` has outputs of its own; `{field}` goes with `run`");
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
            (None, Some(_)) => Some(Arc::new(CommandOperation)),
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

    fn foreach(&mut self, node: &Node, globals: &BTreeMap<String, Node>) -> Option<ForEach> {
        if !self.is_within(node, globals) {
            return None;
        }
        let mut unknown = Vec::new();
        let node = node.substitute(globals, &mut |path, span| unknown.push((path.to_owned(), span)));
        for (path, span) in &unknown {
            let hint = one_of(path, globals.keys().map(String::as_str));
            self.fault(*span, format!("`params` has no `{path}`"), hint);
        }
        if !unknown.is_empty() {
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
            for output in written.publish.keys() {
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

    fn check_files(&mut self, written: &StageSpec) {
        for path in written.files.values() {
            let later = written.foreach.is_some() && path.contains("{item}");
            if !later && !self.workspace.join(&path.value).exists() {
                let hint = Some("paths start at the folder of the pipeline".to_owned());
                self.fault(path.span, format!("there is no file or folder `{path}`"), hint);
            }
        }
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
