//! What every picture shows: the states of stages, and what flows between them.

use crate::plan::Plan;
use crate::questions::{StageStatus, State};
use crate::spec::{ForEach, Reference};

/// The state of a stage: that of the branch that is worst off.
pub(super) fn state<'a>(stage: &str, statuses: &'a [StageStatus]) -> Option<&'a State> {
    let of_stage = |status: &&StageStatus| {
        status.branch == stage || status.branch.strip_prefix(stage).is_some_and(|rest| rest.starts_with('['))
    };
    let rank = |state: &State| match state {
        State::Fresh => 0,
        State::Waiting(_) => 1,
        State::Stale(_) => 2,
        State::Missing(_) => 3,
        State::Corrupt(_) => 4,
    };
    statuses.iter().filter(of_stage).map(|status| &status.state).max_by_key(|state| rank(state))
}

pub(super) fn word(state: Option<&State>) -> &'static str {
    state.map_or("", State::word)
}

pub(super) fn edges(plan: &Plan<'_>) -> Vec<(String, String, String)> {
    let mut edges = Vec::new();
    for stage in &plan.pipeline.stages {
        for (role, reference) in &stage.bound.inputs {
            let from = match reference {
                Reference::Vintage => "vintage",
                Reference::Output { stage, .. } => stage,
            };
            edges.push((from.to_owned(), stage.name.clone(), role.clone()));
        }
        match &stage.foreach {
            Some(ForEach::Sources) if stage.reads_sources() => {
                edges.push(("vintage".into(), stage.name.clone(), "sources".into()));
            }
            Some(ForEach::Column { stage: from, column, .. }) => {
                edges.push((from.clone(), stage.name.clone(), column.clone()));
            }
            _ => {}
        }
        for path in stage.bound.files.values() {
            edges.push((path.display().to_string(), stage.name.clone(), String::new()));
        }
    }
    edges.sort();
    edges.dedup_by(|one, two| one.0 == two.0 && one.1 == two.1);
    edges
}
