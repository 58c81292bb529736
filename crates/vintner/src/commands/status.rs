//! `vintner status`.

use std::io::{Write, stdout};

use serde_json::json;
use vintner_pipeline::{Plan, State, status};

use super::{count, print_json};
use crate::arguments::{Format, OfVintage};
use crate::error::Result;
use crate::workspace::Workspace;

pub(crate) fn run(workspace: &Workspace, arguments: &OfVintage) -> Result<()> {
    let pipeline = workspace.pipeline()?;
    let vintage = workspace.vintage(&pipeline, arguments.vintage.as_deref())?;
    let plan = Plan::new(&pipeline, &vintage);
    let statuses = status(&plan, &workspace.store())?;
    if arguments.format == Format::Json {
        return print_json(&json!({"pipeline": pipeline.name, "vintage": vintage.name, "stages": statuses}));
    }
    let mut out = stdout().lock();
    for status in &statuses {
        match &status.state {
            State::Fresh => writeln!(out, "  fresh    {}", status.branch)?,
            State::Stale(causes) => writeln!(out, "  stale    {}  ({})", status.branch, causes.join("; "))?,
            State::Waiting(upstream) => {
                writeln!(out, "  waiting  {}  (for {})", status.branch, upstream.join(", "))?;
            }
        }
    }
    let fresh = statuses.iter().filter(|status| status.state == State::Fresh).count();
    writeln!(out, "{}: {}, {fresh} fresh", vintage.name, count(statuses.len(), "stage"))?;
    Ok(())
}
