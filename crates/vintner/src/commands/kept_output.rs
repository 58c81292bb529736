//! An output that a run has left in the store.

use std::fs;
use std::path::PathBuf;

use vintner_diagnostics::one_of;
use vintner_pipeline::{Digest, Kind, Pipeline, PipelineError, Plan, Selection, State, Survey, Vintage};

use super::one;
use crate::error::{CommandError, Result};
use crate::workspace::Workspace;

/// An output of a branch, as the store has it.
pub(super) struct KeptOutput {
    pub(super) branch: String,
    pub(super) output: String,
    pub(super) kind: Kind,
    pub(super) digest: Digest,
    pub(super) bytes: Vec<u8>,
    /// A file with these bytes: under its readable name, or the object itself where that name has something else.
    pub(super) path: PathBuf,
}

/// A branch's output, the first that it declares where none is named.
pub(super) fn kept_output(
    workspace: &Workspace,
    pipeline: &Pipeline,
    vintage: &Vintage,
    branch: &str,
    output: Option<&str>,
) -> Result<KeptOutput> {
    let selection = Selection { until: vec![branch.to_owned()], ..Selection::default() };
    let plan = Plan::select(pipeline, vintage, &selection)?;
    let store = workspace.store();
    let survey = Survey::new(&plan, &store)?;
    let state = one(&survey, branch)?;
    let declared = &pipeline.stage(&state.id.stage)?.bound.output_declarations;
    let wanted = match output {
        None => declared.first(),
        Some(name) => declared.iter().find(|declared| declared.name == name),
    };
    let Some(wanted) = wanted else {
        let name = output.unwrap_or_default();
        return Err(CommandError::Pipeline(PipelineError::Unknown {
            message: format!("`{}` has no output `{name}`", state.branch),
            hint: one_of(name, declared.iter().map(|declared| declared.name.as_str())),
        }));
    };
    let record = state.record.as_ref().filter(|_| !state.state.would_run());
    let Some(kept) = record.and_then(|record| record.outputs.get(&wanted.name)) else {
        let (branch, output) = (state.branch.clone(), wanted.name.clone());
        if matches!(state.state, State::Corrupt(_)) {
            return Err(CommandError::Corrupt { branch, output });
        }
        let state = match state.state {
            State::Waiting(_) => "something that it reads has to be made first",
            _ => "what it depends on has changed, or it never ran",
        };
        return Err(CommandError::NotMade { branch, output, state });
    };
    let bytes = store
        .object(&kept.digest)
        .ok_or_else(|| CommandError::Corrupt { branch: state.branch.clone(), output: wanted.name.clone() })?;
    let shown = store.output_path(plan.key(), &state.id, &wanted.name, kept.extension());
    // A run with --set, or a hand, may have put something else there.
    let is_shown = fs::read(&shown).is_ok_and(|found| found == bytes);
    let path = if is_shown { shown } else { store.object_path(&kept.digest) };
    Ok(KeptOutput {
        branch: state.branch.clone(),
        output: wanted.name.clone(),
        kind: wanted.kind,
        digest: kept.digest.clone(),
        path: path.strip_prefix(".").unwrap_or(&path).to_owned(),
        bytes,
    })
}
