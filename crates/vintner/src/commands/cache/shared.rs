//! What is kept in a shared store: giving, taking, comparing, and taking away.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;

use serde_json::json;
use vintner_pipeline::{Blobs, Digest, LockFile, Plan, PushWhat, Selection, Taken, pull, push};
use vintner_remote::{KeepThere, Remote};

use crate::arguments::{self, Format};
use crate::bytes::bytes;
use crate::commands::{count, print_json};
use crate::error::{CommandError, Result};
use crate::interrupt;
use crate::printable::printable;
use crate::terminal::{Screen, Tone, page, say};
use crate::workspace::{Volume, Workspace};

/// So many lines of what didn't come are shown.
const MOST: usize = 8;

/// The shared store, which has to be named.
fn remote(workspace: &Workspace) -> Result<Remote> {
    workspace.remote()?.ok_or_else(|| CommandError::NoRemote { workspace: workspace.folder.clone() })
}

pub(super) fn give(workspace: &Workspace, arguments: &arguments::Push) -> Result<()> {
    let remote = remote(workspace)?;
    remote.check_writable()?;
    let (vintage, all, dry_run) = (arguments.vintage.as_deref(), arguments.all, arguments.dry_run);
    let pushed = push(&workspace.store(), &remote, &PushWhat { vintage, all, dry_run })?;
    let place = remote.place();
    if arguments.format == Format::Json {
        print_json(&json!({"place": place, "dry_run": dry_run, "pushed": pushed}))?;
    } else {
        let mut out = page();
        for branch in &pushed.differing {
            writeln!(
                out,
                "  {branch}: there it made something else under the same fingerprint; that stays there"
            )?;
        }
        for branch in &pushed.unsound {
            writeln!(out, "  {branch}: its outputs aren't whole here; `vintner reproduce` makes them again")?;
        }
        for refused in &pushed.refused {
            writeln!(out, "  {}", printable(refused))?;
        }
        let would = if dry_run { "would go" } else { "went" };
        let (runs, objects) = (count(pushed.runs, "run"), count(pushed.objects, "object"));
        let there = count(pushed.there, "run");
        writeln!(
            out,
            "{runs} and {objects}, {}, {would} to {place}; {there} there already",
            bytes(pushed.bytes)
        )?;
    }
    match pushed.refused.len() + pushed.unsound.len() {
        0 => Ok(()),
        failed => Err(CommandError::NotShared { runs: failed, what: "given" }),
    }
}

pub(super) fn take(workspace: &Workspace, arguments: &arguments::OfVintage) -> Result<()> {
    let remote = remote(workspace)?;
    let pipeline = workspace.pipeline()?;
    let vintage = workspace.vintage(&pipeline, arguments.vintage.as_deref())?;
    let mut plan = Plan::select(&pipeline, &vintage, &Selection::default())?;
    plan.follow_links = workspace.follow_links;
    let taken = pull(&plan, &workspace.store(), &remote, &interrupt::cancelled()?)?;
    remote.check_begun()?;
    let place = remote.place();
    if arguments.format == Format::Json {
        print_json(&json!({"place": place, "pulled": taken}))?;
    } else {
        let mut out = page();
        for refused in &taken.refused {
            writeln!(out, "  {}", printable(refused))?;
        }
        writeln!(out, "{}", said(&taken, &place))?;
    }
    match taken.refused.len() {
        0 => Ok(()),
        failed => Err(CommandError::NotShared { runs: failed, what: "taken" }),
    }
}

fn said(taken: &Taken, place: &str) -> String {
    let (runs, objects) = (count(taken.runs, "run"), count(taken.objects, "object"));
    format!("{runs} and {objects}, {}, came from {place}", bytes(taken.bytes))
}

/// Says what a run took from a shared store before it began.
pub(crate) fn say_taken(volume: Volume, taken: &Taken, place: &str) {
    let label = Screen::stderr().paint(Tone::Warning, "warning:");
    let refused: BTreeSet<&String> = taken.refused.iter().collect();
    for line in refused.iter().take(MOST) {
        say(&format!("{label} {}", printable(line)));
    }
    if let Some(more @ 1..) = refused.len().checked_sub(MOST) {
        say(&format!("{label} and {more} more objects didn't come; what they hold is made here"));
    }
    if taken.runs > 0 && volume != Volume::Quiet {
        say(&printable(&said(taken, place)));
    }
}

