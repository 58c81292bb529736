//! A tidy frame with the notes from which the cells of its values are computed.

use std::collections::{BTreeMap, HashMap};

use polars::prelude::*;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::absence::Promise;
use super::keys::TidyKeys;
use super::place::{NotedAbsences, Places, SourcePlace, VariablePlace};
use super::tidy_columns as names;
use super::value::TidyValue;
use super::variable::TidyVariable;
use crate::error::{PanelError, Result};
use crate::frequency::Frequency;
use crate::period::Period;
use crate::period_reading::PeriodReading;
use crate::type_words::type_in_words;

/// Notes to the columns of a frame, by their names.
pub type Notes = BTreeMap<String, Value>;

/// What a raw source holds: a row for each of its observations, in the order of the file, with the columns of
/// [`tidy_columns`](super::tidy_columns) and one for each variable.
#[derive(Debug, Clone, PartialEq)]
pub struct TidyTable {
    frame: DataFrame,
    notes: Notes,
    places: Places,
    times: Vec<i32>,
    has_times: bool,
    frequency: Frequency,
}

impl TidyTable {
    /// A tidy frame with its notes.
    ///
    /// # Errors
    /// Where a key column is absent or of another type, or a note isn't one of a tidy frame.
    pub fn new(mut frame: DataFrame, notes: Notes) -> Result<Self> {
        frame.rechunk_mut();
        let rows = column(&frame, names::ROW)?;
        if rows.dtype() != &DataType::UInt32 {
            let found = type_in_words(rows.dtype());
            return Err(PanelError::WrongType {
                column: names::ROW.into(),
                found,
                expected: "rows of the file",
            });
        }
        for name in [names::TIME, names::ROW] {
            if let Some(row) = frame.column(name).ok().and_then(first_missing) {
                return Err(PanelError::MissingKey { column: name.into(), row: row + 1 });
            }
        }
        let timed = frame.column(names::TIME).ok().map(times).transpose()?;
        let has_times = timed.is_some();
        let (times, frequency) = timed.unwrap_or_else(|| (vec![0; frame.height()], Frequency::Year));
        let places = Places {
            source: note(&notes, names::ROW)?.unwrap_or_default(),
            times: note(&notes, names::TIME)?,
            entities: note(&notes, names::ENTITY)?,
            absences: note::<NotedAbsences>(&notes, names::ROW)?.unwrap_or_default().absences,
        };
        Ok(Self { frame, notes, places, times, has_times, frequency })
    }

    /// What its source promises of all its files, where it is one of several.
    pub fn promise(&self) -> Option<&Promise> {
        self.places.absences.promise.as_ref()
    }

    /// The frame.
    pub fn frame(&self) -> &DataFrame {
        &self.frame
    }

    /// The frame and its notes, to be handed on.
    pub fn into_parts(self) -> (DataFrame, Notes) {
        (self.frame, self.notes)
    }

    /// How many rows it has.
    pub fn height(&self) -> usize {
        self.frame.height()
    }

    /// Which file it was read from.
    pub fn place(&self) -> &SourcePlace {
        &self.places.source
    }

    /// Its variables, in the order of its columns.
    pub fn variable_names(&self) -> impl Iterator<Item = &str> {
        let columns = self.frame.columns().iter().map(|column| column.name().as_str());
        columns.filter(|name| names::is_variable(name))
    }

    /// Each row's entity; nothing in a series without entities.
    ///
    /// # Errors
    /// Where they aren't text.
    pub fn entities(&self) -> Result<Option<&StringChunked>> {
        self.texts(names::ENTITY)
    }

    /// Each row's category; nothing where there are none.
    ///
    /// # Errors
    /// Where they aren't text.
    pub fn categories(&self) -> Result<Option<&StringChunked>> {
        self.texts(names::CATEGORY)
    }

    /// Whether its rows have times; a cross-section has none.
    pub fn has_times(&self) -> bool {
        self.has_times
    }

    /// Each row's time, as a number among those of its frequency; 0 in a cross-section.
    pub fn times(&self) -> &[i32] {
        &self.times
    }

    /// How long the periods of its times are; years are whole numbers of any kind.
    pub fn frequency(&self) -> Frequency {
        self.frequency
    }

