//! Slurm itself, on this machine alone: whatever is killed, nothing is lost and no byte is wrong. `VINTNER_SLURM_KILLS` says how
//! often something is killed.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::common::commands::Moments;
use crate::common::killed_runs::{STAGES, kill_workers, made};
use crate::common::running::Running;
use crate::common::{Workspace, repository};

/// Slurm of this machine; ended with the test.
struct Slurm(tempfile::TempDir);

impl Slurm {
    /// Says why there is none where it can't be begun.
    fn begin() -> Option<Self> {
        let is_there = |program: &str| {
            let paths = std::env::var_os("PATH").unwrap_or_default();
            std::env::split_paths(&paths)
                .chain([PathBuf::from("/usr/sbin")])
                .any(|path| path.join(program).is_file())
        };
        if let Some(missing) = ["slurmctld", "slurmd", "munged", "sbatch", "squeue", "scancel"]
            .iter()
            .find(|program| !is_there(program))
        {
            println!("skipped: {missing} isn't here");
            return None;
        }
        if !rustix::process::geteuid().is_root() {
            println!("skipped: Slurm's daemons are begun by root alone");
            return None;
        }
        let slurm = Self(tempfile::tempdir().unwrap());
        // A port that nobody has, and the one after it.
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let port = 20_000 + port % 10_000 * 2;
        if !slurm.call("begin", &[&port.to_string()]) {
            println!("skipped: Slurm can't be begun here; what it said stands above");
            return None;
        }
        Some(slurm)
    }

    fn call(&self, what: &str, more: &[&str]) -> bool {
        let script = repository().join("crates/vintner/tests/cluster_programs/slurm");
        let path = format!("{}:/usr/sbin:/sbin", std::env::var("PATH").unwrap_or_default());
        let mut command = Command::new("sh");
        command.arg(script).arg(what).arg(self.0.path()).args(more).env("PATH", path);
        command.status().unwrap().success()
    }

    fn start(&self, workspace: &Workspace) -> Running {
        let mut command = workspace.command(&["reproduce"]);
        command.env("SLURM_CONF", self.0.path().join("slurm.conf"));
        Running::of(command)
    }

    /// What is in the queue, a line each.
    fn queue(&self) -> String {
        let mut command = Command::new("squeue");
        command.arg("--noheader").env("SLURM_CONF", self.0.path().join("slurm.conf"));
        String::from_utf8(command.output().unwrap().stdout).unwrap()
    }

    /// How many jobs that are.
    fn queued(&self) -> usize {
        self.queue().lines().count()
    }
}

impl Drop for Slurm {
    fn drop(&mut self) {
        self.call("end", &[]);
    }
}

#[test]
fn whatever_is_killed_nothing_is_lost_and_no_byte_is_wrong() {
    let Some(slurm) = Slurm::begin() else { return };
    let workspace = Workspace::of_stages(STAGES);
    workspace.reproduce(&["--executor", "local"]);
    let whole = made(&workspace);
    let settings = "executor = \"slurm\"\n[slurm]\ngroup = \"2s\"\npoll = \"1s\"\nretries = 100\n";
    workspace.write("vintner.toml", settings);
    let kills: usize =
        std::env::var("VINTNER_SLURM_KILLS").ok().and_then(|kills| kills.parse().ok()).unwrap_or(3);
    let (mut moments, mut killed) = (Moments::new(7), BTreeMap::<&str, usize>::new());
    let (began, mut runs) = (Instant::now(), 0);
    while killed.values().sum::<usize>() < kills {
        workspace.remove(&[".vintner", "out"]);
        let mut run = slurm.start(&workspace);
        runs += 1;
        loop {
            std::thread::sleep(Duration::from_millis(200 + moments.below(2500)));
            if run.is_over() || killed.values().sum::<usize>() >= kills {
                break;
            }
            let what = ["worker", "vintner", "controller"][moments.below(3) as usize];
            *killed.entry(what).or_default() += 1;
            match what {
                "worker" => kill_workers(&workspace),
                "vintner" => {
                    run.kill();
                    run = slurm.start(&workspace);
                }
                _ => {
                    slurm.call("kill", &[]);
                    std::thread::sleep(Duration::from_millis(moments.below(1500)));
                    assert!(slurm.call("controller", &[]));
                }
            }
        }
        // A controller that was away learns of a job's end only after a while.
        let until = Instant::now() + Duration::from_secs(300);
        while !run.is_over() && Instant::now() < until {
            std::thread::sleep(Duration::from_millis(500));
            slurm.call("resume", &[]);
        }
        assert!(run.is_over(), "run {runs} after {killed:?}: {}\n{}", run.said(), slurm.queue());
        let output = run.output();
        assert_eq!(output.code, 0, "run {runs}: {}", output.stderr);
        let made = made(&workspace);
        for (path, bytes) in &whole {
            assert_eq!(made.get(path), Some(bytes), "run {runs}: {}", path.display());
        }
        assert_eq!(fs::read_dir(workspace.path(".vintner/v1/submitted")).unwrap().count(), 0, "run {runs}");
    }
    println!("{killed:?} killed in {runs} runs of 14 branches, 0 lost, 0 wrong; {:.0?}", began.elapsed());
    let until = Instant::now() + Duration::from_secs(60);
    while slurm.queued() > 0 && Instant::now() < until {
        std::thread::sleep(Duration::from_millis(100));
    }
    assert_eq!(slurm.queued(), 0);
}
