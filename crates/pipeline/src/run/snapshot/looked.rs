//! What a run has looked at.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::mark::{Mark, device_of, digest_of, mark, marks};
use super::request::Request;
use super::snapshot::{Snapshot, variable};
use crate::digest::Digest;
use crate::files::list;
use crate::plan::{Branch, Plan};
use crate::run::reading::Reading;
use crate::run::report::Report;
use crate::spec::Bound;
use crate::store::{Record, Soundness, Store};

/// What a run has looked at, as it is gathered.
pub(crate) struct Looked<'a> {
    request: &'a Request,
    plan: &'a Plan<'a>,
    store: &'a Store,
    paths: BTreeSet<PathBuf>,
    /// Files and folders that stages name, of which all that is below was gathered.
    walked: BTreeSet<PathBuf>,
    variables: BTreeSet<String>,
}

impl<'a> Looked<'a> {
    pub(crate) fn new(request: &'a Request, plan: &'a Plan<'a>, store: &'a Store) -> Self {
        let mut looked = Self {
            request,
            plan,
            store,
            paths: BTreeSet::new(),
            walked: BTreeSet::new(),
            variables: BTreeSet::new(),
        };
        looked.paths.extend(request.watched().map(Path::to_owned));
        looked.paths.insert(store.latest_path(plan.key()));
        looked.paths.extend(plan.vintage.sources.iter().map(|source| source.path.clone()));
        // Stages that aren't selected were checked too.
        for stage in &plan.pipeline.stages {
            looked.bound(&stage.bound);
            stage.listed.values().for_each(|bound| looked.bound(bound));
        }
        looked
    }

    /// What a stage reads of the workspace.
    fn bound(&mut self, bound: &Bound) {
        self.variables.extend(bound.stage.variables());
        self.paths.extend(bound.stage.questions().into_iter().filter_map(|question| question.program));
        for path in bound.files.values() {
            let pipeline = self.plan.pipeline;
            let full = pipeline.workspace.join(path);
            if !self.walked.insert(full.clone()) {
                continue;
            }
            let paths = &mut self.paths;
            let below = list(&pipeline.workspace, path, &pipeline.ignored, &mut |folder| {
                paths.insert(folder.to_owned());
            });
            self.paths.extend(below.into_iter().flat_map(|below| below.files).map(|(_, path)| path));
            self.paths.insert(full);
        }
    }

    /// A branch that was cached.
    pub(crate) fn branch(&mut self, branch: &Branch<'_>, fingerprint: &Digest, record: &Record) {
        self.bound(&branch.bound);
        self.paths.insert(self.store.record_path(fingerprint));
        self.paths.extend(record.outputs.values().map(|kept| self.store.object_path(&kept.digest)));
        for (output, kept) in &record.outputs {
            self.paths.insert(self.store.output_path(self.plan.key(), &branch.id, output, kept.extension()));
        }
    }

    /// Takes the snapshot, if nothing has moved: `is_sound` says of every branch once more that its
    /// files and objects are what they were.
    pub(crate) fn keep(
        mut self,
        report: &Report,
        tells_changes: &dyn Fn(u64, &Path) -> bool,
        is_sound: impl Fn() -> bool,
    ) {
        let workspace = &self.plan.pipeline.workspace;
        self.paths.extend(report.published.iter().map(|path| workspace.join(path)));
        let is_outside = |path: &PathBuf| !path.starts_with(self.store.home());
        let (mut paths, stored): (Vec<PathBuf>, Vec<PathBuf>) = self.paths.into_iter().partition(is_outside);
        let outside = paths.len();
        paths.extend(stored);
        let began = self.request.began();
        let Some(marks) = marks(&paths, &|path| mark(path, Some(began))) else { return };
        // Where the file system doesn't tell of every change, no mark says that there was none.
        let untold = |(mark, path): (&Mark, &PathBuf)| {
            device_of(mark).is_some_and(|device| !tells_changes(device, path))
        };
        if marks.iter().zip(&paths).any(untold) {
            return;
        }
        if !self.request.is_unmoved() || !is_sound() {
            return;
        }
        // The one that parameters were digested with: another run may have made another one meanwhile.
        let key = &self.plan.pipeline.secret_key;
        let variables = self.variables.into_iter().map(|name| {
            let value = variable(&name, key);
            (name, value)
        });
        let snapshot = Snapshot {
            asked: self.request.asked().clone(),
            variables: variables.collect(),
            outside,
            marks: [digest_of(&marks[..outside]), digest_of(&marks[outside..])],
            report: report.clone(),
        };
        snapshot.keep(self.store, self.request.name(), &paths);
    }
}

/// Whether the files and objects of a branch are still what they were.
pub(crate) fn is_sound(
    plan: &Plan<'_>,
    store: &Store,
    reading: &Reading,
    branch: &Branch<'_>,
    record: &Record,
) -> bool {
    let sound = |digest, bytes| store.soundness(digest, bytes, &reading.files) == Soundness::Sound;
    reading.check_unmoved(plan, branch, &record.fingerprint).is_ok()
        && record.outputs.values().all(|kept| sound(&kept.digest, kept.bytes))
}
