//! What a run would do, and why.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use crate::engine::Reading;
use crate::{Fingerprint, Plan, Record, Result, Store};

/// The state of a branch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "state", content = "causes")]
pub enum State {
    /// The store has its outputs.
    Fresh,
    /// It would run; why.
    Stale(Vec<String>),
    /// Something that it reads would run first, and might come out the same; which.
    Waiting(Vec<String>),
}

/// The state of one branch.
#[derive(Debug, Clone, Serialize)]
pub struct StageStatus {
    /// The branch.
    pub branch: String,
    /// Its state.
    #[serde(flatten)]
    pub state: State,
    /// What is kept of it, where it is fresh.
    #[serde(skip)]
    pub record: Option<Record>,
}

/// The state of each branch of a plan; runs nothing and writes nothing.
///
/// # Errors
/// Where a file that a branch reads can't be read.
pub fn status(plan: &Plan<'_>, store: &Store) -> Result<Vec<StageStatus>> {
    let latest = store.latest(&plan.vintage.name);
    let reading = Reading::default();
    let mut records: Vec<Option<Record>> = Vec::with_capacity(plan.branches.len());
    let mut statuses = Vec::with_capacity(plan.branches.len());
    for branch in &plan.branches {
        let name = branch.id.to_string();
        let waiting: Vec<String> = branch
            .upstream
            .iter()
            .filter(|index| records.get(**index).is_none_or(Option::is_none))
            .map(|index| plan.branches[*index].id.to_string())
            .collect();
        let (state, record) = if waiting.is_empty() {
            let fingerprint = reading.fingerprint(plan, branch, &|index| records.get(index)?.as_ref())?;
            match store.record(&fingerprint.digest()) {
                Some(record) => (State::Fresh, Some(record)),
                None => {
                    let before = latest.get(&name).and_then(|digest| store.fingerprint(digest));
                    (State::Stale(causes(before.as_ref(), &fingerprint)), None)
                }
            }
        } else {
            (State::Waiting(waiting), None)
        };
        statuses.push(StageStatus { branch: name, state, record: record.clone() });
        records.push(record);
    }
    Ok(statuses)
}

/// What makes `now` another fingerprint than `before`, one cause a line.
pub(crate) fn causes(before: Option<&Fingerprint>, now: &Fingerprint) -> Vec<String> {
    let Some(before) = before else { return vec!["it hasn't run on this vintage yet".into()] };
    let mut causes = Vec::new();
    if before.operation != now.operation {
        causes.push(format!("operation {} -> {}", before.operation, now.operation));
    }
    if before.code != now.code {
        causes.push(format!("code of {} changed", now.operation));
    }
    parameter_causes("", &before.params, &now.params, &mut causes);
    if before.seed != now.seed {
        causes.push("the seed changed".into());
    }
    for role in
        before.inputs.keys().chain(now.inputs.keys().filter(|role| !before.inputs.contains_key(*role)))
    {
        let none = Vec::new();
        let (old, new) = (before.inputs.get(role).unwrap_or(&none), now.inputs.get(role).unwrap_or(&none));
        input_causes(role, old, new, &mut causes);
    }
    if causes.is_empty() {
        causes.push("its outputs are no longer in the store".into());
    }
    causes
}

fn parameter_causes(path: &str, before: &Value, now: &Value, causes: &mut Vec<String>) {
    match (before, now) {
        (Value::Object(old), Value::Object(new)) => {
            let names: std::collections::BTreeSet<&String> = old.keys().chain(new.keys()).collect();
            for name in names {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                let absent = Value::Null;
                parameter_causes(
                    &path,
                    old.get(name).unwrap_or(&absent),
                    new.get(name).unwrap_or(&absent),
                    causes,
                );
            }
        }
        (old, new) if old != new => {
            causes.push(format!("parameter {path}: {} -> {}", brief(old), brief(new)))
        }
        _ => {}
    }
}

fn brief(value: &Value) -> String {
    let text = if value.is_null() { "none".to_owned() } else { value.to_string() };
    if text.chars().count() <= 60 {
        text
    } else {
        format!("{}…", text.chars().take(59).collect::<String>())
    }
}

fn input_causes(
    role: &str,
    before: &[crate::InputDigest],
    now: &[crate::InputDigest],
    causes: &mut Vec<String>,
) {
    let by_key = |inputs: &[crate::InputDigest]| -> BTreeMap<String, crate::InputDigest> {
        inputs.iter().map(|input| (input.key.clone(), input.clone())).collect()
    };
    let (old, new) = (by_key(before), by_key(now));
    let name = |key: &str| if key.is_empty() { role.to_owned() } else { format!("{role} {key}") };
    for (key, input) in &new {
        match old.get(key) {
            None => causes.push(format!("input {} is new", name(key))),
            Some(earlier) if earlier == input => {}
            Some(earlier) => {
                let columns =
                    input.columns.iter().filter(|(name, digest)| earlier.columns.get(*name) != Some(digest));
                let groups =
                    input.groups.iter().filter(|(name, digest)| earlier.groups.get(*name) != Some(digest));
                let changed: Vec<&str> = columns.chain(groups).map(|(name, _)| name.as_str()).collect();
                let which =
                    if changed.is_empty() { String::new() } else { format!(" in {}", changed.join(", ")) };
                causes.push(format!("input {} changed{which}", name(key)));
            }
        }
    }
    for key in old.keys().filter(|key| !new.contains_key(*key)) {
        causes.push(format!("input {} is gone", name(key)));
    }
}
