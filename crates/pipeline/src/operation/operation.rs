//! What a stage can do: the seam between this crate and those that know a field.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;
use vintner_diagnostics::{Document, Faults, Node};

use super::artifact::{Artifact, Kind};
use super::inputs::Inputs;
use crate::digest::Digest;
use crate::error::StageError;

/// An operation that `pipeline.yaml` can name under `op`.
pub trait Operation: Send + Sync {
    /// The name under `op`.
    fn name(&self) -> &'static str;

    /// A line that says what it does.
    fn summary(&self) -> &'static str;

    /// A digest of the source code that implements it; another digest means that results made
    /// before can't be trusted to come out again.
    fn code(&self) -> Digest;

    /// Reads the parameters of a stage that uses it.
    ///
    /// # Errors
    /// Every fault in the parameters, at its place in `document`.
    fn configure(&self, document: &Document, params: &Node) -> Result<Arc<dyn Stage>, Faults>;
}

/// An operation with its parameters: what it reads, what it makes, and how.
///
/// `run` sees nothing but its inputs. Whatever else it saw could change an output without changing
/// the fingerprint.
pub trait Stage: Send + Sync {
    /// The parameters with defaults filled in.
    fn params(&self) -> Value;

    /// What it reads.
    fn inputs(&self) -> Vec<InputDeclaration>;

    /// What it makes; the first is what `stage` alone refers to.
    fn outputs(&self) -> Vec<OutputDeclaration>;

    /// Environment variables of the caller that its parameters may hold.
    fn variables(&self) -> Vec<String> {
        Vec::new()
    }

    /// Makes the outputs.
    ///
    /// # Errors
    /// Whatever keeps it from making them, in words for the user.
    fn run(&self, inputs: &Inputs) -> Result<Outputs, StageError>;
}

/// A role that an input plays in a stage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InputDeclaration {
    /// Its name in the spec.
    pub role: String,
    /// What can be given.
    pub accepts: Accepts,
    /// Whether the stage can do without it.
    pub optional: bool,
    /// Whether all branches of a stage may be given at once.
    pub many: bool,
    /// Of a frame, the columns that are read; `None` for all of them.
    pub columns: Option<Vec<String>>,
    /// Of a frame, the rows that are read; `None` for all of them.
    pub rows: Option<Rows>,
}

/// What can be given as an input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Accepts {
    /// The output of a stage, of that kind.
    Kind(Kind),
    /// A file of the workspace or the vintage.
    File,
    /// Any of these.
    Anything,
}

/// Rows with certain texts in a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rows {
    /// The column. Where the frame's output is [grouped](OutputDeclaration::grouped_by) by it, only
    /// these rows count in the fingerprint.
    pub column: String,
    /// The texts, sorted.
    pub values: Vec<String>,
}

impl InputDeclaration {
    /// A frame under `role`.
    pub fn frame(role: impl Into<String>) -> Self {
        Self {
            role: role.into(),
            accepts: Accepts::Kind(Kind::Frame),
            optional: false,
            many: false,
            columns: None,
            rows: None,
        }
    }

    /// A JSON value under `role`.
    pub fn json(role: impl Into<String>) -> Self {
        Self { accepts: Accepts::Kind(Kind::Json), ..Self::frame(role) }
    }

    /// A file, or a folder of files, under `role`.
    pub fn file(role: impl Into<String>) -> Self {
        Self { accepts: Accepts::File, ..Self::frame(role) }
    }

    /// Any number of artifacts of a kind, under whichever roles the spec gives them that no other
    /// declaration names.
    pub fn any(kind: Kind) -> Self {
        Self { accepts: Accepts::Kind(kind), optional: true, many: true, ..Self::frame(Self::ANY) }
    }

    /// Any number of artifacts and files, under whichever roles the spec gives them.
    pub fn anything() -> Self {
        Self { accepts: Accepts::Anything, optional: true, many: true, ..Self::frame(Self::ANY) }
    }

    /// The role of [`InputDeclaration::any`] and [`InputDeclaration::anything`].
    pub(crate) const ANY: &'static str = "*";

