//! `vintner audit`: what is kept, what it was made from, and whether it still is that.

mod branch;
mod overview;
mod pages;

use std::io::Write;

use serde_json::json;
use vintner_pipeline::{Observer, Plan, Rebuild, Selection, Silent, Store, Survey, Verification, rebuild};

use super::{count, print_json};
use crate::arguments::{self, Format};
use crate::bytes::bytes;
use crate::error::{CommandError, Result};
use crate::interrupt;
use crate::progress::{Progress, working};
use crate::terminal::page;
use crate::workspace::Workspace;

pub(crate) fn run(workspace: &Workspace, arguments: &arguments::Audit) -> Result<()> {
    let pipeline = workspace.pipeline()?;
    let vintage = workspace.vintage(&pipeline, arguments.vintage.as_deref())?;
    if arguments.html {
        return pages::write(workspace, &pipeline, &vintage, arguments);
    }
    // What a stage is made from lies before it.
    let until = Selection { until: arguments.stage.iter().cloned().collect(), ..Selection::default() };
    let (plan, store) = (Plan::select(&pipeline, &vintage, &until)?, workspace.store());
    if arguments.rebuild {
        return print_rebuild(workspace, &plan, &store, arguments);
    }
    let survey = match arguments.verify {
        true => Survey::of_every_byte(&plan, &store)?,
        false => Survey::new(&plan, &store)?,
    };
    let asked = match &arguments.stage {
        Some(stage) => survey.named(stage)?,
        None => survey.statuses().collect(),
    };
    if arguments.verify {
        let verified = working(workspace.volume, "reading every byte", || survey.verify(&asked))?;
        return print_verification(&plan, &verified, arguments.format);
    }
    // Of a stage with many branches the table says more than a page for each.
    if arguments.stage.is_some() && (asked.len() == 1 || arguments.format == Format::Json) {
        let audits = asked.iter().map(|status| survey.audit(status, arguments.rows));
        let audits = audits.collect::<std::result::Result<Vec<_>, _>>()?;
        if arguments.format == Format::Json {
            return print_json(
                &json!({"pipeline": pipeline.name, "vintage": vintage.name, "stages": audits}),
            );
        }
        let mut out = page();
        return audits.iter().try_for_each(|audit| branch::print(&mut out, audit));
    }
    match arguments.format {
        Format::Json => print_json(&overview::as_json(&plan, &asked)),
        Format::Text => overview::print(&mut page(), &plan, &asked, arguments.stage.is_some()),
    }
}

fn print_verification(plan: &Plan<'_>, found: &Verification, format: Format) -> Result<()> {
    let vintage = &plan.vintage.name;
    if format == Format::Json {
        print_json(&json!({"pipeline": plan.pipeline.name, "vintage": vintage, "verification": found}))?;
    } else {
        let mut out = page();
        for mismatch in &found.mismatches {
            writeln!(out, "  {}  {}", mismatch.what, mismatch.message)?;
        }
        if !found.waiting.is_empty() {
            writeln!(out, "  {} of these and may run after them", read_them(&found.waiting))?;
        }
        let read = format!("{}, {} read", count(found.files, "file"), bytes(found.bytes));
        match found.mismatches.len() {
            0 => writeln!(out, "{vintage}: {}, {read}: all as it should be", count(found.branches, "stage"))?,
            _ => writeln!(out, "{vintage}: {}, {read}", count(found.branches, "stage"))?,
        }
    }
    match found.mismatches.len() {
        0 => Ok(()),
        mismatches => Err(CommandError::Mismatches { mismatches }),
    }
}

fn read_them(waiting: &[String]) -> String {
    match waiting {
        [one] => format!("{one} reads one"),
        several => format!("{} read some", count(several.len(), "stage")),
    }
}

fn print_rebuild(
    workspace: &Workspace,
    plan: &Plan<'_>,
    store: &Store,
    arguments: &arguments::Audit,
) -> Result<()> {
    let vintage = &plan.vintage.name;
    let progress = Progress::new(workspace.volume, plan.foreseen());
    let observer: &dyn Observer = if arguments.format == Format::Json { &Silent } else { &progress };
    let found = rebuild(plan, store, observer, 0, interrupt::cancelled()?);
    progress.finish();
    let found = found?;
    if arguments.format == Format::Json {
        print_json(&json!({"pipeline": plan.pipeline.name, "vintage": vintage, "rebuild": found}))?;
    } else {
        print_found(vintage, &found)?;
    }
    match (found.differing.len(), found.not_kept.len()) {
        (0, 0) => Ok(()),
        (differing, not_kept) => Err(CommandError::Rebuilt { differing, not_kept }),
    }
}

fn print_found(vintage: &str, found: &Rebuild) -> Result<()> {
    let mut out = page();
    for output in &found.differing {
        let rebuilt = output.rebuilt.as_ref().map_or("nothing", |digest| digest.short());
        writeln!(out, "  {}  {} is kept, {rebuilt} came out", output.output, output.kept.short())?;
    }
    for branch in &found.not_kept {
        writeln!(out, "  {branch}  isn't kept as things are now: `vintner reproduce` makes it")?;
    }
    let made = format!("{} made again", count(found.branches, "stage"));
    let same = format!("{} byte for byte as kept", count(found.same, "output"));
    Ok(writeln!(out, "{vintage}: {made}, {same}")?)
}
