//! `vintner vintage check`.

use std::io::Write;

use serde_json::json;
use vintner_pipeline::{Outcome, Plan, Selection, Silent, rehearse};

use super::{count, print_json};
use crate::arguments::{Format, OfVintageNamed};
use crate::error::{CommandError, Result};
use crate::interrupt;
use crate::printable::printable;
use crate::progress::working;
use crate::terminal::page;
use crate::workspace::Workspace;

/// Reads each file as the pipeline's own stages do, away from the cache, and tells what is wrong.
pub(crate) fn run(workspace: &Workspace, arguments: &OfVintageNamed) -> Result<()> {
    let pipeline = workspace.pipeline()?;
    let vintage = workspace.vintage(&pipeline, arguments.vintage.as_deref())?;
    let reading: Vec<String> = pipeline
        .stages
        .iter()
        .filter(|stage| stage.operation == "ingest")
        .map(|stage| stage.name.clone())
        .collect();
    let selection = Selection { until: reading, ..Selection::default() };
    let plan = Plan::select(&pipeline, &vintage, &selection)?;
    let (store, cancelled) = (workspace.store(), interrupt::cancelled()?);
    let report = working(workspace.volume, "reading the raw files", || {
        rehearse(&plan, &store, &Silent, 0, cancelled)
    })?;
    let faults: Vec<(&str, &str)> = report
        .stages
        .iter()
        .filter_map(|stage| match &stage.outcome {
            Outcome::Failed(message) => Some((stage.branch.as_str(), message.as_str())),
            _ => None,
        })
        .collect();
    let rows: u64 = report.stages.iter().filter_map(|stage| stage.rows).sum();
    if arguments.format == Format::Json {
        let faults: Vec<_> =
            faults.iter().map(|(branch, message)| json!({"branch": branch, "message": message})).collect();
        let warnings: Vec<_> = report
            .stages
            .iter()
            .filter(|stage| !stage.warnings.is_empty())
            .map(|stage| json!({"branch": stage.branch, "warnings": stage.warnings}))
            .collect();
        print_json(&json!({
            "vintage": vintage.name, "sources": vintage.sources.len(), "rows": rows,
            "faults": faults, "warnings": warnings, "remarks": report.remarks,
        }))?;
    } else {
        let mut out = page();
        for remark in &report.remarks {
            writeln!(out, "{}", printable(remark))?;
        }
        for stage in &report.stages {
            for warning in &stage.warnings {
                writeln!(out, "{}", printable(&format!("{}: {warning}", stage.branch)))?;
            }
        }
        for (branch, message) in &faults {
            writeln!(out, "{}", printable(&format!("{branch}: {message}")))?;
        }
        if faults.is_empty() {
            let (sources, name) = (count(vintage.sources.len(), "source"), &vintage.name);
            writeln!(out, "{name}: {sources} as the manifest says, {}", count(rows as usize, "row"))?;
        }
    }
    if report.interrupted {
        report.check()?;
    }
    match faults.len() {
        0 => Ok(()),
        faulty => Err(CommandError::FaultySources { vintage: vintage.name.clone(), faulty }),
    }
}
