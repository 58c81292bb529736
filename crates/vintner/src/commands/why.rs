//! `vintner why`.

use std::collections::BTreeMap;
use std::io::Write;

use serde_json::json;
use vintner_pipeline::{Plan, Reason, Survey, Why, why};
use vintner_stages::TableDifferences;

use super::{count, print_json};
use crate::arguments::{self, Format};
use crate::branch_list::{MOST, stage_of};
use crate::error::Result;
use crate::instant::{instant, seconds};
use crate::terminal::page;
use crate::workspace::Workspace;

pub(crate) fn run(workspace: &Workspace, arguments: &arguments::Why) -> Result<()> {
    let pipeline = workspace.pipeline()?;
    let vintage = workspace.vintage(&pipeline, arguments.vintage.as_deref())?;
    let (plan, store) = (Plan::new(&pipeline, &vintage), workspace.store());
    let survey = Survey::new(&plan, &store)?;
    let mut answers = Vec::new();
    for status in survey.named(&arguments.stage)? {
        answers.push(why(&survey, status, &TableDifferences, arguments.limit)?);
    }
    if arguments.format == Format::Json {
        return print_json(&json!({"pipeline": pipeline.name, "vintage": vintage.name, "stages": answers}));
    }
    let mut out = page();
    for answer in &answers {
        // Of many branches, those that wouldn't run need no more than a line.
        match answers.len() > 1 && answer.state == "fresh" {
            true => writeln!(out, "{} is fresh", answer.branch)?,
            false => print(&mut out, answer)?,
        }
    }
    Ok(())
}

fn print(out: &mut impl Write, why: &Why) -> Result<()> {
    let said = match why.state {
        "fresh" => "it wouldn't run",
        "waiting" if why.waits_for.is_empty() => "it wouldn't run unless what it reads does",
        "waiting" => "it may run: that depends on how these come out",
        _ => "it would run",
    };
    writeln!(out, "{} is {}: {said}", why.branch, why.state)?;
    if !why.waits_for.is_empty() && !why.reasons.is_empty() {
        writeln!(out, "  its own changes, however they come out")?;
    }
    print_reasons(out, &why.reasons, if why.waits_for.is_empty() { "  " } else { "    " })?;
    let mut branches: BTreeMap<&str, usize> = BTreeMap::new();
    for upstream in &why.waits_for {
        let stage = stage_of(&upstream.branch);
        let before = branches.entry(stage).or_default();
        *before += 1;
        // Of a thousand branches of a stage the first few say it for all.
        if *before > MOST {
            continue;
        }
        writeln!(out, "  {} is {} and would run first", upstream.branch, upstream.state)?;
        print_reasons(out, &upstream.reasons, "    ")?;
    }
    for (stage, branches) in branches.iter().filter(|(_, branches)| **branches > MOST) {
        let more = count(branches - MOST, "more branch");
        writeln!(out, "  {more} of {stage} would run first: `vintner why {stage}` has them all")?;
    }
    if let Some(last) = &why.last_run {
        writeln!(
            out,
            "  it last ran on {} and took {}, because",
            instant(last.started),
            seconds(last.seconds)
        )?;
        print_reasons(out, &last.reasons, "    ")?;
    }
    Ok(())
}

/// A line a cause; where it can be shown what changed, a line a change.
pub(super) fn print_reasons(out: &mut impl Write, reasons: &[Reason], indent: &str) -> Result<()> {
    for reason in reasons {
        writeln!(out, "{indent}{}", reason.text)?;
        let Some(differences) = &reason.differences else { continue };
        let subject = reason.subject.as_deref().unwrap_or_default();
        for difference in &differences.shown {
            writeln!(out, "{indent}  {subject} {difference:#}")?;
        }
        if differences.more > 0 {
            let more = count(differences.more, "more change");
            writeln!(out, "{indent}  and {more}: --limit {} shows all", differences.count())?;
        }
        if let Some(note) = &differences.note {
            writeln!(out, "{indent}  {subject}: {note}")?;
        }
    }
    Ok(())
}
