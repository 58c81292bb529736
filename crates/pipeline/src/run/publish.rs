//! Outputs that are written into the workspace.
//!
//! A file that is there is replaced where it is known to come from a run: what was last published there,
//! an output that is kept, or one that the lock names. Anything else is somebody's own, as an edited report,
//! and is set aside under a name beside it.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::{OsStr, OsString};
use std::io;
use std::path::{Path, PathBuf};

use super::reading::Reading;
use super::report::SetAside;
use crate::digest::Digest;
use crate::error::{PipelineError, Result};
use crate::plan::{Branch, Plan, Publication, without_dots};
use crate::store::{
    EntryKind, Folder, OutputRecord, PublishedFile, PublishedFiles, Store, place, remove_unpublished,
    write_published,
};

/// Writes outputs into the workspace, and notes what was written.
pub(crate) struct Publishing<'a> {
    store: &'a Store,
    plan: &'a Plan<'a>,
    reading: &'a Reading,
    /// Outputs of runs elsewhere.
    known: &'a BTreeSet<Digest>,
    before: PublishedFiles,
    now: PublishedFiles,
    /// Whether no other run may be writing where this one does.
    alone: bool,
    /// Folders into which something was written.
    folders: BTreeSet<PathBuf>,
    pub(crate) set_aside: Vec<SetAside>,
}

impl<'a> Publishing<'a> {
    pub(crate) fn new(
        store: &'a Store,
        plan: &'a Plan<'a>,
        reading: &'a Reading,
        known: &'a BTreeSet<Digest>,
        alone: bool,
    ) -> Self {
        let before = store.published();
        let now = before.clone();
        let (folders, set_aside) = (BTreeSet::new(), Vec::new());
        Self { store, plan, reading, known, before, now, alone, folders, set_aside }
    }

    /// Writes an output where it is published, if something else is there or nothing.
    pub(crate) fn publish(&mut self, publication: &Publication, kept: &OutputRecord) -> Result<()> {
        let target = &publication.target;
        let path = self.plan.pipeline.workspace.join(target);
        let is_file = path.symlink_metadata().is_ok_and(|found| found.is_file());
        if !is_file || self.reading.files.matches(&path, &kept.digest, kept.bytes) != Some(true) {
            let bytes = self.store.object(&kept.digest).ok_or_else(|| PipelineError::Artifact {
                what: path.display().to_string(),
                message: "the stored object is corrupt; run again".into(),
            })?;
            let trusted = trusted(self.plan, &path);
            let (folder, name) = place(&trusted, &path)?;
            self.make_way(&folder, name, target)?;
            // Before anything is written there: should this run be killed as well, the next one may find
            // all files in their places, and no reason to look for what the one before left behind.
            if let Some(folder) = path.parent()
                && self.folders.insert(folder.to_owned())
                && self.alone
            {
                remove_unpublished(&trusted, folder);
            }
            write_published(&trusted, &path, &bytes)?;
        }
        let pipeline = self.plan.pipeline;
        self.now.put(
            target,
            PublishedFile {
                digest: kept.digest.clone(),
                bytes: kept.bytes,
                pipeline: pipeline.name.clone(),
                file: pipeline.file().to_owned(),
                vintage: self.plan.vintage.name.clone(),
                branch: publication.branch.to_string(),
                output: publication.output.clone(),
                set: pipeline.overrides.clone(),
                elsewhere: self.plan.publish_to.is_some(),
            },
        );
        Ok(())
    }

