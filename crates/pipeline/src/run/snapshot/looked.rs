//! What a run has looked at.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::mark::{digest_of, mark, marks};
use super::request::Request;
use super::snapshot::{Snapshot, variable};
use crate::digest::Digest;
use crate::files::walk;
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
        looked.paths.insert(store.latest_path(&plan.vintage.name));
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
        for path in bound.files.values() {
            let path = self.plan.pipeline.workspace.join(path);
            if !self.walked.insert(path.clone()) {
                continue;
            }
            let paths = &mut self.paths;
            let below = walk(&path, &mut |folder| {
                paths.insert(folder.to_owned());
            });
            self.paths.extend(below.into_iter().flatten().map(|(_, path)| path));
            self.paths.insert(path);
        }
    }

    /// A branch that was cached.
    pub(crate) fn branch(&mut self, branch: &Branch<'_>, fingerprint: &Digest, record: &Record) {
        self.bound(&branch.bound);
        self.paths.insert(self.store.record_path(fingerprint));
        self.paths.extend(record.outputs.values().map(|kept| self.store.object_path(&kept.digest)));
        for (output, kept) in &record.outputs {
            let vintage = &self.plan.vintage.name;
            self.paths.insert(self.store.output_path(vintage, &branch.id, output, kept.extension()));
        }
    }

    /// Takes the snapshot, if nothing has moved: `is_sound` says of every branch once more that its
    /// files and objects are what they were.
    pub(crate) fn keep(mut self, report: &Report, is_sound: impl Fn() -> bool) {
        let workspace = &self.plan.pipeline.workspace;
        self.paths.extend(report.published.iter().map(|path| workspace.join(path)));
        let paths: Vec<PathBuf> = self.paths.into_iter().collect();
        let began = self.request.began();
        let Some(marks) = marks(&paths, &|path| mark(path, Some(began))) else { return };
        if !self.request.is_unmoved() || !is_sound() {
            return;
        }
        let variables = self.variables.into_iter().map(|name| {
            let value = variable(&name);
            (name, value)
        });
        let snapshot = Snapshot {
            asked: self.request.asked().clone(),
            variables: variables.collect(),
            marks: digest_of(&marks),
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
