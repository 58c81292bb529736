//! What a pipeline has made of a vintage, read back as what it means.

use std::io::Cursor;

use polars::prelude::{DataFrame, ParquetReader, SerReader};
use vintner_panel::{Panel, tidy_columns};
use vintner_pipeline::{Kind, Pipeline, Plan, StageStatus, Store, Survey, Vintage};
use vintner_reporting::claims::ClaimOutcome;
use vintner_reporting::vintage_difference::VintageSide;
use vintner_reporting::{StarLevels, read_estimates_csv};

use crate::error::StagesError;
use crate::operations::{Collected, ENTITY, TIME};

/// What was made of a vintage, and the levels of its stars. Nothing is made that isn't.
///
/// # Errors
/// [`StagesError::NotMade`] where a stage would run first; where an object can't be read.
pub fn vintage_side(
    pipeline: &Pipeline,
    vintage: &Vintage,
    store: &Store,
) -> Result<(VintageSide, StarLevels), StagesError> {
    let plan = Plan::new(pipeline, vintage);
    let survey = Survey::new(&plan, store)?;
    let statuses: Vec<&StageStatus> = survey.statuses().collect();
    if let Some(stale) = statuses.iter().find(|status| status.state.word() != "fresh") {
        return Err(StagesError::NotMade { vintage: vintage.name.clone(), branch: stale.branch.clone() });
    }
    let mut side = VintageSide {
        name: vintage.name.clone(),
        manifest: vintage.manifest.clone(),
        units: Vec::new(),
        panels: Vec::new(),
        estimates: Vec::new(),
        claims: Vec::new(),
        outputs: Vec::new(),
    };
    let mut levels = StarLevels::default();
    for status in statuses {
        let Some(record) = &status.record else { continue };
        let operation = &pipeline.stage(&status.id.stage)?.operation;
        for (output, kept) in &record.outputs {
            let name = format!("{}.{output}", status.branch);
            side.outputs.push((name.clone(), kept.digest.to_string()));
            let read = || {
                store.object(&kept.digest).ok_or_else(|| StagesError::NotMade {
                    vintage: vintage.name.clone(),
                    branch: status.branch.clone(),
                })
            };
            match (operation.as_str(), output.as_str()) {
                ("estimates", "rows") => {
                    let collected: Collected = serde_json::from_slice(&read()?)?;
                    levels = collected.star_levels.clone();
                    side.units.extend(collected.units.iter().cloned());
                }
                ("estimates", "csv") => {
                    let text = String::from_utf8_lossy(&read()?).into_owned();
                    side.estimates.extend(read_estimates_csv(&text, &name)?);
                }
                ("claims", "claims") => {
                    side.claims.extend(serde_json::from_slice::<Vec<ClaimOutcome>>(&read()?)?);
                }
                _ if kept.kind == Kind::Frame => {
                    let frame: DataFrame = ParquetReader::new(Cursor::new(read()?)).finish()?;
                    // Tidy values are rows of a file and gaps have a row for each variable: they are no panels.
                    if frame.column(tidy_columns::ROW).is_err()
                        && frame.column("variable").is_err()
                        && let Ok(panel) = Panel::new(frame, ENTITY, TIME)
                    {
                        side.panels.push((name, panel));
                    }
                }
                _ => {}
            }
        }
    }
    Ok((side, levels))
}
