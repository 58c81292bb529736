//! Branches, gathered from a survey.

use std::collections::BTreeMap;
use std::path::Path;

use vintner_pipeline::{Plan, RawFile, Survey, Vintage};

use super::stage::{OutputContent, ReadContent, StageContent};
use crate::error::Result;

/// The branches of a plan; `text` is that of the pipeline's file.
pub(super) fn stages(
    plan: &Plan<'_>,
    survey: &Survey<'_, '_>,
    raw: &[RawFile],
    vintage: &Vintage,
    text: &str,
) -> Result<Vec<StageContent>> {
    let mut reads: BTreeMap<String, Vec<ReadContent>> = BTreeMap::new();
    for branch in survey.reads() {
        let own = branch.reads.into_iter();
        let own = own.map(|read| ReadContent { role: read.role, branch: read.branch, output: read.output });
        reads.insert(branch.branch, own.collect());
    }
    let mut stages = Vec::new();
    for status in survey.statuses() {
        let audit = survey.audit(status, 0)?;
        let run = audit.run;
        let own = raw.iter().filter(|file| file.read_by.contains(&status.branch));
        let (sources, files): (Vec<&RawFile>, Vec<&RawFile>) =
            own.partition(|file| source_of(file, vintage, plan).is_some());
        let declared = plan.pipeline.stage(&status.id.stage)?.bound.output_declarations.first();
        let item = status.id.item.as_deref();
        let by_item = vintage.sources.iter().filter(|source| Some(source.name.as_str()) == item);
        let mut source_names: Vec<String> = match by_item.count() {
            0 => sources.iter().filter_map(|file| source_of(file, vintage, plan)).collect(),
            _ => item.map(manifest_name).into_iter().collect(),
        };
        source_names.sort();
        source_names.dedup();
        stages.push(StageContent {
            branch: status.branch.clone(),
            stage: status.id.stage.clone(),
            item: status.id.item.clone(),
            title: audit.title,
            operation: audit.operation,
            params: audit.params,
            line: line_of(text, &status.id.stage),
            reads: reads.remove(&status.branch).unwrap_or_default(),
            files: files.iter().map(|file| with_slashes(&file.path)).collect(),
            sources: source_names,
            outputs: audit
                .outputs
                .into_iter()
                .map(|output| OutputContent {
                    path: output.published.as_deref().map(with_slashes),
                    name: output.name,
                    kind: output.kind,
                    digest: output.digest,
                    bytes: output.bytes,
                    rows: output.rows,
                })
                .collect(),
            main_output: declared.map(|declared| declared.name.clone()).unwrap_or_default(),
            code: audit.code,
            fingerprint: audit.fingerprint,
            seed: run.as_ref().map_or(0, |run| run.seed),
            started: run.as_ref().map_or(0, |run| run.started),
            seconds: run.as_ref().map_or(0.0, |run| run.seconds),
            peak_memory: run.and_then(|run| run.peak_memory),
        });
    }
    Ok(stages)
}

/// The source in the manifest that a file belongs to.
pub(super) fn source_of(file: &RawFile, vintage: &Vintage, plan: &Plan<'_>) -> Option<String> {
    let path = plan.pipeline.workspace.join(&file.path);
    let is = |source: &&vintner_pipeline::SourceFile| source.path == path || source.path == file.path;
    vintage.sources.iter().find(is).map(|source| manifest_name(&source.name))
}

/// A source of many files has a part for each, called `source:part`.
fn manifest_name(part: &str) -> String {
    part.split(':').next().unwrap_or(part).to_owned()
}

/// A path with slashes, whatever the system writes.
pub(super) fn with_slashes(path: &Path) -> String {
    path.iter().map(|part| part.to_string_lossy().into_owned()).collect::<Vec<_>>().join("/")
}

/// The line, from 1, at which a stage begins in the pipeline's file.
fn line_of(text: &str, stage: &str) -> Option<usize> {
    let mut within = false;
    for (at, line) in text.lines().enumerate() {
        if line.trim_end() == "stages:" {
            within = true;
            continue;
        }
        let name = line.trim_start();
        let begins = [format!("{stage}:"), format!("\"{stage}\":"), format!("'{stage}':")];
        let indent = line.len() - name.len();
        if within && (1..=4).contains(&indent) && begins.iter().any(|begin| name.starts_with(begin.as_str()))
        {
            return Some(at + 1);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stage_begins_at_a_line_below_stages() {
        let text = "params:\n  panel: 1\nstages:\n  tidy: {op: ingest}\n  panel:\n    op: assemble\n";
        assert_eq!(line_of(text, "panel"), Some(5));
        assert_eq!(line_of(text, "tidy"), Some(4));
        assert_eq!(line_of(text, "table"), None);
    }
}
