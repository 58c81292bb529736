//! `vintner reconstruct`.

use std::io::Write;

use serde_json::json;
use vintner_stages::reconstruct::{Report, check, reconstruct};

use super::{count, print_json};
use crate::arguments::{Format, Reconstruct};
use crate::error::{CommandError, Result};
use crate::progress::working;
use crate::terminal::page;
use crate::workspace::Workspace;

pub(crate) fn run(workspace: &Workspace, arguments: &Reconstruct) -> Result<()> {
    let folder = workspace.folder.join("data").join("vintages").join(&arguments.vintage);
    let specification = folder.join("reconstruction.yaml");
    let published = workspace.folder.join(&arguments.published);
    workspace.check_unlinked(&folder.join("raw"))?;
    let make = if arguments.check { check } else { reconstruct };
    let looking = "looking for data behind the published tables";
    let report = working(workspace.volume, looking, || make(&specification, &published, &folder))?;
    match arguments.format {
        Format::Json => print_json(&as_json(&report))?,
        Format::Text => print(&report, arguments)?,
    }
    let differ: Vec<String> =
        report.files.iter().filter(|file| file.changed).map(|file| file.path.clone()).collect();
    if arguments.check && !differ.is_empty() {
        return Err(CommandError::NotReconstructed { vintage: arguments.vintage.clone(), files: differ });
    }
    Ok(())
}

fn print(report: &Report, arguments: &Reconstruct) -> Result<()> {
    let mut out = page();
    let agreement = &report.agreement;
    writeln!(
        out,
        "{}: {} of {} coefficients have the published digits, {} the published stars (synthetic data)",
        arguments.vintage, agreement.equal_coefficients, agreement.coefficients, agreement.equal_stars
    )?;
    for (variable, spread) in &report.mean_spreads {
        writeln!(out, "  {variable:<8} mean standard deviation within units {spread:.3}")?;
    }
    let changed = report.files.iter().filter(|file| file.changed).count();
    let verb = if arguments.check { "would change" } else { "written" };
    writeln!(out, "{}, {changed} {verb}", count(report.files.len(), "file"))?;
    for file in &report.unnamed {
        writeln!(out, "  no source of the manifest names {file}")?;
    }
    Ok(())
}

fn as_json(report: &Report) -> serde_json::Value {
    let files: Vec<_> = report
        .files
        .iter()
        .map(|file| json!({"path": file.path, "sha256": file.sha256, "changed": file.changed}))
        .collect();
    json!({
        "coefficients": report.agreement.coefficients,
        "equal_digits": report.agreement.equal_coefficients,
        "equal_stars": report.agreement.equal_stars,
        "least_slack": report.least_slack,
        "files": files,
    })
}
