//! `ingest`: a raw file becomes tidy values.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vintner_diagnostics::{Document, Faults, Node};
use vintner_ingest::{
    Crosswalk, MissingCode, NameOutside, Source, needs_whole, read_source_bytes, read_source_in_blocks,
};
use vintner_panel::PeriodWindow;
use vintner_pipeline::{Artifact, Digest, InputDeclaration, Inputs, Kind, OutputDeclaration, Outputs};

use super::shared::optional_crosswalk;
use super::years::check_window;
use crate::code;
use crate::error::StagesError;
use crate::params::Parameters;

/// Parameters of `ingest`.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Ingest {
    /// The years that are used; all of them where none are named.
    #[serde(default)]
    window: Option<PeriodWindow>,
}

#[derive(Serialize)]
struct Summary<'a> {
    source: &'a str,
    file: &'a str,
    rows_read: usize,
    rows_used: usize,
    values: usize,
    missing: usize,
    /// How many values each mark stands beside, by variable.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    flags: BTreeMap<String, BTreeMap<String, usize>>,
    /// Rows of entities that aren't in the crosswalk.
    rows_left_out: usize,
    /// Names that aren't in the crosswalk, with their rows and the nearest name.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    names_outside: Vec<NameOutside>,
    /// How many blank cells of keys mean what stands above them, by column.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    filled: BTreeMap<String, usize>,
    /// How many rows were left out for each text that stands where times do and is none.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    not_times: BTreeMap<String, usize>,
    /// Numbers that are codes for missing values most often and were read as numbers.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    codes: Vec<MissingCode>,
}

impl Parameters for Ingest {
    const NAME: &'static str = "ingest";
    const SUMMARY: &'static str = "reads a raw file of the vintage, checked, into tidy values";

    fn code() -> Digest {
        let operation = env!("VINTNER_CODE_OPERATION_INGEST");
        code::digest(&[operation, code::DIAGNOSTICS, code::PANEL, code::INGEST])
    }

    fn check(&self, document: &Document, params: &Node) -> Faults {
        self.window.map_or_else(Faults::new, |window| check_window(document, params, window))
    }

    fn inputs(&self) -> Vec<InputDeclaration> {
        vec![
            InputDeclaration::file("source").in_blocks(),
            InputDeclaration::file("declaration"),
            // Without one all entities are read, under the names that the file gives them.
            InputDeclaration::file("crosswalk").optional(),
        ]
    }

    fn outputs(&self) -> Vec<OutputDeclaration> {
        vec![OutputDeclaration::new("tidy", Kind::Frame), OutputDeclaration::new("summary", Kind::Json)]
    }

    fn run(&self, inputs: &Inputs) -> Result<Outputs, StagesError> {
        let source: Source = inputs.json("declaration")?;
        let crosswalk = optional_crosswalk(inputs)?;
        if !inputs.fit() {
            return self.in_blocks(inputs, &source, crosswalk.as_ref());
        }
        let tidied = read_source_bytes(&source, &inputs.bytes("source")?, crosswalk.as_ref(), self.window)?;
        let (values, missing) = tidied.counts()?;
        let summary = Summary {
            source: &source.name,
            file: &source.file,
            rows_read: tidied.rows_read,
            rows_used: tidied.rows_used,
            values,
            missing,
            flags: tidied.flags()?,
            rows_left_out: tidied.rows_left_out,
            names_outside: tidied.names_outside,
            filled: tidied.filled,
            not_times: tidied.not_times,
            codes: tidied.codes,
        };
        let (frame, notes) = tidied.table.into_parts();
        Ok(Outputs::new()
            .with("tidy", Artifact::Noted(frame, notes))
            .with("summary", Artifact::json(&summary)?)
            .warn(tidied.warnings))
    }
}

impl Ingest {
    /// The outputs for a file that is more than the stage may hold.
    fn in_blocks(
        &self,
        inputs: &Inputs,
        source: &Source,
        crosswalk: Option<&Crosswalk>,
    ) -> Result<Outputs, StagesError> {
        let path = inputs.path("source")?;
        if let Some(what) = needs_whole(source, path) {
            return Err(inputs.too_large(format!("{what} is read whole")).into());
        }
        let mut writer = inputs.writer()?;
        let rows = inputs.block_rows(source.columns.len() + 3);
        let tidied = read_source_in_blocks(
            source,
            path,
            crosswalk,
            self.window,
            rows,
            |frame| -> Result<_, StagesError> { Ok(writer.write(frame)?) },
        )?;
        let summary = Summary {
            source: &source.name,
            file: &source.file,
            rows_read: tidied.rows_read,
            rows_used: tidied.rows_used,
            values: tidied.values,
            missing: tidied.missing,
            flags: tidied.flags,
            rows_left_out: tidied.rows_left_out,
            names_outside: tidied.names_outside,
            filled: BTreeMap::new(),
            not_times: tidied.not_times,
            codes: tidied.codes,
        };
        Ok(Outputs::new()
            .with("tidy", Artifact::Written(writer.finish(&tidied.notes)?))
            .with("summary", Artifact::json(&summary)?)
            .warn(tidied.warnings))
    }
}
