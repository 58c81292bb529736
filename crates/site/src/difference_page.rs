//! What changed from other vintages.

use std::collections::BTreeMap;

use serde::Serialize;
use vintner_stages::count;
use vintner_stages::vintage_difference::{CellChange, DataDifference, VariableDifference, VintageDifference};
use vintner_stages::{Moved, Signs, StagesError, page_name, percent, vintage_side};

use crate::error::Result;
use crate::folder::Folder;
use crate::gathered::Gathered;
use crate::links::Link;
use crate::renderer::Renderer;
use crate::search_index::SearchIndex;
use crate::trace_pages::Traced;

/// The most rows of a table.
const ROWS: usize = 600;

/// The most variables whose cells are drawn, and the most cells of a drawing.
const MAPS: usize = 40;
const CELLS: usize = 3_000;

/// The most cells of a variable that are told one by one.
const CHANGES: usize = 40;

#[derive(Debug, Serialize)]
struct ListBody {
    pages: Vec<Link>,
    notes: Vec<String>,
}

#[derive(Debug, Serialize)]
struct Body {
    before: String,
    after: String,
    summary: String,
    synthetic: Vec<String>,
    outputs: Vec<Link>,
    sections: Vec<Section>,
    maps: Vec<Map>,
}

#[derive(Debug, Serialize)]
struct Section {
    place: &'static str,
    heading: &'static str,
    summary: String,
    headers: Vec<Header>,
    rows: Vec<Row>,
    more: usize,
}

#[derive(Debug, Serialize)]
struct Header {
    text: &'static str,
    numeric: bool,
}

#[derive(Debug, Serialize)]
struct Row {
    href: Option<String>,
    cells: Vec<String>,
}

/// Every unit by every time: how much the cell moved.
#[derive(Debug, Serialize)]
struct Map {
    variable: String,
    changed: usize,
    times: Vec<String>,
    rows: Vec<MapRow>,
    changes: Vec<String>,
    more: usize,
}

#[derive(Debug, Serialize)]
struct MapRow {
    name: String,
    marks: Vec<Mark>,
}

#[derive(Debug, Clone, Serialize)]
struct Mark {
    class: &'static str,
    sign: &'static str,
}

/// What changed from each other vintage that is made.
pub(crate) struct Prepared {
    differences: Vec<VintageDifference>,
    /// Which other vintages aren't compared, and why.
    notes: Vec<String>,
}

/// Compares with other vintages; why not, where none is made.
pub(crate) fn prepare(gathered: &Gathered<'_, '_, '_>) -> Result<std::result::Result<Prepared, String>> {
    let (pipeline, store) = (gathered.plan.pipeline, gathered.request.store);
    let (after, levels) = match vintage_side(pipeline, gathered.plan.vintage, store) {
        Ok(side) => side,
        Err(StagesError::NotMade { branch, .. }) => {
            let why = "so nothing is compared with other vintages";
            return Ok(Err(format!("{branch} isn't made as things are now, {why}.")));
        }
        Err(error) => return Err(error.into()),
    };
    let level = levels.loosest();
    let (mut differences, mut notes) = (Vec::new(), Vec::new());
    for against in gathered.request.against {
        let vintage = match &against.vintage {
            Ok(vintage) => vintage,
            Err(reason) => {
                notes.push(format!("{}: {reason}", against.name));
                continue;
            }
        };
        match vintage_side(pipeline, vintage, store) {
            Ok((before, _)) => {
                differences.push(VintageDifference::new(&before, &after, level).map_err(StagesError::from)?)
            }
            Err(StagesError::NotMade { vintage, branch }) => {
                notes.push(format!("{vintage}: {branch} isn't made as things are now"));
            }
            Err(error) => return Err(error.into()),
        }
    }
    if differences.is_empty() {
        let reasons = if notes.is_empty() { String::new() } else { format!(" ({})", notes.join("; ")) };
        return Ok(Err(format!("No other vintage is made, so nothing is compared{reasons}.")));
    }
    Ok(Ok(Prepared { differences, notes }))
}

