//! Where each number comes from: a page for all numbers of one table and unit.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::Value;
use vintner_stages::count;
use vintner_stages::trace::{
    DroppedSample, NumberAddress, NumberValue, RawCell, TracedInfluence, TracedNumber, TracedOrigin,
    TracedStage, Traces, trace_all,
};
use vintner_stages::{Signs, StagesError, significant};

use crate::branch_page::params;
use crate::cells_view;
use crate::error::Result;
use crate::folder::Folder;
use crate::gathered::Gathered;
use crate::links::{Link, source_place, stage_page};
use crate::renderer::Renderer;
use crate::search_index::SearchIndex;

/// The most lines that a number's value is told in.
const LINES: usize = 120;

/// How much of an influence is shown at once.
const FEW: usize = 5;

/// The most units and times that are shown of those that a coefficient hangs on.
const INFLUENCES: usize = 100;

/// The most rows left out that are named.
const DROPPED: usize = 60;

/// Which numbers have a place.
#[derive(Debug, Default)]
pub(crate) struct Traced {
    pages: BTreeMap<String, String>,
}

impl Traced {
    pub(crate) fn of(traces: &Traces) -> Self {
        let of_number =
            |number: &TracedNumber| (number.address.to_string(), site_path(&number.page).to_owned());
        Self { pages: traces.numbers.iter().map(of_number).collect() }
    }

    /// Where the trace of an address stands.
    pub(crate) fn href(&self, address: &str) -> Option<String> {
        self.pages.get(address).cloned()
    }
}

/// All numbers of a page.
#[derive(Debug, Serialize)]
struct PageBody {
    kind: String,
    numbers: Vec<NumberView>,
    /// What the numbers come from: one for all, or one each.
    origins: Vec<OriginView>,
    formulas: Vec<FormulaView>,
    stages: Vec<StageView>,
    opaque: Vec<Link>,
    /// Markup made by `cells_view`, which escapes what it shows.
    cells: String,
    cell_count: usize,
}

#[derive(Debug, Serialize)]
struct NumberView {
    place: String,
    name: String,
    address: String,
    /// What the number is, in a few signs.
    short: String,
    facts: Vec<(String, String)>,
    more: usize,
    /// The place of its origin; none where all numbers of the page have the same.
    origin: Option<String>,
    influence: Vec<Influence>,
    /// How many of them aren't shown.
    more_influence: usize,
    /// How many of these are shown at once.
    few: usize,
}

#[derive(Debug, Serialize)]
struct Influence {
    without: String,
    estimate: String,
    change: String,
    reason: String,
}

#[derive(Debug, Serialize)]
struct OriginView {
    place: String,
    panels: Vec<Link>,
    variables: Vec<String>,
    sample: String,
    dropped: Vec<String>,
    more_dropped: usize,
    /// The raw variables with how many cells of each.
    cells: Vec<Link>,
    files: Vec<Link>,
}

#[derive(Debug, Serialize)]
struct FormulaView {
    variable: String,
    formula: String,
    stage: Link,
}

#[derive(Debug, Serialize)]
struct StageView {
    output: Link,
    operation: String,
    digest: String,
}

/// A line of the list of all numbers.
#[derive(Debug, Serialize)]
struct Line {
    page: Link,
    numbers: Vec<Link>,
}

#[derive(Debug, Serialize)]
struct Kind {
    name: String,
    lines: Vec<Line>,
}

/// Traces all numbers; why not, where something isn't made.
pub(crate) fn prepare(gathered: &Gathered<'_, '_, '_>) -> Result<std::result::Result<Traces, String>> {
    match trace_all(gathered.plan.pipeline, gathered.plan.vintage, gathered.request.store) {
        Ok(traces) if traces.numbers.is_empty() => {
            Ok(Err("The pipeline has no stage whose numbers are traced.".into()))
        }
        Ok(traces) => Ok(Ok(traces)),
        Err(StagesError::NotMade { branch, .. }) => {
            Ok(Err(format!("{branch} isn't made as things are now, so no number is traced.")))
        }
        Err(error) => Err(error.into()),
    }
}

