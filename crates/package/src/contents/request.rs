//! What a package is asked for.

use std::path::Path;

use vintner_pipeline::{LockFile, Pipeline, Store, Vintage};

/// What a package is asked for.
#[derive(Clone, Copy)]
pub struct Request<'a> {
    /// The pipeline.
    pub pipeline: &'a Pipeline,
    /// The vintage.
    pub vintage: &'a Vintage,
    /// What is kept.
    pub store: &'a Store,
    /// The workspace.
    pub workspace: &'a Path,
    /// What is locked.
    pub lock: &'a LockFile,
    /// The package's date, as `YYYY-MM-DD`; where none is given, that of `package.yaml` or of the vintage.
    pub date: Option<&'a str>,
}
