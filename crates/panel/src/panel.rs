//! The panel itself.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use polars::prelude::*;

use crate::error::{PanelError, Result};
use crate::frequency::Frequency;
use crate::labels::Labels;
use crate::numbers::Numbers;
use crate::period::Period;
use crate::shape::Shape;
use crate::time_key::TimeKey;
use crate::type_words::type_in_words;

/// Observations: a frame with one row per entity and time, or with one of these keys, or neither ([`Shape`]).
///
/// Rows are kept sorted by entity, then time, whatever their order was, so that no result depends
/// on the order in which a source lists them. The panel may be unbalanced and have holes.
///
/// A time is a whole number (a year, a wave) or a [`Period`] as text, all of one [`Frequency`]; the frame has
/// each period in the one form that it is printed in.
#[derive(Debug, Clone)]
pub struct Panel {
    /// The frame with the entities as they came, which may be whole numbers.
    frame: DataFrame,
    /// The frame with the entities as text, where they came otherwise; made when it is asked for.
    texts: OnceLock<DataFrame>,
    entity: String,
    time: String,
    shape: Shape,
    frequency: Frequency,
    entities: Arc<Vec<String>>,
    groups: Arc<Vec<Range<usize>>>,
    times: Arc<Vec<i32>>,
}

/// The keys of rows that were laid out as a grid.
#[derive(Debug, Clone)]
pub struct GridKeys<'k> {
    /// The column of entities.
    pub entity: &'k str,
    /// The column of times, in the one form that times have in frames.
    pub time: &'k str,
    /// The entities, in the order of text.
    pub entities: Vec<String>,
    /// The first time, as a number of its frequency.
    pub first: i32,
    /// How many times each entity has.
    pub times: usize,
    /// How long they are.
    pub frequency: Frequency,
}

impl Panel {
    /// A panel over `frame`, whose `entity` column holds text (or whole numbers) and whose `time`
    /// column holds whole numbers or periods.
    ///
    /// # Errors
    /// [`PanelError::NoColumn`], [`PanelError::WrongType`], [`PanelError::MissingKey`],
    /// [`PanelError::NotATime`], [`PanelError::MixedFrequencies`], [`PanelError::DuplicateKey`].
    pub fn new(frame: DataFrame, entity: &str, time: &str) -> Result<Self> {
        key_column(&frame, entity)?;
        key_column(&frame, time)?;
        Self::of_observations(frame, entity, time)
    }

