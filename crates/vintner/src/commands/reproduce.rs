//! `vintner reproduce`.

use std::io::Write;
use std::mem::ManuallyDrop;
use std::sync::Arc;

use serde_json::json;
use vintner_pipeline::{
    Blobs, Cancelled, Engine, LockFile, Locked, Observer, PipelineError, Plan, Report, RunOptions, Selection,
    SharedStore, Silent, StageStatus, State, Store, Survey, pull, unchanged,
};
use vintner_stages::{ResultsDifference, results_difference};

use super::cache::shared::say_taken;
use super::status::exit_code;
use super::{cluster, count, lock, print_json, published, results};
use crate::arguments::{Format, Reproduce};
use crate::branch_list::{either, folded, names};
use crate::conclusion;
use crate::error::{CommandError, Result};
use crate::interrupt;
use crate::printable::printable;
use crate::progress::Progress;
use crate::state_lines::{self, StateLine};
use crate::terminal::{Screen, Tone, page, say};
use crate::workspace::{Volume, Workspace};

pub(crate) fn run(workspace: &Workspace, arguments: &Reproduce) -> Result<()> {
    let named = arguments.vintage.as_deref();
    let (only, from, until) = (&arguments.only, &arguments.from, &arguments.until);
    let lang = arguments.lang.as_deref();
    let asked = json!({"only": only, "from": from, "until": until, "language": lang, "locked": arguments.locked,
            "publish_to": arguments.publish_to});
    let mut request = workspace.request(named, asked);
    let store = workspace.store();
    if !(arguments.dry_run || arguments.force)
        && let Some(report) = unchanged(&store, &request)
    {
        return conclude(workspace, &report, None, arguments);
    }
    // It goes with the program.
    let pipeline = ManuallyDrop::new(workspace.pipeline()?);
    let vintage = workspace.vintage_for(&mut request, &pipeline, named)?;
    let selection = Selection {
        only: names(&arguments.only),
        from: names(&arguments.from),
        until: names(&arguments.until),
        language: arguments.lang.clone(),
    };
    let mut plan = Plan::select(&pipeline, &vintage, &selection)?;
    plan.follow_links = workspace.follow_links;
    if let Some(folder) = &arguments.publish_to {
        plan = plan.publishing_to(folder);
    }
    if arguments.dry_run {
        return dry_run(workspace, &plan, arguments);
    }
    let lock = workspace.lock();
    let locked = match &lock {
        Ok(lock) => arguments.locked.then(|| locked_of(lock, &vintage.name)).transpose()?,
        // Nothing else needs it.
        Err(_) if arguments.locked => return lock.map(|_| ()),
        Err(_) => None,
    };
    let cancelled = interrupt::cancelled()?;
    let shared = match arguments.force || arguments.no_remote {
        true => None,
        false => pulled(workspace, &plan, &store, &cancelled)?,
    };
    let options = RunOptions {
        locked,
        shared,
        executor: cluster::executor(workspace, arguments.executor, &plan, &cancelled)?,
        force: arguments.force,
        keep_going: arguments.keep_going,
        known: match &lock {
            Ok(lock) => lock.outputs().cloned().collect(),
            Err(_) => workspace.locked_outputs()?,
        },
        jobs: arguments.jobs.unwrap_or(0).into(),
        cancelled,
        // A lock that can't be written is said each time.
        remember: lock.is_ok().then_some(request),
        ends_program: true,
        ..RunOptions::default()
    };
    let progress = Progress::new(workspace.volume, plan.foreseen());
    let observer: &dyn Observer = if arguments.format == Format::Json { &Silent } else { &progress };
    let before = store.latest(plan.key());
    let report = Engine::new(&store, observer).run(&plan, &options);
    progress.finish();
    let report = report?;
    // What other parameters give isn't what the pipeline gives.
    let lock_changes = match plan.whole && report.check().is_ok() && workspace.is_as_written() {
        true => lock::update(lock, &store, &report)?,
        false => None,
    };
    let after = store.latest(plan.key());
    let results = match arguments.format {
        Format::Text => results_difference(&pipeline, &store, &before, &after)?,
        Format::Json => None,
    };
    conclude(workspace, &report, results.as_ref(), arguments)?;
    if let Some(changes) = lock_changes
        && arguments.format == Format::Text
        && workspace.volume != Volume::Quiet
    {
        writeln!(page(), "{changes}")?;
    }
    Ok(report.check()?)
}

/// The shared store that is named, once what it has of a plan was taken. What can't be had there is made here.
fn pulled(
    workspace: &Workspace,
    plan: &Plan<'_>,
    store: &Store,
    cancelled: &Cancelled,
) -> Result<Option<Arc<dyn SharedStore>>> {
    let Some(remote) = workspace.remote()? else { return Ok(None) };
    match pull(plan, store, &remote, cancelled) {
        Ok(taken) => {
            say_taken(workspace.volume, &taken, &remote.place());
            Ok(Some(Arc::new(remote)))
        }
        Err(error @ PipelineError::Elsewhere { .. }) => {
            let label = Screen::stderr().paint(Tone::Warning, "warning:");
            let said = format!("{error}\n  what isn't kept here is made here; --no-remote doesn't ask");
            say(&format!("{label} {}", printable(&said)));
            Ok(None)
        }
        Err(error) => Err(error.into()),
    }
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
    arguments: &Reproduce,
) -> Result<()> {
    if arguments.format == Format::Json {
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
    published::print_set_aside(&mut page, report)?;
    match &arguments.publish_to {
        Some(folder) => published::print_elsewhere(&mut page, report, folder)?,
        None if !workspace.is_as_written() => published::print_apart(&mut page, report)?,
        None => {}
    }
    Ok(page.flush()?)
}

fn dry_run(workspace: &Workspace, plan: &Plan<'_>, arguments: &Reproduce) -> Result<()> {
    let store = workspace.store();
    let survey = Survey::new(plan, &store)?;
    let published = survey.published(&workspace.locked_outputs()?)?;
    let mut statuses: Vec<StageStatus> = survey.statuses().cloned().collect();
    if arguments.force {
        statuses.iter_mut().for_each(|status| status.state = State::Stale(vec!["--force".into()]));
    }
    let submitted = cluster::in_words(workspace, arguments.executor, plan, &statuses)?;
    if arguments.format == Format::Json {
        let mut told = json!({
            "pipeline": plan.pipeline.name, "vintage": plan.vintage.name, "stages": statuses,
            "published": published,
        });
        if !submitted.is_empty() {
            told["submitted"] = json!(submitted);
        }
        if !plan.vintage.remarks.is_empty() {
            told["remarks"] = json!(plan.vintage.remarks);
        }
        print_json(&told)?;
        return exit_code(&statuses, arguments.exit_code);
    }
    if workspace.volume != Volume::Quiet {
        conclusion::say_remarks(&plan.vintage.remarks, &Screen::stderr());
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
        StateLine { word, tone, branch: &status.branch, detail, below: None }
    });
    state_lines::print(&mut out, &lines.collect::<Vec<_>>(), "would run".len())?;
    published::print_remarks(&mut out, &published)?;
    for line in &submitted {
        writeln!(out, "  would submit {line}")?;
    }
    let stale = statuses.iter().filter(|status| status.state.would_run()).count();
    let waiting = statuses.iter().filter(|status| matches!(status.state, State::Waiting(_))).count();
    writeln!(
        out,
        "{}: {}, {stale} would run, {waiting} may run; nothing was run",
        out.paint(Tone::Strong, &plan.vintage.name),
        count(statuses.len(), "stage")
    )?;
    exit_code(&statuses, arguments.exit_code)
}
