//! A pipeline: a spec whose stages are configured and whose graph was checked.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::Value;
use vintner_diagnostics::{Document, Fault, Faults, one_of};
use vintner_guard::check_regular;

use super::bound::Bound;
use super::check::Checker;
use super::expansion::Expansion;
use super::foreach::Item;
use super::globals::Globals;
use super::pipeline_stage::PipelineStage;
use super::spec::Spec;
use crate::digest::SecretKey;
use crate::error::{PipelineError, Result};
use crate::files::{Ignored, line_not_utf8};
use crate::operation::{Registry, bytes_of};

/// A checked pipeline.
pub struct Pipeline {
    /// Its name.
    pub name: String,
    /// The vintage used where none is named.
    pub vintage: String,
    /// The spec's seed.
    pub seed: u64,
    /// What a stage may hold in memory, in bytes, where that is bounded.
    pub memory: Option<u64>,
    /// The folder that paths of the spec start from.
    pub workspace: PathBuf,
    /// The stages, each after those that it reads.
    pub stages: Vec<PipelineStage>,
    /// What was put in the place of what the spec says: path to value.
    pub overrides: BTreeMap<String, String>,
    /// Which files below folders that stages read don't count.
    pub(crate) ignored: Ignored,
    /// Under which values that aren't written down are digested.
    pub(crate) secret_key: SecretKey,
    /// Where each stage stands in `stages`.
    pub(crate) positions: BTreeMap<String, usize>,
    document: Document,
}

impl Pipeline {
    /// Reads and checks the spec in `workspace`/`file`; `overrides` are put in the place of what it
    /// says, YAML under a path such as `params.base_year`.
    ///
    /// # Errors
    /// [`PipelineError::Io`], [`PipelineError::Override`], and [`PipelineError::Spec`] with every
    /// fault of the file.
    pub fn load(
        workspace: &Path,
        file: &Path,
        registry: &Registry,
        overrides: &BTreeMap<String, String>,
    ) -> Result<Self> {
        let path = workspace.join(file);
        check_regular(&path).map_err(PipelineError::io(&path, "reading the pipeline"))?;
        let size = std::fs::metadata(&path).map_err(PipelineError::io(&path, "reading the pipeline"))?.len();
        let name = file.display().to_string();
        if size > LARGEST_SPEC {
            let message = format!("{size} bytes are more than a pipeline may have ({LARGEST_SPEC})");
            let fault = Fault { file: name, span: None, message, hint: None, source_line: None };
            return Err(PipelineError::Spec(fault.into()));
        }
        let bytes = std::fs::read(&path).map_err(PipelineError::io(&path, "reading the pipeline"))?;
        let text = String::from_utf8(bytes).map_err(|error| {
            let message = format!("line {} isn't UTF-8", line_not_utf8(&error));
            let hint = Some("save the file as UTF-8".to_owned());
            PipelineError::Spec(
                Fault { file: name.clone(), span: None, message, hint, source_line: None }.into(),
            )
        })?;
        Self::parse(workspace, &name, &text, registry, overrides)
    }

