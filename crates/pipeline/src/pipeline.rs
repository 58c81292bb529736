//! A pipeline: a spec whose stages are configured and whose graph was checked.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use serde_json::Value;
use vintner_diagnostics::{Document, Fault, Faults, Node, NodeValue, Span, Spanned, did_you_mean, one_of};

use crate::spec::Foreach;
use crate::{
    Accepts, InputDeclaration, Operation, OutputDeclaration, PipelineError, Registry, Result, Spec, Stage,
};

/// A checked pipeline.
pub struct Pipeline {
    /// Its name.
    pub name: String,
    /// The vintage used where none is named.
    pub vintage: String,
    /// The spec's seed.
    pub seed: u64,
    /// The folder that paths of the spec start from.
    pub workspace: PathBuf,
    /// The stages, each after those that it reads.
    pub stages: Vec<PipelineStage>,
}

/// A configured stage.
pub struct PipelineStage {
    /// Its name.
    pub name: String,
    /// What it makes, for people.
    pub title: Option<String>,
    /// Its operation.
    pub operation: Arc<dyn Operation>,
    /// The operation with its parameters.
    pub stage: Arc<dyn Stage>,
    /// Whether there is a branch for each source of the vintage.
    pub foreach_source: bool,
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

/// What an input refers to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reference {
    /// The manifest of the vintage.
    Vintage,
    /// An output of a stage.
    Output {
        /// The stage.
        stage: String,
        /// The output.
        output: String,
    },
}

impl Pipeline {
    /// Reads and checks the spec in `workspace`/`file`.
    ///
    /// # Errors
    /// [`PipelineError::Io`], and [`PipelineError::Spec`] with every fault of the file.
    pub fn load(workspace: &Path, file: &Path, registry: &Registry) -> Result<Self> {
        let path = workspace.join(file);
        let bytes = std::fs::read(&path).map_err(PipelineError::io(&path, "reading the pipeline"))?;
        let name = file.display().to_string();
        let text = String::from_utf8(bytes).map_err(|error| {
            let sound = error.as_bytes().get(..error.utf8_error().valid_up_to()).unwrap_or_default();
            let line = 1 + sound.iter().filter(|byte| **byte == b'\n').count();
            let message = format!("line {line} isn't UTF-8");
            let hint = Some("save the file as UTF-8".to_owned());
            PipelineError::Spec(
                Fault { file: name.clone(), span: None, message, hint, source_line: None }.into(),
            )
        })?;
        Self::parse(workspace, &name, &text, registry)
    }

    /// Checks a spec given as text; `file` is the name that faults give.
    ///
    /// # Errors
    /// [`PipelineError::Spec`] with every fault.
    pub fn parse(workspace: &Path, file: &str, text: &str, registry: &Registry) -> Result<Self> {
        let document = Document::parse(file, text).map_err(PipelineError::Spec)?;
        // Faults of form don't keep the graph from being checked as far as the stages can be made out.
        let (spec, faults) = Spec::read(&document);
        let Some(spec) = spec else { return Err(PipelineError::Spec(faults)) };
        let mut checker = Checker { document: &document, spec: &spec, registry, faults };
        let configured = checker.configure();
        let stages = checker.stages(workspace, configured);
        checker.check_graph(&stages);
        let order = checker.order();
        checker.faults.or(()).map_err(PipelineError::Spec)?;
        let mut stages = stages;
        let stages = order.into_iter().filter_map(|name| stages.remove(&name)).collect();
        Ok(Self {
            name: spec.name,
            vintage: spec.vintage.value,
            seed: spec.seed,
            workspace: workspace.to_owned(),
            stages,
        })
    }

    /// The stage of that name.
    ///
    /// # Errors
    /// [`PipelineError::Unknown`] with a suggestion.
    pub fn stage(&self, name: &str) -> Result<&PipelineStage> {
        self.stages.iter().find(|stage| stage.name == name).ok_or_else(|| PipelineError::Unknown {
            message: format!("no stage is called `{name}`"),
            hint: one_of(name, self.stages.iter().map(|stage| stage.name.as_str())),
        })
    }
}

type Configured = (Arc<dyn Operation>, Arc<dyn Stage>);

struct Checker<'a> {
    document: &'a Document,
    spec: &'a Spec,
    registry: &'a Registry,
    faults: Faults,
}

