//! The process in which a reader runs, seen from outside.
//!
//! It is handed the request on stdin and answers on stdout: a byte that says whether an answer follows or the words
//! of a panic, and then these. It reads all of the request before it writes anything, so neither side waits for the
//! other. Whatever else becomes of it (an allocation that fails ends a process and can't be caught) is seen from how
//! it ended.

use std::io::Write;
use std::path::Path;
use std::process::{Command, ExitStatus, Output, Stdio};

use crate::ended::Ended;
use crate::limits::Limits;

/// The first argument of a process that reads; no command of a user is called so.
pub(crate) const ARGUMENT: &str = "--read-under-guard";

/// What an answer begins with.
pub(crate) const ANSWER: u8 = 0;
/// What the words of a panic begin with.
pub(crate) const PANIC: u8 = 1;

/// Asks a process of `program`.
pub(crate) fn answer(
    program: &Path,
    name: &str,
    request: &[&[u8]],
    limits: Limits,
) -> Result<Vec<u8>, Ended> {
    let not_started = |error: std::io::Error| Ended::NotStarted { message: error.to_string() };
    let mut command = Command::new(program);
    command
        .args([ARGUMENT, name, &limits.memory.to_string(), &limits.seconds.to_string()])
        // A reader does one thing; threads would take memory from it.
        .envs([("POLARS_MAX_THREADS", "1"), ("RAYON_NUM_THREADS", "1"), ("RUST_BACKTRACE", "0")])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    // Ctrl-C is for the run, which ends what it has begun in its own order.
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    let mut child = command.spawn().map_err(not_started)?;
    if let Some(mut pipe) = child.stdin.take() {
        for part in request {
            // A process that ended early tells by its end why.
            if pipe.write_all(part).is_err() {
                break;
            }
        }
    }
    let mut output = child.wait_with_output().map_err(not_started)?;
    match (output.status.success(), output.stdout.first().copied()) {
        (true, Some(ANSWER)) => {
            output.stdout.remove(0);
            Ok(output.stdout)
        }
        (true, Some(PANIC)) => {
            let words = output.stdout.get(1..).unwrap_or_default();
            Err(Ended::Panicked { message: String::from_utf8_lossy(words).into_owned() })
        }
        _ => Err(why(&output, limits)),
    }
}

fn why(output: &Output, limits: Limits) -> Ended {
    // What Rust says of an allocation that fails, before it ends the process.
    let said = String::from_utf8_lossy(&output.stderr);
    if said.contains("memory allocation of") || said.contains("stack overflow") {
        return Ended::Memory { limits };
    }
    if out_of_time(output.status) {
        return Ended::Time { limits };
    }
    Ended::Broken { how: output.status.to_string() }
}

#[cfg(unix)]
fn out_of_time(status: ExitStatus) -> bool {
    use std::os::unix::process::ExitStatusExt;
    status.signal() == Some(rustix::process::Signal::XCPU.as_raw())
}

#[cfg(not(unix))]
fn out_of_time(_: ExitStatus) -> bool {
    false
}
