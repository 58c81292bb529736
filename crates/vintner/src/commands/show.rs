//! `vintner show`.

use std::io::{Cursor, Write, stdout};

use polars::prelude::{AnyValue, DataFrame, ParquetReader, SerReader};
use serde_json::{Value, json};
use vintner_pipeline::Kind;
use vintner_stages::tidy_shown;

use super::kept_output::kept_output;
use super::print_json;
use crate::arguments::{Format, Show};
use crate::error::Result;
use crate::terminal::page;
use crate::text_table::{Align, TextTable};
use crate::workspace::Workspace;

pub(crate) fn run(workspace: &Workspace, arguments: &Show) -> Result<()> {
    let pipeline = workspace.pipeline()?;
    let vintage = workspace.vintage(&pipeline, arguments.vintage.as_deref())?;
    let (branch, output) = split(&arguments.output);
    let (wanted, bytes) = kept_output(workspace, &pipeline, &vintage, branch, output)?;
    match wanted {
        Kind::Frame => {
            // Tidy values are shown with the cell that each came from.
            let (frame, height) = match tidy_shown(&bytes, arguments.rows)? {
                Some(shown) => shown,
                None => {
                    let frame = ParquetReader::new(Cursor::new(bytes)).finish()?;
                    let height = frame.height();
                    (frame, height)
                }
            };
            match arguments.format {
                Format::Json => print_json(&frame_json(&frame, height, arguments.rows)),
                Format::Text => print_frame(&frame, height, arguments.rows),
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

fn frame_json(frame: &DataFrame, height: usize, rows: usize) -> Value {
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
    json!({"rows": height, "shown": rows})
}

fn print_frame(frame: &DataFrame, height: usize, rows: usize) -> Result<()> {
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
    let mut out = page();
    match out.screen().columns {
        Some(columns) => write!(out, "{}", on_screen(&lines, columns))?,
        None => lines.iter().try_for_each(|line| writeln!(out, "{}", line.join("\t")))?,
    }
    if height > rows {
        writeln!(out, "… {height} rows in all")?;
    }
    Ok(())
}

/// As many columns as a screen has room for, and the names of the others.
fn on_screen(lines: &[Vec<String>], columns: usize) -> String {
    let mut shown = lines.first().map_or(0, Vec::len);
    loop {
        let mut table = TextTable::plain(0);
        lines.iter().for_each(|line| table.row(line[..shown].to_vec()));
        let is_number = |column: usize| {
            let mut cells = lines.iter().skip(1).map(|line| &line[column]);
            cells.all(|cell| cell == "-" || cell.parse::<f64>().is_ok())
        };
        (0..shown).filter(|column| is_number(*column)).for_each(|column| table.align(column, Align::Right));
        if shown > 1 && table.width() > columns {
            shown -= 1;
            continue;
        }
        let left_out = lines.first().map_or(&[][..], |names| &names[shown..]);
        return match left_out {
            [] => table.to_string(),
            names => format!("{table}… and the columns {}\n", names.join(", ")),
        };
    }
}
