//! What a lock says was made of a vintage, read back as what it means.

use std::path::Path;

use serde_json::Value;
use vintner_ingest::VintageFolders;
use vintner_pipeline::{Kind, Locked, Pipeline, Store};
use vintner_reporting::StarLevels;
use vintner_reporting::vintage_difference::VintageSide;

use crate::error::StagesError;
use crate::made::{counts, put};

/// What a lock names, as far as it is kept.
#[derive(Debug, Clone)]
pub struct LockedSide {
    /// What was made.
    pub side: VintageSide,
    /// The levels of its stars.
    pub levels: StarLevels,
    /// Outputs with something to compare that no store has any longer, as `branch.output`.
    pub missing: Vec<String>,
}

/// What a lock says was made, read from the first of the stores that has it. What an output is, is taken from
/// the pipeline: of a stage that it no longer has the digests alone are known.
///
/// # Errors
/// Where what is kept isn't what such an output is.
pub fn locked_side(
    pipeline: &Pipeline,
    name: &str,
    manifest: Value,
    locked: &Locked,
    stores: &[&Store],
) -> Result<LockedSide, StagesError> {
    let mut side = VintageSide {
        name: name.to_owned(),
        manifest,
        units: Vec::new(),
        panels: Vec::new(),
        estimates: Vec::new(),
        claims: Vec::new(),
        outputs: Vec::new(),
    };
    let (mut levels, mut missing) = (StarLevels::default(), Vec::new());
    let place = |output: &str| {
        let stage = parts(output).map(|(stage, _)| stage);
        pipeline.stages.iter().position(|known| Some(known.name.as_str()) == stage).unwrap_or(usize::MAX)
    };
    let mut outputs: Vec<_> = locked.outputs.iter().collect();
    outputs.sort_by_key(|(name, _)| place(name));
    for (name, digest) in outputs {
        side.outputs.push((name.clone(), digest.to_string()));
        let Some((stage, output)) = parts(name) else { continue };
        let Some(stage) = pipeline.stages.iter().find(|known| known.name == stage) else { continue };
        let declared = stage.bound.output_declarations.iter().find(|declared| declared.name == output);
        let kind = declared.map_or(Kind::File, |declared| declared.kind);
        if !counts(&stage.operation, output, kind) {
            continue;
        }
        match stores.iter().find_map(|store| store.object(digest)) {
            Some(bytes) => put(&mut side, &mut levels, (name, &stage.operation, output), bytes)?,
            None => missing.push(name.clone()),
        }
    }
    Ok(LockedSide { side, levels, missing })
}

/// The stage and the output of `stage.output` or `stage[branch].output`.
fn parts(name: &str) -> Option<(&str, &str)> {
    let (branch, output) = name.rsplit_once('.')?;
    Some((branch.split_once('[').map_or(branch, |(stage, _)| stage), output))
}

/// What a manifest says, of a folder laid out like `data/vintages`; its raw files needn't be there.
///
/// # Errors
/// Where the folder has no such vintage, or its manifest has faults.
pub fn manifest_in(folder: &Path, vintage: &str) -> Result<Value, StagesError> {
    let found = VintageFolders::new(Some(folder), folder).locate(vintage)?;
    Ok(serde_json::to_value(&found.manifest)?)
}

#[cfg(test)]
mod tests {
    use super::parts;

    #[test]
    fn names_of_outputs_come_apart() {
        assert_eq!(parts("estimates.csv"), Some(("estimates", "csv")));
        assert_eq!(parts("tidy[a.b].tidy"), Some(("tidy", "tidy")));
        assert_eq!(parts("nothing"), None);
    }
}
