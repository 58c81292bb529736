//! `vintner lock`, and what `vintner reproduce` does with the lock.

use std::io::Write;

use serde_json::json;
use vintner_pipeline::{LockFile, Locked, LockedKind, Plan, Report, Store, Survey};

use super::{count, print_json};
use crate::arguments::{self, Format};
use crate::error::{CommandError, Result};
use crate::printable::printable;
use crate::terminal::{page, say};
use crate::workspace::Workspace;

/// Compares the vintage as it is made with the lock, and runs and writes nothing, unless it is to be written.
pub(crate) fn run(workspace: &Workspace, arguments: &arguments::Lock) -> Result<()> {
    let pipeline = workspace.pipeline()?;
    let vintage = workspace.vintage(&pipeline, arguments.vintage.as_deref())?;
    if arguments.write {
        return write(workspace, &Plan::new(&pipeline, &vintage), arguments.format);
    }
    let (plan, store, lock) = (Plan::new(&pipeline, &vintage), workspace.store(), workspace.lock()?);
    let Some(locked) = lock.vintage(&vintage.name) else {
        return Err(CommandError::NotLocked { file: file_name(&lock), vintage: vintage.name.clone() });
    };
    let survey = Survey::new(&plan, &store)?;
    let made = survey.statuses().all(|status| status.state.word() == "fresh");
    let differences = locked.differences(&survey.locked()?, !made);
    if arguments.format == Format::Json {
        print_json(&json!({
            "pipeline": pipeline.name, "vintage": vintage.name, "made": made, "differences": differences,
        }))?;
        return as_locked(&lock, &vintage.name, differences.len());
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
    writeln!(out, "{}: {said}", vintage.name)?;
    as_locked(&lock, &vintage.name, differences.len())
}

fn as_locked(lock: &LockFile, vintage: &str, differences: usize) -> Result<()> {
    match differences {
        0 => Ok(()),
        _ => {
            Err(CommandError::LockDiffers { file: file_name(lock), vintage: vintage.to_owned(), differences })
        }
    }
}

/// Puts the vintage as it is made into the lock, all of which has to be made.
fn write(workspace: &Workspace, plan: &Plan<'_>, format: Format) -> Result<()> {
    let (store, vintage) = (workspace.store(), &plan.vintage.name);
    let mut lock = LockFile::load_to_write(&workspace.folder.join(&workspace.file))?;
    let survey = Survey::new(plan, &store)?;
    let unmade: Vec<String> = survey
        .statuses()
        .filter(|status| status.state.word() != "fresh")
        .map(|status| status.branch.clone())
        .collect();
    if !unmade.is_empty() {
        return Err(CommandError::NotMadeToLock { vintage: vintage.clone(), unmade });
    }
    let locked = survey.locked()?;
    let differences = match lock.vintage(vintage) {
        Some(before) => before.differences(&locked, false),
        None => Locked::default().differences(&locked, false),
    };
    lock.put(&store, vintage, locked)?;
    if format == Format::Json {
        return print_json(&json!({
            "pipeline": plan.pipeline.name, "vintage": vintage, "made": true, "differences": differences,
        }));
    }
    let said = match differences.len() {
        0 => "as it was locked".to_owned(),
        several => format!("{} from what was locked before", count(several, "difference")),
    };
    Ok(writeln!(page(), "{}: {vintage} is written, {said}", file_name(&lock))?)
}

/// Writes what came out into the lock, and says what that changes; nothing where it is there already. A
/// lock that can't be read is left as it is, and that is said.
pub(super) fn update(lock: Result<LockFile>, store: &Store, report: &Report) -> Result<Option<String>> {
    let mut lock = match lock {
        Ok(lock) => lock,
        Err(error) => {
            tell_unwritten(&error);
            return Ok(None);
        }
    };
    let path = file_name(&lock);
    let said = match lock.vintage(&report.vintage) {
        Some(before) if before.is_same(&report.locked) => return Ok(None),
        Some(before) => changes(&path, before, &report.locked),
        None => format!("{path}: {} is new in it", report.vintage),
    };
    lock.put(store, &report.vintage, report.locked.clone())?;
    Ok(Some(said))
}

fn tell_unwritten(error: &CommandError) {
    let said = printable(&format!("warning: the lock isn't written: {error}"));
    say(&said);
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
