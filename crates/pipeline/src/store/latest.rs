//! The fingerprint of each branch at the last run of a pipeline on a vintage.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use super::atomic::write_atomically;
use super::folder::EntryKind;
use super::store::{Store, json_bytes, read_if_there};
use crate::digest::Digest;
use crate::error::Result;
use crate::files::file_name;
use crate::plan::RunKey;

impl Store {
    /// The fingerprint of each branch at the last run. Nothing where that can't be read: a run finds its
    /// results by their fingerprints all the same, and writes it again.
    pub fn latest(&self, of: RunKey<'_>) -> BTreeMap<String, Digest> {
        let own = || self.read_latest(&self.latest_path(of)).ok().flatten();
        // Written before pipelines were told apart.
        let before = || self.read_latest(&self.old_latest_path(of.vintage)).ok().flatten();
        let is_there = self.latest_path(of).symlink_metadata().is_ok();
        if is_there { own() } else { before() }.unwrap_or_default()
    }

    /// What such a file says: nothing where there is none, `None` where it is damaged.
    ///
    /// # Errors
    /// Where the file can't be read.
    pub(super) fn read_latest(&self, path: &Path) -> Result<Option<BTreeMap<String, Digest>>> {
        let Some(text) = read_if_there(path)? else { return Ok(Some(BTreeMap::new())) };
        let latest: Option<BTreeMap<String, Digest>> = serde_json::from_slice(&text).ok();
        Ok(latest.filter(|latest| latest.values().all(Digest::is_well_formed)))
    }

    pub(crate) fn put_latest(&self, of: RunKey<'_>, latest: &BTreeMap<String, Digest>) -> Result<()> {
        let path = self.latest_path(of);
        write_atomically(&self.trusted, &path, &json_bytes(&path, latest)?)?;
        let old = self.old_latest_path(of.vintage);
        // A folder of that name would be another pipeline's.
        if old.symlink_metadata().is_ok_and(|found| found.is_file()) { self.remove(&old) } else { Ok(()) }
    }

    pub(crate) fn latest_path(&self, of: RunKey<'_>) -> PathBuf {
        self.root.join("latest").join(file_name(of.pipeline)).join(format!("{}.json", of.vintage))
    }

    /// Where it was before pipelines were told apart.
    fn old_latest_path(&self, vintage: &str) -> PathBuf {
        self.root.join("latest").join(format!("{vintage}.json"))
    }

    /// The vintages that were run, with the files that say what their latest runs were.
    pub(super) fn vintages_run(&self) -> Result<Vec<(String, PathBuf)>> {
        let vintage = |name: &OsStr| name.to_str()?.strip_suffix(".json").map(str::to_owned);
        let mut found = Vec::new();
        let Some(folder) = self.folder(&self.root.join("latest"))? else { return Ok(found) };
        for entry in folder.entries()? {
            if entry.kind != EntryKind::Folder {
                found.extend(vintage(&entry.name).map(|name| (name, folder.path().join(&entry.name))));
                continue;
            }
            let Some(inner) = folder.folder(&entry.name)? else { continue };
            for entry in inner.entries()? {
                found.extend(vintage(&entry.name).map(|name| (name, inner.path().join(&entry.name))));
            }
        }
        Ok(found)
    }
}
