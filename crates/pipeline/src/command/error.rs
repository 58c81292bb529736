//! Why a command didn't make its outputs.

use std::fmt;
use std::path::Path;

use super::command_line::CommandLine;
use super::environment::Environment;
use super::excerpt::last_lines;
use super::problem::CommandProblem;
use super::quoted::quoted;

/// Why a command didn't make its outputs, and what it said.
#[derive(Debug, thiserror::Error)]
pub struct CommandError {
    /// Why.
    pub problem: CommandProblem,
    log: String,
    /// How to run it again, in lines of the message.
    by_hand: Vec<String>,
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
                let folder = quoted(&folder.to_string_lossy());
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
