//! What failed is remembered until it is made.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;
use std::time::{SystemTime, UNIX_EPOCH};

use super::branch_result::BranchResult;
use super::progress::Branches;
use super::report::{Outcome, StageReport};
use crate::error::Result;
use crate::plan::{Part, Plan};
use crate::store::{Failure, Store};

/// Takes what was made off the list of what failed, and puts on it what failed in this run.
pub(super) fn remember_failures(
    store: &Store,
    plan: &Plan<'_>,
    stages: &[Option<Branches<'_, BranchResult>>],
    unlaid: &[OnceLock<StageReport>],
) -> Result<()> {
    let (pipeline, vintage) = (plan.pipeline.name.as_str(), plan.vintage.name.as_str());
    let before = store.failures(pipeline, vintage);
    let has_failed = |known: &Branches<'_, BranchResult>| {
        known.results.iter().filter_map(OnceLock::get).any(|result| result.failure.is_some())
    };
    let is_unlaid =
        || unlaid.iter().filter_map(OnceLock::get).any(|report| matches!(report.outcome, Outcome::Failed(_)));
    if before.is_empty() && !stages.iter().flatten().any(has_failed) && !is_unlaid() {
        return Ok(());
    }
    let mut failures = before.clone();
    let stage_of = |branch: &str| branch.split('[').next().unwrap_or(branch).to_owned();
    failures.retain(|branch, _| plan.pipeline.positions.contains_key(&stage_of(branch)));
    for (stage, known) in stages.iter().enumerate() {
        let name = &plan.pipeline.stages[stage].name;
        let Some(known) = known else {
            if let Some(Outcome::Failed(message)) = unlaid[stage].get().map(|report| &report.outcome) {
                failures.insert(name.clone(), Failure::new(now(), message, None));
            }
            continue;
        };
        let branches: BTreeSet<String> = known.branches.iter().map(|branch| branch.id.to_string()).collect();
        // Of a stage of which only some branches are selected nothing is said of the others.
        let whole = plan.parts[stage] == Part::Made && !plan.items.contains_key(&stage);
        failures.retain(|branch, _| {
            stage_of(branch) != *name || branches.contains(branch) || (!whole && branch != name)
        });
        for (branch, result) in known.branches.iter().zip(&known.results) {
            let Some(result) = result.get() else { continue };
            if result.made.is_some() {
                failures.remove(&branch.id.to_string());
            } else if let Some(failure) = &result.failure {
                failures.insert(branch.id.to_string(), failure.clone());
            }
        }
    }
    if failures == before { Ok(()) } else { store.put_failures(pipeline, vintage, &failures) }
}

pub(super) fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}

/// The failures of a plan that are remembered, by branch.
pub(crate) fn failures(store: &Store, plan: &Plan<'_>) -> BTreeMap<String, Failure> {
    store.failures(&plan.pipeline.name, &plan.vintage.name)
}
