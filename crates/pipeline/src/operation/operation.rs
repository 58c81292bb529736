//! What a stage can do: the seam between this crate and those that know a field.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use serde_json::Value;
use vintner_diagnostics::{Document, Faults, Node};

use super::cancelled::Cancelled;
use super::input_declaration::InputDeclaration;
use super::inputs::Inputs;
use super::output_declaration::OutputDeclaration;
use super::outputs::Outputs;
use super::question::Question;
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

    /// A JSON Schema of its parameters, with their meanings; `true` where nothing is said of them.
    fn schema(&self) -> Value {
        Value::Bool(true)
    }

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

    /// What it makes of these files of the workspace, by role: their names may say what files it makes, never which
    /// outputs.
    fn outputs_of(&self, _files: &BTreeMap<String, PathBuf>) -> Vec<OutputDeclaration> {
        self.outputs()
    }

    /// Environment variables of the caller that its parameters may hold.
    fn variables(&self) -> Vec<String> {
        Vec::new()
    }

    /// Commands whose answers its outputs depend on beside its inputs.
    fn questions(&self) -> Vec<Question> {
        Vec::new()
    }

    /// The answer to one of its questions.
    ///
    /// # Errors
    /// Where there is none, in words for the user.
    fn answer(&self, question: &Question, _: &Cancelled) -> Result<Vec<u8>, StageError> {
        Err(format!("nothing answers `{}`", question.text).into())
    }

    /// Makes the outputs.
    ///
    /// # Errors
    /// Whatever keeps it from making them, in words for the user.
    fn run(&self, inputs: &Inputs) -> Result<Outputs, StageError>;
}
