//! The first page: the pipeline as a picture and as a table.

use serde::Serialize;
use vintner_pipeline::{ForEach, GraphLink, StageStatus, State, draw_linked, draw_whole_linked};
use vintner_stages::count;

use crate::error::Result;
use crate::figures::{bytes, instant, seconds};
use crate::folder::Folder;
use crate::gathered::Gathered;
use crate::links::{Link, branch_page, stage_page};
use crate::renderer::Renderer;

/// What a line of a table says of a branch, or of a stage.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct StageRow {
    link: Link,
    title: String,
    /// The state whose colour it has.
    state: &'static str,
    /// The state in words.
    states: String,
    operation: String,
    made: String,
    took: String,
    rows: String,
    bytes: String,
    warnings: usize,
}

impl StageRow {
    pub(crate) fn of(gathered: &Gathered<'_, '_, '_>, status: &StageStatus) -> Self {
        let link = Link::to(branch_page(&status.id), status.branch.clone());
        Self::of_some(gathered, &status.id.stage, link, &[status])
    }

    /// One line for all branches of a stage.
    fn of_some(gathered: &Gathered<'_, '_, '_>, stage: &str, link: Link, statuses: &[&StageStatus]) -> Self {
        let described = gathered.plan.pipeline.stages.iter().find(|known| known.name == stage);
        let records: Vec<_> = statuses.iter().filter_map(|status| status.record.as_ref()).collect();
        let outputs = || records.iter().flat_map(|record| record.outputs.values());
        let rows: Vec<u64> = outputs().filter_map(|output| output.rows).collect();
        let last = records.iter().map(|record| record.started).max();
        let made = |text: String| if records.is_empty() { String::new() } else { text };
        let states = states(statuses);
        let worst = statuses.iter().map(|status| &status.state).max_by_key(|state| rank(state));
        Self {
            link,
            title: described.and_then(|stage| stage.title.clone()).unwrap_or_default(),
            state: worst.map_or("unknown", State::word),
            states: match states.as_slice() {
                [(word, _)] => (*word).to_owned(),
                several => several
                    .iter()
                    .map(|(word, times)| format!("{times} {word}"))
                    .collect::<Vec<_>>()
                    .join(", "),
            },
            operation: described.map(|stage| stage.operation.clone()).unwrap_or_default(),
            made: last.map(instant).unwrap_or_default(),
            took: made(seconds(records.iter().map(|record| record.seconds).sum())),
            rows: if rows.is_empty() { String::new() } else { rows.iter().sum::<u64>().to_string() },
            bytes: made(bytes(outputs().map(|output| output.bytes).sum())),
            warnings: records.iter().map(|record| record.warnings.len()).sum(),
        }
    }
}

/// States with how many branches have each, in order of appearance.
fn states(statuses: &[&StageStatus]) -> Vec<(&'static str, usize)> {
    let mut words: Vec<(&'static str, usize)> = Vec::new();
    for status in statuses {
        let word = status.state.word();
        match words.iter_mut().find(|(known, _)| *known == word) {
            Some((_, times)) => *times += 1,
            None => words.push((word, 1)),
        }
    }
    words
}

fn rank(state: &State) -> usize {
    match state {
        State::Fresh => 0,
        State::Waiting(_) => 1,
        State::Stale(_) => 2,
        State::Missing(_) => 3,
        State::Corrupt(_) => 4,
    }
}

#[derive(Debug, Serialize)]
struct Body {
    summary: String,
    /// Markup made by `draw_linked`, which escapes what it shows.
    picture: String,
    /// The same with every file and edge.
    whole: String,
    rows: Vec<StageRow>,
    published: Vec<Link>,
    warnings: Vec<Warning>,
    notes: Vec<String>,
}

#[derive(Debug, Serialize)]
struct Warning {
    branch: Link,
    text: String,
}

/// The most warnings on the first page.
const WARNINGS: usize = 200;

/// Writes the first page; `published` are files outside of the site, `notes` say which pages there aren't, and why.
pub(crate) fn write(
    gathered: &Gathered<'_, '_, '_>,
    renderer: &Renderer,
    folder: &mut Folder,
    published: Vec<Link>,
    notes: Vec<String>,
) -> Result<()> {
    let pipeline = &gathered.plan.pipeline;
    let of_stage = |stage: &str| -> Vec<&StageStatus> {
        gathered.statuses.iter().filter(|status| status.id.stage == stage).copied().collect()
    };
    let link = |name: &str| {
        if name == "vintage" {
            return GraphLink { href: Some("sources.html".into()), note: String::new() };
        }
        if !pipeline.stages.iter().any(|stage| stage.name == name) {
            return GraphLink { href: gathered.file(name).href, note: String::new() };
        }
        let statuses = of_stage(name);
        let took: Vec<f64> =
            statuses.iter().filter_map(|status| Some(status.record.as_ref()?.seconds)).collect();
        let note = if took.is_empty() { String::new() } else { seconds(took.iter().sum()) };
        GraphLink { href: Some(stage_page(name)), note }
    };
    let owned: Vec<StageStatus> = gathered.statuses.iter().map(|status| (*status).clone()).collect();
    let rows = pipeline.stages.iter().map(|stage| {
        let statuses = of_stage(&stage.name);
        let several =
            match (&stage.foreach, statuses.iter().filter(|status| status.id.item.is_some()).count()) {
                (None, _) => String::new(),
                (Some(ForEach::Column { column, .. }), 0) => format!("for each {column}"),
                (Some(_), branches) => count(branches, "branch"),
            };
        let link = Link::to(stage_page(&stage.name), stage.name.clone()).noted(several);
        StageRow::of_some(gathered, &stage.name, link, &statuses)
    });
    let mut warnings = Vec::new();
    for status in &gathered.statuses {
        let Some(record) = &status.record else { continue };
        let told = record.warnings.iter();
        warnings
            .extend(told.map(|text| Warning { branch: gathered.branch(&status.branch), text: text.clone() }));
    }
    warnings.truncate(WARNINGS);
    let body = Body {
        summary: summary(gathered),
        picture: draw_linked(gathered.plan, &owned, &link),
        whole: draw_whole_linked(gathered.plan, &owned, &link),
        rows: rows.collect(),
        published,
        warnings,
        notes,
    };
    let title = format!("{} on {}", pipeline.name, gathered.plan.vintage.name);
    folder.put("index.html", &renderer.page("index.html", "index.html", &title, &body)?)
}

fn summary(gathered: &Gathered<'_, '_, '_>) -> String {
    let records = || gathered.statuses.iter().filter_map(|status| status.record.as_ref());
    let size: u64 = records().flat_map(|record| record.outputs.values()).map(|output| output.bytes).sum();
    let states = states(&gathered.statuses);
    let told: Vec<String> = states.iter().map(|(word, times)| format!("{times} {word}")).collect();
    let mut summary = format!(
        "{} in {}: {}. {} of outputs are kept",
        count(gathered.statuses.len(), "branch"),
        count(gathered.plan.pipeline.stages.len(), "stage"),
        told.join(", "),
        bytes(size)
    );
    let started = records().map(|record| record.started);
    if let (Some(first), Some(last)) = (started.clone().min(), started.max()) {
        let took: f64 = records().map(|record| record.seconds).sum();
        summary.push_str(&format!(
            ", made between {} and {} in {} of work",
            instant(first),
            instant(last),
            seconds(took)
        ));
    }
    summary.push('.');
    summary
}
