//! A stage that runs a command, from its parameters to its outputs.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use serde_json::{Value, json};
use vintner_diagnostics::{Document, Faults, Node, NodeValue};

use super::command_line::CommandLine;
use super::environment::Environment;
use super::error::CommandError;
use super::excerpt::last_lines;
#[cfg(unix)]
use super::group::run;
use super::output_file::OutputFile;
use super::problem::CommandProblem;
use super::process::{Ended, Ending, Request};
use super::quoted::quoted;
use super::sandbox::{Sandbox, TEMPORARY};
use super::scratch::Scratch;
use super::spec::CommandSpec;
use super::timeout::Timeout;
use super::usual_path::USUAL_PATH;
use super::variable::Variable;
use crate::digest::{Digest, SecretKey, canonical_json};
use crate::error::StageError;
use crate::operation::{
    Cancelled, InputDeclaration, Inputs, Operation, OutputDeclaration, Outputs, Question, Stage,
};

/// How long a process group may take to end after it was asked to.
const GRACE: Duration = Duration::from_secs(2);

/// How long a question may take to be answered.
const PATIENCE: Duration = Duration::from_secs(60);

/// A stage that runs a command.
#[derive(Debug, Clone)]
pub struct Command {
    spec: CommandSpec,
    key: SecretKey,
    scratch_parent: PathBuf,
    keep_scratch: bool,
}

/// What a stage with `run` instead of `op` does.
pub(crate) struct CommandOperation {
    key: SecretKey,
    /// Whether commands are kept to what they declare, unless they say otherwise.
    sandbox: bool,
}

impl CommandOperation {
    /// What stands for the operation's name.
    pub(crate) const NAME: &'static str = "run";

    /// Commands whose secrets are digested under `key`.
    pub(crate) fn new(key: SecretKey, sandbox: bool) -> Self {
        Self { key, sandbox }
    }
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
        let mut spec = CommandSpec::read(document, stage, &|name| std::env::var_os(name))?;
        let says_nothing = stage.get("sandbox").is_none_or(|node| node.value == NodeValue::Null);
        if self.sandbox && says_nothing {
            spec.sandbox = Some(Sandbox::default());
        }
        Ok(Arc::new(Command { key: self.key.clone(), ..Command::new(spec) }))
    }
}

/// The digest of this module's source code, which counts in the fingerprints of commands as that of
/// an operation does in its stages'.
pub fn code() -> Digest {
    // Asked for by every stage.
    static CODE: LazyLock<Digest> = LazyLock::new(|| Digest::of(SOURCES.concat().as_bytes()));
    CODE.clone()
}

/// Where scratch folders are made unless a command is told otherwise.
pub(crate) fn scratch_parent() -> PathBuf {
    given("VINTNER_SCRATCH").map_or_else(std::env::temp_dir, PathBuf::from)
}

/// A variable of the caller that says something.
fn given(name: &str) -> Option<std::ffi::OsString> {
    std::env::var_os(name).filter(|value| !value.is_empty())
}

/// Every file of this module.
const SOURCES: [&str; 23] = [
    include_str!("stage.rs"),
    include_str!("command_line.rs"),
    include_str!("descendants.rs"),
    include_str!("environment.rs"),
    include_str!("error.rs"),
    include_str!("excerpt.rs"),
    include_str!("foreign_frame.rs"),
    include_str!("group.rs"),
    include_str!("log.rs"),
    include_str!("masks.rs"),
    include_str!("mod.rs"),
    include_str!("output_file.rs"),
    include_str!("plain_column.rs"),
    include_str!("problem.rs"),
    include_str!("process.rs"),
    include_str!("quoted.rs"),
    include_str!("reading.rs"),
    include_str!("sandbox.rs"),
    include_str!("scratch.rs"),
    include_str!("spec.rs"),
    include_str!("timeout.rs"),
    include_str!("usual_path.rs"),
    include_str!("variable.rs"),
];

