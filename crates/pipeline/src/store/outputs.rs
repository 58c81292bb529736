//! Outputs where people look for them.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::atomic::{WRITING, is_unfinished};
use super::folder::{EntryKind, Folder};
use super::lock::Showing;
use super::stat_cache::StatCache;
use super::store::Store;
use crate::digest::Digest;
use crate::error::{PipelineError, Result};
use crate::files::file_name;
use crate::plan::{BranchId, RunKey};

impl Store {
    /// Where people find an output.
    pub fn output_path(&self, of: RunKey<'_>, branch: &BranchId, output: &str, extension: &str) -> PathBuf {
        folder_of(&self.outputs, of, branch).join(format!("{output}.{extension}"))
    }

    /// The folder in which people find what a branch made.
    pub(crate) fn output_folder(&self, of: RunKey<'_>, branch: &BranchId) -> PathBuf {
        folder_of(&self.outputs, of, branch)
    }

    /// Where people find what a branch said when it last ran.
    pub fn log_path(&self, of: RunKey<'_>, branch: &BranchId) -> PathBuf {
        let mut path = folder_of(&self.logs, of, branch).into_os_string();
        path.push(".log");
        PathBuf::from(path)
    }

    /// Puts an object where people find it: a link to it where the file system can, else a copy.
    /// Either is read-only, so that nobody edits the cache by mistake.
    pub(crate) fn show(&self, digest: &Digest, bytes: u64, path: &Path, files: &StatCache) -> Result<()> {
        let object = self.object_path(digest);
        // A symbolic link isn't ours, wherever it leads.
        let there = fs::symlink_metadata(path).ok().filter(fs::Metadata::is_file);
        if there.is_some_and(|there| {
            same_file(&object, &there) || files.matches(path, digest, bytes) == Some(true)
        }) {
            return Ok(());
        }
        let (Some(parent), Some(name)) = (path.parent(), path.file_name()) else { return Ok(()) };
        let (Some(folder), Some(object_name)) = (object.parent(), object.file_name()) else { return Ok(()) };
        let Some(objects) = self.folder(folder)? else {
            return Err(PipelineError::io(object, "showing")(ErrorKind::NotFound.into()));
        };
        let shown = match self.make_folder(parent) {
            // Where a stage has become one with branches, or the other way round, one stands in the
            // other's way; what is shown can always be shown again.
            Err(PipelineError::Io { .. }) if parent.is_file() && self.is_ours(parent, files) => {
                self.remove(parent)?;
                self.make_folder(parent)?
            }
            made => made?,
        };
        // Mostly nothing is there yet.
        if shown.link(&objects, object_name, name).is_ok() {
            return Ok(());
        }
        self.make_way(&shown, name, files)?;
        // Made aside and renamed into place: where another run shows the same object meanwhile, a
        // copy onto its link would be a copy of the object onto itself, which empties it.
        let made = shown.aside(WRITING, |aside| match shown.link(&objects, object_name, aside) {
            Err(error) if error.kind() != ErrorKind::AlreadyExists => {
                copy(&object, &mut shown.create(aside, 0o444)?)
            }
            linked => linked,
        });
        let (aside, ()) = made.map_err(PipelineError::io(path, "copying an output"))?;
        shown.rename(&aside, name).map_err(PipelineError::io(path, "replacing an output"))?;
        // Where that other run was first, both are links to the same object, and it stays.
        let _ = shown.remove_file(&aside);
        Ok(())
    }

    /// Whether an object is what its name says, and people find it at a path.
    pub(crate) fn is_shown(&self, digest: &Digest, bytes: u64, path: &Path, files: &StatCache) -> bool {
        let object = self.object_path(digest);
        let Ok(found) = fs::metadata(&object) else { return false };
        let there = fs::symlink_metadata(path).ok().filter(fs::Metadata::is_file);
        files.found_matches(&object, &found, digest, bytes)
            && there.is_some_and(|there| {
                are_one(&found, &there) || files.found_matches(path, &there, digest, bytes)
            })
    }

    /// Sees to it that what stands in the place of an output may be replaced. Somebody's own file is set
    /// aside.
    fn make_way(&self, folder: &Folder, name: &OsStr, files: &StatCache) -> Result<()> {
        let path = folder.path().join(name);
        let entry = folder.entry(name).map_err(PipelineError::io(&path, "replacing an output"))?;
        match entry.map(|entry| entry.kind) {
            Some(EntryKind::File) if !self.is_ours(&path, files) => {}
            _ => return Ok(()),
        }
        let mut aside = name.to_owned();
        aside.push(".yours");
        folder.rename(name, &aside).map_err(PipelineError::io(&path, "setting a file aside"))?;
        tracing::warn!(
            path = %path.display(), aside = %aside.display(),
            "the cache shows an output here: the file that no stage made was set aside"
        );
        Ok(())
    }

