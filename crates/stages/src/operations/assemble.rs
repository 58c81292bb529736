//! `assemble`: tidy values become a panel.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vintner_panel::PeriodWindow;
use vintner_pipeline::{Artifact, Digest, InputDeclaration, Inputs, Kind, OutputDeclaration, Outputs};
use vintner_transform::{Assembly, CategoryAggregate, PanelRows, assemble};

use super::assemble_in_blocks::in_blocks;
use super::shared::{
    ENTITY, TIME, all_variables, gaps, optional_crosswalk, tidy, tidy_input, with_known_variables,
};
use crate::code;
use crate::error::StagesError;
use crate::params::Parameters;

/// Parameters of `assemble`.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Assemble {
    /// The years; each entity gets a row for each. Those of the data where none are named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    window: Option<PeriodWindow>,
    /// The variables, one column each; all that the sources have where none are named.
    #[serde(default)]
    variables: Vec<String>,
    /// How variables that come by category are made one.
    #[serde(default)]
    aggregate: BTreeMap<String, CategoryAggregate>,
    /// Variables of sources whose periods are longer than those of the others (years beside quarters): each of the
    /// panel's periods has the value of the longer one in which it lies.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    repeat: Vec<String>,
    /// Which rows the panel has.
    #[serde(default, skip_serializing_if = "is_full")]
    rows: PanelRows,
}

impl Assemble {
    /// What is assembled for these entities; `all` are the variables that the sources have.
    fn assembly(&self, entities: Option<Vec<String>>, all: Vec<String>) -> Assembly {
        Assembly {
            entities,
            window: self.window,
            variables: if self.variables.is_empty() { all } else { self.variables.clone() },
            aggregate: self.aggregate.clone(),
            repeat: self.repeat.clone(),
            rows: self.rows,
            entity: ENTITY.into(),
            time: TIME.into(),
        }
    }
}

fn is_full(rows: &PanelRows) -> bool {
    *rows == PanelRows::Full
}

impl Parameters for Assemble {
    const NAME: &'static str = "assemble";
    const SUMMARY: &'static str =
        "lays tidy values out as a panel, a row for each entity and year, and lists the gaps";

    fn code() -> Digest {
        let operations = [
            env!("VINTNER_CODE_OPERATION_ASSEMBLE"),
            env!("VINTNER_CODE_OPERATION_ASSEMBLE_IN_BLOCKS"),
            env!("VINTNER_CODE_OPERATION_IN_BLOCKS"),
        ];
        code::digest(&[&operations[..], &[code::PANEL, code::INGEST, code::TRANSFORM]].concat())
    }

    fn check(
        &self,
        document: &vintner_diagnostics::Document,
        params: &vintner_diagnostics::Node,
    ) -> vintner_diagnostics::Faults {
        let check = |window: PeriodWindow| super::years::check_window(document, params, window);
        self.window.map_or_else(vintner_diagnostics::Faults::new, check)
    }

    fn inputs(&self) -> Vec<InputDeclaration> {
        vec![
            match self.variables.is_empty() {
                true => InputDeclaration::frame("tidy").many().in_blocks(),
                false => tidy_input(&self.variables).in_blocks(),
            },
            // Without one the entities are those of the data.
            InputDeclaration::file("crosswalk").optional(),
        ]
    }

    fn outputs(&self) -> Vec<OutputDeclaration> {
        vec![OutputDeclaration::new("panel", Kind::Frame), OutputDeclaration::new("gaps", Kind::Frame)]
    }

    fn run(&self, inputs: &Inputs) -> Result<Outputs, StagesError> {
        let crosswalk = optional_crosswalk(inputs)?;
        let ids = crosswalk.map(|known| known.entities().iter().map(|entity| entity.id.clone()).collect());
        if !inputs.fit() {
            return in_blocks(inputs, ids, |variables| self.assembly(None, variables));
        }
        let tables = tidy(inputs)?;
        let assembly = self.assembly(ids, all_variables(&tables));
        let assembled = assemble(&tables, &assembly).map_err(|error| with_known_variables(error, inputs))?;
        Ok(Outputs::new()
            .with("panel", Artifact::Frame(assembled.panel.frame().clone()))
            .with("gaps", gaps(&assembled.gaps)?))
    }
}
