//! From a spec to configured stages, with every fault of it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use vintner_diagnostics::{Document, Fault, Faults, Node, NodeValue, Span, Spanned, did_you_mean, one_of};

use crate::bound::{Bound, Template, no_params, stand_ins};
use crate::command::CommandOperation;
use crate::pipeline::PipelineStage;
use crate::reference::Written;
use crate::{Accepts, ForEach, InputDeclaration, Operation, Reference, Registry, Spec, StageSpec};

pub(crate) struct Checker<'a> {
    workspace: &'a Path,
    document: &'a Document,
    spec: &'a Spec,
    registry: &'a Registry,
    faults: Faults,
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
        Self { workspace, document, spec, registry, faults }
    }

    /// The faults that were found.
    pub(crate) fn finish(self) -> Result<()> {
        self.faults.or(())
    }

    fn fault(&mut self, span: Span, message: impl Into<String>, hint: Option<String>) {
        let fault: Fault = self.document.fault(Some(span), message);
        self.faults.push(fault.maybe_hint(hint));
    }

    /// The stages whose operation is known and whose parameters could be read.
    pub(crate) fn stages(&mut self) -> BTreeMap<String, PipelineStage> {
        let globals = self.globals();
        let mut parts: BTreeMap<String, (Template, Option<ForEach>, Bound)> = BTreeMap::new();
        for (name, written) in &self.spec.stages {
            let Some(operation) = self.operation(name, written) else { continue };
            let Some(node) = self.document.node(&["stages", &name.value]) else { continue };
            let foreach = node.get("foreach").map(|node| self.foreach(node, &globals));
            let nothing = no_params(name.span);
            let params = match operation.name() {
                CommandOperation::NAME => Some(node),
                _ => node.get("params").filter(|node| node.value != NodeValue::Null),
            };
            let of_item = |path: &str| path.split('.').next() == Some("item");
            let mut unknown = Vec::new();
            let params = params.unwrap_or(&nothing).substitute(&globals, &mut |name, span| {
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
            let template = Template { operation, params, spec: written.clone() };
            let items: Vec<Option<crate::Item>> = match &foreach {
                None => vec![None],
                Some(None) => continue,
                Some(Some(ForEach::Items(items))) if template.mentions_item() => {
                    items.iter().cloned().map(Some).collect()
                }
                Some(Some(_)) => stand_ins().map(Some).into(),
            };
            let listed = matches!(&foreach, Some(Some(ForEach::Items(_))));
            match bind_any(&template, self.document, &items, listed) {
                Ok(bound) => {
                    parts.insert(name.value.clone(), (template, foreach.flatten(), bound));
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
            .filter_map(|(name, (.., bound))| {
                Some((name.clone(), bound.output_declarations.first()?.name.clone()))
            })
            .collect();
        let stages = parts.into_iter().map(|(name, (template, foreach, mut bound))| {
            for reference in bound.inputs.values_mut() {
                if let Reference::Output { stage, output, .. } = reference
                    && output.is_empty()
                {
                    *output = main.get(stage).cloned().unwrap_or_default();
                }
            }
            let stage = PipelineStage {
                name: name.clone(),
                title: template.spec.title.clone(),
                operation: template.operation.name().to_owned(),
                template: Some(template).filter(|template| foreach.is_some() && template.mentions_item()),
                foreach,
                bound: Arc::new(bound),
            };
            (name, stage)
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

    fn field_span(&self, name: &Spanned<String>, field: &str) -> Span {
        match self.document.node(&["stages", &name.value]).map(|node| &node.value) {
            Some(NodeValue::Mapping(entries)) => {
                entries.iter().find(|(key, _)| key.value == field).map_or(name.span, |(key, _)| key.span)
            }
            _ => name.span,
        }
    }

    fn foreach(&mut self, node: &Node, globals: &BTreeMap<String, Node>) -> Option<ForEach> {
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
            Err(fault) => {
                self.faults.push(fault);
                None
            }
        }
    }

    pub(crate) fn check_graph(&mut self, stages: &BTreeMap<String, PipelineStage>) {
        for (name, written) in &self.spec.stages {
            let Some(stage) = stages.get(&name.value) else { continue };
            self.check_files(written, stage);
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

    fn check_files(&mut self, written: &StageSpec, stage: &PipelineStage) {
        for path in written.files.values() {
            let later = stage.foreach.is_some() && path.contains("{item}");
            if !later && !self.workspace.join(&path.value).exists() {
                let hint = Some("paths start at the folder of the pipeline".to_owned());
                self.fault(path.span, format!("there is no file or folder `{path}`"), hint);
            }
        }
    }

    fn check_foreach(
        &mut self,
        name: &Spanned<String>,
        stage: &PipelineStage,
        stages: &BTreeMap<String, PipelineStage>,
    ) {
        let Some(ForEach::Column { stage: from, output, column }) = &stage.foreach else { return };
        let span = self.field_span(name, "foreach");
        let Some(source) = stages.get(from) else {
            if !self.spec.stages.contains_key(from.as_str()) {
                let hint = one_of(from, self.spec.stages.keys().map(|name| name.value.as_str()));
                self.fault(span, format!("no stage is called `{from}`"), hint);
            }
            return;
        };
        let outputs = &source.bound.output_declarations;
        let declared = match output {
            None => outputs.first(),
            Some(output) => outputs.iter().find(|known| known.name == *output),
        };
        match declared {
            None => {
                let output = output.as_deref().unwrap_or_default();
                let hint = one_of(output, outputs.iter().map(|known| known.name.as_str()));
                self.fault(span, format!("stage `{from}` has no output `{output}`"), hint);
            }
            Some(declared) if declared.kind != crate::Kind::Frame => {
                let message = format!(
                    "`{column}` has to be a column; `{from}.{}` is a {}",
                    declared.name, declared.kind
                );
                self.fault(span, message, None);
            }
            Some(_) => {}
        }
    }

    /// Outputs go to files of their own within the workspace, none of which a stage reads.
    fn check_publications(&mut self, stages: &BTreeMap<String, PipelineStage>) {
        let spec = self.spec;
        let plain = |path: &str| -> PathBuf {
            Path::new(path).components().filter(|part| *part != Component::CurDir).collect()
        };
        let mut read: BTreeMap<PathBuf, (String, String)> = BTreeMap::new();
        for (reader, reads) in &spec.stages {
            for file in reads.files.values() {
                read.entry(plain(file)).or_insert_with(|| (reader.value.clone(), file.value.clone()));
            }
        }
        let mut published: BTreeMap<PathBuf, &str> = BTreeMap::new();
        for (name, written) in &spec.stages {
            for path in written.publish.values() {
                let target = plain(&path.value);
                if target.is_absolute() || path.value.split('/').any(|part| part == "..") {
                    self.fault(path.span, "an output is written inside the workspace only", None);
                } else if target.file_name().is_none() || path.value.ends_with('/') {
                    let hint = Some("name the file, as in \"reports/{vintage}/estimates.csv\"".to_owned());
                    self.fault(path.span, "an output is written to a file", hint);
                } else if let Some(what) = self.kept(&target) {
                    let message = format!("`{path}` would be written over {what}");
                    self.fault(path.span, message, Some("write it elsewhere, as under `reports`".into()));
                }
                let branched = stages.get(&name.value).is_some_and(|stage| stage.foreach.is_some());
                if branched && !path.value.contains("{item}") {
                    let message = format!("all branches of `{name}` would be written to `{path}`");
                    let hint = "put {item} into the path, which stands for the branch".to_owned();
                    self.fault(path.span, message, Some(hint));
                }
                if let Some((reader, file)) = target.ancestors().find_map(|folder| read.get(folder)) {
                    let message = format!("`{path}` would be written over what `{reader}` reads (`{file}`)");
                    self.fault(path.span, message, Some("write it elsewhere".into()));
                }
                if let Some(other) = published.insert(target, &name.value) {
                    let hint = Some("give each output a path of its own".to_owned());
                    self.fault(path.span, format!("`{other}` is published to `{path}` too"), hint);
                }
            }
        }
    }

    /// What of the workspace isn't made by a pipeline.
    fn kept(&self, target: &Path) -> Option<&'static str> {
        if target == Path::new(self.document.file()) {
            return Some("the pipeline itself");
        }
        if target.starts_with(".vintner") {
            return Some("the cache");
        }
        let first = target.components().next()?;
        (first == Component::Normal("data".as_ref())).then_some("the data that it starts from")
    }

    fn check_roles(&mut self, name: &Spanned<String>, written: &StageSpec, stage: &PipelineStage) {
        let operation = stage.operation.as_str();
        let declarations = &stage.bound.input_declarations;
        let of_sources = matches!(stage.foreach, Some(ForEach::Sources));
        let of_source = |role: &str| of_sources && (role == "source" || role == "declaration");
        let known: Vec<&str> = declarations
            .iter()
            .map(|known| known.role.as_str())
            .filter(|role| *role != InputDeclaration::ANY)
            .collect();
        if of_sources && InputDeclaration::covering(declarations, "source").is_none() {
            self.fault(
                name.span,
                format!("`{operation}` reads no source of the vintage, and `{name}` has a branch for each"),
                Some("take `foreach: sources` away".into()),
            );
        }
        let roles = written
            .inputs
            .keys()
            .map(|role| (role, false))
            .chain(written.files.keys().map(|role| (role, true)));
        for (role, is_file) in roles {
            match InputDeclaration::covering(declarations, &role.value) {
                None => {
                    let hint = one_of(role, known.iter().copied());
                    self.fault(role.span, format!("`{operation}` reads nothing called `{role}`"), hint);
                }
                Some(declared) if is_file && matches!(declared.accepts, Accepts::Kind(_)) => {
                    self.fault(
                        role.span,
                        format!("`{role}` is the output of a stage, not a file"),
                        Some("name it under `inputs`".into()),
                    );
                }
                Some(declared) if !is_file && declared.accepts == Accepts::File => {
                    self.fault(
                        role.span,
                        format!("`{role}` is a file of the workspace, not the output of a stage"),
                        Some("name it under `files`".into()),
                    );
                }
                Some(_) if of_source(&role.value) => {
                    self.fault(role.span, format!("`{role}` is given by `foreach: sources`"), None);
                }
                Some(_) if is_file && written.inputs.contains_key(role.value.as_str()) => {
                    self.fault(role.span, format!("`{role}` stands under `inputs` too"), None);
                }
                Some(_) => {}
            }
        }
        for declared in declarations {
            let given = written.inputs.contains_key(declared.role.as_str())
                || written.files.contains_key(declared.role.as_str());
            let misspelt = written
                .inputs
                .keys()
                .chain(written.files.keys())
                .filter(|role| InputDeclaration::covering(declarations, &role.value).is_none())
                .any(|role| did_you_mean(role, known.iter().copied()) == Some(declared.role.as_str()));
            if !declared.optional && !given && !misspelt && !of_source(&declared.role) {
                let place = if declared.accepts == Accepts::File { "files" } else { "inputs" };
                let hint = match declared.role.as_str() {
                    "source" | "declaration" => format!("`foreach: sources` gives it to `{operation}`"),
                    _ => format!("`{operation}` needs it under `{place}`"),
                };
                let message = format!("stage `{name}` lacks its input `{}`", declared.role);
                self.fault(name.span, message, Some(hint));
            }
        }
    }

    fn check_reference(
        &mut self,
        stage: &PipelineStage,
        role: &Spanned<String>,
        target: &Spanned<String>,
        from: &str,
        output: &str,
        stages: &BTreeMap<String, PipelineStage>,
    ) {
        let Some(source) = stages.get(from) else {
            // A stage with faults of its own is there all the same.
            if !from.is_empty() && !self.spec.stages.contains_key(from) {
                let known = self.spec.stages.keys().map(|name| name.value.as_str()).chain(["vintage"]);
                let hint = did_you_mean(from, known.clone())
                    .map(|name| format!("did you mean `{name}`?"))
                    .or_else(|| one_of(from, known));
                self.fault(target.span, format!("no stage is called `{from}`"), hint);
            }
            return;
        };
        let outputs = &source.bound.output_declarations;
        let Some(declared_output) = outputs.iter().find(|known| known.name == output) else {
            let hint = one_of(output, outputs.iter().map(|known| known.name.as_str()));
            self.fault(target.span, format!("stage `{from}` has no output `{output}`"), hint);
            return;
        };
        let Some(declared) = stage.bound.declaration(&role.value) else { return };
        if let Accepts::Kind(kind) = declared.accepts
            && kind != declared_output.kind
        {
            let fitting: Vec<String> = outputs
                .iter()
                .filter(|known| known.kind == kind)
                .map(|known| format!("`{from}.{}`", known.name))
                .collect();
            let hint = (!fitting.is_empty()).then(|| format!("of that kind there is {}", fitting.join(", ")));
            let found = declared_output.kind;
            self.fault(
                target.span,
                format!("`{role}` has to be a {kind}; `{from}.{output}` is a {found}"),
                hint,
            );
        }
        self.check_branch(stage, role, target, source, declared.many);
    }

    /// Whether a reference names a branch where it has to, and one that there is.
    fn check_branch(
        &mut self,
        stage: &PipelineStage,
        role: &Spanned<String>,
        target: &Spanned<String>,
        source: &PipelineStage,
        many: bool,
    ) {
        let from = &source.name;
        let written = Written::read(target);
        match (&source.foreach, written.branch) {
            (Some(ForEach::Sources), None) if !many => self.fault(
                target.span,
                format!("`{from}` has a branch for each source, and `{role}` takes one artifact"),
                None,
            ),
            (Some(_), None) if !many => {
                let hint = match stage.foreach {
                    Some(_) => format!("`{from}[$item]` is the branch of the same item"),
                    None => format!("name one of them, as in `{from}[a]`"),
                };
                let message = format!("`{from}` has a branch for each item, and `{role}` takes one artifact");
                self.fault(target.span, message, Some(hint));
            }
            (None, Some(_)) => {
                let hint = Some(format!("write `{from}`"));
                self.fault(target.span, format!("`{from}` has no branches"), hint);
            }
            (Some(_), Some("$item")) if stage.foreach.is_none() => {
                let hint = Some("`$item` is there where a stage has `foreach`".to_owned());
                self.fault(target.span, format!("`{}` has no item", stage.name), hint);
            }
            (Some(ForEach::Items(items)), Some("$item")) => {
                let known: BTreeSet<&str> = items.iter().map(|item| item.key.as_str()).collect();
                if let Some(ForEach::Items(own)) = &stage.foreach
                    && let Some(item) = own.iter().find(|item| !known.contains(item.key.as_str()))
                {
                    let hint = one_of(&item.key, known);
                    self.fault(target.span, format!("`{from}` has no branch `{}`", item.key), hint);
                }
            }
            (Some(ForEach::Items(items)), Some(key)) if !items.iter().any(|item| item.key == key) => {
                let hint = one_of(key, items.iter().map(|item| item.key.as_str()));
                self.fault(target.span, format!("`{from}` has no branch `{key}`"), hint);
            }
            _ => {}
        }
    }

    /// The stages, each after those that it reads: level by level, and by name within a level. Stages
    /// with faults of their own are among them, so that a circle through one is reported too.
    pub(crate) fn order(&mut self) -> Vec<String> {
        let reads = self.reads();
        let mut readers: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        let mut waiting: BTreeMap<&str, usize> = BTreeMap::new();
        for (name, from) in &reads {
            waiting.insert(name, from.len());
            from.iter().for_each(|from| readers.entry(from).or_default().push(name));
        }
        let mut order: Vec<String> = Vec::with_capacity(waiting.len());
        let mut free: BTreeSet<&str> =
            waiting.iter().filter(|(_, count)| **count == 0).map(|(name, _)| *name).collect();
        while !waiting.is_empty() {
            if free.is_empty() {
                // Taken for made, so that other circles come to light.
                let left: BTreeSet<&str> = waiting.keys().copied().collect();
                free = self.report_cycle(&left, &reads).into_iter().collect();
            }
            let mut next = BTreeSet::new();
            for name in free {
                waiting.remove(name);
                order.push(name.to_owned());
                for reader in readers.get(name).into_iter().flatten() {
                    if let Some(count) = waiting.get_mut(reader) {
                        *count = count.saturating_sub(1);
                        if *count == 0 {
                            next.insert(*reader);
                        }
                    }
                }
            }
            free = next;
        }
        order
    }

    /// The stages that each stage reads.
    fn reads(&self) -> BTreeMap<&'a str, BTreeSet<&'a str>> {
        let spec = self.spec;
        let stages = spec.stages.iter().map(|(name, stage)| {
            let targets = stage.inputs.values().map(|target| Written::read(&target.value).stage);
            let of = stage.foreach.as_ref().and_then(|foreach| foreach.get("of")?.as_str());
            let of = of.map(|of| of.split_once('.').map_or(of, |(stage, _)| stage));
            let known = targets.chain(of).filter_map(|from| spec.stages.get_key_value(from));
            (name.value.as_str(), known.map(|(from, _)| from.value.as_str()).collect())
        });
        stages.collect()
    }

    /// Reports a circle among the stages left, of which each reads another, and returns its stages.
    fn report_cycle<'s>(
        &mut self,
        left: &BTreeSet<&'s str>,
        reads: &BTreeMap<&'s str, BTreeSet<&'s str>>,
    ) -> Vec<&'s str> {
        // Every stage left reads another that is left, so following them comes back to one seen.
        let mut path: Vec<&str> = left.iter().copied().take(1).collect();
        let next = |name: &str| reads.get(name)?.iter().copied().find(|from| left.contains(from));
        while let Some(next) = path.last().and_then(|last| next(last)) {
            if let Some(start) = path.iter().position(|seen| *seen == next) {
                let mut cycle: Vec<&str> = path.split_off(start);
                cycle.reverse();
                let first = cycle.iter().min().copied().unwrap_or(next);
                while cycle.first() != Some(&first) {
                    cycle.rotate_left(1);
                }
                let stages = cycle.clone();
                cycle.push(first);
                let span =
                    self.spec.stages.get_key_value(first).map(|(name, _)| name.span).unwrap_or_default();
                self.fault(
                    span,
                    format!("the stages {} read one another in a circle", cycle.join(" -> ")),
                    Some("take one of these inputs away".into()),
                );
                return stages;
            }
            path.push(next);
        }
        left.iter().copied().collect()
    }
}

/// The stage for the items given. Of a list every item has to fit and the first is kept; of
/// stand-ins one has to, since it isn't known yet whether texts or numbers will come.
fn bind_any(
    template: &Template,
    document: &Document,
    items: &[Option<crate::Item>],
    listed: bool,
) -> Result<Bound> {
    let mut first = None;
    let mut refused: Option<Faults> = None;
    for item in items {
        match template.bind(document, item.as_ref(), &|_| None) {
            Ok(bound) if !listed => return Ok(bound),
            Ok(bound) => {
                first.get_or_insert(bound);
            }
            Err(faults) if listed => return Err(faults),
            Err(faults) => {
                refused.get_or_insert(faults);
            }
        }
    }
    match (first, refused) {
        (Some(bound), _) => Ok(bound),
        (None, refused) => Err(refused.unwrap_or_default()),
    }
}
