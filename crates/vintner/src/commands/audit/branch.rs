//! All that is known of one branch.

use std::io::Write;

use serde_json::Value;
use vintner_pipeline::{Audit, InputRecord, Origin, OutputAudit, Profile, RunFacts};
use vintner_site::six_digits;

use crate::bytes::bytes;
use crate::commands::count;
use crate::error::Result;
use crate::instant::{instant, seconds};
use crate::text_table::{Align, TextTable};

pub(crate) fn print(out: &mut impl Write, audit: &Audit) -> Result<()> {
    let title = audit.title.as_ref().map(|title| format!(": {title}")).unwrap_or_default();
    writeln!(out, "{}{title}", audit.branch)?;
    let mut facts = TextTable::plain(2);
    facts.row(vec!["state".into(), audit.state.into()]);
    for cause in &audit.causes {
        facts.row(vec![String::new(), cause.clone()]);
    }
    facts.row(vec!["operation".into(), audit.operation.clone()]);
    facts.row(vec!["code".into(), audit.code.to_string()]);
    if let Some(fingerprint) = &audit.fingerprint {
        facts.row(vec!["fingerprint".into(), fingerprint.to_string()]);
    }
    if let Some(run) = &audit.run {
        add_run(&mut facts, audit, run);
    }
    write!(out, "{facts}")?;
    print_params(out, &audit.params)?;
    if let Some(run) = &audit.run {
        print_inputs(out, &run.inputs)?;
    }
    for output in &audit.outputs {
        print_output(out, output)?;
    }
    print_origin(out, audit)?;
    if let Some(run) = &audit.run {
        print_lines(out, "warnings", &run.warnings)?;
        let log: Vec<String> = run.log.lines().map(str::to_owned).collect();
        print_lines(out, "said", &log)?;
    }
    Ok(())
}

fn add_run(facts: &mut TextTable, audit: &Audit, run: &RunFacts) {
    let memory = run.peak_memory.map(|peak| format!(", at most {} of memory", bytes(peak)));
    let took = format!("{}, in {}{}", instant(run.started), seconds(run.seconds), memory.unwrap_or_default());
    facts.row(vec!["made".into(), took]);
    if run.ran_as != audit.branch {
        facts.row(vec!["made as".into(), format!("{}, which depends on the same", run.ran_as)]);
    }
    for (at, cause) in run.causes.iter().enumerate() {
        facts.row(vec![if at == 0 { "because".into() } else { String::new() }, cause.clone()]);
    }
    facts.row(vec!["seed".into(), run.seed.to_string()]);
}

/// Parameters, each at its path.
fn print_params(out: &mut impl Write, params: &Value) -> Result<()> {
    let mut found = Vec::new();
    flatten(String::new(), params, &mut found);
    if found.is_empty() {
        return Ok(());
    }
    writeln!(out, "parameters")?;
    let mut table = TextTable::plain(2);
    found.into_iter().for_each(|(path, value)| table.row(vec![path, value]));
    Ok(write!(out, "{table}")?)
}

fn flatten(path: String, value: &Value, found: &mut Vec<(String, String)>) {
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            for (name, field) in fields {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                flatten(path, field, found);
            }
        }
        Value::Null if path.is_empty() => {}
        Value::Object(_) if path.is_empty() => {}
        Value::String(text) => found.push((path, text.clone())),
        other => found.push((path, other.to_string())),
    }
}

fn print_inputs(out: &mut impl Write, inputs: &[InputRecord]) -> Result<()> {
    if inputs.is_empty() {
        return Ok(());
    }
    writeln!(out, "read")?;
    let mut table = TextTable::plain(2);
    table.align(2, Align::Right);
    for input in inputs {
        let from = match &input.from {
            Origin::Output(name) | Origin::File(name) | Origin::Command(name) => name.as_str(),
            Origin::Manifest => "the manifest",
        };
        let role =
            if input.key.is_empty() { input.role.clone() } else { format!("{} {}", input.role, input.key) };
        table.row(vec![role, from.to_owned(), bytes(input.bytes), input.digest.to_string()]);
    }
    Ok(write!(out, "{table}")?)
}

