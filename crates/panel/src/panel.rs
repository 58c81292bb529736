//! The panel itself.

use std::ops::Range;
use std::sync::{Arc, OnceLock};

use polars::prelude::*;

use crate::error::{PanelError, Result};
use crate::labels::Labels;
use crate::numbers::Numbers;

/// Entities observed over time: a frame with one row per entity and time.
///
/// Rows are kept sorted by entity, then time, whatever their order was, so that no result depends
/// on the order in which a source lists them. The panel may be unbalanced and have holes.
#[derive(Debug, Clone)]
pub struct Panel {
    /// The frame with the entities as they came, which may be whole numbers.
    frame: DataFrame,
    /// The frame with the entities as text, where they came otherwise; made when it is asked for.
    texts: OnceLock<DataFrame>,
    entity: String,
    time: String,
    entities: Arc<Vec<String>>,
    groups: Arc<Vec<Range<usize>>>,
    times: Arc<Vec<i32>>,
}

impl Panel {
    /// A panel over `frame`, whose `entity` column holds text (or whole numbers) and whose `time`
    /// column holds whole numbers.
    ///
    /// # Errors
    /// [`PanelError::NoColumn`], [`PanelError::WrongType`], [`PanelError::MissingKey`],
    /// [`PanelError::DuplicateKey`].
    pub fn new(frame: DataFrame, entity: &str, time: &str) -> Result<Self> {
        let entity_column = key_column(&frame, entity)?;
        if entity_column.dtype().is_float() {
            // As text, as it always was.
            let text = entity_column.cast(&DataType::String)?;
            return Self::new(frame.clone().with_column(text)?.clone(), entity, time);
        }
        let Labels { codes, labels: entities } = Labels::of(entity, entity_column)?;
        let raw_time = key_column(&frame, time)?;
        if !raw_time.dtype().is_integer() {
            return Err(PanelError::WrongType {
                column: time.into(),
                found: raw_time.dtype().to_string(),
                expected: "whole numbers",
            });
        }
        let time_column = raw_time.cast(&DataType::Int32)?;
        if let Some(row) = codes.iter().position(|code| *code == Labels::MISSING) {
            return Err(PanelError::MissingKey { column: entity.into(), row: row + 1 });
        }
        if time_column.null_count() > 0
            && let Some(row) = time_column.is_null().iter().position(|null| null == Some(true))
        {
            return Err(PanelError::MissingKey { column: time.into(), row: row + 1 });
        }
        let numbers = time_column.i32()?.rechunk();
        let times = numbers.cont_slice()?;

        let groups = extents(&codes, entities.len());
        let order = order(&codes, times, &groups);
        let sorted_times: Vec<i32> = match &order {
            Some(order) => order.iter().map(|row| times[*row as usize]).collect(),
            None => times.to_vec(),
        };
        for (group, label) in groups.iter().zip(&entities) {
            let own = &sorted_times[group.clone()];
            if let Some(twice) = own.windows(2).find(|pair| pair[0] == pair[1]) {
                return Err(PanelError::DuplicateKey { entity: label.clone(), time: twice[0] });
            }
        }

        let mut sorted = frame.clone();
        sorted.with_column(time_column.clone())?;
        let sorted = match order {
            Some(order) => sorted.take(&IdxCa::from_vec("order".into(), order))?,
            None => {
                sorted.rechunk_mut();
                sorted
            }
        };
        Ok(Self {
            frame: sorted,
            texts: OnceLock::new(),
            entity: entity.into(),
            time: time.into(),
            entities: Arc::new(entities),
            groups: Arc::new(groups),
            times: Arc::new(sorted_times),
        })
    }

