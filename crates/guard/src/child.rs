//! The process in which a reader runs: how it is begun, and what it does.
//!
//! It is handed the request on stdin and answers on stdout: a byte that says whether an answer follows or the words
//! of a panic, and then these. It reads all of the request before it writes anything, so neither side waits for the
//! other. Whatever else becomes of it (an allocation that fails ends a process and can't be caught) is seen from how
//! it ended.

use std::ffi::{OsStr, OsString};
use std::io::{Read, Write, stdin, stdout};
use std::path::Path;
use std::process::{Command, ExitCode, ExitStatus, Output, Stdio};

use crate::{Ended, Guarded, Limits, quietly};

/// The first argument of a process that reads; no command of a user is called so.
const ARGUMENT: &str = "--read-under-guard";

const ANSWER: u8 = 0;
const PANIC: u8 = 1;

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

/// What a program does first: where its arguments are those of a process that reads, it reads, and the
/// program ends with the code that comes back; else it is a command of a user, and nothing.
pub fn serve(arguments: impl IntoIterator<Item = OsString>, readers: &[Guarded]) -> Option<ExitCode> {
    let mut arguments = arguments.into_iter().skip(1);
    if arguments.next()? != ARGUMENT {
        return None;
    }
    let arguments: Vec<OsString> = arguments.collect();
    Some(match asked(&arguments, readers) {
        Some((reader, limits)) if read(reader, limits).is_ok() => ExitCode::SUCCESS,
        _ => ExitCode::from(2),
    })
}

fn asked<'a>(arguments: &[OsString], readers: &'a [Guarded]) -> Option<(&'a Guarded, Limits)> {
    let [name, memory, seconds] = arguments else { return None };
    let number = |text: &OsStr| text.to_str()?.parse().ok();
    let limits = Limits { memory: number(memory)?, seconds: number(seconds)? };
    Some((readers.iter().find(|reader| name == reader.name)?, limits))
}

fn read(reader: &Guarded, limits: Limits) -> std::io::Result<()> {
    hold_to(limits);
    let mut request = Vec::new();
    stdin().lock().read_to_end(&mut request)?;
    let (kind, answer) = match quietly(|| (reader.read)(&request)) {
        Ok(answer) => (ANSWER, answer),
        Err(words) => (PANIC, words.into_bytes()),
    };
    let mut out = stdout().lock();
    out.write_all(&[kind])?;
    out.write_all(&answer)?;
    out.flush()
}

/// Binds this process to `limits`. Where the operating system doesn't, it is a process of its own all
/// the same.
#[cfg(unix)]
fn hold_to(limits: Limits) {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let bind = |resource, wanted: u64| {
        // What the user set is never widened.
        let most = getrlimit(resource).maximum.map_or(wanted, |maximum| maximum.min(wanted));
        let _ = setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) });
    };
    bind(Resource::As, limits.memory);
    bind(Resource::Core, 0);
    // The signal of the softer limit tells that it was time; at the harder one it would be killed without a word.
    let most = getrlimit(Resource::Cpu).maximum.unwrap_or(u64::MAX);
    let _ = setrlimit(
        Resource::Cpu,
        Rlimit {
            current: Some(limits.seconds.min(most)),
            maximum: Some(limits.seconds.saturating_add(5).min(most)),
        },
    );
}

#[cfg(not(unix))]
fn hold_to(_: Limits) {}
