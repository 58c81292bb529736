//! `vintner lock`, and what `vintner reproduce` does with the lock.

use std::io::Write;

use serde_json::json;
use vintner_pipeline::{LockFile, Locked, LockedKind, Plan, Report, Store, Survey};

use super::{count, print_json};
use crate::arguments::{Format, OfVintage};
use crate::error::{CommandError, Result};
use crate::terminal::page;
use crate::workspace::Workspace;

/// Compares the vintage as it is made with the lock, and runs and writes nothing.
pub(crate) fn run(workspace: &Workspace, arguments: &OfVintage) -> Result<()> {
    let pipeline = workspace.pipeline()?;
    let vintage = workspace.vintage(&pipeline, arguments.vintage.as_deref())?;
    let (plan, store, lock) = (Plan::new(&pipeline, &vintage), workspace.store(), workspace.lock()?);
    let Some(locked) = lock.vintage(&vintage.name) else {
        return Err(CommandError::NotLocked { file: file_name(&lock), vintage: vintage.name.clone() });
    };
    let survey = Survey::new(&plan, &store)?;
    let made = survey.statuses().all(|status| status.state.word() == "fresh");
    let differences = locked.differences(&survey.locked()?, !made);
    if arguments.format == Format::Json {
        return print_json(&json!({
            "pipeline": pipeline.name, "vintage": vintage.name, "made": made, "differences": differences,
        }));
    }
    let mut out = page();
    differences.iter().try_for_each(|difference| writeln!(out, "  {difference}"))?;
    let said = match (differences.len(), made) {
        (0, true) => "as it is locked".to_owned(),
        (0, false) => "as it is locked, as far as it is made as things are now".to_owned(),
        (several, true) => format!("{} from the lock", count(several, "difference")),
        (several, false) => {
            format!("{} from the lock, as far as it is made as things are now", count(several, "difference"))
        }
    };
    Ok(writeln!(out, "{}: {said}", vintage.name)?)
}

/// Writes what came out into the lock, and says what that changes; nothing where it is there already.
pub(super) fn update(mut lock: LockFile, store: &Store, report: &Report) -> Result<Option<String>> {
    let path = file_name(&lock);
    let said = match lock.vintage(&report.vintage) {
        Some(before) if before.is_same(&report.locked) => return Ok(None),
        Some(before) => changes(&path, before, &report.locked),
        None => format!("{path}: {} is new in it", report.vintage),
    };
    lock.put(store, &report.vintage, report.locked.clone())?;
    Ok(Some(said))
}

/// The lock's name, without its folder.
pub(super) fn file_name(lock: &LockFile) -> String {
    lock.path().file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn changes(path: &str, before: &Locked, now: &Locked) -> String {
    let differences = before.differences(now, false);
    let of = |kind: LockedKind| differences.iter().filter(move |difference| difference.kind == kind);
    let counts = [(LockedKind::Source, "source"), (LockedKind::File, "file"), (LockedKind::Output, "output")];
    let counts = counts.into_iter().map(|(kind, noun)| (of(kind).count(), noun));
    let counts: Vec<String> =
        counts.filter(|(several, _)| *several > 0).map(|(several, noun)| count(several, noun)).collect();
    let first = of(LockedKind::Output).next();
    let first = first.map(|first| format!("; the first output is {}", first.name)).unwrap_or_default();
    format!("{path}: written anew, {} changed{first}", counts.join(" and "))
}
