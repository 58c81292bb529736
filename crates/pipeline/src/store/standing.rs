//! Folders of inputs that commands left as they were, for their next run.
//!
//! `v1/standing/NAME` is such a folder, and `v1/standing/NAME.list` says what its files hold, with their stamps. A run takes
//! a folder out by renaming it, so that it is never two runs', and a run that is killed takes it along. Nothing of it is
//! believed unless all of it is what the list says: the same files and folders, no more and no fewer, none with a second
//! name, other rights or another stamp. Else it goes, and is made anew.

use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};

use super::folder::EntryKind;
use super::stat_cache::StatCache;
use super::store::Store;
use crate::digest::Digest;
use crate::error::Result;
use crate::files::{Identity, Stamp, now};
use crate::operation::{Standing, StandingFile, StandingFiles};
use crate::plan::RunKey;

/// So many folders are kept at most.
const MOST: usize = 8;

const LIST: &str = ".list";

impl Store {
    /// Takes the folder of a branch's inputs out, to be at `into`, and says what of it can be relied on: all or nothing.
    /// Whatever else lies there is at `into` nonetheless.
    ///
    /// # Errors
    /// Where a link leads there.
    pub(crate) fn take_standing(
        &self,
        of: RunKey<'_>,
        branch: &str,
        into: &Path,
        files: &StatCache,
    ) -> Result<Option<StandingFiles>> {
        let name = name_of(of, branch);
        let folder = self.standing_path();
        let Some(kept) = self.folder(&folder)? else { return Ok(None) };
        let is_folder = kept.entry(OsStr::new(&name)).ok().flatten().map(|entry| entry.kind);
        if is_folder != Some(EntryKind::Folder) || kept.move_out(OsStr::new(&name), into).is_err() {
            return Ok(None);
        }
        let list = fs::read_to_string(folder.join(format!("{name}{LIST}"))).unwrap_or_default();
        Ok(read_list(&list).and_then(|listed| sound(into, listed, files)))
    }

    /// Keeps a folder of inputs that came back, unless there are many already. That it can't be kept is no harm.
    ///
    /// # Errors
    /// Where a link leads there.
    pub(crate) fn keep_standing(&self, of: RunKey<'_>, branch: &str, standing: &Standing) -> Result<()> {
        let Some(files) = standing.files() else { return Ok(()) };
        let name = name_of(of, branch);
        let kept = self.make_folder(&self.standing_path())?;
        let others = kept.entries()?;
        let others = others.iter().filter(|entry| entry.kind == EntryKind::Folder && *entry.name != *name);
        if others.count() >= MOST {
            return Ok(());
        }
        self.write_cache(&self.standing_path().join(format!("{name}{LIST}")), written(&files).as_bytes())?;
        if let Err(error) = kept.move_in(standing.folder(), OsStr::new(&name)) {
            tracing::debug!(%error, branch, "the folder of inputs isn't kept");
        }
        Ok(())
    }

    /// Whether folders can be moved between the store and `elsewhere`, and changes of files are told there.
    pub(crate) fn stands_beside(&self, elsewhere: &Path, files: &StatCache) -> bool {
        let device = |path: &Path| Some(Stamp::of(&fs::metadata(path).ok()?)?.0.device);
        match (device(&self.root), device(elsewhere)) {
            (Some(own), Some(other)) => own == other && files.tells_changes(own, elsewhere),
            _ => false,
        }
    }

    /// Where such folders lie.
    pub(super) fn standing_path(&self) -> PathBuf {
        self.root.join("standing")
    }
}

fn name_of(of: RunKey<'_>, branch: &str) -> String {
    let text = [of.pipeline, of.vintage, branch].join("\0");
    Digest::of(text.as_bytes()).as_str().chars().take(32).collect()
}

/// What a folder holds, if all of it is as the list says.
fn sound(folder: &Path, mut listed: StandingFiles, cache: &StatCache) -> Option<StandingFiles> {
    let rights = Rights::of(folder.parent()?)?;
    let device = listed.values().next()?.identity.device;
    if !cache.tells_changes(device, folder) {
        return None;
    }
    let mut missing: BTreeSet<PathBuf> = Standing::folders_of(listed.keys().map(Path::new));
    let mut left = listed.len();
    let mut folders = vec![PathBuf::new()];
    while let Some(within) = folders.pop() {
        let here = folder.join(&within);
        if !rights.are_of_folder(&here) {
            return None;
        }
        for entry in fs::read_dir(&here).ok()? {
            let entry = entry.ok()?;
            let path = within.join(entry.file_name());
            if entry.file_type().ok()?.is_dir() {
                if !missing.remove(&path) {
                    return None;
                }
                folders.push(path);
                continue;
            }
            let known = listed.get_mut(path.as_os_str())?;
            if !is_as_listed(&here.join(entry.file_name()), known, &rights) {
                return None;
            }
            left = left.checked_sub(1)?;
        }
    }
    (left == 0 && missing.is_empty()).then_some(listed)
}

