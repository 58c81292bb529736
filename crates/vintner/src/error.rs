//! Faults as the user sees them.

use std::io;

use vintner_pipeline::PipelineError;
use vintner_stages::StagesError;

pub(crate) type Result<T> = std::result::Result<T, CommandError>;

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CommandError {
    #[error("{0}")]
    Pipeline(#[from] PipelineError),
    #[error("{0}")]
    Stages(#[from] StagesError),
    #[error("writing to stdout: {0}")]
    Output(#[from] io::Error),
    #[error("writing JSON: {0}")]
    Json(#[from] serde_json::Error),
    #[error("the stored frame can't be shown: {0}")]
    Frame(#[from] polars::error::PolarsError),
    #[error(
        "--data-root {}: no such folder\n      = name a folder laid out like data/vintages; without \
         --data-root and VINTNER_DATA_ROOT raw files are looked for in data/vintages itself", path.display()
    )]
    NoDataRoot { path: std::path::PathBuf },
    #[error("{branch}.{output} isn't made yet: {state}\n  `vintner reproduce` makes it")]
    NotMade { branch: String, output: String, state: &'static str },
    #[error("{branch}.{output} is corrupt in the cache\n  `vintner reproduce --force` makes it again")]
    Corrupt { branch: String, output: String },
    #[error("`{stage}` has several branches; name one of them: {}", branches.join(", "))]
    SeveralBranches { stage: String, branches: Vec<String> },
    #[error("{}: {message}", path.display())]
    NoPipeline { path: std::path::PathBuf, message: &'static str },
}

impl CommandError {
    pub(crate) fn is_usage(&self) -> bool {
        match self {
            CommandError::NoDataRoot { .. } => true,
            CommandError::Pipeline(error) => error.is_usage(),
            CommandError::Stages(error) => error.is_usage(),
            CommandError::SeveralBranches { .. } | CommandError::NoPipeline { .. } => true,
            _ => false,
        }
    }

    pub(crate) fn is_broken_pipe(&self) -> bool {
        matches!(self, CommandError::Output(error) if error.kind() == io::ErrorKind::BrokenPipe)
    }
}
