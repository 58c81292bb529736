//! `vintner cache`: what is kept for whom, and taking away what nobody needs.

pub(crate) mod shared;

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::PathBuf;

use serde_json::json;
use vintner_pipeline::{Contents, Digest, Keep, KeptRun, LockFile, MendedBy, abandoned_scratch};
use vintner_site::abandoned_audits;

use super::{count, print_json};
use crate::arguments::{self, CacheCommand, Format};
use crate::bytes::bytes;
use crate::error::{CommandError, Result};
use crate::instant::{instant, moment};
use crate::terminal::page;
use crate::text_table::{Align, TextTable};
use crate::workspace::Workspace;

pub(crate) fn run(workspace: &Workspace, arguments: &arguments::Cache) -> Result<()> {
    match &arguments.command {
        CacheCommand::Ls(arguments) => list(workspace, arguments),
        CacheCommand::Du(arguments) => sizes(workspace, arguments.format),
        CacheCommand::Gc(arguments) if arguments.remote => shared::collect(workspace, arguments),
        CacheCommand::Gc(arguments) => collect(workspace, arguments),
        CacheCommand::Verify(arguments) => verify(workspace, arguments),
        CacheCommand::Push(arguments) => shared::give(workspace, arguments),
        CacheCommand::Pull(arguments) => shared::take(workspace, arguments),
        CacheCommand::Status(arguments) => shared::status(workspace, arguments.format),
    }
}

fn list(workspace: &Workspace, arguments: &arguments::OfVintage) -> Result<()> {
    let contents = workspace.store().contents()?;
    let wanted = |run: &&KeptRun| {
        arguments.vintage.as_ref().is_none_or(|vintage| run.vintages.iter().any(|of| of == vintage))
    };
    let runs: Vec<&KeptRun> = contents.records.iter().filter(wanted).collect();
    if arguments.format == Format::Json {
        return print_json(&json!({"runs": runs}));
    }
    let mut table = TextTable::new(&["stage", "made (UTC)", "size", "fingerprint", "latest of"]);
    table.align(2, Align::Right);
    for run in &runs {
        let latest = if run.vintages.is_empty() { "-".to_owned() } else { run.vintages.join(", ") };
        let fingerprint = run.fingerprint.short().to_owned();
        table.row(vec![run.branch.clone(), moment(run.started), bytes(run.bytes), fingerprint, latest]);
    }
    let mut out = page();
    Ok(writeln!(out, "{table}{}", count(runs.len(), "run"))?)
}

/// How much is kept for one vintage, for several, for none, and by stage.
struct Sizes {
    by_vintage: BTreeMap<String, u64>,
    shared: u64,
    earlier: u64,
    unneeded: u64,
    leftovers: u64,
    standing: u64,
    /// What is kept beside objects: records, logs, and outputs that aren't links to objects.
    records: u64,
    logs: u64,
    copied_outputs: u64,
    by_stage: BTreeMap<String, u64>,
    total: u64,
}

impl Sizes {
    fn of(contents: &Contents) -> Self {
        let mut vintages: BTreeMap<&Digest, BTreeSet<&str>> = BTreeMap::new();
        let mut stages: BTreeMap<&str, BTreeSet<&Digest>> = BTreeMap::new();
        for run in &contents.records {
            let stage = run.branch.split_once('[').map_or(run.branch.as_str(), |(stage, _)| stage);
            for digest in run.objects() {
                vintages.entry(digest).or_default().extend(run.vintages.iter().map(String::as_str));
                stages.entry(stage).or_default().insert(digest);
            }
        }
        let size = |digest: &Digest| contents.objects.get(digest).copied().unwrap_or(0);
        let mut sizes = Self {
            by_vintage: BTreeMap::new(),
            shared: 0,
            earlier: 0,
            unneeded: contents.unneeded().values().sum(),
            leftovers: contents.leftovers.iter().map(|(_, bytes)| bytes).sum(),
            standing: contents.standing.iter().map(|(_, bytes)| bytes).sum(),
            records: contents.record_bytes,
            logs: contents.log_bytes,
            copied_outputs: contents.copied_output_bytes,
            by_stage: stages
                .into_iter()
                .map(|(stage, digests)| (stage.to_owned(), digests.into_iter().map(size).sum()))
                .collect(),
            total: contents.objects.values().sum(),
        };
        for (digest, of) in vintages {
            let mut of = of.into_iter();
            match (of.next(), of.next()) {
                (None, _) => sizes.earlier += size(digest),
                (Some(vintage), None) => {
                    *sizes.by_vintage.entry(vintage.to_owned()).or_default() += size(digest)
                }
                (Some(_), Some(_)) => sizes.shared += size(digest),
            }
        }
        sizes.total += sizes.leftovers + sizes.standing + sizes.records + sizes.logs + sizes.copied_outputs;
        sizes
    }
}

