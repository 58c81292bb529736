//! Programs with their versions.

use serde::Serialize;
use vintner_pipeline::{Origin, StageStatus, Store};

/// A program.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Software {
    /// Its name, or the command that was asked for its version.
    pub name: String,
    /// Its version, as it answered.
    pub version: String,
    /// The stages that run it.
    pub stages: Vec<String>,
}

/// This program, and those whose versions stages depend on.
pub(super) fn software<'s>(statuses: impl Iterator<Item = &'s StageStatus>, store: &Store) -> Vec<Software> {
    let version = env!("CARGO_PKG_VERSION").to_owned();
    let mut found = vec![Software { name: "Vintner".into(), version, stages: Vec::new() }];
    for status in statuses {
        let inputs = status.record.iter().flat_map(|record| &record.inputs);
        for input in inputs {
            let Origin::Command(line) = &input.from else { continue };
            let answer = store.object(&input.digest).unwrap_or_default();
            let answer = String::from_utf8_lossy(&answer).into_owned();
            let version =
                answer.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default().to_owned();
            let known = found.iter_mut().find(|one| one.name == *line && one.version == version);
            let stage = status.id.stage.clone();
            match known {
                Some(known) if known.stages.contains(&stage) => {}
                Some(known) => known.stages.push(stage),
                None => found.push(Software { name: line.clone(), version, stages: vec![stage] }),
            }
        }
    }
    found
}
