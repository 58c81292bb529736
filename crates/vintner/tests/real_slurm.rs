//! Slurm itself, on this machine alone: whatever is killed, nothing is lost and no byte is wrong. `VINTNER_SLURM_KILLS` says how
//! often something is killed.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use crate::common::killed_runs::{Cluster, nothing_is_lost};
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
}

impl Cluster for Slurm {
    const QUEUE: &str = "controller";
    const PAUSES: (u64, u64) = (200, 2700);
    /// A controller that was away learns of a job's end only after a while.
    const PATIENCE: Duration = Duration::from_secs(300);

    fn start(&self, workspace: &Workspace) -> Running {
        let mut command = workspace.command(&["reproduce"]);
        command.env("SLURM_CONF", self.0.path().join("slurm.conf"));
        Running::of(command)
    }

    fn kill_queue(&mut self, pause: Duration) {
        self.call("kill", &[]);
        std::thread::sleep(pause);
        assert!(self.call("controller", &[]));
    }

    fn attend(&self) {
        self.call("resume", &[]);
    }

    fn jobs(&self) -> Vec<String> {
        let mut command = Command::new("squeue");
        command.arg("--noheader").env("SLURM_CONF", self.0.path().join("slurm.conf"));
        let said = String::from_utf8(command.output().unwrap().stdout).unwrap();
        said.lines().map(str::to_owned).collect()
    }
}

impl Drop for Slurm {
    fn drop(&mut self) {
        self.call("end", &[]);
    }
}

#[test]
fn whatever_is_killed_nothing_is_lost_and_no_byte_is_wrong() {
    let Some(mut slurm) = Slurm::begin() else { return };
    let settings = "executor = \"slurm\"\n[slurm]\ngroup = \"2s\"\npoll = \"1s\"\nretries = 100\n";
    nothing_is_lost(&mut slurm, settings, "VINTNER_SLURM_KILLS");
}
