//! What in a store isn't what it should be, and taking it away.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use rayon::prelude::*;
use serde::Serialize;

use super::collect::remove;
use super::contents::{Contents, KeptRun};
use super::store::Store;
use crate::digest::Digest;
use crate::error::{Result, few};

/// Something in a store that isn't what it should be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Unsound {
    /// Where it is.
    pub path: PathBuf,
    /// What is wrong with it.
    pub message: String,
    /// What mends it.
    pub mended_by: MendedBy,
}

/// What mends something unsound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MendedBy {
    /// The next run, which finds it wrong and makes it again.
    NextRun,
    /// Taking it away: nothing that is to be made now needs it.
    Removal,
}

impl Store {
    /// Objects that aren't what their names say, outputs of records that aren't there, and whatever
    /// else is damaged: every byte is read. Each object counts once, however many runs need it.
    ///
    /// # Errors
    /// Where a folder can't be listed, or a record can't be read.
    pub fn unsound(&self) -> Result<(Contents, Vec<Unsound>)> {
        let contents = self.contents()?;
        let wrong: BTreeSet<&Digest> = contents
            .objects
            .keys()
            .collect::<Vec<_>>()
            .into_par_iter()
            .filter(|digest| self.object(digest).is_none())
            .collect();
        let mut users: BTreeMap<&Digest, Users<'_>> = BTreeMap::new();
        for run in &contents.records {
            for digest in &run.outputs {
                users.entry(digest).or_default().makers.push(run);
            }
            for digest in &run.copies {
                users.entry(digest).or_default().readers.push(run);
            }
        }
        let mut found = Vec::new();
        for (digest, users) in &users {
            let what = match (wrong.contains(digest), contents.objects.contains_key(*digest)) {
                (true, _) => "is corrupt",
                (false, false) => "is gone",
                (false, true) => continue,
            };
            let message = format!("{} {what}", users.describe());
            found.push(Unsound { path: self.object_path(digest), message, mended_by: users.mended_by() });
        }
        for digest in wrong.into_iter().filter(|digest| !users.contains_key(digest)) {
            let message = "an object that nothing needs is corrupt".to_owned();
            found.push(Unsound { path: self.object_path(digest), message, mended_by: MendedBy::Removal });
        }
        for (path, _) in &contents.damaged {
            let message = "a record is damaged, or isn't that of its name".to_owned();
            found.push(Unsound { path: path.clone(), message, mended_by: MendedBy::Removal });
        }
        for (vintage, branch) in &contents.dangling {
            let message = format!("the latest run of {branch} has no record");
            let path = self.latest_path(vintage);
            found.push(Unsound { path, message, mended_by: MendedBy::NextRun });
        }
        for path in &contents.unknown_latest {
            let message = "which runs are the latest of the vintage can't be read from it".to_owned();
            found.push(Unsound { path: path.clone(), message, mended_by: MendedBy::NextRun });
        }
        Ok((contents, found))
    }

    /// Takes away what is corrupt or damaged, and the records of earlier runs that have lost an output;
    /// where a run needs it, the next one makes it again. What says which runs are the latest of a
    /// vintage is left to that vintage's next run.
    ///
    /// # Errors
    /// [`PipelineError::InUse`](crate::PipelineError::InUse) where runs use the store; where something
    /// can't be taken away.
    pub fn mend(&self) -> Result<Vec<Unsound>> {
        let _alone = self.claim()?;
        let (contents, unsound) = self.unsound()?;
        let wrong: BTreeSet<PathBuf> = unsound.iter().map(|one| one.path.clone()).collect();
        let latest = self.root.join("latest");
        let mut removed: Vec<Unsound> =
            unsound.into_iter().filter(|one| !one.path.starts_with(&latest) && one.path.exists()).collect();
        let earlier = contents.records.iter().filter(|run| run.vintages.is_empty());
        for run in earlier.filter(|run| run.outputs.iter().any(|it| wrong.contains(&self.object_path(it)))) {
            let path = self.record_path(&run.fingerprint);
            let message = format!("an earlier run of {} that has lost an output", run.branch);
            removed.push(Unsound { path, message, mended_by: MendedBy::Removal });
        }
        // Records go last here: an object without a record is taken away by any collection.
        removed.iter().try_for_each(|one| remove(&one.path))?;
        Ok(removed)
    }
}

/// The runs that need an object.
#[derive(Default)]
struct Users<'a> {
    makers: Vec<&'a KeptRun>,
    readers: Vec<&'a KeptRun>,
}

impl Users<'_> {
    /// An output of a latest run is looked at by each run of its vintage. The outputs of earlier runs
    /// are looked at only where their parameters and data come back, and copies of what was read serve
    /// comparisons alone.
    fn mended_by(&self) -> MendedBy {
        let is_latest = self.makers.iter().any(|run| !run.vintages.is_empty());
        if is_latest { MendedBy::NextRun } else { MendedBy::Removal }
    }

    fn describe(&self) -> String {
        let (what, runs) = match self.makers.as_slice() {
            [] => ("a copy of what was read by", &self.readers),
            _ => ("an output of", &self.makers),
        };
        let names: BTreeSet<&String> = runs.iter().map(|run| &run.branch).collect();
        let names: Vec<String> = names.into_iter().cloned().collect();
        let earlier = match self.mended_by() {
            MendedBy::Removal if !self.makers.is_empty() => "an earlier run of ",
            _ => "",
        };
        format!("{what} {earlier}{}", few(&names, 3))
    }
}
