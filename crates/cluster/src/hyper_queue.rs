//! HyperQueue, by `hq`: a server of one's own, whose workers run in a few large jobs of a cluster or on any machines.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::time::Duration;

use serde::Deserialize;
use vintner_pipeline::{Cancelled, Resources};

use crate::error::{ClusterError, Result};
use crate::program::Client;
use crate::queue::{ANSWER, Array, Named, Queue, Queued};
use crate::worker_call::text;

const HQ: Client = Client {
    program: "hq",
    hint: "it is one file of https://github.com/It4innovations/hyperqueue/releases, to be put on PATH",
};

/// The variable that has the number of a task in its job.
const NUMBER: &str = "HQ_TASK_ID";

/// HyperQueue.
#[derive(Debug, Clone, Default)]
pub struct HyperQueue {
    /// What is asked for where a stage doesn't say: processors and time, as HyperQueue knows no other of these.
    pub defaults: Resources,
    /// Further options of `hq submit`, as `--priority=5`.
    pub options: Vec<String>,
}

/// A job as `hq job list` has it.
#[derive(Debug, Deserialize)]
struct JobLine {
    id: u64,
    name: String,
}

/// A task as `hq task list` has it.
#[derive(Debug, Deserialize)]
struct TaskLine {
    id: usize,
    state: String,
}

#[derive(Debug, Deserialize)]
struct Submitted {
    id: u64,
}

impl HyperQueue {
    fn asked(&self, resources: &Resources) -> Vec<String> {
        let cpus = resources.cpus.or(self.defaults.cpus);
        let seconds = resources.seconds.or(self.defaults.seconds);
        let cpus = cpus.map(|cpus| format!("--cpus={cpus}"));
        let time = seconds.map(|seconds| format!("--time-limit={seconds}s"));
        cpus.into_iter().chain(time).chain(self.options.iter().cloned()).collect()
    }
}

/// What it says where there is no server to hand anything to, with how one is started.
fn explained(error: ClusterError) -> ClusterError {
    let is_no_server = |said: &str| {
        let said = said.to_ascii_lowercase();
        said.contains("no online server")
            || said.contains("server is not running")
            || said.contains("no running instance")
    };
    match error {
        ClusterError::Refused { program, said } if is_no_server(&said) => {
            let said = format!(
                "{said}\n  no server runs: start one with `hq server start &`, and workers with `hq worker start &` or, on a \
                 cluster, `hq alloc add slurm --time-limit 4h -- --partition=NAME`"
            );
            ClusterError::Refused { program, said }
        }
        error => error,
    }
}

fn is_passing(said: &str) -> bool {
    ["Connection refused", "Connection reset", "timed out"].iter().any(|passing| said.contains(passing))
}

/// What it answers, of a form.
fn read<T: serde::de::DeserializeOwned>(said: &str) -> Result<T> {
    serde_json::from_str(said).map_err(|_| ClusterError::NotUnderstood {
        program: HQ.program,
        said: said.chars().take(200).collect(),
    })
}