    /// Checks a spec given as text; `file` is the name that faults give.
    ///
    /// # Errors
    /// [`PipelineError::Override`], and [`PipelineError::Spec`], or where values were put into it
    /// [`PipelineError::OverriddenSpec`], with every fault.
    pub fn parse(
        workspace: &Path,
        file: &str,
        text: &str,
        registry: &Registry,
        overrides: &BTreeMap<String, String>,
    ) -> Result<Self> {
        let mut document = Document::parse(file, text).map_err(PipelineError::Spec)?;
        for (path, value) in overrides {
            let parts: Vec<&str> = path.split('.').collect();
            document
                .set(&parts, value)
                .map_err(|message| PipelineError::Override { path: path.clone(), message })?;
        }
        let faulty = |faults| {
            if overrides.is_empty() {
                return PipelineError::Spec(faults);
            }
            let set = overrides.iter().map(|(path, value)| format!("{path}={value}")).collect();
            PipelineError::OverriddenSpec { faults, set }
        };
        // Faults of form don't keep the graph from being checked as far as the stages can be made out.
        let (spec, mut faults) = Spec::read(&document);
        let Some(mut spec) = spec else { return Err(faulty(faults)) };
        let mut expansion = Expansion::default();
        let globals = Globals::read(&document, &mut expansion, &mut faults);
        spec.fill(&globals, &document, &mut faults);
        let memory = spec.memory.as_ref().and_then(|written| {
            let bytes = bytes_of(&written.value);
            if bytes.is_none() {
                let fault = document.fault(Some(written.span), format!("`{}` is no size", written.value));
                faults.push(fault.hint("write a number and its unit, as `800MB` or `4GB`"));
            }
            bytes
        });
        let mut checker = Checker::new(workspace, &document, &spec, globals, expansion, registry, faults);
        let secret_key = checker.secret_key.clone();
        let mut stages = checker.stages();
        checker.check_graph(&stages);
        let order = checker.order();
        let ignored = checker.ignored();
        checker.finish().map_err(faulty)?;
        let stages: Vec<PipelineStage> = order.into_iter().filter_map(|name| stages.remove(&name)).collect();
        Ok(Self {
            name: spec.name,
            vintage: spec.vintage.value,
            seed: spec.seed,
            memory,
            workspace: workspace.to_owned(),
            positions: stages.iter().enumerate().map(|(at, stage)| (stage.name.clone(), at)).collect(),
            stages,
            overrides: overrides.clone(),
            ignored,
            secret_key,
            document,
        })
    }

    /// The parameters of a stage as its results depend on them: what it may hold is one of them, where it works in blocks on
    /// what is more.
    pub(crate) fn params_of(&self, bound: &Bound) -> Value {
        let mut params = bound.params.clone();
        if let Some(memory) = self.memory
            && bound.input_declarations.iter().any(|declared| declared.in_blocks)
            && let Some(fields) = params.as_object_mut()
        {
            fields.insert("memory".into(), memory.into());
        }
        params
    }

    /// The spec's file, from the workspace.
    pub fn file(&self) -> &str {
        self.document.file()
    }

    /// A fault of a path in the spec to which an output is published.
    pub(crate) fn path_fault(&self, stage: &str, output: &str, message: String) -> Fault {
        let path = self.stage(stage).ok().and_then(|stage| stage.publish.get(output));
        self.document.fault(path.map(|path| path.span), message)
    }

    /// The stage of that name.
    ///
    /// # Errors
    /// [`PipelineError::Unknown`] with a suggestion.
    pub fn stage(&self, name: &str) -> Result<&PipelineStage> {
        self.position(name).map(|at| &self.stages[at])
    }

    /// Where the stage of that name stands.
    ///
    /// # Errors
    /// [`PipelineError::Unknown`] with a suggestion.
    pub(crate) fn position(&self, name: &str) -> Result<usize> {
        self.positions.get(name).copied().ok_or_else(|| PipelineError::Unknown {
            message: format!("no stage is called `{name}`"),
            hint: one_of(name, self.stages.iter().map(|stage| stage.name.as_str())),
        })
    }

    /// A stage for an item.
    ///
    /// # Errors
    /// Faults that its parameters have with this item.
    pub(crate) fn bind(&self, stage: &PipelineStage, item: &Item) -> std::result::Result<Arc<Bound>, Faults> {
        if let Some(bound) = stage.listed.get(&item.key) {
            return Ok(Arc::clone(bound));
        }
        let Some(template) = &stage.template else { return Ok(Arc::clone(&stage.bound)) };
        let main_output = |name: &str| {
            let stage = self.positions.get(name).and_then(|at| self.stages.get(*at))?;
            Some(stage.bound.output_declarations.first()?.name.clone())
        };
        template.bind(&self.document, Some(item), &main_output).map(Arc::new)
    }
}

/// Far above what is written by hand or by a program for 10,000 stages.
const LARGEST_SPEC: u64 = 64 << 20;