pub(super) fn status(workspace: &Workspace, format: Format) -> Result<()> {
    let remote = remote(workspace)?;
    let contents = workspace.store().contents()?;
    let there = remote.there()?;
    remote.check_begun()?;
    let place = remote.place();
    let here: BTreeMap<&Digest, &str> =
        contents.records.iter().map(|run| (&run.fingerprint, run.branch.as_str())).collect();
    let both = here.keys().filter(|fingerprint| there.runs.contains_key(**fingerprint)).count();
    let latest: Vec<&str> = contents
        .records
        .iter()
        .filter(|run| !run.vintages.is_empty() && !there.runs.contains_key(&run.fingerprint))
        .map(|run| run.branch.as_str())
        .collect();
    let is_whole = |(digest, size): &(&Digest, &u64)| there.objects.get(*digest) == Some(*size);
    // Behind a web server what is there shows only when it is asked for.
    let lost = match there.objects.is_empty() && !there.needed.is_empty() && remote.check_writable().is_err()
    {
        true => 0,
        false => there.needed.iter().filter(|needed| !is_whole(needed)).count(),
    };
    let unneeded = there.objects.keys().filter(|digest| !there.needed.contains_key(*digest)).count();
    let size: u64 = there.needed.values().sum();
    if format == Format::Json {
        return print_json(&json!({
            "place": place, "runs_here": here.len(), "runs_there": there.runs.len(), "runs_in_both": both,
            "latest_not_there": latest, "objects_there": there.needed.len(), "bytes_there": size,
            "objects_lost": lost, "objects_unneeded": unneeded, "index_parts": there.parts,
            "not_believed": there.refused,
        }));
    }
    let mut out = page();
    for refused in &there.refused {
        writeln!(out, "  {}", printable(refused))?;
    }
    writeln!(
        out,
        "{place}: {}, {} of {}",
        count(there.runs.len(), "run"),
        count(there.needed.len(), "object"),
        bytes(size)
    )?;
    writeln!(out, "  {both} of {} here are there too", count(here.len(), "run"))?;
    if !latest.is_empty() {
        let latest = count(latest.len(), "run");
        writeln!(
            out,
            "  {latest} that latest runs need {} not there: `vintner cache push` gives them",
            is(&latest)
        )?;
    }
    if lost > 0 {
        let lost = count(lost, "object");
        writeln!(
            out,
            "  {lost} of runs there {} gone or broken off: `vintner cache push` from where {} made mends that",
            is(&lost),
            if lost.starts_with("1 ") { "it is" } else { "they are" }
        )?;
    }
    if unneeded > 0 {
        writeln!(
            out,
            "  {} there that no run needs: `vintner cache gc --remote` removes them",
            count(unneeded, "object")
        )?;
    }
    Ok(())
}

fn is(counted: &str) -> &'static str {
    if counted.starts_with("1 ") { "is" } else { "are" }
}

pub(super) fn collect(workspace: &Workspace, arguments: &arguments::Gc) -> Result<()> {
    let remote = remote(workspace)?;
    let contents = workspace.store().contents()?;
    let latest = contents.records.iter().filter(|run| !run.vintages.is_empty());
    let keep = KeepThere {
        outputs: LockFile::kept_in_workspace(&workspace.folder)?,
        runs: latest.map(|run| run.fingerprint.clone()).collect(),
        younger_than: arguments.older_than,
    };
    let removed = remote.collect(&keep, arguments.dry_run)?;
    let place = remote.place();
    if arguments.format == Format::Json {
        return print_json(&json!({"place": place, "dry_run": arguments.dry_run, "collected": removed}));
    }
    let mut out = page();
    for branch in &removed.runs {
        writeln!(out, "  {branch}")?;
    }
    let (runs, objects) = (count(removed.runs.len(), "run"), count(removed.objects, "object"));
    let would = if arguments.dry_run { "would be " } else { "" };
    let others = match removed.of_others {
        0 => String::new(),
        several => format!(", {several} of them as others signed them"),
    };
    let kept = count(removed.kept, "run");
    Ok(writeln!(
        out,
        "{runs} and {objects} {would}removed from {place}, {}; {kept} kept{others}",
        bytes(removed.bytes)
    )?)
}
