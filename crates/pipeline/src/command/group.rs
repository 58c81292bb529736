//! A process group: started, watched, and ended for certain.

use std::io::{self, PipeReader, PipeWriter, Read};
use std::os::fd::OwnedFd;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::process::{
    Pid, Signal, WaitId, WaitIdOptions, kill_process_group, test_kill_process_group, waitid,
};
use wait4::Wait4;

use super::log::Log;
use super::process::{Ended, Ending, Request};
use crate::operation::own_peak;

/// How often a flag is looked at that nothing wakes a sleeper for: whether the run is to end.
const LOOK: Duration = Duration::from_millis(50);

/// Runs a program to its end, and ends what it leaves behind.
///
/// # Errors
/// Where it can't be started.
pub(super) fn run(request: &Request<'_>) -> io::Result<Ended> {
    let (said, saying) = io::pipe()?;
    rustix::io::ioctl_fionbio(&said, true)?;
    let group = Group::start(request, saying)?;
    let own_peak = own_peak().unwrap_or_default();
    let mut log = Log::default();
    let ending = group.watch(request, &said, &mut log)?;
    let (status, peak) = group.end()?;
    // What was said before the end is in the pipe; one who left the group may hold it open.
    let mut left = 1 << 20;
    while let Some(read @ 1..) = take(&said, &mut log) {
        left -= read.min(left);
        if left == 0 {
            break;
        }
    }
    Ok(Ended {
        ending,
        code: status.code().unwrap_or_default(),
        signal: status.signal().map(signal_name),
        // A process starts with its parent's peak, so that only a higher one is its own.
        peak_memory: (peak > own_peak).then_some(peak),
        log: log.into_text(),
    })
}

/// A running process group; dropping it ends it.
struct Group {
    leader: Option<Child>,
    pid: Pid,
}

impl Group {
    fn start(request: &Request<'_>, saying: PipeWriter) -> io::Result<Self> {
        let leader = Command::new(request.program)
            .arg0(request.name)
            .args(request.arguments)
            .current_dir(request.folder)
            .env_clear()
            .envs(request.environment.iter())
            .stdin(Stdio::null())
            .stdout(saying.try_clone()?)
            .stderr(saying)
            .process_group(0)
            .spawn()?;
        Ok(Self { pid: Pid::from_child(&leader), leader: Some(leader) })
    }

    fn signal(&self, signal: Signal) {
        // It fails where all of the group are gone, which is what is wanted.
        let _ = kill_process_group(self.pid, signal);
    }

    /// Waits until the leader has ended, asking it to and then making it if need be, and reads what
    /// is said meanwhile. The leader is left a zombie, so that no other group takes its number.
    fn watch(&self, request: &Request<'_>, said: &PipeReader, log: &mut Log) -> io::Result<Ending> {
        let over = end_of(self.pid)?;
        let started = Instant::now();
        let deadline = request.timeout.and_then(|timeout| started.checked_add(timeout));
        let (mut ending, mut kill_at) = (Ending::ByItself, None);
        let mut open = true;
        loop {
            let now = Instant::now();
            if ending == Ending::ByItself {
                ending = match deadline {
                    _ if request.cancelled.is_cancelled() => Ending::Cancelled,
                    Some(deadline) if now >= deadline => Ending::TimedOut,
                    _ => Ending::ByItself,
                };
                if ending != Ending::ByItself {
                    self.signal(Signal::TERM);
                    // A stopped process would never hear of it.
                    self.signal(Signal::CONT);
                    kill_at = now.checked_add(request.grace);
                }
            }
            if kill_at.is_some_and(|at| now >= at || request.cancelled.is_at_once()) {
                self.signal(Signal::KILL);
                kill_at = None;
            }
            let next = if ending == Ending::ByItself { deadline } else { kill_at };
            let until = next.map_or(LOOK, |next| next.saturating_duration_since(now).min(LOOK));
            let (ready, ended) = wait_for(open.then_some(said), &over, until)?;
            if ready {
                open = take(said, log).is_none_or(|read| read > 0);
            }
            if ended {
                return Ok(ending);
            }
        }
    }

