//! What a run looked at that had nothing to do.
//!
//! A run in which every branch was cached has read the pipeline, the manifest, every file that a
//! stage names and every record, and looked after every object and every output. Its snapshot is
//! the list of them all, a digest of what the file system says of them, and the report. While the
//! same is asked and the digest comes out again, a run would come to the same report: so it is
//! given without reading any of it.
//!
//! A snapshot is taken only where each file was settled before the run began (see [`Stamp`]) and is
//! found once more to be what the run took it for. One that is missing, damaged, or of another
//! program counts as none, and costs no more than a run over everything.

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::thread;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::request::Request;
use crate::digest::Digest;
use crate::run::report::Report;
use crate::store::{Stamp, Store};

/// A run's snapshot, without the list of what it looked at.
#[derive(Serialize, Deserialize)]
pub(super) struct Snapshot {
    /// What was asked, of which program, where.
    pub(super) asked: Value,
    /// The caller's variables that parameters may hold.
    pub(super) variables: BTreeMap<String, Option<String>>,
    /// The digest of what the file system says.
    pub(super) marks: Digest,
    pub(super) report: Report,
}

/// What the file system says of a path, in bytes.
pub(super) type Mark = [u8; 56];

/// Below so many paths another thread costs more than it saves.
const WORTH_A_THREAD: usize = 250;

/// The report of a run that has nothing to do; `None` where something may have changed since the
/// last such run, or there was none.
pub fn unchanged(store: &Store, request: &Request) -> Option<Report> {
    let text = fs::read_to_string(store.snapshot_path(request.name())).ok()?;
    let (digest, rest) = text.split_once('\n')?;
    if Digest::of(rest.as_bytes()).as_str() != digest {
        return None;
    }
    let (header, paths) = rest.split_once('\n')?;
    let snapshot: Snapshot = serde_json::from_str(header).ok()?;
    let same_variables = || snapshot.variables.iter().all(|(name, value)| variable(name) == *value);
    if snapshot.asked != *request.asked() || !same_variables() {
        return None;
    }
    let paths: Vec<&Path> = paths.lines().map(Path::new).collect();
    let marks = marks(&paths, &|path| mark(path, None))?;
    if digest_of(&marks) != snapshot.marks {
        return None;
    }
    tracing::info!(paths = paths.len(), "nothing has changed since the last run");
    Some(snapshot.report)
}

impl Snapshot {
    /// Keeps it for the next run. It is no harm if it can't be kept.
    pub(super) fn keep(&self, store: &Store, name: &str, paths: &[PathBuf]) {
        // Paths stand a line each.
        let Some(paths) = paths
            .iter()
            .map(|path| path.to_str().filter(|path| !path.contains(['\n', '\r'])))
            .collect::<Option<Vec<&str>>>()
        else {
            return;
        };
        let Ok(header) = serde_json::to_string(self) else { return };
        let rest = format!("{header}\n{}\n", paths.join("\n"));
        let text = format!("{}\n{rest}", Digest::of(rest.as_bytes()));
        let path = store.snapshot_path(name);
        if let Err(error) = store.write_cache(&path, text.as_bytes()) {
            tracing::debug!(path = %path.display(), %error, "what the run looked at can't be remembered");
        }
    }
}

/// The marks of paths; `None` where one has none.
pub(super) fn marks<P: AsRef<Path> + Sync>(
    paths: &[P],
    mark: &(dyn Fn(&Path) -> Option<Mark> + Sync),
) -> Option<Vec<Mark>> {
    let of = |paths: &[P]| paths.iter().map(|path| mark(path.as_ref())).collect::<Option<Vec<Mark>>>();
    let threads =
        thread::available_parallelism().map_or(1, usize::from).min(paths.len() / WORTH_A_THREAD + 1);
    let (first, others) = paths.split_at(paths.len() / threads);
    thread::scope(|scope| {
        let chunks = others.chunks(others.len().div_ceil((threads - 1).max(1)).max(1));
        let others: Vec<_> = chunks.map(|chunk| scope.spawn(move || of(chunk))).collect();
        let mut all = of(first)?;
        for other in others {
            all.extend(other.join().ok()??);
        }
        Some(all)
    })
}

/// What the file system says of a path, of one without a file too. `None` where it says too little,
/// or something may have happened there that it doesn't show, before `settled_by`.
pub(super) fn mark(path: &Path, settled_by: Option<i128>) -> Option<Mark> {
    let is_settled = |stamp: &Stamp| settled_by.is_none_or(|moment| stamp.is_settled_by(moment));
    let metadata = match fs::metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            if settled_by.is_some() {
                // A file that was taken away shows in the time of its folder.
                let folder = path.ancestors().skip(1).find_map(|folder| {
                    let folder = if folder == Path::new("") { Path::new(".") } else { folder };
                    fs::metadata(folder).ok()
                })?;
                Stamp::of(&folder).filter(|(_, stamp)| is_settled(stamp))?;
            }
            return Some([0; 56]);
        }
        Err(_) => return None,
    };
    let (identity, stamp) = Stamp::of(&metadata).filter(|(_, stamp)| is_settled(stamp))?;
    let mut mark = [0; 56];
    let parts = [
        &identity.device.to_le_bytes()[..],
        &identity.inode.to_le_bytes(),
        &stamp.size.to_le_bytes(),
        &stamp.modified.to_le_bytes(),
        &stamp.changed.to_le_bytes(),
    ];
    mark.iter_mut().zip(parts.into_iter().flatten()).for_each(|(to, from)| *to = *from);
    Some(mark)
}

pub(super) fn digest_of(marks: &[Mark]) -> Digest {
    Digest::of(marks.as_flattened())
}

/// A variable of the caller.
pub(super) fn variable(name: &str) -> Option<String> {
    std::env::var_os(name).map(|value| value.to_string_lossy().into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_in_the_order_of_the_paths_on_however_many_threads() {
        let names: Vec<PathBuf> = (0..2003).map(|name| PathBuf::from(name.to_string())).collect();
        let of = |path: &Path| {
            let number: u64 = path.to_str()?.parse().ok()?;
            let mut mark = [0; 56];
            mark.iter_mut().zip(number.to_le_bytes()).for_each(|(to, from)| *to = from);
            Some(mark)
        };
        for count in [0, 1, 2, 249, 250, 251, 500, 501, 999, 2003] {
            let expected: Option<Vec<Mark>> = names[..count].iter().map(|path| of(path)).collect();
            assert!(marks(&names[..count], &of) == expected, "{count}");
        }
        let unknown = [PathBuf::from("1"), PathBuf::from("x")];
        assert_eq!(marks(&unknown, &of), None);
    }

    #[test]
    fn a_file_that_comes_goes_or_changes_has_another_mark() -> std::io::Result<()> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("file");
        let absent = mark(&path, None);
        assert_eq!(absent, Some([0; 56]));
        fs::write(&path, "one")?;
        let one = mark(&path, None);
        assert!(one.is_some() && one != absent);
        fs::write(folder.path().join("other"), "two")?;
        fs::rename(folder.path().join("other"), &path)?;
        assert_ne!(mark(&path, None), one);
        // Just written, and just taken away, it may be what it was when a run began, or not.
        let began = crate::store::now();
        assert_eq!(mark(&path, Some(began)), None);
        fs::remove_file(&path)?;
        assert_eq!(mark(&path, Some(began)), None);
        assert_eq!(mark(&path, Some(began + 10_000_000_000)), absent);
        Ok(())
    }
}
