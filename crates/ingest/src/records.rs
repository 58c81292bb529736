//! The records that were read, column-wise: what becomes a tidy table.

use std::collections::{BTreeMap, HashMap};

use polars::prelude::*;
use serde::Serialize;
use vintner_panel::{
    Absences, Frequency, HeaderPlaces, Notes, Period, Result, SourcePlace, TidyTable, VariablePlace,
    across_of_variable, tidy_columns as names,
};

use crate::dictionary::Dictionary;
use crate::layout::Layout;
use crate::source::{Source, ValueColumn, ValueKind};
use crate::value_reader::rule_of;
use crate::values::Values;

/// What tells a record apart from the others of its time and variable: codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct RowKey {
    /// The entity, where the source has entities.
    pub entity: Option<u32>,
    /// The category, where the source has categories.
    pub category: Option<u32>,
}

/// Where a record stands.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RecordPlace {
    /// The row in the file.
    pub row: u32,
    /// The column, where a header cell is a part of the key.
    pub column: u32,
    /// The variable, where a record holds one of them only.
    pub variable: u32,
}

/// Records in the order of the file: each has a value of every variable, or, in a table that names its variables
/// row by row, of one.
#[derive(Debug, Clone)]
pub(crate) struct Records {
    pub(crate) entities: Dictionary,
    pub(crate) categories: Dictionary,
    pub(crate) values: Vec<Values>,
    keys: Vec<RowKey>,
    times: Vec<i32>,
    rows: Vec<u32>,
    /// Empty in a long table.
    columns: Vec<u32>,
    /// Empty where each record has all variables.
    variables: Vec<u32>,
    across: bool,
    by_variable: bool,
    /// Whether headers name variables beside the times.
    variables_across: bool,
}

