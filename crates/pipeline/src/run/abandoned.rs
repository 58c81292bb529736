//! Folders of commands whose run was killed.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use crate::command::{SCRATCH_PARTS, SCRATCH_PREFIX, scratch_parent};

/// So old has a folder to be, in seconds: one that was made a moment ago may not be held yet.
const ABANDONED: u64 = 60;

/// The folders of commands that killed runs left where this process makes its own: of our name, ours, holding
/// nothing but what a command's folder holds, and held by nobody. One that was kept to be looked at has a mark, and stays.
pub fn abandoned_scratch() -> Vec<PathBuf> {
    let parent = scratch_parent();
    let entries = fs::read_dir(&parent).into_iter().flatten().flatten();
    let named = entries.filter(|entry| entry.file_name().to_string_lossy().starts_with(SCRATCH_PREFIX));
    let mut found: Vec<PathBuf> = named.map(|entry| entry.path()).filter(|path| is_abandoned(path)).collect();
    found.sort();
    found
}

fn is_abandoned(path: &Path) -> bool {
    let Ok(metadata) = path.symlink_metadata() else { return false };
    let age = metadata.modified().ok().and_then(|modified| modified.elapsed().ok());
    let is_old = age.is_some_and(|age| age.as_secs() >= ABANDONED);
    let own = |entry: fs::DirEntry| {
        SCRATCH_PARTS.into_iter().any(|part| entry.file_name() == part)
            && entry.file_type().is_ok_and(|kind| kind.is_dir())
    };
    let holds = || {
        let entries: Vec<fs::DirEntry> = fs::read_dir(path).into_iter().flatten().flatten().collect();
        entries.len() == SCRATCH_PARTS.len() && entries.into_iter().all(own)
    };
    let is_free = || File::open(path).is_ok_and(|folder| folder.try_lock().is_ok());
    metadata.is_dir() && is_old && is_own(&metadata) && holds() && is_free()
}

/// Whether it belongs to whoever runs this process.
#[cfg(unix)]
fn is_own(metadata: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    metadata.uid() == rustix::process::geteuid().as_raw()
}

#[cfg(not(unix))]
fn is_own(_: &fs::Metadata) -> bool {
    true
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use super::*;

    #[test]
    fn only_old_folders_of_ours_that_nobody_holds_are_abandoned() -> std::io::Result<()> {
        let parent = tempfile::tempdir()?;
        let make = |name: &str, parts: &[&str], age: u64| -> std::io::Result<PathBuf> {
            let path = parent.path().join(name);
            for part in parts {
                fs::create_dir_all(path.join(part))?;
            }
            File::open(&path)?.set_modified(SystemTime::now() - Duration::from_secs(age))?;
            Ok(path)
        };
        assert!(is_abandoned(&make("vintner-left", &SCRATCH_PARTS, 100)?));
        assert!(!is_abandoned(&make("vintner-young", &SCRATCH_PARTS, 0)?));
        assert!(!is_abandoned(&make("vintner-mine", &["scratch", "tmp", "thesis"], 100)?));
        assert!(!is_abandoned(&make("vintner-other", &["scratch"], 100)?));
        let held = make("vintner-held", &SCRATCH_PARTS, 100)?;
        let lock = File::open(&held)?;
        assert!(lock.try_lock().is_ok() && !is_abandoned(&held));
        Ok(())
    }
}
