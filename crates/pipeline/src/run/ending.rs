//! The end of a run: what is shown, published, and put down for the next one.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use super::branch_result::BranchResult;
use super::progress::{Branches, HasRecord};
use super::publish::{self, Publishing};
use super::reading::Reading;
use super::report::{Outcome, Report};
use super::snapshot::{Cached, Looked, Request, is_sound};
use crate::error::Result;
use crate::plan::{Branch, Plan, RunKey};
use crate::spec::{ForEach, PipelineStage};
use crate::store::{Record, Shown, Store};

/// Each branch that was laid out, with what became of it.
pub(super) fn results<'a>(
    stages: &'a [Option<Branches<'a, BranchResult>>],
) -> impl Iterator<Item = (&'a Branch<'a>, Option<&'a BranchResult>)> {
    let known = stages.iter().flatten();
    known.flat_map(|known| known.branches.iter().zip(known.results.iter().map(OnceLock::get)))
}

/// Takes a snapshot of a run that had nothing to do.
pub(super) fn remember(
    request: &Request,
    plan: &Plan<'_>,
    store: &Store,
    reading: &Reading,
    stages: &[Option<Branches<'_, BranchResult>>],
    report: &Report,
) {
    let made = || {
        results(stages).filter_map(|(branch, result)| {
            let (fingerprint, record) = result?.record()?;
            Some((branch, fingerprint, record))
        })
    };
    let mut looked = Looked::new(request, plan, store);
    made().for_each(|(branch, fingerprint, record)| looked.branch(branch, fingerprint, record));
    let tells = |device: u64, path: &Path| reading.files.tells_changes(device, path);
    looked.keep(report, &tells, || {
        made().all(|(branch, _, record)| is_sound(plan, store, reading, branch, record))
    });
}

/// The branches that were cached, but those beside whose outputs lie files of others: these are named in each run.
pub(super) fn cached<'a>(
    plan: &'a Plan<'_>,
    store: &'a Store,
    stages: &'a [Option<Branches<'a, BranchResult>>],
    others: &'a [PathBuf],
) -> impl Iterator<Item = Cached<'a>> {
    results(stages).filter_map(|(branch, result)| {
        let result = result.filter(|result| result.report.outcome == Outcome::Cached)?;
        let (fingerprint, record) = result.record()?;
        let is_alone = others.is_empty() || {
            let folder = store.output_folder(plan.key(), &branch.id);
            !others.iter().any(|other| other.starts_with(&folder))
        };
        is_alone.then_some(Cached { branch, fingerprint, record, is_known: result.is_unmoved })
    })
}

/// Makes sure that all that was made can be published. Of branches that are as they were this was made sure of when they
/// were found so, unless other branches publish something of which nobody knew then.
pub(super) fn check_publications(
    plan: &Plan<'_>,
    store: &Store,
    stages: &[Option<Branches<'_, BranchResult>>],
) -> Result<()> {
    let is_unmoved = |result: Option<&BranchResult>| result.is_some_and(|result| result.is_unmoved);
    let all: Vec<(&Branch<'_>, bool)> =
        results(stages).map(|(branch, result)| (branch, is_unmoved(result))).collect();
    let mut publications = plan.known_publications();
    let known: BTreeSet<String> = publications.iter().map(|one| one.branch.to_string()).collect();
    let found = all.iter().filter(|(branch, _)| !known.contains(&branch.id.to_string()));
    let mut is_new = false;
    for (branch, is_unmoved) in found {
        let of_branch = plan.publications(&branch.id);
        is_new |= !is_unmoved && !of_branch.is_empty();
        publications.extend(of_branch);
    }
    let looks_at_all = is_new || plan.follow_links;
    let moved = all.iter().filter(|(_, is_unmoved)| looks_at_all || !is_unmoved);
    let moved: Vec<&Branch<'_>> = moved.map(|(branch, _)| *branch).collect();
    // The names that the spec gives were looked at before the run; those that came with values and sources weren't.
    let is_found =
        |stage: &PipelineStage| matches!(stage.foreach, Some(ForEach::Column { .. } | ForEach::Sources));
    match plan.pipeline.stages.iter().any(is_found) {
        true => publish::check(plan, store, &publications, &moved),
        false => publish::check_places(plan, store, &publications, &moved),
    }
}

/// Publishes the outputs of a branch that are to be, and notes where.
pub(super) fn publish_all(
    publishing: &mut Publishing<'_>,
    plan: &Plan<'_>,
    branch: &Branch<'_>,
    record: &Record,
    published: &mut Vec<PathBuf>,
) -> Result<()> {
    for publication in plan.publications(&branch.id) {
        let Some(kept) = record.outputs.get(&publication.output) else { continue };
        publishing.publish(&publication, kept)?;
        published.push(publication.target);
    }
    Ok(())
}

/// Puts the outputs of a branch where people look for them, unless they are known to be there.
pub(super) fn show(
    (store, of): (&Store, RunKey<'_>),
    branch: &Branch<'_>,
    record: &Record,
    reading: &Reading,
    is_shown: bool,
    shown: &mut Shown,
) -> Result<()> {
    if is_shown {
        shown.folders.insert(store.output_folder(of, &branch.id));
        return Ok(());
    }
    for (output, kept) in &record.outputs {
        let path = store.output_path(of, &branch.id, output, kept.extension());
        store.show(&kept.digest, kept.bytes, &path, &reading.files)?;
        shown.files.insert(path);
    }
    Ok(())
}