/// Writes the pages of all numbers, and the list of them.
pub(crate) fn write(
    gathered: &Gathered<'_, '_, '_>,
    renderer: &Renderer,
    folder: &mut Folder,
    index: &mut SearchIndex,
    traces: &Traces,
) -> Result<()> {
    let mut pages: Vec<(&str, Vec<&TracedNumber>)> = Vec::new();
    let mut places: BTreeMap<&str, usize> = BTreeMap::new();
    for number in &traces.numbers {
        let (page, _) = parts(number);
        match places.get(page) {
            Some(at) => pages[*at].1.push(number),
            None => {
                places.insert(page, pages.len());
                pages.push((page, vec![number]));
            }
        }
    }
    let mut kinds: Vec<Kind> = Vec::new();
    for (path, numbers) in &pages {
        let Some(first) = numbers.first() else { continue };
        let (kind, title) = names(&first.address);
        let body = body(gathered, traces, numbers, kind.clone());
        folder.put(path, &renderer.page(path, "trace.html", &title, &body)?)?;
        let links = numbers.iter().zip(&body.numbers);
        let links: Vec<Link> = links
            .map(|(number, view)| {
                Link::to(site_path(&number.page), view.name.clone()).noted(view.short.clone())
            })
            .collect();
        for (number, view) in numbers.iter().zip(&body.numbers) {
            index.add("number", &view.address, &view.short, site_path(&number.page));
        }
        let line = Line { page: Link::to(*path, title), numbers: links };
        match kinds.iter_mut().find(|known| known.name == kind) {
            Some(known) => known.lines.push(line),
            None => kinds.push(Kind { name: kind, lines: vec![line] }),
        }
    }
    let body = serde_json::json!({"kinds": kinds, "count": traces.numbers.len()});
    folder.put("numbers.html", &renderer.page("numbers.html", "numbers.html", "Numbers", &body)?)
}

/// The address of a page within the site: those of reports begin with the site's own folder.
fn site_path(page: &str) -> &str {
    page.strip_prefix("audit/").unwrap_or(page)
}

/// The file of a number's page, and its place there.
fn parts(number: &TracedNumber) -> (&str, &str) {
    let path = site_path(&number.page);
    path.split_once('#').unwrap_or((path, ""))
}

/// What a page is about: what it is listed under, and its title.
fn names(address: &NumberAddress) -> (String, String) {
    let of = |kind: &str, title: String| (kind.to_owned(), title);
    match address {
        NumberAddress::Coefficient { table, unit, .. } => {
            (format!("Table {table}"), format!("Table {table}, {unit}"))
        }
        NumberAddress::Cell { table, place } => {
            let column = place.split_once('/').map_or(place.as_str(), |(column, _)| column);
            (format!("Table of models {table}"), format!("{table}, column {column}"))
        }
        NumberAddress::Descriptive { .. } => of("Descriptive statistics", "Descriptive statistics".into()),
        NumberAddress::Granger { unit: None, .. } => {
            of("Granger tests", "Granger tests over the panel".into())
        }
        NumberAddress::Granger { cause, effect, .. } => {
            of("Granger tests", format!("Granger tests by unit, {cause} to {effect}"))
        }
        NumberAddress::UnitRoot { .. } => of("Unit roots", "Unit roots".into()),
        NumberAddress::Tests { test: None, .. } => of("Specification tests", "Specification tests".into()),
        NumberAddress::Tests { equation, .. } => {
            of("Specification tests", format!("Specification tests of equation {equation}"))
        }
        NumberAddress::Specifications { equation, .. } => {
            of("Specifications", format!("Specifications of equation {equation}"))
        }
        NumberAddress::System { .. } => of("The equations as a system", "The equations as a system".into()),
        NumberAddress::Claim { .. } => of("Claims", "Claims".into()),
        NumberAddress::Value { variable, unit, .. } => of("Values", format!("Values of {variable}, {unit}")),
        #[allow(unreachable_patterns)]
        other => {
            let text = other.to_string();
            let (page, _) = text.rsplit_once('/').unwrap_or((&text, ""));
            of(page, page.to_owned())
        }
    }
}

