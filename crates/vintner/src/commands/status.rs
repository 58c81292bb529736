//! `vintner status`.

use std::io::Write;

use serde_json::json;
use vintner_cluster::JobState;
use vintner_pipeline::{LastFailure, Plan, StageStatus, State, Survey};

use super::{cluster, count, print_json, published};
use crate::arguments::{self, Format};
use crate::branch_list::{all_of, folded};
use crate::conclusion::say_remarks;
use crate::error::{CommandError, Result};
use crate::instant::instant;
use crate::printable::{printable, printable_line};
use crate::state_lines::{self, StateLine};
use crate::terminal::{Screen, Tone, page, say};
use crate::workspace::{Volume, Workspace};

pub(crate) fn run(workspace: &Workspace, arguments: &arguments::Status) -> Result<()> {
    let pipeline = workspace.pipeline()?;
    let vintage = workspace.vintage(&pipeline, arguments.vintage.as_deref())?;
    let plan = Plan::new(&pipeline, &vintage);
    let store = workspace.store();
    let survey = Survey::new(&plan, &store)?;
    let published = survey.published(&workspace.locked_outputs()?)?;
    let statuses: Vec<&StageStatus> = survey.statuses().collect();
    let (jobs, trouble) = cluster::jobs(workspace, &store)?;
    if let Some(trouble) = trouble {
        let label = Screen::stderr().paint(Tone::Warning, "warning:");
        say(&format!("{label} {}", printable(&format!("{trouble}; what is queued isn't known"))));
    }
    let job = |status: &StageStatus| {
        jobs.get(status.fingerprint.as_ref()?).filter(|_| status.state != State::Fresh)
    };
    let word = |state: &JobState| if *state == JobState::Running { "running" } else { "queued" };
    if arguments.format == Format::Json {
        let mut told = json!({
            "pipeline": pipeline.name, "vintage": vintage.name, "stages": statuses, "published": published,
        });
        for (at, status) in statuses.iter().enumerate() {
            if let Some(state) = job(status) {
                told["stages"][at]["job"] = json!(word(state));
            }
        }
        if !vintage.remarks.is_empty() {
            told["remarks"] = json!(vintage.remarks);
        }
        print_json(&told)?;
        return exit_code(statuses, arguments.exit_code);
    }
    if workspace.volume != Volume::Quiet {
        say_remarks(&vintage.remarks, &Screen::stderr());
    }
    let mut out = page();
    // On a screen what is fresh is a number.
    let on_screen = out.screen().columns.is_some() && workspace.volume != Volume::Loud;
    let told = |status: &&&StageStatus| !on_screen || status.state != State::Fresh || status.failed.is_some();
    let lines = statuses.iter().filter(told).map(|status| {
        let (tone, detail) = match &status.state {
            State::Fresh => (Tone::Good, String::new()),
            State::Waiting(others) => (Tone::Aside, format!("for {}", all_of(&folded(others)))),
            other => (Tone::Warning, other.causes().join("; ")),
        };
        let below = status.failed.as_ref().map(last_failure);
        match job(status) {
            Some(state) => {
                let (tone, detail) = (Tone::Aside, "on the cluster".to_owned());
                StateLine { word: word(state), tone, branch: &status.branch, detail, below }
            }
            None => StateLine { word: status.state.word(), tone, branch: &status.branch, detail, below },
        }
    });
    state_lines::print(&mut out, &lines.collect::<Vec<_>>(), "waiting".len())?;
    published::print_remarks(&mut out, &published)?;
    let fresh = statuses.iter().filter(|status| status.state == State::Fresh).count();
    let name = out.paint(Tone::Strong, &vintage.name);
    let on_cluster: Vec<&JobState> = statuses.iter().filter_map(|status| job(status)).collect();
    let running = on_cluster.iter().filter(|state| ***state == JobState::Running).count();
    let more = match on_cluster.len() {
        0 => String::new(),
        all => format!(", {running} running and {} queued on the cluster", all - running),
    };
    writeln!(out, "{name}: {}, {fresh} fresh{more}", count(statuses.len(), "stage"))?;
    exit_code(statuses, arguments.exit_code)
}

/// How a branch failed when it was last to be made, on a line.
fn last_failure(failed: &LastFailure) -> String {
    let since = match failed.changed_since {
        Some(true) => ", and what it depends on has changed since",
        Some(false) => ", and nothing that it depends on has changed since",
        None => "",
    };
    let first = failed.message.lines().next().unwrap_or_default();
    let log = failed.log.as_ref().map(|log| format!("; its log is {}", log.display())).unwrap_or_default();
    printable_line(&format!("failed on {}{since}: {first}{log}", instant(failed.at)))
}

/// Fails without a word where that is asked for and anything would run, or may.
pub(super) fn exit_code<'a>(statuses: impl IntoIterator<Item = &'a StageStatus>, asked: bool) -> Result<()> {
    let due = asked && statuses.into_iter().any(|status| status.state != State::Fresh);
    if due { Err(CommandError::Due) } else { Ok(()) }
}