    /// Sets aside what stands at a path, unless it comes from a run.
    fn make_way(&mut self, folder: &Folder, name: &OsStr, target: &Path) -> Result<()> {
        let path = folder.path().join(name);
        let failed = || PipelineError::io(&path, "setting an edited file aside");
        let Some(entry) = folder.entry(name).map_err(failed())? else { return Ok(()) };
        let mut own = None;
        if entry.kind == EntryKind::Folder {
            return Err(failed()(io::ErrorKind::IsADirectory.into()));
        }
        if entry.kind == EntryKind::File {
            let digest = self.reading.files.digest(&path)?;
            let last = self.before.get(target).is_some_and(|file| file.digest == digest);
            if last || self.known.contains(&digest) || self.store.object_path(&digest).is_file() {
                return Ok(());
            }
            own = Some(digest);
        }
        for number in 1_u32.. {
            let aside = edited_name(name, number);
            match folder.entry(&aside).map_err(failed())? {
                None => {
                    folder.rename(name, &aside).map_err(failed())?;
                    let path = target.to_owned();
                    let aside = target.with_file_name(&aside);
                    self.set_aside.push(SetAside { path, aside });
                    return Ok(());
                }
                // Set aside before: a second copy of it serves nobody.
                Some(there) if there.kind == EntryKind::File && there.bytes == entry.bytes => {
                    let there = self.reading.files.digest(&folder.path().join(&aside))?;
                    if own.as_ref() == Some(&there) {
                        return Ok(());
                    }
                }
                Some(_) => {}
            }
        }
        Ok(())
    }

    /// Notes what was published.
    pub(crate) fn finish(mut self) -> Result<Vec<SetAside>> {
        let workspace = &self.plan.pipeline.workspace;
        let is_gone = |path: &Path| workspace.join(path).symlink_metadata().is_err();
        let gone: Vec<PathBuf> =
            self.now.iter().map(|(path, _)| path).filter(|path| is_gone(path)).map(Path::to_owned).collect();
        // Those of this pipeline that are gone are to be told of until it publishes them again.
        let file = self.plan.pipeline.file();
        let others =
            |path: &PathBuf| self.now.get(path).is_some_and(|one| one.file != file || !one.set.is_empty());
        let gone: Vec<PathBuf> = gone.into_iter().filter(others).collect();
        gone.iter().for_each(|path| self.now.remove(path));
        if self.now != self.before {
            self.store.put_published(&self.now)?;
        }
        Ok(self.set_aside)
    }
}

/// The folder below which no link is followed: the workspace, the folder that was named to publish into, or,
/// where links may be followed, the file's own.
pub(crate) fn trusted(plan: &Plan<'_>, path: &Path) -> PathBuf {
    let named = plan.publish_to.as_ref().filter(|folder| folder.is_absolute());
    match (plan.follow_links, named) {
        (true, _) => path.parent().unwrap_or(path).to_owned(),
        (false, Some(folder)) => folder.clone(),
        (false, None) => plan.pipeline.workspace.clone(),
    }
}

/// `report.edited.md` for `report.md`, `report.edited-2.md` for the second.
fn edited_name(name: &OsStr, number: u32) -> OsString {
    let name = Path::new(name);
    let mut edited = name.file_stem().unwrap_or_default().to_owned();
    edited.push(".edited");
    if number > 1 {
        edited.push(format!("-{number}"));
    }
    if let Some(ending) = name.extension() {
        edited.push(".");
        edited.push(ending);
    }
    edited
}