fn print_output(out: &mut impl Write, output: &OutputAudit) -> Result<()> {
    let rows = output.rows.map(|rows| format!(", {rows} rows")).unwrap_or_default();
    writeln!(out, "made {}: a {}{rows}, {}", output.name, output.kind, bytes(output.bytes))?;
    writeln!(out, "  {}", output.digest)?;
    writeln!(out, "  {}", output.path.display())?;
    if let Some(published) = &output.published {
        writeln!(out, "  {}", published.display())?;
    }
    if let Some(profile) = &output.profile {
        print_profile(out, profile)?;
    }
    for line in &output.first_lines {
        writeln!(out, "  | {line}")?;
    }
    Ok(())
}

fn print_profile(out: &mut impl Write, profile: &Profile) -> Result<()> {
    let mut table = TextTable::new(&["column", "type", "rows", "missing", "distinct", "min", "mean", "max"]);
    table.indent(2);
    (2..8).for_each(|column| table.align(column, Align::Right));
    for column in &profile.columns {
        let number = |count: Option<usize>| count.map_or_else(|| "-".to_owned(), |count| count.to_string());
        let not_finite = match column.not_finite {
            0 => String::new(),
            several => format!(" (and {several} not finite)"),
        };
        table.row(vec![
            column.name.clone(),
            column.data_type.clone(),
            profile.rows.to_string(),
            column.missing.to_string(),
            number(column.distinct),
            column.min.as_ref().map_or_else(|| "-".to_owned(), shown),
            column.mean.map_or_else(|| "-".to_owned(), six_digits),
            format!("{}{not_finite}", column.max.as_ref().map_or_else(|| "-".to_owned(), shown)),
        ]);
    }
    write!(out, "{table}")?;
    if profile.first_rows.is_empty() {
        return Ok(());
    }
    let names: Vec<&str> = profile.columns.iter().map(|column| column.name.as_str()).collect();
    let mut table = TextTable::new(&names);
    table.indent(2);
    for (at, column) in profile.columns.iter().enumerate() {
        if column.mean.is_some() {
            table.align(at, Align::Right);
        }
    }
    profile.first_rows.iter().for_each(|row| table.row(row.iter().map(shown).collect()));
    let left = profile.rows - profile.first_rows.len();
    if left > 0 {
        let mut more = vec![format!("… {}", count(left, "more row"))];
        more.resize(names.len(), String::new());
        table.row(more);
    }
    Ok(write!(out, "{table}")?)
}

/// What it was made from: files with their checksums, and the branches in between.
fn print_origin(out: &mut impl Write, audit: &Audit) -> Result<()> {
    if !audit.through.is_empty() {
        writeln!(out, "made from the outputs of\n  {}", audit.through.join(", "))?;
    }
    if !audit.made_from.is_empty() {
        writeln!(out, "made from the files")?;
    }
    for file in &audit.made_from {
        writeln!(
            out,
            "  {}  ({}, read by {})",
            file.path.display(),
            bytes(file.bytes),
            file.read_by.join(", ")
        )?;
        writeln!(out, "    blake3 {}", file.blake3)?;
        if let Some(sha256) = &file.sha256 {
            writeln!(out, "    sha256 {sha256}")?;
        }
    }
    Ok(())
}

fn print_lines(out: &mut impl Write, title: &str, lines: &[String]) -> Result<()> {
    if lines.is_empty() {
        return Ok(());
    }
    writeln!(out, "{title}")?;
    lines.iter().try_for_each(|line| Ok(writeln!(out, "  {line}")?))
}

fn shown(value: &Value) -> String {
    match value {
        Value::Null => "-".to_owned(),
        Value::String(text) => text.clone(),
        Value::Number(number) => match number.as_f64().filter(|_| number.is_f64()) {
            Some(number) => six_digits(number),
            None => number.to_string(),
        },
        other => other.to_string(),
    }
}
