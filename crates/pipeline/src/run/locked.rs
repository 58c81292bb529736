//! What a run holds its lock to.

use std::collections::{BTreeMap, HashSet};

use super::progress::{HasRecord, Progress};
use super::reading::{Reading, files, place_of};
use crate::digest::Digest;
use crate::error::Result;
use crate::plan::Plan;
use crate::store::{Locked, Record};

/// What the vintage was made of and what came out, as far as it is made. Of what is made, files are those
/// that the stages were handed, whatever has become of them since; of what isn't, those that are there.
pub(crate) fn locked<T: HasRecord>(
    progress: &Progress<'_, T>,
    plan: &Plan<'_>,
    reading: &Reading,
) -> Result<Locked> {
    let mut locked = Locked::default();
    let mut handed: BTreeMap<&str, Digest> = BTreeMap::new();
    let mut seen = HashSet::new();
    for known in (0..plan.pipeline.stages.len()).filter_map(|stage| progress.stage(stage)) {
        for (branch, result) in known.branches.iter().zip(&known.results) {
            let record = result.get().and_then(HasRecord::record).map(|(_, record)| record);
            if let Some((source, digest)) =
                branch.source.zip(record.and_then(|record| only(record, "source")))
            {
                handed.insert(&source.name, digest);
            }
            match record {
                Some(record) => {
                    let are_files = result.get().is_some_and(HasRecord::reads_files_alone);
                    for (role, path) in &branch.bound.files {
                        let inputs =
                            record.fingerprint.inputs.get(role).map(Vec::as_slice).unwrap_or_default();
                        for input in inputs {
                            let place = match are_files {
                                true => path.clone(),
                                false => place_of(plan, path, inputs, &input.key),
                            };
                            if let Some(digest) = &input.content
                                && seen.insert(place.clone())
                            {
                                locked.files.push((place.display().to_string(), digest.clone()));
                            }
                        }
                    }
                }
                None => {
                    // Raw files are known by their sources' names, wherever they lie.
                    let of_role = files(plan, branch)?.into_iter();
                    let of_workspace = of_role.filter(|(role, _)| branch.bound.files.contains_key(role));
                    for file in of_workspace.flat_map(|(_, files)| files) {
                        if seen.insert(file.shown.clone()) {
                            let digest = reading.files.digest(&file.path)?;
                            locked.files.push((file.shown.display().to_string(), digest));
                        }
                    }
                }
            }
            for (output, kept) in record.into_iter().flat_map(|record| &record.outputs) {
                locked.outputs.push((format!("{}.{output}", branch.id), kept.digest.clone()));
            }
        }
    }
    for source in &plan.vintage.sources {
        let digest = match handed.remove(source.name.as_str()) {
            Some(digest) => digest,
            None => reading.files.digest(&source.path)?,
        };
        locked.sources.push((source.name.clone(), digest));
    }
    locked.files.sort();
    Ok(locked)
}

/// The digest of the one thing that was read under a role.
fn only(record: &Record, role: &str) -> Option<Digest> {
    record.fingerprint.inputs.get(role)?.first()?.content.clone()
}
