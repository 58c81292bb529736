//! `vintner show`.

use std::io::{BufWriter, Cursor, Write, stdout};

use polars::prelude::{AnyValue, Column, DataFrame, ParquetReader, SerReader};
use serde_json::{Value, json};
use vintner_pipeline::Kind;
use vintner_stages::tidy_shown;

use super::kept_output::{KeptOutput, kept_output};
use super::print_json;
use crate::arguments::{Show, ShowFormat};
use crate::error::{CommandError, Result};
use crate::terminal::page;
use crate::text_table::{Align, TextTable};
use crate::workspace::Workspace;

/// So many rows fit a screen.
const A_SCREEN: usize = 20;

pub(crate) fn run(workspace: &Workspace, arguments: &Show) -> Result<()> {
    let pipeline = workspace.pipeline()?;
    let vintage = workspace.vintage(&pipeline, arguments.vintage.as_deref())?;
    let (branch, output) = split(&arguments.output);
    let kept = kept_output(workspace, &pipeline, &vintage, branch, output)?;
    if arguments.path {
        return print_path(&kept, arguments.format);
    }
    match kept.kind {
        Kind::Frame => print_table(kept, arguments),
        kind if arguments.format == ShowFormat::Csv => {
            Err(CommandError::NoTable { branch: kept.branch, output: kept.output, kind: kind.to_string() })
        }
        Kind::Text if arguments.format == ShowFormat::Json => {
            print_json(&json!({"text": String::from_utf8_lossy(&kept.bytes)}))
        }
        Kind::Text | Kind::Json | Kind::File => Ok(stdout().lock().write_all(&kept.bytes)?),
    }
}

/// Where an output is kept; as JSON also what it is.
fn print_path(kept: &KeptOutput, format: ShowFormat) -> Result<()> {
    match format {
        ShowFormat::Json => print_json(&json!({
            "branch": kept.branch, "output": kept.output, "kind": kept.kind.to_string(),
            "path": kept.path.display().to_string(), "bytes": kept.bytes.len(), "digest": kept.digest.to_string(),
        })),
        // The path and nothing else, for `$(…)`: whatever characters are in it.
        _ => {
            let mut out = stdout().lock();
            out.write_all(kept.path.as_os_str().as_encoded_bytes())?;
            Ok(out.write_all(b"\n")?)
        }
    }
}

fn print_table(kept: KeptOutput, arguments: &Show) -> Result<()> {
    let usual = if arguments.format == ShowFormat::Csv { usize::MAX } else { A_SCREEN };
    let rows = arguments.rows.unwrap_or(usual);
    // Tidy values are shown with the cell that each came from.
    let (frame, height) = match tidy_shown(&kept.bytes, rows)? {
        Some(shown) => shown,
        None => {
            let frame = ParquetReader::new(Cursor::new(kept.bytes)).finish()?;
            let height = frame.height();
            (frame, height)
        }
    };
    match arguments.format {
        ShowFormat::Json => print_json(&frame_json(&frame, height, rows)),
        ShowFormat::Csv => print_csv(&frame, rows),
        ShowFormat::Text => print_frame(&frame, height, rows),
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
                    Ok(AnyValue::Float32(number)) => json!(number),
                    Ok(other) => other.extract::<i64>().map_or_else(|| other.to_string().into(), Value::from),
                };
                (column.name().to_string(), value)
            });
            Value::Object(fields.collect())
        })
        .collect();
    let column =
        |column: &Column| json!({"name": column.name().to_string(), "type": column.dtype().to_string()});
    let columns: Vec<Value> = frame.columns().iter().map(column).collect();
    json!({"rows": height, "columns": columns, "shown": rows})
}

/// All rows, or the first of them, as CSV: numbers in the shortest form that gives the same number again,
/// nothing where a value is missing, and `""` where it is an empty text.
fn print_csv(frame: &DataFrame, rows: usize) -> Result<()> {
    let mut out = BufWriter::new(stdout().lock());
    let names: Vec<String> = frame.columns().iter().map(|column| in_csv(column.name())).collect();
    writeln!(out, "{}", names.join(","))?;
    for row in 0..frame.height().min(rows) {
        for (place, column) in frame.columns().iter().enumerate() {
            if place > 0 {
                out.write_all(b",")?;
            }
            match column.get(row) {
                Ok(AnyValue::Null) | Err(_) => {}
                Ok(AnyValue::String(text)) => out.write_all(in_csv(text).as_bytes())?,
                Ok(AnyValue::StringOwned(text)) => out.write_all(in_csv(&text).as_bytes())?,
                Ok(AnyValue::Float64(number)) => write!(out, "{number:?}")?,
                Ok(AnyValue::Float32(number)) => write!(out, "{number:?}")?,
                Ok(other) => out.write_all(in_csv(&other.to_string()).as_bytes())?,
            }
        }
        out.write_all(b"\n")?;
    }
    Ok(out.flush()?)
}

/// A text as a field of CSV.
fn in_csv(text: &str) -> String {
    let is_plain = !text.is_empty() && !text.contains([',', '"', '\n', '\r']) && text.trim() == text;
    if is_plain { text.to_owned() } else { format!("\"{}\"", text.replace('"', "\"\"")) }
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
