//! The key columns of a table, and the key of a row.

use std::borrow::Cow;

use crate::cell::Cell;
use crate::fold::{fold, fold_header, is_folded};
use crate::header::Header;
use crate::number_problem::is_number_of_some_kind;
use crate::problem::Problem;
use crate::records::RowKey;
use crate::rows::Row;
use crate::source::Source;
use crate::tidying::{GIVEN, Tidying};

/// Where a table keeps its keys.
#[derive(Debug)]
pub(crate) struct KeyColumns {
    pub entity: Option<KeyColumn>,
    pub time: Option<KeyColumn>,
    pub category: Option<KeyColumn>,
    pub variable: Option<KeyColumn>,
    conditions: Vec<(KeyColumn, String)>,
}

/// A column that holds a key, or several of which one is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct KeyColumn {
    pub column: u32,
    part: Option<Part>,
}

/// One of several keys in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Part {
    separator: String,
    at: usize,
    of: usize,
}

impl KeyColumn {
    /// What a row has there.
    pub(crate) fn cell<'r>(&self, row: &'r dyn Row) -> Cell<'r> {
        let cell = row.cell(self.column);
        let Some(part) = &self.part else { return cell };
        match cell {
            Cell::Text(text) => {
                Cell::of_text(text.split(part.separator.as_str()).nth(part.at).unwrap_or_default())
            }
            other => other,
        }
    }

    /// Whether a row has as many keys in the text as the header has.
    fn is_whole(&self, row: &dyn Row) -> bool {
        self.part.as_ref().is_none_or(|part| match row.cell(self.column) {
            Cell::Text(text) => text.split(part.separator.as_str()).count() == part.of,
            _ => false,
        })
    }
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
            name.as_deref().and_then(|name| find_key(tidying, header, name))
        };
        let entity = named(tidying, &source.entity);
        let time = named(tidying, &source.time);
        let category = named(tidying, &source.category);
        let variable = named(tidying, &source.variable_column);
        let mut conditions = Vec::new();
        for (name, text) in &source.rows_where {
            if let Some(column) = find_key(tidying, header, name) {
                conditions.push((column, fold(text)));
            }
        }
        (tidying.fault_count() == before).then_some(Self { entity, time, category, variable, conditions })
    }

    /// All columns that the keys and conditions are read from.
    pub(crate) fn all(&self) -> Vec<u32> {
        self.all_keys()
            .map(|(key, _)| key.column)
            .chain(self.conditions.iter().map(|(key, _)| key.column))
            .collect()
    }

    /// The key columns that there are, with what they hold, for a message.
    fn all_keys(&self) -> impl Iterator<Item = (&KeyColumn, &'static str)> {
        [
            (self.entity.as_ref(), "entity"),
            (self.time.as_ref(), "year"),
            (self.category.as_ref(), "category"),
            (self.variable.as_ref(), "variable's name"),
        ]
        .into_iter()
        .filter_map(|(column, what)| column.map(|column| (column, what)))
    }

    /// Those in the table itself: a key that is given says nothing of whether a row holds anything.
    fn keys(&self) -> impl Iterator<Item = (&KeyColumn, &'static str)> {
        self.all_keys().filter(|(key, _)| key.column < GIVEN)
    }

    /// The key of a row; nothing where the row isn't to be read: it meets not all conditions, has
    /// no key, is an entity's that is dropped, or its key is a fault.
    ///
    /// A row whose key cells are all blank is a blank row or a note under the table. One that has a
    /// number in a value column all the same has lost its key, which is a fault, as is a row with a
    /// part of its key; but a row with nothing but one text is a note where no row with a key follows.
    pub(crate) fn key_of(
        &self,
        tidying: &mut Tidying<'_>,
        row: &dyn Row,
        value_columns: &[u32],
    ) -> Option<KeyedRow> {
        let meets = |(key, text): &(KeyColumn, String)| {
            let raw = key.cell(row).raw();
            raw == *text || (!is_folded(&raw) && fold(&raw) == *text)
        };
        if !self.conditions.iter().all(meets) {
            return None;
        }
        let is_blank = |(key, _): &(&KeyColumn, &str)| key.cell(row).is_blank();
        if let Some((key, what)) = self.keys().find(is_blank) {
            if self.keys().all(|key| is_blank(&key)) {
                let number = |column: &&u32| is_number_of_some_kind(&fold(&row.cell(**column).raw()));
                if let Some(value) = value_columns.iter().find(number) {
                    let raw = row.cell(*value).raw();
                    tidying.fault_at(
                        row.number(),
                        *value,
                        format!("the number {raw} in a row without its {}", self.names()),
                        "set `last_row` in vintage.yaml if the table ends above; otherwise fill the key cells (of merged \
                         cells only the first holds the text)",
                    );
                } else {
                    tidying.count_note(row);
                }
            } else {
                let problem = Problem {
                    cell: Some((row.number(), key.column)),
                    message: format!("no {what} in a row that has {}", self.present(row)),
                    hint: "set `last_row` in vintage.yaml if the table ends above; otherwise fill the cell (of merged \
                           cells only the first holds the text)"
                        .into(),
                };
                match only_text(row) {
                    Some(text) => tidying.note_or_fault(row.number(), text, problem),
                    None => tidying.fault(problem),
                }
            }
            return None;
        }
        if self.keys().next().is_none() && row.is_blank() {
            return None;
        }
        let doubt = |(key, _): (&KeyColumn, &str)| Some((key.column, row.cell(key.column).doubt()?));
        if let Some((column, (message, hint))) = self.keys().find_map(doubt) {
            tidying.fault_at(row.number(), column, message, hint);
            return None;
        }
        if let Some((key, _)) = self.keys().find(|(key, _)| !key.is_whole(row)) {
            let raw = row.cell(key.column).raw().into_owned();
            let problem = Problem {
                cell: Some((row.number(), key.column)),
                message: format!("{raw:?} holds another number of keys than its header"),
                hint: "set `last_row` in vintage.yaml if the table ends above, or mend `split`".into(),
            };
            match only_text(row) {
                Some(text) => tidying.note_or_fault(row.number(), text, problem),
                None => tidying.fault(problem),
            }
            return None;
        }
        // A name without any value under a wide table, and no entity's: a note.
        if value_columns.len() > 1
            && let (Some(key), Some(text)) = (&self.entity, only_text(row))
            && !tidying.knows(key.cell(row))
        {
            tidying.count_text(row.number(), &text);
            return None;
        }
        tidying.keyed(row.number());
        tidying.count_row_read();
        let entity = match &self.entity {
            Some(key) => {
                let entity = tidying.entity(key.cell(row), row.number(), key.column);
                if entity.is_none() {
                    let time = self.time.as_ref().map(|key| key.cell(row));
                    tidying.left_out(key.cell(row), time, row.number(), key.column);
                }
                Some(entity?)
            }
            None => None,
        };
        let year = match &self.time {
            Some(key) if tidying.asked.source.has_years_down() => {
                Some(tidying.year(key.cell(row), row.number(), key.column)?)
            }
            Some(key) => Some(tidying.time(key.cell(row), row.number(), key.column)?),
            None => None,
        };
        let category = self.category.as_ref().map(|key| {
            let raw = key.cell(row).raw();
            let folded = if is_folded(&raw) { raw } else { Cow::Owned(fold(&raw)) };
            tidying.records.categories.code(&folded)
        });
        Some(KeyedRow { key: RowKey { entity, category }, year })
    }

    fn names(&self) -> String {
        self.keys().map(|(_, what)| what).collect::<Vec<_>>().join(" and ")
    }

    fn present(&self, row: &dyn Row) -> String {
        let filled = self.keys().filter(|(key, _)| !key.cell(row).is_blank());
        let texts: Vec<String> =
            filled.map(|(key, what)| format!("the {what} {:?}", key.cell(row).raw())).collect();
        texts.join(" and ")
    }
}