fn body(
    gathered: &Gathered<'_, '_, '_>,
    traces: &Traces,
    numbers: &[&TracedNumber],
    kind: String,
) -> PageBody {
    let mut used: Vec<usize> = Vec::new();
    for number in numbers {
        if !used.contains(&number.origin) {
            used.push(number.origin);
        }
    }
    let origin_place =
        |origin: usize| format!("from-{}", used.iter().position(|own| *own == origin).unwrap_or(0) + 1);
    let origins: Vec<&TracedOrigin> = used.iter().filter_map(|at| traces.origins.get(*at)).collect();
    let cells: BTreeSet<usize> = origins.iter().flat_map(|origin| origin.cells.iter().copied()).collect();
    let cells: Vec<&RawCell> = cells.into_iter().filter_map(|at| traces.cells.get(at)).collect();
    let mut formulas: Vec<FormulaView> = Vec::new();
    let mut seen = BTreeSet::new();
    for formula in origins.iter().flat_map(|origin| &origin.formulas) {
        if seen.insert((formula.variable.as_str(), formula.stage.as_str())) {
            formulas.push(FormulaView {
                variable: formula.variable.clone(),
                formula: formula.formula.clone(),
                stage: Link::to(stage_page(&formula.stage), formula.stage.clone()),
            });
        }
    }
    let own = numbers.iter().flat_map(|number| &number.stages);
    let mut stages: Vec<&TracedStage> = Vec::new();
    for stage in own.chain(origins.iter().flat_map(|origin| &origin.stages)) {
        if !stages.contains(&stage) {
            stages.push(stage);
        }
    }
    let opaque: BTreeSet<&String> = origins.iter().flat_map(|origin| &origin.opaque).collect();
    let source = |source: &str| format!("../sources.html#{}", source_place(source));
    PageBody {
        kind,
        numbers: numbers
            .iter()
            .map(|number| {
                let origin = (used.len() > 1).then(|| origin_place(number.origin));
                number_view(traces, number, origin)
            })
            .collect(),
        origins: used
            .iter()
            .filter_map(|at| Some(origin_view(gathered, traces, traces.origins.get(*at)?, origin_place(*at))))
            .collect(),
        formulas,
        stages: stages
            .into_iter()
            .map(|stage| StageView {
                output: gathered.output(&stage.output),
                operation: stage.operation.clone(),
                digest: stage.digest.chars().take(16).collect(),
            })
            .collect(),
        opaque: opaque.into_iter().map(|stage| Link::to(stage_page(stage), stage.clone())).collect(),
        cell_count: cells.len(),
        cells: cells_view::tables(&cells, &source, &|id| named(traces, id)),
    }
}

fn number_view(traces: &Traces, number: &TracedNumber, origin: Option<String>) -> NumberView {
    let address = number.address.to_string();
    let (_, place) = parts(number);
    let name = match &number.address {
        // Terms may have slashes.
        NumberAddress::Cell { place, .. } => place.split_once('/').map_or(place.as_str(), |(_, term)| term),
        _ => address.rsplit_once('/').map_or(address.as_str(), |(_, last)| last),
    };
    let name = name.to_owned();
    let (mut facts, short) = facts(&number.value);
    let more = facts.len().saturating_sub(LINES);
    facts.truncate(LINES);
    NumberView {
        place: place.to_owned(),
        name,
        address,
        short,
        facts,
        more,
        origin,
        more_influence: number.influence.len().saturating_sub(INFLUENCES),
        influence: number.influence.iter().take(INFLUENCES).map(|one| influence(traces, one)).collect(),
        few: FEW,
    }
}