impl Command {
    /// A command whose scratch folders are made below `$VINTNER_SCRATCH`, or where temporary files
    /// go, and kept after a failure if `$VINTNER_KEEP_SCRATCH` is set.
    pub fn new(spec: CommandSpec) -> Self {
        let keep_scratch = given("VINTNER_KEEP_SCRATCH").is_some();
        Self { spec, key: SecretKey::unkept(), scratch_parent: scratch_parent(), keep_scratch }
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
        let environment = self.environment(&scratch, inputs.seed).map_err(CommandError::bare)?;
        let mut log = String::new();
        let made = self.execute_in(&scratch, &environment, inputs, &mut log);
        made.map(|(outputs, peak_memory)| Outputs { log: log.clone(), peak_memory, ..outputs }).map_err(
            |problem| {
                let within = self.within(&scratch);
                let kept = (self.keep_scratch && !matches!(problem, CommandProblem::Cancelled))
                    .then(|| scratch.keep());
                CommandError::new(problem, log, &self.spec.line, &environment, &within, kept.as_deref())
            },
        )
    }

    fn environment(&self, scratch: &Scratch<'_>, seed: u64) -> Result<Environment, CommandProblem> {
        let variables = &self.spec.variables;
        match &self.spec.sandbox {
            None => Environment::new(variables, scratch.temporary(), &scratch.params(), seed),
            Some(sandbox) => {
                let environment =
                    Environment::new(variables, Path::new(TEMPORARY), &Sandbox::params(), seed)?;
                Ok(environment.within(sandbox, variables))
            }
        }
    }

    /// What goes before the command where somebody runs it by hand.
    fn within(&self, scratch: &Scratch<'_>) -> String {
        let Some(sandbox) = &self.spec.sandbox else { return String::new() };
        let words = sandbox.arguments(scratch.folder(), scratch.temporary());
        let words = words.iter().map(|word| format!("{} ", quoted(&word.to_string_lossy())));
        format!("bwrap {}", words.collect::<String>())
    }

    fn execute_in(
        &self,
        scratch: &Scratch<'_>,
        environment: &Environment,
        inputs: &Inputs,
        log: &mut String,
    ) -> Result<(Outputs, Option<u64>), CommandProblem> {
        let line = &self.spec.line;
        let timeout = self.spec.timeout.as_ref().map(Timeout::duration);
        let ended = self.start(line, scratch, environment, timeout, &inputs.cancelled)?;
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
        let outputs = scratch.collect(&self.spec.outputs)?;
        scratch.hand_back();
        Ok((outputs, ended.peak_memory))
    }

    /// Runs a command in a folder to its end, however it ends.
    fn start(
        &self,
        line: &CommandLine,
        scratch: &Scratch<'_>,
        environment: &Environment,
        timeout: Option<Duration>,
        cancelled: &Cancelled,
    ) -> Result<Ended, CommandProblem> {
        let program = line.program(scratch.folder(), environment)?;
        let own = line.arguments().into_iter().map(OsString::from);
        let (params, root) = (scratch.params(), scratch.root());
        let (file, name, arguments, marks) = match &self.spec.sandbox {
            None => (program, line.name(), own.collect(), Some((params.as_path(), root))),
            Some(sandbox) => {
                let mut arguments = sandbox.arguments(scratch.folder(), scratch.temporary());
                arguments.push(line.name().into());
                arguments.extend(own);
                (sandbox.program()?, "bwrap", arguments, None)
            }
        };
        let ended = run(&Request {
            program: &file,
            name,
            arguments: &arguments,
            folder: scratch.folder(),
            environment,
            timeout,
            grace: GRACE,
            cancelled,
            marks,
        });
        ended.map_err(|source| CommandProblem::Start { command: line.name().to_owned(), source })
    }

