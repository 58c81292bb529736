//! `vintner vintage compare`.

use std::collections::BTreeMap;
use std::io::Write;

use serde_json::json;
use vintner_pipeline::PipelineError;
use vintner_stages::vintage_difference::VintageSide;
use vintner_stages::{TidyEstimate, significant, vintage_side};

use super::print_json;
use crate::arguments::{Format, VintageCompare};
use crate::error::{CommandError, Result};
use crate::terminal::page;
use crate::text_table::{Align, TextTable};
use crate::workspace::Workspace;

/// Table, unit and regressor.
type Key = (String, String, String);

pub(crate) fn run(workspace: &Workspace, arguments: &VintageCompare) -> Result<()> {
    let pipeline = workspace.pipeline()?;
    let store = workspace.store();
    let mut sides: Vec<VintageSide> = Vec::new();
    for name in &arguments.vintages {
        let vintage = workspace.vintage(&pipeline, Some(name))?;
        sides.push(vintage_side(&pipeline, &vintage, &store)?.0);
    }
    let pooled: Vec<String> = sides
        .iter()
        .flat_map(|side| &side.units)
        .filter(|unit| unit.pooled)
        .map(|unit| unit.printed().to_owned())
        .collect();
    let wanted = |key: &Key| match arguments.coefficient.as_slice() {
        [] => pooled.contains(&key.1),
        patterns => patterns.iter().any(|pattern| is_meant(pattern, key, &sides)),
    };
    // In the order of the first vintage's tables; what only later ones have comes after.
    let mut keys: Vec<Key> = Vec::new();
    let by_key: Vec<BTreeMap<Key, &TidyEstimate>> = sides
        .iter()
        .map(|side| {
            let own = side.estimates.iter().map(|row| {
                let key = (row.table.clone(), row.unit.clone(), row.regressor.clone());
                if !keys.contains(&key) && wanted(&key) {
                    keys.push(key.clone());
                }
                (key, row)
            });
            own.collect()
        })
        .collect();
    if keys.is_empty() {
        return Err(CommandError::Pipeline(PipelineError::Unknown {
            message: format!("no coefficient is meant by {}", arguments.coefficient.join(", ")),
            hint: Some("name them as TABLE/UNIT/REGRESSOR, as in 2/*/*".into()),
        }));
    }
    if arguments.format == Format::Json {
        let rows: Vec<_> = keys
            .iter()
            .map(|key| {
                let of: BTreeMap<&str, _> = sides
                    .iter()
                    .zip(&by_key)
                    .map(|(side, rows)| (side.name.as_str(), rows.get(key)))
                    .collect();
                json!({"table": key.0, "unit": key.1, "regressor": key.2, "vintages": of})
            })
            .collect();
        return print_json(&json!({"pipeline": pipeline.name, "coefficients": rows}));
    }
    let mut headers = vec!["coefficient", "published"];
    headers.extend(sides.iter().map(|side| side.name.as_str()));
    let mut table = TextTable::new(&headers);
    (1..headers.len()).for_each(|column| table.align(column, Align::Right));
    for key in &keys {
        let rows: Vec<Option<&&TidyEstimate>> = by_key.iter().map(|rows| rows.get(key)).collect();
        let published = rows.iter().flatten().find_map(|row| {
            let stars = row.published_stars.unwrap_or_default().asterisks();
            Some(format!("{}{stars}", row.published.as_ref()?.text()))
        });
        let mut cells = vec![format!("{}/{}/{}", key.0, key.1, key.2), published.unwrap_or_default()];
        let mut errors = vec![String::new(), String::new()];
        for row in rows {
            let estimate = row.and_then(|row| Some(format!("{}{}", significant(row.estimate?), row.stars)));
            cells.push(estimate.unwrap_or_else(|| "-".into()));
            let error = row.and_then(|row| Some(format!("({})", significant(row.std_error?))));
            errors.push(error.unwrap_or_default());
        }
        table.row(cells);
        table.row(errors);
    }
    let mut out = page();
    write!(out, "{table}")?;
    for side in &sides {
        if side.manifest.pointer("/kind").and_then(|kind| kind.as_str()) == Some("synthetic") {
            writeln!(out, "{}: synthetic data, no evidence", side.name)?;
        }
    }
    Ok(())
}

/// Whether `2/*/x` means a coefficient; units go by any of their names.
fn is_meant(pattern: &str, key: &Key, sides: &[VintageSide]) -> bool {
    let parts: Vec<&str> = pattern.split('/').collect();
    let [table, unit, regressor] = parts.as_slice() else { return false };
    let is_unit = |name: &str| {
        let mut units = sides.iter().flat_map(|side| &side.units);
        units.any(|unit| {
            unit.printed() == key.1 && (unit.is_called(name) || (unit.pooled && name == "pooled"))
        })
    };
    (*table == "*" || *table == key.0)
        && (*regressor == "*" || *regressor == key.2)
        && (*unit == "*" || *unit == key.1 || is_unit(unit))
}
