//! The order in which stages can run, and circles among them.

use std::collections::{BTreeMap, BTreeSet};

use super::checker::Checker;
use crate::spec::reference::Written;

impl<'a> Checker<'a> {
    /// The stages, each after those that it reads: level by level, and by name within a level. Stages
    /// with faults of their own are among them, so that a circle through one is reported too.
    pub(crate) fn order(&mut self) -> Vec<String> {
        let reads = self.reads();
        let mut readers: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        let mut waiting: BTreeMap<&str, usize> = BTreeMap::new();
        for (name, from) in &reads {
            waiting.insert(name, from.len());
            from.iter().for_each(|from| readers.entry(from).or_default().push(name));
        }
        let mut order: Vec<String> = Vec::with_capacity(waiting.len());
        let mut free: BTreeSet<&str> =
            waiting.iter().filter(|(_, count)| **count == 0).map(|(name, _)| *name).collect();
        while !waiting.is_empty() {
            if free.is_empty() {
                // Taken for made, so that other circles come to light.
                let left: BTreeSet<&str> = waiting.keys().copied().collect();
                free = self.report_cycle(&left, &reads).into_iter().collect();
            }
            let mut next = BTreeSet::new();
            for name in free {
                waiting.remove(name);
                order.push(name.to_owned());
                for reader in readers.get(name).into_iter().flatten() {
                    if let Some(count) = waiting.get_mut(reader) {
                        *count = count.saturating_sub(1);
                        if *count == 0 {
                            next.insert(*reader);
                        }
                    }
                }
            }
            free = next;
        }
        order
    }

    /// The stages that each stage reads.
    fn reads(&self) -> BTreeMap<&'a str, BTreeSet<&'a str>> {
        let spec = self.spec;
        let stages = spec.stages.iter().map(|(name, stage)| {
            let targets = stage.inputs.values().map(|target| Written::read(&target.value).stage);
            let of = stage.foreach.as_ref().and_then(|foreach| foreach.get("of")?.as_str());
            let of = of.map(|of| of.split_once('.').map_or(of, |(stage, _)| stage));
            let known = targets.chain(of).filter_map(|from| spec.stages.get_key_value(from));
            (name.value.as_str(), known.map(|(from, _)| from.value.as_str()).collect())
        });
        stages.collect()
    }

    /// Reports a circle among the stages left, of which each reads another, and returns its stages.
    fn report_cycle<'s>(
        &mut self,
        left: &BTreeSet<&'s str>,
        reads: &BTreeMap<&'s str, BTreeSet<&'s str>>,
    ) -> Vec<&'s str> {
        // Every stage left reads another that is left, so following them comes back to one seen.
        let mut path: Vec<&str> = left.iter().copied().take(1).collect();
        let next = |name: &str| reads.get(name)?.iter().copied().find(|from| left.contains(from));
        while let Some(next) = path.last().and_then(|last| next(last)) {
            if let Some(start) = path.iter().position(|seen| *seen == next) {
                let mut cycle: Vec<&str> = path.split_off(start);
                cycle.reverse();
                let first = cycle.iter().min().copied().unwrap_or(next);
                while cycle.first() != Some(&first) {
                    cycle.rotate_left(1);
                }
                let stages = cycle.clone();
                cycle.push(first);
                let span =
                    self.spec.stages.get_key_value(first).map(|(name, _)| name.span).unwrap_or_default();
                self.fault(
                    span,
                    format!("the stages {} read one another in a circle", cycle.join(" -> ")),
                    Some("take one of these inputs away".into()),
                );
                return stages;
            }
            path.push(next);
        }
        left.iter().copied().collect()
    }
}
