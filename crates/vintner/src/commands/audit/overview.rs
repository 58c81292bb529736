//! All branches in a table.

use std::io::Write;

use serde_json::{Value, json};
use vintner_pipeline::{Plan, StageStatus};

use crate::bytes::bytes;
use crate::commands::count;
use crate::error::Result;
use crate::instant::{moment, seconds};
use crate::text_table::{Align, TextTable};

/// A stage with more branches than this is one line.
const BRANCHES: usize = 12;

/// What a line says, of a branch or of many.
#[derive(Default)]
struct Line {
    name: String,
    state: String,
    started: Option<u64>,
    seconds: f64,
    rows: Option<u64>,
    bytes: u64,
    warnings: usize,
}

impl Line {
    fn of(status: &StageStatus) -> Self {
        let mut line =
            Self { name: status.branch.clone(), state: status.state.word().to_owned(), ..Self::default() };
        if let Some(record) = &status.record {
            let rows: Vec<u64> = record.outputs.values().filter_map(|output| output.rows).collect();
            line.started = Some(record.started);
            line.seconds = record.seconds;
            line.rows = Some(rows.iter().sum()).filter(|_| !rows.is_empty());
            line.bytes = record.outputs.values().map(|output| output.bytes).sum();
            line.warnings = record.warnings.len();
        }
        line
    }

    /// One line for all branches of a stage.
    fn of_many(statuses: &[&StageStatus]) -> Self {
        let stage = statuses.first().map_or("", |status| status.id.stage.as_str());
        let mut words: Vec<(&str, usize)> = Vec::new();
        for status in statuses {
            let word = status.state.word();
            match words.iter_mut().find(|(known, _)| *known == word) {
                Some((_, times)) => *times += 1,
                None => words.push((word, 1)),
            }
        }
        let state = match words[..] {
            [(word, _)] => word.to_owned(),
            _ => words.iter().map(|(word, times)| format!("{times} {word}")).collect::<Vec<_>>().join(", "),
        };
        let lines: Vec<Line> = statuses.iter().map(|status| Line::of(status)).collect();
        let rows: Vec<u64> = lines.iter().filter_map(|line| line.rows).collect();
        Self {
            name: format!("{stage} ({})", count(statuses.len(), "branch")),
            state,
            started: lines.iter().filter_map(|line| line.started).max(),
            seconds: lines.iter().map(|line| line.seconds).sum(),
            rows: Some(rows.iter().sum()).filter(|_| !rows.is_empty()),
            bytes: lines.iter().map(|line| line.bytes).sum(),
            warnings: lines.iter().map(|line| line.warnings).sum(),
        }
    }

    fn cells(&self) -> Vec<String> {
        let made = self.started.is_some();
        let none = || "-".to_owned();
        vec![
            self.name.clone(),
            self.state.clone(),
            self.started.map_or_else(none, moment),
            if made { seconds(self.seconds) } else { none() },
            self.rows.map_or_else(none, |rows| rows.to_string()),
            if made { bytes(self.bytes) } else { none() },
            if self.warnings == 0 { String::new() } else { self.warnings.to_string() },
        ]
    }
}

pub(crate) fn print(
    out: &mut impl Write,
    plan: &Plan<'_>,
    statuses: &[&StageStatus],
    every_branch: bool,
) -> Result<()> {
    let headers = ["stage", "state", "made (UTC)", "took", "rows", "size", "warned"];
    let mut table = TextTable::new(&headers);
    for column in 3..headers.len() {
        table.align(column, Align::Right);
    }
    for stage in statuses.chunk_by(|one, other| one.id.stage == other.id.stage) {
        if stage.len() > BRANCHES && !every_branch {
            table.row(Line::of_many(stage).cells());
            continue;
        }
        stage.iter().for_each(|status| table.row(Line::of(status).cells()));
    }
    write!(out, "{table}")?;
    let kept = statuses.iter().filter_map(|status| status.record.as_ref());
    let size: u64 = kept.flat_map(|record| record.outputs.values()).map(|output| output.bytes).sum();
    let fresh = statuses.iter().filter(|status| status.state.word() == "fresh").count();
    let stages = count(statuses.len(), "stage");
    writeln!(out, "{}: {stages}, {fresh} fresh, {} kept", plan.vintage.name, bytes(size))?;
    Ok(())
}

pub(crate) fn as_json(plan: &Plan<'_>, statuses: &[&StageStatus]) -> Value {
    let of_status = |status: &&StageStatus| {
        let line = Line::of(status);
        json!({
            "branch": line.name, "state": line.state, "causes": status.state.causes(),
            "fingerprint": status.fingerprint, "started": line.started,
            "seconds": line.started.map(|_| line.seconds), "rows": line.rows,
            "bytes": line.started.map(|_| line.bytes), "warnings": line.warnings,
        })
    };
    let stages: Vec<Value> = statuses.iter().map(of_status).collect();
    json!({"pipeline": plan.pipeline.name, "vintage": plan.vintage.name, "stages": stages})
}
