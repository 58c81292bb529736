//! `vintner trace`.

use std::io::Write;

use serde_json::{Value, json};
use vintner_stages::trace::{
    CellTrace, CellValue, NumberAddress, NumberValue, RawCell, TracedFile, TracedOrigin, Traces, trace_all,
    trace_cell, trace_number,
};
use vintner_stages::{Signs, significant};

use super::{count, print_json};
use crate::arguments::{Format, Trace};
use crate::error::Result;
use crate::printable::printable_line;
use crate::terminal::page;
use crate::text_table::{Align, TextTable};
use crate::workspace::Workspace;

/// How many cells of a variable are shown unless all are asked for.
const FEW: usize = 3;

pub(crate) fn run(workspace: &Workspace, arguments: &Trace) -> Result<()> {
    let pipeline = workspace.pipeline()?;
    let vintage = workspace.vintage(&pipeline, arguments.vintage.as_deref())?;
    let store = workspace.store();
    let synthetic = vintage.manifest.pointer("/kind").and_then(Value::as_str) == Some("synthetic");
    if let Some(cell) = &arguments.cell {
        let trace = trace_cell(&pipeline, &vintage, &store, cell)?;
        return match arguments.format {
            Format::Json => print_json(&json!({"vintage": vintage.name, "trace": trace})),
            Format::Text => print_cell(&trace),
        };
    }
    if arguments.all {
        let traces = trace_all(&pipeline, &vintage, &store)?;
        return match arguments.format {
            Format::Json => {
                print_json(&json!({"vintage": vintage.name, "synthetic": synthetic, "traces": traces}))
            }
            Format::Text => print_all(&traces, &vintage.name, synthetic),
        };
    }
    let number = arguments.number.as_deref().unwrap_or_default();
    let trace = trace_number(&pipeline, &vintage, &store, number)?;
    if arguments.format == Format::Json {
        return print_json(&json!({"vintage": vintage.name, "synthetic": synthetic, "trace": trace}));
    }
    let mut out = page();
    writeln!(
        out,
        "{} of {}{}",
        printable_line(&trace.address.to_string()),
        vintage.name,
        if synthetic { " (synthetic data, no evidence)" } else { "" }
    )?;
    value(&mut out, &trace.value)?;
    writeln!(out, "\nMade by")?;
    let mut table = TextTable::plain(2);
    for stage in &trace.stages {
        let digest = stage.digest.chars().take(16).collect();
        table.row(vec![stage.output.clone(), stage.operation.clone(), digest]);
    }
    write!(out, "{table}")?;
    if !trace.sample.is_empty() {
        writeln!(out, "\nSample: {}", printable_line(&Signs::PLAIN.sample(&trace.sample)))?;
    }
    for row in &trace.dropped {
        let line = format!("{} {}: no {}", row.entity, row.time, row.missing.join(", "));
        writeln!(out, "  without {}", printable_line(&line))?;
    }
    if !trace.influence.is_empty() {
        let shown = if arguments.detail { usize::MAX } else { FEW };
        writeln!(out, "\nWithout one unit or one time, the largest change first")?;
        let mut table = TextTable::plain(2);
        for one in trace.influence.iter().take(shown) {
            let numbers = one.estimate.zip(one.change);
            table.row(match numbers {
                Some((estimate, change)) => vec![
                    one.without.clone(),
                    significant(estimate),
                    format!("{}{}", if change > 0.0 { "+" } else { "" }, significant(change)),
                ],
                None => vec![one.without.clone(), one.reason.clone()],
            });
        }
        write!(out, "{table}")?;
        if trace.influence.len() > shown {
            writeln!(out, "  and {} more; --detail shows them", trace.influence.len() - shown)?;
        }
    }
    writeln!(out, "\nFormulas")?;
    let mut table = TextTable::plain(2);
    for formula in &trace.formulas {
        table.row(vec![
            formula.variable.clone(),
            format!("= {}", formula.formula),
            format!("({})", formula.stage),
        ]);
    }
    write!(out, "{table}")?;
    writeln!(out, "\nRaw cells: {}", trace.cells.len())?;
    cells(&mut out, &trace.cells, if arguments.detail { usize::MAX } else { FEW })?;
    writeln!(out, "\nFiles")?;
    files(&mut out, &trace.files)?;
    for stage in &trace.opaque {
        writeln!(out, "\n{stage} isn't followed value by value: all that it reads may matter")?;
    }
    Ok(())
}

/// A line a number.
fn print_all(traces: &Traces, vintage: &str, synthetic: bool) -> Result<()> {
    let mut table = TextTable::new(&["number", "value", "rows", "cells", "files"]);
    (1..5).for_each(|column| table.align(column, Align::Right));
    for number in &traces.numbers {
        let value = match &number.value {
            NumberValue::Estimate(row) => {
                row.estimate.map(|value| format!("{}{}", significant(value), row.stars))
            }
            NumberValue::Cell(cell) => Some(cell.printed.clone()).filter(|printed| !printed.is_empty()),
            NumberValue::Value { value } => value.map(significant),
            NumberValue::Output(_) => Some(String::new()),
        };
        let origin = traces.origins.get(number.origin);
        let size = |of: fn(&TracedOrigin) -> usize| origin.map(of).unwrap_or_default().to_string();
        table.row(vec![
            number.address.to_string(),
            value.unwrap_or_else(|| "-".into()),
            size(|origin| origin.sample.len()),
            size(|origin| origin.cells.len()),
            size(|origin| origin.files.len()),
        ]);
    }
    let mut out = page();
    write!(out, "{table}")?;
    Ok(writeln!(
        out,
        "\n{vintage}: {} from {} of {}{}",
        count(traces.numbers.len(), "number"),
        count(traces.cells.len(), "cell"),
        count(traces.files.len(), "file"),
        if synthetic { " (synthetic data, no evidence)" } else { "" }
    )?)
}