impl Checker<'_> {
    fn fault(&mut self, span: Span, message: impl Into<String>, hint: Option<String>) {
        let fault: Fault = self.document.fault(Some(span), message);
        self.faults.push(fault.maybe_hint(hint));
    }

    /// The stages whose operation is known and whose parameters could be read.
    fn configure(&mut self) -> BTreeMap<String, Configured> {
        let globals: BTreeMap<String, Node> = match self.document.node(&["params"]).map(|node| &node.value) {
            Some(NodeValue::Mapping(entries)) => {
                entries.iter().map(|(key, node)| (key.value.clone(), node.clone())).collect()
            }
            _ => BTreeMap::new(),
        };
        let mut configured = BTreeMap::new();
        for (name, written) in &self.spec.stages {
            let Some(operation) = self.registry.get(&written.op) else {
                // An empty text stands for a missing `op`, which was reported.
                if !written.op.is_empty() {
                    let hint = one_of(&written.op, self.registry.names());
                    self.fault(written.op.span, format!("no operation is called `{}`", written.op), hint);
                }
                continue;
            };
            let nothing = Node { span: name.span, value: NodeValue::Mapping(Vec::new()) };
            let params = self.document.node(&["stages", &name.value, "params"]);
            let params = params.filter(|node| node.value != NodeValue::Null).unwrap_or(&nothing);
            let mut unknown = Vec::new();
            let params = params.substitute(&globals, &mut |name, span| unknown.push((name.to_owned(), span)));
            for (name, span) in &unknown {
                let hint = one_of(name, globals.keys().map(String::as_str));
                self.fault(*span, format!("`params` has no `{name}`"), hint);
            }
            match operation.configure(self.document, &params) {
                Ok(stage) => {
                    configured.insert(name.value.clone(), (Arc::clone(operation), stage));
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
        configured
    }

    fn stages(
        &mut self,
        workspace: &Path,
        configured: BTreeMap<String, Configured>,
    ) -> BTreeMap<String, PipelineStage> {
        let main_outputs: BTreeMap<String, String> = configured
            .iter()
            .filter_map(|(name, (_, stage))| Some((name.clone(), stage.outputs().into_iter().next()?.name)))
            .collect();
        let mut stages = BTreeMap::new();
        for (name, (operation, stage)) in configured {
            let Some(written) = self.spec.stages.get(name.as_str()) else { continue };
            let mut files = BTreeMap::new();
            for (role, path) in &written.files {
                if !workspace.join(&path.value).exists() {
                    let hint = Some("paths start at the folder of the pipeline".to_owned());
                    self.fault(path.span, format!("there is no file or folder `{path}`"), hint);
                }
                files.insert(role.value.clone(), PathBuf::from(&path.value));
            }
            let publish = written
                .publish
                .iter()
                .map(|(output, path)| (output.value.clone(), path.value.clone()))
                .collect();
            let (input_declarations, output_declarations) = (stage.inputs(), stage.outputs());
            stages.insert(
                name.clone(),
                PipelineStage {
                    name,
                    title: written.title.clone(),
                    operation,
                    stage,
                    foreach_source: written.foreach == Some(Foreach::Sources),
                    inputs: references(&written.inputs, &main_outputs),
                    files,
                    publish,
                    input_declarations,
                    output_declarations,
                },
            );
        }
        stages
    }

    fn check_graph(&mut self, stages: &BTreeMap<String, PipelineStage>) {
        for (name, written) in &self.spec.stages {
            let Some(stage) = stages.get(&name.value) else { continue };
            self.check_roles(name, written, stage);
            for (role, target) in &written.inputs {
                if let Some(Reference::Output { stage: from, output }) = stage.inputs.get(&role.value) {
                    self.check_reference(stage, role, target, from, output, stages);
                }
            }
            for output in written.publish.keys() {
                let known: Vec<&str> =
                    stage.output_declarations.iter().map(|known| known.name.as_str()).collect();
                if !known.contains(&output.value.as_str()) {
                    self.fault(
                        output.span,
                        format!("`{name}` has no output `{output}`"),
                        one_of(output, known),
                    );
                }
            }
        }
        self.check_publications();
    }

    /// Outputs go to files of their own within the workspace, none of which a stage reads.
    fn check_publications(&mut self) {
        let spec = self.spec;
        let plain = |path: &str| -> PathBuf {
            Path::new(path).components().filter(|part| *part != Component::CurDir).collect()
        };
        let mut published: BTreeMap<PathBuf, &str> = BTreeMap::new();
        for (name, written) in &spec.stages {
            for path in written.publish.values() {
                let target = plain(&path.value);
                if target.is_absolute() || path.value.split('/').any(|part| part == "..") {
                    self.fault(path.span, "an output is written inside the workspace only", None);
                } else if target.file_name().is_none() || path.value.ends_with('/') {
                    let hint = Some("name the file, as in \"reports/{vintage}/estimates.csv\"".to_owned());
                    self.fault(path.span, "an output is written to a file", hint);
                }
                let read = spec.stages.iter().find_map(|(reader, reads)| {
                    let file = reads.files.values().find(|file| target.starts_with(plain(file)))?;
                    Some((reader, file))
                });
                if let Some((reader, file)) = read {
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

    fn check_roles(&mut self, name: &Spanned<String>, written: &crate::StageSpec, stage: &PipelineStage) {
        let operation = stage.operation.name();
        let of_source = |role: &str| stage.foreach_source && (role == "source" || role == "declaration");
        let known: Vec<&str> = stage
            .input_declarations
            .iter()
            .map(|known| known.role.as_str())
            .filter(|role| *role != InputDeclaration::ANY)
            .collect();
        let reads_source = known.contains(&"source");
        if stage.foreach_source && !reads_source {
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
            match InputDeclaration::covering(&stage.input_declarations, &role.value) {
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
                Some(_) => {}
            }
        }
        for declared in &stage.input_declarations {
            let given = stage.inputs.contains_key(&declared.role) || stage.files.contains_key(&declared.role);
            let misspelt = written
                .inputs
                .keys()
                .chain(written.files.keys())
                .filter(|role| InputDeclaration::covering(&stage.input_declarations, &role.value).is_none())
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
        let Some(declared_output) = source.output_declarations.iter().find(|known| known.name == output)
        else {
            let hint = one_of(output, source.output_declarations.iter().map(|known| known.name.as_str()));
            self.fault(target.span, format!("stage `{from}` has no output `{output}`"), hint);
            return;
        };
        let Some(declared) = stage.declaration(&role.value) else { return };
        if let Accepts::Kind(kind) = declared.accepts
            && kind != declared_output.kind
        {
            let fitting: Vec<String> = source
                .output_declarations
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
        if source.foreach_source && !declared.many {
            self.fault(
                target.span,
                format!("`{from}` has a branch for each source, and `{role}` takes one artifact"),
                None,
            );
        }
    }

    /// The stages, each after those that it reads; of those that are free, the first by name. Stages
    /// with faults of their own are among them, so that a circle through one is reported too.
    fn order(&mut self) -> Vec<String> {
        let spec = self.spec;
        let reads = |name: &str| -> BTreeSet<&str> {
            let targets = spec.stages.get(name).into_iter().flat_map(|stage| stage.inputs.values());
            targets
                .map(|target| target.value.split_once('.').map_or(target.value.as_str(), |(stage, _)| stage))
                .filter(|from| spec.stages.contains_key(*from))
                .collect()
        };
        let mut order: Vec<String> = Vec::new();
        let mut left: BTreeSet<&str> = spec.stages.keys().map(|name| name.value.as_str()).collect();
        while !left.is_empty() {
            let mut free: Vec<&str> = left
                .iter()
                .copied()
                .filter(|name| reads(name).iter().all(|from| !left.contains(from)))
                .collect();
            if free.is_empty() {
                // Taken for made, so that other circles come to light.
                free = self.report_cycle(&left, &reads);
            }
            for name in free {
                left.remove(name);
                order.push(name.to_owned());
            }
        }
        order
    }

    /// Reports a circle among the stages left, of which each reads another, and returns its stages.
    fn report_cycle<'s>(
        &mut self,
        left: &BTreeSet<&'s str>,
        reads: &dyn Fn(&str) -> BTreeSet<&'s str>,
    ) -> Vec<&'s str> {
        // Every stage left reads another that is left, so following them comes back to one seen.
        let mut path: Vec<&str> = left.iter().copied().take(1).collect();
        while let Some(next) =
            path.last().and_then(|last| reads(last).into_iter().find(|from| left.contains(from)))
        {
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

/// References as written, where a bare stage name means the stage's first output.
fn references(
    written: &BTreeMap<Spanned<String>, Spanned<String>>,
    main_outputs: &BTreeMap<String, String>,
) -> BTreeMap<String, Reference> {
    let resolve = |target: &str| match target.split_once('.') {
        None if target == "vintage" => Reference::Vintage,
        None => Reference::Output {
            stage: target.to_owned(),
            output: main_outputs.get(target).cloned().unwrap_or_default(),
        },
        Some((stage, output)) => Reference::Output { stage: stage.into(), output: output.into() },
    };
    written.iter().map(|(role, target)| (role.value.clone(), resolve(&target.value))).collect()
}

impl PipelineStage {
    /// The declaration of an input.
    pub(crate) fn declaration(&self, role: &str) -> Option<&InputDeclaration> {
        InputDeclaration::covering(&self.input_declarations, role)
    }

    /// What is kept of the stage in its fingerprint: its parameters with defaults filled in.
    pub(crate) fn params(&self) -> Value {
        self.stage.params()
    }
}
