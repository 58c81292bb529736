//! Stages that run a command, end to end: names in their texts, secrets, what they are kept to, and what of
//! the machine counts.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod children;
mod environment;
mod names;
mod sandbox;
mod secrets;

use crate::common::{Output, Workspace};

/// Runs `reproduce` with further variables.
fn reproduce(workspace: &Workspace, variables: &[(&str, &str)], arguments: &[&str]) -> Output {
    let arguments = [&["reproduce"], arguments].concat();
    output_of(workspace, variables, &arguments)
}

fn output_of(workspace: &Workspace, variables: &[(&str, &str)], arguments: &[&str]) -> Output {
    let mut command = workspace.command(arguments);
    command.envs(variables.iter().copied());
    let output = command.output().unwrap();
    Output {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}