    /// The same where either column may be absent. Without `time` the rows are a cross-section; without
    /// `entity` a time series, or repeated cross-sections where a time has several rows. Rows without an
    /// entity of their own go by their number.
    ///
    /// # Errors
    /// As [`Panel::new`]; [`PanelError::DuplicateEntity`].
    pub fn of_observations(frame: DataFrame, entity: &str, time: &str) -> Result<Self> {
        if let Ok(column) = frame.column(entity)
            && column.dtype().is_float()
        {
            // As text, as it always was.
            let text = column.cast(&DataType::String)?;
            return Self::of_observations(frame.clone().with_column(text)?.clone(), entity, time);
        }
        let named = frame.column(entity).ok().map(|column| Labels::of(entity, column)).transpose()?;
        let timed = frame.column(time).ok().map(|column| TimeKey::of(time, column)).transpose()?;
        let shape = match (&named, &timed) {
            (Some(_), Some(_)) => Shape::Panel,
            (_, None) => Shape::CrossSection,
            (None, Some(key)) if has_twice(&key.times) => Shape::RepeatedCrossSections,
            (None, Some(_)) => Shape::Series,
        };
        let height = frame.height();
        let Labels { codes, labels: entities } = named.unwrap_or_else(|| match shape {
            Shape::Series => one_entity(height),
            _ => row_numbers(height),
        });
        if let Some(row) = codes.iter().position(|code| *code == Labels::MISSING) {
            return Err(PanelError::MissingKey { column: entity.into(), row: row + 1 });
        }
        let mut sorted = frame;
        let (times, frequency) = match timed {
            Some(TimeKey { times, frequency, column }) => {
                sorted.with_column(column)?;
                (times, frequency)
            }
            None => (vec![0; height], Frequency::Year),
        };

        let groups = extents(&codes, entities.len());
        let order = order(&codes, &times, &groups);
        let sorted_times: Vec<i32> = match &order {
            Some(order) => order.iter().map(|row| times[*row as usize]).collect(),
            None => times,
        };
        for (group, label) in groups.iter().zip(&entities) {
            let own = &sorted_times[group.clone()];
            if let Some(twice) = own.windows(2).find(|pair| pair[0] == pair[1]) {
                let entity = label.clone();
                return Err(match shape {
                    Shape::CrossSection => PanelError::DuplicateEntity { entity, time: time.into() },
                    _ => PanelError::DuplicateKey { entity, time: frequency.label(twice[0]) },
                });
            }
        }

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
            shape,
            frequency,
            entities: Arc::new(entities),
            groups: Arc::new(groups),
            times: Arc::new(sorted_times),
        })
    }

    /// The panel of a frame whose rows were laid out as a grid: entity by entity in the order of text, each with a row for
    /// each time from `first` on, in order. It is what [`Panel::new`] makes of the frame, without looking at its keys again.
    ///
    /// # Errors
    /// [`PanelError::NotAGrid`] where the frame hasn't that many rows, or the entities aren't in order.
    pub fn of_grid(mut frame: DataFrame, keys: GridKeys<'_>) -> Result<Self> {
        let GridKeys { entity, time, entities, first, times, frequency } = keys;
        key_column(&frame, entity)?;
        key_column(&frame, time)?;
        let rows = entities.len().checked_mul(times);
        let last = i32::try_from(times).ok().and_then(|times| first.checked_add(times.checked_sub(1)?));
        let in_order = entities.is_sorted_by(|one, other| one < other);
        let (true, Some(last)) = (in_order && rows == Some(frame.height()), last) else {
            return Err(PanelError::NotAGrid { entities: entities.len(), times, rows: frame.height() });
        };
        frame.rechunk_mut();
        let own: Vec<i32> = (first..=last).collect();
        Ok(Self {
            frame,
            texts: OnceLock::new(),
            entity: entity.into(),
            time: time.into(),
            shape: Shape::Panel,
            frequency,
            groups: Arc::new((0..entities.len()).map(|at| at * times..(at + 1) * times).collect()),
            times: Arc::new(own.repeat(entities.len())),
            entities: Arc::new(entities),
        })
    }

    /// Which keys the rows have.
    pub fn shape(&self) -> Shape {
        self.shape
    }

    /// How long the times are; years where there are none.
    pub fn frequency(&self) -> Frequency {
        self.frequency
    }

    /// The period of a time's number; none in a cross-section.
    pub fn period(&self, time: i32) -> Option<Period> {
        self.shape.has_time().then(|| Period::from_ordinal(self.frequency, time)).flatten()
    }

    /// What a time is called: `1990`, `1990Q1`.
    pub fn time_label(&self, time: i32) -> String {
        self.frequency.label(time)
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

    /// The name of the entity column, whether there is one or not.
    pub fn entity_name(&self) -> &str {
        &self.entity
    }

    /// The name of the time column, whether there is one or not.
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

    /// Each row's time, as a number of its [`Frequency`]; zero in a cross-section.
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
                found: type_in_words(column.dtype()),
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

    /// This panel with a column of text added or replaced, row by row.
    ///
    /// # Errors
    /// Where the length differs from [`Panel::height`].
    pub fn with_texts(mut self, name: &str, values: &[Option<&str>]) -> Result<Self> {
        self.frame.with_column(Column::new(name.into(), values))?;
        self.texts = OnceLock::new();
        Ok(self)
    }

    /// Whether a column holds text.
    ///
    /// # Errors
    /// [`PanelError::NoColumn`].
    pub fn is_text(&self, name: &str) -> Result<bool> {
        Ok(key_column(&self.frame, name)?.dtype() == &DataType::String)
    }
}

/// Whether a number comes more than once.
fn has_twice(times: &[i32]) -> bool {
    let mut seen = HashSet::with_capacity(times.len());
    !times.iter().all(|time| seen.insert(*time))
}

/// The rows of a series: all of one entity, which has no name.
fn one_entity(height: usize) -> Labels {
    let labels = if height == 0 { Vec::new() } else { vec![String::new()] };
    Labels { codes: vec![0; height], labels }
}

