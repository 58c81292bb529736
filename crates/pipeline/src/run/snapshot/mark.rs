//! What the file system says of a path.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;
use std::thread;

use crate::digest::Digest;
use crate::files::Stamp;

/// What the file system says of a path, in bytes.
pub(super) type Mark = [u8; 56];

/// Below so many paths another thread costs more than it saves.
const WORTH_A_THREAD: usize = 250;

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

/// The mark of a path, as [`look`] finds it.
pub(super) fn mark(path: &Path, settled_by: Option<i128>) -> Option<Mark> {
    look(path, settled_by).map(|look| look.mark)
}

/// What is found at a path.
pub(super) struct Look {
    pub(super) mark: Mark,
    pub(super) is_folder: bool,
}

/// What the file system says of a path, of one without a file too. `None` where it says too little,
/// or something may have happened there that it doesn't show, before `settled_by`.
pub(super) fn look(path: &Path, settled_by: Option<i128>) -> Option<Look> {
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
            return Some(Look { mark: [0; 56], is_folder: false });
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
    Some(Look { mark, is_folder: metadata.is_dir() })
}

/// The device of the file that a mark is of; nothing where there is no file.
pub(super) fn device_of(mark: &Mark) -> Option<u64> {
    let (device, _) = mark.split_first_chunk::<8>()?;
    (*mark != [0; 56]).then(|| u64::from_le_bytes(*device))
}

pub(super) fn digest_of(marks: &[Mark]) -> Digest {
    Digest::of(marks.as_flattened())
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

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
        let began = crate::files::now();
        assert_eq!(mark(&path, Some(began)), None);
        fs::remove_file(&path)?;
        assert_eq!(mark(&path, Some(began)), None);
        assert_eq!(mark(&path, Some(began + 10_000_000_000)), absent);
        Ok(())
    }
}
