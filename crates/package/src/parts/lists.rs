//! What makes what, as CSV: every exhibit, every number, every stage.

use vintner_pipeline::Store;

use super::csv_text::csv_text;
use crate::contents::Contents;
use crate::error::Result;
use crate::files::{Files, Role};

/// Tables, figures and numbers in texts.
pub(crate) const EXHIBITS: &str = "codebook/exhibits.csv";
/// Numbers with addresses.
pub(super) const NUMBERS: &str = "codebook/numbers.csv";
/// Branches.
pub(crate) const STAGES: &str = "codebook/stages.csv";

pub(super) fn add(contents: &Contents, _: &Store, files: &mut Files) -> Result<()> {
    files.put(EXHIBITS, Role::Codebook, exhibits(contents)?)?;
    if !contents.numbers.is_empty() {
        files.put(NUMBERS, Role::Codebook, numbers(contents)?)?;
    }
    files.put(STAGES, Role::Codebook, stages(contents)?)
}

fn exhibits(contents: &Contents) -> Result<Vec<u8>> {
    let heads = [
        "name",
        "kind",
        "title",
        "stage",
        "program",
        "place_in_text",
        "computed_by",
        "parameters",
        "files",
        "sources",
        "status",
    ];
    let claims = contents.claims.iter().map(|claim| {
        let stage = contents.stage(&claim.branch);
        vec![
            claim.id.clone(),
            "claim".to_owned(),
            claim.quote.clone(),
            claim.branch.clone(),
            stage.map(|stage| stage.place(&contents.pipeline_file)).unwrap_or_default(),
            claim.place.clone(),
            claim.statements.join("; "),
            stage.map(|stage| stage.params.to_string()).unwrap_or_default(),
            stage.map(|stage| stage.files.join("; ")).unwrap_or_default(),
            String::new(),
            claim.verdict.clone(),
        ]
    });
    let shown = contents.exhibits.iter().map(|exhibit| {
        let stage = contents.stage(&exhibit.branch);
        let computing = exhibit.computed_by.iter().filter_map(|branch| contents.stage(branch));
        let computing: serde_json::Map<String, serde_json::Value> =
            computing.chain(stage).map(|stage| (stage.branch.clone(), stage.params.clone())).collect();
        vec![
            exhibit.name.clone(),
            exhibit.kind.word().to_owned(),
            exhibit.title.clone().unwrap_or_default(),
            exhibit.branch.clone(),
            stage.map(|stage| stage.place(&contents.pipeline_file)).unwrap_or_default(),
            exhibit.place.clone().unwrap_or_default(),
            exhibit.computed_by.join("; "),
            serde_json::Value::Object(computing).to_string(),
            exhibit.files.join("; "),
            exhibit.sources.join("; "),
            if exhibit.reproducible { "with this package" } else { "with data that aren't provided" }
                .to_owned(),
        ]
    });
    csv_text(EXHIBITS, &heads, shown.chain(claims))
}

fn numbers(contents: &Contents) -> Result<Vec<u8>> {
    let heads = [
        "number",
        "value",
        "std_error",
        "made_by",
        "operation",
        "panel",
        "variables",
        "rows",
        "raw_cells",
        "raw_files",
    ];
    let rows = contents.numbers.iter().map(|number| {
        vec![
            number.address.clone(),
            number.value.clone(),
            number.std_error.map(|error| format!("{error:?}")).unwrap_or_default(),
            number.made_by.clone(),
            number.operation.clone(),
            number.panel.clone(),
            number.variables.join("; "),
            number.rows.to_string(),
            number.cells.to_string(),
            number.files.join("; "),
        ]
    });
    csv_text(NUMBERS, &heads, rows)
}

fn stages(contents: &Contents) -> Result<Vec<u8>> {
    let heads = [
        "stage",
        "operation",
        "place",
        "title",
        "reads",
        "files_read",
        "sources",
        "parameters",
        "seed",
        "seconds",
        "peak_memory_bytes",
        "published",
        "outputs_blake3",
    ];
    let rows = contents.stages.iter().map(|stage| {
        let reads = stage.reads.iter().map(|read| format!("{}.{}", read.branch, read.output));
        let outputs = stage.outputs.iter().map(|output| format!("{}={}", output.name, output.digest));
        vec![
            stage.branch.clone(),
            stage.operation.clone(),
            stage.place(&contents.pipeline_file),
            stage.title.clone().unwrap_or_default(),
            reads.collect::<Vec<_>>().join("; "),
            stage.files.join("; "),
            stage.sources.join("; "),
            stage.params.to_string(),
            stage.seed.to_string(),
            format!("{:.3}", stage.seconds),
            stage.peak_memory.map(|bytes| bytes.to_string()).unwrap_or_default(),
            stage.published().join("; "),
            outputs.collect::<Vec<_>>().join("; "),
        ]
    });
    csv_text(STAGES, &heads, rows)
}