impl Records {
    pub(crate) fn new(source: &Source) -> Self {
        Self {
            entities: Dictionary::default(),
            categories: Dictionary::default(),
            values: source
                .columns
                .iter()
                .map(|column| Values::new(column.kind, has_flags(source, column)))
                .collect(),
            keys: Vec::new(),
            times: Vec::new(),
            rows: Vec::new(),
            columns: Vec::new(),
            variables: Vec::new(),
            across: source.layout != Layout::Long,
            by_variable: source.is_by_variable(),
            variables_across: source.has_variables_across(),
        }
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    /// Makes room for so many records.
    pub(crate) fn reserve(&mut self, more: usize) {
        self.keys.reserve(more);
        self.times.reserve(more);
        self.rows.reserve(more);
        if self.across {
            self.columns.reserve(more);
        }
        if self.by_variable {
            self.variables.reserve(more);
        }
        self.values.iter_mut().for_each(|values| values.reserve(more));
    }

    /// Adds a record; its values follow.
    pub(crate) fn push(&mut self, key: RowKey, time: i32, place: RecordPlace) {
        self.keys.push(key);
        self.times.push(time);
        self.rows.push(place.row);
        if self.across {
            self.columns.push(place.column);
        }
        if self.by_variable {
            self.variables.push(place.variable);
        }
    }

    /// Adds the records of a block that follows.
    pub(crate) fn append(&mut self, other: Self) {
        let entities = self.entities.absorb(&other.entities);
        let categories = self.categories.absorb(&other.categories);
        let new = |code: Option<u32>, new: &[u32]| code.and_then(|code| new.get(code as usize).copied());
        self.keys.extend(other.keys.iter().map(|key| RowKey {
            entity: new(key.entity, &entities),
            category: new(key.category, &categories),
        }));
        self.times.extend(other.times);
        self.rows.extend(other.rows);
        self.columns.extend(other.columns);
        self.variables.extend(other.variables);
        for (own, others) in self.values.iter_mut().zip(other.values) {
            own.append(others);
        }
    }

    /// The row in the file, and the column where it is a part of the key.
    pub(crate) fn place(&self, record: usize) -> RecordPlace {
        let at = |of: &[u32]| of.get(record).copied().unwrap_or_default();
        RecordPlace { row: at(&self.rows), column: at(&self.columns), variable: at(&self.variables) }
    }

    /// Whether a part of the key stands across the table.
    pub(crate) fn is_across(&self) -> bool {
        self.across
    }

    /// Whether a record holds one variable only.
    pub(crate) fn is_by_variable(&self) -> bool {
        self.by_variable
    }

    /// Entity, time and category of a record, for a message.
    pub(crate) fn key(&self, record: usize) -> (Option<&str>, i32, Option<&str>) {
        let key = self.keys.get(record).copied().unwrap_or_default();
        (
            key.entity.and_then(|code| self.entities.text(code)),
            self.times.get(record).copied().unwrap_or_default(),
            key.category.and_then(|code| self.categories.text(code)),
        )
    }

    /// The records whose key an earlier one has, each with the first of that key.
    pub(crate) fn repeated(&self) -> Vec<(usize, usize)> {
        let groups = self.groups();
        let mut last: Vec<Option<i32>> = Vec::new();
        let in_order = groups.iter().zip(&self.times).all(|(group, time)| {
            let group = *group as usize;
            if group >= last.len() {
                last.resize(group + 1, None);
            }
            let Some(slot) = last.get_mut(group) else { return false };
            let after = slot.is_none_or(|before| before < *time);
            *slot = Some(*time);
            after
        });
        // Where each entity's times follow one another, as in most files, none comes twice.
        if in_order {
            return Vec::new();
        }
        let mut keyed: Vec<(u32, i32, usize)> = groups
            .iter()
            .zip(&self.times)
            .enumerate()
            .map(|(at, (group, time))| (*group, *time, at))
            .collect();
        keyed.sort_unstable();
        let mut repeated = Vec::new();
        for same in keyed.chunk_by(|one, other| (one.0, one.1) == (other.0, other.1)) {
            if let Some(((_, _, first), others)) = same.split_first() {
                repeated.extend(others.iter().map(|(_, _, at)| (*at, *first)));
            }
        }
        repeated.sort_unstable();
        repeated
    }

    /// A number for each record, the same for records that differ in nothing but time.
    fn groups(&self) -> Vec<u32> {
        let entity = |key: &RowKey| key.entity.unwrap_or(0);
        if !self.by_variable && self.categories.texts().is_empty() {
            return self.keys.iter().map(entity).collect();
        }
        let mut groups: HashMap<(u32, Option<u32>, u32), u32> = HashMap::new();
        let grouped = self.keys.iter().enumerate().map(|(at, key)| {
            let next = u32::try_from(groups.len()).unwrap_or(u32::MAX);
            let variable = self.variables.get(at).copied().unwrap_or_default();
            *groups.entry((entity(key), key.category, variable)).or_insert(next)
        });
        grouped.collect()
    }

    /// How many rows of the file the records are of, those that are `dropped` (in order) left out.
    pub(crate) fn rows_used(&self, dropped: &[(usize, usize)]) -> usize {
        let mut dropped = dropped.iter().map(|(record, _)| *record).peekable();
        let (mut used, mut last) = (0, None);
        for (record, row) in self.rows.iter().enumerate() {
            if dropped.next_if_eq(&record).is_none() && last != Some(row) {
                used += 1;
                last = Some(row);
            }
        }
        used
    }

    /// The tidy table, without the records that are `dropped` (in order).
    pub(crate) fn into_table(
        self,
        source: &Source,
        place: SourcePlace,
        headers: &[(u32, String)],
        dropped: &[(usize, usize)],
        absences: &Absences,
    ) -> Result<TidyTable> {
        let kept: Option<Vec<IdxSize>> = (!dropped.is_empty()).then(|| {
            let mut dropped = dropped.iter().map(|(record, _)| *record).peekable();
            let records = (0..self.rows.len()).zip(0..);
            records.filter(|(at, _)| dropped.next_if_eq(at).is_none()).map(|(_, record)| record).collect()
        });
        let mut notes = Notes::new();
        let mut note = |column: &str, note: serde_json::Result<serde_json::Value>| -> Result<()> {
            let note = note.map_err(|error| PolarsError::ComputeError(error.to_string().into()))?;
            notes.insert(column.to_owned(), note);
            Ok(())
        };
        note(names::ROW, with_absences(&place, absences))?;
        let mut columns = Vec::new();
        let text = |name: &str, codes: &mut dyn Iterator<Item = Option<u32>>, texts: &Dictionary| {
            let texts = codes.map(|code| code.and_then(|code| texts.text(code)));
            StringChunked::from_iter_options(name.into(), texts).into_column()
        };
        if source.entity.is_some() || source.layout == Layout::EntitiesAcross {
            columns.push(text(names::ENTITY, &mut self.keys.iter().map(|key| key.entity), &self.entities));
        }
        if place.observations {
            columns.push(self.row_labels(&place));
        }
        if source.layout != Layout::Long || source.time.is_some() || source.year.is_some() {
            columns.push(self.time_column(source));
        }
        if source.category.is_some() {
            columns.push(text(
                names::CATEGORY,
                &mut self.keys.iter().map(|key| key.category),
                &self.categories,
            ));
        }
        if self.by_variable {
            let names_of = |at: &u32| source.columns.get(*at as usize).map(|column| column.variable.as_str());
            let held =
                StringChunked::from_iter_options(names::VARIABLE.into(), self.variables.iter().map(names_of));
            columns.push(held.into_column());
        }
        columns.push(Column::new(names::ROW.into(), &self.rows));
        if source.layout != Layout::Long {
            let (name, across) = self.across(source);
            note(name, json(&HeaderPlaces { across }))?;
        }
        if let Some(kept) = &kept {
            let kept = IdxCa::from_vec("kept".into(), kept.clone());
            columns = columns.iter().map(|column| column.take(&kept)).collect::<PolarsResult<_>>()?;
        }
        for (at, (values, column)) in self.values.into_iter().zip(&source.columns).enumerate() {
            let header = headers.get(at);
            let place = VariablePlace {
                column: header.map(|(column, _)| *column),
                header: header.map(|(_, text)| text.clone()),
                scale: column.scale,
                beside: None,
            };
            note(&column.variable, json(&place))?;
            let (texts, flags) = (names::text(&column.variable), names::flag(&column.variable));
            if has_flags(source, column) {
                let place = VariablePlace { beside: Some(column.variable.clone()), scale: None, ..place };
                note(&flags, json(&place))?;
            }
            columns.extend(values.into_columns((&column.variable, &texts, &flags), kept.as_deref())?);
        }
        let height = columns.first().map_or(0, Column::len);
        TidyTable::new(DataFrame::new(height, columns)?, notes)
    }

    /// What rows are called that are observations of somebody new each: by their numbers in the file, with zeros
    /// before them so that text is in their order; of one file of many with the source's name for it.
    fn row_labels(&self, place: &SourcePlace) -> Column {
        let width = self.rows.last().map_or(1, |row| row.to_string().len());
        let part = place.source.split_once(':').map(|(_, part)| format!("{part}:")).unwrap_or_default();
        let labels = self.rows.iter().map(|row| format!("{part}{row:0width$}"));
        StringChunked::from_iter_values(names::ENTITY.into(), labels).into_column()
    }

    /// Years as numbers, and other periods as they are printed.
    fn time_column(&self, source: &Source) -> Column {
        let frequency = source.period.and_then(|period| period.frequency);
        let Some(frequency) = frequency.filter(|frequency| *frequency != Frequency::Year) else {
            return Column::new(names::TIME.into(), &self.times);
        };
        let mut printed: HashMap<i32, String> = HashMap::new();
        for time in &self.times {
            printed.entry(*time).or_insert_with(|| {
                Period::from_ordinal(frequency, *time).map(|period| period.to_string()).unwrap_or_default()
            });
        }
        let texts = self.times.iter().map(|time| printed.get(time).map(String::as_str));
        StringChunked::from_iter_options(names::TIME.into(), texts).into_column()
    }

    /// The key that stands across the file, and the column of each.
    fn across(&self, source: &Source) -> (&'static str, BTreeMap<String, u32>) {
        let is_wide = source.layout == Layout::Wide;
        let mut across = BTreeMap::new();
        for (record, column) in self.columns.iter().enumerate() {
            let (entity, time, _) = self.key(record);
            let variable = self.variables.get(record).and_then(|at| source.columns.get(*at as usize));
            let text = match (variable, is_wide) {
                (Some(variable), true) if self.variables_across => {
                    across_of_variable(time, &variable.variable)
                }
                (_, true) => time.to_string(),
                (_, false) => entity.unwrap_or_default().to_owned(),
            };
            across.entry(text).or_insert(*column);
        }
        (if is_wide { names::TIME } else { names::ENTITY }, across)
    }
}

/// Which file rows are of, and what of it wasn't read.
pub(crate) fn with_absences(
    place: &SourcePlace,
    absences: &Absences,
) -> serde_json::Result<serde_json::Value> {
    let mut note = json(place)?;
    if let (false, Some(fields)) = (absences.is_empty(), note.as_object_mut()) {
        fields.insert("absences".into(), json(absences)?);
    }
    Ok(note)
}

/// Whether marks beside a variable's values are kept.
fn has_flags(source: &Source, column: &ValueColumn) -> bool {
    column.kind != ValueKind::Text && !rule_of(source, column).flags.is_empty()
}

fn json<T: Serialize>(note: &T) -> serde_json::Result<serde_json::Value> {
    serde_json::to_value(note)
}
