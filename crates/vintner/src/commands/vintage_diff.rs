//! `vintner vintage diff`.

use std::io::{Write, stdout};

use vintner_stages::vintage_difference::{DataDifference, VariableDifference, VintageDifference};
use vintner_stages::{Moved, Signs, percent, vintage_side};

use super::{count, print_json};
use crate::arguments::{DiffFormat, VintageDiff};
use crate::error::Result;
use crate::printable::printable;
use crate::terminal::page;
use crate::text_table::{Align, TextTable};
use crate::workspace::Workspace;

/// How many things of a kind a summary shows, so that all of it fits one screen.
pub(super) const FEW: usize = 8;

pub(crate) fn run(workspace: &Workspace, arguments: &VintageDiff) -> Result<()> {
    let pipeline = workspace.pipeline()?;
    let store = workspace.store();
    let side = |name: &str| -> Result<_> {
        let vintage = workspace.vintage(&pipeline, Some(name))?;
        Ok(vintage_side(&pipeline, &vintage, &store)?)
    };
    let ((before, levels), (after, _)) = (side(&arguments.before)?, side(&arguments.after)?);
    let difference = VintageDifference::new(&before, &after, levels.loosest())
        .map_err(vintner_stages::StagesError::from)?;
    let shown = if arguments.detail { usize::MAX } else { FEW };
    match arguments.format {
        DiffFormat::Json => print_json(&serde_json::to_value(&difference)?),
        DiffFormat::Text => {
            let text = text(&title(&difference), &sections(&difference, shown));
            Ok(page().write_all(printable(&text).as_bytes())?)
        }
        DiffFormat::Markdown => {
            let text = markdown(&title(&difference), &sections(&difference, shown));
            Ok(stdout().lock().write_all(text.as_bytes())?)
        }
    }
}

/// One section: its heading, a sentence, tables with headers, lines.
pub(super) struct Section {
    pub(super) heading: &'static str,
    pub(super) summary: String,
    pub(super) headers: Vec<&'static str>,
    /// Columns of numbers.
    pub(super) right: Vec<usize>,
    pub(super) rows: Vec<Vec<String>>,
    /// Said under the table.
    pub(super) lines: Vec<String>,
}

/// What differs, kind by kind; so many things of a kind.
pub(super) fn sections(difference: &VintageDifference, shown: usize) -> Vec<Section> {
    let mut sections = vec![sources(difference, shown), data(difference, shown)];
    if shown > FEW {
        sections.extend(difference.data.changed.iter().map(|variable| map(&difference.data, variable)));
    }
    sections.extend([estimates(difference, shown), claims(difference, shown)]);
    sections
}

/// Sections for a person.
pub(super) fn text(title: &str, sections: &[Section]) -> String {
    let mut text = format!("{title}\n");
    for section in sections {
        text.push_str(&format!("\n{}: {}\n", section.heading, section.summary));
        let mut table = TextTable::new(&section.headers);
        table.indent(2);
        section.right.iter().for_each(|column| table.align(*column, Align::Right));
        section.rows.iter().for_each(|row| table.row(row.clone()));
        if !section.rows.is_empty() {
            text.push_str(&table.to_string());
        }
        section.lines.iter().for_each(|line| text.push_str(&format!("  {line}\n")));
    }
    text
}

/// Sections as Markdown.
pub(super) fn markdown(title: &str, sections: &[Section]) -> String {
    let escaped = |text: &str| vintner_stages::escape_markdown(text);
    let mut text = format!("# {}\n", escaped(title));
    for section in sections {
        text.push_str(&format!("\n## {}\n\n{}\n", section.heading, escaped(&section.summary)));
        if !section.rows.is_empty() {
            let rule: Vec<&str> = (0..section.headers.len())
                .map(|column| if section.right.contains(&column) { "--:" } else { ":--" })
                .collect();
            text.push_str(&format!("\n| {} |\n| {} |\n", section.headers.join(" | "), rule.join(" | ")));
            for row in &section.rows {
                let cells: Vec<String> = row.iter().map(|cell| escaped(cell)).collect();
                text.push_str(&format!("| {} |\n", cells.join(" | ")));
            }
        }
        section.lines.iter().for_each(|line| text.push_str(&format!("\n{}\n", escaped(line))));
    }
    text
}

