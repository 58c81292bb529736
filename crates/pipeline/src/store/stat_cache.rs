//! What files were found to contain, so that those that didn't change needn't be read again.
//!
//! A file's digest is remembered under the file's identity (device and inode) with its size, its
//! time of modification and its time of change. The last can't be set by `cp -p`, `touch -d` or an
//! archive, so an older file that is swapped in is noticed. A file that was written so shortly
//! before it was read that a later write might bear the same time isn't remembered for good: it is
//! read once more the next time (as git does with its index).

use std::collections::HashMap;
use std::fs::{File, Metadata};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use vintner_guard::check_regular;

use super::atomic::write_cache;
use super::stamp::{Identity, Stamp, now};
use crate::digest::Digest;
use crate::error::{PipelineError, Result};

/// Digests of files by what the file system says of them.
pub(crate) struct StatCache {
    path: PathBuf,
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    entries: HashMap<Identity, Entry>,
    changed: bool,
}

/// What was found, and what the file system said then.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Entry {
    stamp: Stamp,
    /// When it was read, in nanoseconds since 1970.
    read: i128,
    digest: Digest,
}

/// The most that is remembered; beyond it the longest unread is forgotten.
const MOST: usize = 200_000;
/// Files are digested in pieces of this size, large enough to be hashed by several threads.
const PIECE: usize = 4 << 20;

impl StatCache {
    /// What is kept in a file; nothing where it can't be read.
    pub(crate) fn load(path: PathBuf) -> Self {
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        let entries = text.lines().filter_map(parse).collect();
        Self { path, known: Mutex::new(Known { entries, changed: false }) }
    }

    /// Nothing, which isn't kept either.
    pub(crate) fn empty() -> Self {
        Self { path: PathBuf::new(), known: Mutex::new(Known::default()) }
    }

    /// The digest of a file's content.
    pub(crate) fn digest(&self, path: &Path) -> Result<Digest> {
        check_regular(path).map_err(PipelineError::io(path, "reading"))?;
        let mut file = File::open(path).map_err(PipelineError::io(path, "reading"))?;
        let metadata = file.metadata().map_err(PipelineError::io(path, "reading"))?;
        if let Some(digest) = self.remembered(&metadata) {
            return Ok(digest);
        }
        let read = now();
        let digest = digest_of(&mut file).map_err(PipelineError::io(path, "reading"))?;
        // What it was while it was read is what counts: a write meanwhile changes the stamp.
        let after = file.metadata().map_err(PipelineError::io(path, "reading"))?;
        if let (Some((identity, stamp)), Some((_, later))) = (Stamp::of(&metadata), Stamp::of(&after))
            && stamp == later
        {
            self.remember(identity, Entry { stamp, read, digest: digest.clone() });
        }
        Ok(digest)
    }

    /// Whether a file has this size and content; `None` where it isn't there.
    pub(crate) fn matches(&self, path: &Path, digest: &Digest, bytes: u64) -> Option<bool> {
        let metadata = std::fs::metadata(path).ok()?;
        if metadata.len() != bytes {
            return Some(false);
        }
        if let Some(known) = self.remembered(&metadata) {
            return Some(known == *digest);
        }
        Some(self.digest(path).is_ok_and(|found| found == *digest))
    }

    fn remembered(&self, metadata: &Metadata) -> Option<Digest> {
        let (identity, stamp) = Stamp::of(metadata)?;
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = known.entries.get(&identity).filter(|entry| entry.stamp == stamp)?;
        entry.is_settled().then(|| entry.digest.clone())
    }

    fn remember(&self, identity: Identity, entry: Entry) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.changed = true;
        known.entries.insert(identity, entry);
    }

    /// Keeps what was found for the next run. It is no harm if it can't be kept.
    pub(crate) fn save(&self) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if !known.changed {
            return;
        }
        let mut entries: Vec<(&Identity, &Entry)> = known.entries.iter().collect();
        entries.sort_unstable_by_key(|(identity, entry)| (std::cmp::Reverse(entry.read), **identity));
        entries.truncate(MOST);
        let text: String = entries.into_iter().map(|(identity, entry)| line(identity, entry)).collect();
        if let Err(error) = write_cache(&self.path, text.as_bytes()) {
            tracing::debug!(%error, "what files contain can't be remembered");
        }
        known.changed = false;
    }
}

