//! The column that says when.

use polars::prelude::*;

use crate::error::{PanelError, Result};
use crate::frequency::Frequency;
use crate::labels::Labels;
use crate::period::Period;
use crate::type_words::type_in_words;

/// The times of a frame's rows.
pub(crate) struct TimeKey {
    /// Each row's, as a number of its frequency.
    pub(crate) times: Vec<i32>,
    /// How long each is.
    pub(crate) frequency: Frequency,
    /// The column as frames have it: whole numbers, or text in the one form of each period.
    pub(crate) column: Column,
}

impl TimeKey {
    /// The times of a column of whole numbers or of periods as text.
    pub(crate) fn of(name: &str, column: &Column) -> Result<Self> {
        match column.dtype() {
            kind if kind.is_integer() => Self::whole(name, column),
            DataType::String => Self::text(name, column),
            kind => Err(PanelError::WrongType {
                column: name.into(),
                found: type_in_words(kind),
                expected: "whole numbers or periods such as 1990Q1",
            }),
        }
    }

    fn whole(name: &str, column: &Column) -> Result<Self> {
        let column = column.cast(&DataType::Int32)?;
        let numbers = column.i32()?.rechunk();
        if numbers.null_count() > 0
            && let Some(row) = numbers.iter().position(|time| time.is_none())
        {
            return Err(PanelError::MissingKey { column: name.into(), row: row + 1 });
        }
        Ok(Self { times: numbers.cont_slice()?.to_vec(), frequency: Frequency::Year, column })
    }

    fn text(name: &str, column: &Column) -> Result<Self> {
        let Labels { codes, labels } = Labels::of(name, column)?;
        if let Some(row) = codes.iter().position(|code| *code == Labels::MISSING) {
            return Err(PanelError::MissingKey { column: name.into(), row: row + 1 });
        }
        let row_of = |code: usize| codes.iter().position(|own| *own as usize == code).unwrap_or(0) + 1;
        let mut periods: Vec<Period> = Vec::with_capacity(labels.len());
        for (code, label) in labels.iter().enumerate() {
            let period = label.parse::<Period>().map_err(|fault| PanelError::NotATime {
                column: name.into(),
                row: row_of(code),
                fault: Box::new(fault),
            })?;
            if let Some(first) = periods.first()
                && first.frequency() != period.frequency()
            {
                return Err(PanelError::MixedFrequencies {
                    column: name.into(),
                    row: row_of(0),
                    period: format!("the {} {first}", first.frequency()),
                    other_row: row_of(code),
                    other: format!("the {} {period}", period.frequency()),
                });
            }
            periods.push(period);
        }
        let frequency = periods.first().map_or(Frequency::Year, |period| period.frequency());
        let periods: Vec<Period> =
            codes.iter().filter_map(|code| periods.get(*code as usize).copied()).collect();
        let times: Vec<i32> = periods.iter().map(|period| period.ordinal()).collect();
        let column = if frequency == Frequency::Year {
            Column::new(name.into(), &times)
        } else {
            Column::new(name.into(), periods.iter().map(Period::to_string).collect::<Vec<_>>())
        };
        Ok(Self { times, frequency, column })
    }
}

#[cfg(test)]
#[allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]
mod tests {
    use super::*;

    fn of(texts: &[Option<&str>]) -> Result<TimeKey> {
        TimeKey::of("time", &Column::new("time".into(), texts))
    }

    #[test]
    fn times_get_their_one_form() {
        let key = of(&[Some("2003q4"), Some("Q1 2004"), Some("2003Q4")]).unwrap();
        assert_eq!(key.frequency, Frequency::Quarter);
        assert_eq!(key.times[1] - key.times[0], 1);
        let texts: Vec<Option<&str>> = key.column.str().unwrap().iter().collect();
        assert_eq!(texts, [Some("2003Q4"), Some("2004Q1"), Some("2003Q4")]);
        let years = of(&[Some("1990"), Some("1989")]).unwrap();
        assert_eq!(years.times, [1990, 1989]);
        assert!(years.column.dtype().is_integer());
    }

    #[test]
    fn what_is_no_time_is_told_with_its_row() {
        let told = |texts: &[Option<&str>]| of(texts).err().map(|error| error.to_string()).unwrap();
        assert_eq!(
            told(&[Some("1990Q1"), Some("1990-02"), Some("1990Q2")]),
            "column `time` has the quarter 1990Q1 in row 1 and the month 1990-02 in row 2; the times of a panel are of one length"
        );
        assert!(told(&[Some("1990Q1"), None]).starts_with("row 2 of the panel has no `time`"));
        assert!(
            told(&[Some("1990Q1"), Some("01/02/1990")])
                .starts_with("column `time`, row 2: `01/02/1990` may be the day")
        );
    }
}