    /// The frame, sorted by entity, then time; entities are text.
    pub fn frame(&self) -> &DataFrame {
        let is_text = |column: &Column| column.dtype() == &DataType::String;
        match self.frame.column(&self.entity) {
            Ok(column) if !is_text(column) => self.texts.get_or_init(|| {
                let mut texts = self.frame.clone();
                // Whole numbers can always be written as text.
                if let Ok(text) = column.cast(&DataType::String) {
                    texts.with_column(text).ok();
                }
                texts
            }),
            _ => &self.frame,
        }
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

    /// Entities, groups and times, to be held on to without copying.
    #[allow(clippy::type_complexity)]
    pub fn keys(&self) -> (Arc<Vec<String>>, Arc<Vec<Range<usize>>>, Arc<Vec<i32>>) {
        (Arc::clone(&self.entities), Arc::clone(&self.groups), Arc::clone(&self.times))
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
        let numbers = self.numeric(name)?;
        Ok(numbers.f64()?.iter().map(|value| value.filter(|number| number.is_finite())).collect())
    }

    /// A column of numbers whose memory is shared with the frame where it can be; missing values are NaN.
    ///
    /// # Errors
    /// As [`Panel::values`].
    pub fn numbers(&self, name: &str) -> Result<Numbers> {
        Ok(Numbers::of(self.numeric(name)?.f64()?.clone()))
    }

    /// A column of numbers as it is: only what is null is `None`.
    ///
    /// # Errors
    /// As [`Panel::values`].
    pub fn raw_values(&self, name: &str) -> Result<Vec<Option<f64>>> {
        Ok(self.numeric(name)?.f64()?.iter().collect())
    }

    /// The codes of a column of text or whole numbers, row by row.
    ///
    /// # Errors
    /// [`PanelError::NoColumn`], [`PanelError::WrongType`].
    pub fn codes(&self, name: &str) -> Result<Labels> {
        Labels::of(name, key_column(&self.frame, name)?)
    }

    fn numeric(&self, name: &str) -> Result<Column> {
        let column = key_column(&self.frame, name)?;
        if !column.dtype().is_primitive_numeric() {
            return Err(PanelError::WrongType {
                column: name.into(),
                found: column.dtype().to_string(),
                expected: "numbers",
            });
        }
        Ok(column.cast(&DataType::Float64)?)
    }

    /// This panel with a column of numbers added or replaced, row by row.
    ///
    /// # Errors
    /// Where the length differs from [`Panel::height`].
    pub fn with_values(mut self, name: &str, values: Vec<Option<f64>>) -> Result<Self> {
        self.frame.with_column(Column::new(name.into(), values))?;
        self.texts = OnceLock::new();
        Ok(self)
    }
}

/// Each code's rows once the rows are sorted by code.
fn extents(codes: &[u32], count: usize) -> Vec<Range<usize>> {
    let mut sizes = vec![0_usize; count];
    codes.iter().for_each(|code| sizes[*code as usize] += 1);
    let mut end = 0;
    sizes
        .into_iter()
        .map(|size| {
            let start = end;
            end += size;
            start..end
        })
        .collect()
}

/// The rows in order of code, then time; none where they are in it already.
fn order(codes: &[u32], times: &[i32], groups: &[Range<usize>]) -> Option<Vec<IdxSize>> {
    let key = |row: usize| (codes[row], times[row]);
    if (1..codes.len()).all(|row| key(row - 1) <= key(row)) {
        return None;
    }
    // Counting into the groups keeps equal codes in the order in which rows come, so that sorted by time before
    // the times in each group are sorted already.
    let mut next: Vec<usize> = groups.iter().map(|group| group.start).collect();
    let mut order: Vec<IdxSize> = vec![0; codes.len()];
    let mut put = |row: usize| {
        let place = &mut next[codes[row] as usize];
        order[*place] = row as IdxSize;
        *place += 1;
    };
    match by_time(times) {
        Some(rows) => rows.into_iter().for_each(|row| put(row as usize)),
        None => (0..codes.len()).for_each(put),
    }
    for group in groups {
        let own = &mut order[group.clone()];
        if !own.is_sorted_by_key(|row| times[*row as usize]) {
            own.sort_by_key(|row| times[*row as usize]);
        }
    }
    Some(order)
}

/// The rows in order of time, where times are few enough to count.
fn by_time(times: &[i32]) -> Option<Vec<IdxSize>> {
    let (smallest, largest) = (*times.iter().min()?, *times.iter().max()?);
    let width = (i64::from(largest) - i64::from(smallest) + 1) as usize;
    if width > 1 << 16 {
        return None;
    }
    let level = |time: i32| (i64::from(time) - i64::from(smallest)) as usize;
    let mut next = vec![0_usize; width + 1];
    times.iter().for_each(|time| next[level(*time) + 1] += 1);
    (1..=width).for_each(|at| next[at] += next[at - 1]);
    let mut rows = vec![0; times.len()];
    for (row, time) in times.iter().enumerate() {
        let place = &mut next[level(*time)];
        rows[*place] = row as IdxSize;
        *place += 1;
    }
    Some(rows)
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
