//! What files were found to contain, so that those that didn't change needn't be read again.
//!
//! A file's digest is remembered under the file's identity (device and inode) with its size, its
//! time of modification and its time of change. The last can't be set by `cp -p`, `touch -d` or an
//! archive, so an older file that is swapped in is noticed. A file that was written so shortly
//! before it was read that a later write might bear the same time isn't remembered for good: it is
//! read once more the next time (as git does with its index). Nor is one of a file system whose time of
//! change says nothing ([`ChangeTimes`]).
//!
//! What is remembered is believed as little as anything else that is kept: each line has a check of its
//! own, and where a line and the bytes of a file disagree, the bytes are right and the line is forgotten.

use std::collections::HashMap;
use std::fs::{File, Metadata};
use std::io::Read;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use vintner_guard::check_regular;

use super::atomic::write_cache;
use super::change_times::ChangeTimes;
use crate::digest::Digest;
use crate::error::{PipelineError, Result};
use crate::files::{Identity, Stamp, now};

/// Digests of files by what the file system says of them.
pub(crate) struct StatCache {
    /// The folder below which no link is followed, and the file.
    trusted: PathBuf,
    path: PathBuf,
    change_times: ChangeTimes,
    /// Read once something is asked: of a run in which little changed little is.
    known: OnceLock<Mutex<Known>>,
}

#[derive(Default)]
struct Known {
    /// What was found in this run.
    entries: HashMap<Identity, Entry>,
    /// What was kept, and where in it the lines of other files stand, each of which is read once it is asked for.
    text: String,
    lines: HashMap<Identity, Range<usize>>,
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
/// A line takes about so many bytes.
const LINE: usize = 160;
/// Files are digested in pieces of this size, large enough to be hashed by several threads.
const PIECE: usize = 4 << 20;

impl StatCache {
    /// What is kept in a file; nothing where it can't be read.
    pub(crate) fn load(trusted: &Path, path: PathBuf) -> Self {
        Self { known: OnceLock::new(), ..Self::unbelieving(trusted, path) }
    }

    /// Nothing of what is kept in a file. What is found takes its place.
    pub(crate) fn unbelieving(trusted: &Path, path: PathBuf) -> Self {
        let change_times = ChangeTimes::tried_in(path.parent().unwrap_or(&path));
        Self { trusted: trusted.to_owned(), path, change_times, known: OnceLock::from(Mutex::default()) }
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        let known = self.known.get_or_init(|| {
            let text = std::fs::read_to_string(&self.path).unwrap_or_default();
            Mutex::new(Known { lines: lines_of(&text), text, ..Known::default() })
        });
        known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The digest of a file's content.
    pub(crate) fn digest(&self, path: &Path) -> Result<Digest> {
        // What is a file now and is remembered needn't be opened.
        let found = std::fs::metadata(path).ok().filter(Metadata::is_file);
        if let Some(digest) = found.and_then(|found| self.remembered(path, &found)) {
            return Ok(digest);
        }
        check_regular(path).map_err(PipelineError::io(path, "reading"))?;
        let mut file = File::open(path).map_err(PipelineError::io(path, "reading"))?;
        let metadata = file.metadata().map_err(PipelineError::io(path, "reading"))?;
        if let Some(digest) = self.remembered(path, &metadata) {
            return Ok(digest);
        }
        let read = now();
        let digest = digest_of(&mut file).map_err(PipelineError::io(path, "reading"))?;
        // What it was while it was read is what counts: a write meanwhile changes the stamp.
        let after = file.metadata().map_err(PipelineError::io(path, "reading"))?;
        if let (Some((identity, stamp)), Some((_, later))) = (Stamp::of(&metadata), Stamp::of(&after))
            && stamp == later
            && self.change_times.tell(path, &after)
        {
            self.remember(identity, Entry { stamp, read, digest: digest.clone() });
        }
        Ok(digest)
    }

    /// Whether a file has this size and content; `None` where it isn't there.
    pub(crate) fn matches(&self, path: &Path, digest: &Digest, bytes: u64) -> Option<bool> {
        let metadata = std::fs::metadata(path).ok()?;
        Some(self.found_matches(path, &metadata, digest, bytes))
    }

    /// The same of a file of which it is known what the file system says.
    pub(crate) fn found_matches(
        &self,
        path: &Path,
        metadata: &Metadata,
        digest: &Digest,
        bytes: u64,
    ) -> bool {
        if metadata.len() != bytes {
            return false;
        }
        match self.remembered(path, metadata) {
            Some(known) if known == *digest => return true,
            // That it is something else is said of no file on the word of a note.
            Some(_) => self.forget(metadata),
            None => {}
        }
        self.digest(path).is_ok_and(|found| found == *digest)
    }

    /// Forgets what is remembered of a file, of which something else was read just now. Says whether it was
    /// remembered wrongly: that it would be found as it was read.
    pub(crate) fn correct(&self, path: &Path, read: &Digest) -> bool {
        let Ok(metadata) = std::fs::metadata(path) else { return false };
        let remembered = self.remembered(path, &metadata);
        self.forget(&metadata);
        remembered.is_some_and(|known| known != *read) && self.digest(path).is_ok_and(|found| found == *read)
    }

    /// Whether what the file system says of all files on a device shows every change of them; `path` is one.
    pub(crate) fn tells_changes(&self, device: u64, path: &Path) -> bool {
        self.change_times.tell_on(device, path)
    }

    fn forget(&self, metadata: &Metadata) {
        let Some((identity, _)) = Stamp::of(metadata) else { return };
        let mut known = self.known();
        known.changed |= known.entries.remove(&identity).is_some() | known.lines.remove(&identity).is_some();
    }

    fn remembered(&self, path: &Path, metadata: &Metadata) -> Option<Digest> {
        let (identity, stamp) = Stamp::of(metadata)?;
        let known = self.known();
        let entry = known.entry(identity).filter(|entry| entry.stamp == stamp && entry.is_settled())?;
        drop(known);
        self.change_times.tell(path, metadata).then_some(entry.digest)
    }

    fn remember(&self, identity: Identity, entry: Entry) {
        let mut known = self.known();
        known.changed = true;
        known.entries.insert(identity, entry);
    }

    /// Keeps what was found for the next run. It is no harm if it can't be kept.
    pub(crate) fn save(&self) {
        if self.known.get().is_none() {
            return;
        }
        let mut known = self.known();
        if !known.changed || self.path.as_os_str().is_empty() {
            return;
        }
        let text = known.written();
        if let Err(error) = write_cache(&self.trusted, &self.path, text.as_bytes()) {
            tracing::debug!(%error, "what files contain can't be remembered");
        }
        known.changed = false;
    }
}

impl Known {
    /// What is remembered of a file.
    fn entry(&self, identity: Identity) -> Option<Entry> {
        if let Some(entry) = self.entries.get(&identity) {
            return Some(entry.clone());
        }
        let (of, entry) = parse(self.text.get(self.lines.get(&identity)?.clone())?)?;
        (of == identity).then_some(entry)
    }

