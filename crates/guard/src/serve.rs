//! The process in which a reader runs, seen from inside: it bounds itself, reads, and answers.

use std::ffi::{OsStr, OsString};
use std::io::{Read, Write, stdin, stdout};
use std::process::ExitCode;

use crate::child::{ANSWER, ARGUMENT, PANIC};
use crate::guarded::Guarded;
use crate::limits::Limits;
use crate::panics::quietly;

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
