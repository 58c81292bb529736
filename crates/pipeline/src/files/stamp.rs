//! What the file system says of a file, by which it is known whether the file has changed.
//!
//! Beside size and time of modification there is the time of change, which `cp -p`, `touch -d` and
//! archives can't set, and the file's identity, which another file put in its place hasn't.

use std::fs::Metadata;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Which file this is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Identity {
    pub(crate) device: u64,
    pub(crate) inode: u64,
}

/// What may be said of it at different times. Times are in nanoseconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stamp {
    pub(crate) size: u64,
    pub(crate) modified: i128,
    pub(crate) changed: i128,
}

/// File systems note times at the kernel's tick, a few milliseconds; some only whole seconds.
const TICK: i128 = 50_000_000;
const COARSE_TICK: i128 = 2_100_000_000;

impl Stamp {
    /// The file's identity and stamp.
    #[cfg(unix)]
    pub(crate) fn of(metadata: &Metadata) -> Option<(Identity, Self)> {
        use std::os::unix::fs::MetadataExt;
        let time =
            |seconds: i64, nanoseconds: i64| i128::from(seconds) * 1_000_000_000 + i128::from(nanoseconds);
        Some((
            Identity { device: metadata.dev(), inode: metadata.ino() },
            Stamp {
                size: metadata.size(),
                modified: time(metadata.mtime(), metadata.mtime_nsec()),
                changed: time(metadata.ctime(), metadata.ctime_nsec()),
            },
        ))
    }

    /// Without a time of change nothing is sure, and every file is read.
    #[cfg(not(unix))]
    pub(crate) fn of(_: &Metadata) -> Option<(Identity, Self)> {
        None
    }

    /// Whether a write after `moment` would have changed the stamp for sure. A file that was written
    /// so shortly before that a later write might bear the same time isn't settled.
    pub(crate) fn is_settled_by(&self, moment: i128) -> bool {
        let coarse = self.changed % 1_000_000_000 == 0;
        self.modified.max(self.changed) + if coarse { COARSE_TICK } else { TICK } < moment
    }
}

/// The time, in nanoseconds since 1970.
pub(crate) fn now() -> i128 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
    i128::try_from(since.as_nanos()).unwrap_or_default()
}