/// Writes a page for each other vintage, and a list of them.
pub(crate) fn write(
    gathered: &Gathered<'_, '_, '_>,
    renderer: &Renderer,
    folder: &mut Folder,
    index: &mut SearchIndex,
    prepared: &Prepared,
    traced: &Traced,
) -> Result<()> {
    let mut pages = Vec::new();
    for difference in &prepared.differences {
        let path = format!("diff/{}.html", page_name(&difference.before));
        let title = format!("From {} to {}", difference.before, difference.after);
        let body = body(gathered, difference, traced);
        index.add("difference", &title, &body.summary, &path);
        folder.put(&path, &renderer.page(&path, "difference.html", &title, &body)?)?;
        pages.push(Link::to(path, title).noted(body.summary));
    }
    let body = ListBody { pages, notes: prepared.notes.clone() };
    folder.put("diff.html", &renderer.page("diff.html", "differences.html", "Differences", &body)?)
}

fn body(gathered: &Gathered<'_, '_, '_>, difference: &VintageDifference, traced: &Traced) -> Body {
    let differing = difference.outputs_differing.len();
    let summary = match differing {
        0 => format!("all {} the same", count(difference.outputs_compared, "output")),
        _ => format!("{differing} of {} differ", count(difference.outputs_compared, "output")),
    };
    Body {
        before: difference.before.clone(),
        after: difference.after.clone(),
        summary,
        synthetic: difference.synthetic.clone(),
        outputs: difference.outputs_differing.iter().take(ROWS).map(|name| gathered.output(name)).collect(),
        sections: vec![
            sources(difference),
            data(difference),
            estimates(difference, traced),
            claims(difference, traced),
        ],
        maps: difference.data.changed.iter().take(MAPS).map(|one| map(&difference.data, one)).collect(),
    }
}

