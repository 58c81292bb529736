//! What `vintner.toml` says of clusters.

use std::time::Duration;

use serde::{Deserialize, Deserializer};
use vintner_cluster::{HyperQueue, Limits, Queue, Slurm};
use vintner_pipeline::Resources;
use vintner_pipeline::command::Timeout;

use crate::arguments::Executor;

/// Who makes branches, and what is asked of clusters.
#[derive(Debug, Clone, Default)]
pub(crate) struct Executing {
    pub(crate) executor: Executor,
    pub(crate) slurm: ClusterTable,
    pub(crate) hq: ClusterTable,
}

/// What is said of a cluster; what isn't said is left to it, or to what holds for all.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ClusterTable {
    account: Option<String>,
    partition: Option<String>,
    gres: Option<String>,
    time: Option<Time>,
    memory: Option<Size>,
    cpus: Option<Count>,
    /// Further options of `sbatch`, or of `hq submit`.
    options: Option<Vec<String>>,
    /// Lines of shell before the worker.
    pub(crate) before: Option<Vec<String>>,
    /// The program, by a path that holds on all machines.
    pub(crate) program: Option<String>,
    /// Stages that are made where one stands.
    here: Option<Vec<String>>,
    group: Option<Time>,
    jobs: Option<Count>,
    array: Option<Count>,
    retries: Option<u16>,
    patience: Option<Time>,
    notice: Option<Time>,
    poll: Option<Time>,
}

/// A time, as `90s`, `30m` or `4h`, in seconds.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Time(u64);

/// A size, as `800MB` or `4GB`, in bytes.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Size(u64);

/// A whole number from 1 on.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Count(u32);

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let time = Timeout::parse(&text).map(|time| Self(time.duration().as_secs()));
        time.ok_or_else(|| {
            serde::de::Error::custom(format!("`{text}` is no time; write `90s`, `30m` or `4h`"))
        })
    }
}

impl<'de> Deserialize<'de> for Size {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let size = vintner_pipeline::bytes_of(&text).map(Self);
        size.ok_or_else(|| serde::de::Error::custom(format!("`{text}` is no size; write `800MB` or `4GB`")))
    }
}

impl<'de> Deserialize<'de> for Count {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let count = u32::deserialize(deserializer)?;
        let refused = || {
            serde::de::Error::custom(format!(
                "{count} is too few, or too many; write a number from 1 to 1000000"
            ))
        };
        Some(Self(count)).filter(|count| (1..=1_000_000).contains(&count.0)).ok_or_else(refused)
    }
}

/// What holds of a cluster, of files of which the first goes before the others.
pub(crate) fn cluster<'t>(tables: impl Iterator<Item = &'t ClusterTable>) -> ClusterTable {
    tables.fold(ClusterTable::default(), |first, other| {
        let other = other.clone();
        ClusterTable {
            account: first.account.or(other.account),
            partition: first.partition.or(other.partition),
            gres: first.gres.or(other.gres),
            time: first.time.or(other.time),
            memory: first.memory.or(other.memory),
            cpus: first.cpus.or(other.cpus),
            options: first.options.or(other.options),
            before: first.before.or(other.before),
            program: first.program.or(other.program),
            here: first.here.or(other.here),
            group: first.group.or(other.group),
            jobs: first.jobs.or(other.jobs),
            array: first.array.or(other.array),
            retries: first.retries.or(other.retries),
            patience: first.patience.or(other.patience),
            notice: first.notice.or(other.notice),
            poll: first.poll.or(other.poll),
        }
    })
}

impl Executing {
    /// What is said of a queue.
    pub(crate) fn table(&self, executor: Executor) -> &ClusterTable {
        if executor == Executor::Hq { &self.hq } else { &self.slurm }
    }

    /// The queue; none where branches are made by the run itself.
    pub(crate) fn queue(&self, executor: Executor) -> Option<Box<dyn Queue>> {
        let table = self.table(executor);
        let (defaults, options) = (table.defaults(), table.options.clone().unwrap_or_default());
        match executor {
            Executor::Local => None,
            Executor::Slurm => Some(Box::new(Slurm { account: table.account.clone(), defaults, options })),
            Executor::Hq => Some(Box::new(HyperQueue { defaults, options })),
        }
    }
}

impl ClusterTable {
    fn defaults(&self) -> Resources {
        Resources {
            seconds: self.time.map(|time| time.0),
            memory: self.memory.map(|memory| memory.0),
            cpus: self.cpus.map(|cpus| cpus.0),
            gres: self.gres.clone(),
            partition: self.partition.clone(),
        }
    }

    /// How much is asked of it.
    pub(crate) fn limits(&self) -> Limits {
        let usual = Limits::default();
        let time = |own: Option<Time>, usual| own.map_or(usual, |time| Duration::from_secs(time.0));
        let count = |own: Option<Count>, usual| own.map_or(usual, |count| count.0 as usize);
        Limits {
            group: time(self.group, usual.group),
            jobs: count(self.jobs, usual.jobs),
            array: count(self.array, usual.array),
            retries: self.retries.map_or(usual.retries, usize::from),
            patience: time(self.patience, usual.patience),
            notice: time(self.notice, usual.notice),
            poll: time(self.poll, usual.poll),
            here: self.here.clone().unwrap_or_default(),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn table(text: &str) -> ClusterTable {
        toml::from_str(text).unwrap()
    }

    #[test]
    fn the_workspace_goes_before_the_machine_field_by_field() {
        let machine = table("account = \"econ\"\ntime = \"1h\"\njobs = 50\nbefore = [\"module load R\"]");
        let own = table("time = \"90s\"\nmemory = \"4GB\"\nretries = 0");
        let both = cluster([&own, &machine].into_iter());
        assert_eq!(both.account.as_deref(), Some("econ"));
        assert_eq!((both.defaults().seconds, both.defaults().memory), (Some(90), Some(4_000_000_000)));
        assert_eq!((both.limits().jobs, both.limits().retries, both.limits().array), (50, 0, 1000));
        assert_eq!(both.before.unwrap(), ["module load R"]);
    }

    #[test]
    fn what_is_no_time_size_or_number_is_refused() {
        for (text, said) in [
            ("time = \"1 day\"", "`1 day` is no time"),
            ("memory = \"lots\"", "`lots` is no size"),
            ("jobs = 0", "0 is too few"),
            ("queue = \"x\"", "unknown field `queue`"),
        ] {
            let error = toml::from_str::<ClusterTable>(text).unwrap_err().to_string();
            assert!(error.contains(said), "{text}: {error}");
        }
    }
}
