//! Faults of writing pages.

use std::io;
use std::path::{Path, PathBuf};

use vintner_pipeline::PipelineError;
use vintner_stages::StagesError;

/// The result of writing pages.
pub type Result<T> = std::result::Result<T, SiteError>;

/// Why the pages couldn't be written.
#[derive(Debug, thiserror::Error)]
pub enum SiteError {
    /// Of the survey.
    #[error("{0}")]
    Pipeline(#[from] PipelineError),
    /// Of traces, claims or differences.
    #[error("{0}")]
    Stages(#[from] StagesError),
    /// A page's template doesn't fit what it is given.
    #[error("the page {page} can't be made: {message}")]
    Page {
        /// The page.
        page: String,
        /// What tera says.
        message: String,
    },
    /// An output isn't what its kind says.
    #[error("{what}: {message}")]
    Output {
        /// The output.
        what: String,
        /// What is wrong with it.
        message: String,
    },
    /// A file or folder can't be written.
    #[error("{}: {doing}: {source}; check that its folder is there and may be written", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What was tried.
        doing: &'static str,
        /// What the system says.
        source: io::Error,
    },
    /// The folder holds what isn't part of a site.
    #[error(
        "{}: {} isn't part of an audit that vintner wrote, and nothing of others is removed\n  move it away, or \
         name another folder with --output", folder.display(), foreign.display()
    )]
    Foreign {
        /// The folder.
        folder: PathBuf,
        /// What was found in it.
        foreign: PathBuf,
    },
}

impl SiteError {
    pub(crate) fn io(path: &Path, doing: &'static str) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { path, doing, source }
    }

    /// Whether it is a mistake in how the command was called or configured.
    pub fn is_usage(&self) -> bool {
        match self {
            Self::Pipeline(error) => error.is_usage(),
            Self::Stages(error) => error.is_usage(),
            Self::Foreign { .. } => true,
            Self::Page { .. } | Self::Output { .. } | Self::Io { .. } => false,
        }
    }
}
