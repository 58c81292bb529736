//! `vintner reproduce`.

use std::io::{Write, stdout};

use serde_json::json;
use vintner_pipeline::{
    Engine, Observer, Plan, Report, RunOptions, Selection, Silent, State, status, unchanged,
};

use super::{count, print_json};
use crate::arguments::{Format, Reproduce};
use crate::error::Result;
use crate::interrupt;
use crate::progress::Progress;
use crate::workspace::Workspace;

pub(crate) fn run(workspace: &Workspace, arguments: &Reproduce) -> Result<()> {
    let named = arguments.vintage.as_deref();
    let asked = json!({"only": arguments.only, "from": arguments.from, "until": arguments.until});
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
        return print(&report, arguments.format);
    }
    let pipeline = workspace.pipeline()?;
    let vintage = workspace.vintage_for(&mut request, &pipeline, named)?;
    let selection = Selection {
        only: arguments.only.clone(),
        from: arguments.from.clone(),
        until: arguments.until.clone(),
    };
    let plan = Plan::select(&pipeline, &vintage, &selection)?;
    if arguments.dry_run {
        return dry_run(workspace, &plan, arguments);
    }
    let options = RunOptions {
        force: arguments.force,
        keep_going: arguments.keep_going,
        jobs: arguments.jobs.unwrap_or(0).into(),
        cancelled: interrupt::cancelled()?,
        remember: Some(request),
        ..RunOptions::default()
    };
    let progress = Progress::new();
    let observer: &dyn Observer = if arguments.format == Format::Json { &Silent } else { &progress };
    let report = Engine::new(&store, observer).run(&plan, &options);
    progress.finish();
    let report = report?;
    print(&report, arguments.format)?;
    Ok(report.check()?)
}

fn print(report: &Report, format: Format) -> Result<()> {
    match format {
        Format::Json => print_json(&serde_json::to_value(report)?),
        Format::Text => print_report(report),
    }
}

fn print_report(report: &Report) -> Result<()> {
    if report.check().is_err() {
        return Ok(());
    }
    let mut out = stdout().lock();
    let total = count(report.stages.len(), "stage");
    match report.ran() {
        0 => writeln!(out, "{}: {total}, all cached: nothing to do", report.vintage)?,
        ran => writeln!(out, "{}: {total}, {ran} ran, {} cached", report.vintage, report.cached())?,
    }
    for path in &report.published {
        writeln!(out, "{}", path.display())?;
    }
    Ok(())
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
    let mut out = stdout().lock();
    for status in &statuses {
        let causes = status.state.causes().join("; ");
        match &status.state {
            State::Fresh => writeln!(out, "  cached     {}", status.branch)?,
            State::Waiting(_) => {
                writeln!(out, "  may run    {}  (if {causes} comes out different)", status.branch)?;
            }
            _ => writeln!(out, "  would run  {}  ({causes})", status.branch)?,
        }
    }
    let stale = statuses.iter().filter(|status| status.state.would_run()).count();
    let waiting = statuses.iter().filter(|status| matches!(status.state, State::Waiting(_))).count();
    writeln!(
        out,
        "{}: {}, {stale} would run, {waiting} may run; nothing was run",
        plan.vintage.name,
        count(statuses.len(), "stage")
    )?;
    Ok(())
}
