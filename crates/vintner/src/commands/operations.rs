//! `vintner operations`, and what is to be said of one.

use std::io::Write;

use serde_json::json;
use vintner_diagnostics::one_of;
use vintner_pipeline::PipelineError;
use vintner_stages::{OperationWords, Part, Row, operation_words, registry};

use super::print_json;
use crate::arguments::{Format, Operations};
use crate::error::{CommandError, Result};
use crate::terminal::page;

pub(crate) fn run(arguments: &Operations) -> Result<()> {
    match &arguments.operation {
        Some(name) => one(name, arguments.format),
        None => all(arguments.format),
    }
}

fn all(format: Format) -> Result<()> {
    let registry = registry();
    if format == Format::Json {
        let list: Vec<_> = registry
            .iter()
            .map(|operation| json!({"operation": operation.name(), "summary": operation.summary()}))
            .collect();
        return print_json(&json!({"operations": list}));
    }
    let mut out = page();
    let width = registry.names().map(str::len).max().unwrap_or(0);
    for operation in registry.iter() {
        writeln!(out, "{:<width$}  {}", operation.name(), operation.summary())?;
    }
    writeln!(out, "\nvintner operations NAME: its parameters, what it reads and makes, an example")?;
    Ok(())
}

fn one(name: &str, format: Format) -> Result<()> {
    let registry = registry();
    let (Some(words), Some(operation)) = (operation_words(name), registry.get(name)) else {
        let names: Vec<&str> = registry.names().collect();
        return Err(CommandError::Pipeline(PipelineError::Unknown {
            message: format!("no operation is called `{name}`"),
            hint: one_of(name, names),
        }));
    };
    if format == Format::Json {
        let parts = |parts: &[Part]| -> Vec<_> {
            parts
                .iter()
                .map(|part| json!({"name": part.name, "kind": part.kind, "optional": part.optional, "many": part.many}))
                .collect()
        };
        return print_json(&json!({
            "operation": words.name,
            "summary": words.summary,
            "inputs": parts(&words.inputs),
            "outputs": parts(&words.outputs),
            "params": operation.schema(),
            "example": words.example,
        }));
    }
    let mut out = page();
    print(&mut out, &words)?;
    Ok(())
}

fn print(out: &mut impl Write, words: &OperationWords) -> std::io::Result<()> {
    writeln!(out, "{}: {}", words.name, words.summary)?;
    for (title, parts) in [("reads", &words.inputs), ("makes", &words.outputs)] {
        if !parts.is_empty() {
            writeln!(out, "\n{title}")?;
        }
        let width = parts.iter().map(|part| part.name.len()).max().unwrap_or(0);
        for part in parts {
            let optional = if part.optional { ", optional" } else { "" };
            let many = if part.many { ", also all branches of a stage" } else { "" };
            writeln!(out, "  {:<width$}  {}{optional}{many}", part.name, part.kind)?;
        }
    }
    for section in &words.sections {
        match section.title.as_str() {
            "" => writeln!(out, "\nparameters")?,
            title => writeln!(out, "\n{title}")?,
        }
        if !section.words.is_empty() {
            writeln!(out, "  {}", section.words)?;
        }
        if section.rows.is_empty() && section.title.is_empty() {
            writeln!(out, "  none")?;
        }
        for row in &section.rows {
            print_row(out, row)?;
        }
    }
    if !words.example.is_empty() {
        writeln!(out, "\nexample")?;
        for line in words.example.lines() {
            writeln!(out, "  {line}")?;
        }
    }
    Ok(())
}

fn print_row(out: &mut impl Write, row: &Row) -> std::io::Result<()> {
    let kind = row.kind.replace('`', "");
    let mut head = match (row.name.is_empty(), kind.is_empty()) {
        (true, _) => kind,
        (false, true) => row.name.clone(),
        (false, false) => format!("{}: {kind}", row.name),
    };
    match &row.default {
        _ if row.kind.is_empty() => {}
        _ if row.required => head.push_str(" (needed)"),
        Some(default) => head.push_str(&format!(" [{default}]")),
        None => {}
    }
    writeln!(out, "  {head}")?;
    if !row.words.is_empty() {
        writeln!(out, "      {}", row.words.replace('`', ""))?;
    }
    Ok(())
}
