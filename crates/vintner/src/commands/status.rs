//! `vintner status`.

use std::io::{Write, stdout};

use serde_json::json;
use vintner_pipeline::{Plan, StageStatus, State, Survey};

use super::{count, print_json, published};
use crate::arguments::{Format, OfVintage};
use crate::branch_list::folded;
use crate::error::Result;
use crate::workspace::Workspace;

pub(crate) fn run(workspace: &Workspace, arguments: &OfVintage) -> Result<()> {
    let pipeline = workspace.pipeline()?;
    let vintage = workspace.vintage(&pipeline, arguments.vintage.as_deref())?;
    let plan = Plan::new(&pipeline, &vintage);
    let store = workspace.store();
    let survey = Survey::new(&plan, &store)?;
    let published = survey.published(&workspace.lock()?.outputs().cloned().collect())?;
    let statuses: Vec<&StageStatus> = survey.statuses().collect();
    if arguments.format == Format::Json {
        return print_json(
            &json!({"pipeline": pipeline.name, "vintage": vintage.name, "stages": statuses, "published": published}),
        );
    }
    let mut out = stdout().lock();
    for status in &statuses {
        let causes = status.state.causes().join("; ");
        match &status.state {
            State::Fresh => writeln!(out, "  fresh    {}", status.branch)?,
            State::Waiting(others) => {
                writeln!(out, "  waiting  {}  (for {})", status.branch, folded(others).join("; "))?;
            }
            other => writeln!(out, "  {:<8} {}  ({causes})", other.word(), status.branch)?,
        }
    }
    published::print_remarks(&mut out, &published)?;
    let fresh = statuses.iter().filter(|status| status.state == State::Fresh).count();
    writeln!(out, "{}: {}, {fresh} fresh", vintage.name, count(statuses.len(), "stage"))?;
    Ok(())
}
