//! Slurm, by `sbatch`, `squeue` and `scancel`. Its accounting isn't asked, as many clusters have none.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::Duration;

use vintner_pipeline::{Cancelled, Resources};

use crate::error::{ClusterError, Result};
use crate::program::Client;
use crate::queue::{ANSWER, Array, Left, Named, Queue, Queued};
use crate::squeue::{FORMAT, FORMAT_BELOW, below, queued};
use crate::worker_call::text;

const HINT: &str = "Slurm's clients are on the login nodes of clusters that have it";
const SBATCH: Client = Client { program: "sbatch", hint: HINT };
const SQUEUE: Client = Client { program: "squeue", hint: HINT };
const SCANCEL: Client = Client { program: "scancel", hint: HINT };

/// The variable that has the number of a job in its array.
const NUMBER: &str = "SLURM_ARRAY_TASK_ID";

/// Slurm.
#[derive(Debug, Clone, Default)]
pub struct Slurm {
    /// To which account jobs are charged.
    pub account: Option<String>,
    /// What is asked for where a stage doesn't say.
    pub defaults: Resources,
    /// Further options of `sbatch`, as `--qos=short`.
    pub options: Vec<String>,
}

impl Slurm {
    /// The options that say what is asked for.
    fn asked(&self, resources: &Resources) -> Vec<String> {
        let or = |own: &Option<String>, default: &Option<String>| own.clone().or_else(|| default.clone());
        let defaults = &self.defaults;
        let partition = or(&resources.partition, &defaults.partition);
        let gres = or(&resources.gres, &defaults.gres);
        let time = resources.seconds.or(defaults.seconds).map(time);
        // What Slurm calls M are 2^20 bytes.
        let memory =
            resources.memory.or(defaults.memory).map(|bytes| format!("{}M", bytes.div_ceil(1 << 20)));
        let cpus = resources.cpus.or(defaults.cpus).map(|cpus| cpus.to_string());
        let options = [
            ("account", self.account.clone()),
            ("partition", partition),
            ("time", time),
            ("mem", memory),
            ("cpus-per-task", cpus),
            ("gres", gres),
        ];
        let given = options.into_iter().filter_map(|(name, value)| Some(format!("--{name}={}", value?)));
        given.chain(["--ntasks=1".to_owned()]).collect()
    }
}

/// Seconds as Slurm reads them.
fn time(seconds: u64) -> String {
    let (days, hours) = (seconds / 86_400, seconds / 3600 % 24);
    format!("{days}-{hours:02}:{:02}:{:02}", seconds / 60 % 60, seconds % 60)
}

/// A path in which Slurm replaces nothing.
fn pattern(folder: &Path, name: &str) -> Result<String> {
    Ok(format!("{}/{name}", text(folder)?.replace('%', "%%")))
}

/// What Slurm says where the same may be done later: it can't be reached, or has enough of this user's jobs.
fn is_passing(said: &str) -> bool {
    const SAID: [&str; 10] = [
        "Unable to contact slurm controller",
        "Unable to contact controller",
        "Socket timed out",
        "Zero Bytes were transmitted",
        "Connection refused",
        "Connection timed out",
        "emporarily un",
        "backup controller",
        "Job violates accounting/QOS policy (job submit limit",
        "Slurm backup",
    ];
    SAID.iter().any(|passing| said.contains(passing))
        || said.contains("SubmitJobs")
        || said.contains("MaxJobCount")
}

