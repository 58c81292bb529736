//! Values of long periods as those of the shorter ones that lie in them.

use std::ops::RangeInclusive;

use polars::prelude::*;

use super::place::HeaderPlaces;
use super::table::TidyTable;
use super::tidy_columns as names;
use crate::error::{PanelError, Result};
use crate::frequency::Frequency;
use crate::period::Period;

impl TidyTable {
    /// The table of a higher frequency: each row comes once for each period of `frequency` that lies in its own, with
    /// the same values, read from the same cells. Nothing where such periods don't divide a row's: weeks don't divide
    /// months, and a wave is no year.
    ///
    /// # Errors
    /// As [`TidyTable::new`].
    pub fn repeated(&self, frequency: Frequency) -> Result<Option<Self>> {
        let within = |time: i32| Period::from_ordinal(self.frequency(), time)?.divided(frequency);
        let (mut rows, mut times) = (Vec::new(), Vec::new());
        for (time, row) in self.times().iter().zip(0..) {
            let Some(own) = within(*time) else { return Ok(None) };
            for ordinal in own {
                rows.push(row);
                times.push(frequency.label(ordinal));
            }
        }
        let mut frame = self.frame().take(&IdxCa::from_vec("rows".into(), rows))?;
        frame.with_column(Column::new(names::TIME.into(), times))?;
        let (_, mut notes) = self.clone().into_parts();
        if let Some(note) = notes.get_mut(names::TIME) {
            let told = |error: serde_json::Error| PanelError::Note {
                column: names::TIME.into(),
                message: error.to_string(),
            };
            let places: HeaderPlaces = serde_json::from_value(note.clone()).map_err(told)?;
            *note = serde_json::to_value(across(&places, within)).map_err(told)?;
        }
        Self::new(frame, notes).map(Some)
    }
}

/// The columns of times that stand across the file, by each of the periods that lie in them.
fn across(places: &HeaderPlaces, within: impl Fn(i32) -> Option<RangeInclusive<i32>>) -> HeaderPlaces {
    let mut across = HeaderPlaces::default();
    for (key, column) in &places.across {
        let (time, variable) = key.split_once(' ').map_or((key.as_str(), ""), |(time, name)| (time, name));
        for ordinal in time.parse().ok().and_then(&within).into_iter().flatten() {
            let key = match variable {
                "" => ordinal.to_string(),
                variable => super::place::across_of_variable(ordinal, variable),
            };
            across.across.insert(key, *column);
        }
    }
    across
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::tidy::Notes;
    use serde_json::json;

    fn annual(notes: Notes) -> TidyTable {
        let frame = df!(
            "entity" => ["a", "a", "b"], "time" => [2000_i32, 2001, 2000], "@row" => [2_u32, 3, 4],
            "people" => [Some(10.0), None, Some(7.0)],
        );
        TidyTable::new(frame.unwrap(), notes).unwrap()
    }

    #[test]
    fn each_quarter_has_its_years_value_and_cell() {
        let place = Notes::from([
            ("@row".to_owned(), json!({"source": "census", "file": "c.csv"})),
            ("people".to_owned(), json!({"column": 3})),
        ]);
        let quarterly = annual(place).repeated(Frequency::Quarter).unwrap().unwrap();
        assert_eq!((quarterly.height(), quarterly.frequency()), (12, Frequency::Quarter));
        let people = quarterly.variable("people").unwrap().unwrap();
        let told = |row: usize| {
            let value = people.value(row);
            (value.entity.unwrap(), value.period.unwrap(), value.value, value.address.to_string())
        };
        assert_eq!(told(3), ("a".into(), "2000Q4".into(), Some(10.0), "c.csv!C2".into()));
        assert_eq!(told(4), ("a".into(), "2001Q1".into(), None, "c.csv!C3".into()));
        assert_eq!(told(11), ("b".into(), "2000Q4".into(), Some(7.0), "c.csv!C4".into()));
    }

    #[test]
    fn a_wide_file_keeps_its_columns() {
        let place = Notes::from([
            ("@row".to_owned(), json!({"source": "census", "file": "c.csv"})),
            ("time".to_owned(), json!({"across": {"2000": 2, "2001": 3}})),
        ]);
        let monthly = annual(place).repeated(Frequency::Month).unwrap().unwrap();
        let people = monthly.variable("people").unwrap().unwrap();
        assert_eq!((people.value(13).period.unwrap(), people.address(13).column), ("2001-02".to_owned(), 3));
        assert_eq!(people.address(11).column, 2);
    }

    #[test]
    fn what_is_divided_by_nothing_is_nothing() {
        assert!(annual(Notes::new()).repeated(Frequency::Week).unwrap().is_none());
        assert!(annual(Notes::new()).repeated(Frequency::Day).unwrap().is_some());
    }
}
