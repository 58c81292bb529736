//! What a run looked at that had nothing to do.
//!
//! A run in which every branch was cached has read the pipeline, the manifest, every file that a
//! stage names and every record, and looked after every object and every output. Its snapshot is
//! the list of them all, a digest of what the file system says of them, and the report. While the
//! same is asked and the digest comes out again, a run would come to the same report: so it is
//! given without reading any of it.
//!
//! A snapshot is taken only where each file was settled before the run began (see `Stamp`) and is
//! found once more to be what the run took it for. One that is missing, damaged, or of another
//! program counts as none, and costs no more than a run over everything.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::mark::{digest_of, mark, marks};
use super::request::Request;
use crate::digest::{Digest, SecretKey};
use crate::run::report::Report;
use crate::store::Store;

/// A run's snapshot, without the list of what it looked at.
#[derive(Serialize, Deserialize)]
pub(super) struct Snapshot {
    /// What was asked, of which program, where.
    pub(super) asked: Value,
    /// The caller's variables that parameters may hold: of their values a keyed digest.
    pub(super) variables: BTreeMap<String, Option<Digest>>,
    /// How many of the paths are outside of the store, which come first: one of these is what mostly changes.
    pub(super) outside: usize,
    /// The digests of what the file system says of them, and of the others.
    pub(super) marks: [Digest; 2],
    pub(super) report: Report,
}

/// The report of a run that has nothing to do; `None` where something may have changed since the
/// last such run, or there was none.
pub fn unchanged(store: &Store, request: &Request) -> Option<Report> {
    let text = fs::read_to_string(store.snapshot_path(request.name())).ok()?;
    let (digest, rest) = text.split_once('\n')?;
    if Digest::of(rest.as_bytes()).as_str() != digest {
        return None;
    }
    let (header, paths) = rest.split_once('\n')?;
    let snapshot: Snapshot = serde_json::from_str(header).ok()?;
    let key = store.secret_key();
    let same_variables = || snapshot.variables.iter().all(|(name, value)| variable(name, &key) == *value);
    if snapshot.asked != *request.asked() || !same_variables() {
        return None;
    }
    let paths: Vec<&Path> = paths.lines().map(Path::new).collect();
    let (outside, stored) = paths.split_at_checked(snapshot.outside)?;
    for (paths, before) in [outside, stored].into_iter().zip(&snapshot.marks) {
        if digest_of(&marks(paths, &|path| mark(path, None))?) != *before {
            return None;
        }
    }
    tracing::info!(paths = paths.len(), "nothing has changed since the last run");
    Some(snapshot.report)
}

impl Snapshot {
    /// Keeps it for the next run. It is no harm if it can't be kept.
    pub(super) fn keep(&self, store: &Store, name: &str, paths: &[PathBuf]) {
        // Paths stand a line each.
        let Some(paths) = paths
            .iter()
            .map(|path| path.to_str().filter(|path| !path.contains(['\n', '\r'])))
            .collect::<Option<Vec<&str>>>()
        else {
            return;
        };
        let Ok(header) = serde_json::to_string(self) else { return };
        let rest = format!("{header}\n{}\n", paths.join("\n"));
        let text = format!("{}\n{rest}", Digest::of(rest.as_bytes()));
        let path = store.snapshot_path(name);
        if let Err(error) = store.write_cache(&path, text.as_bytes()) {
            tracing::debug!(path = %path.display(), %error, "what the run looked at can't be remembered");
        }
    }
}

/// The digest of a variable of the caller.
pub(super) fn variable(name: &str, key: &SecretKey) -> Option<Digest> {
    std::env::var_os(name).map(|value| key.digest(name, value.as_encoded_bytes()))
}
