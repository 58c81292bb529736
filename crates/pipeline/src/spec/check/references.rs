//! What stages read of one another, and of files.

use std::collections::{BTreeMap, BTreeSet};

use vintner_diagnostics::{Spanned, did_you_mean, one_of};

use super::checker::Checker;
use crate::operation::{Accepts, InputDeclaration, Kind, OutputDeclaration};
use crate::spec::foreach::ForEach;
use crate::spec::pipeline_stage::PipelineStage;
use crate::spec::reference::{Reference, VINTAGE, Written};
use crate::spec::spec::StageSpec;

impl Checker<'_> {
    pub(super) fn check_foreach(
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
            Some(declared) if declared.kind != Kind::Frame => {
                let message = format!(
                    "`{column}` has to be a column; `{from}.{}` is a {}",
                    declared.name, declared.kind
                );
                self.fault(span, message, None);
            }
            Some(_) => {}
        }
    }

    pub(super) fn check_roles(&mut self, name: &Spanned<String>, written: &StageSpec, stage: &PipelineStage) {
        let operation = stage.operation.as_str();
        let declarations = &stage.bound.input_declarations;
        let of_sources = matches!(stage.foreach, Some(ForEach::Sources));
        let of_source = |role: &str| of_sources && (role == "source" || role == "declaration");
        let known: Vec<&str> = declarations
            .iter()
            .map(|known| known.role.as_str())
            .filter(|role| *role != InputDeclaration::ANY)
            .collect();
        let of_each = || written.inputs.values().any(|target| Written::read(target).branch == Some("$item"));
        if of_sources && !stage.reads_sources() && !of_each() {
            self.fault(
                name.span,
                format!("`{operation}` reads no source of the vintage, and `{name}` has a branch for each"),
                Some(
                    "take `foreach: sources` away, or read the branch of a stage that has one for each, as `tidy[$item]`"
                        .into(),
                ),
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
            let is_vintage = declared.role == VINTAGE;
            if !declared.optional && !given && !misspelt && !is_vintage && !of_source(&declared.role) {
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

    /// That there are the stages and outputs that a stage names of which no more can be told, as it has
    /// faults of its own.
    pub(super) fn check_sources(&mut self, stage: &StageSpec, stages: &BTreeMap<String, PipelineStage>) {
        for target in stage.inputs.values() {
            let written = Written::read(target);
            if written.resolve(None, None) != Reference::Vintage
                && let Some(source) = self.source(target, written.stage, stages)
                && let Some(output) = written.output
            {
                self.output(target, source, output);
            }
        }
    }

    /// The stage that a reference names; `None` where there is none, or only one with faults of its own.
    fn source<'s>(
        &mut self,
        target: &Spanned<String>,
        from: &str,
        stages: &'s BTreeMap<String, PipelineStage>,
    ) -> Option<&'s PipelineStage> {
        let source = stages.get(from);
        if source.is_none() && !from.is_empty() && !self.spec.stages.contains_key(from) {
            let known = self.spec.stages.keys().map(|name| name.value.as_str()).chain(["vintage"]);
            let hint = did_you_mean(from, known.clone())
                .map(|name| format!("did you mean `{name}`?"))
                .or_else(|| one_of(from, known));
            self.fault(target.span, format!("no stage is called `{from}`"), hint);
        }
        source
    }

    /// The output of a stage that a reference names.
    fn output<'s>(
        &mut self,
        target: &Spanned<String>,
        source: &'s PipelineStage,
        output: &str,
    ) -> Option<&'s OutputDeclaration> {
        let outputs = &source.bound.output_declarations;
        let found = outputs.iter().find(|known| known.name == output);
        if found.is_none() {
            let hint = one_of(output, outputs.iter().map(|known| known.name.as_str()));
            self.fault(target.span, format!("stage `{}` has no output `{output}`", source.name), hint);
        }
        found
    }

    pub(super) fn check_reference(
        &mut self,
        stage: &PipelineStage,
        role: &Spanned<String>,
        target: &Spanned<String>,
        from: &str,
        output: &str,
        stages: &BTreeMap<String, PipelineStage>,
    ) {
        let Some(source) = self.source(target, from, stages) else { return };
        let Some(declared_output) = self.output(target, source, output) else { return };
        let outputs = &source.bound.output_declarations;
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
}
