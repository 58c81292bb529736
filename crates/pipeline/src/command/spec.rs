//! What `pipeline.yaml` says of a command.

use std::collections::BTreeMap;
use std::ffi::OsString;

use serde_json::Value;
use vintner_diagnostics::{Document, Faults, Node};

use super::command_line::CommandLine;
use super::output_file::OutputFile;
use super::reading::Reading;
use super::timeout::Timeout;

/// A command as written, checked.
#[derive(Debug, Clone, PartialEq)]
pub struct CommandSpec {
    /// What is run.
    pub line: CommandLine,
    /// The files that it makes, in the order in which they are written.
    pub outputs: Vec<OutputFile>,
    /// The variables that it declares, with their values.
    pub environment: BTreeMap<String, String>,
    /// How long it may take.
    pub timeout: Option<Timeout>,
    /// What it finds in `params.json`: an object.
    pub params: Value,
}

impl CommandSpec {
    /// Reads the fields `run`, `outputs`, `env`, `timeout` and `params` of a stage. `caller` knows the
    /// variables of whoever runs the pipeline.
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
            environment: reading.environment(stage.get("env"), caller),
            timeout: reading.timeout(stage.get("timeout")),
            params: reading.params(stage.get("params")),
        };
        reading.faults.or(spec)
    }
}
