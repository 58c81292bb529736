//! `vintner watch`.
//!
//! Files are asked for their sizes and times of change a few times a second, which takes milliseconds for thousands
//! of them and works on every file system, on shared folders too, of which a system tells no changes.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, SystemTime};

use vintner_pipeline::{Plan, State, Survey, why};
use vintner_stages::TableDifferences;

use super::why::print_reasons;
use super::{count, reproduce};
use crate::arguments::{Executor, Format, Reproduce, Watch};
use crate::error::Result;
use crate::interrupt;
use crate::printable::printable;
use crate::terminal::{page, say};
use crate::workspace::{Volume, Workspace};

/// Between two looks.
const PAUSE: Duration = Duration::from_millis(250);

/// An editor that writes a file in several steps is done after so long.
const SETTLED: Duration = Duration::from_millis(150);

/// So many changes of a kind are shown.
const FEW: usize = 5;

/// Of each file its size and when it was changed.
type Stamps = BTreeMap<PathBuf, (u64, Option<SystemTime>)>;

pub(crate) fn run(workspace: &Workspace, arguments: &Watch) -> Result<()> {
    let cancelled = interrupt::cancelled()?;
    let reproduce = Reproduce {
        vintage: arguments.vintage.clone(),
        until: arguments.until.clone(),
        keep_going: arguments.keep_going,
        jobs: arguments.jobs,
        dry_run: false,
        exit_code: false,
        force: false,
        executor: Some(Executor::Local),
        // What changes here is made here.
        no_remote: true,
        locked: false,
        publish_to: None,
        only: Vec::new(),
        from: Vec::new(),
        lang: None,
        format: Format::Text,
    };
    let mut seen = stamps(workspace)?;
    loop {
        match reproduce::run(workspace, &reproduce) {
            Ok(()) => {}
            Err(_) if cancelled.is_cancelled() => return Ok(()),
            Err(error) if error.is_broken_pipe() => return Err(error),
            // A fault that is mended in a moment.
            Err(error) => say(&format!("error: {}", printable(&error.to_string()))),
        }
        if workspace.volume != Volume::Quiet {
            say("watching; Ctrl-C ends it");
        }
        // A file that was changed while the run went on is seen at once.
        let now = loop {
            if cancelled.is_cancelled() {
                return Ok(());
            }
            let now = stamps(workspace)?;
            if changed(&seen, &now).is_empty() {
                sleep(PAUSE);
                continue;
            }
            sleep(SETTLED);
            let settled = stamps(workspace)?;
            if settled == now {
                break now;
            }
        };
        if workspace.volume != Volume::Quiet {
            tell(workspace, arguments, &changed(&seen, &now))?;
        }
        seen = now;
    }
}

/// Which files changed, and what that means.
fn tell(workspace: &Workspace, arguments: &Watch, changed: &[&Path]) -> Result<()> {
    let mut out = page();
    writeln!(out)?;
    for path in changed.iter().take(FEW) {
        writeln!(out, "changed: {}", workspace.shown(path))?;
    }
    if let Some(more) = changed.len().checked_sub(FEW).filter(|more| *more > 0) {
        writeln!(out, "and {}", count(more, "more file"))?;
    }
    // What can't be read just now is said by the run.
    let Ok(pipeline) = workspace.pipeline() else { return Ok(()) };
    let Ok(vintage) = workspace.vintage(&pipeline, arguments.vintage.as_deref()) else { return Ok(()) };
    let (plan, store) = (Plan::new(&pipeline, &vintage), workspace.store());
    let Ok(survey) = Survey::new(&plan, &store) else { return Ok(()) };
    let stale: Vec<_> =
        survey.statuses().filter(|status| matches!(status.state, State::Stale(_))).take(FEW).collect();
    for status in stale {
        let Ok(answer) = why(&survey, status, &TableDifferences, FEW) else { continue };
        writeln!(out, "  {}", answer.branch)?;
        print_reasons(&mut out, &answer.reasons, "    ")?;
    }
    Ok(())
}

/// Files that are new, gone or other.
fn changed<'s>(before: &'s Stamps, now: &'s Stamps) -> Vec<&'s Path> {
    let other = now.iter().filter(|(path, stamp)| before.get(*path) != Some(*stamp)).map(|(path, _)| path);
    let gone = before.keys().filter(|path| !now.contains_key(*path));
    other.chain(gone).map(PathBuf::as_path).collect()
}

/// The files of the workspace and of the folder of further vintages, without what runs write.
fn stamps(workspace: &Workspace) -> Result<Stamps> {
    let published = workspace.store().published();
    let written: Vec<PathBuf> = published.iter().map(|(path, _)| workspace.folder.join(path)).collect();
    let lock = workspace.folder.join(workspace.file.with_extension("lock"));
    let mut found = Stamps::new();
    let mut folders = vec![workspace.folder.clone()];
    folders.extend(workspace.data_root()?.map(Path::to_owned));
    while let Some(folder) = folders.pop() {
        // What goes away meanwhile isn't there.
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let (path, name) = (entry.path(), entry.file_name());
            let Ok(metadata) = entry.metadata() else { continue };
            if metadata.is_dir() {
                if !is_passed_over(&name) {
                    folders.push(path);
                }
            } else if path != lock && !is_temporary(&name) {
                found.insert(path, (metadata.len(), metadata.modified().ok()));
            }
        }
    }
    for path in &written {
        found.remove(path);
    }
    Ok(found)
}

/// Folders of caches and of git, in which no stage reads.
fn is_passed_over(name: &OsStr) -> bool {
    name.as_encoded_bytes().starts_with(b".") || name == "target" || name == "node_modules"
}

/// Files that an editor or a run has for a moment.
fn is_temporary(name: &OsStr) -> bool {
    let name = name.as_encoded_bytes();
    name.starts_with(b".") || name.ends_with(b"~") || name.ends_with(b".swp") || name.starts_with(b"#")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn new_gone_and_other_files_are_changed() {
        let stamps = |files: &[(&str, u64)]| -> Stamps {
            files.iter().map(|(name, bytes)| (PathBuf::from(name), (*bytes, None))).collect()
        };
        let (before, now) =
            (stamps(&[("a", 1), ("b", 1), ("c", 1)]), stamps(&[("a", 1), ("b", 2), ("d", 1)]));
        assert_eq!(changed(&before, &now), ["b", "d", "c"].map(Path::new));
        assert!(changed(&before, &before).is_empty());
    }

    #[test]
    fn what_editors_and_caches_write_is_passed_over() {
        assert!([".git", ".vintner", "target"].iter().all(|name| is_passed_over(OsStr::new(name))));
        assert!([".a.swp", "a~", "#a#", ".x"].iter().all(|name| is_temporary(OsStr::new(name))));
        assert!(!is_passed_over(OsStr::new("data")) && !is_temporary(OsStr::new("a.csv")));
    }
}
