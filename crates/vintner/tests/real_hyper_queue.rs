//! HyperQueue itself, as its Python module brings it (`VINTNER_HYPERQUEUE` is a Python that has it): whatever is killed, nothing is
//! lost and no byte is wrong. `VINTNER_HYPERQUEUE_KILLS` says how often something is killed.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::common::killed_runs::{Cluster, nothing_is_lost};
use crate::common::running::Running;
use crate::common::{Workspace, repository};

/// A server with one worker of eight processors; ended with the test.
struct HyperQueue {
    folder: tempfile::TempDir,
    python: PathBuf,
    server: Child,
}

impl HyperQueue {
    /// Says why there is none where it can't be begun.
    fn begin() -> Option<Self> {
        let Some(python) = std::env::var_os("VINTNER_HYPERQUEUE").map(PathBuf::from) else {
            println!("skipped: VINTNER_HYPERQUEUE names no Python that has the module hyperqueue");
            return None;
        };
        let import = Command::new(&python).args(["-c", "import hyperqueue"]).stderr(Stdio::null()).status();
        if !import.is_ok_and(|status| status.success()) {
            println!("skipped: {} has no module hyperqueue", python.display());
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("programs")).unwrap();
        std::os::unix::fs::symlink(program(), folder.path().join("programs/hq")).unwrap();
        let server = serve(&python, &folder);
        Some(Self { folder, python, server })
    }

    fn end(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

impl Cluster for HyperQueue {
    const QUEUE: &str = "server";
    const PAUSES: (u64, u64) = (100, 1600);
    const PATIENCE: Duration = Duration::from_secs(120);

    fn start(&self, workspace: &Workspace) -> Running {
        let mut command = workspace.command(&["reproduce"]);
        let path = std::env::var("PATH").unwrap_or_default();
        command.env("PATH", format!("{}:{path}", self.folder.path().join("programs").display()));
        command.env("HQ_SERVER_DIR", self.folder.path());
        Running::of(command)
    }

    /// The new server knows of nothing.
    fn kill_queue(&mut self, pause: Duration) {
        self.end();
        std::thread::sleep(pause);
        self.server = serve(&self.python, &self.folder);
    }

    fn jobs(&self) -> Vec<String> {
        let mut command = Command::new(self.folder.path().join("programs/hq"));
        command.args(["job", "list"]).env("HQ_SERVER_DIR", self.folder.path());
        let said = command.output().unwrap().stdout;
        let jobs: Vec<serde_json::Value> = serde_json::from_slice(&said).unwrap();
        jobs.iter().map(ToString::to_string).collect()
    }
}

impl Drop for HyperQueue {
    fn drop(&mut self) {
        self.end();
    }
}

fn program() -> PathBuf {
    repository().join("crates/vintner/tests/cluster_programs/hyper_queue")
}

fn serve(python: &PathBuf, folder: &tempfile::TempDir) -> Child {
    let mut command = Command::new(python);
    command.arg(program()).arg("serve").arg(folder.path()).arg("8");
    let mut server = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let said = BufReader::new(server.stdout.take().unwrap());
    assert!(said.lines().map_while(Result::ok).any(|line| line == "ready"), "HyperQueue's server ended");
    server
}

#[test]
fn whatever_is_killed_nothing_is_lost_and_no_byte_is_wrong() {
    let Some(mut queue) = HyperQueue::begin() else { return };
    let settings = "executor = \"hq\"\n[hq]\ngroup = \"2s\"\npoll = \"1s\"\nretries = 100\n";
    nothing_is_lost(&mut queue, settings, "VINTNER_HYPERQUEUE_KILLS");
}
