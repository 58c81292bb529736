//! The locks of all pipelines of a workspace.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::lock_file::LockFile;
use crate::digest::Digest;
use crate::error::{PipelineError, Result};

/// Folders in which other programs keep what they install or build: no pipeline is looked for there.
const OTHERS: [&str; 2] = ["node_modules", "target"];

impl LockFile {
    /// The digests that the cache has to keep for the locks of all pipelines in a workspace.
    ///
    /// # Errors
    /// Where a folder can't be listed, or a lock can't be read.
    pub fn kept_in_workspace(workspace: &Path) -> Result<BTreeSet<Digest>> {
        let mut kept = BTreeSet::new();
        for pipeline in Self::locked_pipelines(workspace)? {
            kept.extend(Self::kept(&pipeline)?);
        }
        Ok(kept)
    }

    /// Every pipeline in a workspace that has a lock: each `NAME.yaml` or `NAME.yml` with a `NAME.lock`
    /// of a lock's form beside it. Hidden folders aren't looked into, and links aren't followed.
    fn locked_pipelines(workspace: &Path) -> Result<Vec<PathBuf>> {
        let mut found = Vec::new();
        let mut folders = vec![workspace.to_owned()];
        while let Some(folder) = folders.pop() {
            let mut paths: Vec<PathBuf> = Vec::new();
            for entry in fs::read_dir(&folder).map_err(PipelineError::io(&folder, "listing"))? {
                let entry = entry.map_err(PipelineError::io(&folder, "listing"))?;
                let name = entry.file_name().to_string_lossy().into_owned();
                let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
                if is_folder && !name.starts_with('.') && !OTHERS.contains(&name.as_str()) {
                    folders.push(entry.path());
                } else if !is_folder && name.ends_with(".lock") {
                    paths.push(entry.path());
                }
            }
            paths.sort();
            for path in paths {
                let pipeline = ["yaml", "yml"].map(|ending| path.with_extension(ending));
                let Some(pipeline) = pipeline.iter().find(|pipeline| pipeline.is_file()) else { continue };
                if is_lock(&path) {
                    found.push(pipeline.clone());
                }
            }
        }
        Ok(found)
    }
}

/// Whether a file looks like a lock of this program, whole or not.
fn is_lock(path: &Path) -> bool {
    let bytes = fs::read(path).unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    text.lines().any(|line| line.starts_with("format:") || line.starts_with("vintages:"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locks_of_this_program_alone_are_found() -> std::io::Result<()> {
        let folder = tempfile::tempdir()?;
        let write = |path: &str, text: &str| -> std::io::Result<()> {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap_or(&path))?;
            fs::write(path, text)
        };
        let lock = "format: 1\nvintages: {}\n";
        for (name, text) in
            [("pipeline", lock), ("papers/second", lock), ("uv", "version = 1\n"), (".git/x", lock)]
        {
            write(&format!("{name}.yaml"), "")?;
            write(&format!("{name}.lock"), text)?;
        }
        write("Cargo.lock", lock)?;
        let found = LockFile::locked_pipelines(folder.path());
        let mut names: Vec<PathBuf> = found
            .unwrap_or_default()
            .iter()
            .filter_map(|pipeline| Some(pipeline.strip_prefix(folder.path()).ok()?.to_owned()))
            .collect();
        names.sort();
        assert_eq!(names, [Path::new("papers/second.yaml"), Path::new("pipeline.yaml")]);

        let (ours, theirs) = (Digest::of(b"ours"), Digest::of(b"theirs"));
        write("broken.yaml", "")?;
        write("broken.lock", &format!("format: 1\n<<<<<<< HEAD\n{ours}\n=======\n{theirs}\n>>>>>>> x\n"))?;
        let kept = LockFile::kept_in_workspace(folder.path()).unwrap_or_default();
        assert!(kept.contains(&ours) && kept.contains(&theirs), "both sides of a merge are kept");
        Ok(())
    }
}