impl Queue for HyperQueue {
    fn name(&self) -> &'static str {
        "HyperQueue"
    }

    fn machines(&self) -> &'static str {
        "`hq worker list` tells whether it has workers"
    }

    fn submit(&self, array: &Array<'_>) -> Result<String> {
        let cpus = array.resources.cpus.or(self.defaults.cpus);
        let resources = Resources { cpus, ..array.resources.clone() };
        let script = array.call.script(array.folder, NUMBER, &[], &resources)?;
        let path = array.folder.join("job.sh");
        fs::write(&path, script).map_err(ClusterError::io(&path, "writing"))?;
        let folder = text(array.folder)?;
        let mut command = HQ.command();
        command.args(["submit", "--output-mode=json", &format!("--name={}", array.name)]);
        command.arg(format!("--array=0-{}", array.groups.saturating_sub(1)));
        command.args([format!("--cwd={folder}"), format!("--stdout={folder}/%{{TASK_ID}}.out")]);
        command.arg(format!("--stderr={folder}/%{{TASK_ID}}.err"));
        command.args(self.asked(array.resources)).args(["--", "/bin/sh"]).arg(&path);
        let answer = HQ.ask(command, ANSWER, None)?.done(HQ.program, is_passing).map_err(explained)?;
        Ok(read::<Submitted>(&answer)?.id.to_string())
    }

    fn list(&self, arrays: &[Named<'_>], cancelled: &Cancelled) -> Result<BTreeMap<String, Queued>> {
        let ask = |arguments: &[&str]| {
            let mut command = HQ.command();
            command.args(arguments).arg("--output-mode=json");
            HQ.ask(command, ANSWER, Some(cancelled))?.done(HQ.program, |_| true)
        };
        // What waits or runs, of all that the server has.
        let jobs: Vec<JobLine> = read(&ask(&["job", "list"])?)?;
        let names: BTreeSet<&str> = arrays.iter().map(|array| array.name).collect();
        let mut found: BTreeMap<String, Queued> = jobs
            .into_iter()
            .filter(|job| names.contains(job.name.as_str()))
            .map(|job| (job.name, Queued { id: job.id.to_string(), ..Queued::default() }))
            .collect();
        if found.is_empty() {
            return Ok(found);
        }
        let ids: Vec<&str> = found.values().map(|queued| queued.id.as_str()).collect();
        let mut tasks: BTreeMap<String, Vec<TaskLine>> = read(&ask(&["task", "list", &ids.join(",")])?)?;
        for queued in found.values_mut() {
            let own = tasks.remove(&queued.id).unwrap_or_default();
            let left = own.into_iter().filter(|task| matches!(task.state.as_str(), "waiting" | "running"));
            queued.jobs = left.map(|task| (task.id, task.state == "running")).collect();
        }
        Ok(found)
    }

    fn cancel(&self, arrays: &[Named<'_>], waiting: bool) -> Result<()> {
        // Which of them wait can't be said to it, so that what was handed over is let finish.
        if waiting {
            return Ok(());
        }
        let mut ids: Vec<String> = arrays.iter().filter_map(|array| array.id.map(str::to_owned)).collect();
        let unnumbered: Vec<Named<'_>> = arrays.iter().filter(|array| array.id.is_none()).copied().collect();
        if !unnumbered.is_empty() {
            ids.extend(self.list(&unnumbered, &Cancelled::default())?.into_values().map(|queued| queued.id));
        }
        if ids.is_empty() {
            return Ok(());
        }
        let mut command = HQ.command();
        command.args(["job", "cancel", &ids.join(",")]);
        HQ.ask(command, CANCEL, None)?.done(HQ.program, is_passing).map(|_| ())
    }

    fn in_words(&self, jobs: usize, resources: &Resources) -> String {
        let asked: String = self.asked(resources).iter().map(|option| format!(" {option}")).collect();
        format!("hq submit --array=0-{}{asked}", jobs.saturating_sub(1))
    }
}

/// So long may be waited for jobs to be cancelled, by who pressed Ctrl-C.
const CANCEL: Duration = Duration::from_secs(10);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_it_answers_is_read_and_nothing_else() -> Result<()> {
        let jobs: Vec<JobLine> = read(
            r#"[{"id": 3, "name": "vintner-a", "task_count": 2,
                 "task_stats": {"running": 1, "finished": 1, "failed": 0, "canceled": 0, "waiting": 0}}]"#,
        )?;
        assert_eq!(jobs.first().map(|job| (job.id, job.name.as_str())), Some((3, "vintner-a")));
        let tasks: BTreeMap<String, Vec<TaskLine>> =
            read(r#"{"3": [{"id": 0, "state": "finished"}, {"id": 1, "state": "running", "worker": 1}]}"#)?;
        assert_eq!(tasks.get("3").map(Vec::len), Some(2));
        assert!(read::<Submitted>("Job submitted successfully, job ID: 1").is_err());
        let error = ClusterError::Refused { program: "hq", said: "No online server was found".into() };
        assert!(explained(error).to_string().contains("hq server start"));
        Ok(())
    }
}