    /// The declaration that covers `role`.
    pub(crate) fn covering<'a>(declarations: &'a [Self], role: &str) -> Option<&'a Self> {
        let named = |wanted: &str| declarations.iter().find(|declared| declared.role == wanted);
        named(role).or_else(|| named(Self::ANY))
    }

    /// This input, not needed.
    #[must_use]
    pub fn optional(mut self) -> Self {
        self.optional = true;
        self
    }

    /// This input, with all branches of its stage.
    #[must_use]
    pub fn many(mut self) -> Self {
        self.many = true;
        self
    }

    /// This frame, of which only `columns` are read.
    #[must_use]
    pub fn columns<S: Into<String>>(mut self, columns: impl IntoIterator<Item = S>) -> Self {
        let mut columns: Vec<String> = columns.into_iter().map(Into::into).collect();
        columns.sort();
        columns.dedup();
        self.columns = Some(columns);
        self
    }

    /// This frame, of which only the rows with one of `values` in `column` are read.
    #[must_use]
    pub fn rows<S: Into<String>>(
        mut self,
        column: impl Into<String>,
        values: impl IntoIterator<Item = S>,
    ) -> Self {
        let mut values: Vec<String> = values.into_iter().map(Into::into).collect();
        values.sort();
        values.dedup();
        self.rows = Some(Rows { column: column.into(), values });
        self
    }
}

/// An output of a stage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutputDeclaration {
    /// Its name.
    pub name: String,
    /// Its kind.
    pub kind: Kind,
    /// Of a frame, the column of texts by which its readers may choose rows.
    pub grouped_by: Option<String>,
    /// The ending of its file's name, where it isn't that of its kind.
    pub extension: Option<String>,
}

impl OutputDeclaration {
    /// An output of a kind.
    pub fn new(name: impl Into<String>, kind: Kind) -> Self {
        Self { name: name.into(), kind, grouped_by: None, extension: None }
    }

    /// This output, whose file's name ends in `.extension`.
    #[must_use]
    pub fn extension(mut self, extension: impl Into<String>) -> Self {
        self.extension = Some(extension.into());
        self
    }

    /// This frame, of which a stage may read the rows with certain texts in `column` and be made
    /// again only when these change.
    #[must_use]
    pub fn grouped_by(mut self, column: impl Into<String>) -> Self {
        self.grouped_by = Some(column.into());
        self
    }
}

/// What a stage made.
#[derive(Debug, Default)]
pub struct Outputs {
    /// The artifacts by output name.
    pub artifacts: BTreeMap<String, Artifact>,
    /// What the user should know, replayed each time the stage is found in the cache.
    pub warnings: Vec<String>,
    /// What it said while it ran, for those who look into the run later.
    pub log: String,
    /// The most memory that it held, in bytes, where it ran in a process of its own.
    pub peak_memory: Option<u64>,
}

impl Outputs {
    /// Nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// These outputs with one more.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, artifact: Artifact) -> Self {
        self.artifacts.insert(name.into(), artifact);
        self
    }

    /// These outputs with warnings added.
    #[must_use]
    pub fn warn(mut self, warnings: impl IntoIterator<Item = String>) -> Self {
        self.warnings.extend(warnings);
        self
    }
}

/// The operations that a spec may name.
#[derive(Default, Clone)]
pub struct Registry(BTreeMap<&'static str, Arc<dyn Operation>>);

impl Registry {
    /// No operations yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds one.
    pub fn register(&mut self, operation: impl Operation + 'static) {
        self.0.insert(operation.name(), Arc::new(operation));
    }

    /// The operation of that name.
    pub fn get(&self, name: &str) -> Option<&Arc<dyn Operation>> {
        self.0.get(name)
    }

    /// All names, sorted.
    pub fn names(&self) -> impl Iterator<Item = &'static str> + Clone + '_ {
        self.0.keys().copied()
    }

    /// All operations, by name.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<dyn Operation>> {
        self.0.values()
    }
}
