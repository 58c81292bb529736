//! `vintner status`.

use std::io::Write;

use serde_json::json;
use vintner_pipeline::{Plan, State, status};

use super::{count, print_json};
use crate::arguments::{Format, OfVintage};
use crate::branch_list::{all_of, folded};
use crate::error::Result;
use crate::terminal::{Tone, page};
use crate::workspace::{Volume, Workspace};

pub(crate) fn run(workspace: &Workspace, arguments: &OfVintage) -> Result<()> {
    let pipeline = workspace.pipeline()?;
    let vintage = workspace.vintage(&pipeline, arguments.vintage.as_deref())?;
    let plan = Plan::new(&pipeline, &vintage);
    let statuses = status(&plan, &workspace.store())?;
    if arguments.format == Format::Json {
        return print_json(&json!({"pipeline": pipeline.name, "vintage": vintage.name, "stages": statuses}));
    }
    let mut out = page();
    for status in &statuses {
        let causes = status.state.causes().join("; ");
        match &status.state {
            // On a screen these are a number.
            State::Fresh if out.screen().columns.is_some() && workspace.volume != Volume::Loud => {}
            State::Fresh => writeln!(out, "  {}    {}", out.paint(Tone::Good, "fresh"), status.branch)?,
            State::Waiting(others) => {
                let (word, others) = (out.paint(Tone::Aside, "waiting"), all_of(&folded(others)));
                writeln!(out, "  {word}  {}  (for {others})", status.branch)?;
            }
            other => {
                let word = out.paint(Tone::Warning, &format!("{:<8}", other.word()));
                writeln!(out, "  {word} {}  ({causes})", status.branch)?;
            }
        }
    }
    let fresh = statuses.iter().filter(|status| status.state == State::Fresh).count();
    writeln!(out, "{}: {}, {fresh} fresh", out.paint(Tone::Strong, &vintage.name), count(statuses.len(), "stage"))?;
    Ok(())
}
