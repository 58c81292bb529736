//! Why a reader came to no answer.

use crate::bytes::in_words;
use crate::limits::Limits;

/// A reader that came to no answer. The words go behind the name of a file: `a.xls: reading it …`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Ended {
    /// It found itself where it never should be.
    #[error("the reader stumbled over it ({message})")]
    Panicked {
        /// What it said.
        message: String,
    },
    /// It asked for more memory than it may have.
    #[error("reading it takes more than {} of memory", in_words(limits.memory))]
    Memory {
        /// What it may have.
        limits: Limits,
    },
    /// It went on and on.
    #[error("reading it takes more than {} seconds", limits.seconds)]
    Time {
        /// What it may have.
        limits: Limits,
    },
    /// It was ended otherwise.
    #[error("the reader broke off ({how})")]
    Broken {
        /// A signal or an exit code.
        how: String,
    },
    /// It couldn't be begun, which is no fault of the file.
    #[error("the process in which files are read can't be started: {message}")]
    NotStarted {
        /// What the operating system says.
        message: String,
    },
}

impl Ended {
    /// What to do about it; `instead` is another form in which the same data can be had, for a file that
    /// is as it should be and too much.
    pub fn hint(&self, instead: &str) -> String {
        match self {
            Ended::NotStarted { .. } => {
                "see that the program may start processes, and that its own file is where it was".into()
            }
            Ended::Memory { .. } | Ended::Time { .. } => {
                format!("it is damaged, or larger than it looks: get the file again, or {instead}")
            }
            Ended::Panicked { .. } | Ended::Broken { .. } => {
                format!("it is probably damaged: get the file again, or {instead}")
            }
        }
    }
}
