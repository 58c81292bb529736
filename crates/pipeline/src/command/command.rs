//! A stage that runs a command, from its parameters to its outputs.

use std::path::PathBuf;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use serde_json::{Value, json};
use vintner_diagnostics::{Document, Faults, Node};

use super::environment::Environment;
use super::error::CommandError;
#[cfg(unix)]
use super::group::run;
use super::output_file::OutputFile;
use super::problem::CommandProblem;
use super::process::{Ending, Request};
use super::scratch::Scratch;
use super::spec::CommandSpec;
use super::timeout::Timeout;
use crate::digest::Digest;
use crate::error::StageError;
use crate::operation::{InputDeclaration, Inputs, Operation, OutputDeclaration, Outputs, Stage};

/// How long a process group may take to end after it was asked to.
const GRACE: Duration = Duration::from_secs(2);

/// A stage that runs a command.
#[derive(Debug, Clone)]
pub struct Command {
    spec: CommandSpec,
    scratch_parent: PathBuf,
    keep_scratch: bool,
}

/// Reads the fields `run`, `outputs`, `env`, `timeout` and `params` of a stage; others are left alone.
/// Variables that `env` inherits are the caller's.
///
/// # Errors
/// Every fault in these fields, at its place in `document`.
pub fn configure(document: &Document, stage: &Node) -> Result<Arc<dyn Stage>, Faults> {
    let spec = CommandSpec::read(document, stage, &|name| std::env::var_os(name))?;
    Ok(Arc::new(Command::new(spec)))
}

/// What a stage with `run` instead of `op` does.
pub(crate) struct CommandOperation;

impl CommandOperation {
    /// What stands for the operation's name.
    pub(crate) const NAME: &'static str = "run";
}

impl Operation for CommandOperation {
    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn summary(&self) -> &'static str {
        "runs a command in a folder of its own"
    }

    fn code(&self) -> Digest {
        code()
    }

    fn configure(&self, document: &Document, stage: &Node) -> Result<Arc<dyn Stage>, Faults> {
        configure(document, stage)
    }
}

/// The digest of this module's source code, which counts in the fingerprints of commands as that of
/// an operation does in its stages'.
pub fn code() -> Digest {
    // Asked for by every stage.
    static CODE: LazyLock<Digest> = LazyLock::new(|| Digest::of(SOURCES.concat().as_bytes()));
    CODE.clone()
}

/// Every file of this module.
const SOURCES: [&str; 17] = [
    include_str!("command.rs"),
    include_str!("command_line.rs"),
    include_str!("environment.rs"),
    include_str!("error.rs"),
    include_str!("excerpt.rs"),
    include_str!("foreign_frame.rs"),
    include_str!("group.rs"),
    include_str!("log.rs"),
    include_str!("mod.rs"),
    include_str!("output_file.rs"),
    include_str!("problem.rs"),
    include_str!("process.rs"),
    include_str!("quoted.rs"),
    include_str!("reading.rs"),
    include_str!("scratch.rs"),
    include_str!("spec.rs"),
    include_str!("timeout.rs"),
];

impl Command {
    /// A command whose scratch folders are made below `$VINTNER_SCRATCH`, or where temporary files
    /// go, and kept after a failure if `$VINTNER_KEEP_SCRATCH` is set.
    pub fn new(spec: CommandSpec) -> Self {
        let given = |name| std::env::var_os(name).filter(|value| !value.is_empty());
        let scratch_parent = given("VINTNER_SCRATCH").map_or_else(std::env::temp_dir, PathBuf::from);
        let keep_scratch = given("VINTNER_KEEP_SCRATCH").is_some();
        Self { spec, scratch_parent, keep_scratch }
    }

    /// This command, with its scratch folders below `parent`.
    #[must_use]
    pub fn scratch_below(mut self, parent: impl Into<PathBuf>) -> Self {
        self.scratch_parent = parent.into();
        self
    }

    /// This command, whose scratch folder stays after a failure or doesn't.
    #[must_use]
    pub fn keep_scratch(mut self, keep: bool) -> Self {
        self.keep_scratch = keep;
        self
    }