    /// Each row's row in the file.
    ///
    /// # Errors
    /// Where they can't be had in one piece.
    pub fn rows(&self) -> Result<&[u32]> {
        Ok(column(&self.frame, names::ROW)?.u32()?.cont_slice()?)
    }

    /// A variable; nothing where the table hasn't it.
    ///
    /// # Errors
    /// Where it is neither numbers nor text.
    pub fn variable<'t>(&'t self, name: &'t str) -> Result<Option<TidyVariable<'t>>> {
        if !self.variable_names().any(|own| own == name) {
            return Ok(None);
        }
        let place: VariablePlace = note(&self.notes, name)?.unwrap_or_default();
        let keys = TidyKeys {
            held: self.texts(names::VARIABLE)?,
            entities: self.entities()?,
            categories: self.categories()?,
            times: self.times(),
            has_times: self.has_times,
            frequency: self.frequency,
            rows: self.rows()?,
            places: &self.places,
        };
        let texts = self.texts(&names::text(name))?;
        TidyVariable::new(name, place, column(&self.frame, name)?, texts, keys).map(Some)
    }

    /// All its variables.
    ///
    /// # Errors
    /// As [`TidyTable::variable`].
    pub fn variables(&self) -> Result<Vec<TidyVariable<'_>>> {
        let all = self.variable_names().map(|name| self.variable(name));
        Ok(all.collect::<Result<Vec<_>>>()?.into_iter().flatten().collect())
    }

    /// Its first values one by one, row by row, up to `limit`.
    ///
    /// # Errors
    /// As [`TidyTable::variables`].
    pub fn values(&self, limit: usize) -> Result<Vec<TidyValue>> {
        let variables = self.variables()?;
        let mut values = Vec::new();
        for row in 0..self.height() {
            // Marks stand in the text of the value that they are beside.
            let own = variables.iter().filter(|variable| variable.beside().is_none());
            for variable in own.filter(|variable| variable.holds(row)) {
                if values.len() == limit {
                    return Ok(values);
                }
                values.push(variable.value(row));
            }
        }
        Ok(values)
    }

    fn texts(&self, name: &str) -> Result<Option<&StringChunked>> {
        match self.frame.column(name) {
            Ok(column) => Ok(Some(column.str()?)),
            Err(_) => Ok(None),
        }
    }
}

fn column<'f>(frame: &'f DataFrame, name: &str) -> Result<&'f Column> {
    frame.column(name).map_err(|_| PanelError::NoColumn {
        column: name.to_owned(),
        available: frame.get_column_names().iter().map(|name| name.to_string()).collect(),
    })
}

/// Times as numbers, and how long each is. Periods are written in the one form in which they are printed.
fn times(column: &Column) -> Result<(Vec<i32>, Frequency)> {
    match column.dtype() {
        DataType::Int32 => Ok((column.i32()?.iter().flatten().collect(), Frequency::Year)),
        DataType::String => {
            let mut known: HashMap<&str, Period> = HashMap::new();
            let mut frequency = None;
            let texts = column.str()?;
            let mut times = Vec::with_capacity(texts.len());
            for text in texts.iter().flatten() {
                let period = match known.get(text) {
                    Some(period) => *period,
                    None => {
                        let reading = PeriodReading { frequency, ..PeriodReading::default() };
                        let period = reading.read(text)?;
                        frequency = Some(period.frequency());
                        known.insert(text, period);
                        period
                    }
                };
                times.push(period.ordinal());
            }
            Ok((times, frequency.unwrap_or(Frequency::Year)))
        }
        found => Err(PanelError::WrongType {
            column: names::TIME.into(),
            found: type_in_words(found),
            expected: "whole numbers or periods",
        }),
    }
}

fn first_missing(column: &Column) -> Option<usize> {
    (column.null_count() > 0).then(|| column.is_null().iter().position(|null| null == Some(true)))?
}

fn note<T: DeserializeOwned>(notes: &Notes, column: &str) -> Result<Option<T>> {
    let Some(note) = notes.get(column) else { return Ok(None) };
    serde_json::from_value(note.clone())
        .map(Some)
        .map_err(|error| PanelError::Note { column: column.to_owned(), message: error.to_string() })
}
