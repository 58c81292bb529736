//! Tidy values: one row a value, each with the address it was read from.

use polars::prelude::*;

use crate::address::CellAddress;
use crate::error::{PanelError, Result};

/// The names of a tidy frame's columns, in order.
pub mod tidy_columns {
    /// The entity's id; missing for a series without entities, such as an exchange rate.
    pub const ENTITY: &str = "entity";
    /// The time (a year).
    pub const TIME: &str = "time";
    /// A further key within entity and time (an industry); missing where there is none.
    pub const CATEGORY: &str = "category";
    /// The variable's id.
    pub const VARIABLE: &str = "variable";
    /// The value in the variable's unit; missing where the source says so.
    pub const VALUE: &str = "value";
    /// The cell's text as read.
    pub const RAW: &str = "raw";
    /// The name of the source in the manifest.
    pub const SOURCE: &str = "source";
    /// The file.
    pub const FILE: &str = "file";
    /// The sheet; missing outside workbooks.
    pub const SHEET: &str = "sheet";
    /// The row in the file, from 1.
    pub const ROW: &str = "row";
    /// The column in the file, from 1.
    pub const COLUMN: &str = "column";
}

/// One value of a raw source.
#[derive(Debug, Clone, PartialEq)]
pub struct TidyValue {
    /// The entity's id, where the source has entities.
    pub entity: Option<String>,
    /// The time.
    pub time: i32,
    /// A further key within entity and time, such as an industry.
    pub category: Option<String>,
    /// The variable's id.
    pub variable: String,
    /// The value in the variable's unit; `None` where the source has none.
    pub value: Option<f64>,
    /// The cell's text as read.
    pub raw: String,
    /// The source's name in the manifest.
    pub source: String,
    /// Where it was read.
    pub address: CellAddress,
}

/// The frame of tidy values, in the order given, with the columns of [`tidy_columns`].
///
/// # Errors
/// Where Polars can't build the frame.
pub fn tidy_frame(values: &[TidyValue]) -> Result<DataFrame> {
    use tidy_columns as names;
    let text = |name: &str, pick: fn(&TidyValue) -> Option<&str>| {
        Column::new(name.into(), values.iter().map(pick).collect::<Vec<_>>())
    };
    Ok(DataFrame::new(
        values.len(),
        vec![
            text(names::ENTITY, |value| value.entity.as_deref()),
            Column::new(names::TIME.into(), values.iter().map(|value| value.time).collect::<Vec<_>>()),
            text(names::CATEGORY, |value| value.category.as_deref()),
            text(names::VARIABLE, |value| Some(&value.variable)),
            Column::new(names::VALUE.into(), values.iter().map(|value| value.value).collect::<Vec<_>>()),
            text(names::RAW, |value| Some(&value.raw)),
            text(names::SOURCE, |value| Some(&value.source)),
            text(names::FILE, |value| Some(&value.address.file)),
            text(names::SHEET, |value| value.address.sheet.as_deref()),
            Column::new(names::ROW.into(), values.iter().map(|value| value.address.row).collect::<Vec<_>>()),
            Column::new(
                names::COLUMN.into(),
                values.iter().map(|value| value.address.column).collect::<Vec<_>>(),
            ),
        ],
    )?)
}

/// The values of a frame that [`tidy_frame`] made.
///
/// # Errors
/// Where a column is absent, of another type, or missing where it may not be.
pub fn tidy_values(frame: &DataFrame) -> Result<Vec<TidyValue>> {
    use tidy_columns as names;
    let text = |name: &str| -> Result<&StringChunked> { Ok(frame.column(name)?.str()?) };
    let (entity, category, variable) = (text(names::ENTITY)?, text(names::CATEGORY)?, text(names::VARIABLE)?);
    let (raw, source, file, sheet) =
        (text(names::RAW)?, text(names::SOURCE)?, text(names::FILE)?, text(names::SHEET)?);
    let time = frame.column(names::TIME)?.i32()?;
    let value = frame.column(names::VALUE)?.f64()?;
    let (row_number, column_number) = (frame.column(names::ROW)?.u32()?, frame.column(names::COLUMN)?.u32()?);
    (0..frame.height())
        .map(|row| {
            let missing = |column: &str| PanelError::MissingKey { column: column.into(), row: row + 1 };
            Ok(TidyValue {
                entity: entity.get(row).map(str::to_owned),
                time: time.get(row).ok_or_else(|| missing(names::TIME))?,
                category: category.get(row).map(str::to_owned),
                variable: variable.get(row).ok_or_else(|| missing(names::VARIABLE))?.to_owned(),
                value: value.get(row),
                raw: raw.get(row).unwrap_or_default().to_owned(),
                source: source.get(row).unwrap_or_default().to_owned(),
                address: CellAddress {
                    file: file.get(row).unwrap_or_default().to_owned(),
                    sheet: sheet.get(row).map(str::to_owned),
                    row: row_number.get(row).ok_or_else(|| missing(names::ROW))?,
                    column: column_number.get(row).ok_or_else(|| missing(names::COLUMN))?,
                },
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tidy_frame_reads_back_as_it_was_written() -> Result<()> {
        let values = vec![
            TidyValue {
                entity: Some("a".into()),
                time: 2008,
                category: None,
                variable: "gdp".into(),
                value: Some(1.5),
                raw: "1.50".into(),
                source: "gdp".into(),
                address: CellAddress { file: "g.xlsx".into(), sheet: Some("S".into()), row: 2, column: 4 },
            },
            TidyValue {
                entity: None,
                time: 2009,
                category: Some("textiles".into()),
                variable: "stock".into(),
                value: None,
                raw: "--".into(),
                source: "robots".into(),
                address: CellAddress { file: "r.csv".into(), sheet: None, row: 3, column: 2 },
            },
        ];
        assert_eq!(tidy_values(&tidy_frame(&values)?)?, values);
        Ok(())
    }
}
