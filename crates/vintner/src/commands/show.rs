//! `vintner show`.

use std::io::{Cursor, Write, stdout};

use polars::prelude::{AnyValue, DataFrame, ParquetReader, SerReader};
use serde_json::{Value, json};
use vintner_diagnostics::one_of;
use vintner_pipeline::{Kind, PipelineError, Plan, Selection, State, Survey};

use super::{one, print_json};
use crate::arguments::{Format, Show};
use crate::error::{CommandError, Result};
use crate::workspace::Workspace;

pub(crate) fn run(workspace: &Workspace, arguments: &Show) -> Result<()> {
    let pipeline = workspace.pipeline()?;
    let vintage = workspace.vintage(&pipeline, arguments.vintage.as_deref())?;
    let (branch, output) = split(&arguments.output);
    let selection = Selection { until: vec![branch.to_owned()], ..Selection::default() };
    let plan = Plan::select(&pipeline, &vintage, &selection)?;
    let store = workspace.store();
    let survey = Survey::new(&plan, &store)?;
    let statuses: Vec<_> = survey.statuses().collect();
    let state = one(&statuses, branch)?;
    let declared = &pipeline.stage(&state.id.stage)?.bound.output_declarations;
    let wanted = match output {
        None => declared.first(),
        Some(name) => declared.iter().find(|declared| declared.name == name),
    };
    let Some(wanted) = wanted else {
        let name = output.unwrap_or_default();
        return Err(CommandError::Pipeline(PipelineError::Unknown {
            message: format!("`{}` has no output `{name}`", state.branch),
            hint: one_of(name, declared.iter().map(|declared| declared.name.as_str())),
        }));
    };
    let record = state.record.as_ref().filter(|_| !state.state.would_run());
    let Some(kept) = record.and_then(|record| record.outputs.get(&wanted.name)) else {
        let (branch, output) = (state.branch.clone(), wanted.name.clone());
        if matches!(state.state, State::Corrupt(_)) {
            return Err(CommandError::Corrupt { branch, output });
        }
        let state = match state.state {
            State::Waiting(_) => "something that it reads has to be made first",
            _ => "what it depends on has changed, or it never ran",
        };
        return Err(CommandError::NotMade { branch, output, state });
    };
    let bytes = store
        .object(&kept.digest)
        .ok_or_else(|| CommandError::Corrupt { branch: state.branch.clone(), output: wanted.name.clone() })?;
    match wanted.kind {
        Kind::Frame => {
            let frame = ParquetReader::new(Cursor::new(bytes)).finish()?;
            match arguments.format {
                Format::Json => print_json(&frame_json(&frame, arguments.rows)),
                Format::Text => print_frame(&frame, arguments.rows),
            }
        }
        Kind::Text if arguments.format == Format::Json => {
            print_json(&json!({"text": String::from_utf8_lossy(&bytes)}))
        }
        Kind::Text | Kind::Json | Kind::File => Ok(stdout().lock().write_all(&bytes)?),
    }
}

/// `stage[branch].output` apart; a dot within the brackets belongs to the branch.
fn split(text: &str) -> (&str, Option<&str>) {
    let after_branch = text.rfind(']').map_or(0, |at| at + 1);
    match text[after_branch..].split_once('.') {
        Some((rest, output)) => (&text[..after_branch + rest.len()], Some(output)),
        None => (text, None),
    }
}

fn frame_json(frame: &DataFrame, rows: usize) -> Value {
    let shown = frame.height().min(rows);
    let rows: Vec<Value> = (0..shown)
        .map(|row| {
            let fields = frame.columns().iter().map(|column| {
                let value = match column.get(row) {
                    Ok(AnyValue::Null) | Err(_) => Value::Null,
                    Ok(AnyValue::String(text)) => text.into(),
                    Ok(AnyValue::StringOwned(text)) => text.as_str().into(),
                    Ok(AnyValue::Boolean(flag)) => flag.into(),
                    Ok(AnyValue::Float64(number)) => json!(number),
                    Ok(other) => other.extract::<i64>().map_or_else(|| other.to_string().into(), Value::from),
                };
                (column.name().to_string(), value)
            });
            Value::Object(fields.collect())
        })
        .collect();
    json!({"rows": frame.height(), "shown": rows})
}

fn print_frame(frame: &DataFrame, rows: usize) -> Result<()> {
    let mut lines: Vec<Vec<String>> =
        vec![frame.columns().iter().map(|column| column.name().to_string()).collect()];
    for row in 0..frame.height().min(rows) {
        let cells = frame.columns().iter().map(|column| match column.get(row) {
            Ok(AnyValue::Null) | Err(_) => "-".to_owned(),
            Ok(AnyValue::String(text)) => text.to_owned(),
            Ok(AnyValue::StringOwned(text)) => text.to_string(),
            Ok(other) => other.to_string(),
        });
        lines.push(cells.collect());
    }
    let mut out = stdout().lock();
    for line in &lines {
        writeln!(out, "{}", line.join("\t"))?;
    }
    if frame.height() > rows {
        writeln!(out, "… {} rows in all", frame.height())?;
    }
    Ok(())
}
