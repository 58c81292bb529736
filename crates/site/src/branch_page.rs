//! The page of a stage, and of each of its branches.

use serde::Serialize;
use serde_json::Value;
use vintner_pipeline::{Audit, Origin, PipelineStage, StageStatus};
use vintner_stages::count;

use crate::error::Result;
use crate::figures::{bytes, instant, seconds};
use crate::folder::Folder;
use crate::gathered::Gathered;
use crate::links::{Link, branch_page, stage_page};
use crate::output_view::OutputView;
use crate::overview::StageRow;
use crate::renderer::Renderer;
use crate::search_index::SearchIndex;
use crate::table_data::ROWS;
use crate::why_view::WhyView;
use crate::{output_view, why_view};

/// The most branches, inputs or lines that one page lists.
const MOST: usize = 1_000;

/// The most lines of a log.
const LOG: usize = 2_000;

#[derive(Debug, Serialize)]
struct StageBody {
    name: String,
    title: String,
    operation: String,
    foreach: String,
    rows: Vec<StageRow>,
    more: usize,
    /// Why its branches aren't known, where they aren't.
    waiting: Vec<String>,
    lineage: Lineage,
}

/// What something is made from and what is made from it.
#[derive(Debug, Default, Serialize)]
struct Lineage {
    reads: Vec<Link>,
    through: Vec<Link>,
    files: Vec<Link>,
    readers: Vec<Link>,
    beyond: Vec<Link>,
}

#[derive(Debug, Serialize)]
struct BranchBody {
    name: String,
    title: String,
    /// The stage, where this is one of its branches.
    stage: Option<Link>,
    before: Option<Link>,
    after: Option<Link>,
    operation: String,
    state: &'static str,
    causes: Vec<String>,
    made: String,
    took: String,
    memory: String,
    ran_as: Option<Link>,
    seed: String,
    code: String,
    fingerprint: String,
    warnings: Vec<String>,
    params: Vec<(String, String)>,
    inputs: Vec<Input>,
    more_inputs: usize,
    outputs: Vec<OutputView>,
    lineage: Lineage,
    why: Vec<WhyView>,
    log: Vec<String>,
    more_log: usize,
}

#[derive(Debug, Serialize)]
struct Input {
    role: String,
    from: Link,
    bytes: String,
    digest: String,
}

/// Writes the pages of all stages and branches, and returns what they publish.
pub(crate) fn write(
    gathered: &Gathered<'_, '_, '_>,
    renderer: &Renderer,
    folder: &mut Folder,
    index: &mut SearchIndex,
) -> Result<Vec<Link>> {
    let mut published = Vec::new();
    for stage in &gathered.plan.pipeline.stages {
        let statuses: Vec<&StageStatus> =
            gathered.statuses.iter().filter(|status| status.id.stage == stage.name).copied().collect();
        let title = stage.title.clone().unwrap_or_default();
        index.add("stage", &stage.name, &title, &stage_page(&stage.name));
        if stage.foreach.is_some() {
            write_stage(gathered, renderer, folder, stage, &statuses)?;
        }
        for (at, status) in statuses.iter().enumerate() {
            // A stage whose branches aren't known is there once, under its name, and has its page.
            if stage.foreach.is_some() && status.id.item.is_none() {
                continue;
            }
            if status.id.item.is_some() {
                index.add("branch", &status.branch, &title, &branch_page(&status.id));
            }
            let neighbour = |at: Option<usize>| {
                let other = at.and_then(|at| statuses.get(at)).filter(|other| other.id.item.is_some());
                other.map(|other| Link::to(branch_page(&other.id), other.branch.clone()))
            };
            let around = (neighbour(at.checked_sub(1)), neighbour(Some(at + 1)));
            published.extend(write_branch(gathered, renderer, folder, index, stage, status, around)?);
        }
    }
    Ok(published)
}

fn write_stage(
    gathered: &Gathered<'_, '_, '_>,
    renderer: &Renderer,
    folder: &mut Folder,
    stage: &PipelineStage,
    statuses: &[&StageStatus],
) -> Result<()> {
    let known: Vec<&StageStatus> =
        statuses.iter().filter(|status| status.id.item.is_some()).copied().collect();
    let waiting = statuses.iter().filter(|status| status.id.item.is_none());
    let names = || known.iter().map(|status| status.branch.as_str());
    let reads: Vec<&str> =
        names().flat_map(|name| gathered.reads(name)).map(|read| read.branch.as_str()).collect();
    let readers: Vec<&str> = names().flat_map(|name| gathered.readers(name)).map(String::as_str).collect();
    let body = StageBody {
        name: stage.name.clone(),
        title: stage.title.clone().unwrap_or_default(),
        operation: stage.operation.clone(),
        foreach: count(known.len(), "branch"),
        rows: known.iter().take(MOST).map(|status| StageRow::of(gathered, status)).collect(),
        more: known.len().saturating_sub(MOST),
        waiting: waiting.flat_map(|status| status.state.causes().iter().cloned()).collect(),
        lineage: Lineage {
            reads: gathered.by_stage(reads.into_iter()),
            readers: gathered.by_stage(readers.into_iter()),
            ..Lineage::default()
        },
    };
    let path = stage_page(&stage.name);
    folder.put(&path, &renderer.page(&path, "stage.html", &stage.name, &body)?)
}