    /// A line a file, what was read last first.
    fn written(&self) -> String {
        let mut found: Vec<(&Identity, &Entry)> = self.entries.iter().collect();
        found.sort_unstable_by_key(|(identity, entry)| (std::cmp::Reverse(entry.read), **identity));
        let mut kept: Vec<&Range<usize>> = self
            .lines
            .iter()
            .filter(|(identity, _)| !self.entries.contains_key(identity))
            .map(|(_, line)| line)
            .collect();
        kept.sort_unstable_by_key(|line| line.start);
        let mut text = String::with_capacity(self.text.len() + found.len() * LINE);
        found.iter().take(MOST).for_each(|(identity, entry)| text.push_str(&line(identity, entry)));
        for line in kept.into_iter().take(MOST.saturating_sub(found.len())) {
            text.extend([self.text.get(line.clone()).unwrap_or_default(), "\n"]);
        }
        text
    }
}

/// Where in a text the line of each file stands, whatever else it says.
fn lines_of(text: &str) -> HashMap<Identity, Range<usize>> {
    let mut lines = HashMap::with_capacity(text.len() / LINE);
    let mut at = 0;
    for line in text.split('\n') {
        let mut fields = line.split(' ');
        let mut number = || fields.next()?.parse().ok();
        if let (Some(device), Some(inode)) = (number(), number()) {
            lines.insert(Identity { device, inode }, at..at + line.len());
        }
        at += line.len() + 1;
    }
    lines
}

impl Entry {
    /// Whether a write after the reading would have changed the stamp for sure.
    fn is_settled(&self) -> bool {
        self.stamp.is_settled_by(self.read)
    }
}

/// The digest of what a file holds, piece by piece.
pub(super) fn digest_of(file: &mut File) -> std::io::Result<Digest> {
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
    let fields = format!("{device} {inode} {size} {modified} {changed} {} {}", entry.read, entry.digest);
    format!("{fields} {}\n", Digest::of(fields.as_bytes()).short())
}

fn parse(line: &str) -> Option<(Identity, Entry)> {
    // One that was damaged, and one of before there were checks, is none.
    let (fields, check) = line.rsplit_once(' ')?;
    if Digest::of(fields.as_bytes()).short() != check {
        return None;
    }
    let mut fields = fields.split(' ');
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
        let cache = StatCache::load(folder.path(), index.clone());
        for round in 0..50 {
            // The same size each time and as fast as can be: only the contents tell them apart.
            let text = format!("{round:06}");
            fs::write(&path, &text)?;
            assert_eq!(cache.digest(&path).ok(), Some(Digest::of(text.as_bytes())));
        }
        std::thread::sleep(std::time::Duration::from_millis(60));
        cache.digest(&path).ok();
        cache.save();
        let again = StatCache::load(folder.path(), index);
        let metadata = fs::metadata(&path)?;
        assert_eq!(again.remembered(&path, &metadata), Some(Digest::of(b"000049")));
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
        let cache = StatCache::load(folder.path(), folder.path().join("index"));
        cache.digest(&path).ok();
        fs::write(&path, "two")?;
        File::options().write(true).open(&path)?.set_modified(modified)?;
        assert_eq!(cache.digest(&path).ok(), Some(Digest::of(b"two")));
        Ok(())
    }

