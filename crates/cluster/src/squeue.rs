//! What `squeue` says.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::error::{ClusterError, Result};
use crate::queue::{Left, Queued};
use crate::settled::lies_in;

/// The number of the array, which of its jobs, their state, why they wait, the array's name.
pub(crate) const FORMAT: &str = "%F|%K|%T|%r|%j";

/// The same with the folder that an array was submitted from in the place of its name.
pub(crate) const FORMAT_BELOW: &str = "%F|%K|%T|%r|%Z";

/// States in which a job won't make anything any longer. One that is being ended (`COMPLETING`) may still write.
const OVER: [&str; 10] = [
    "BOOT_FAIL",
    "CANCELLED",
    "COMPLETED",
    "DEADLINE",
    "FAILED",
    "NODE_FAIL",
    "OUT_OF_MEMORY",
    "PREEMPTED",
    "REVOKED",
    "TIMEOUT",
];
/// Why jobs wait whose turn will come.
const TURN: [&str; 8] = [
    "None",
    "Priority",
    "Resources",
    "Cleaning",
    "BeginTime",
    "JobArrayTaskLimit",
    "Prolog",
    "NonZeroExitCode",
];

/// Why Slurm itself holds jobs that it couldn't start, or not for good: they wait until somebody lets go of them, which nobody
/// knows to do. (What a person holds is `JobHeldUser` or `JobHeldAdmin`, and is waited for.)
const STUCK: [&str; 2] = ["launch failed requeued held", "JobHoldMaxRequeue"];

/// What is in the queue.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Listed {
    /// By the name of the array.
    pub(crate) queued: BTreeMap<String, Queued>,
    /// Jobs that never will be begun, as in `12_3`. They count as gone.
    pub(crate) stuck: Vec<String>,
}

/// Reads what is in the queue.
pub(crate) fn queued(said: &str) -> Result<Listed> {
    let Listed { queued: mut found, mut stuck } = Listed::default();
    for line in said.lines().filter(|line| !line.trim().is_empty()) {
        let not_understood = || ClusterError::NotUnderstood { program: "squeue", said: line.to_owned() };
        let [id, jobs, state, reason, name] = line.splitn(5, '|').map(str::trim).collect::<Vec<_>>()[..]
        else {
            return Err(not_understood());
        };
        let queued = found.entry(name.to_owned()).or_default();
        queued.id = id.to_owned();
        if OVER.contains(&state) {
            continue;
        }
        let runs = runs(state);
        if !runs && !TURN.contains(&reason) && !STUCK.contains(&reason) {
            queued.reason = Some(reason.to_owned());
        }
        for range in ranges(jobs).ok_or_else(not_understood)? {
            if !runs && STUCK.contains(&reason) {
                stuck.extend(range.map(|job| format!("{id}_{job}")));
                continue;
            }
            queued.jobs.extend(range.map(|job| (job, runs)));
        }
    }
    Ok(Listed { queued: found, stuck })
}

/// Whether a job in this state runs.
fn runs(state: &str) -> bool {
    !matches!(state, "PENDING" | "REQUEUED" | "REQUEUE_HOLD" | "REQUEUE_FED" | "SPECIAL_EXIT" | "CONFIGURING")
}

/// Reads what is in the queue of arrays that were submitted from folders in this one; what else a user has there is passed over.
pub(crate) fn below(said: &str, parent: &Path) -> Vec<Left> {
    let left = |line: &str| {
        let [id, jobs, state, _, folder] = line.splitn(5, '|').map(str::trim).collect::<Vec<_>>()[..] else {
            return None;
        };
        let folder = PathBuf::from(folder);
        if OVER.contains(&state) || !lies_in(&folder, parent) {
            return None;
        }
        // Those that wait stand in one line and go together.
        let is_one = !jobs.is_empty() && jobs.bytes().all(|byte| byte.is_ascii_digit());
        let id = if is_one { format!("{id}_{jobs}") } else { id.to_owned() };
        Some(Left { id, folder, runs: runs(state) })
    };
    said.lines().filter_map(left).collect()
}