/// The text of a row that holds nothing else.
fn only_text(row: &dyn Row) -> Option<String> {
    let (column, cell) = row.first_from(1)?;
    let Cell::Text(text) = cell else { return None };
    row.first_from(column + 1).is_none().then(|| text.to_owned())
}

/// The column headed `name`, or the part of one that holds several keys; nothing, and a fault, where there is none.
fn find_key(tidying: &mut Tidying<'_>, header: &Header, name: &str) -> Option<KeyColumn> {
    if let Some(key) = part_of(header, tidying.asked.source, name) {
        return Some(key);
    }
    find_column(tidying, header, name).map(|column| KeyColumn { column, part: None })
}

/// The part of a column with several keys that is called `name`. Eurostat's header `unit,geo\time` is divided without
/// being declared: after the backslash stands what the columns are.
fn part_of(header: &Header, source: &Source, name: &str) -> Option<KeyColumn> {
    let wanted = fold_header(name);
    if header.cells.iter().any(|(_, text)| fold_header(text) == wanted) {
        return None;
    }
    let declared = source.split.iter().filter_map(|(own, separator)| {
        let column = header.find(own).ok()?.column;
        Some((column, header.text(column).unwrap_or_default().to_owned(), separator.clone()))
    });
    let found = header.cells.iter().filter(|(_, text)| text.contains('\\') && text.contains(','));
    let found = found.map(|(column, text)| (*column, text.clone(), ",".to_owned()));
    for (column, text, separator) in declared.chain(found) {
        let keys = text.split('\\').next().unwrap_or_default();
        let parts: Vec<String> = keys.split(separator.as_str()).map(fold_header).collect();
        if let Some(at) = parts.iter().position(|part| *part == wanted) {
            return Some(KeyColumn { column, part: Some(Part { separator, at, of: parts.len() }) });
        }
    }
    None
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