/// What is known of a number, and the number itself in a few signs.
fn facts(value: &NumberValue) -> (Vec<(String, String)>, String) {
    let full = |value: Option<f64>| value.map_or("\u{2013}".to_owned(), |value| value.to_string());
    match value {
        NumberValue::Estimate(row) => {
            let counts = [row.n_obs, row.df_resid].map(|n| n.map_or("\u{2013}".into(), |n| n.to_string()));
            let published = row.published.as_ref().map(|published| {
                format!("{}{}", published.text(), row.published_stars.unwrap_or_default().asterisks())
            });
            let short = row.estimate.map(|value| format!("{}{}", significant(value), row.stars));
            let mut facts = vec![
                ("estimate".to_owned(), format!("{}{}", full(row.estimate), row.stars)),
                ("published".into(), published.unwrap_or_else(|| "\u{2013}".into())),
                ("standard error".into(), full(row.std_error)),
                ("statistic".into(), full(row.statistic)),
                ("p-value".into(), full(row.p_value)),
                ("observations".into(), counts[0].clone()),
                ("degrees of freedom".into(), counts[1].clone()),
            ];
            if !row.note.is_empty() {
                facts.push(("note".into(), row.note.clone()));
            }
            (facts, short.unwrap_or_else(|| "not estimated".into()))
        }
        NumberValue::Cell(cell) => {
            let facts = cell.facts().into_iter().map(|(name, text)| (name.to_owned(), text)).collect();
            (facts, cell.printed.clone())
        }
        NumberValue::Value { value } => {
            let short = value.map_or_else(|| "missing".to_owned(), significant);
            (vec![("value".into(), full(*value))], short)
        }
        NumberValue::Output(value) => (params(value), outcome(value)),
    }
}

/// What says most of an output's value in a few signs: a verdict, a statistic.
fn outcome(value: &Value) -> String {
    match value.get("verdict").and_then(Value::as_str) {
        Some(verdict) => verdict.to_owned(),
        None => String::new(),
    }
}

fn influence(traces: &Traces, one: &TracedInfluence) -> Influence {
    let change = |change: f64| format!("{}{}", if change > 0.0 { "+" } else { "" }, significant(change));
    Influence {
        without: named(traces, &one.without).to_owned(),
        estimate: one.estimate.map(significant).unwrap_or_default(),
        change: one.change.map(change).unwrap_or_default(),
        reason: one.reason.clone(),
    }
}

fn origin_view(
    gathered: &Gathered<'_, '_, '_>,
    traces: &Traces,
    origin: &TracedOrigin,
    place: String,
) -> OriginView {
    let cells = origin.cells.iter().filter_map(|at| traces.cells.get(*at));
    let mut variables: Vec<(&str, usize)> = Vec::new();
    for cell in cells {
        match variables.iter_mut().find(|(known, _)| *known == cell.variable) {
            Some((_, cells)) => *cells += 1,
            None => variables.push((&cell.variable, 1)),
        }
    }
    OriginView {
        place,
        panels: std::iter::once(&origin.panel)
            .chain(&origin.further)
            .filter(|panel| !panel.is_empty())
            .map(|panel| gathered.output(panel))
            .collect(),
        variables: origin.variables.clone(),
        sample: {
            let named = |(id, time): &(String, _)| (named(traces, id).to_owned(), *time);
            Signs::SET.sample(&origin.sample.iter().map(named).collect::<Vec<_>>())
        },
        dropped: origin.dropped.iter().take(DROPPED).map(|row| dropped(traces, row)).collect(),
        more_dropped: origin.dropped.len().saturating_sub(DROPPED),
        cells: variables
            .into_iter()
            .map(|(variable, cells)| {
                Link::to(format!("#{}", cells_view::place(variable)), variable).noted(count(cells, "cell"))
            })
            .collect(),
        files: origin
            .files
            .iter()
            .map(|file| {
                Link::to(format!("sources.html#{}", source_place(&file.source)), file.file.clone())
                    .noted(count(file.cells, "cell"))
            })
            .collect(),
    }
}

fn dropped(traces: &Traces, row: &DroppedSample) -> String {
    format!("{} {}: no {}", named(traces, &row.entity), row.time, row.missing.join(", "))
}

/// A unit as people call it.
fn named<'t>(traces: &'t Traces, id: &'t str) -> &'t str {
    traces.units.get(id).map_or(id, String::as_str)
}
