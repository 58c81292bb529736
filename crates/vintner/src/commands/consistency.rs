//! `vintner consistency`.

use std::io::Write;

use serde_json::json;
use vintner_stages::reconstruct::{
    Consistency, ConsistencyVerdict, NamedConflict, StandardErrors, consistency,
};
use vintner_stages::{PrintedModels, StagesError, StarLevels, check_arithmetic};

use super::{count, print_json};
use crate::arguments::{ConsistencyOf, Format};
use crate::error::{CommandError, Result};
use crate::progress::working;
use crate::terminal::page;
use crate::workspace::Workspace;

/// So many proofs are shown; one does.
const MOST: usize = 10;

pub(crate) fn run(workspace: &Workspace, arguments: &ConsistencyOf) -> Result<()> {
    let layout = workspace.folder.join(&arguments.layout);
    let published = workspace.folder.join(&arguments.published);
    let text = std::fs::read_to_string(&published).unwrap_or_default();
    if PrintedModels::is_one(&text) {
        return of_models(&text, arguments);
    }
    let looking = "looking whether any data can stand behind the tables";
    let outcome = working(workspace.volume, looking, || consistency(&layout, &published))?;
    if let (Some(path), Some(witness)) = (&arguments.witness, &outcome.witness) {
        std::fs::write(path, witness)
            .map_err(|source| CommandError::NotWritten { path: path.clone(), source })?;
    }
    if let Some(path) = &arguments.certificate {
        let text = serde_json::to_string_pretty(&outcome.conflicts)?;
        std::fs::write(path, format!("{text}\n"))
            .map_err(|source| CommandError::NotWritten { path: path.clone(), source })?;
    }
    match arguments.format {
        Format::Json => print_json(&json!({
            "published": arguments.published.display().to_string(),
            "layout": arguments.layout.display().to_string(),
            "consistency": outcome,
            "witness": outcome.agreement.as_ref().map(|agreement| json!({
                "coefficients": agreement.coefficients,
                "equal_digits": agreement.equal_coefficients,
                "equal_stars": agreement.equal_stars,
                "least_level_distance": agreement.least_level_distance,
            })),
        }))?,
        Format::Text => print(&outcome, arguments)?,
    }
    match outcome.verdict {
        ConsistencyVerdict::Consistent => Ok(()),
        ConsistencyVerdict::Inconsistent => {
            Err(CommandError::NoSuchData { published: arguments.published.display().to_string() })
        }
        ConsistencyVerdict::Undecided => {
            Err(CommandError::Undecided { published: arguments.published.display().to_string() })
        }
    }
}

/// The arithmetic of printed tables whose columns are models.
fn of_models(text: &str, arguments: &ConsistencyOf) -> Result<()> {
    let path = arguments.published.display().to_string();
    let printed = PrintedModels::parse(text, &path).map_err(StagesError::from)?;
    let found = check_arithmetic(&printed, &StarLevels(arguments.stars.clone()), arguments.level);
    if arguments.format == Format::Json {
        print_json(&json!({"published": path, "rows": printed.rows.len(), "arithmetic": found}))?;
    } else {
        let mut out = page();
        let asked: Vec<String> =
            found.checked.iter().map(|(rule, times)| format!("{rule} {times}")).collect();
        let asked =
            if asked.is_empty() { "nothing that could be checked".to_owned() } else { asked.join(", ") };
        writeln!(out, "{path}: {}; {asked}", count(printed.rows.len(), "row"))?;
        for fault in &found.faults {
            let place = [&fault.table, &fault.model, &fault.term];
            let place: Vec<&str> =
                place.into_iter().map(String::as_str).filter(|part| !part.is_empty()).collect();
            writeln!(
                out,
                "  {path}:{}: {}, {}: {}",
                fault.line,
                place.join(", "),
                fault.column,
                fault.message
            )?;
        }
        if found.faults.is_empty() {
            writeln!(out, "consistent: each number can stand beside the others")?;
        }
    }
    match found.faults.len() {
        0 => Ok(()),
        faults => Err(CommandError::Arithmetic { published: path, faults }),
    }
}

fn print(outcome: &Consistency, arguments: &ConsistencyOf) -> Result<()> {
    let mut out = page();
    let published = arguments.published.display();
    writeln!(
        out,
        "{published}: {}, {} of {} and their pooled rows, {} each{}",
        count(outcome.coefficients, "coefficient"),
        count(outcome.equations, "equation"),
        count(outcome.units, "unit"),
        count(outcome.periods, "observation"),
        match outcome.standard_errors {
            StandardErrors::Classical => "; classical standard errors",
            StandardErrors::Other => "; other standard errors, so that stars aren't looked at",
        }
    )?;
    match outcome.verdict {
        ConsistencyVerdict::Consistent => {
            writeln!(out, "consistent: there are data that give all of them")?;
            if let Some(agreement) = &outcome.agreement {
                writeln!(
                    out,
                    "  estimated anew from them: {} of {} coefficients to the printed digits, {} with the printed stars",
                    agreement.equal_coefficients, agreement.coefficients, agreement.equal_stars
                )?;
            }
            match &arguments.witness {
                Some(path) => writeln!(out, "  written to {}", path.display())?,
                None => writeln!(out, "  `--witness FILE` writes them")?,
            }
            writeln!(
                out,
                "  synthetic data: they show that the tables are possible, and nothing about the units"
            )?;
        }
        ConsistencyVerdict::Inconsistent => {
            let fewest = outcome.conflicts.first().map_or(0, |conflict| conflict.rows.len());
            writeln!(
                out,
                "inconsistent: no data give all of them; {}, the smallest of {} together",
                count(outcome.conflicts.len(), "contradiction"),
                count(fewest, "row")
            )?;
            for conflict in outcome.conflicts.iter().take(MOST) {
                print_conflict(&mut out, conflict)?;
            }
            if outcome.conflicts.len() > MOST {
                writeln!(out, "\n{} more in --format json", outcome.conflicts.len() - MOST)?;
            }
        }
        ConsistencyVerdict::Undecided => {
            writeln!(out, "undecided: no proof that there are no such data, and none were found")?;
            for attempt in &outcome.attempts {
                writeln!(out, "  {attempt}")?;
            }
        }
    }
    Ok(())
}

fn print_conflict(out: &mut impl Write, conflict: &NamedConflict) -> Result<()> {
    writeln!(out)?;
    for row in &conflict.rows {
        let cells: Vec<String> =
            row.cells.iter().map(|(regressor, value)| format!("{regressor} {value}")).collect();
        writeln!(out, "  Table {}, {}, {}: {}", row.table, row.unit, row.dependent, cells.join(", "))?;
    }
    writeln!(out, "  {}", conflict.sentence)?;
    Ok(())
}
