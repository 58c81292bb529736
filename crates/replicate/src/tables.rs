//! `estimates`: the table of all coefficients, and whose each row is.

use serde_json::Value as Json;

use crate::branches::{Branch, From, read};
use crate::error::Result;
use crate::program::{Program, TableRow};
use crate::request::ReplicateRequest;

/// Puts the table beside the scripts, with the model of each of its rows.
pub(crate) fn add(program: &mut Program, branch: &Branch<'_>, request: &ReplicateRequest<'_>) -> Result<()> {
    let file = format!("expected/{}.csv", crate::script::identifier(&branch.name));
    let file = program.put(file, branch.bytes("csv")?, request);
    let collected = branch.json("rows")?;
    let units: Vec<Json> = read(&collected, "units").unwrap_or_default();
    let tables: Vec<Json> = branch.param("tables").unwrap_or_default();
    for table in &tables {
        let id: String = read(table, "id").unwrap_or_default();
        let role: String = read(table, "fits").unwrap_or_default();
        let model: Option<String> = read(table, "model");
        let of_role =
            branch.reads().into_iter().filter(|read| read.role == role).find_map(|read| match read.from {
                From::Output { branch, .. } => Some(branch),
                _ => None,
            });
        let Some(stage) = of_role else { continue };
        for unit in &units {
            let pooled = read(unit, "pooled").unwrap_or(false);
            let id_of: String = read(unit, "id").unwrap_or_default();
            let own = if pooled { String::new() } else { id_of };
            let name = match (&model, own.is_empty()) {
                (Some(model), true) => model.clone(),
                (Some(model), false) => format!("{model}: {own}"),
                (None, _) => own,
            };
            program.tables.push(TableRow {
                file: file.clone(),
                table: id.clone(),
                unit: printed(unit),
                stage: stage.clone(),
                model: name,
            });
        }
    }
    Ok(())
}

/// The name by which a table prints a unit.
fn printed(unit: &Json) -> String {
    let label = unit.get("label");
    let of = |language: &str| label.and_then(|label| read::<String>(label, language));
    read::<String>(unit, "printed")
        .or_else(|| of("zh"))
        .or_else(|| of("en"))
        .unwrap_or_else(|| label.and_then(Json::as_str).unwrap_or_default().to_owned())
}
