//! One variable of a tidy table.

use polars::prelude::*;

use super::decimal::shortest_decimal;
use super::keys::TidyKeys;
use super::place::VariablePlace;
use super::value::TidyValue;
use crate::address::CellAddress;
use crate::error::{PanelError, Result};
use crate::frequency::Frequency;
use crate::period::Period;
use crate::type_words::type_in_words;

/// One variable of a tidy table: its values, and where each was read.
#[derive(Debug, Clone)]
pub struct TidyVariable<'t> {
    name: &'t str,
    place: VariablePlace,
    values: Values<'t>,
    texts: Option<&'t StringChunked>,
    keys: TidyKeys<'t>,
}

/// The values by type.
#[derive(Debug, Clone, Copy)]
enum Values<'t> {
    Numbers(&'t Float64Chunked),
    Wholes(&'t Int64Chunked),
    Texts(&'t StringChunked),
}

impl<'t> TidyVariable<'t> {
    pub(super) fn new(
        name: &'t str,
        place: VariablePlace,
        column: &'t Column,
        texts: Option<&'t StringChunked>,
        keys: TidyKeys<'t>,
    ) -> Result<Self> {
        let values = match column.dtype() {
            DataType::Float64 => Values::Numbers(column.f64()?),
            DataType::Int64 => Values::Wholes(column.i64()?),
            DataType::String => Values::Texts(column.str()?),
            found => {
                return Err(PanelError::WrongType {
                    column: name.into(),
                    found: type_in_words(found),
                    expected: "numbers or text",
                });
            }
        };
        Ok(Self { name, place, values, texts, keys })
    }

    /// Its name.
    pub fn name(&self) -> &'t str {
        self.name
    }

    /// Whether a row says anything of it, be it that it is missing.
    pub fn holds(&self, row: usize) -> bool {
        let own = self.beside().unwrap_or(self.name);
        self.keys.held.is_none_or(|held| held.get(row) == Some(own))
    }

    /// The variable beside whose values it holds marks, where it is one of marks; its values are empty where there is
    /// no mark.
    pub fn beside(&self) -> Option<&str> {
        self.place.beside.as_deref()
    }

    /// Whether each row says something of it.
    pub fn holds_all(&self) -> bool {
        self.keys.held.is_none()
    }

    /// The numbers, where it is one of numbers.
    pub fn numbers(&self) -> Option<&'t Float64Chunked> {
        if let Values::Numbers(numbers) = self.values { Some(numbers) } else { None }
    }

    /// Whether its values are whole numbers, kept exactly.
    pub fn wholes(&self) -> Option<&'t Int64Chunked> {
        if let Values::Wholes(wholes) = self.values { Some(wholes) } else { None }
    }

    /// The texts, where it is one of text.
    pub fn labels(&self) -> Option<&'t StringChunked> {
        if let Values::Texts(texts) = self.values { Some(texts) } else { None }
    }

    /// Whether a row's value is missing.
    pub fn is_missing(&self, row: usize) -> bool {
        match self.values {
            Values::Numbers(numbers) => numbers.get(row).is_none_or(|number| !number.is_finite()),
            Values::Wholes(wholes) => wholes.get(row).is_none(),
            Values::Texts(texts) => texts.get(row).is_none(),
        }
    }

    /// A row's number; nothing where it is missing or text.
    pub fn number(&self, row: usize) -> Option<f64> {
        match self.values {
            Values::Numbers(numbers) => numbers.get(row).filter(|number| number.is_finite()),
            Values::Wholes(wholes) => wholes.get(row).map(|whole| whole as f64),
            Values::Texts(_) => None,
        }
    }

    /// A row's entity.
    pub fn entity(&self, row: usize) -> Option<&'t str> {
        self.keys.entities?.get(row)
    }

    /// A row's category.
    pub fn category(&self, row: usize) -> Option<&'t str> {
        self.keys.categories?.get(row)
    }

    /// A row's period; nothing where its times are years or other whole numbers.
    pub fn period(&self, row: usize) -> Option<Period> {
        let frequency = Some(self.keys.frequency).filter(|frequency| *frequency != Frequency::Year);
        Period::from_ordinal(frequency?, self.time(row))
    }

    /// A row's time, as a number among those of its frequency.
    pub fn time(&self, row: usize) -> i32 {
        self.keys.times.get(row).copied().unwrap_or_default()
    }

    /// A row's time as it is printed; nothing in a cross-section.
    pub fn when(&self, row: usize) -> String {
        match self.period(row) {
            Some(period) => period.to_string(),
            None if self.keys.has_times => self.time(row).to_string(),
            None => String::new(),
        }
    }

    /// Whether it has entities, and whether categories.
    pub fn keys(&self) -> (bool, bool) {
        (self.keys.entities.is_some(), self.keys.categories.is_some())
    }

    /// The cell's text as read: that which was kept, and otherwise what writes the number.
    pub fn raw(&self, row: usize) -> String {
        if let Some(kept) = self.texts.and_then(|texts| texts.get(row)) {
            return kept.to_owned();
        }
        match self.values {
            Values::Numbers(numbers) => numbers.get(row).map_or_else(String::new, |number| {
                shortest_decimal(self.place.scale.map_or(number, |scale| number / scale))
            }),
            Values::Wholes(wholes) => wholes.get(row).map_or_else(String::new, |whole| whole.to_string()),
            Values::Texts(texts) => texts.get(row).unwrap_or_default().to_owned(),
        }
    }

    /// Whether a row's cell is empty.
    pub fn is_blank(&self, row: usize) -> bool {
        self.is_missing(row) && self.texts.and_then(|texts| texts.get(row)).is_none_or(str::is_empty)
    }

    /// Why there is no row of an entity and time, where something of the file wasn't read that may be it.
    pub fn absence(&self, entity: &str, time: i32) -> Option<String> {
        self.keys.places.absences.reason(&self.keys.places.source.file, entity, time)
    }

    /// Where a row's value was read.
    pub fn address(&self, row: usize) -> CellAddress {
        let variable = self.beside().unwrap_or(self.name);
        let own = || self.keys.places.column_across(self.entity(row), self.time(row), variable);
        let place = &self.keys.places.source;
        CellAddress {
            file: place.file.clone(),
            sheet: place.sheet.clone(),
            row: self.keys.rows.get(row).copied().unwrap_or_default(),
            column: self.place.column.or_else(own).unwrap_or_default(),
        }
    }

    /// A row's value with all that is known of it.
    pub fn value(&self, row: usize) -> TidyValue {
        TidyValue {
            entity: self.entity(row).map(str::to_owned),
            time: self.time(row),
            period: (!self.keys.has_times || self.period(row).is_some()).then(|| self.when(row)),
            category: self.category(row).map(str::to_owned),
            variable: self.name.to_owned(),
            value: self.number(row),
            text: self.labels().and_then(|texts| texts.get(row)).map(str::to_owned),
            raw: self.raw(row),
            source: self.keys.places.source.source.clone(),
            address: self.address(row),
        }
    }
}
