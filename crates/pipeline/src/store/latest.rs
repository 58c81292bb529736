//! The fingerprint of each branch at the last run of a pipeline on a vintage.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::atomic::write_atomically;
use super::folder::EntryKind;
use super::last_latest::Latest;
use super::store::{Store, json_bytes, read_if_there};
use crate::digest::Digest;
use crate::error::Result;
use crate::files::file_name;
use crate::plan::RunKey;

impl Store {
    /// The fingerprint of each branch at the last run. Nothing where that can't be read: a run finds its
    /// results by their fingerprints all the same, and writes it again.
    pub fn latest(&self, of: RunKey<'_>) -> Arc<BTreeMap<String, Digest>> {
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
    pub(super) fn read_latest(&self, path: &Path) -> Result<Option<Arc<Latest>>> {
        let Some(text) = read_if_there(path)? else { return Ok(Some(Arc::default())) };
        if let Some(latest) = self.latest.of(&text) {
            return Ok(Some(latest));
        }
        let latest: Option<Latest> = serde_json::from_slice(&text).ok();
        let latest = latest.filter(|latest| latest.values().all(Digest::is_well_formed)).map(Arc::new);
        if let Some(latest) = &latest {
            self.latest.keep(text, Arc::clone(latest));
        }
        Ok(latest)
    }

    pub(crate) fn put_latest(&self, of: RunKey<'_>, latest: Arc<Latest>) -> Result<()> {
        let path = self.latest_path(of);
        let bytes = json_bytes(&path, &*latest)?;
        write_atomically(&self.trusted, &path, &bytes)?;
        self.latest.keep(bytes, latest);
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
