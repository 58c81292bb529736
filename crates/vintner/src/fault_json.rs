//! Why a command failed, for scripts; `docs/json.md` has the form.

use serde_json::{Value, json};
use vintner_diagnostics::{Fault, Faults};
use vintner_package::PackageError;
use vintner_pipeline::PipelineError;
use vintner_remote::RemoteError;
use vintner_site::SiteError;
use vintner_stages::StagesError;

use crate::commands::print_fault;
use crate::error::{CommandError, Result};

/// Writes an error to stdout, unless the command's own value stands there.
pub(crate) fn print(error: &CommandError) -> Result<()> {
    let text = error.to_string();
    let faults = faults(error);
    let (message, below) = text.split_once('\n').unwrap_or((&text, ""));
    let message = match faults.and_then(|faults| faults.iter().next()) {
        Some(first) => first.message.as_str(),
        None => message,
    };
    let hints: Vec<String> = match (faults, pipeline(error)) {
        (Some(faults), _) => faults.iter().filter_map(|fault| fault.hint.clone()).collect(),
        (_, Some(PipelineError::Stages { .. })) => Vec::new(),
        _ => below.lines().map(|line| line.trim_start_matches([' ', '=']).to_owned()).collect(),
    };
    let mut fault = json!({
        "kind": kind(error),
        "message": message,
        "text": text,
        "places": faults.into_iter().flat_map(Faults::iter).map(place).collect::<Vec<_>>(),
        "hints": hints,
        "exit_code": error.exit_code(),
    });
    if let Some(PipelineError::Stages { failures, skipped, stopped }) = pipeline(error) {
        let failures = failures.iter().map(|(branch, message)| json!({"branch": branch, "message": message}));
        fault["failures"] = failures.collect();
        fault["skipped"] = json!(skipped);
        fault["stopped"] = json!(stopped);
    }
    print_fault(&fault)
}

/// Writes what is wrong with the arguments, if they ask for JSON.
pub(crate) fn print_of_arguments(error: &clap::Error) -> Result<()> {
    let mut arguments = std::env::args_os().skip(1).peekable();
    let mut is_json = false;
    while let Some(argument) = arguments.next() {
        let next = arguments.peek().is_some_and(|next| next == "json");
        is_json |= argument == "--format=json" || (argument == "--format" && next);
    }
    if !is_json {
        return Ok(());
    }
    let text = error.render().to_string();
    let text = text.strip_prefix("error: ").unwrap_or(&text).trim_end();
    let (message, below) = text.split_once('\n').unwrap_or((text, ""));
    let hints: Vec<&str> = below.lines().filter_map(|line| line.trim_start().strip_prefix("tip: ")).collect();
    print_fault(&json!({
        "kind": "arguments", "message": message, "text": text, "places": [], "hints": hints,
        "exit_code": error.exit_code(),
    }))
}

fn place(fault: &Fault) -> Value {
    json!({
        "file": fault.file,
        "line": fault.span.map(|span| span.line),
        "column": fault.span.map(|span| span.column),
        "message": fault.message,
        "hint": fault.hint,
    })
}

/// What of it is the pipeline's.
fn pipeline(error: &CommandError) -> Option<&PipelineError> {
    match error {
        CommandError::Pipeline(error)
        | CommandError::Stages(StagesError::Pipeline(error))
        | CommandError::Site(SiteError::Pipeline(error) | SiteError::Stages(StagesError::Pipeline(error)))
        | CommandError::Package(
            PackageError::Pipeline(error) | PackageError::Stages(StagesError::Pipeline(error)),
        ) => Some(error),
        _ => None,
    }
}

/// The faults of files of which each has its place.
fn faults(error: &CommandError) -> Option<&Faults> {
    match error {
        CommandError::Reconstruct(error) => error.faults(),
        CommandError::Stages(error)
        | CommandError::Site(SiteError::Stages(error))
        | CommandError::Package(PackageError::Stages(error)) => error.faults(),
        CommandError::Package(PackageError::Description(faults)) => Some(faults),
        other => pipeline(other)?.faults(),
    }
}

/// What kind of error it is, in a word that stays.
fn kind(error: &CommandError) -> &'static str {
    if faults(error).is_some() {
        return "yaml";
    }
    if let Some(error) = pipeline(error) {
        return match error {
            PipelineError::Unknown { .. } => "unknown",
            PipelineError::Override { .. } => "override",
            PipelineError::Stages { .. } => "stages_failed",
            PipelineError::Interrupted { .. } => "interrupted",
            PipelineError::Unlocked { .. } => "unlocked",
            PipelineError::Io { .. } => "file",
            PipelineError::InUse { .. } => "in_use",
            PipelineError::Moved { .. } | PipelineError::MovedSince { .. } => "moved",
            PipelineError::NotAsAsked { .. } => "moved",
            PipelineError::Executor { .. } => "cluster",
            PipelineError::Lock { .. } => "lock",
            PipelineError::Absent { .. }
            | PipelineError::WrongBytes { .. }
            | PipelineError::Elsewhere { .. } => "shared_cache",
            _ => "other",
        };
    }
    match error {
        CommandError::SeveralBranches { .. } => "unknown",
        CommandError::NoPipeline { .. }
        | CommandError::OthersPipeline { .. }
        | CommandError::NoDataRoot { .. } => "no_workspace",
        CommandError::NotMade { .. } | CommandError::NotMadeToLock { .. } => "not_made",
        CommandError::NotLocked { .. } => "not_locked",
        CommandError::LockDiffers { .. } => "unlocked",
        CommandError::Corrupt { .. } => "corrupt",
        CommandError::Package(PackageError::Stale { .. }) => "not_made",
        CommandError::Package(PackageError::NotLocked { .. }) => "unlocked",
        CommandError::Package(PackageError::Io { .. } | PackageError::Zip { .. }) => "file",
        CommandError::Remote(RemoteError::Place { .. }) | CommandError::NotShared { .. } => "shared_cache",
        CommandError::Cluster(_) | CommandError::OtherVersion { .. } | CommandError::NotAllMade { .. } => {
            "cluster"
        }
        CommandError::NotWritten { .. } | CommandError::Output(_) => "file",
        other if other.exit_code() == 2 => "usage",
        _ => "other",
    }
}
