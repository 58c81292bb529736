//! The key columns of a table, and the key of a row.

use crate::fold::fold;
use crate::grid::GridRow;
use crate::header::Header;
use crate::number::parse_number;
use crate::source::Source;
use crate::tidying::{RowKey, Tidying};

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
        let source: &Source = tidying.source;
        let before = tidying.progress().1;
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
        (tidying.progress().1 == before).then_some(Self { entity, time, category, variable, conditions })
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
        row: &GridRow,
        value_columns: &[u32],
        notes: &mut Notes,
    ) -> Option<KeyedRow> {
        if self.conditions.iter().any(|(column, text)| fold(&row.cell(*column).raw()) != *text) {
            return None;
        }
        let blank: Vec<(u32, &str)> =
            self.keys().filter(|(column, _)| row.cell(*column).is_blank()).collect();
        let key_count = self.keys().count();
        if let Some(&(column, what)) = blank.first() {
            if blank.len() == key_count {
                let number = |column: &&u32| parse_number(&row.cell(**column).raw()).is_ok();
                if let Some(value) = value_columns.iter().find(number) {
                    let raw = row.cell(*value).raw();
                    tidying.fault_at(
                        row.number,
                        *value,
                        format!("the number {raw} in a row without its {}", self.names()),
                        "fill the key cells (of merged cells only the first holds the text), or set `last_row`",
                    );
                } else {
                    notes.count(row);
                }
            } else {
                tidying.fault_at(
                    row.number,
                    column,
                    format!("no {what} in a row that has {}", self.present(row)),
                    "fill the cell (of merged cells only the first holds the text), or set `last_row` if the \
                     table ends above",
                );
            }
            return None;
        }
        if key_count == 0 && row.is_blank() {
            return None;
        }
        tidying.count_row_read();
        let entity = match self.entity {
            Some(column) => Some(tidying.entity(row.cell(column), row.number, column)?),
            None => None,
        };
        let year = match self.time {
            Some(column) => Some(tidying.year(row.cell(column), row.number, column)?),
            None => None,
        };
        let category = self.category.map(|column| fold(&row.cell(column).raw()));
        Some(KeyedRow { key: RowKey { entity, category }, year })
    }

    fn names(&self) -> String {
        self.keys().map(|(_, what)| what).collect::<Vec<_>>().join(" and ")
    }

    fn present(&self, row: &GridRow) -> String {
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

/// Rows without a key that hold text: notes under the table, most often.
#[derive(Debug, Default)]
pub(crate) struct Notes {
    rows: usize,
    first: Option<(u32, String)>,
}

impl Notes {
    fn count(&mut self, row: &GridRow) {
        if let Some(content) = row.cells.iter().find(|content| !content.is_blank()) {
            self.rows += 1;
            self.first.get_or_insert_with(|| (row.number, content.raw()));
        }
    }

    /// Warns of them, if there were any.
    pub(crate) fn warn(self, tidying: &mut Tidying<'_>) {
        if let Some((row, text)) = self.first {
            let text: String = text.chars().take(40).collect();
            tidying.warn(format!(
                "skipped {} with text but without a key, the first of them row {row}: {text:?}; `last_row` says where the table ends",
                if self.rows == 1 { "1 row".into() } else { format!("{} rows", self.rows) }
            ));
        }
    }
}
