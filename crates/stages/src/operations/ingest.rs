//! `ingest`: a raw file becomes tidy values.

use serde::{Deserialize, Serialize};
use vintner_diagnostics::{Document, Faults, Node};
use vintner_ingest::{Source, Window, read_source_bytes};
use vintner_panel::{tidy_columns, tidy_frame};
use vintner_pipeline::{Artifact, Digest, InputDeclaration, Inputs, Kind, OutputDeclaration, Outputs};

use super::shared::crosswalk;
use super::years::check_window;
use crate::code;
use crate::error::StagesError;
use crate::params::Parameters;

/// Parameters of `ingest`.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Ingest {
    /// The years that are used; all of them where none are named.
    #[serde(default)]
    window: Option<Window>,
}

#[derive(Serialize)]
struct Summary<'a> {
    source: &'a str,
    file: &'a str,
    rows_read: usize,
    rows_used: usize,
    values: usize,
    missing: usize,
}

impl Parameters for Ingest {
    const NAME: &'static str = "ingest";
    const SUMMARY: &'static str = "reads a raw file of the vintage, checked, into tidy values";

    fn code() -> Digest {
        let operation = env!("VINTNER_CODE_OPERATION_INGEST");
        code::digest(&[operation, code::DIAGNOSTICS, code::PANEL, code::INGEST])
    }

    fn check(&self, document: &Document, params: &Node) -> Faults {
        self.window
            .map_or_else(Faults::new, |window| check_window(document, params, window.first, window.last))
    }

    fn inputs(&self) -> Vec<InputDeclaration> {
        vec![
            InputDeclaration::file("source"),
            InputDeclaration::file("declaration"),
            InputDeclaration::file("crosswalk"),
        ]
    }

    fn outputs(&self) -> Vec<OutputDeclaration> {
        vec![
            // By variable, so that a stage is made again only when the variables that it reads change.
            OutputDeclaration::new("tidy", Kind::Frame).grouped_by(tidy_columns::VARIABLE),
            OutputDeclaration::new("summary", Kind::Json),
        ]
    }

    fn run(&self, inputs: &Inputs) -> Result<Outputs, StagesError> {
        let source: Source = inputs.json("declaration")?;
        let tidied =
            read_source_bytes(&source, inputs.bytes("source")?.to_vec(), &crosswalk(inputs)?, self.window)?;
        let summary = Summary {
            source: &source.name,
            file: &source.file,
            rows_read: tidied.rows_read,
            rows_used: tidied.rows_used,
            values: tidied.values.len(),
            missing: tidied.missing().count(),
        };
        Ok(Outputs::new()
            .with("tidy", Artifact::Frame(tidy_frame(&tidied.values)?))
            .with("summary", Artifact::json(&summary)?)
            .warn(tidied.warnings))
    }
}
