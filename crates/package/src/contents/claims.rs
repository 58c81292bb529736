//! Claims and numbers, gathered from what is made.

use vintner_pipeline::Store;
use vintner_stages::claims::{ClaimOutcome, EvaluatedClaim};
use vintner_stages::trace::{NumberValue, TracedNumber, Traces, trace_all};

use super::number::{ClaimContent, NumberContent};
use super::request::Request;
use super::stage::StageContent;
use crate::error::{PackageError, Result};

/// What became of the claims of all stages that hold some against data.
pub(super) fn claims(stages: &[StageContent], store: &Store) -> Result<Vec<ClaimContent>> {
    let mut found = Vec::new();
    for stage in stages.iter().filter(|stage| stage.operation == "claims") {
        let Some(output) = stage.main() else { continue };
        let what = format!("{}.{}", stage.branch, output.name);
        let refused = |message: String| PackageError::Output { what: what.clone(), message };
        let gone = || refused("it isn't in the cache any longer".into());
        let bytes = store.object(&output.digest).ok_or_else(gone)?;
        let outcomes: Vec<ClaimOutcome> =
            serde_json::from_slice(&bytes).map_err(|error| refused(error.to_string()))?;
        found.extend(outcomes.into_iter().map(|outcome| of(outcome, &stage.branch)));
    }
    Ok(found)
}

fn of(outcome: ClaimOutcome, branch: &str) -> ClaimContent {
    let word = |side: &EvaluatedClaim| side.verdict.word().to_owned();
    let claim = outcome.claim;
    let quote = match claim.quote.en.is_empty() {
        true => claim.quote.zh.unwrap_or_default(),
        false => claim.quote.en,
    };
    ClaimContent {
        verdict: word(&outcome.estimated),
        published: outcome.published.as_ref().map(word),
        id: claim.id,
        place: claim.place.en,
        quote,
        statements: claim.statements,
        because: outcome.estimated.because,
        branch: branch.to_owned(),
    }
}

/// All numbers that have addresses.
pub(super) fn numbers(request: &Request<'_>) -> Result<Vec<NumberContent>> {
    let traces = trace_all(request.pipeline, request.vintage, request.store)?;
    traces.numbers.iter().map(|number| of_number(number, &traces)).collect()
}

fn of_number(number: &TracedNumber, traces: &Traces) -> Result<NumberContent> {
    let what = number.address.to_string();
    let origin = traces.origins.get(number.origin).ok_or_else(|| PackageError::Output {
        what: what.clone(),
        message: "its origin isn't among all".into(),
    })?;
    let (value, std_error) = match &number.value {
        NumberValue::Estimate(row) => (row.estimate.map(|estimate| format!("{estimate:?}")), row.std_error),
        NumberValue::Cell(cell) => {
            let error = cell.coefficient.as_ref().and_then(|term| term.std_error);
            (cell.value.map(|value| format!("{value:?}")), error)
        }
        NumberValue::Output(value) => (Some(value.to_string()), None),
        NumberValue::Value { value } => (value.map(|value| format!("{value:?}")), None),
    };
    // The report's end first: what made a number is the last of what it passed through.
    let made_by = number.stages.last();
    Ok(NumberContent {
        address: what,
        value: value.unwrap_or_default(),
        std_error,
        made_by: made_by.map(|stage| stage.output.clone()).unwrap_or_default(),
        operation: made_by.map(|stage| stage.operation.clone()).unwrap_or_default(),
        panel: origin.panel.clone(),
        variables: origin.variables.clone(),
        rows: origin.sample.len(),
        cells: origin.cells.len(),
        files: origin.files.iter().map(|file| file.file.clone()).collect(),
    })
}