    #[test]
    fn a_wrong_digit_is_not_believed() -> std::io::Result<()> {
        let folder = tempfile::tempdir()?;
        let (path, index) = (folder.path().join("file"), folder.path().join("index"));
        fs::write(&path, "text")?;
        std::thread::sleep(std::time::Duration::from_millis(60));
        let cache = StatCache::load(folder.path(), index.clone());
        cache.digest(&path).ok();
        cache.save();
        let kept = fs::read_to_string(&index)?;
        let metadata = fs::metadata(&path)?;
        assert!(StatCache::load(folder.path(), index.clone()).remembered(&path, &metadata).is_some());
        for at in 0..kept.trim_end().len() {
            let mut damaged = kept.clone().into_bytes();
            damaged[at] = if damaged[at] == b'1' { b'2' } else { b'1' };
            fs::write(&index, damaged)?;
            let cache = StatCache::load(folder.path(), index.clone());
            assert_eq!(cache.digest(&path).ok(), Some(Digest::of(b"text")), "character {at}");
        }
        Ok(())
    }

    #[test]
    fn where_a_note_and_the_bytes_disagree_the_bytes_are_right() -> std::io::Result<()> {
        let folder = tempfile::tempdir()?;
        let (path, index) = (folder.path().join("file"), folder.path().join("index"));
        fs::write(&path, "text")?;
        std::thread::sleep(std::time::Duration::from_millis(60));
        let (right, wrong) = (Digest::of(b"text"), Digest::of(b"other"));
        let lying = || -> std::io::Result<StatCache> {
            let cache = StatCache::load(folder.path(), index.clone());
            if let Some((identity, stamp)) = Stamp::of(&fs::metadata(&path)?) {
                cache.remember(identity, Entry { stamp, read: now(), digest: wrong.clone() });
            }
            Ok(cache)
        };
        assert_eq!(lying()?.digest(&path).ok(), Some(wrong.clone()), "a note that looks right is believed");
        assert_eq!(lying()?.matches(&path, &right, 4), Some(true));
        let cache = lying()?;
        assert!(cache.correct(&path, &right));
        assert_eq!(cache.digest(&path).ok(), Some(right.clone()));
        assert!(!cache.correct(&path, &right), "it was right by then");
        Ok(())
    }

    #[test]
    fn where_changes_leave_no_trace_files_are_read() -> std::io::Result<()> {
        let folder = tempfile::tempdir()?;
        let (path, index) = (folder.path().join("file"), folder.path().join("index"));
        fs::write(&path, "text")?;
        std::thread::sleep(std::time::Duration::from_millis(60));
        let metadata = fs::metadata(&path)?;
        let Some((identity, stamp)) = Stamp::of(&metadata) else { return Ok(()) };
        let cache = StatCache {
            change_times: ChangeTimes::of_none(identity.device),
            ..StatCache::load(folder.path(), index)
        };
        cache.remember(identity, Entry { stamp, read: now(), digest: Digest::of(b"other") });
        assert_eq!(cache.digest(&path).ok(), Some(Digest::of(b"text")));
        assert!(!cache.tells_changes(identity.device, &path));
        Ok(())
    }

    #[test]
    fn large_files_have_the_digest_of_their_bytes() -> std::io::Result<()> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("file");
        for size in [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE + 17] {
            let bytes: Vec<u8> = (0..size).map(|at| (at % 251) as u8).collect();
            fs::write(&path, &bytes)?;
            let cache = StatCache::load(folder.path(), folder.path().join("index"));
            assert_eq!(cache.digest(&path).ok(), Some(Digest::of(&bytes)), "{size} bytes");
        }
        Ok(())
    }
}
