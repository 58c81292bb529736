//! From a raw cell up to all numbers that depend on it.

use std::collections::BTreeMap;
use std::rc::Rc;

use serde::Serialize;
use serde_json::Value;
use vintner_pipeline::{Pipeline, Store, Vintage};
use vintner_transform::Expression;

use super::cells::{CellsAt, cells_at};
use super::ground::Base;
use super::made::Made;
use super::number_address::NumberAddress;
use super::numbers::Numbers;
use super::raw_cell::RawCell;
use super::spread::Spread;
use crate::error::StagesError;

/// What depends on a cell.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CellTrace {
    /// What a cell is that no value was read from: a key of its row, whose values follow, or what is left out, and by what; and
    /// which stages choose their rows by it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub said: Vec<String>,
    /// The cell, and the values that were read from it.
    pub cells: Vec<RawCell>,
    /// The values of all panels that depend on it: variable, and how many rows of it.
    pub values: Vec<(String, usize)>,
    /// The numbers that depend on it.
    pub numbers: Vec<NumberAddress>,
    /// Stages in other languages that may depend on it.
    pub opaque: Vec<String>,
}

/// The stages whose rows are chosen, or split, by values that depend on a cell: of a row that it keeps out no number tells.
fn choosing(pipeline: &Pipeline, values: &[(String, usize)]) -> Vec<String> {
    let is_touched = |name: &String| values.iter().any(|(variable, _)| variable == name);
    let mut said = Vec::new();
    for stage in &pipeline.stages {
        let text = |field: &str| stage.bound.params.get(field).and_then(Value::as_str);
        if let Some(condition) = text("where") {
            let reads = Expression::parse(condition).map(|read| read.reads()).unwrap_or_default();
            if let Some(variable) = reads.iter().find(|name| is_touched(name)) {
                said.push(format!(
                    "`{}` is over the rows of `where: {condition}`: which they are rests on `{variable}` of this cell's row",
                    stage.name
                ));
            }
        }
        if let Some(variable) = text("by").filter(|by| is_touched(&(*by).to_owned())) {
            said.push(format!(
                "`{}` is split `by: {variable}`: which part this cell's row is of rests on it",
                stage.name
            ));
        }
    }
    said
}

/// Lists every number that depends on a cell, named as `file!sheet!D15`; the sheet may be left out where
/// the file has one.
///
/// # Errors
/// Where something isn't made, or no value was read from such a cell.
pub fn trace_cell(
    pipeline: &Pipeline,
    vintage: &Vintage,
    store: &Store,
    cell: &str,
) -> Result<CellTrace, StagesError> {
    let made = Made::load(pipeline, vintage, store)?;
    let CellsAt { cells, mut said } = cells_at(&made, cell)?;
    let mut spread = Spread::new(&made, &cells);
    let values = spread.values()?;
    said.extend(choosing(pipeline, &values));
    let numbers = Numbers::of(&made)?;
    let mut known: BTreeMap<Rc<Base>, bool> = BTreeMap::new();
    let mut found = Vec::new();
    for number in numbers.all(&made)? {
        // Many numbers rest on the same.
        let depends = match known.get(&number.base) {
            Some(depends) => *depends,
            None => {
                let depends = spread.depends(&number.base)?;
                known.insert(Rc::clone(&number.base), depends);
                depends
            }
        };
        if depends {
            found.push(number.address);
        }
    }
    let opaque = spread.opaque();
    Ok(CellTrace { said, cells, values, numbers: found, opaque })
}
