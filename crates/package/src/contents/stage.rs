//! A branch: what it reads, does and makes.

use serde::Serialize;
use serde_json::Value;
use vintner_pipeline::{Digest, Kind};

/// A branch of a stage.
#[derive(Debug, Clone, Serialize)]
pub struct StageContent {
    /// Its name, as `table[1]`.
    pub branch: String,
    /// The stage.
    pub stage: String,
    /// What it is a branch for.
    pub item: Option<String>,
    /// What it makes, for people.
    pub title: Option<String>,
    /// The operation, or `run`.
    pub operation: String,
    /// Its parameters, defaults filled in.
    pub params: Value,
    /// The line of the pipeline's file at which it begins.
    pub line: Option<usize>,
    /// The outputs that it reads.
    pub reads: Vec<ReadContent>,
    /// The files of the workspace that it reads.
    pub files: Vec<String>,
    /// The sources that it reads itself.
    pub sources: Vec<String>,
    /// What it makes.
    pub outputs: Vec<OutputContent>,
    /// The output that its name alone stands for.
    pub main_output: String,
    /// The digest of the code behind it.
    pub code: Digest,
    /// The digest of all that it depends on.
    pub fingerprint: Option<Digest>,
    /// Its seed.
    pub seed: u64,
    /// When it began, in seconds since 1970.
    pub started: u64,
    /// How long it took.
    pub seconds: f64,
    /// The most memory in use meanwhile, in bytes.
    pub peak_memory: Option<u64>,
}

/// An output that a branch reads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReadContent {
    /// The role under which it is read.
    pub role: String,
    /// The branch that makes it.
    pub branch: String,
    /// The output.
    pub output: String,
}

/// An output.
#[derive(Debug, Clone, Serialize)]
pub struct OutputContent {
    /// Its name.
    pub name: String,
    /// Its kind.
    pub kind: Kind,
    /// The BLAKE3 digest of its bytes, as `pipeline.lock` has it.
    pub digest: Digest,
    /// Its size.
    pub bytes: u64,
    /// Rows of a frame, lines of a text.
    pub rows: Option<u64>,
    /// Its path in the package, where it is published.
    pub path: Option<String>,
}

impl StageContent {
    /// The output that its name alone stands for.
    pub fn main(&self) -> Option<&OutputContent> {
        self.outputs.iter().find(|output| output.name == self.main_output)
    }

    /// The published files of its outputs.
    pub fn published(&self) -> Vec<String> {
        self.outputs.iter().filter_map(|output| output.path.clone()).collect()
    }

    /// Its stage's place in the pipeline's file: `pipeline.yaml:12`.
    pub fn place(&self, file: &str) -> String {
        match self.line {
            Some(line) => format!("{file}:{line}"),
            None => file.to_owned(),
        }
    }
}
