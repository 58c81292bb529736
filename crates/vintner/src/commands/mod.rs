//! One command a module.

pub(crate) mod audit;
pub(crate) mod cache;
pub(crate) mod claims;
pub(crate) mod clean;
mod cluster;
pub(crate) mod consistency;
pub(crate) mod diff;
pub(crate) mod eject;
pub(crate) mod graph;
pub(crate) mod init;
mod kept_output;
pub(crate) mod lock;
pub(crate) mod manual;
pub(crate) mod operations;
pub(crate) mod package;
mod published;
pub(crate) mod reconstruct;
pub(crate) mod replicate;
pub(crate) mod reproduce;
mod results;
pub(crate) mod schema;
pub(crate) mod show;
pub(crate) mod status;
pub(crate) mod trace;
pub(crate) mod vintage_check;
pub(crate) mod vintage_compare;
pub(crate) mod vintage_diff;
pub(crate) mod vintage_fetch;
mod vintage_name;
pub(crate) mod vintage_new;
pub(crate) mod vintages;
pub(crate) mod watch;
pub(crate) mod why;
pub(crate) mod worker;

use std::io::{Write, stdout};
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::{Value, json};
use vintner_pipeline::{PipelineError, StageStatus, Survey};
use vintner_stages::count;

use crate::error::{CommandError, Result};

/// The one branch of that name: a branch (`tidy[gdp]`), or a stage that has but one.
fn one<'s>(survey: &'s Survey<'_, '_>, name: &str) -> Result<&'s StageStatus> {
    match survey.named(name)?[..] {
        [status] => Ok(status),
        ref several => Err(CommandError::SeveralBranches {
            stage: name.to_owned(),
            branches: several.iter().map(|status| status.branch.clone()).collect(),
        }),
    }
}

/// What was asked for can't be done as it was asked, and what to ask instead.
fn refused(message: String, hint: &str) -> CommandError {
    CommandError::Pipeline(PipelineError::Unknown { message, hint: Some(hint.into()) })
}

/// Whether a value for scripts was printed, which says what is wrong by itself.
static PRINTED: AtomicBool = AtomicBool::new(false);

/// Writes JSON for scripts.
fn print_json(value: &Value) -> Result<()> {
    PRINTED.store(true, Ordering::Relaxed);
    let mut out = stdout().lock();
    serde_json::to_writer_pretty(&mut out, value)?;
    Ok(writeln!(out)?)
}

/// Writes why a command failed for scripts, unless its value was printed: stdout has one value or none.
pub(crate) fn print_fault(fault: &Value) -> Result<()> {
    if PRINTED.load(Ordering::Relaxed) { Ok(()) } else { print_json(&json!({"error": fault})) }
}
