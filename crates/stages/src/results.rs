//! What a run changed in a vintage's results.

use std::collections::{BTreeMap, BTreeSet};

use vintner_pipeline::{Digest, Pipeline, Record, Store};
use vintner_reporting::claims::ClaimOutcome;
use vintner_reporting::vintage_difference::{ClaimsDifference, EstimatesDifference};
use vintner_reporting::{TidyEstimate, read_estimates_csv};

use crate::error::StagesError;
use crate::operations::Collected;

/// How coefficients and claims differ from those of the run before.
#[derive(Debug, Clone, PartialEq)]
pub struct ResultsDifference {
    /// The coefficients; nothing where there is no table of them from either run.
    pub estimates: Option<EstimatesDifference>,
    /// Coefficients that the table before had no row for.
    pub added: usize,
    /// Coefficients that the table after has no row for.
    pub gone: usize,
    /// The claims; nothing where none were held against either run.
    pub claims: Option<ClaimsDifference>,
}

/// How the results of two runs differ, each by the fingerprints of its branches. Nothing where the same was
/// made or there is nothing to compare: then nothing but the records is read.
///
/// # Errors
/// Where what is kept of a run can't be read as what it should be.
pub fn results_difference(
    pipeline: &Pipeline,
    store: &Store,
    before: &BTreeMap<String, Digest>,
    after: &BTreeMap<String, Digest>,
) -> Result<Option<ResultsDifference>, StagesError> {
    let mut difference = ResultsDifference { estimates: None, added: 0, gone: 0, claims: None };
    for stage in &pipeline.stages {
        let output = match stage.operation.as_str() {
            "estimates" => "csv",
            "claims" => "claims",
            _ => continue,
        };
        let record = |run: &BTreeMap<String, Digest>| store.record(run.get(&stage.name)?);
        if before.get(&stage.name) == after.get(&stage.name) {
            continue;
        }
        let (Some(before), Some(after)) = (record(before), record(after)) else { continue };
        let read = |record: &Record, output: &str| store.object(&record.outputs.get(output)?.digest);
        let digest = |record: &Record| record.outputs.get(output).map(|kept| kept.digest.clone());
        if digest(&before) == digest(&after) {
            continue;
        }
        // What the cache has lost can't be compared.
        let (Some(old), Some(new)) = (read(&before, output), read(&after, output)) else { continue };
        if output == "claims" {
            let claims = |bytes: &[u8]| serde_json::from_slice::<Vec<ClaimOutcome>>(bytes);
            difference.claims = Some(ClaimsDifference::new(&claims(&old)?, &claims(&new)?));
            continue;
        }
        let Some(rows) = read(&after, "rows") else { continue };
        let level = serde_json::from_slice::<Collected>(&rows)?.star_levels.loosest();
        let table = |bytes: &[u8]| read_estimates_csv(&String::from_utf8_lossy(bytes), &stage.name);
        let (old, new) = (table(&old)?, table(&new)?);
        let keys = |rows: &[TidyEstimate]| -> BTreeSet<_> {
            rows.iter().map(|row| (row.table.clone(), row.unit.clone(), row.regressor.clone())).collect()
        };
        let (old_keys, new_keys) = (keys(&old), keys(&new));
        difference.added += new_keys.difference(&old_keys).count();
        difference.gone += old_keys.difference(&new_keys).count();
        difference.estimates = Some(EstimatesDifference::new(&old, &new, level));
    }
    Ok((difference.estimates.is_some() || difference.claims.is_some()).then_some(difference))
}
