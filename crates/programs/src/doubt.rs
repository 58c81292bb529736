//! What can't be made out.

use std::fmt;

/// What can't be made out of a program, and where.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Doubt {
    /// The program.
    pub program: String,
    /// The line, from 1; 0 for the program as a whole.
    pub line: usize,
    /// What it is, and what a person is to do.
    pub what: String,
}

impl fmt::Display for Doubt {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(formatter, "{}: {}", self.program, self.what),
            line => write!(formatter, "{}:{line}: {}", self.program, self.what),
        }
    }
}
