//! What `pipeline.yaml` says of a command.

use std::collections::BTreeMap;
use std::ffi::OsString;

use serde_json::Value;
use vintner_diagnostics::{Document, Faults, Node};

use super::command_line::CommandLine;
use super::output_file::OutputFile;
use super::reading::Reading;
use super::sandbox::Sandbox;
use super::timeout::Timeout;
use super::variable::Variable;

/// A command as written, checked.
#[derive(Debug, Clone, PartialEq)]
pub struct CommandSpec {
    /// What is run.
    pub line: CommandLine,
    /// The files that it makes, in the order in which they are written.
    pub outputs: Vec<OutputFile>,
    /// The variables that it declares.
    pub variables: BTreeMap<String, Variable>,
    /// What it is kept to, if it is.
    pub sandbox: Option<Sandbox>,
    /// Commands whose answers its outputs depend on, as the version of a program.
    pub questions: Vec<Vec<String>>,
    /// How long it may take.
    pub timeout: Option<Timeout>,
    /// What it finds in `params.json`: an object.
    pub params: Value,
}

impl CommandSpec {
    /// Reads the fields `run`, `outputs`, `env`, `environment`, `sandbox`, `timeout` and `params` of a stage.
    /// `caller` knows the variables of whoever runs the pipeline.
    ///
    /// # Errors
    /// Every fault in these fields, at its place in `document`.
    pub fn read(
        document: &Document,
        stage: &Node,
        caller: &dyn Fn(&str) -> Option<OsString>,
    ) -> Result<Self, Faults> {
        let mut reading = Reading::new(document);
        let spec = Self {
            line: reading.line(stage),
            outputs: reading.outputs(stage),
            variables: reading.variables(stage.get("env"), caller),
            sandbox: reading.sandbox(stage.get("sandbox")),
            questions: reading.questions(stage.get("environment")),
            timeout: reading.timeout(stage.get("timeout")),
            params: reading.params(stage.get("params")),
        };
        reading.faults.or(spec)
    }
}