/// What differs in one line.
pub(super) fn title(difference: &VintageDifference) -> String {
    let (before, after) = (&difference.before, &difference.after);
    let outputs = match difference.outputs_differing.first() {
        None => format!("all {} the same", count(difference.outputs_compared, "output")),
        Some(first) => format!(
            "{} of {} differ, the first is {first}",
            difference.outputs_differing.len(),
            count(difference.outputs_compared, "output")
        ),
    };
    let synthetic = match difference.synthetic.as_slice() {
        [] => String::new(),
        names => format!(" (synthetic data, no evidence: {})", names.join(", ")),
    };
    format!("{before} -> {after}: {outputs}{synthetic}")
}

fn sources(difference: &VintageDifference, shown: usize) -> Section {
    let sources = &difference.sources;
    let mut rows = Vec::new();
    for source in &sources.changed {
        for field in &source.fields {
            rows.push(vec![
                match &source.renamed {
                    Some(new) => format!("{} -> {new}", source.source),
                    None => source.source.clone(),
                },
                field.field.clone(),
                short(field.before.as_deref()),
                short(field.after.as_deref()),
            ]);
        }
    }
    let mut summary = format!("{} the same, {} differ", sources.same, sources.changed.len());
    for (names, what) in [(&sources.gone, "gone"), (&sources.added, "new")] {
        if !names.is_empty() {
            summary.push_str(&format!("; {what}: {}", names.join(", ")));
        }
    }
    let lines = cut(&mut rows, shown, "field");
    Section {
        heading: "Sources",
        summary,
        headers: vec!["source", "field", "before", "after"],
        right: Vec::new(),
        rows,
        lines,
    }
}

fn data(difference: &VintageDifference, shown: usize) -> Section {
    let data = &difference.data;
    let mut summary = match (data.times.first(), data.times.last()) {
        (Some(first), Some(last)) => format!(
            "{}, {first}-{last}; {} the same, {} differ",
            if data.entities.len() == 1 { "1 unit".into() } else { format!("{} units", data.entities.len()) },
            count(data.same.len(), "variable"),
            data.changed.len()
        ),
        _ => "no values".into(),
    };
    for (names, what) in [(&data.gone, "gone"), (&data.added, "new")] {
        if !names.is_empty() {
            summary.push_str(&format!("; {what}: {}", names.join(", ")));
        }
    }
    let mut rows: Vec<Vec<String>> = data
        .changed
        .iter()
        .map(|variable| {
            vec![
                variable.variable.clone(),
                format!("{} -> {}", variable.before, variable.after),
                variable.changed.to_string(),
                variable.added.to_string(),
                variable.gone.to_string(),
                variable.median_relative.map(percent).unwrap_or_default(),
                variable.cells.first().map(|cell| Signs::PLAIN.cell(cell)).unwrap_or_default(),
            ]
        })
        .collect();
    let lines = cut(&mut rows, shown, "variable");
    Section {
        heading: "Data",
        summary,
        headers: vec!["variable", "cells", "changed", "new", "gone", "median change", "largest"],
        right: vec![1, 2, 3, 4, 5],
        rows,
        lines,
    }
}

/// Every unit by every time: how much the cell moved.
fn map(data: &DataDifference, variable: &VariableDifference) -> Section {
    let mark = |entity: &str, time| {
        let cell = variable.cells.iter().find(|cell| cell.entity == entity && cell.time == time);
        match cell.map(Moved::of) {
            None => "\u{b7}",
            Some(Moved::New) => "+",
            Some(Moved::Gone) => "-",
            Some(Moved::Little) => "\u{2591}",
            Some(Moved::Somewhat) => "\u{2592}",
            Some(Moved::Much) => "\u{2593}",
            Some(Moved::Most) => "\u{2588}",
        }
    };
    let rows = data.entities.iter().zip(&data.names).map(|(entity, name)| {
        let marks: Vec<&str> = data.times.iter().map(|time| mark(entity, *time)).collect();
        vec![name.clone(), marks.concat()]
    });
    let cells = variable.cells.iter().map(|cell| Signs::PLAIN.cell(cell));
    let years = match (data.times.first(), data.times.last()) {
        (Some(first), Some(last)) => format!("{first}-{last}"),
        _ => String::new(),
    };
    Section {
        heading: "Cells",
        summary: format!(
            "{} by unit and time ({years}): \u{b7} the same, \u{2591} below 1%, \u{2592} below 10%, \u{2593} below 50%, \
             \u{2588} 50% or more, + new, - gone",
            variable.variable
        ),
        headers: vec!["unit", "times"],
        right: Vec::new(),
        rows: rows.collect(),
        lines: cells.collect(),
    }
}

