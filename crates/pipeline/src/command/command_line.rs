//! What is run.

use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::environment::Environment;
use super::problem::CommandProblem;
use super::quoted::quoted;

/// What is run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum CommandLine {
    /// A text for `sh -e -c`: it ends at the first command of it that fails.
    Shell(String),
    /// A program and its arguments.
    Direct(Vec<String>),
}

/// The shell's arguments before the text.
const SHELL: [&str; 3] = ["sh", "-e", "-c"];

impl CommandLine {
    pub(super) fn is_shell(&self) -> bool {
        matches!(self, CommandLine::Shell(_))
    }

    /// The program as written.
    pub(super) fn name(&self) -> &str {
        match self {
            CommandLine::Shell(_) => SHELL[0],
            CommandLine::Direct(words) => words.first().map(String::as_str).unwrap_or_default(),
        }
    }

    pub(super) fn arguments(&self) -> Vec<&str> {
        match self {
            CommandLine::Shell(text) => SHELL.into_iter().skip(1).chain([text.as_str()]).collect(),
            CommandLine::Direct(words) => words.iter().skip(1).map(String::as_str).collect(),
        }
    }

    /// Its first line, as it is written.
    pub(super) fn in_short(&self) -> String {
        let CommandLine::Shell(text) = self else { return self.to_string() };
        let mut lines = text.trim().lines();
        let first = lines.next().unwrap_or_default().to_owned();
        if lines.next().is_some() { first + " …" } else { first }
    }

    /// The program's file: a path starts at `folder`, and a name is looked for on `PATH`. Found here
    /// because the system can start a known file without copying this process first.
    pub(super) fn program(
        &self,
        folder: &Path,
        environment: &Environment,
    ) -> Result<PathBuf, CommandProblem> {
        let name = self.name();
        if name.contains('/') {
            let file = folder.join(name);
            return match file.is_file() {
                true if is_executable(&file) => Ok(file),
                true => Err(CommandProblem::NotRunnable { program: name.to_owned() }),
                false => Err(CommandProblem::NotInScratch { program: name.to_owned() }),
            };
        }
        let path = environment.path();
        std::env::split_paths(&OsString::from(&path))
            // An empty part is the current folder, which is the scratch folder.
            .map(|part| folder.join(part).join(name))
            .find(|file| is_executable(file))
            .ok_or_else(|| CommandProblem::NotFound { program: name.to_owned(), path })
    }
}

impl fmt::Display for CommandLine {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = self.arguments();
        formatter.write_str(&quoted(self.name()))?;
        words.iter().try_for_each(|word| write!(formatter, " {}", quoted(word)))
    }
}

#[cfg(unix)]
fn is_executable(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    file.metadata().is_ok_and(|metadata| metadata.is_file() && metadata.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_executable(file: &Path) -> bool {
    file.is_file()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_shown_as_a_shell_would_read_it() {
        let direct = CommandLine::Direct(["python3", "-c", "print('x')", ""].map(str::to_owned).into());
        assert_eq!(direct.to_string(), r"python3 -c 'print('\''x'\'')' ''");
        assert_eq!(CommandLine::Shell("a && b".into()).to_string(), "sh -e -c 'a && b'");
    }
}