/// Whether a file is what is known of it; it is read where a write might not show in its stamp.
fn is_as_listed(path: &Path, known: &mut StandingFile, rights: &Rights) -> bool {
    let stamp = |path: &Path| fs::symlink_metadata(path).ok().filter(|found| rights.are_of_file(found));
    let is_known = |found: &fs::Metadata| Stamp::of(found) == Some((known.identity, known.stamp));
    if !stamp(path).is_some_and(|found| is_known(&found)) {
        return false;
    }
    if known.is_settled {
        return true;
    }
    let read = now();
    let is_same = fs::read(path).is_ok_and(|bytes| Digest::of(&bytes) == known.digest);
    known.is_settled = known.stamp.is_settled_by(read);
    is_same
}

/// Whose a folder that is made here is, and who may do what with it.
struct Rights {
    #[cfg(unix)]
    mode: u32,
    #[cfg(unix)]
    owner: (u32, u32),
}

#[cfg(unix)]
impl Rights {
    /// Those of a folder that was made a moment ago.
    fn of(made: &Path) -> Option<Self> {
        use std::os::unix::fs::MetadataExt;
        let found = fs::symlink_metadata(made).ok()?;
        Some(Self { mode: found.mode() & 0o7777, owner: (found.uid(), found.gid()) })
    }

    fn are_of_folder(&self, folder: &Path) -> bool {
        use std::os::unix::fs::MetadataExt;
        let found = fs::symlink_metadata(folder).ok().filter(fs::Metadata::is_dir);
        let is_own = |found: fs::Metadata| {
            found.mode() & 0o7777 == self.mode && (found.uid(), found.gid()) == self.owner
        };
        found.is_some_and(is_own) && has_no_attributes(folder)
    }

    /// A file that can be run isn't among them: it would have to lose that where it is written over.
    fn are_of_file(&self, found: &fs::Metadata) -> bool {
        use std::os::unix::fs::MetadataExt;
        found.is_file()
            && found.nlink() == 1
            && found.mode() & 0o7777 == self.mode & 0o666
            && (found.uid(), found.gid()) == self.owner
    }
}

#[cfg(not(unix))]
impl Rights {
    fn of(_: &Path) -> Option<Self> {
        None
    }

    fn are_of_folder(&self, _: &Path) -> bool {
        false
    }

    fn are_of_file(&self, _: &fs::Metadata) -> bool {
        false
    }
}

/// Whether a folder has no further attributes, as lists of rights for what is made in it; those of the system's own guard
/// don't count.
#[cfg(target_os = "linux")]
fn has_no_attributes(folder: &Path) -> bool {
    let mut names = [0_u8; 1024];
    match rustix::fs::llistxattr(folder, &mut names[..]) {
        Ok(length) => names.get(..length).is_some_and(|names| {
            names.split(|byte| *byte == 0).all(|name| name.is_empty() || name.starts_with(b"security."))
        }),
        Err(error) => error == rustix::io::Errno::NOTSUP,
    }
}

#[cfg(all(unix, not(target_os = "linux")))]
fn has_no_attributes(_: &Path) -> bool {
    true
}

fn written(files: &StandingFiles) -> String {
    let line = |(path, file): (&OsString, &StandingFile)| {
        let StandingFile { digest, identity, stamp, is_settled } = file;
        let Stamp { size, modified, changed } = stamp;
        let (device, inode, settled) = (identity.device, identity.inode, u8::from(*is_settled));
        Some(format!("{device} {inode} {size} {modified} {changed} {settled} {digest} {}\n", path.to_str()?))
    };
    let lines: Option<String> = files.iter().map(line).collect();
    let lines = lines.unwrap_or_default();
    format!("{}\n{lines}", Digest::of(lines.as_bytes()))
}

/// What a list says; nothing where it is damaged.
fn read_list(text: &str) -> Option<StandingFiles> {
    let (check, lines) = text.split_once('\n')?;
    if Digest::of(lines.as_bytes()).as_str() != check {
        return None;
    }
    lines.lines().map(parse).collect()
}

fn parse(line: &str) -> Option<(OsString, StandingFile)> {
    let mut fields = line.splitn(8, ' ');
    let identity = Identity { device: fields.next()?.parse().ok()?, inode: fields.next()?.parse().ok()? };
    let stamp = Stamp {
        size: fields.next()?.parse().ok()?,
        modified: fields.next()?.parse().ok()?,
        changed: fields.next()?.parse().ok()?,
    };
    let is_settled = fields.next()? == "1";
    let digest = Digest::parse(fields.next()?)?;
    Some((fields.next()?.into(), StandingFile { digest, identity, stamp, is_settled }))
}
