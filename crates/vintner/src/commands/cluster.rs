//! Runs whose branches are made on a cluster.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use vintner_cluster::{Cluster, JobState, WorkerCall, job_states};
use vintner_pipeline::{Cancelled, Digest, Executor as Executing, Plan, Resources, StageStatus, Store};

use super::worker::{VERSION, spec_digest};
use crate::arguments::Executor;
use crate::error::Result;
use crate::settings::Settings;
use crate::workspace::Workspace;

/// Who makes what has to be made: none where the run does it itself.
pub(super) fn executor(
    workspace: &Workspace,
    asked: Option<Executor>,
    plan: &Plan<'_>,
    cancelled: &Cancelled,
) -> Result<Option<Arc<dyn Executing>>> {
    Ok(cluster(workspace, asked, plan, cancelled)?.map(|cluster| Arc::new(cluster) as _))
}

/// What would be submitted of what would run, a line an array; nothing where no cluster is asked.
pub(super) fn in_words(
    workspace: &Workspace,
    asked: Option<Executor>,
    plan: &Plan<'_>,
    statuses: &[StageStatus],
) -> Result<Vec<String>> {
    let Some(cluster) = cluster(workspace, asked, plan, &Cancelled::default())? else {
        return Ok(Vec::new());
    };
    let store = workspace.store();
    let latest = store.latest(plan.key());
    let due = statuses.iter().filter(|status| status.state.would_run() && cluster.takes(&status.id.stage));
    let branches: Vec<(Resources, Option<f64>)> = due
        .map(|status| {
            let stage = plan.pipeline.stages.iter().find(|stage| stage.name == status.id.stage);
            let before = latest.get(&status.branch).and_then(|digest| store.record(digest));
            (
                stage.map(|stage| stage.resources.clone()).unwrap_or_default(),
                before.map(|record| record.seconds),
            )
        })
        .collect();
    Ok(cluster.in_words(&branches))
}

/// Where branches are that were handed to a cluster, by the digests of their fingerprints; nothing, and why, where the cluster
/// can't be asked.
pub(super) fn jobs(
    workspace: &Workspace,
    store: &Store,
) -> Result<(BTreeMap<Digest, JobState>, Option<String>)> {
    let settings = Settings::of(&workspace.folder)?.executing;
    let mut found = BTreeMap::new();
    for queue in [Executor::Slurm, Executor::Hq].into_iter().filter_map(|executor| settings.queue(executor)) {
        match job_states(store, queue.as_ref()) {
            Ok(states) => found.extend(states),
            Err(error) => return Ok((found, Some(format!("{}: {error}", queue.name())))),
        }
    }
    Ok((found, None))
}

fn cluster(
    workspace: &Workspace,
    asked: Option<Executor>,
    plan: &Plan<'_>,
    cancelled: &Cancelled,
) -> Result<Option<Cluster>> {
    let settings = Settings::of(&workspace.folder)?.executing;
    let executor = asked.unwrap_or(settings.executor);
    let Some(queue) = settings.queue(executor) else { return Ok(None) };
    let table = settings.table(executor);
    let program = match &table.program {
        Some(program) => PathBuf::from(program),
        None => std::env::current_exe()?,
    };
    let mut arguments = workspace.arguments()?;
    arguments.extend(["worker", "--vintage", &plan.vintage.name].map(str::to_owned));
    let call = WorkerCall {
        program,
        arguments,
        version: VERSION.to_owned(),
        spec: spec_digest(workspace)?,
        before: table.before.clone().unwrap_or_default(),
    };
    // Jobs run elsewhere than this program does.
    let store = workspace.store_from_anywhere()?;
    Ok(Some(Cluster::new(queue, store, call, table.limits(), cancelled.clone())))
}
