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
            if counts(operation, output, kept.kind) {
                put(&mut side, &mut levels, (&name, operation, output), read()?)?;
            }
        }
    }
    Ok((side, levels))
}

/// Whether an output is a part of a side but for its digest.
pub(crate) fn counts(operation: &str, output: &str, kind: Kind) -> bool {
    matches!((operation, output), ("estimates", "rows" | "csv") | ("claims", "claims")) || kind == Kind::Frame
}

/// Puts what an output holds into a side: an output by its name, its stage's operation and what it is there.
///
/// # Errors
/// Where the bytes aren't what such an output is.
pub(crate) fn put(
    side: &mut VintageSide,
    levels: &mut StarLevels,
    (name, operation, output): (&str, &str, &str),
    bytes: Vec<u8>,
) -> Result<(), StagesError> {
    match (operation, output) {
        ("estimates", "rows") => {
            let collected: Collected = serde_json::from_slice(&bytes)?;
            *levels = collected.star_levels.clone();
            side.units.extend(collected.units.iter().cloned());
        }
        ("estimates", "csv") => {
            side.estimates.extend(read_estimates_csv(&String::from_utf8_lossy(&bytes), name)?);
        }
        ("claims", "claims") => side.claims.extend(serde_json::from_slice::<Vec<ClaimOutcome>>(&bytes)?),
        _ => {
            let frame: DataFrame = ParquetReader::new(Cursor::new(bytes)).finish()?;
            // Tidy values are rows of a file and gaps have a row for each variable: they are no panels.
            if frame.column(tidy_columns::ROW).is_err()
                && frame.column("variable").is_err()
                && let Ok(panel) = Panel::new(frame, ENTITY, TIME)
            {
                side.panels.push((name.to_owned(), panel));
            }
        }
    }
    Ok(())
}
