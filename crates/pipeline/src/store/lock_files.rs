//! The locks of all pipelines of a workspace.

use std::fs;
use std::path::{Path, PathBuf};

use super::lock_file::LockFile;
use crate::error::{PipelineError, Result};

/// Folders in which other programs keep what they install or build: no pipeline is looked for there.
const OTHERS: [&str; 2] = ["node_modules", "target"];

impl LockFile {
    /// The lock of every pipeline in a workspace: each `NAME.lock` that stands beside a `NAME.yaml` or
    /// `NAME.yml` and has a lock's form. Hidden folders aren't looked into, and links aren't followed.
    ///
    /// # Errors
    /// Where a folder can't be listed, and where such a file can't be read as a lock.
    pub fn of_workspace(workspace: &Path) -> Result<Vec<Self>> {
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
                    found.push(Self::load(pipeline)?);
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
        let found = LockFile::of_workspace(folder.path());
        let mut names: Vec<PathBuf> = found
            .unwrap_or_default()
            .iter()
            .filter_map(|lock| Some(lock.path().strip_prefix(folder.path()).ok()?.to_owned()))
            .collect();
        names.sort();
        assert_eq!(names, [Path::new("papers/second.lock"), Path::new("pipeline.lock")]);

        write("broken.yaml", "")?;
        write("broken.lock", "format: 1\n<<<<<<< HEAD\n")?;
        assert!(LockFile::of_workspace(folder.path()).is_err(), "what it needs isn't known");
        Ok(())
    }
}