fn value(out: &mut impl Write, value: &NumberValue) -> Result<()> {
    match value {
        NumberValue::Estimate(row) => {
            let number = |value: Option<f64>| value.map_or("-".to_owned(), |value| format!("{value:?}"));
            let published = row.published.as_ref().map(|published| {
                format!("{}{}", published.text(), row.published_stars.unwrap_or_default().asterisks())
            });
            let mut table = TextTable::plain(2);
            table.row(vec!["estimate".into(), format!("{}{}", number(row.estimate), row.stars)]);
            table.row(vec!["published".into(), published.unwrap_or_else(|| "-".into())]);
            table.row(vec!["std. error".into(), number(row.std_error)]);
            table.row(vec!["statistic".into(), number(row.statistic)]);
            table.row(vec!["p-value".into(), number(row.p_value)]);
            let counts = [row.n_obs, row.df_resid].map(|n| n.map_or("-".into(), |n: usize| n.to_string()));
            table.row(vec!["n, df".into(), counts.join(", ")]);
            if !row.note.is_empty() {
                table.row(vec!["note".into(), row.note.clone()]);
            }
            Ok(write!(out, "{table}")?)
        }
        NumberValue::Cell(cell) => cell_value(out, cell),
        NumberValue::Value { value: Some(value) } => Ok(writeln!(out, "  {value:?}")?),
        NumberValue::Value { value: None } => Ok(writeln!(out, "  missing")?),
        NumberValue::Output(Value::Object(fields)) => {
            let mut table = TextTable::plain(2);
            for (name, value) in fields {
                // A list says something in each of its lines.
                match value {
                    Value::Array(items) => {
                        items.iter().for_each(|item| table.row(vec![name.clone(), item.to_string()]));
                    }
                    other => table.row(vec![name.clone(), other.to_string()]),
                }
            }
            Ok(write!(out, "{table}")?)
        }
        NumberValue::Output(other) => Ok(writeln!(out, "  {}", printable_line(&other.to_string()))?),
    }
}

fn cell_value(out: &mut impl Write, cell: &CellValue) -> Result<()> {
    let mut table = TextTable::plain(2);
    for (name, text) in cell.facts() {
        table.row(vec![name.to_owned(), text]);
    }
    Ok(write!(out, "{table}")?)
}

fn cells(out: &mut impl Write, cells: &[RawCell], most: usize) -> Result<()> {
    let mut start = 0;
    while start < cells.len() {
        let variable = &cells[start].variable;
        let end = cells[start..]
            .iter()
            .position(|cell| cell.variable != *variable)
            .map_or(cells.len(), |at| start + at);
        let own = &cells[start..end];
        writeln!(out, "  {}, {}", printable_line(variable), count(own.len(), "cell"))?;
        let mut table = TextTable::plain(4);
        for cell in own.iter().take(most) {
            let entity = cell.entity.clone().unwrap_or_else(|| "-".into());
            let category = cell.category.as_ref().map(|category| format!(" {category}")).unwrap_or_default();
            table.row(vec![
                format!("{entity} {}{category}", cell.when()),
                cell.address.to_string(),
                format!("\u{201c}{}\u{201d}", cell.raw),
                cell.gives(|number| format!("{number:?}")),
            ]);
        }
        table.align(3, Align::Right);
        write!(out, "{table}")?;
        if own.len() > most {
            writeln!(out, "    and {} more; --detail shows them", own.len() - most)?;
        }
        start = end;
    }
    Ok(())
}

fn files(out: &mut impl Write, files: &[TracedFile]) -> Result<()> {
    let mut table = TextTable::plain(2);
    for file in files {
        table.row(vec![
            file.source.clone(),
            file.file.clone(),
            count(file.cells, "cell"),
            file.sha256.clone(),
        ]);
    }
    Ok(write!(out, "{table}")?)
}

/// Numbers' last names by what stands before them, in their order: `2/Leeds/`, and the regressors there.
fn by_place(numbers: &[NumberAddress]) -> Vec<(String, Vec<String>)> {
    let mut places: Vec<(String, Vec<String>)> = Vec::new();
    for number in numbers {
        let whole = number.to_string();
        let (place, name) = whole.rsplit_once('/').unwrap_or_default();
        match places.last_mut() {
            Some((last, names)) if last == place => names.push(name.to_owned()),
            _ => places.push((place.to_owned(), vec![name.to_owned()])),
        }
    }
    places
}

fn print_cell(trace: &CellTrace) -> Result<()> {
    let mut out = page();
    for said in &trace.said {
        writeln!(out, "{}", printable_line(said))?;
    }
    cells(&mut out, &trace.cells, usize::MAX)?;
    let values: Vec<String> =
        trace.values.iter().map(|(variable, rows)| format!("{variable} ({})", count(*rows, "row"))).collect();
    writeln!(
        out,
        "\nValues that depend on it: {}",
        if values.is_empty() { "none".into() } else { printable_line(&values.join(", ")) }
    )?;
    writeln!(out, "\nNumbers that depend on it: {}", trace.numbers.len())?;
    for (place, names) in by_place(&trace.numbers) {
        writeln!(out, "  {}", printable_line(&format!("{place}/ {}", names.join(", "))))?;
    }
    for stage in &trace.opaque {
        writeln!(out, "\n{stage} isn't followed value by value: what reads it may depend on the cell too")?;
    }
    Ok(())
}