fn write_branch(
    gathered: &Gathered<'_, '_, '_>,
    renderer: &Renderer,
    folder: &mut Folder,
    index: &mut SearchIndex,
    stage: &PipelineStage,
    status: &StageStatus,
    (before, after): (Option<Link>, Option<Link>),
) -> Result<Vec<Link>> {
    let audit = gathered.survey.audit(status, ROWS)?;
    let path = branch_page(&status.id);
    let mut outputs = Vec::new();
    for output in &audit.outputs {
        let view = output_view::view(gathered, folder, status, output)?;
        let place = format!("{path}#{}", crate::links::output_place(&view.name));
        index.add("output", &format!("{}.{}", status.branch, view.name), "", &place);
        for column in view.columns.iter().filter(|_| status.id.item.is_none()) {
            index.add("variable", &column.name, &format!("{}.{}", status.branch, view.name), &place);
        }
        outputs.push(view);
    }
    let run = audit.run.as_ref();
    let log: Vec<&str> = run.map(|run| run.log.lines().collect()).unwrap_or_default();
    let inputs = inputs(gathered, &audit);
    let body = BranchBody {
        name: status.branch.clone(),
        title: audit.title.clone().unwrap_or_default(),
        stage: status.id.item.as_ref().map(|_| Link::to(stage_page(&stage.name), stage.name.clone())),
        before,
        after,
        operation: audit.operation.clone(),
        state: audit.state,
        causes: audit.causes.clone(),
        made: run.map(|run| instant(run.started)).unwrap_or_default(),
        took: run.map(|run| seconds(run.seconds)).unwrap_or_default(),
        memory: run.and_then(|run| run.peak_memory).map(bytes).unwrap_or_default(),
        ran_as: run.filter(|run| run.ran_as != status.branch).map(|run| gathered.branch(&run.ran_as)),
        seed: run.map(|run| run.seed.to_string()).unwrap_or_default(),
        code: audit.code.to_string(),
        fingerprint: audit.fingerprint.as_ref().map(ToString::to_string).unwrap_or_default(),
        warnings: run.map(|run| run.warnings.clone()).unwrap_or_default(),
        params: params(&audit.params),
        more_inputs: inputs.len().saturating_sub(MOST),
        inputs: inputs.into_iter().take(MOST).collect(),
        outputs,
        lineage: lineage(gathered, status, &audit),
        why: why_view::view(gathered, status)?,
        more_log: log.len().saturating_sub(LOG),
        log: log.into_iter().take(LOG).map(str::to_owned).collect(),
    };
    folder.put(&path, &renderer.page(&path, "branch.html", &status.branch, &body)?)?;
    Ok(body.outputs.into_iter().filter_map(|output| output.published).collect())
}

fn inputs(gathered: &Gathered<'_, '_, '_>, audit: &Audit) -> Vec<Input> {
    let inputs = audit.run.iter().flat_map(|run| &run.inputs);
    inputs
        .map(|input| Input {
            role: match input.key.as_str() {
                "" => input.role.clone(),
                key => format!("{} {key}", input.role),
            },
            from: match &input.from {
                Origin::Output(name) => gathered.output(name),
                Origin::File(path) => gathered.file(path),
                Origin::Manifest => Link::to("sources.html", "the manifest"),
            },
            bytes: bytes(input.bytes),
            digest: input.digest.to_string(),
        })
        .collect()
}

fn lineage(gathered: &Gathered<'_, '_, '_>, status: &StageStatus, audit: &Audit) -> Lineage {
    let name = &status.branch;
    let (above, below) = (gathered.beyond(name, false), gathered.beyond(name, true));
    Lineage {
        reads: gathered.by_stage(gathered.reads(name).iter().map(|read| read.branch.as_str())),
        through: gathered.by_stage(above.iter().map(String::as_str)),
        files: audit.made_from.iter().map(|file| gathered.file(&file.path.display().to_string())).collect(),
        readers: gathered.by_stage(gathered.readers(name).iter().map(String::as_str)),
        beyond: gathered.by_stage(below.iter().map(String::as_str)),
    }
}

/// Parameters, each at its path.
pub(crate) fn params(params: &Value) -> Vec<(String, String)> {
    let mut found = Vec::new();
    flatten(String::new(), params, &mut found);
    found.truncate(MOST);
    found
}

fn flatten(path: String, value: &Value, found: &mut Vec<(String, String)>) {
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            for (name, field) in fields {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                flatten(path, field, found);
            }
        }
        // A list of plain values is one line, of others a line for each part.
        Value::Array(items) if items.iter().any(|item| item.is_object() || item.is_array()) => {
            for (at, item) in items.iter().enumerate() {
                flatten(format!("{path}[{at}]"), item, found);
            }
        }
        Value::Array(items) => {
            let text = |item: &Value| item.as_str().map_or_else(|| item.to_string(), str::to_owned);
            found.push((path, items.iter().map(text).collect::<Vec<_>>().join(", ")));
        }
        Value::Null | Value::Object(_) if path.is_empty() => {}
        Value::Null => found.push((path, "\u{2013}".to_owned())),
        Value::String(text) => found.push((path, text.clone())),
        other => found.push((path, other.to_string())),
    }
}