impl Queue for Slurm {
    fn name(&self) -> &'static str {
        "Slurm"
    }

    fn machines(&self) -> &'static str {
        "`sinfo` tells whether its nodes are up"
    }

    fn submit(&self, array: &Array<'_>) -> Result<String> {
        let lines: Vec<String> = self.options.iter().map(|option| format!("#SBATCH {option}")).collect();
        let cpus = array.resources.cpus.or(self.defaults.cpus);
        let resources = Resources { cpus, ..array.resources.clone() };
        let script = array.call.script(array.folder, NUMBER, &lines, &resources)?;
        let path = array.folder.join("job.sh");
        fs::write(&path, script).map_err(ClusterError::io(&path, "writing"))?;
        let mut command = SBATCH.command();
        command.args(["--parsable", &format!("--job-name={}", array.name)]);
        command.arg(format!("--array=0-{}", array.groups.saturating_sub(1)));
        command.args(self.asked(array.resources));
        command.arg(format!("--chdir={}", text(array.folder)?));
        command.arg(format!("--output={}", pattern(array.folder, "%a.out")?));
        command.arg(format!("--error={}", pattern(array.folder, "%a.err")?));
        command.arg(&path);
        let said = SBATCH.ask(command, ANSWER, None)?.done(SBATCH.program, is_passing)?;
        // Its number, and the cluster's name behind it where there are several.
        let number = said.lines().last().unwrap_or_default().split(';').next().unwrap_or_default().trim();
        match !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()) {
            true => Ok(number.to_owned()),
            false => Err(ClusterError::NotUnderstood {
                program: SBATCH.program,
                said: said.chars().take(200).collect(),
            }),
        }
    }

    fn list(&self, arrays: &[Named<'_>], cancelled: &Cancelled) -> Result<BTreeMap<String, Queued>> {
        let names: Vec<&str> = arrays.iter().map(|array| array.name).collect();
        let mut command = SQUEUE.command();
        // Long lists of what waits are shortened otherwise.
        command.env("SLURM_BITSTR_LEN", "0");
        command.args(["--noheader", &format!("--format={FORMAT}"), &format!("--name={}", names.join(","))]);
        // A controller that doesn't answer mustn't keep results from being seen that are there.
        let answer = SQUEUE.ask(command, ANSWER, Some(cancelled))?;
        // That squeue fails says that the controller can't be asked, whatever the words.
        let listed = queued(&answer.done(SQUEUE.program, |_| true)?)?;
        for stuck in listed.stuck.chunks(100) {
            let mut command = SCANCEL.command();
            command.args(stuck);
            // What stays would make nothing but what is there by then.
            match SCANCEL.ask(command, ANSWER, Some(cancelled)) {
                Ok(_) => tracing::info!(
                    jobs = stuck.join(" "),
                    "Slurm couldn't start them and held them: taken away"
                ),
                Err(error) => tracing::warn!(%error, "jobs that Slurm couldn't start can't be taken away"),
            }
        }
        Ok(listed.queued)
    }

    fn below(&self, parent: &Path, cancelled: &Cancelled) -> Result<Vec<Left>> {
        let mut command = SQUEUE.command();
        command.args(["--noheader", "--me", &format!("--format={FORMAT_BELOW}")]);
        let answer = SQUEUE.ask(command, ANSWER, Some(cancelled))?;
        Ok(below(&answer.done(SQUEUE.program, |_| true)?, parent))
    }

    fn cancel(&self, arrays: &[Named<'_>], waiting: bool) -> Result<()> {
        let (known, unknown): (Vec<&Named<'_>>, Vec<&Named<'_>>) =
            arrays.iter().partition(|array| array.id.is_some());
        let mut calls: Vec<Vec<String>> =
            unknown.iter().map(|array| vec![format!("--name={}", array.name)]).collect();
        let known: Vec<String> = known.iter().filter_map(|array| array.id.map(str::to_owned)).collect();
        calls.extend(known.chunks(100).map(<[String]>::to_vec));
        for call in calls {
            let mut command = SCANCEL.command();
            if waiting {
                command.arg("--state=PENDING");
            }
            command.args(call);
            SCANCEL.ask(command, CANCEL, None)?.done(SCANCEL.program, is_passing)?;
        }
        Ok(())
    }

    fn in_words(&self, jobs: usize, resources: &Resources) -> String {
        format!("sbatch --array=0-{} {}", jobs.saturating_sub(1), self.asked(resources).join(" "))
    }
}

/// So long may be waited for jobs to be cancelled, by who pressed Ctrl-C.
const CANCEL: Duration = Duration::from_secs(10);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stage_goes_before_what_holds_for_all() {
        let slurm = Slurm {
            account: Some("econ".into()),
            defaults: Resources {
                seconds: Some(3600),
                partition: Some("short".into()),
                ..Resources::default()
            },
            options: Vec::new(),
        };
        let own = Resources {
            seconds: Some(90_061),
            memory: Some(4_000_000_000),
            cpus: Some(2),
            gres: Some("gpu:1".into()),
            partition: None,
        };
        assert_eq!(
            slurm.in_words(3, &own),
            "sbatch --array=0-2 --account=econ --partition=short --time=1-01:01:01 --mem=3815M --cpus-per-task=2 \
             --gres=gpu:1 --ntasks=1"
        );
        assert_eq!(
            slurm.in_words(1, &Resources::default()),
            "sbatch --array=0-0 --account=econ --partition=short --time=0-01:00:00 --ntasks=1"
        );
    }
}