/// The jobs of `3`, `0-5,7` or `[0-5,7%2]`.
fn ranges(text: &str) -> Option<Vec<std::ops::RangeInclusive<usize>>> {
    let text = text.trim_start_matches('[').trim_end_matches(']');
    let text = text.split('%').next()?;
    let range = |part: &str| {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let (last, step) = last.split_once(':').unwrap_or((last, "1"));
        let (first, last): (usize, usize) = (first.parse().ok()?, last.parse().ok()?);
        (step == "1" && first <= last && last - first < LARGEST).then_some(first..=last)
    };
    text.split(',').map(range).collect()
}

/// No array has more jobs.
const LARGEST: usize = 4_000_001;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_slurm_holds_by_itself_counts_as_gone() -> Result<()> {
        let said = "12|1|PENDING|launch failed requeued held|vintner-a\n12|2|PENDING|BeginTime|vintner-a\n\
                    12|3-4|REQUEUE_HOLD|JobHoldMaxRequeue|vintner-a\n12|5|PENDING|JobHeldUser|vintner-a\n";
        let found = queued(said)?;
        assert_eq!(found.stuck, ["12_1", "12_3", "12_4"]);
        let jobs =
            found.queued.get("vintner-a").map(|queued| queued.jobs.keys().copied().collect::<Vec<_>>());
        assert_eq!(jobs, Some(vec![2, 5]));
        Ok(())
    }

    #[test]
    fn what_was_submitted_from_folders_here_is_found() {
        let said = "12|[1,3-4]|PENDING|BeginTime|/w/s/a\n12|2|RUNNING|None|/w/s/a\n12|0|COMPLETED|None|/w/s/a\n\
                    13|N/A|PENDING|Priority|/home\n14|0|PENDING|None|/v/s/a\n15|7|REQUEUE_HOLD|x|/w/s/b|c\n\
                    16|0|RUNNING|None|/w/s\n";
        let found = below(said, Path::new("/w/s"));
        let found: Vec<_> =
            found.iter().map(|left| (left.id.as_str(), left.folder.to_str(), left.runs)).collect();
        let expected = [("12", "/w/s/a", false), ("12_2", "/w/s/a", true), ("15_7", "/w/s/b|c", false)];
        assert_eq!(found, expected.map(|(id, folder, runs)| (id, Some(folder), runs)));
    }

    #[test]
    fn what_waits_and_what_runs_is_told_apart() -> Result<()> {
        let said = "12|2-4,7%3|PENDING|Resources|vintner-a\n12|0|RUNNING|None|vintner-a\n12|1|COMPLETING|None|vintner-a\n\
                    12|6|CANCELLED|None|vintner-a\n13|0-1|PENDING|JobHeldAdmin|vintner-b\n14|0|NODE_FAIL|None|vintner-c\n";
        let found = queued(said)?.queued;
        let jobs =
            |name: &str| found.get(name).map(|queued| queued.jobs.clone().into_iter().collect::<Vec<_>>());
        assert_eq!(
            jobs("vintner-a"),
            Some(vec![(0, true), (1, true), (2, false), (3, false), (4, false), (7, false)])
        );
        assert_eq!(jobs("vintner-c"), Some(Vec::new()));
        let held = found
            .get("vintner-b")
            .ok_or_else(|| ClusterError::NotUnderstood { program: "", said: String::new() })?;
        assert_eq!((held.id.as_str(), held.reason.as_deref()), ("13", Some("JobHeldAdmin")));
        assert_eq!(queued("")?, Listed::default());
        for strange in ["slurm", "1|x|RUNNING|None|a", "1|5-2|RUNNING|None|a", "1|0-...|PENDING|None|a"] {
            assert!(queued(strange).is_err(), "{strange}");
        }
        Ok(())
    }
}
