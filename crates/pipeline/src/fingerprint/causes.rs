//! Why a branch isn't what it was: one predicate a cause.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::Serialize;
use serde_json::Value;

use super::fingerprint::{Fingerprint, InputDigest};

/// One cause for which a branch runs (again).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "cause")]
pub enum Cause {
    /// There is no record of it on this vintage.
    FirstRun,
    /// It was asked for.
    Forced,
    /// An output that its record names isn't in the store any longer.
    Gone {
        /// The output.
        output: String,
    },
    /// An output isn't what its digest says.
    Corrupt {
        /// The output.
        output: String,
    },
    /// It is another operation now.
    Operation {
        /// What it was.
        before: String,
        /// What it is.
        after: String,
    },
    /// The program's code for the operation is another.
    Code {
        /// The operation.
        operation: String,
    },
    /// The form of fingerprints is another.
    Format {
        /// What it was.
        before: u32,
        /// What it is.
        after: u32,
    },
    /// A parameter differs.
    Parameter {
        /// Its path.
        path: String,
        /// What it was.
        before: Value,
        /// What it is.
        after: Value,
    },
    /// The seed differs.
    Seed,
    /// It reads something that it didn't read before.
    InputNew {
        /// The role.
        role: String,
        /// Which, where there are several.
        key: String,
    },
    /// It no longer reads something.
    InputGone {
        /// The role.
        role: String,
        /// Which, where there are several.
        key: String,
    },
    /// Something that it reads differs.
    InputChanged {
        /// The role.
        role: String,
        /// Which, where there are several.
        key: String,
        /// The columns or groups of rows that differ, where only some are read.
        parts: Vec<String>,
    },
    /// The record of its last run has no outputs in the store.
    NoRecord,
}

/// What makes `now` another fingerprint than `before`.
pub(crate) fn causes(before: Option<&Fingerprint>, now: &Fingerprint) -> Vec<Cause> {
    let Some(before) = before else { return vec![Cause::FirstRun] };
    let predicates: [fn(&Fingerprint, &Fingerprint) -> Vec<Cause>; 6] =
        [format_changed, operation_changed, code_changed, parameters_changed, seed_changed, inputs_changed];
    let causes: Vec<Cause> = predicates.iter().flat_map(|predicate| predicate(before, now)).collect();
    if causes.is_empty() { vec![Cause::NoRecord] } else { causes }
}

fn format_changed(before: &Fingerprint, now: &Fingerprint) -> Vec<Cause> {
    let cause = Cause::Format { before: before.format, after: now.format };
    (before.format != now.format).then_some(cause).into_iter().collect()
}

fn operation_changed(before: &Fingerprint, now: &Fingerprint) -> Vec<Cause> {
    let cause = || Cause::Operation { before: before.operation.clone(), after: now.operation.clone() };
    (before.operation != now.operation).then(cause).into_iter().collect()
}

fn code_changed(before: &Fingerprint, now: &Fingerprint) -> Vec<Cause> {
    let cause = || Cause::Code { operation: now.operation.clone() };
    (before.code != now.code).then(cause).into_iter().collect()
}

fn seed_changed(before: &Fingerprint, now: &Fingerprint) -> Vec<Cause> {
    (before.seed != now.seed).then_some(Cause::Seed).into_iter().collect()
}

fn parameters_changed(before: &Fingerprint, now: &Fingerprint) -> Vec<Cause> {
    let mut causes = Vec::new();
    parameter_changed("", &before.params, &now.params, &mut causes);
    causes
}

fn parameter_changed(path: &str, before: &Value, now: &Value, causes: &mut Vec<Cause>) {
    match (before, now) {
        (Value::Object(old), Value::Object(new)) => {
            let names: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
            for name in names {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                let absent = Value::Null;
                let (old, new) = (old.get(name).unwrap_or(&absent), new.get(name).unwrap_or(&absent));
                parameter_changed(&path, old, new, causes);
            }
        }
        (old, new) if old != new => {
            causes.push(Cause::Parameter { path: path.to_owned(), before: old.clone(), after: new.clone() })
        }
        _ => {}
    }
}

fn inputs_changed(before: &Fingerprint, now: &Fingerprint) -> Vec<Cause> {
    let nothing = Vec::new();
    let roles: BTreeSet<&String> = before.inputs.keys().chain(now.inputs.keys()).collect();
    let mut causes = Vec::new();
    for role in roles {
        let by_key = |inputs: &'_ Fingerprint| -> BTreeMap<String, InputDigest> {
            let given = inputs.inputs.get(role).unwrap_or(&nothing);
            given.iter().map(|input| (input.key.clone(), input.clone())).collect()
        };
        let (old, new) = (by_key(before), by_key(now));
        for (key, input) in &new {
            match old.get(key) {
                None => causes.push(Cause::InputNew { role: role.clone(), key: key.clone() }),
                Some(earlier) if earlier == input => {}
                Some(earlier) => causes.push(Cause::InputChanged {
                    role: role.clone(),
                    key: key.clone(),
                    parts: changed_parts(earlier, input),
                }),
            }
        }
        let gone = old.keys().filter(|key| !new.contains_key(*key));
        causes.extend(gone.map(|key| Cause::InputGone { role: role.clone(), key: key.clone() }));
    }
    causes
}

fn changed_parts(before: &InputDigest, now: &InputDigest) -> Vec<String> {
    let columns = now.columns.iter().filter(|(name, digest)| before.columns.get(*name) != Some(digest));
    let groups = now.groups.iter().filter(|(name, digest)| before.groups.get(*name) != Some(digest));
    columns.chain(groups).map(|(name, _)| name.clone()).collect()
}

impl fmt::Display for Cause {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Cause::FirstRun => formatter.write_str("it hasn't run on this vintage yet"),
            Cause::Forced => formatter.write_str("--force"),
            Cause::Gone { output } => write!(formatter, "its output {output} is no longer in the store"),
            Cause::Corrupt { output } => write!(formatter, "its output {output} is corrupt in the store"),
            Cause::Operation { before, after } => write!(formatter, "operation {before} -> {after}"),
            Cause::Code { operation } => write!(formatter, "code of {operation} changed"),
            Cause::Format { before, after } => write!(formatter, "form of the cache {before} -> {after}"),
            Cause::Parameter { path, before, after } => {
                write!(formatter, "parameter {path}: {} -> {}", brief(before), brief(after))
            }
            Cause::Seed => formatter.write_str("the seed changed"),
            Cause::InputNew { role, key } => write!(formatter, "input {} is new", name(role, key)),
            Cause::InputGone { role, key } => write!(formatter, "input {} is gone", name(role, key)),
            Cause::InputChanged { role, key, parts } if parts.is_empty() => {
                write!(formatter, "input {} changed", name(role, key))
            }
            Cause::InputChanged { role, key, parts } => {
                write!(formatter, "input {} changed in {}", name(role, key), parts.join(", "))
            }
            Cause::NoRecord => formatter.write_str("its outputs are no longer in the store"),
        }
    }
}

fn name(role: &str, key: &str) -> String {
    if key.is_empty() { role.to_owned() } else { format!("{role} {key}") }
}

fn brief(value: &Value) -> String {
    let text = if value.is_null() { "none".to_owned() } else { value.to_string() };
    if text.chars().count() <= 60 {
        text
    } else {
        format!("{}…", text.chars().take(59).collect::<String>())
    }
}