    fn ask(&self, words: &[String], cancelled: &Cancelled) -> Result<Vec<u8>, CommandProblem> {
        let _running = cancelled.running_command();
        if cancelled.is_cancelled() {
            return Err(CommandProblem::Cancelled);
        }
        let nothing = Inputs::from_files([], 0, cancelled.clone());
        let scratch = Scratch::lay_out(&self.scratch_parent, &nothing, &[], &json!({}))?;
        let environment = self.environment(&scratch, 0)?;
        let line = CommandLine::Direct(words.to_vec());
        let ended = self.start(&line, &scratch, &environment, Some(PATIENCE), cancelled)?;
        let refused = |what: String| CommandProblem::Unanswered { question: line.to_string(), what };
        match (ended.ending, ended.signal, ended.code) {
            (Ending::Cancelled, ..) => Err(CommandProblem::Cancelled),
            (Ending::TimedOut, ..) => Err(refused(format!("took longer than {} s", PATIENCE.as_secs()))),
            (_, Some(signal), _) => Err(refused(format!("was ended by {signal}"))),
            (_, None, 0) => Ok(ended.log.into_bytes()),
            (_, None, code) => {
                let said = last_lines(&ended.log).join("\n    | ");
                Err(refused(format!("ended with exit code {code}\n    | {said}")))
            }
        }
    }

    fn variables_as_params(&self) -> serde_json::Map<String, Value> {
        let variables = self.spec.variables.iter();
        variables.map(|(name, variable)| (name.clone(), variable.to_param(name, &self.key))).collect()
    }
}

impl Stage for Command {
    fn params(&self) -> Value {
        let CommandSpec { line, outputs, params, sandbox, .. } = &self.spec;
        let outputs: serde_json::Map<String, Value> =
            outputs.iter().map(|output| (output.name.clone(), json!(output.path))).collect();
        let variables = self.variables_as_params();
        let mut counted = json!({"run": line, "outputs": outputs, "env": variables, "params": params});
        if let (Some(sandbox), Some(counted)) = (sandbox, counted.as_object_mut()) {
            counted.insert("sandbox".into(), sandbox.to_param());
        }
        counted
    }

    fn inputs(&self) -> Vec<InputDeclaration> {
        vec![InputDeclaration::anything()]
    }

    fn outputs(&self) -> Vec<OutputDeclaration> {
        self.spec.outputs.iter().map(OutputFile::declaration).collect()
    }

    fn variables(&self) -> Vec<String> {
        let callers = self.spec.variables.iter();
        let callers = callers.filter(|(_, variable)| matches!(variable, Variable::Callers(_)));
        callers.map(|(name, _)| name.clone()).collect()
    }

    fn questions(&self) -> Vec<Question> {
        let sandbox = self.spec.sandbox.as_ref().map(Sandbox::to_param);
        let variables = self.variables_as_params();
        let path = std::env::var_os("PATH").unwrap_or_else(|| USUAL_PATH.into());
        let path = self.spec.sandbox.as_ref().map(|sandbox| sandbox.path(&path)).unwrap_or(path);
        let questions = self.spec.questions.iter();
        let question = |words: &Vec<String>| Question {
            text: CommandLine::Direct(words.clone()).to_string(),
            identity: Digest::of(canonical_json(&json!([words, variables, sandbox])).as_bytes()),
            program: words.first().and_then(|name| {
                std::env::split_paths(&path).map(|part| part.join(name)).find(|file| file.is_file())
            }),
        };
        questions.map(question).collect()
    }

    fn answer(&self, question: &Question, cancelled: &Cancelled) -> Result<Vec<u8>, StageError> {
        let of = |words: &&Vec<String>| CommandLine::Direct((*words).clone()).to_string() == question.text;
        let words = self.spec.questions.iter().find(of).map(Vec::as_slice).unwrap_or_default();
        self.ask(words, cancelled).map_err(|problem| CommandError::bare(problem).into())
    }

    fn run(&self, inputs: &Inputs) -> Result<Outputs, StageError> {
        self.execute(inputs).map_err(Into::into)
    }
}

/// What a command leaves behind couldn't be ended for certain without process groups.
#[cfg(not(unix))]
fn run(_: &Request<'_>) -> std::io::Result<Ended> {
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
