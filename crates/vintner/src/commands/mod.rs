//! One command a module.

pub(crate) mod audit;
pub(crate) mod cache;
pub(crate) mod claims;
pub(crate) mod consistency;
pub(crate) mod graph;
mod kept_output;
pub(crate) mod lock;
pub(crate) mod operations;
pub(crate) mod reconstruct;
pub(crate) mod reproduce;
pub(crate) mod show;
pub(crate) mod status;
pub(crate) mod trace;
pub(crate) mod vintage_check;
pub(crate) mod vintage_compare;
pub(crate) mod vintage_diff;
pub(crate) mod vintage_new;
pub(crate) mod vintages;
pub(crate) mod why;

use std::io::{Write, stdout};

use serde_json::Value;
use vintner_diagnostics::one_of;
use vintner_pipeline::{PipelineError, StageStatus};
use vintner_stages::count;

use crate::error::{CommandError, Result};

/// The one branch of that name: a branch (`tidy[gdp]`), or a stage that has but one.
fn one<'a>(statuses: &[&'a StageStatus], name: &str) -> Result<&'a StageStatus> {
    match some(statuses, name)?[..] {
        [status] => Ok(status),
        ref several => Err(CommandError::SeveralBranches {
            stage: name.to_owned(),
            branches: several.iter().map(|status| status.branch.clone()).collect(),
        }),
    }
}

/// The branches of a stage (`tidy`), or the one of that name (`tidy[gdp]`); there is at least one.
fn some<'a>(statuses: &[&'a StageStatus], name: &str) -> Result<Vec<&'a StageStatus>> {
    let is_meant = |status: &&&StageStatus| status.id.stage == name || status.branch == name;
    let found: Vec<&StageStatus> = statuses.iter().filter(is_meant).copied().collect();
    if found.is_empty() {
        let mut known: Vec<&str> = statuses.iter().map(|status| status.id.stage.as_str()).collect();
        known.dedup();
        let stage = name.split_once('[').map(|(stage, _)| stage);
        let branches = statuses.iter().filter(|status| Some(status.id.stage.as_str()) == stage);
        known.extend(branches.map(|status| status.branch.as_str()));
        return Err(CommandError::Pipeline(PipelineError::Unknown {
            message: format!("no stage is called `{name}`"),
            hint: one_of(name, known),
        }));
    }
    Ok(found)
}

/// Writes JSON for scripts.
fn print_json(value: &Value) -> Result<()> {
    let mut out = stdout().lock();
    serde_json::to_writer_pretty(&mut out, value)?;
    Ok(writeln!(out)?)
}
