//! The panel itself.

use std::ops::Range;

use polars::prelude::*;

use crate::{PanelError, Result};

/// Entities observed over time: a frame with one row per entity and time.
///
/// Rows are kept sorted by entity, then time, whatever their order was, so that no result depends
/// on the order in which a source lists them. The panel may be unbalanced and have holes.
#[derive(Debug, Clone)]
pub struct Panel {
    frame: DataFrame,
    entity: String,
    time: String,
    entities: Vec<String>,
    groups: Vec<Range<usize>>,
    times: Vec<i32>,
}

impl Panel {
    /// A panel over `frame`, whose `entity` column holds text (or whole numbers) and whose `time`
    /// column holds whole numbers.
    ///
    /// # Errors
    /// [`PanelError::NoColumn`], [`PanelError::WrongType`], [`PanelError::MissingKey`],
    /// [`PanelError::DuplicateKey`].
    pub fn new(frame: DataFrame, entity: &str, time: &str) -> Result<Self> {
        let entity_column = key_column(&frame, entity)?.cast(&DataType::String)?;
        let raw_time = key_column(&frame, time)?;
        if !raw_time.dtype().is_integer() {
            return Err(PanelError::WrongType {
                column: time.into(),
                found: raw_time.dtype().to_string(),
                expected: "whole numbers",
            });
        }
        let time_column = raw_time.cast(&DataType::Int32)?;
        for (name, column) in [(entity, &entity_column), (time, &time_column)] {
            if let Some(row) = column.is_null().iter().position(|null| null == Some(true)) {
                return Err(PanelError::MissingKey { column: name.into(), row: row + 1 });
            }
        }

        let mut keys: Vec<(&str, i32, IdxSize)> = entity_column
            .str()?
            .iter()
            .zip(time_column.i32()?.iter())
            .zip(0..)
            .filter_map(|((entity, time), row)| Some((entity?, time?, row)))
            .collect();
        keys.sort_unstable();

        let mut entities: Vec<String> = Vec::new();
        let mut groups: Vec<Range<usize>> = Vec::new();
        for (position, (entity, time, _)) in keys.iter().enumerate() {
            match groups.last_mut() {
                Some(group) if entities.last().is_some_and(|last| last == entity) => {
                    if keys[position - 1].1 == *time {
                        return Err(PanelError::DuplicateKey { entity: (*entity).into(), time: *time });
                    }
                    group.end = position + 1;
                }
                _ => {
                    entities.push((*entity).to_owned());
                    groups.push(position..position + 1);
                }
            }
        }

        let order: Vec<IdxSize> = keys.iter().map(|key| key.2).collect();
        let times = keys.iter().map(|key| key.1).collect();
        let mut sorted = frame.clone();
        sorted.with_column(entity_column.clone())?;
        sorted.with_column(time_column.clone())?;
        let sorted = sorted.take(&IdxCa::from_vec("order".into(), order))?;
        Ok(Self { frame: sorted, entity: entity.into(), time: time.into(), entities, groups, times })
    }

    /// The frame, sorted by entity, then time.
    pub fn frame(&self) -> &DataFrame {
        &self.frame
    }

    /// The name of the entity column.
    pub fn entity_name(&self) -> &str {
        &self.entity
    }

    /// The name of the time column.
    pub fn time_name(&self) -> &str {
        &self.time
    }

    /// The entities, sorted; entity `g` owns the rows `groups()[g]`.
    pub fn entities(&self) -> &[String] {
        &self.entities
    }

    /// Each entity's rows, in the order of [`Panel::entities`].
    pub fn groups(&self) -> &[Range<usize>] {
        &self.groups
    }

    /// Each row's time.
    pub fn times(&self) -> &[i32] {
        &self.times
    }

    /// Each row's entity, as an index into [`Panel::entities`].
    pub fn entity_codes(&self) -> Vec<usize> {
        let mut codes = vec![0; self.height()];
        for (code, group) in self.groups.iter().enumerate() {
            codes[group.clone()].fill(code);
        }
        codes
    }

    /// Number of rows.
    pub fn height(&self) -> usize {
        self.times.len()
    }

    /// A column as text, row by row; missing values are `None`.
    ///
    /// # Errors
    /// [`PanelError::NoColumn`].
    pub fn labels(&self, name: &str) -> Result<Vec<Option<String>>> {
        let column = key_column(&self.frame, name)?.cast(&DataType::String)?;
        Ok(column.str()?.iter().map(|value| value.map(str::to_owned)).collect())
    }

    /// A column of numbers, row by row; missing and non-finite values are `None`.
    ///
    /// # Errors
    /// [`PanelError::NoColumn`], [`PanelError::WrongType`] where it isn't numeric.
    pub fn values(&self, name: &str) -> Result<Vec<Option<f64>>> {
        let column = key_column(&self.frame, name)?;
        if !column.dtype().is_primitive_numeric() {
            return Err(PanelError::WrongType {
                column: name.into(),
                found: column.dtype().to_string(),
                expected: "numbers",
            });
        }
        let numbers = column.cast(&DataType::Float64)?;
        Ok(numbers.f64()?.iter().map(|value| value.filter(|number| number.is_finite())).collect())
    }

    /// This panel with a column of numbers added or replaced, row by row.
    ///
    /// # Errors
    /// Where the length differs from [`Panel::height`].
    pub fn with_values(mut self, name: &str, values: Vec<Option<f64>>) -> Result<Self> {
        self.frame.with_column(Column::new(name.into(), values))?;
        Ok(self)
    }
}

fn key_column<'a>(frame: &'a DataFrame, name: &str) -> Result<&'a Column> {
    frame.column(name).map_err(|_| PanelError::NoColumn {
        column: name.into(),
        available: frame.get_column_names().iter().map(|name| name.to_string()).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(entity: &[Option<&str>], time: &[Option<i32>], x: &[Option<f64>]) -> DataFrame {
        df!("entity" => entity, "time" => time, "x" => x).unwrap_or_default()
    }

    #[test]
    fn rows_are_sorted_and_grouped() -> Result<()> {
        let panel = Panel::new(
            frame(
                &[Some("b"), Some("a"), Some("b")],
                &[Some(2), Some(1), Some(1)],
                &[Some(1.0), Some(f64::NAN), None],
            ),
            "entity",
            "time",
        )?;
        assert_eq!(panel.entities(), ["a", "b"]);
        assert_eq!(panel.groups(), [0..1, 1..3]);
        assert_eq!(panel.times(), [1, 1, 2]);
        assert_eq!(panel.entity_codes(), [0, 1, 1]);
        assert_eq!(panel.values("x")?, [None, None, Some(1.0)]);
        Ok(())
    }

    #[test]
    fn faults_name_what_and_where() {
        let duplicate =
            Panel::new(frame(&[Some("a"), Some("a")], &[Some(1), Some(1)], &[None, None]), "entity", "time");
        assert!(matches!(duplicate, Err(PanelError::DuplicateKey { time: 1, .. })));
        let keyless =
            Panel::new(frame(&[Some("a"), None], &[Some(1), Some(1)], &[None, None]), "entity", "time");
        assert!(matches!(keyless, Err(PanelError::MissingKey { row: 2, .. })));
        let absent = Panel::new(frame(&[], &[], &[]), "entity", "year");
        assert!(matches!(absent, Err(PanelError::NoColumn { .. })));
        let text = Panel::new(frame(&[Some("a")], &[Some(1)], &[None]), "time", "entity");
        assert!(matches!(text, Err(PanelError::WrongType { .. })));
    }
}
