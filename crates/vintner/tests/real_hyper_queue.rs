//! HyperQueue itself, as its Python module brings it (`VINTNER_HYPERQUEUE` is a Python that has it): whatever is killed, nothing is
//! lost and no byte is wrong. `VINTNER_HYPERQUEUE_KILLS` says how often something is killed.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::common::commands::Moments;
use crate::common::killed_runs::{STAGES, kill_workers, made};
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

    fn start(&self, workspace: &Workspace) -> Running {
        let mut command = workspace.command(&["reproduce"]);
        let path = std::env::var("PATH").unwrap_or_default();
        command.env("PATH", format!("{}:{path}", self.folder.path().join("programs").display()));
        command.env("HQ_SERVER_DIR", self.folder.path());
        Running::of(command)
    }

    /// Takes the server away with all that it has, and begins one that knows of nothing.
    fn kill(&mut self, pause: Duration) {
        self.end();
        std::thread::sleep(pause);
        self.server = serve(&self.python, &self.folder);
    }

    fn end(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }

    fn jobs(&self) -> String {
        let mut command = Command::new(self.folder.path().join("programs/hq"));
        command.args(["job", "list"]).env("HQ_SERVER_DIR", self.folder.path());
        String::from_utf8(command.output().unwrap().stdout).unwrap().trim().to_owned()
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
    let workspace = Workspace::of_stages(STAGES);
    workspace.reproduce(&["--executor", "local"]);
    let whole = made(&workspace);
    workspace
        .write("vintner.toml", "executor = \"hq\"\n[hq]\ngroup = \"2s\"\npoll = \"1s\"\nretries = 100\n");
    let kills: usize =
        std::env::var("VINTNER_HYPERQUEUE_KILLS").ok().and_then(|kills| kills.parse().ok()).unwrap_or(3);
    let (mut moments, mut killed) = (Moments::new(11), BTreeMap::<&str, usize>::new());
    let (began, mut runs) = (Instant::now(), 0);
    while killed.values().sum::<usize>() < kills {
        workspace.remove(&[".vintner", "out"]);
        let mut run = queue.start(&workspace);
        runs += 1;
        loop {
            std::thread::sleep(Duration::from_millis(100 + moments.below(1500)));
            if run.is_over() || killed.values().sum::<usize>() >= kills {
                break;
            }
            let what = ["worker", "vintner", "server"][moments.below(3) as usize];
            *killed.entry(what).or_default() += 1;
            match what {
                "worker" => kill_workers(&workspace),
                "vintner" => {
                    run.kill();
                    run = queue.start(&workspace);
                }
                _ => queue.kill(Duration::from_millis(moments.below(1500))),
            }
        }
        let until = Instant::now() + Duration::from_secs(120);
        while !run.is_over() && Instant::now() < until {
            std::thread::sleep(Duration::from_millis(50));
        }
        assert!(run.is_over(), "run {runs} after {killed:?}: {}\n{}", run.said(), queue.jobs());
        let output = run.output();
        assert_eq!(output.code, 0, "run {runs} after {killed:?}: {}", output.stderr);
        let made = made(&workspace);
        for (path, bytes) in &whole {
            assert_eq!(made.get(path), Some(bytes), "run {runs}: {}", path.display());
        }
        assert_eq!(fs::read_dir(workspace.path(".vintner/v1/submitted")).unwrap().count(), 0, "run {runs}");
    }
    println!("{killed:?} killed in {runs} runs of 14 branches, 0 lost, 0 wrong; {:.0?}", began.elapsed());
    let until = Instant::now() + Duration::from_secs(30);
    while queue.jobs() != "[]" && Instant::now() < until {
        std::thread::sleep(Duration::from_millis(100));
    }
    assert_eq!(queue.jobs(), "[]");
}