    /// Whether a file is something that a run made: an object has its content.
    fn is_ours(&self, path: &Path, files: &StatCache) -> bool {
        files.digest(path).is_ok_and(|digest| self.object_path(&digest).is_file())
    }

    /// Takes away what is shown of a pipeline's runs on a vintage and isn't among `shown`: outputs of
    /// stages and branches that there no longer are. What no stage made stays, and is named.
    pub(crate) fn tidy_outputs(
        &self,
        of: RunKey<'_>,
        shown: &Shown,
        files: &StatCache,
        showing: &Showing,
    ) -> Result<Vec<PathBuf>> {
        let own = self.outputs.join(file_name(of.pipeline)).join(of.vintage);
        let mut tidying = Tidying { store: self, shown, files, alone: showing.is_alone(), left: Vec::new() };
        if let Some(folder) = self.folder(&own)? {
            tidying.tidy(&folder)?;
        }
        // What was shown before pipelines were told apart, unless it is where a pipeline's outputs are now.
        let (old, is_pipeline) = (self.outputs.join(of.vintage), self.root.join("latest").join(of.vintage));
        if of.vintage != file_name(of.pipeline)
            && !is_pipeline.is_dir()
            && let Some(folder) = self.folder(&old)?
            && !tidying.tidy(&folder)?
            && let Some(outputs) = self.folder(&self.outputs)?
        {
            let _ = outputs.remove_folder(OsStr::new(of.vintage));
        }
        for path in &tidying.left {
            tracing::warn!(path = %path.display(), "left where it is: no stage made it");
        }
        Ok(tidying.left)
    }
}

/// What is shown of a run.
#[derive(Default)]
pub(crate) struct Shown {
    pub(crate) files: HashSet<PathBuf>,
    /// Folders that hold what they have to and nothing else.
    pub(crate) folders: HashSet<PathBuf>,
}

/// What a path may take beside its names, and the name of an output in it.
const ROOM: usize = 64;

fn folder_of(root: &Path, of: RunKey<'_>, branch: &BranchId) -> PathBuf {
    let names = root.as_os_str().len() + of.pipeline.len() + of.vintage.len() + branch.stage.len();
    let item = branch.item.as_deref().map(file_name);
    let mut folder = PathBuf::with_capacity(names + item.as_ref().map_or(0, |item| item.len()) + ROOM);
    folder.push(root);
    folder.push(file_name(of.pipeline));
    folder.push(of.vintage);
    folder.push(&branch.stage);
    if let Some(item) = item {
        folder.push(item);
    }
    folder
}

fn copy(object: &Path, to: &mut fs::File) -> std::io::Result<()> {
    std::io::copy(&mut fs::File::open(object)?, to).map(|_| ())
}

/// Taking away what isn't shown any longer.
struct Tidying<'a> {
    store: &'a Store,
    shown: &'a Shown,
    files: &'a StatCache,
    /// Whether no other run may be writing just now.
    alone: bool,
    /// What no stage made.
    left: Vec<PathBuf>,
}

impl Tidying<'_> {
    /// Whether anything is left in the folder. What a killed run was about to show goes too.
    fn tidy(&mut self, folder: &Folder) -> Result<bool> {
        let mut left = false;
        for (name, kind) in folder.kinds()? {
            let path = folder.path().join(&name);
            let unfinished = is_unfinished(&name, kind);
            match kind {
                _ if unfinished && !self.alone => left = true,
                EntryKind::Folder if unfinished => folder.remove_all(&name)?,
                EntryKind::Folder if self.shown.folders.contains(&path) => left = true,
                EntryKind::Folder => {
                    let Some(inner) = folder.folder(&name)? else { continue };
                    left |= self.tidy(&inner)? || folder.remove_folder(&name).is_err();
                    continue;
                }
                EntryKind::File if self.shown.files.contains(&path) => left = true,
                EntryKind::File if unfinished || self.store.is_ours(&path, self.files) => {
                    match folder.remove_file(&name) {
                        Err(error) if error.kind() != ErrorKind::NotFound => {
                            return Err(PipelineError::io(path, "removing an old output")(error));
                        }
                        _ => {}
                    }
                }
                _ => {
                    left = true;
                    self.left.push(path);
                }
            }
        }
        Ok(left)
    }
}

/// Whether a file is the one at a path.
fn same_file(one: &Path, two: &fs::Metadata) -> bool {
    fs::metadata(one).is_ok_and(|one| are_one(&one, two))
}

#[cfg(unix)]
fn are_one(one: &fs::Metadata, two: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    one.ino() == two.ino() && one.dev() == two.dev()
}

#[cfg(not(unix))]
fn are_one(_: &fs::Metadata, _: &fs::Metadata) -> bool {
    false
}