    /// Ends what is left of the group, and says how the leader ended and the most memory that it or
    /// one of those that it waited for held.
    fn end(mut self) -> io::Result<(ExitStatus, u64)> {
        self.signal(Signal::KILL);
        let Some(mut leader) = self.leader.take() else { return Err(io::ErrorKind::NotFound.into()) };
        let used = leader.wait4()?;
        self.wait_until_gone();
        Ok((used.status, used.rusage.maxrss))
    }

    /// What the leader left behind isn't our child and can't be waited for; it was killed and takes
    /// a moment to go. Mostly there is nothing.
    fn wait_until_gone(&self) {
        for _ in 0..1000 {
            if test_kill_process_group(self.pid).is_err() {
                return;
            }
            thread::sleep(Duration::from_millis(1));
        }
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        if let Some(mut leader) = self.leader.take() {
            self.signal(Signal::KILL);
            let _ = leader.wait();
        }
    }
}

/// Something to poll that is ready when a child has ended, which it leaves a zombie.
fn end_of(child: Pid) -> io::Result<OwnedFd> {
    #[cfg(target_os = "linux")]
    if let Ok(process) = rustix::process::pidfd_open(child, rustix::process::PidfdFlags::empty()) {
        return Ok(process);
    }
    told_of_the_end_of(child)
}

/// The same on other systems: the end of a pipe whose other end a thread lets go.
fn told_of_the_end_of(child: Pid) -> io::Result<OwnedFd> {
    let (over, telling) = io::pipe()?;
    thread::Builder::new().name("vintner-command".into()).spawn(move || {
        let flags = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
        while let Err(Errno::INTR) = waitid(WaitId::Pid(child), flags) {}
        drop(telling);
    })?;
    Ok(over.into())
}

/// Waits for something to be said, for the end, or for `longest`.
fn wait_for(said: Option<&PipeReader>, over: &OwnedFd, longest: Duration) -> io::Result<(bool, bool)> {
    let mut watched = vec![PollFd::new(over, PollFlags::IN)];
    watched.extend(said.map(|said| PollFd::new(said, PollFlags::IN)));
    let longest = Timespec::try_from(longest).map_err(io::Error::other)?;
    match poll(&mut watched, Some(&longest)) {
        Ok(_) | Err(Errno::INTR) => {}
        Err(error) => return Err(error.into()),
    }
    let happened = |at: usize| watched.get(at).is_some_and(|one| !one.revents().is_empty());
    Ok((happened(1), happened(0)))
}

/// Takes what was said: how many bytes, 0 where all who could speak are gone (or the pipe is broken),
/// nothing where nothing was said yet.
fn take(mut said: &PipeReader, log: &mut Log) -> Option<usize> {
    let mut buffer = [0; 16 * 1024];
    match said.read(&mut buffer) {
        Ok(read) => {
            log.push(buffer.get(..read).unwrap_or_default());
            Some(read)
        }
        Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted) => None,
        Err(_) => Some(0),
    }
}

fn signal_name(raw: i32) -> String {
    const NAMES: [(Signal, &str); 12] = [
        (Signal::HUP, "SIGHUP"),
        (Signal::INT, "SIGINT"),
        (Signal::QUIT, "SIGQUIT"),
        (Signal::ILL, "SIGILL"),
        (Signal::ABORT, "SIGABRT"),
        (Signal::BUS, "SIGBUS"),
        (Signal::FPE, "SIGFPE"),
        (Signal::KILL, "SIGKILL"),
        (Signal::SEGV, "SIGSEGV"),
        (Signal::PIPE, "SIGPIPE"),
        (Signal::TERM, "SIGTERM"),
        (Signal::XCPU, "SIGXCPU"),
    ];
    let known = NAMES.iter().find(|(signal, _)| signal.as_raw() == raw);
    known.map_or_else(|| format!("signal {raw}"), |(_, name)| (*name).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thread_tells_of_the_end_where_the_system_does_not() -> io::Result<()> {
        let mut child = Command::new("sleep").arg("0.2").spawn()?;
        let over = told_of_the_end_of(Pid::from_child(&child))?;
        let (said, _saying) = io::pipe()?;
        let nothing = Duration::ZERO;
        assert_eq!(wait_for(Some(&said), &over, nothing)?, (false, false));
        assert_eq!(wait_for(None, &over, Duration::from_secs(20))?, (false, true));
        assert!(child.try_wait()?.is_some_and(|status| status.success()), "it is left to be waited for");
        Ok(())
    }
}
