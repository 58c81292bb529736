//! The transform crate from outside: hand-computed values, messages, and what must always hold.

mod assemble;
mod deflate;
mod exposure;
mod expressions;
mod frequencies;
mod lag;
mod messages;
mod properties;
mod texts_and_periods;

use std::collections::BTreeMap;

use polars::prelude::*;
use vintner_panel::{
    CellAddress, Gap, Notes, Panel, SourcePlace, TidyTable, TidyValue, VariablePlace, tidy_columns,
};
use vintner_transform::{Definition, Derived, TransformError, derive};

pub(crate) type Outcome = std::result::Result<(), Box<dyn std::error::Error>>;

/// A tidy value in column `C` of `file`.
pub(crate) fn tidy(
    file: &str,
    row: u32,
    variable: &str,
    entity: Option<&str>,
    category: Option<&str>,
    time: i32,
    value: impl Into<Option<f64>>,
) -> TidyValue {
    let value = value.into();
    TidyValue {
        entity: entity.map(str::to_owned),
        time,
        period: None,
        category: category.map(str::to_owned),
        variable: variable.into(),
        value,
        text: None,
        raw: value.map_or_else(|| "--".to_owned(), |value| value.to_string()),
        source: file.into(),
        address: CellAddress { file: file.into(), sheet: None, row, column: 3 },
    }
}

/// The table of values that were all read in one column of one file, a row each.
pub(crate) fn frame(values: &[TidyValue]) -> std::result::Result<TidyTable, Box<dyn std::error::Error>> {
    let text = |name: &str, pick: fn(&TidyValue) -> Option<&str>| {
        Column::new(name.into(), values.iter().map(pick).collect::<Vec<_>>())
    };
    let mut columns = vec![
        Column::new(tidy_columns::TIME.into(), values.iter().map(|value| value.time).collect::<Vec<_>>()),
        text(tidy_columns::VARIABLE, |value| Some(&value.variable)),
        Column::new(
            tidy_columns::ROW.into(),
            values.iter().map(|value| value.address.row).collect::<Vec<_>>(),
        ),
    ];
    if values.iter().any(|value| value.entity.is_some()) {
        columns.push(text(tidy_columns::ENTITY, |value| value.entity.as_deref()));
    }
    if values.iter().any(|value| value.category.is_some()) {
        columns.push(text(tidy_columns::CATEGORY, |value| value.category.as_deref()));
    }
    let file = values.first().map(|value| value.address.file.clone()).unwrap_or_default();
    let place = SourcePlace { source: file.clone(), file, ..SourcePlace::default() };
    let mut notes = Notes::from([(tidy_columns::ROW.to_owned(), serde_json::to_value(place)?)]);
    let names: std::collections::BTreeSet<&str> =
        values.iter().map(|value| value.variable.as_str()).collect();
    for name in names {
        let own = |value: &TidyValue| value.variable == name;
        let numbers = values.iter().map(|value| value.value.filter(|_| own(value)));
        columns.push(Column::new(name.into(), numbers.collect::<Vec<_>>()));
        let raw = values.iter().map(|value| own(value).then_some(value.raw.as_str()));
        columns.push(Column::new(tidy_columns::text(name).as_str().into(), raw.collect::<Vec<_>>()));
        let column = values.iter().find(|value| own(value)).map(|value| value.address.column);
        let place = VariablePlace { column, ..VariablePlace::default() };
        notes.insert(name.to_owned(), serde_json::to_value(place)?);
    }
    Ok(TidyTable::new(DataFrame::new(values.len(), columns)?, notes)?)
}

/// A panel of cities a and b over 2008-2010 with the columns given, a's values first.
pub(crate) fn panel(columns: &[(&str, [Option<f64>; 6])]) -> Result<Panel, Box<dyn std::error::Error>> {
    let mut frame = df!(
        "city" => ["a", "a", "a", "b", "b", "b"],
        "year" => [2008, 2009, 2010, 2008, 2009, 2010]
    )?;
    for (name, values) in columns {
        frame.with_column(Column::new((*name).into(), values.to_vec()))?;
    }
    Ok(Panel::new(frame, "city", "year")?)
}

pub(crate) fn definitions(pairs: &[(&str, &str)]) -> Vec<Definition> {
    pairs
        .iter()
        .map(|(name, expression)| Definition { name: (*name).into(), expression: (*expression).into() })
        .collect()
}

/// The column `y` by one expression.
pub(crate) fn one(panel: &Panel, expression: &str) -> Result<Derived, TransformError> {
    derive(panel, &definitions(&[("y", expression)]), &BTreeMap::new())
}

pub(crate) fn values(panel: &Panel, expression: &str) -> Result<Vec<Option<f64>>, TransformError> {
    Ok(one(panel, expression)?.panel.values("y")?)
}

/// What is said against it.
pub(crate) fn message<T>(result: Result<T, TransformError>) -> String {
    result.err().map_or_else(|| "no fault".to_owned(), |fault| fault.to_string())
}

pub(crate) fn gap(entity: &str, time: i32, variable: &str, reason: &str) -> Gap {
    Gap { entity: entity.into(), time: Some(time.into()), variable: variable.into(), reason: reason.into() }
}
