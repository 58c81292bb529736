//! All that scripts say, before they are written in a language.

use std::collections::{BTreeMap, BTreeSet};

use crate::request::ReplicateRequest;
use crate::script::Statement;

/// A part of the pipeline that scripts don't repeat, and why.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct NotReplicated {
    /// The stage, branch or number.
    pub what: String,
    /// The reason.
    pub reason: String,
}

/// A number that the pipeline made.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Expected {
    pub(crate) stage: String,
    pub(crate) model: String,
    pub(crate) term: String,
    pub(crate) estimate: Option<f64>,
    pub(crate) std_error: Option<f64>,
    pub(crate) p_value: Option<f64>,
}

/// Which model's rows stand in a published table under which name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TableRow {
    pub(crate) file: String,
    pub(crate) table: String,
    pub(crate) unit: String,
    pub(crate) stage: String,
    pub(crate) model: String,
}

/// What scripts say.
#[derive(Debug, Default)]
pub(crate) struct Program {
    /// `1_data`.
    pub(crate) data: Vec<Statement>,
    /// `2_variables`.
    pub(crate) variables: Vec<Statement>,
    /// `3_estimates`.
    pub(crate) estimates: Vec<Statement>,
    /// The numbers that are compared.
    pub(crate) expected: Vec<Expected>,
    /// How published tables name these.
    pub(crate) tables: Vec<TableRow>,
    /// Crosswalks that are read, by their paths in the workspace: the name that each has in the scripts.
    pub(crate) crosswalks: BTreeMap<String, String>,
    /// Files beside the scripts, by their path.
    pub(crate) files: BTreeMap<String, Vec<u8>>,
    /// Of files that hold the values of one source: its name.
    pub(crate) of_source: BTreeMap<String, String>,
    /// What isn't repeated.
    pub(crate) not_replicated: BTreeSet<NotReplicated>,
    /// By branch, the name that its frame has in the scripts.
    pub(crate) frames: BTreeMap<String, String>,
}

impl Program {
    /// Has `bytes` lie where scripts find them: under `path`, or where they lie already. Hands back the path.
    pub(crate) fn put(&mut self, path: String, bytes: Vec<u8>, request: &ReplicateRequest<'_>) -> String {
        if let Some(beside) = (request.beside)(&bytes) {
            return beside;
        }
        self.files.insert(path.clone(), bytes);
        path
    }

    /// Names a part that isn't repeated.
    pub(crate) fn leave_out(&mut self, what: impl Into<String>, reason: impl Into<String>) {
        self.not_replicated.insert(NotReplicated { what: what.into(), reason: reason.into() });
    }
}
