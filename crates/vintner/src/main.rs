//! `vintner`: from raw spreadsheets to a replicated paper, in one command.
//!
//! Arguments are parsed in [`arguments`], made sense of in [`workspace`], and acted on by one
//! module a command under [`commands`]. Data go to stdout, everything said about them to stderr.
//! Exit code 1 is a failed run, 2 a mistake in how it was called or configured.

mod arguments;
mod branch_list;
mod bytes;
mod cluster_settings;
mod commands;
mod conclusion;
mod error;
mod fault_json;
mod git;
mod instant;
mod interrupt;
mod printable;
mod progress;
mod settings;
mod state_lines;
mod terminal;
mod text_table;
mod upward;
mod warnings;
mod workspace;

use std::io::{Write, stdout};
use std::process::ExitCode;

use clap::Parser;
use vintner_pipeline::command::FRAME_READER;
use vintner_stages::BINARY_READER;

use crate::arguments::{Arguments, Command, Vintage};
use crate::error::Result;
use crate::terminal::{Screen, Stderr, Tone};
use crate::workspace::Workspace;

fn main() -> ExitCode {
    // The process that reads a binary file is this program, too.
    if let Some(code) = vintner_guard::serve(std::env::args_os(), &[BINARY_READER, FRAME_READER]) {
        return code;
    }
    vintner_guard::isolate();
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            let _ = fault_json::print_of_arguments(&error);
            return refuse(&error);
        }
    };
    log_to_stderr(arguments.common.verbose);
    let (said, code) = match vintner_guard::quietly(|| run(&arguments)) {
        Ok(Ok(())) => return ExitCode::SUCCESS,
        // A reader that stops reading (`| head`) is no failure.
        Ok(Err(error)) if error.is_broken_pipe() => return ExitCode::SUCCESS,
        Ok(Err(error)) if error.is_silent() => return ExitCode::from(error.exit_code()),
        Ok(Err(error)) => {
            if arguments.command.is_json() {
                // Where nobody reads stdout any longer, stderr and the exit code are left.
                let _ = fault_json::print(&error);
            }
            (error.to_string(), error.exit_code())
        }
        Err(panic) => {
            (format!("a fault in the program: {panic}\n  please report it, with what led to it"), 1)
        }
    };
    // The exit code says it too, where nobody reads stderr any longer.
    let label = Screen::stderr().paint(Tone::Bad, "error:");
    terminal::say(&format!("{label} {}", printable::cut(&printable::printable(&said))));
    ExitCode::from(code)
}

/// Says what is wrong with the arguments, or what was asked of the program itself: help, its version.
fn refuse(error: &clap::Error) -> ExitCode {
    let text = error.to_string();
    if !error.use_stderr() {
        // Who doesn't read it to its end doesn't want it.
        let _ = write!(stdout(), "{text}");
        return ExitCode::SUCCESS;
    }
    let label = Screen::stderr().paint(Tone::Bad, "error:");
    terminal::say(
        text.trim_end().replacen("error:", &label, usize::from(text.starts_with("error:"))).as_str(),
    );
    ExitCode::from(2)
}

fn run(arguments: &Arguments) -> Result<()> {
    let workspace = match arguments.command.is_of_a_workspace() {
        true => Workspace::find(&arguments.common)?,
        false => Workspace::of(&arguments.common),
    };
    match &arguments.command {
        Command::Init(command) => commands::init::run(&workspace, command),
        Command::Reproduce(command) => commands::reproduce::run(&workspace, command),
        Command::Watch(command) => commands::watch::run(&workspace, command),
        Command::Worker(command) => commands::worker::run(&workspace, command),
        Command::Diff(command) => commands::diff::run(&workspace, command),
        Command::Status(command) => commands::status::run(&workspace, command),
        Command::Audit(command) => commands::audit::run(&workspace, command),
        Command::Why(command) => commands::why::run(&workspace, command),
        Command::Lock(command) => commands::lock::run(&workspace, command),
        Command::Clean(command) => commands::clean::run(&workspace, command),
        Command::Cache(command) => commands::cache::run(&workspace, command),
        Command::Graph(command) => commands::graph::run(&workspace, command),
        Command::Trace(command) => commands::trace::run(&workspace, command),
        Command::Package(command) => commands::package::run(&workspace, command),
        Command::Claims(command) => commands::claims::run(&workspace, command),
        Command::Show(command) => commands::show::run(&workspace, command),
        Command::Consistency(command) => commands::consistency::run(&workspace, command),
        Command::Reconstruct(command) => commands::reconstruct::run(&workspace, command),
        Command::Vintage(Vintage::List(command)) => commands::vintages::run(&workspace, command),
        Command::Vintage(Vintage::Check(command)) => commands::vintage_check::run(&workspace, command),
        Command::Vintage(Vintage::Fetch(command)) => commands::vintage_fetch::run(&workspace, command),
        Command::Vintage(Vintage::New(command)) => commands::vintage_new::run(&workspace, command),
        Command::Vintage(Vintage::Diff(command)) => commands::vintage_diff::run(&workspace, command),
        Command::Vintage(Vintage::Compare(command)) => commands::vintage_compare::run(&workspace, command),
        Command::Vintages(command) => commands::vintages::run(&workspace, command),
        Command::Eject(command) => commands::eject::run(&workspace, command),
        Command::Replicate(command) => commands::replicate::run(&workspace, command),
        Command::Operations(command) => commands::operations::run(command),
        Command::Schema(command) => commands::schema::run(&workspace, command),
        Command::Completions(command) => commands::manual::completions(command),
        Command::Man(command) => commands::manual::pages(command),
    }
}

fn log_to_stderr(verbose: u8) {
    let level = match verbose {
        0 => "warn",
        1 => "info",
        2 => "debug",
        _ => "trace",
    };
    let filter = tracing_subscriber::EnvFilter::try_from_env("VINTNER_LOG").unwrap_or_else(|_| {
        tracing_subscriber::EnvFilter::new(format!(
            "warn,vintner={level},vintner_pipeline={level},vintner_stages={level},vintner_ingest={level},\
             vintner_remote={level},vintner_cluster={level}"
        ))
    });
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(|| Stderr)
        // No colours: the escapes of this library are a feature that isn't built, and asking for them panics.
        .with_ansi(false)
        .log_internal_errors(false)
        .without_time()
        .init();
}
