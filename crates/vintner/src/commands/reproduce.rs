//! `vintner reproduce`.

use std::io::Write;

use serde_json::json;
use vintner_pipeline::{
    Engine, LockFile, Locked, Observer, Plan, Report, RunOptions, Selection, Silent, State, status, unchanged,
};
use vintner_stages::{ResultsDifference, results_difference};

use super::{count, lock, print_json, results};
use crate::arguments::{Format, Reproduce};
use crate::branch_list::{either, folded, names};
use crate::conclusion;
use crate::error::{CommandError, Result};
use crate::interrupt;
use crate::progress::Progress;
use crate::state_lines::{self, StateLine};
use crate::terminal::{Tone, page};
use crate::workspace::{Volume, Workspace};

pub(crate) fn run(workspace: &Workspace, arguments: &Reproduce) -> Result<()> {
    let named = arguments.vintage.as_deref();
    let (only, from, until) = (&arguments.only, &arguments.from, &arguments.until);
    let lang = arguments.lang.as_deref();
    let asked =
        json!({"only": only, "from": from, "until": until, "language": lang, "locked": arguments.locked});
    let mut request = workspace.request(named, asked);
    let store = workspace.store();
    if !(arguments.dry_run || arguments.force)
        && let Some(report) = unchanged(&store, &request)
    {
        return conclude(workspace, &report, None, arguments.format);
    }
    let pipeline = workspace.pipeline()?;
    let vintage = workspace.vintage_for(&mut request, &pipeline, named)?;
    let selection = Selection {
        only: names(&arguments.only),
        from: names(&arguments.from),
        until: names(&arguments.until),
        language: arguments.lang.clone(),
    };
    let plan = Plan::select(&pipeline, &vintage, &selection)?;
    if arguments.dry_run {
        return dry_run(workspace, &plan, arguments);
    }
    let lock = workspace.lock()?;
    let options = RunOptions {
        locked: arguments.locked.then(|| locked_of(&lock, &vintage.name)).transpose()?,
        force: arguments.force,
        keep_going: arguments.keep_going,
        jobs: arguments.jobs.unwrap_or(0).into(),
        cancelled: interrupt::cancelled()?,
        remember: Some(request),
        ..RunOptions::default()
    };
    let progress = Progress::new(workspace.volume, plan.foreseen());
    let observer: &dyn Observer = if arguments.format == Format::Json { &Silent } else { &progress };
    let before = store.latest(&vintage.name);
    let report = Engine::new(&store, observer).run(&plan, &options);
    progress.finish();
    let report = report?;
    // What other parameters give isn't what the pipeline gives.
    let lock_changes = match plan.whole && report.check().is_ok() && workspace.is_as_written() {
        true => lock::update(lock, &store, &report)?,
        false => None,
    };
    let after = store.latest(&vintage.name);
    let results = match arguments.format {
        Format::Text => results_difference(&pipeline, &store, &before, &after)?,
        Format::Json => None,
    };
    conclude(workspace, &report, results.as_ref(), arguments.format)?;
    if let Some(changes) = lock_changes
        && arguments.format == Format::Text
    {
        writeln!(page(), "{changes}")?;
    }
    Ok(report.check()?)
}

/// What is locked of the vintage that is to come out as it is locked.
fn locked_of(lock: &LockFile, vintage: &str) -> Result<Locked> {
    let locked = lock.vintage(vintage).cloned();
    locked.ok_or_else(|| CommandError::NotLocked { file: lock::file_name(lock), vintage: vintage.to_owned() })
}

/// Tells what the run did, and what it changed.
fn conclude(
    workspace: &Workspace,
    report: &Report,
    difference: Option<&ResultsDifference>,
    format: Format,
) -> Result<()> {
    if format == Format::Json {
        return print_json(&serde_json::to_value(report)?);
    }
    let volume = workspace.volume;
    conclusion::say_what_ran(report, volume);
    if report.check().is_err() || volume == Volume::Quiet {
        return Ok(());
    }
    let mut page = page();
    conclusion::print_counts(&mut page, report)?;
    if let Some(difference) = difference {
        results::print(&mut page, difference)?;
    }
    conclusion::print_published(&mut page, report, volume)?;
    Ok(page.flush()?)
}

fn dry_run(workspace: &Workspace, plan: &Plan<'_>, arguments: &Reproduce) -> Result<()> {
    let mut statuses = status(plan, &workspace.store())?;
    if arguments.force {
        statuses.iter_mut().for_each(|status| status.state = State::Stale(vec!["--force".into()]));
    }
    if arguments.format == Format::Json {
        return print_json(&json!({
            "pipeline": plan.pipeline.name, "vintage": plan.vintage.name, "stages": statuses
        }));
    }
    let mut out = page();
    // What is cached is a number, at the end.
    let lines = statuses.iter().filter(|status| status.state != State::Fresh).map(|status| {
        let (word, tone, detail) = match &status.state {
            State::Waiting(others) => {
                ("may run", Tone::Aside, format!("if {} comes out different", either(&folded(others))))
            }
            other => ("would run", Tone::Warning, other.causes().join("; ")),
        };
        StateLine { word, tone, branch: &status.branch, detail }
    });
    state_lines::print(&mut out, &lines.collect::<Vec<_>>(), "would run".len())?;
    let stale = statuses.iter().filter(|status| status.state.would_run()).count();
    let waiting = statuses.iter().filter(|status| matches!(status.state, State::Waiting(_))).count();
    writeln!(
        out,
        "{}: {}, {stale} would run, {waiting} may run; nothing was run",
        out.paint(Tone::Strong, &plan.vintage.name),
        count(statuses.len(), "stage")
    )?;
    Ok(())
}