fn sizes(workspace: &Workspace, format: Format) -> Result<()> {
    let contents = workspace.store().contents()?;
    let sizes = Sizes::of(&contents);
    if format == Format::Json {
        return print_json(&json!({
            "vintages": sizes.by_vintage, "several_vintages": sizes.shared, "earlier_runs": sizes.earlier,
            "unneeded": sizes.unneeded, "leftovers": sizes.leftovers, "standing": sizes.standing,
            "records": sizes.records, "logs": sizes.logs, "copied_outputs": sizes.copied_outputs, "stages": sizes.by_stage,
            "total": sizes.total, "objects": contents.objects.len(), "runs": contents.records.len(),
        }));
    }
    let mut table = TextTable::plain(0);
    table.align(0, Align::Right);
    let mut row = |size: u64, what: String| table.row(vec![bytes(size), what]);
    for (vintage, size) in &sizes.by_vintage {
        row(*size, format!("the latest run of {vintage} alone"));
    }
    row(sizes.shared, "the latest runs of several vintages".into());
    row(sizes.earlier, "earlier runs: going back to their parameters and data costs nothing".into());
    row(sizes.unneeded, "objects that no run needs".into());
    row(sizes.leftovers, "left by runs that were killed".into());
    if sizes.standing > 0 {
        row(sizes.standing, "inputs that commands find again".into());
    }
    row(sizes.records, "records of runs".into());
    row(sizes.logs, "logs".into());
    row(sizes.copied_outputs, "outputs that are copies, where the file system has no links".into());
    let runs = count(contents.records.len(), "run");
    row(sizes.total, format!("in all, {} of {runs}", count(contents.objects.len(), "object")));
    let mut out = page();
    writeln!(out, "{table}\nby stage; what several make or read counts for each")?;
    let mut table = TextTable::plain(0);
    table.align(0, Align::Right);
    sizes.by_stage.iter().for_each(|(stage, size)| table.row(vec![bytes(*size), stage.clone()]));
    Ok(write!(out, "{table}")?)
}

fn collect(workspace: &Workspace, arguments: &arguments::Gc) -> Result<()> {
    let keep = Keep {
        outputs: LockFile::kept_in_workspace(&workspace.folder)?,
        younger_than: arguments.older_than,
        workspace: Some(workspace.folder.clone()),
        abandoned: abandoned(workspace),
    };
    let collected = workspace.store().collect(&keep, arguments.dry_run)?;
    if arguments.format == Format::Json {
        return print_json(&json!({"dry_run": arguments.dry_run, "collected": collected}));
    }
    let mut out = page();
    for run in &collected.runs {
        writeln!(out, "  {}  {}  {}", run.branch, instant(run.started), run.fingerprint.short())?;
    }
    let (runs, objects) = (count(collected.runs.len(), "run"), count(collected.objects, "object"));
    let mut left = match collected.leftovers {
        0 => String::new(),
        several => format!(", {} of killed runs", count(several, "leftover")),
    };
    if collected.standing > 0 {
        left.push_str(&format!(", {} of inputs", count(collected.standing, "folder")));
    }
    if collected.damaged > 0 {
        left.push_str(&format!(", {}", count(collected.damaged, "damaged record")));
    }
    let would = if arguments.dry_run { "would be " } else { "" };
    let kept = count(collected.kept, "run");
    Ok(writeln!(out, "{runs} and {objects}{left} {would}removed, {}; {kept} kept", bytes(collected.bytes))?)
}

/// What killed runs left beside audits, and where commands run.
fn abandoned(workspace: &Workspace) -> Vec<PathBuf> {
    let mut found = abandoned_scratch();
    let reports = workspace.folder.join("reports");
    if workspace.check_unlinked(&reports).is_err() {
        return found;
    }
    let vintages = std::fs::read_dir(&reports).into_iter().flatten().flatten();
    let folders = vintages.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()));
    found.extend(folders.flat_map(|folder| abandoned_audits(&folder.path())));
    found
}

fn verify(workspace: &Workspace, arguments: &arguments::VerifyCache) -> Result<()> {
    let removed = if arguments.mend { workspace.store().mend()? } else { Vec::new() };
    let (contents, unsound) = workspace.store().unsound()?;
    let size: u64 = contents.objects.values().sum();
    if arguments.format == Format::Json {
        let mut said = json!({
            "objects": contents.objects.len(), "bytes": size, "runs": contents.records.len(),
            "unsound": unsound,
        });
        if arguments.mend {
            said["removed"] = json!(removed);
        }
        print_json(&said)?;
    } else {
        let mut out = page();
        for one in &removed {
            writeln!(out, "  removed {}\n    {}", workspace.shown(&one.path), one.message)?;
        }
        for one in &unsound {
            writeln!(out, "  {}\n    {}", workspace.shown(&one.path), one.message)?;
        }
        let (objects, runs) = (count(contents.objects.len(), "object"), count(contents.records.len(), "run"));
        let said = if unsound.is_empty() { ": all as they should be" } else { "" };
        writeln!(out, "{objects} of {runs}, {} read{said}", bytes(size))?;
    }
    if unsound.is_empty() {
        return Ok(());
    }
    let by_next_run = unsound.iter().filter(|one| one.mended_by == MendedBy::NextRun).count();
    Err(CommandError::Unsound { by_next_run, by_removal: unsound.len() - by_next_run })
}