impl Entry {
    /// Whether a write after the reading would have changed the stamp for sure.
    fn is_settled(&self) -> bool {
        self.stamp.is_settled_by(self.read)
    }
}

fn digest_of(file: &mut File) -> std::io::Result<Digest> {
    let mut hasher = blake3::Hasher::new();
    let mut piece =
        Vec::with_capacity(PIECE.min(usize::try_from(file.metadata()?.len()).unwrap_or(PIECE) + 1));
    loop {
        piece.clear();
        if file.by_ref().take(PIECE as u64).read_to_end(&mut piece)? == 0 {
            return Ok(Digest::from_hasher(&hasher));
        }
        if piece.len() < 1 << 20 {
            hasher.update(&piece);
        } else {
            hasher.update_rayon(&piece);
        }
    }
}

fn line(identity: &Identity, entry: &Entry) -> String {
    let Stamp { size, modified, changed } = entry.stamp;
    let Identity { device, inode } = identity;
    format!("{device} {inode} {size} {modified} {changed} {} {}\n", entry.read, entry.digest)
}

fn parse(line: &str) -> Option<(Identity, Entry)> {
    let mut fields = line.split(' ');
    let identity = Identity { device: fields.next()?.parse().ok()?, inode: fields.next()?.parse().ok()? };
    let stamp = Stamp {
        size: fields.next()?.parse().ok()?,
        modified: fields.next()?.parse().ok()?,
        changed: fields.next()?.parse().ok()?,
    };
    let read = fields.next()?.parse().ok()?;
    let digest = Digest::parse(fields.next()?)?;
    Some((identity, Entry { stamp, read, digest }))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn what_is_remembered_is_what_is_there() -> std::io::Result<()> {
        let folder = tempfile::tempdir()?;
        let (path, index) = (folder.path().join("file"), folder.path().join("index"));
        let cache = StatCache::load(index.clone());
        for round in 0..50 {
            // The same size each time and as fast as can be: only the contents tell them apart.
            let text = format!("{round:06}");
            fs::write(&path, &text)?;
            assert_eq!(cache.digest(&path).ok(), Some(Digest::of(text.as_bytes())));
        }
        std::thread::sleep(std::time::Duration::from_millis(60));
        cache.digest(&path).ok();
        cache.save();
        let again = StatCache::load(index);
        let metadata = fs::metadata(&path)?;
        assert_eq!(again.remembered(&metadata), Some(Digest::of(b"000049")));
        fs::write(&path, "000050")?;
        assert_eq!(again.digest(&path).ok(), Some(Digest::of(b"000050")));
        Ok(())
    }

    #[test]
    fn an_older_file_with_its_time_is_noticed() -> std::io::Result<()> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("file");
        fs::write(&path, "one")?;
        let modified = fs::metadata(&path)?.modified()?;
        std::thread::sleep(std::time::Duration::from_millis(60));
        let cache = StatCache::load(folder.path().join("index"));
        cache.digest(&path).ok();
        fs::write(&path, "two")?;
        File::options().write(true).open(&path)?.set_modified(modified)?;
        assert_eq!(cache.digest(&path).ok(), Some(Digest::of(b"two")));
        Ok(())
    }

    #[test]
    fn large_files_have_the_digest_of_their_bytes() -> std::io::Result<()> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("file");
        for size in [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE + 17] {
            let bytes: Vec<u8> = (0..size).map(|at| (at % 251) as u8).collect();
            fs::write(&path, &bytes)?;
            let cache = StatCache::load(folder.path().join("index"));
            assert_eq!(cache.digest(&path).ok(), Some(Digest::of(&bytes)), "{size} bytes");
        }
        Ok(())
    }
}
