//! The key columns of a table, and the key of a row.

use std::borrow::Cow;

use crate::fold::{fold, is_folded};
use crate::header::Header;
use crate::number::parse_number;
use crate::records::RowKey;
use crate::rows::Row;
use crate::source::Source;
use crate::tidying::Tidying;

/// Where a table keeps its keys.
#[derive(Debug)]
pub(crate) struct KeyColumns {
    pub entity: Option<u32>,
    pub time: Option<u32>,
    pub category: Option<u32>,
    pub variable: Option<u32>,
    conditions: Vec<(u32, String)>,
}

/// A row that is to be read.
#[derive(Debug)]
pub(crate) struct KeyedRow {
    pub key: RowKey,
    /// The year, where a column holds it.
    pub year: Option<i32>,
}

impl KeyColumns {
    /// The columns that the source names; nothing, and a fault for each, where some are absent.
    pub(crate) fn find(tidying: &mut Tidying<'_>, header: &Header) -> Option<Self> {
        let source: &Source = tidying.asked.source;
        let before = tidying.fault_count();
        let named = |tidying: &mut Tidying<'_>, name: &Option<String>| {
            name.as_deref().and_then(|name| find_column(tidying, header, name))
        };
        let entity = named(tidying, &source.entity);
        let time = named(tidying, &source.time);
        let category = named(tidying, &source.category);
        let variable = named(tidying, &source.variable_column);
        let mut conditions = Vec::new();
        for (name, text) in &source.rows_where {
            if let Some(column) = find_column(tidying, header, name) {
                conditions.push((column, fold(text)));
            }
        }
        (tidying.fault_count() == before).then_some(Self { entity, time, category, variable, conditions })
    }

    /// All columns that the keys and conditions are read from.
    pub(crate) fn all(&self) -> Vec<u32> {
        self.keys()
            .map(|(column, _)| column)
            .chain(self.conditions.iter().map(|(column, _)| *column))
            .collect()
    }

    /// The key columns that there are, with what they hold, for a message.
    fn keys(&self) -> impl Iterator<Item = (u32, &'static str)> {
        [
            (self.entity, "entity"),
            (self.time, "year"),
            (self.category, "category"),
            (self.variable, "variable's name"),
        ]
        .into_iter()
        .filter_map(|(column, what)| column.map(|column| (column, what)))
    }

    /// The key of a row; nothing where the row isn't to be read: it meets not all conditions, has
    /// no key, is an entity's that is dropped, or its key is a fault.
    ///
    /// A row whose key cells are all blank is a blank row or a note under the table. One that has a
    /// number in a value column all the same has lost its key, which is a fault, as is a row with a
    /// part of its key.
    pub(crate) fn key_of(
        &self,
        tidying: &mut Tidying<'_>,
        row: &dyn Row,
        value_columns: &[u32],
    ) -> Option<KeyedRow> {
        let meets = |(column, text): &(u32, String)| {
            let raw = row.cell(*column).raw();
            raw == *text || (!is_folded(&raw) && fold(&raw) == *text)
        };
        if !self.conditions.iter().all(meets) {
            return None;
        }
        let is_blank = |(column, _): &(u32, &str)| row.cell(*column).is_blank();
        if let Some((column, what)) = self.keys().find(is_blank) {
            if self.keys().all(|key| is_blank(&key)) {
                let number = |column: &&u32| parse_number(&row.cell(**column).raw()).is_ok();
                if let Some(value) = value_columns.iter().find(number) {
                    let raw = row.cell(*value).raw();
                    tidying.fault_at(
                        row.number(),
                        *value,
                        format!("the number {raw} in a row without its {}", self.names()),
                        "fill the key cells (of merged cells only the first holds the text), or set `last_row`",
                    );
                } else {
                    tidying.count_note(row);
                }
            } else {
                tidying.fault_at(
                    row.number(),
                    column,
                    format!("no {what} in a row that has {}", self.present(row)),
                    "fill the cell (of merged cells only the first holds the text), or set `last_row` if the \
                     table ends above",
                );
            }
            return None;
        }
        if self.keys().next().is_none() && row.is_blank() {
            return None;
        }
        let doubt = |(column, _): (u32, &str)| Some((column, row.cell(column).doubt()?));
        if let Some((column, (message, hint))) = self.keys().find_map(doubt) {
            tidying.fault_at(row.number(), column, message, hint);
            return None;
        }
        tidying.count_row_read();
        let entity = match self.entity {
            Some(column) => Some(tidying.entity(row.cell(column), row.number(), column)?),
            None => None,
        };
        let year = match self.time {
            Some(column) => Some(tidying.time(row.cell(column), row.number(), column)?),
            None => None,
        };
        let category = self.category.map(|column| {
            let raw = row.cell(column).raw();
            let folded = if is_folded(&raw) { raw } else { Cow::Owned(fold(&raw)) };
            tidying.records.categories.code(&folded)
        });
        Some(KeyedRow { key: RowKey { entity, category }, year })
    }

    fn names(&self) -> String {
        self.keys().map(|(_, what)| what).collect::<Vec<_>>().join(" and ")
    }

    fn present(&self, row: &dyn Row) -> String {
        let filled = self.keys().filter(|(column, _)| !row.cell(*column).is_blank());
        let texts: Vec<String> =
            filled.map(|(column, what)| format!("the {what} {:?}", row.cell(column).raw())).collect();
        texts.join(" and ")
    }
}

/// The column headed `name`; nothing, and a fault, where there is none.
pub(crate) fn find_column(tidying: &mut Tidying<'_>, header: &Header, name: &str) -> Option<u32> {
    match header.find(name) {
        Ok(found) => {
            if let Some(warning) = found.warning {
                tidying.warn(warning);
            }
            Some(found.column)
        }
        Err(problem) => {
            tidying.fault(problem);
            None
        }
    }
}
