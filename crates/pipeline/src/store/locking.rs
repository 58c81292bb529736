//! Whether the file system of a store knows locks.
//!
//! Some network file systems (NFS without a lock service, Lustre mounted without `flock`) refuse every
//! lock. Runs go on there without: two at once may do the same work twice, which loses nothing, as results
//! are named by their content and renamed into place whole. Only what takes something away needs to know
//! that it is alone, and isn't done.

use std::fs::{File, TryLockError};
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};

/// How a store locks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Locking {
    /// By the operating system's locks on open files, where the file system has them.
    #[default]
    System,
    /// Not at all: whoever asks for it knows that no other run uses the store.
    Off,
    /// As on a file system that has no locks, for rehearsals of it.
    Refused,
}

/// What came of asking for a lock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lock {
    Held,
    /// Another process has it.
    Taken,
    /// There are none here.
    Unknown,
}

impl Locking {
    /// Takes a lock if nobody has it.
    pub(super) fn try_exclusive(self, file: &File) -> io::Result<Lock> {
        self.ask(|| match file.try_lock() {
            Err(TryLockError::WouldBlock) => Ok(Lock::Taken),
            Err(TryLockError::Error(error)) => Err(error),
            Ok(()) => Ok(Lock::Held),
        })
    }

    /// Waits for a lock.
    pub(super) fn exclusive(self, file: &File) -> io::Result<Lock> {
        self.ask(|| file.lock().map(|()| Lock::Held))
    }

    /// Waits for a lock that others may have too.
    pub(super) fn shared(self, file: &File) -> io::Result<Lock> {
        self.ask(|| file.lock_shared().map(|()| Lock::Held))
    }

    fn ask(self, lock: impl FnOnce() -> io::Result<Lock>) -> io::Result<Lock> {
        let asked = match self {
            Locking::Off => return Ok(Lock::Held),
            Locking::System => lock(),
            Locking::Refused => Err(io::ErrorKind::Unsupported.into()),
        };
        match asked {
            Err(error) if is_unknown(&error) => {
                say_once(&error);
                Ok(Lock::Unknown)
            }
            asked => asked,
        }
    }
}

/// Whether an error says that there are no locks, rather than that this one can't be had.
fn is_unknown(error: &io::Error) -> bool {
    #[cfg(unix)]
    let known = {
        use rustix::io::Errno;
        let raw = error.raw_os_error();
        [Errno::NOLCK, Errno::NOSYS, Errno::OPNOTSUPP, Errno::NOTSUP]
            .into_iter()
            .any(|errno| raw == Some(errno.raw_os_error()))
    };
    #[cfg(not(unix))]
    let known = false;
    known || error.kind() == io::ErrorKind::Unsupported
}

fn say_once(error: &io::Error) {
    static SAID: AtomicBool = AtomicBool::new(false);
    if !SAID.swap(true, Ordering::Relaxed) {
        tracing::warn!(
            "the file system of the cache knows no locks ({error}): runs at the same time may do the same work \
             twice; --no-lock says that you know"
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_system_without_locks_is_told_from_a_lock_that_is_taken() -> io::Result<()> {
        let file = tempfile::NamedTempFile::new()?;
        let other = File::open(file.path())?;
        assert_eq!(Locking::System.try_exclusive(file.as_file())?, Lock::Held);
        assert_eq!(Locking::System.try_exclusive(&other)?, Lock::Taken);
        for locking in [Locking::Off, Locking::Refused] {
            let expected = if locking == Locking::Off { Lock::Held } else { Lock::Unknown };
            assert_eq!(locking.try_exclusive(&other)?, expected);
            assert_eq!(locking.exclusive(&other)?, expected);
            assert_eq!(locking.shared(&other)?, expected);
        }
        #[cfg(unix)]
        for errno in [rustix::io::Errno::NOLCK, rustix::io::Errno::NOSYS, rustix::io::Errno::OPNOTSUPP] {
            assert!(is_unknown(&errno.into()), "{errno}");
        }
        assert!(!is_unknown(&io::ErrorKind::PermissionDenied.into()));
        Ok(())
    }
}
