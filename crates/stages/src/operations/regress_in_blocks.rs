//! `regress` on a panel that is more than the stage may hold: in chunks, by OLS or with effects of entities, or of
//! entities and times.

use vintner_estimation::{ChunkedOutcome, Formula, Outcome, estimate_chunked, refused_in_chunks};
use vintner_panel::{PanelChunk, PanelChunks, PanelError};
use vintner_pipeline::{Artifact, Inputs, Outputs};

use super::in_blocks::{PanelInBlocks, in_panel, panel_in_blocks};
use super::inference::Inference;
use super::regress::{Fits, Regress};
use super::shared::{ENTITY, TIME};
use super::written::{BoundModel, Made, Written};
use crate::error::StagesError;

/// The outputs of `regress`.
pub(crate) fn in_blocks(stage: &Regress, inputs: &Inputs) -> Result<Outputs, StagesError> {
    let whole = |what: &str| inputs.too_large(format!("{what} the panel whole"));
    let Some(pooled) = &stage.pooled else {
        return Err(whole("estimates of each entity need").into());
    };
    for (asked, what) in [
        (stage.by_entity.is_some(), "`by_entity` needs"),
        (stage.written().by.is_some(), "`by` needs"),
        (!stage.factors.is_empty(), "`factors` need"),
        (pooled.rows, "`rows` needs"),
        (pooled.levels, "`levels` needs"),
    ] {
        if asked {
            return Err(whole(what).into());
        }
    }
    let mut panel = panel_in_blocks(inputs, "panel")?;
    let written = stage.written();
    let first = panel.first()?;
    let (models, mut warnings) = written.models(&first)?;
    let outlines = written.outlines();
    let mut made = Vec::new();
    for (at, model) in models.into_iter().enumerate() {
        let formula = stage.pooled_formula(&model.bound.formula)?;
        let outlined = outlines.get(at).is_some_and(|own| own.regressors == model.bound.formula.regressors);
        let own = model.bound.panel.frame();
        let is_text = |name: &str| own.column(name).is_ok_and(|column| column.dtype().is_string());
        if !outlined || formula.variables().any(is_text) {
            return Err(whole("regressors that stand for categories need").into());
        }
        let covariances = stage.pooled_covariances();
        for covariance in &covariances {
            if let Some(what) = refused_in_chunks(&formula, pooled.model, covariance) {
                return Err(whole(&format!("{what} need")).into());
            }
        }
        let columns: Vec<&str> = formula.columns();
        let as_read = columns.iter().all(|name| panel.blocks.columns().iter().any(|own| own == name));
        let mut found = Vec::new();
        for covariance in &covariances {
            let chunked = match (as_read, written.rows) {
                (true, None) => estimate_chunked(&mut panel, &formula, pooled.model, covariance)?,
                _ => {
                    let mut bound = BoundInBlocks { panel: &panel, written: &written, at };
                    estimate_chunked(&mut bound, &formula, pooled.model, covariance)?
                }
            };
            found.push(chunked);
        }
        warnings.extend(said(&found).into_iter().map(|warning| model.warning(warning)));
        let several = model.name.is_some();
        let asked = |outcome: &Outcome| match outcome.fit() {
            Some(fit) => Inference::of(fit, &pooled.hypotheses, pooled.confidence_level, several),
            None => Ok(None),
        };
        let mut outcomes = found.into_iter().map(|chunked| chunked.outcome);
        let main = outcomes.next();
        let under: Vec<Outcome> = outcomes.collect();
        let inference = main.as_ref().map(asked).transpose()?.flatten();
        let mut inference_under: Vec<Option<Inference>> =
            under.iter().map(asked).collect::<Result<_, _>>()?;
        if inference_under.iter().all(Option::is_none) {
            inference_under.clear();
        }
        warnings.extend(inference.iter().flat_map(Inference::untestable).map(|text| model.warning(text)));
        let fits = Fits {
            formula: own_formula(stage, &model),
            by_entity: Vec::new(),
            pooled: main,
            pooled_under: under,
            inference,
            inference_under,
            by_entity_under: Vec::new(),
            by_entity_inference: Vec::new(),
        };
        made.push((model.name, fits));
    }
    Ok(Outputs::new().with("fits", Artifact::json(&Made::of(made))?).warn(warnings))
}

fn own_formula(stage: &Regress, model: &BoundModel) -> Formula {
    stage.formula(&model.bound.formula)
}

/// What there is to say of one equation under several covariances.
fn said(found: &[ChunkedOutcome]) -> Vec<String> {
    let Some(first) = found.first() else { return Vec::new() };
    let mut said = Vec::new();
    if first.incomplete > 0 {
        said.push(format!(
            "pooled: {} rows are left out because a variable is missing in them; read in blocks, they are counted and \
             not listed",
            first.incomplete
        ));
    }
    said.extend(first.outcome.reason().map(|reason| format!("not estimable: pooled: {reason}")));
    let notes = first.outcome.fit().map(|fit| fit.notes.as_slice()).unwrap_or_default();
    said.extend(notes.iter().filter(|note| note.leaves_out()).map(|note| format!("pooled: {note}")));
    said
}

/// A panel of whose parts the equation's terms are made, and rows chosen, as they are read.
struct BoundInBlocks<'a> {
    panel: &'a PanelInBlocks,
    written: &'a Written<'a>,
    /// Which of the stage's models it is.
    at: usize,
}

impl PanelChunks for BoundInBlocks<'_> {
    fn visit(
        &mut self,
        columns: &[&str],
        visit: &mut dyn FnMut(PanelChunk) -> bool,
    ) -> Result<(), PanelError> {
        let parts = self.panel.each(|part| {
            let (models, _) = self.written.models(&part)?;
            let Some(model) = models.into_iter().nth(self.at) else { return Ok(true) };
            let frame = model.bound.panel.frame();
            if frame.height() == 0 {
                return Ok(true);
            }
            Ok(visit(PanelChunk::of(frame, ENTITY, TIME, columns)?))
        });
        parts.map_err(in_panel)
    }
}
