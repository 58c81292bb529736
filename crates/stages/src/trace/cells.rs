//! The cells that tidy values were read from.

use std::collections::BTreeMap;

use serde::Serialize;
use vintner_diagnostics::one_of;
use vintner_panel::{CellAddress, TidyValue, tidy_values};
use vintner_pipeline::Kind;

use super::made::{Made, OutputOf};
use crate::error::StagesError;

/// A value as it was read from a file.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RawCell {
    /// The variable.
    pub variable: String,
    /// The entity; none for a series without entities.
    pub entity: Option<String>,
    /// The time.
    pub time: i32,
    /// A further key, such as an industry.
    pub category: Option<String>,
    /// The source.
    pub source: String,
    /// Where it stands.
    pub address: CellAddress,
    /// The text as read.
    pub raw: String,
    /// The number that it gives, in the variable's unit; none where it is missing.
    pub value: Option<f64>,
}

impl RawCell {
    fn key(&self) -> (&str, &Option<String>, i32, &Option<String>, &CellAddress) {
        (&self.variable, &self.entity, self.time, &self.category, &self.address)
    }
}

impl Eq for RawCell {}

impl PartialOrd for RawCell {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for RawCell {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.key().cmp(&other.key())
    }
}

/// All tidy values of a vintage.
pub(super) struct Cells {
    values: Vec<TidyValue>,
    /// The output that each came from, by its place in `outputs`.
    from: Vec<usize>,
    outputs: Vec<OutputOf>,
    by_variable: BTreeMap<String, Vec<usize>>,
}

impl Cells {
    pub(super) fn load(made: &Made<'_>) -> Result<Self, StagesError> {
        let mut cells =
            Self { values: Vec::new(), from: Vec::new(), outputs: Vec::new(), by_variable: BTreeMap::new() };
        for stage in made.stages_of("ingest") {
            for (item, record) in made.branches(&stage.name) {
                for (output, kept) in &record.outputs {
                    if kept.kind != Kind::Frame {
                        continue;
                    }
                    let of =
                        OutputOf { stage: stage.name.clone(), item: item.clone(), output: output.clone() };
                    for value in tidy_values(&made.frame(&of)?)? {
                        let at = cells.values.len();
                        cells.by_variable.entry(value.variable.clone()).or_default().push(at);
                        cells.values.push(value);
                        cells.from.push(cells.outputs.len());
                    }
                    cells.outputs.push(of);
                }
            }
        }
        Ok(cells)
    }

    /// The places of a variable's values that a row of the panel is made of: those of its entity and
    /// time, and of a series without entities those of its time.
    pub(super) fn of_row(&self, variable: &str, entity: &str, time: i32) -> Vec<usize> {
        self.of(variable, |value| {
            value.time == time && value.entity.as_deref().is_none_or(|own| own == entity)
        })
    }

    /// The places of a variable's values of a time.
    pub(super) fn of_time(&self, variable: &str, time: i32) -> Vec<usize> {
        self.of(variable, |value| value.time == time)
    }

    fn of(&self, variable: &str, wanted: impl Fn(&TidyValue) -> bool) -> Vec<usize> {
        let places = self.by_variable.get(variable).map(Vec::as_slice).unwrap_or_default();
        places.iter().copied().filter(|at| wanted(&self.values[*at])).collect()
    }

    /// The output that a value came from.
    pub(super) fn output(&self, at: usize) -> &OutputOf {
        &self.outputs[self.from[at]]
    }

    pub(super) fn cell(&self, at: usize) -> RawCell {
        let value = &self.values[at];
        RawCell {
            variable: value.variable.clone(),
            entity: value.entity.clone(),
            time: value.time,
            category: value.category.clone(),
            source: value.source.clone(),
            address: value.address.clone(),
            raw: value.raw.clone(),
            value: value.value,
        }
    }

    /// The values that were read from a cell, `file!sheet!D15` or `file!D15`.
    pub(super) fn find(&self, text: &str) -> Result<Vec<usize>, StagesError> {
        let wanted = text.trim();
        let (file, cell) = match (wanted.split_once('!'), wanted.rsplit_once('!')) {
            (Some((file, _)), Some((_, cell))) => (file, cell.to_uppercase()),
            _ => (wanted, String::new()),
        };
        let sheet = wanted
            .strip_prefix(file)
            .and_then(|rest| rest.strip_prefix('!'))
            .and_then(|rest| rest.rsplit_once('!'))
            .map(|(sheet, _)| sheet);
        let found: Vec<usize> = (0..self.values.len())
            .filter(|at| {
                let address = &self.values[*at].address;
                address.file == file
                    && address.cell() == cell
                    && sheet.is_none_or(|sheet| address.sheet.as_deref() == Some(sheet))
            })
            .collect();
        if !found.is_empty() {
            return Ok(found);
        }
        let mut files: Vec<&str> = self.values.iter().map(|value| value.address.file.as_str()).collect();
        files.sort_unstable();
        files.dedup();
        Err(StagesError::NoCell {
            cell: text.to_owned(),
            hint: if files.contains(&file) {
                "no value that the pipeline uses was read there; name it as FILE!SHEET!D15".into()
            } else {
                one_of(file, files).unwrap_or_default()
            },
        })
    }
}
