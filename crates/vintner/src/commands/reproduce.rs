//! `vintner reproduce`.

use std::io::Write;

use serde_json::json;
use vintner_pipeline::{
    Engine, LockFile, Locked, Observer, Plan, Report, RunOptions, Selection, Silent, StageStatus, State,
    Survey, unchanged,
};

use super::status::exit_code;
use super::{count, lock, print_json, published};
use crate::arguments::{Format, Reproduce};
use crate::branch_list::{either, folded, names};
use crate::error::{CommandError, Result};
use crate::interrupt;
use crate::printable::people;
use crate::progress::Progress;
use crate::workspace::Workspace;

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
        let progress = Progress::new();
        if arguments.format == Format::Text {
            progress.replay(&report);
        }
        progress.finish();
        return print(workspace, &report, arguments);
    }
    let pipeline = workspace.pipeline()?;
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
    let options = RunOptions {
        locked,
        force: arguments.force,
        keep_going: arguments.keep_going,
        known: workspace.locked_outputs()?,
        jobs: arguments.jobs.unwrap_or(0).into(),
        cancelled: interrupt::cancelled()?,
        // A lock that can't be written is said each time.
        remember: lock.is_ok().then_some(request),
        ..RunOptions::default()
    };
    let progress = Progress::new();
    let observer: &dyn Observer = if arguments.format == Format::Json { &Silent } else { &progress };
    let report = Engine::new(&store, observer).run(&plan, &options);
    progress.finish();
    let report = report?;
    // What other parameters give isn't what the pipeline gives.
    let lock_changes = match plan.whole && report.check().is_ok() && workspace.is_as_written() {
        true => lock::update(lock, &store, &report)?,
        false => None,
    };
    print(workspace, &report, arguments)?;
    if let Some(changes) = lock_changes
        && arguments.format == Format::Text
    {
        writeln!(people(), "{changes}")?;
    }
    Ok(report.check()?)
}

/// What is locked of the vintage that is to come out as it is locked.
fn locked_of(lock: &LockFile, vintage: &str) -> Result<Locked> {
    let locked = lock.vintage(vintage).cloned();
    locked.ok_or_else(|| CommandError::NotLocked { file: lock::file_name(lock), vintage: vintage.to_owned() })
}

fn print(workspace: &Workspace, report: &Report, arguments: &Reproduce) -> Result<()> {
    if arguments.format == Format::Json {
        return print_json(&serde_json::to_value(report)?);
    }
    print_report(report)?;
    match &arguments.publish_to {
        Some(folder) => published::print_elsewhere(&mut people(), report, folder),
        None if !workspace.is_as_written() => published::print_apart(&mut people(), report),
        None => Ok(()),
    }
}

fn print_report(report: &Report) -> Result<()> {
    if report.check().is_err() {
        return Ok(());
    }
    let mut out = people();
    let total = count(report.stages.len(), "stage");
    match report.ran() {
        0 => writeln!(out, "{}: {total}, all cached: nothing to do", report.vintage)?,
        ran => writeln!(out, "{}: {total}, {ran} ran, {} cached", report.vintage, report.cached())?,
    }
    for path in &report.published {
        writeln!(out, "{}", path.display())?;
    }
    published::print_set_aside(&mut out, report)
}

fn dry_run(workspace: &Workspace, plan: &Plan<'_>, arguments: &Reproduce) -> Result<()> {
    let store = workspace.store();
    let survey = Survey::new(plan, &store)?;
    let published = survey.published(&workspace.locked_outputs()?)?;
    let mut statuses: Vec<StageStatus> = survey.statuses().cloned().collect();
    if arguments.force {
        statuses.iter_mut().for_each(|status| status.state = State::Stale(vec!["--force".into()]));
    }
    if arguments.format == Format::Json {
        print_json(&json!({
            "pipeline": plan.pipeline.name, "vintage": plan.vintage.name, "stages": statuses,
            "published": published,
        }))?;
        return exit_code(&statuses, arguments.exit_code);
    }
    let mut out = people();
    for status in &statuses {
        let causes = status.state.causes().join("; ");
        match &status.state {
            State::Fresh => writeln!(out, "  cached     {}", status.branch)?,
            State::Waiting(_) => {
                let others = either(&folded(status.state.causes()));
                writeln!(out, "  may run    {}  (if {others} comes out different)", status.branch)?;
            }
            _ => writeln!(out, "  would run  {}  ({causes})", status.branch)?,
        }
    }
    published::print_remarks(&mut out, &published)?;
    let stale = statuses.iter().filter(|status| status.state.would_run()).count();
    let waiting = statuses.iter().filter(|status| matches!(status.state, State::Waiting(_))).count();
    writeln!(
        out,
        "{}: {}, {stale} would run, {waiting} may run; nothing was run",
        plan.vintage.name,
        count(statuses.len(), "stage")
    )?;
    exit_code(&statuses, arguments.exit_code)
}