fn section(
    (place, heading): (&'static str, &'static str),
    summary: String,
    headers: &[(&'static str, bool)],
    mut rows: Vec<Row>,
) -> Section {
    let more = rows.len().saturating_sub(ROWS);
    rows.truncate(ROWS);
    let headers = headers.iter().map(|(text, numeric)| Header { text, numeric: *numeric }).collect();
    Section { place, heading, summary, headers, rows, more }
}

fn sources(difference: &VintageDifference) -> Section {
    let sources = &difference.sources;
    let mut rows = Vec::new();
    for source in &sources.changed {
        for field in &source.fields {
            let name = match &source.renamed {
                Some(new) => format!("{} \u{2192} {new}", source.source),
                None => source.source.clone(),
            };
            let side = |text: &Option<String>| text.clone().unwrap_or_else(|| "\u{2013}".into());
            rows.push(Row {
                href: None,
                cells: vec![name, field.field.clone(), side(&field.before), side(&field.after)],
            });
        }
    }
    let mut summary = format!("{} the same, {} differ", sources.same, sources.changed.len());
    name_more(&mut summary, &sources.gone, &sources.added);
    let headers = [("Source", false), ("Field", false), ("Before", false), ("After", false)];
    section(("sources", "Sources"), summary, &headers, rows)
}

fn name_more(summary: &mut String, gone: &[String], added: &[String]) {
    for (names, what) in [(gone, "gone"), (added, "new")] {
        if !names.is_empty() {
            summary.push_str(&format!("; {what}: {}", names.join(", ")));
        }
    }
}

fn data(difference: &VintageDifference) -> Section {
    let data = &difference.data;
    let mut summary = match (data.times.first(), data.times.last()) {
        (Some(first), Some(last)) => format!(
            "{}, {first}\u{2013}{last}; {} the same, {} differ",
            count(data.entities.len(), "unit"),
            count(data.same.len(), "variable"),
            data.changed.len()
        ),
        _ => "no values".into(),
    };
    name_more(&mut summary, &data.gone, &data.added);
    let rows = data
        .changed
        .iter()
        .map(|one| Row {
            href: None,
            cells: vec![
                one.variable.clone(),
                format!("{} \u{2192} {}", one.before, one.after),
                one.changed.to_string(),
                one.added.to_string(),
                one.gone.to_string(),
                one.median_relative.map(percent).unwrap_or_default(),
                one.cells.first().map(|cell| Signs::SET.cell(cell)).unwrap_or_default(),
            ],
        })
        .collect();
    let headers = [
        ("Variable", false),
        ("Cells", true),
        ("Changed", true),
        ("New", true),
        ("Gone", true),
        ("Median change", true),
        ("Largest change", false),
    ];
    section(("data", "Data"), summary, &headers, rows)
}

fn estimates(difference: &VintageDifference, traced: &Traced) -> Section {
    let estimates = &difference.estimates;
    let summary = format!(
        "Of {} {} are the same, {} have another sign, {} are significant now (p < {}), {} no longer, {} can be \
         estimated now, {} no longer",
        count(estimates.compared, "coefficient"),
        estimates.same,
        estimates.flipped,
        estimates.gained,
        estimates.level,
        estimates.lost,
        estimates.now_estimable,
        estimates.no_longer_estimable
    );
    let rows = estimates
        .changed
        .iter()
        .map(|change| {
            let address = format!("{}/{}/{}", change.table, change.unit, change.regressor);
            Row {
                href: traced.href(&address),
                cells: vec![
                    address,
                    Signs::SET.estimate(change.before, &change.stars_before),
                    Signs::SET.estimate(change.after, &change.stars_after),
                    change.standard_errors.map(|size| format!("{size:+.1}")).unwrap_or_default(),
                    change.std_error_ratio.map(|ratio| format!("{ratio:.2}")).unwrap_or_default(),
                    Signs::SET.what_happened(change),
                ],
            }
        })
        .collect();
    let headers = [
        ("Coefficient", false),
        ("Before", true),
        ("After", true),
        ("Change in standard errors", true),
        ("Standard error \u{d7}", true),
        ("What happened", false),
    ];
    section(("estimates", "Estimates"), summary, &headers, rows)
}

fn claims(difference: &VintageDifference, traced: &Traced) -> Section {
    let claims = &difference.claims;
    let rows = claims
        .changed
        .iter()
        .map(|change| Row {
            href: traced.href(&format!("claims/{}", change.claim)),
            cells: vec![
                change.claim.clone(),
                change.before.verdict.word().to_owned(),
                change.after.verdict.word().to_owned(),
                change.after.because.join("; "),
            ],
        })
        .collect();
    let summary = format!(
        "Of {} {} fare the same ({} hold), {} don't",
        count(claims.same + claims.changed.len(), "claim"),
        claims.same,
        claims.hold,
        claims.changed.len()
    );
    let headers = [("Claim", false), ("Before", false), ("After", false), ("By", false)];
    section(("claims", "Claims"), summary, &headers, rows)
}

fn map(data: &DataDifference, variable: &VariableDifference) -> Map {
    let cells: BTreeMap<(&str, _), &CellChange> =
        variable.cells.iter().map(|cell| ((cell.entity.as_str(), cell.time), cell)).collect();
    let mark = |entity: &str, time| match cells.get(&(entity, time)) {
        None => Mark { class: "same", sign: "\u{b7}" },
        Some(cell) => match Moved::of(cell) {
            Moved::New => Mark { class: "new", sign: "+" },
            Moved::Gone => Mark { class: "gone", sign: "\u{2212}" },
            Moved::Little => Mark { class: "d1", sign: "\u{25cb}" },
            Moved::Somewhat => Mark { class: "d2", sign: "\u{25d4}" },
            Moved::Much => Mark { class: "d3", sign: "\u{25d1}" },
            Moved::Most => Mark { class: "d4", sign: "\u{25cf}" },
        },
    };
    let fits = data.entities.len() * data.times.len() <= CELLS;
    let rows = data.entities.iter().zip(&data.names).map(|(entity, name)| MapRow {
        name: name.clone(),
        marks: data.times.iter().map(|time| mark(entity, *time)).collect(),
    });
    Map {
        variable: variable.variable.clone(),
        changed: variable.cells.len(),
        times: data.times.iter().map(ToString::to_string).collect(),
        rows: if fits { rows.collect() } else { Vec::new() },
        changes: variable.cells.iter().take(CHANGES).map(|cell| Signs::SET.cell(cell)).collect(),
        more: variable.cells.len().saturating_sub(CHANGES),
    }
}
