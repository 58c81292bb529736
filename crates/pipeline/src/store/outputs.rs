//! Outputs where people look for them.

use std::collections::BTreeSet;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::atomic::WRITING;
use super::lock::Showing;
use super::stat_cache::StatCache;
use super::store::Store;
use crate::digest::Digest;
use crate::error::{PipelineError, Result};
use crate::files::file_name;
use crate::plan::BranchId;

impl Store {
    /// Where people find an output.
    pub fn output_path(&self, vintage: &str, branch: &BranchId, output: &str, extension: &str) -> PathBuf {
        self.folder_of(&self.outputs, vintage, branch).join(format!("{output}.{extension}"))
    }

    /// Where people find what a branch said when it last ran.
    pub fn log_path(&self, vintage: &str, branch: &BranchId) -> PathBuf {
        let mut path = self.folder_of(&self.logs, vintage, branch).into_os_string();
        path.push(".log");
        PathBuf::from(path)
    }

    /// The folder of a vintage's outputs.
    pub(crate) fn outputs_of(&self, vintage: &str) -> PathBuf {
        self.outputs.join(vintage)
    }

    fn folder_of(&self, root: &Path, vintage: &str, branch: &BranchId) -> PathBuf {
        let folder = root.join(vintage).join(&branch.stage);
        match &branch.item {
            None => folder,
            Some(item) => folder.join(file_name(item)),
        }
    }

    /// Puts an object where people find it: a link to it where the file system can, else a copy.
    /// Either is read-only, so that nobody edits the cache by mistake.
    pub(crate) fn show(&self, digest: &Digest, bytes: u64, path: &Path, files: &StatCache) -> Result<()> {
        let object = self.object_path(digest);
        if same_file(&object, path) || files.matches(path, digest, bytes) == Some(true) {
            return Ok(());
        }
        // Mostly nothing is there yet, neither the output nor its folder.
        let parent = path.parent().unwrap_or(path);
        let linked = match fs::hard_link(&object, path) {
            Err(error) if error.kind() == ErrorKind::NotFound => {
                fs::create_dir_all(parent).and_then(|()| fs::hard_link(&object, path))
            }
            linked => linked,
        };
        if linked.is_ok() {
            return Ok(());
        }
        // Where a stage has become one with branches, or the other way round, one stands in the
        // other's way; what is shown can always be shown again.
        if parent.is_file() {
            fs::remove_file(parent).map_err(PipelineError::io(parent, "removing an old output"))?;
        }
        fs::create_dir_all(parent).map_err(PipelineError::io(parent, "making a folder"))?;
        // Made aside and renamed into place: where another run shows the same object meanwhile, a
        // copy onto its link would be a copy of the object onto itself, which empties it.
        let made = tempfile::Builder::new()
            .prefix(WRITING)
            .make_in(parent, |aside| match fs::hard_link(&object, aside) {
                Err(error) if error.kind() != ErrorKind::AlreadyExists => {
                    fs::File::create_new(aside)?;
                    fs::copy(&object, aside).map(|_| ())
                }
                linked => linked,
            })
            .map_err(PipelineError::io(path, "copying an output"))?;
        let aside = made.path().to_owned();
        made.persist(path).map_err(|error| PipelineError::io(path, "replacing an output")(error.error))?;
        // Where that other run was first, both are links to the same object, and it stays.
        let _ = fs::remove_file(aside);
        Ok(())
    }

    /// Takes away what is shown of a vintage and isn't among `shown`: outputs of stages and branches
    /// that there no longer are.
    pub(crate) fn tidy_outputs(
        &self,
        vintage: &str,
        shown: &BTreeSet<PathBuf>,
        showing: &Showing,
    ) -> Result<()> {
        tidy(&self.outputs_of(vintage), shown, showing.is_alone()).map(|_| ())
    }
}

/// Whether anything is left in the folder. What a killed run was about to show goes too, if no other
/// run may be writing just now.
fn tidy(folder: &Path, shown: &BTreeSet<PathBuf>, alone: bool) -> Result<bool> {
    let Ok(entries) = fs::read_dir(folder) else { return Ok(false) };
    let mut left = false;
    for entry in entries {
        let entry = entry.map_err(PipelineError::io(folder, "listing"))?;
        let path = entry.path();
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        if !alone && entry.file_name().to_string_lossy().starts_with(WRITING) {
            left = true;
        } else if is_folder {
            let anything = tidy(&path, shown, alone)?;
            left |= anything || fs::remove_dir(&path).is_err();
        } else if shown.contains(&path) {
            left = true;
        } else if let Err(error) = fs::remove_file(&path)
            && error.kind() != std::io::ErrorKind::NotFound
        {
            return Err(PipelineError::io(path, "removing an old output")(error));
        }
    }
    Ok(left)
}

#[cfg(unix)]
fn same_file(one: &Path, two: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    match (fs::metadata(one), fs::metadata(two)) {
        (Ok(one), Ok(two)) => one.ino() == two.ino() && one.dev() == two.dev(),
        _ => false,
    }
}

#[cfg(not(unix))]
fn same_file(_: &Path, _: &Path) -> bool {
    false
}
