//! Why a command didn't make its outputs.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use super::command_line::CommandLine;
use super::environment::Environment;
use super::excerpt::last_lines;
use super::timeout::Timeout;
use crate::error::{advice, few};

/// Why a command didn't make its outputs, and what it said.
#[derive(Debug, thiserror::Error)]
pub struct CommandError {
    /// Why.
    pub problem: CommandProblem,
    log: String,
    /// How to run it again, in lines of the message.
    by_hand: Vec<String>,
}

/// What went wrong with a command.
#[derive(Debug, thiserror::Error)]
pub enum CommandProblem {
    /// No program of that name is on the path.
    #[error("there is no program `{program}` on PATH={path}")]
    NotFound {
        /// The name.
        program: String,
        /// Where it was looked for.
        path: String,
    },
    /// No program is at that place.
    #[error("there is no `{program}` in the scratch folder; declare it under `files`")]
    NotInScratch {
        /// Its path.
        program: String,
    },
    /// What is to run says nothing of how.
    #[error(
        "`{program}` can't be run: it doesn't begin with `#!`; begin it so, or name what runs it, \
         as in `run: [python3, {program}]`"
    )]
    NotRunnable {
        /// Its path.
        program: String,
    },
    /// The system refused to start it.
    #[error("`{command}` can't be started: {source}")]
    Start {
        /// The program.
        command: String,
        /// Why.
        source: io::Error,
    },
    /// It said that it failed.
    #[error(
        "the command ended with exit code {code}{}",
        path.as_ref().map(|path| format!(": a program wasn't found on PATH={path}")).unwrap_or_default()
    )]
    Code {
        /// The exit code.
        code: i32,
        /// Where programs were looked for, if one wasn't found.
        path: Option<String>,
    },
    /// A signal ended it.
    #[error(
        "the command was ended by {signal}{}",
        if signal == "SIGKILL" { ", as happens when memory runs out" } else { "" }
    )]
    Signal {
        /// The signal's name.
        signal: String,
    },
    /// It took too long.
    #[error("the command ran longer than its timeout of {0} and was ended")]
    TimedOut(Timeout),
    /// The run was to end.
    #[error("the command was interrupted")]
    Cancelled,
    /// Two inputs, or an input and an output, have one path.
    #[error("`{path}` in the scratch folder would be both {one} and {other}; give one of them another path")]
    Clash {
        /// The path.
        path: String,
        /// What it is.
        one: &'static str,
        /// And what else.
        other: &'static str,
    },
    /// Inputs aren't as they were.
    #[error("the command {}, which it only reads; change a copy in $TMPDIR", few(changes))]
    InputsChanged {
        /// What happened to each, as in "changed `inputs/panel.csv`".
        changes: Vec<String>,
    },
    /// Declared files aren't there.
    #[error(
        "the command didn't write {}; {}",
        few(missing),
        if written.is_empty() { "it wrote nothing".to_owned() } else { format!("it wrote {}", few(written)) }
    )]
    Missing {
        /// Outputs and their paths.
        missing: Vec<String>,
        /// What it did write.
        written: Vec<String>,
    },
    /// Declared files are something else.
    #[error("{}; an output is a plain file", few(found))]
    NotFiles {
        /// Outputs, their paths and what stands there.
        found: Vec<String>,
    },
    /// Files are there that weren't declared.
    #[error("the command wrote {}: declare it under `outputs`, or write it to $TMPDIR", few(paths))]
    Undeclared {
        /// Their paths in the scratch folder.
        paths: Vec<String>,
    },
    /// An output isn't what its name's ending says.
    #[error("output `{output}` ({path}): {message}")]
    Content {
        /// The output.
        output: String,
        /// Its path in the scratch folder.
        path: String,
        /// What is wrong.
        message: String,
    },
    /// The scratch folder can't be written or read.
    #[error("{}: {action}: {source}{}", path.display(), advice(.source))]
    Io {
        /// The file.
        path: PathBuf,
        /// What was being done.
        action: &'static str,
        /// Why it failed.
        source: io::Error,
    },
}

impl CommandProblem {
    pub(super) fn io(path: &Path, action: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |source| CommandProblem::Io { path: path.to_owned(), action, source }
    }
}

impl CommandError {
    /// An error before anything was started.
    pub(super) fn bare(problem: CommandProblem) -> Self {
        Self { problem, log: String::new(), by_hand: Vec::new() }
    }

    /// An error after a start; `kept` is the scratch folder, if it stays.
    pub(super) fn new(
        problem: CommandProblem,
        log: String,
        line: &CommandLine,
        environment: &Environment,
        kept: Option<&Path>,
    ) -> Self {
        let started = !matches!(
            problem,
            CommandProblem::Cancelled
                | CommandProblem::NotFound { .. }
                | CommandProblem::NotInScratch { .. }
                | CommandProblem::NotRunnable { .. }
        );
        let by_hand = match kept {
            _ if !started => Vec::new(),
            Some(folder) => {
                let folder = super::command_line::quoted(&folder.to_string_lossy());
                vec![format!("to run it by hand: cd {folder} && env -i {} {line}", environment.for_a_shell())]
            }
            None => vec![
                format!("the command: {}", line.in_short()),
                "to run it by hand: set VINTNER_KEEP_SCRATCH=1, run again, and its folder stays".to_owned(),
            ],
        };
        Self { problem, log, by_hand }
    }

    /// Whether it was given up because the run was to end.
    pub fn is_cancelled(&self) -> bool {
        matches!(self.problem, CommandProblem::Cancelled)
    }

    /// All that the command said.
    pub fn log(&self) -> &str {
        &self.log
    }
}

impl fmt::Display for CommandError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.problem)?;
        let lines = match self.problem {
            CommandProblem::Cancelled => Vec::new(),
            _ => last_lines(&self.log),
        };
        if !lines.is_empty() {
            write!(formatter, "\n  the last that it said:")?;
            lines.iter().try_for_each(|line| write!(formatter, "\n    | {line}"))?;
        }
        self.by_hand.iter().try_for_each(|line| write!(formatter, "\n  {line}"))
    }
}

/// The first of a list, and how many more there are.
fn few(names: &[String]) -> String {
    few(names, 10)
}
