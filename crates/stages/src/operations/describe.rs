//! `describe`: descriptive statistics.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vintner_diagnostics::{Document, Faults, Node, Spanned};
use vintner_estimation::{describe, describe_in_blocks};
use vintner_panel::{Panel, PanelBlocks, PanelError};
use vintner_pipeline::{Artifact, Digest, InputDeclaration, Inputs, Kind, OutputDeclaration, Outputs};

use super::chosen;
use super::in_blocks::{PanelInBlocks, in_panel, panel_in_blocks};
use super::shared::{ENTITY, TIME, none_named, observations};
use crate::code;
use crate::error::StagesError;
use crate::params::Parameters;

/// Parameters of `describe`.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Describe {
    /// The variables, in the order in which they are shown.
    pub(super) variables: Vec<String>,
    /// The rows that are described: a condition on columns.
    #[serde(default, rename = "where", skip_serializing_if = "Option::is_none")]
    pub(super) rows: Option<Spanned<String>>,
}

impl Parameters for Describe {
    const NAME: &'static str = "describe";
    const SUMMARY: &'static str = "describes variables: overall, between and within entities";

    fn code() -> Digest {
        let operations = [
            env!("VINTNER_CODE_OPERATION_DESCRIBE"),
            env!("VINTNER_CODE_OPERATION_CHOSEN"),
            env!("VINTNER_CODE_OPERATION_IN_BLOCKS"),
        ];
        code::digest(&[&operations[..], &[code::PANEL, code::TRANSFORM, code::ESTIMATION]].concat())
    }

    fn check(&self, document: &Document, params: &Node) -> Faults {
        let mut faults = none_named(document, params, "variables", &self.variables);
        faults.extend(chosen::check(self.rows.as_ref(), document));
        faults
    }

    fn inputs(&self) -> Vec<InputDeclaration> {
        let chosen = chosen::columns(self.rows.as_ref());
        let named = self.variables.iter().chain(&chosen).map(String::as_str);
        let columns = [ENTITY, TIME].into_iter().chain(named);
        vec![InputDeclaration::frame("panel").columns(columns).in_blocks()]
    }

    fn outputs(&self) -> Vec<OutputDeclaration> {
        vec![OutputDeclaration::new("descriptives", Kind::Json)]
    }

    fn run(&self, inputs: &Inputs) -> Result<Outputs, StagesError> {
        let descriptions = match inputs.fit() {
            true => {
                let rows = chosen::chosen(self.rows.as_ref(), observations(inputs, "panel")?)?;
                describe(&rows, &self.variables)?
            }
            false => describe_in_blocks(&mut self.in_blocks(inputs)?, &self.variables)?,
        };
        Ok(Outputs::new().with("descriptives", Artifact::json(&descriptions)?))
    }
}

impl Describe {
    /// The rows of a part that are described, which may be none.
    pub(super) fn of_part(&self, inputs: &Inputs) -> Result<Panel, StagesError> {
        let panel = observations(inputs, "panel")?;
        match chosen::mask(self.rows.as_ref(), &panel)? {
            Some(holds) => chosen::kept(&panel, &holds),
            None => Ok(panel),
        }
    }

    /// The rows that are described, a block at a time.
    pub(super) fn in_blocks(&self, inputs: &Inputs) -> Result<ChosenInBlocks<'_>, StagesError> {
        Ok(ChosenInBlocks { panel: panel_in_blocks(inputs, "panel")?, rows: self.rows.as_ref() })
    }
}

/// A panel of whose blocks rows are chosen as they are read.
pub(super) struct ChosenInBlocks<'a> {
    panel: PanelInBlocks,
    rows: Option<&'a Spanned<String>>,
}

impl PanelBlocks for ChosenInBlocks<'_> {
    fn visit(&mut self, visit: &mut dyn FnMut(&Panel) -> Result<(), PanelError>) -> Result<(), PanelError> {
        let blocks = self.panel.each(|block| {
            match chosen::mask(self.rows, &block)? {
                None => visit(&block)?,
                Some(holds) if !holds.contains(&true) => {}
                Some(holds) => visit(&chosen::kept(&block, &holds)?)?,
            }
            Ok(true)
        });
        blocks.map_err(in_panel)
    }
}
