//! Running a client of a queue, which may hang while the queue's own server is down.

use std::fs::File;
use std::io::{ErrorKind, Read, Seek};
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use vintner_pipeline::Cancelled;

use crate::error::{ClusterError, Result};

/// What a program said.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: ExitStatus,
    pub(crate) said: String,
    pub(crate) complained: String,
}

/// What a program is called, and what is to be done where it isn't there.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Client {
    pub(crate) program: &'static str,
    pub(crate) hint: &'static str,
}

/// So long between two looks at a program.
const PAUSE: Duration = Duration::from_millis(5);

impl Client {
    /// A call of it.
    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(self.program);
        command.stdin(Stdio::null());
        // Ctrl-C in a terminal goes to all of a group, and would end it in the middle.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        command
    }

    /// What it says, if it does so in time and before the run is cancelled.
    pub(crate) fn ask(
        &self,
        mut command: Command,
        longest: Duration,
        cancelled: Option<&Cancelled>,
    ) -> Result<Answer> {
        let program = self.program;
        let failed = ClusterError::io(Path::new(program), "running it");
        let files = tempfile::tempfile().and_then(|out| Ok((out, tempfile::tempfile()?)));
        let (mut out, mut err) = files.map_err(ClusterError::io(&std::env::temp_dir(), "making a file"))?;
        let copies = out.try_clone().and_then(|out| Ok((out, err.try_clone()?)));
        let (to_out, to_err) = copies.map_err(ClusterError::io(&std::env::temp_dir(), "making a file"))?;
        let mut child = match command.stdout(to_out).stderr(to_err).spawn() {
            Ok(child) => child,
            Err(error) if error.kind() == ErrorKind::NotFound => {
                return Err(ClusterError::NotInstalled { program, hint: self.hint });
            }
            Err(error) => return Err(failed(error)),
        };
        let began = Instant::now();
        loop {
            match child.try_wait() {
                Ok(Some(status)) => {
                    return Ok(Answer { status, said: text(&mut out), complained: text(&mut err) });
                }
                Ok(None) => {}
                Err(error) => return Err(failed(error)),
            }
            let is_cancelled = cancelled.is_some_and(Cancelled::is_cancelled);
            if began.elapsed() >= longest || is_cancelled {
                let _ = child.kill().and_then(|()| child.wait());
                return Err(ClusterError::Silent { program, seconds: began.elapsed().as_secs() });
            }
            thread::sleep(PAUSE);
        }
    }
}

fn text(file: &mut File) -> String {
    let mut bytes = Vec::new();
    // What can't be read again is as good as not said.
    let _ = file.rewind().and_then(|()| file.read_to_end(&mut bytes));
    String::from_utf8_lossy(&bytes).into_owned()
}

impl Answer {
    /// What it said where it did what it was asked.
    pub(crate) fn done(self, program: &'static str, is_passing: impl Fn(&str) -> bool) -> Result<String> {
        if self.status.success() {
            return Ok(self.said);
        }
        let said = [self.complained.trim(), self.said.trim()].into_iter().find(|said| !said.is_empty());
        let said = said.map_or_else(|| self.status.to_string(), |said| said.chars().take(MOST).collect());
        Err(match is_passing(&said) {
            true => ClusterError::Busy { program, said },
            false => ClusterError::Refused { program, said },
        })
    }
}

/// So much of what a program says is told.
const MOST: usize = 600;

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn one_that_hangs_is_given_up() -> Result<()> {
        let shell = Client { program: "sh", hint: "" };
        let call = |script: &str| {
            let mut command = shell.command();
            command.args(["-c", script]);
            command
        };
        let hung = shell.ask(call("exec sleep 20"), Duration::from_millis(30), None);
        assert!(matches!(hung, Err(ClusterError::Silent { .. })), "{hung:?}");
        let cancelled = Cancelled::default();
        cancelled.cancel();
        let ended = shell.ask(call("exec sleep 20"), Duration::from_secs(20), Some(&cancelled));
        assert!(matches!(ended, Err(ClusterError::Silent { .. })), "{ended:?}");
        // More than a pipe holds.
        let long = shell.ask(call("head -c 300000 /dev/zero"), Duration::from_secs(20), None)?;
        assert_eq!(long.said.len(), 300_000);
        let refused = shell.ask(call("echo no >&2; exit 3"), Duration::from_secs(20), None)?;
        let refused = refused.done("sh", |said| said == "busy");
        assert!(matches!(&refused, Err(ClusterError::Refused { said, .. }) if said == "no"), "{refused:?}");
        let none = Client { program: "no-such-queue", hint: "install it" };
        assert!(matches!(none.ask(none.command(), PAUSE, None), Err(ClusterError::NotInstalled { .. })));
        Ok(())
    }
}