/// Makes sure that outputs can be published where they are to go: as names say, as links on the disk lead,
/// and as other pipelines of the workspace publish.
///
/// # Errors
/// [`PipelineError::Spec`] with the places of paths, [`PipelineError::Linked`], [`PipelineError::Taken`].
pub(crate) fn check(
    plan: &Plan<'_>,
    store: &Store,
    publications: &[Publication],
    branches: &[&Branch<'_>],
) -> Result<()> {
    plan.check_publications(publications, branches)?;
    check_places(plan, store, publications, branches)
}

/// The same of paths whose names are known to be right: where links lead, and what other pipelines publish.
///
/// # Errors
/// [`PipelineError::Spec`] with the places of paths, [`PipelineError::Linked`], [`PipelineError::Taken`].
pub(crate) fn check_places(
    plan: &Plan<'_>,
    store: &Store,
    publications: &[Publication],
    branches: &[&Branch<'_>],
) -> Result<()> {
    let published = store.published();
    let (workspace, file) = (&plan.pipeline.workspace, plan.pipeline.file());
    let read = Resolved::of(plan, branches);
    let mut folders: BTreeMap<PathBuf, PathBuf> = BTreeMap::new();
    for publication in publications {
        let path = workspace.join(&publication.target);
        if let Some(other) = published.get(&publication.target)
            && other.file != file
            && workspace.join(&other.file).is_file()
            && path.is_file()
        {
            return Err(PipelineError::Taken {
                path: publication.target.clone(),
                pipeline: other.pipeline.clone(),
                file: other.file.clone(),
            });
        }
        let Some(parent) = path.parent() else { continue };
        if !folders.contains_key(parent) {
            let trusted = trusted(plan, &path);
            Folder::open(&trusted, parent.strip_prefix(&trusted).unwrap_or(parent))?;
            folders.insert(parent.to_owned(), resolved(parent));
        }
        let real = folders.get(parent).zip(path.file_name()).map(|(parent, name)| parent.join(name));
        if let Some(what) = real.and_then(|real| read.covering(&real)) {
            let message = format!("`{}` leads, by way of a link, to {what}", publication.target.display());
            let fault = plan.pipeline.path_fault(&publication.branch.stage, &publication.output, message);
            return Err(PipelineError::Spec(fault.into()));
        }
    }
    Ok(())
}

/// What nothing may be written over, by where it really is.
struct Resolved {
    read: BTreeMap<PathBuf, String>,
}

impl Resolved {
    fn of(plan: &Plan<'_>, branches: &[&Branch<'_>]) -> Self {
        let workspace = &plan.pipeline.workspace;
        let (mut read, mut seen) = (BTreeMap::new(), BTreeSet::new());
        let mut folders: BTreeMap<PathBuf, PathBuf> = BTreeMap::new();
        let mut put = |path: PathBuf, what: String| {
            // Branches mostly read the same files, or files of the same folders.
            if !seen.insert(path.clone()) {
                return;
            }
            let is_file = path.symlink_metadata().is_ok_and(|found| found.is_file());
            let real = match (path.parent(), path.file_name()) {
                (Some(folder), Some(name)) if is_file => {
                    if !folders.contains_key(folder) {
                        folders.insert(folder.to_owned(), resolved(folder));
                    }
                    folders.get(folder).map(|folder| folder.join(name))
                }
                _ => None,
            };
            read.entry(real.unwrap_or_else(|| resolved(&path))).or_insert(what);
        };
        let file = workspace.join(plan.pipeline.file());
        put(file.with_extension("lock"), "the lock".into());
        put(file, "the pipeline itself".into());
        for folder in [".git", ".vintner"] {
            put(workspace.join(folder), format!("`{folder}`"));
        }
        for stage in &plan.pipeline.stages {
            for path in stage.bound.files.values() {
                put(workspace.join(path), format!("what `{}` reads", stage.name));
            }
        }
        for branch in branches {
            for path in branch.bound.files.values() {
                put(workspace.join(path), format!("what `{}` reads", branch.id));
            }
        }
        for source in &plan.vintage.sources {
            put(source.path.clone(), format!("the raw file of `{}`", source.name));
        }
        plan.vintage.manifests.iter().for_each(|path| put(path.clone(), "the vintage's manifest".into()));
        Self { read }
    }

    /// What a path is, or is in.
    fn covering(&self, path: &Path) -> Option<&str> {
        path.ancestors().find_map(|folder| self.read.get(folder)).map(String::as_str)
    }
}

/// Where a path really is, as far as there is something.
fn resolved(path: &Path) -> PathBuf {
    let whole = without_dots(&std::path::absolute(path).unwrap_or_else(|_| path.to_owned()));
    let there = whole.ancestors().find_map(|folder| Some((folder, folder.canonicalize().ok()?)));
    match there {
        Some((folder, real)) => match whole.strip_prefix(folder) {
            Ok(rest) if rest.as_os_str().is_empty() => real,
            Ok(rest) => real.join(rest),
            Err(_) => whole,
        },
        None => whole,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edited_files_have_a_name_beside_the_published_one() {
        let named = |name: &str, number| edited_name(name.as_ref(), number).into_string().unwrap_or_default();
        assert_eq!(named("report.zh.md", 1), "report.zh.edited.md");
        assert_eq!(named("report.md", 3), "report.edited-3.md");
        assert_eq!(named("Makefile", 1), "Makefile.edited");
    }
}
