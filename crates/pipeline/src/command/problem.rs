//! What went wrong with a command.

use std::io;
use std::path::{Path, PathBuf};

use super::timeout::Timeout;
use crate::error::{advice, few};

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
    #[error("the command {}, which it only reads; change a copy in $TMPDIR", listed(changes))]
    InputsChanged {
        /// What happened to each, as in "changed `inputs/panel.csv`".
        changes: Vec<String>,
    },
    /// Declared files aren't there.
    #[error(
        "the command didn't write {}; {}",
        listed(missing),
        if written.is_empty() { "it wrote nothing".to_owned() } else { format!("it wrote {}", listed(written)) }
    )]
    Missing {
        /// Outputs and their paths.
        missing: Vec<String>,
        /// What it did write.
        written: Vec<String>,
    },
    /// Declared files are something else.
    #[error("{}; an output is a plain file", listed(found))]
    NotFiles {
        /// Outputs, their paths and what stands there.
        found: Vec<String>,
    },
    /// Files are there that weren't declared.
    #[error("the command wrote {}: declare it under `outputs`, or write it to $TMPDIR", listed(paths))]
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

/// The first of a list, and how many more there are.
fn listed(names: &[String]) -> String {
    few(names, 10)
}