    /// Runs it on `inputs`.
    ///
    /// # Errors
    /// Where it can't be started, fails, takes too long, is cancelled, or writes other files than it
    /// declares; with all that it said.
    pub fn execute(&self, inputs: &Inputs) -> Result<Outputs, CommandError> {
        // Until its scratch folder is gone too.
        let _running = inputs.cancelled.running_command();
        if inputs.cancelled.is_cancelled() {
            return Err(CommandError::bare(CommandProblem::Cancelled));
        }
        let scratch = Scratch::lay_out(&self.scratch_parent, inputs, &self.spec.outputs, &self.spec.params)
            .map_err(CommandError::bare)?;
        let environment =
            Environment::new(&self.spec.environment, scratch.temporary(), &scratch.params(), inputs.seed);
        let mut log = String::new();
        let made = self.execute_in(&scratch, &environment, inputs, &mut log);
        made.map(|(outputs, peak_memory)| Outputs { log: log.clone(), peak_memory, ..outputs }).map_err(
            |problem| {
                let kept = (self.keep_scratch && !matches!(problem, CommandProblem::Cancelled))
                    .then(|| scratch.keep());
                CommandError::new(problem, log, &self.spec.line, &environment, kept.as_deref())
            },
        )
    }

    fn execute_in(
        &self,
        scratch: &Scratch<'_>,
        environment: &Environment,
        inputs: &Inputs,
        log: &mut String,
    ) -> Result<(Outputs, Option<u64>), CommandProblem> {
        let line = &self.spec.line;
        let ended = run(&Request {
            program: &line.program(scratch.folder(), environment)?,
            name: line.name(),
            arguments: &line.arguments(),
            folder: scratch.folder(),
            environment,
            timeout: self.spec.timeout.as_ref().map(Timeout::duration),
            grace: GRACE,
            cancelled: &inputs.cancelled,
        });
        let ended =
            ended.map_err(|source| CommandProblem::Start { command: line.name().to_owned(), source })?;
        *log = ended.log;
        match (ended.ending, &self.spec.timeout) {
            (Ending::Cancelled, _) => return Err(CommandProblem::Cancelled),
            (Ending::TimedOut, Some(timeout)) => return Err(CommandProblem::TimedOut(timeout.clone())),
            _ => {}
        }
        if let Some(signal) = ended.signal {
            return Err(CommandProblem::Signal { signal });
        }
        if ended.code != 0 {
            // What a shell says of a program that it can't find.
            let path = (ended.code == 127 && line.is_shell()).then(|| environment.path());
            return Err(CommandProblem::Code { code: ended.code, path });
        }
        Ok((scratch.collect(&self.spec.outputs)?, ended.peak_memory))
    }
}

impl Stage for Command {
    fn params(&self) -> Value {
        let CommandSpec { line, outputs, environment, params, timeout: _ } = &self.spec;
        let outputs: serde_json::Map<String, Value> =
            outputs.iter().map(|output| (output.name.clone(), json!(output.path))).collect();
        json!({"run": line, "outputs": outputs, "env": environment, "params": params})
    }

    fn inputs(&self) -> Vec<InputDeclaration> {
        vec![InputDeclaration::anything()]
    }

    fn outputs(&self) -> Vec<OutputDeclaration> {
        self.spec.outputs.iter().map(OutputFile::declaration).collect()
    }

    fn variables(&self) -> Vec<String> {
        self.spec.environment.keys().cloned().collect()
    }

    fn run(&self, inputs: &Inputs) -> Result<Outputs, StageError> {
        self.execute(inputs).map_err(Into::into)
    }
}

/// What a command leaves behind couldn't be ended for certain without process groups.
#[cfg(not(unix))]
fn run(_: &Request<'_>) -> std::io::Result<super::process::Ended> {
    Err(std::io::Error::new(std::io::ErrorKind::Unsupported, "stages with `run` need Linux or macOS"))
}

#[cfg(test)]
mod tests {
    use super::SOURCES;

    #[test]
    fn every_file_of_the_module_counts() -> std::io::Result<()> {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/command");
        let mut files = Vec::new();
        for entry in std::fs::read_dir(folder)? {
            files.push(std::fs::read_to_string(entry?.path())?);
        }
        files.sort_unstable();
        let mut counted = SOURCES.map(str::to_owned);
        counted.sort_unstable();
        assert_eq!(files, counted);
        Ok(())
    }
}