/// The rows by their number from 1, with zeros before it so that text is in their order.
fn row_numbers(height: usize) -> Labels {
    let width = height.to_string().len();
    let labels = (1..=height).map(|number| format!("{number:0width$}")).collect();
    Labels { codes: (0..height as u32).collect(), labels }
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
    fn a_grid_is_the_panel_that_its_frame_is() -> Result<()> {
        let texts = ["a", "a", "b", "b"];
        for (times, frequency) in
            [(["1999", "2000"], Frequency::Year), (["1999Q4", "2000Q1"], Frequency::Quarter)]
        {
            let all = [times, times].concat();
            let time = match frequency {
                Frequency::Year => Column::new(
                    "time".into(),
                    all.iter().filter_map(|text| text.parse().ok()).collect::<Vec<i32>>(),
                ),
                _ => Column::new("time".into(), all),
            };
            let columns = vec![
                Column::new("entity".into(), texts),
                time,
                Column::new("x".into(), [Some(1.0), None, Some(3.0), Some(4.0)]),
            ];
            let frame = DataFrame::new(4, columns)?;
            let panel = Panel::new(frame.clone(), "entity", "time")?;
            let keys = |entities: &[&str]| GridKeys {
                entity: "entity",
                time: "time",
                entities: entities.iter().map(|entity| (*entity).to_owned()).collect(),
                first: panel.times()[0],
                times: 2,
                frequency,
            };
            let grid = Panel::of_grid(frame.clone(), keys(&["a", "b"]))?;
            assert!(grid.frame().equals_missing(panel.frame()));
            assert_eq!((grid.entities(), grid.groups()), (panel.entities(), panel.groups()));
            assert_eq!((grid.times(), grid.frequency()), (panel.times(), panel.frequency()));
            assert_eq!(grid.shape(), panel.shape());
            for entities in [&["b", "a"][..], &["a"], &["a", "a"]] {
                let refused = Panel::of_grid(frame.clone(), keys(entities));
                assert!(matches!(refused, Err(PanelError::NotAGrid { rows: 4, .. })));
            }
        }
        Ok(())
    }

    #[test]
    fn faults_name_what_and_where() {
        let duplicate =
            Panel::new(frame(&[Some("a"), Some("a")], &[Some(1), Some(1)], &[None, None]), "entity", "time");
        assert!(matches!(duplicate, Err(PanelError::DuplicateKey { time, .. }) if time == "1"));
        let keyless =
            Panel::new(frame(&[Some("a"), None], &[Some(1), Some(1)], &[None, None]), "entity", "time");
        assert!(matches!(keyless, Err(PanelError::MissingKey { row: 2, .. })));
        let absent = Panel::new(frame(&[], &[], &[]), "entity", "year");
        assert!(matches!(absent, Err(PanelError::NoColumn { .. })));
        let text = Panel::new(frame(&[Some("a")], &[Some(1)], &[None]), "time", "entity");
        assert!(matches!(text, Err(PanelError::NotATime { row: 1, .. })));
        let fraction = df!("entity" => ["a"], "time" => [1.5]).unwrap_or_default();
        assert!(matches!(Panel::new(fraction, "entity", "time"), Err(PanelError::WrongType { .. })));
    }

    #[test]
    fn periods_are_times() -> Result<()> {
        let frame =
            df!("entity" => ["a", "a", "b"], "time" => ["2004Q1", "2003Q4", "2003q4"], "x" => [2, 1, 3])?;
        let panel = Panel::new(frame, "entity", "time")?;
        assert_eq!((panel.shape(), panel.frequency()), (Shape::Panel, Frequency::Quarter));
        assert_eq!(panel.values("x")?, [Some(1.0), Some(2.0), Some(3.0)]);
        assert_eq!(panel.times()[1] - panel.times()[0], 1);
        assert_eq!(panel.time_label(panel.times()[0] + 5), "2005Q1");
        assert_eq!(panel.labels("time")?[2].as_deref(), Some("2003Q4"));
        let twice = df!("entity" => ["a", "a"], "time" => ["2003Q4", "2003-Q4"])?;
        let error = Panel::new(twice, "entity", "time").err().map(|error| error.to_string());
        assert!(error.is_some_and(|error| error.contains("for 2003Q4")));
        Ok(())
    }

    #[test]
    fn keys_may_be_absent() -> Result<()> {
        let of = |frame: PolarsResult<DataFrame>| Panel::of_observations(frame?, "entity", "time");
        let rows = of(df!("x" => (0..11).collect::<Vec<i32>>()))?;
        assert_eq!((rows.shape(), rows.entities().len()), (Shape::CrossSection, 11));
        assert_eq!((rows.entities()[1].as_str(), rows.entities()[10].as_str()), ("02", "11"));
        assert_eq!(rows.values("x")?[10], Some(10.0));
        assert_eq!(rows.period(0), None);

        let named = of(df!("entity" => ["b", "a"], "x" => [1, 2]))?;
        assert_eq!((named.shape(), named.values("x")?), (Shape::CrossSection, vec![Some(2.0), Some(1.0)]));
        let twice = of(df!("entity" => ["a", "a"], "x" => [1, 2]));
        assert!(matches!(twice, Err(PanelError::DuplicateEntity { .. })));

        let series = of(df!("time" => ["1990-02", "1990-01"], "x" => [1, 2]))?;
        assert_eq!((series.shape(), series.groups().len()), (Shape::Series, 1));
        assert_eq!(series.groups().first(), Some(&(0..2)));
        assert_eq!(series.values("x")?, [Some(2.0), Some(1.0)]);

        let repeated = of(df!("time" => [2000, 2001, 2000], "x" => [1, 2, 3]))?;
        assert_eq!((repeated.shape(), repeated.groups().len()), (Shape::RepeatedCrossSections, 3));
        assert_eq!(of(df!("x" => Vec::<i32>::new()))?.height(), 0);
        Ok(())
    }
}