fn estimates(difference: &VintageDifference, shown: usize) -> Section {
    let estimates = &difference.estimates;
    let summary = format!(
        "of {} {} the same, {} other signs, {} significant now (p < {}), {} no longer, {} estimable now, {} no longer",
        count(estimates.compared, "coefficient"),
        estimates.same,
        estimates.flipped,
        estimates.gained,
        estimates.level,
        estimates.lost,
        estimates.now_estimable,
        estimates.no_longer_estimable
    );
    let mut rows: Vec<Vec<String>> = estimates
        .changed
        .iter()
        .map(|change| {
            vec![
                format!("{}/{}/{}", change.table, change.unit, change.regressor),
                Signs::PLAIN.estimate(change.before, &change.stars_before),
                Signs::PLAIN.estimate(change.after, &change.stars_after),
                change.standard_errors.map(|size| format!("{size:+.1}")).unwrap_or_default(),
                change.std_error_ratio.map(|ratio| format!("{ratio:.2}")).unwrap_or_default(),
                Signs::PLAIN.what_happened(change),
            ]
        })
        .collect();
    let lines = cut(&mut rows, shown, "coefficient");
    Section {
        heading: "Estimates",
        summary,
        headers: vec!["coefficient", "before", "after", "in std. errors", "std. error x", ""],
        right: vec![1, 2, 3, 4],
        rows,
        lines,
    }
}

fn claims(difference: &VintageDifference, shown: usize) -> Section {
    let claims = &difference.claims;
    let mut rows: Vec<Vec<String>> = claims
        .changed
        .iter()
        .map(|change| {
            let word = |side: &vintner_stages::claims::EvaluatedClaim| side.words().to_owned();
            let mut deciding: Vec<&String> = change.after.because.iter().collect();
            if shown == FEW {
                deciding.truncate(1);
            }
            let texts: Vec<&str> = deciding.into_iter().map(String::as_str).collect();
            vec![change.claim.clone(), word(&change.before), word(&change.after), texts.join("; ")]
        })
        .collect();
    let lines = cut(&mut rows, shown, "claim");
    Section {
        heading: "Claims",
        summary: format!(
            "of {} {} fare the same ({} hold), {} don't",
            count(claims.same + claims.changed.len(), "claim"),
            claims.same,
            claims.hold,
            claims.changed.len()
        ),
        headers: vec!["claim", "before", "after", "by"],
        right: Vec::new(),
        rows,
        lines,
    }
}

/// Cuts what is beyond the first rows off, and says so.
pub(super) fn cut(rows: &mut Vec<Vec<String>>, shown: usize, noun: &str) -> Vec<String> {
    let more = rows.len().saturating_sub(shown);
    rows.truncate(shown);
    if more == 0 { Vec::new() } else { vec![format!("and {} more; --detail shows them", count(more, noun))] }
}

/// A field's value, its middle left out where it is long.
fn short(value: Option<&str>) -> String {
    const LONG: usize = 36;
    let Some(value) = value else { return "-".into() };
    let characters: Vec<char> = value.chars().map(|one| if one.is_control() { ' ' } else { one }).collect();
    if characters.len() <= LONG {
        return characters.into_iter().collect();
    }
    let (start, end) = (&characters[..20], &characters[characters.len() - 12..]);
    format!("{}\u{2026}{}", start.iter().collect::<String>(), end.iter().collect::<String>())
}
