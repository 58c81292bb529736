//! Whether the time of change says anything.
//!
//! A file that is written over and given its old time of modification is noticed by its time of change,
//! which only the file system sets. Some don't: FAT and exFAT have none, and what comes over the network by
//! way of FUSE or SMB may hand on what a server says of it. What lies there is read each time.

use std::collections::HashMap;
use std::fs::Metadata;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use crate::files::Stamp;

/// What is known of file systems, each by its device.
pub(crate) struct ChangeTimes {
    /// A folder in which it may be tried.
    folder: PathBuf,
    known: Mutex<HashMap<u64, bool>>,
}

impl ChangeTimes {
    /// Tries it in `folder` where a file lies on the same file system, and goes by the kind of the file
    /// system elsewhere.
    pub(crate) fn tried_in(folder: &Path) -> Self {
        Self { folder: folder.to_owned(), known: Mutex::default() }
    }

    /// Whether a file that is changed has another time of change for sure.
    pub(crate) fn tell(&self, path: &Path, metadata: &Metadata) -> bool {
        let Some((identity, _)) = Stamp::of(metadata) else { return false };
        self.tell_on(identity.device, path)
    }

    /// The same of all files on a device, of which `path` is one.
    pub(crate) fn tell_on(&self, device: u64, path: &Path) -> bool {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        *known.entry(device).or_insert_with(|| {
            let own = std::fs::metadata(&self.folder).ok().and_then(|metadata| Stamp::of(&metadata));
            let is_own = own.is_some_and(|(identity, _)| identity.device == device);
            let tried = if is_own { tried(&self.folder) } else { None };
            let tells = tried.unwrap_or(true) && is_of_a_kind_that_does(path);
            if !tells {
                tracing::info!(path = %path.display(), "the file system doesn't tell changes: files there are read");
            }
            tells
        })
    }

    /// As where no file system tells changes.
    #[cfg(test)]
    pub(super) fn of_none(device: u64) -> Self {
        Self { folder: PathBuf::new(), known: Mutex::new(HashMap::from([(device, false)])) }
    }
}

/// Gives a new file an old time of modification, and looks whether its time of change follows; nothing where
/// that can't be tried.
fn tried(folder: &Path) -> Option<bool> {
    let file = tempfile::NamedTempFile::new_in(folder).ok()?;
    let (_, before) = Stamp::of(&file.as_file().metadata().ok()?)?;
    let old = SystemTime::now().checked_sub(Duration::from_secs(10 * 365 * 86_400))?;
    file.as_file().set_modified(old).ok()?;
    let (_, after) = Stamp::of(&file.as_file().metadata().ok()?)?;
    Some(follows(&before, &after))
}

/// Whether the time of change stayed with the clock when the time of modification was set back.
fn follows(before: &Stamp, after: &Stamp) -> bool {
    after.modified < before.modified && after.changed >= before.changed && after.changed != after.modified
}

/// Kinds of file systems whose time of change isn't their own: FAT, exFAT, FUSE (sshfs and others), SMB.
#[cfg(target_os = "linux")]
fn is_of_a_kind_that_does(path: &Path) -> bool {
    const OTHERS: [u64; 5] = [0x4d44, 0x2011_bab0, 0x6573_5546, 0xff53_4d42, 0xfe53_4d42];
    let Ok(found) = rustix::fs::statfs(path) else { return true };
    // The kind is of another width on each architecture; of all of them 32 bits count.
    let kind = u64::try_from(i128::from(found.f_type) & 0xffff_ffff).unwrap_or_default();
    !OTHERS.contains(&kind)
}

#[cfg(not(target_os = "linux"))]
fn is_of_a_kind_that_does(_: &Path) -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_of_change_that_goes_back_says_nothing() {
        let stamp = |modified, changed| Stamp { size: 0, modified, changed };
        let before = stamp(1_000, 1_000);
        assert!(follows(&before, &stamp(10, 1_000)) && follows(&before, &stamp(10, 1_020)));
        assert!(!follows(&before, &stamp(10, 10)), "exFAT: both are one time");
        assert!(!follows(&before, &stamp(1_000, 1_000)), "the time of modification can't be set");
    }

    #[test]
    fn file_systems_in_memory_and_on_disks_tell() -> std::io::Result<()> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("file");
        std::fs::write(&path, "x")?;
        let times = ChangeTimes::tried_in(folder.path());
        assert!(times.tell(&path, &std::fs::metadata(&path)?));
        assert_eq!(tried(folder.path()), Some(true));
        assert_eq!(std::fs::read_dir(folder.path())?.count(), 1, "nothing is left of the trial");
        Ok(())
    }
}
