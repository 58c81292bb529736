//! The program while it runs.

use std::fs::{self, File};
use std::process::{Child, Command, Stdio};

use rustix::process::{Pid, Signal, kill_process, test_kill_process};

use super::commands::wait_until;
use super::{Output, Workspace};

/// A run of the program that was begun; killed where a test ends before it does.
pub struct Running {
    child: Child,
    said: tempfile::TempDir,
}

impl Workspace {
    /// Begins a run of the program here.
    pub fn start(&self, arguments: &[&str]) -> Running {
        let mut command = self.command(arguments);
        // Where it can be seen what a killed run leaves behind.
        command.env("VINTNER_SCRATCH", self.path("scratch"));
        Running::of(command)
    }
}

impl Running {
    /// Begins what is called so.
    pub fn of(mut command: Command) -> Self {
        let said = tempfile::tempdir().unwrap();
        let file = |name: &str| Stdio::from(File::create(said.path().join(name)).unwrap());
        let child = command.stdin(Stdio::null()).stdout(file("out")).stderr(file("err")).spawn().unwrap();
        Self { child, said }
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    pub fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    /// Whether it ended by itself.
    pub fn is_over(&mut self) -> bool {
        self.child.try_wait().unwrap().is_some()
    }

    /// Ends it as a crash of the machine's would: nothing of it is asked.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// What it has said so far on stderr.
    pub fn said(&self) -> String {
        fs::read_to_string(self.said.path().join("err")).unwrap()
    }

    /// Waits until it says something.
    pub fn wait_to_say(&self, text: &str) {
        wait_until(|| self.said().contains(text), text);
    }

    /// Waits for its end.
    pub fn output(mut self) -> Output {
        wait_until(|| self.is_over(), "the end of a run");
        Output {
            code: self.child.wait().unwrap().code().unwrap_or(-1),
            stdout: fs::read_to_string(self.said.path().join("out")).unwrap(),
            stderr: self.said(),
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Whether a process runs. One that ended and whose parent doesn't ask how doesn't.
pub fn runs(id: &str) -> bool {
    let pid = id.parse().ok().and_then(Pid::from_raw).unwrap();
    let status = fs::read_to_string(format!("/proc/{id}/status")).unwrap_or_default();
    test_kill_process(pid).is_ok() && !status.lines().any(|line| line.starts_with("State:\tZ"))
}
