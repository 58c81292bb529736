//! `vintner status`.

use std::io::Write;

use serde_json::json;
use vintner_pipeline::{Plan, State, status};

use super::{count, print_json};
use crate::arguments::{Format, OfVintage};
use crate::branch_list::{all_of, folded};
use crate::error::Result;
use crate::state_lines::{self, StateLine};
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
    // On a screen what is fresh is a number.
    let on_screen = out.screen().columns.is_some() && workspace.volume != Volume::Loud;
    let lines = statuses.iter().filter(|status| !on_screen || status.state != State::Fresh).map(|status| {
        let (tone, detail) = match &status.state {
            State::Fresh => (Tone::Good, String::new()),
            State::Waiting(others) => (Tone::Aside, format!("for {}", all_of(&folded(others)))),
            other => (Tone::Warning, other.causes().join("; ")),
        };
        StateLine { word: status.state.word(), tone, branch: &status.branch, detail }
    });
    state_lines::print(&mut out, &lines.collect::<Vec<_>>(), "waiting".len())?;
    let fresh = statuses.iter().filter(|status| status.state == State::Fresh).count();
    writeln!(
        out,
        "{}: {}, {fresh} fresh",
        out.paint(Tone::Strong, &vintage.name),
        count(statuses.len(), "stage")
    )?;
    Ok(())
}
