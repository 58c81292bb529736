//! Whether what is kept, shown and published is what the code and the data make.

use std::path::Path;

use serde::Serialize;

use super::status::{StageStatus, State};
use super::survey::Survey;
use crate::digest::Digest;
use crate::error::Result;
use crate::operation::{Artifact, Kind};
use crate::store::OutputRecord;

/// What was found in reading everything again.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Verification {
    /// How many branches were looked at.
    pub branches: usize,
    /// How many files and objects were read.
    pub files: usize,
    /// How many bytes these have.
    pub bytes: u64,
    /// What doesn't match.
    pub mismatches: Vec<Mismatch>,
    /// Branches that read one that doesn't match, and may run after it.
    pub waiting: Vec<String>,
}

/// Something that isn't what it should be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Mismatch {
    /// A branch, an output or a file.
    pub what: String,
    /// What is wrong with it.
    pub message: String,
}

impl Survey<'_, '_> {
    /// Compares what is kept, shown and published of some branches and of all that they were made
    /// from with what their records say. Of a survey made by [`Survey::of_every_byte`] nothing is taken
    /// on trust: each raw file and object was read.
    ///
    /// # Errors
    /// Where a file that a branch depends on can't be read.
    pub fn verify(&self, statuses: &[&StageStatus]) -> Result<Verification> {
        let mut all: Vec<&StageStatus> = statuses.to_vec();
        all.extend(statuses.iter().flat_map(|status| self.upstream_of(status)));
        let mut all: Vec<_> = all.into_iter().map(|status| (self.position(&status.id), status)).collect();
        all.sort_by(|one, other| (&one.0, &one.1.branch).cmp(&(&other.0, &other.1.branch)));
        all.dedup_by(|one, other| one.1.branch == other.1.branch);

        let mut found = Verification { branches: all.len(), ..Verification::default() };
        for (at, status) in all {
            if let Some(branch) = at.and_then(|at| self.progress.branch(at)) {
                for file in self.files_of(branch)? {
                    found.count(file.bytes);
                }
            }
            if let State::Waiting(_) = status.state {
                found.waiting.push(status.branch.clone());
            } else if status.state.would_run() {
                let causes = status.state.causes().join("; ");
                found.mismatch(status.branch.clone(), format!("{}: {causes}", status.state.word()));
            }
            // Of what isn't fresh the last run's outputs still have to be what they were.
            let last = self.latest.get(&status.branch).filter(|_| status.record.is_none());
            let last = last.and_then(|digest| self.store.record(digest));
            let record = status.record.as_ref().or(last.as_ref());
            for (name, kept) in record.into_iter().flat_map(|record| &record.outputs) {
                self.verify_output(status, name, kept, &mut found);
            }
        }
        if !found.mismatches.is_empty() {
            // What was remembered may be why nobody saw it: the next run looks at all.
            self.reading.files.save();
            self.store.forget_unchanged();
        }
        Ok(found)
    }

    fn verify_output(&self, status: &StageStatus, name: &str, kept: &OutputRecord, found: &mut Verification) {
        let what = format!("{}.{name}", status.branch);
        found.count(kept.bytes);
        match self.store.object(&kept.digest) {
            None => {
                // Of what is corrupt or missing that is the cause, which is said already.
                if status.record.is_none() || !status.state.would_run() {
                    found.mismatch(what, "corrupt or gone in the store".into());
                }
                return;
            }
            Some(bytes) if kept.kind == Kind::Frame => {
                let encoded = Artifact::Parquet(bytes).encode(&what, kept.grouped_by.as_deref());
                if !encoded.is_ok_and(|encoded| kept.describes(&encoded)) {
                    found.mismatch(what, "its record says something else of its columns".into());
                }
            }
            Some(_) => {}
        }
        let shown = self.store.output_path(self.plan.key(), &status.id, name, kept.extension());
        let shown_as = shown.strip_prefix(&self.plan.pipeline.workspace).unwrap_or(&shown);
        verify_copy(&shown, shown_as, &kept.digest, found);
        for published in self.plan.publications(&status.id).into_iter().filter(|one| one.output == name) {
            let path = self.plan.pipeline.workspace.join(&published.target);
            verify_copy(&path, &published.target, &kept.digest, found);
        }
    }
}

/// That a file outside of the store has the content that the store has.
fn verify_copy(path: &Path, name: &Path, digest: &Digest, found: &mut Verification) {
    match vintner_guard::read_regular(path) {
        Err(error) => found.mismatch(name.display().to_string(), format!("can't be read: {error}")),
        Ok(bytes) => {
            found.count(bytes.len() as u64);
            if Digest::of(&bytes) != *digest {
                found.mismatch(name.display().to_string(), "isn't what its stage made: it was edited".into());
            }
        }
    }
}

impl Verification {
    fn count(&mut self, bytes: u64) {
        self.files += 1;
        self.bytes += bytes;
    }

    fn mismatch(&mut self, what: String, message: String) {
        self.mismatches.push(Mismatch { what, message });
    }
}
