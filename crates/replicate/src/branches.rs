//! What the store keeps of a pipeline's branches: their parameters, what they read and what they made.

use std::io::Cursor;

use polars::prelude::{DataFrame, ParquetReader, SerReader};
use serde::de::DeserializeOwned;
use serde_json::Value;
use vintner_pipeline::{Origin, Plan, Record, StageStatus, State, Store, Survey};

use crate::error::{ReplicateError, Result};

/// A branch as it was made.
pub(crate) struct Branch<'a> {
    /// `stage` or `stage[item]`.
    pub(crate) name: String,
    pub(crate) stage: String,
    pub(crate) item: Option<String>,
    pub(crate) title: Option<String>,
    record: Record,
    store: &'a Store,
}

/// Where an input of a branch came from.
pub(crate) struct Read {
    pub(crate) role: String,
    /// The branch and output, or the file.
    pub(crate) from: From,
}

/// Where an input came from.
pub(crate) enum From {
    /// An output of a branch.
    Output {
        /// The branch.
        branch: String,
        /// The output.
        output: String,
    },
    /// A file, from the workspace.
    File(String),
    /// Anything else.
    Else,
}

/// All branches of a plan, in its order.
///
/// # Errors
/// [`ReplicateError::NotMade`] where one isn't fresh.
pub(crate) fn branches<'a>(plan: &Plan<'_>, store: &'a Store) -> Result<Vec<Branch<'a>>> {
    let survey = Survey::new(plan, store)?;
    survey.statuses().filter(|status| is_needed(status, plan)).map(|status| of(status, plan, store)).collect()
}

/// Whether scripts have anything to do with a branch: what is only shown is none of theirs.
fn is_needed(status: &StageStatus, plan: &Plan<'_>) -> bool {
    const SHOWN: [&str; 20] = [
        "claims",
        "draw_agreement",
        "draw_correlations",
        "draw_directions",
        "draw_forest",
        "draw_missing",
        "draw_paths",
        "figure_list",
        "model_table",
        "plot",
        "report",
        "robustness",
        "specification_curve",
        "table",
        "weave",
        "workbook",
        "results",
        "package",
        "codebook",
        "sections",
    ];
    let operation = plan.pipeline.stage(&status.id.stage).map(|stage| stage.operation.as_str());
    !operation.is_ok_and(|operation| SHOWN.contains(&operation))
}

fn of<'a>(status: &StageStatus, plan: &Plan<'_>, store: &'a Store) -> Result<Branch<'a>> {
    let record = status.record.clone().filter(|_| status.state == State::Fresh);
    let record = record.ok_or_else(|| ReplicateError::NotMade {
        branch: status.branch.clone(),
        vintage: plan.vintage.name.clone(),
    })?;
    let stage = plan.pipeline.stage(&status.id.stage)?;
    Ok(Branch {
        name: status.branch.clone(),
        stage: status.id.stage.clone(),
        item: status.id.item.clone(),
        title: stage.title.clone(),
        record,
        store,
    })
}

impl Branch<'_> {
    pub(crate) fn operation(&self) -> &str {
        &self.record.fingerprint.operation
    }

    /// Its parameters, with defaults filled in.
    pub(crate) fn params(&self) -> &Value {
        &self.record.fingerprint.params
    }

    /// One of its parameters, where it has it in that form.
    pub(crate) fn param<T: DeserializeOwned>(&self, name: &str) -> Option<T> {
        read(self.params(), name)
    }

    /// What it reads, in the order of the record.
    pub(crate) fn reads(&self) -> Vec<Read> {
        let read = |from: &Origin| match from {
            Origin::Output(name) => match name.rsplit_once('.') {
                Some((branch, output)) => {
                    From::Output { branch: branch.to_owned(), output: output.to_owned() }
                }
                None => From::Else,
            },
            Origin::File(path) => From::File(path.clone()),
            _ => From::Else,
        };
        self.record
            .inputs
            .iter()
            .map(|input| Read { role: input.role.clone(), from: read(&input.from) })
            .collect()
    }

    /// The branch and output that it reads under a role; the first of several.
    pub(crate) fn output_under(&self, role: &str) -> Option<(String, String)> {
        self.reads().into_iter().filter(|read| read.role == role).find_map(|read| match read.from {
            From::Output { branch, output } => Some((branch, output)),
            _ => None,
        })
    }

    /// The file that it reads under a role.
    pub(crate) fn file_under(&self, role: &str) -> Option<String> {
        self.reads().into_iter().filter(|read| read.role == role).find_map(|read| match read.from {
            From::File(path) => Some(path),
            _ => None,
        })
    }

    /// The files of the workspace that it read, as they are kept.
    pub(crate) fn files(&self) -> Vec<(String, Vec<u8>)> {
        let files = self.record.inputs.iter().filter_map(|input| match &input.from {
            Origin::File(path) if !path.starts_with(['/', '.']) => {
                Some((path.clone(), self.store.object(&input.digest)?))
            }
            _ => None,
        });
        files.collect()
    }

    /// The bytes of a file that it read, as they are kept.
    pub(crate) fn copy_of(&self, path: &str) -> Option<Vec<u8>> {
        let is = |from: &Origin| matches!(from, Origin::File(own) if own == path);
        let input = self.record.inputs.iter().find(|input| is(&input.from))?;
        self.store.object(&input.digest)
    }

    /// Its outputs' names.
    pub(crate) fn outputs(&self) -> impl Iterator<Item = &str> {
        self.record.outputs.keys().map(String::as_str)
    }

    /// The bytes of an output.
    pub(crate) fn bytes(&self, output: &str) -> Result<Vec<u8>> {
        let kept = self.record.outputs.get(output).and_then(|kept| self.store.object(&kept.digest));
        kept.ok_or_else(|| self.fault(output, "it isn't in the store"))
    }

    /// An output of JSON.
    pub(crate) fn json(&self, output: &str) -> Result<Value> {
        serde_json::from_slice(&self.bytes(output)?).map_err(|error| self.fault(output, error))
    }

    /// An output that is a frame.
    pub(crate) fn frame(&self, output: &str) -> Result<DataFrame> {
        let bytes = self.bytes(output)?;
        ParquetReader::new(Cursor::new(bytes)).finish().map_err(|error| self.fault(output, error))
    }

    pub(crate) fn fault(&self, output: &str, message: impl ToString) -> ReplicateError {
        ReplicateError::Output { what: format!("{}.{output}", self.name), message: message.to_string() }
    }
}

/// A field of an object, where it is there in that form.
pub(crate) fn read<T: DeserializeOwned>(value: &Value, name: &str) -> Option<T> {
    value.get(name).and_then(|value| serde_json::from_value(value.clone()).ok())
}
