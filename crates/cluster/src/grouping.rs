//! Which branches go into one job: so many as take about as long as a job should.

use std::collections::BTreeMap;
use std::time::Duration;

use vintner_pipeline::Resources;

use crate::limits::Limits;

/// A branch of which it isn't known how long it takes counts as so many seconds.
const UNKNOWN: f64 = 1.0;
/// No job is begun for less than so much.
const SHORTEST: Duration = Duration::from_secs(5);
/// So many branches go into a group at most, however short they are.
const MOST: usize = 1000;

/// Where very many branches wait, a group takes longer than it is asked to: so many groups are left for each job that may
/// be in the queue, so that all end together (guided self-scheduling; Polychronopoulos and Kuck 1987), up to so many
/// times as long as is asked for, and to a share of the time that a job may take.
const ROUNDS: f64 = 8.0;
const LONGER: f64 = 10.0;
const SHARE_OF_LIMIT: f64 = 0.25;

/// What counts of a branch.
pub(crate) struct Share<'a> {
    pub(crate) resources: &'a Resources,
    pub(crate) seconds: Option<f64>,
    pub(crate) forced: bool,
}

/// The branches of each group, by their positions, in their order. Groups have branches that ask for the same, each so many
/// that it takes about as long as is asked for, less where more jobs may run at once, and more where very many branches wait. Where more may be handed over
/// soon (`whole` isn't said), only full groups are made.
pub(crate) fn groups(shares: &[Share<'_>], limits: &Limits, whole: bool) -> Vec<Vec<usize>> {
    let seconds = |share: &Share<'_>| share.seconds.filter(|seconds| *seconds >= 0.0).unwrap_or(UNKNOWN);
    let total: f64 = shares.iter().map(seconds).sum();
    let longest = limits.group.as_secs_f64();
    let even = total / limits.jobs.max(1) as f64;
    let asked = even.clamp(SHORTEST.as_secs_f64().min(longest), longest);
    let grown = (even / ROUNDS).min(longest * LONGER);
    let mut alike: BTreeMap<(&Resources, bool), Vec<usize>> = BTreeMap::new();
    for (at, share) in shares.iter().enumerate() {
        alike.entry((share.resources, share.forced)).or_default().push(at);
    }
    let mut groups = Vec::new();
    for ((resources, _), positions) in alike {
        let limit = resources.seconds.map_or(f64::INFINITY, |limit| limit as f64 * SHARE_OF_LIMIT);
        let target = asked.max(grown.min(limit));
        let (mut group, mut sum) = (Vec::new(), 0.0);
        for at in positions {
            let own = shares.get(at).map_or(0.0, seconds);
            // What is long goes by itself, rather than behind others.
            if !group.is_empty() && (sum + own > target * 1.5 || group.len() == MOST) {
                groups.push(std::mem::take(&mut group));
                sum = 0.0;
            }
            group.push(at);
            sum += own;
            if sum >= target {
                groups.push(std::mem::take(&mut group));
                sum = 0.0;
            }
        }
        if whole && !group.is_empty() {
            groups.push(group);
        }
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sizes(seconds: &[Option<f64>], limits: &Limits, whole: bool) -> Vec<usize> {
        let none = Resources::default();
        let shares: Vec<Share<'_>> = seconds
            .iter()
            .map(|seconds| Share { resources: &none, seconds: *seconds, forced: false })
            .collect();
        groups(&shares, limits, whole).iter().map(Vec::len).collect()
    }

    #[test]
    fn a_group_takes_about_a_minute() {
        let few = Limits { jobs: 2, ..Limits::default() };
        assert_eq!(sizes(&[None; 150], &few, true), [60, 60, 30]);
        assert_eq!(sizes(&[Some(10.0); 30], &few, true), [6, 6, 6, 6, 6]);
        assert_eq!(sizes(&[Some(0.01); 2500], &few, true), [1250 - 250, 1000, 500]);
        assert_eq!(sizes(&[Some(500.0), Some(1.0), Some(500.0), Some(1.0)], &few, true), [1, 1, 1, 1]);
        // As many at once as there may be, each at least a few seconds.
        let many = Limits { jobs: 48, ..Limits::default() };
        assert_eq!(sizes(&[None; 480], &many, true).len(), 48);
        assert_eq!(sizes(&[None; 12], &many, true), [5, 5, 2]);
    }

    #[test]
    fn where_very_many_wait_a_group_takes_longer_within_what_a_job_may_take() {
        let few = Limits { jobs: 2, ..Limits::default() };
        // Eight groups are left for each job.
        assert_eq!(sizes(&[Some(60.0); 32], &few, true), [2; 16]);
        // Ten times as long as asked at most.
        assert_eq!(sizes(&[Some(60.0); 2000], &few, true), [10; 200]);
        let quarter_of_an_hour = Resources { seconds: Some(900), ..Resources::default() };
        let share = |_| Share { resources: &quarter_of_an_hour, seconds: Some(60.0), forced: false };
        let shares: Vec<Share<'_>> = (0..200).map(share).collect();
        assert!(groups(&shares, &few, true).iter().all(|group| (3..=4).contains(&group.len())));
    }

    #[test]
    fn what_may_grow_waits_and_what_differs_is_apart() {
        let limits = Limits { jobs: 2, ..Limits::default() };
        assert_eq!(sizes(&[None; 130], &limits, false), [60, 60]);
        let large = Resources { cpus: Some(8), ..Resources::default() };
        let small = Resources::default();
        let share = |at: usize| Share {
            resources: if at.is_multiple_of(2) { &large } else { &small },
            seconds: None,
            forced: at == 5,
        };
        let shares: Vec<Share<'_>> = (0..6).map(share).collect();
        assert_eq!(groups(&shares, &limits, true), [vec![1, 3], vec![5], vec![0, 2, 4]]);
    }

    #[test]
    fn nothing_is_left_out() {
        let seconds: Vec<Option<f64>> =
            (0..997).map(|at| (at % 3 > 0).then_some(f64::from(at % 90))).collect();
        let none = Resources::default();
        let shares: Vec<Share<'_>> = seconds
            .iter()
            .map(|seconds| Share { resources: &none, seconds: *seconds, forced: false })
            .collect();
        let mut all: Vec<usize> = groups(&shares, &Limits::default(), true).into_iter().flatten().collect();
        all.sort_unstable();
        assert_eq!(all, (0..997).collect::<Vec<_>>());
    }
}
