//! `regress_part`: what one part of a panel contributes to an equation.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vintner_diagnostics::{Document, Faults, Node};
use vintner_estimation::{
    Covariance, EstimationError, Formula, Model, PartsSolved, Reason, part_residuals, part_sums,
    refused_in_chunks,
};
use vintner_panel::{FrameChunks, PanelChunks};
use vintner_pipeline::{Artifact, Digest, InputDeclaration, Inputs, Kind, OutputDeclaration, Outputs};

use super::in_blocks::panel_in_blocks;
use super::parts::{Gathered, OfPart, TOLD, Told};
use super::regress::{Regress, TermsInBlocks, has_categories};
use super::shared::{ENTITY, TIME, observations};
use crate::code;
use crate::error::StagesError;
use crate::params::Parameters;

/// Parameters of `regress_part`: those of `regress`, of an equation that needs no panel whole.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub(crate) struct RegressPart(pub(super) Regress);

/// Rows of a block of a part in memory.
const BLOCK: usize = 1 << 17;

/// What of an equation needs the panel whole, at the place that says so.
pub(super) fn refused(stage: &Regress, document: &Document, params: &Node) -> Faults {
    let mut faults = stage.check(document, params);
    if !faults.is_empty() {
        return faults;
    }
    let mut refuse = |field: &str, what: &str| {
        let place = params.get(field).unwrap_or(params);
        let message = format!("{what} a panel whole, and not its parts");
        faults.push(document.fault(Some(place.span), message).hint("`op: regress` estimates it"));
    };
    let written = stage.written();
    if let Some(what) = stage.needs_all_rows() {
        refuse("pooled", &what);
    } else if written.is_several() {
        refuse("formula", "several equations need");
    } else if let (Some(pooled), Ok(formula)) = (&stage.pooled, stage.pooled_formula(&written.outline())) {
        for covariance in &stage.pooled_covariances() {
            if let Some(what) = refused_in_chunks(&formula, pooled.model, covariance) {
                refuse("pooled", &format!("{what} need"));
                break;
            }
        }
    }
    faults
}

impl RegressPart {
    /// What the rows come to; in the second round with what was told.
    fn of_rows(
        &self,
        rows: &mut dyn PanelChunks,
        formula: &Formula,
        model: Model,
        told: Option<PartsSolved>,
    ) -> Result<OfPart, StagesError> {
        let covariances = self.0.pooled_covariances();
        // Scores that one needs do for all.
        let scored = covariances.iter().find(|covariance| !matches!(covariance, Covariance::Classical(_)));
        let classical = Covariance::classical();
        let covariance = scored.unwrap_or(&classical);
        Ok(match told {
            None => OfPart::Sums(Box::new(part_sums(rows, formula, model, covariance)?)),
            Some(PartsSolved::NotEstimable(_)) => OfPart::Residuals(None),
            Some(PartsSolved::Solved(solution)) => {
                OfPart::Residuals(Some(part_residuals(rows, formula, model, covariance, &solution)?))
            }
        })
    }
}

impl Parameters for RegressPart {
    const NAME: &'static str = "regress_part";
    const SUMMARY: &'static str = "gathers what one part of a panel contributes to an equation; in a second round, once coefficients are known, to its errors";

    fn code() -> Digest {
        let operations = [env!("VINTNER_CODE_OPERATION_REGRESS_PART"), env!("VINTNER_CODE_OPERATION_PARTS")];
        code::digest(&[&operations[..], &[&Regress::code().to_string()]].concat())
    }

    fn check(&self, document: &Document, params: &Node) -> Faults {
        refused(&self.0, document, params)
    }

    fn inputs(&self) -> Vec<InputDeclaration> {
        let mut inputs = self.0.inputs();
        inputs.push(InputDeclaration::json(TOLD).optional());
        inputs
    }

    fn outputs(&self) -> Vec<OutputDeclaration> {
        vec![OutputDeclaration::new("part", Kind::Json)]
    }

    fn run(&self, inputs: &Inputs) -> Result<Outputs, StagesError> {
        let stage = &self.0;
        let Some(pooled) = &stage.pooled else { return Ok(Outputs::new()) };
        let told = match inputs.has(TOLD) {
            false => None,
            true => match inputs.json(TOLD)? {
                Told::Equation(solved) => Some(*solved),
                Told::Variables(_) => return Err(StagesError::OtherTold { expected: "regress_part" }),
            },
        };
        let written = stage.written();
        let blocks = if inputs.fit() { None } else { Some(panel_in_blocks(inputs, "panel")?) };
        let first = match &blocks {
            None => observations(inputs, "panel")?,
            Some(blocks) => blocks.first()?,
        };
        let (models, warnings) = written.models(&first)?;
        let Some(model) = models.into_iter().next() else { return Ok(Outputs::new()) };
        let formula = stage.pooled_formula(&model.bound.formula)?;
        if has_categories(&model.bound, &formula, written.outlines().first()) {
            let what = "regressors that stand for categories".into();
            let reason = Reason::NotDefined { what, model: "a panel in parts".into() };
            return Err(EstimationError::NotByParts { reason }.into());
        }
        let part = match &blocks {
            None => {
                let frame = model.bound.panel.frame().clone();
                let mut rows = FrameChunks { frame, entity: ENTITY.into(), time: TIME.into(), rows: BLOCK };
                self.of_rows(&mut rows, &formula, pooled.model, told)?
            }
            Some(blocks) => {
                let mut rows = TermsInBlocks::new(blocks, &written, 0, &formula);
                self.of_rows(&mut rows, &formula, pooled.model, told)?
            }
        };
        let rows = written.rows.map(|rows| rows.value.clone());
        Ok(Outputs::new().with("part", Artifact::json(&Gathered { rows, part })?).warn(warnings))
    }
}
