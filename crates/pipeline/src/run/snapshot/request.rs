//! What a run is asked for.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::mark::{Mark, mark};
use crate::files::file_name;
use crate::files::now;

/// What a run is asked for, and what is looked at before there is a plan.
#[derive(Debug, Clone)]
pub struct Request {
    name: String,
    asked: Value,
    began: i128,
    watched: Vec<Watched>,
}

/// A path that is looked at before there is a plan.
#[derive(Debug, Clone)]
struct Watched {
    path: PathBuf,
    before: Option<Mark>,
    /// Whether what stands there decides which branches there are, and what they are.
    decides: bool,
}

impl Request {
    /// `name` is the vintage's as it was given, of which the last request is kept; `asked` is all
    /// that was said of what to run and on what. The program and the folder in which it was started
    /// count too.
    pub fn new(name: &str, asked: Value) -> Self {
        // Where it can't be told which program this is, it is an empty path, which has no mark.
        let program = std::env::current_exe().unwrap_or_default();
        let folder = std::env::current_dir().unwrap_or_default();
        let mut request = Self {
            name: file_name(name),
            // As they are told apart: a path that isn't UTF-8 has no JSON.
            asked: json!({
                "asked": asked, "program": format!("{program:?}"), "folder": format!("{folder:?}"),
            }),
            began: now(),
            watched: Vec::new(),
        };
        request.watch([program]);
        request
    }

    /// Paths that will be looked at by others than the engine, whether something is there or not; to
    /// be said before they are.
    pub fn watch(&mut self, paths: impl IntoIterator<Item = PathBuf>) {
        self.put(paths, true);
    }

    /// The same of what a run only compares with what came out, and writes.
    pub fn watch_written(&mut self, paths: impl IntoIterator<Item = PathBuf>) {
        self.put(paths, false);
    }

    fn put(&mut self, paths: impl IntoIterator<Item = PathBuf>, decides: bool) {
        let watched = paths.into_iter().map(|path| {
            let before = mark(&path, Some(self.began));
            Watched { path, before, decides }
        });
        self.watched.extend(watched);
    }

    /// Which snapshot it is compared with.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn asked(&self) -> &Value {
        &self.asked
    }

    /// When it was made, in nanoseconds since 1970.
    pub(super) fn began(&self) -> i128 {
        self.began
    }

    pub(super) fn watched(&self) -> impl Iterator<Item = &Path> {
        self.watched.iter().map(|watched| watched.path.as_path())
    }

    /// Those that decide which branches there are, and what they are.
    pub(super) fn deciding(&self) -> impl Iterator<Item = &Path> {
        self.watched.iter().filter(|watched| watched.decides).map(|watched| watched.path.as_path())
    }

    /// Whether what is watched is known and as it was.
    pub(super) fn is_unmoved(&self) -> bool {
        self.watched.iter().all(|watched| watched.is_unmoved(self.began))
    }

    /// Whether what decides what branches are is known and as it was.
    pub(super) fn is_decided(&self) -> bool {
        self.watched.iter().filter(|watched| watched.decides).all(|watched| watched.is_unmoved(self.began))
    }
}

impl Watched {
    fn is_unmoved(&self, began: i128) -> bool {
        self.before.is_some() && mark(&self.path, Some(began)) == self.before
    }
}
