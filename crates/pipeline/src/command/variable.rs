//! A variable that a stage declares.

use std::ffi::OsString;

use serde_json::{Value, json};

use crate::digest::{KEYED_DIGEST, SecretKey};

/// Where the value of a variable comes from, and how it counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Variable {
    /// From the spec, which says it to everybody.
    Written(String),
    /// From whoever runs the pipeline. It counts, and may be nobody else's affair: what is kept is a keyed
    /// digest.
    Callers(String),
    /// From whoever runs the pipeline, when the command runs. It doesn't count, and nothing of it is kept.
    Secret,
}

/// Shorter values are everywhere in what a command says, and no secrets.
const SHORTEST_HIDDEN: usize = 6;

impl Variable {
    /// What of it counts in the fingerprint, and may be shown.
    pub(super) fn to_param(&self, name: &str, key: &SecretKey) -> Value {
        match self {
            Variable::Written(value) => json!(value),
            Variable::Callers(value) => json!({KEYED_DIGEST: key.digest(name, value.as_bytes())}),
            Variable::Secret => json!({"secret": true}),
        }
    }

    /// Its value; `None` where it is a secret that isn't set.
    pub(super) fn value(&self, name: &str) -> Option<OsString> {
        match self {
            Variable::Written(value) | Variable::Callers(value) => Some(value.into()),
            Variable::Secret => std::env::var_os(name),
        }
    }

    /// Whether its value stays out of everything that is kept.
    pub(super) fn is_hidden(&self) -> bool {
        !matches!(self, Variable::Written(_))
    }

    /// The length from which on its value is taken out of what the command says.
    pub(super) fn shortest_hidden(&self) -> usize {
        match self {
            Variable::Secret => 1,
            Variable::Written(_) | Variable::Callers(_) => SHORTEST_HIDDEN,
        }
    }
}
