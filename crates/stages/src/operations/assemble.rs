//! `assemble`: tidy values become a panel.

use std::collections::BTreeMap;

use polars::prelude::DataFrame;
use serde::{Deserialize, Serialize};
use vintner_panel::tidy_columns::VARIABLE;
use vintner_pipeline::{Artifact, Digest, InputDeclaration, Inputs, Kind, OutputDeclaration, Outputs};
use vintner_transform::{Assembly, CategoryAggregate, Window, assemble};

use super::shared::{ENTITY, TIME, crosswalk, gaps, with_known_variables};
use crate::code;
use crate::error::StagesError;
use crate::params::Parameters;

/// Parameters of `assemble`.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Assemble {
    /// The years; each entity gets a row for each.
    window: Window,
    /// The variables, one column each.
    variables: Vec<String>,
    /// How variables that come by category are made one.
    #[serde(default)]
    aggregate: BTreeMap<String, CategoryAggregate>,
}

impl Parameters for Assemble {
    const NAME: &'static str = "assemble";
    const SUMMARY: &'static str =
        "lays tidy values out as a panel, a row for each entity and year, and lists the gaps";

    fn code() -> Digest {
        let operation = env!("VINTNER_CODE_OPERATION_ASSEMBLE");
        code::digest(&[operation, code::PANEL, code::INGEST, code::TRANSFORM])
    }

    fn check(
        &self,
        document: &vintner_diagnostics::Document,
        params: &vintner_diagnostics::Node,
    ) -> vintner_diagnostics::Faults {
        super::years::check_window(document, params, self.window.first, self.window.last)
    }

    fn inputs(&self) -> Vec<InputDeclaration> {
        vec![
            InputDeclaration::frame("tidy").many().rows(VARIABLE, &self.variables),
            InputDeclaration::file("crosswalk"),
        ]
    }

    fn outputs(&self) -> Vec<OutputDeclaration> {
        vec![OutputDeclaration::new("panel", Kind::Frame), OutputDeclaration::new("gaps", Kind::Frame)]
    }

    fn run(&self, inputs: &Inputs) -> Result<Outputs, StagesError> {
        let tidy: Vec<DataFrame> = inputs.frames("tidy")?.into_iter().map(|(_, frame)| frame).collect();
        let assembly = Assembly {
            entities: crosswalk(inputs)?.entities().iter().map(|entity| entity.id.clone()).collect(),
            window: self.window,
            variables: self.variables.clone(),
            aggregate: self.aggregate.clone(),
            entity: ENTITY.into(),
            time: TIME.into(),
        };
        let assembled = assemble(&tidy, &assembly).map_err(|error| with_known_variables(error, inputs))?;
        Ok(Outputs::new()
            .with("panel", Artifact::Frame(assembled.panel.frame().clone()))
            .with("gaps", gaps(&assembled.gaps)?))
    }
}
