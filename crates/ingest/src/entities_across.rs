//! Tables with a row for each year and a column for each entity.

use crate::grid::{CellContent, GridRow};
use crate::header::Header;
use crate::row_key::{KeyColumns, Notes};
use crate::tidying::{RowKey, Tidying, ValueReader};

/// Takes the values of all rows.
pub(crate) fn walk(tidying: &mut Tidying<'_>, header: &Header, rows: &[&GridRow]) {
    let source = tidying.source;
    let Some(keys) = KeyColumns::find(tidying, header) else { return };
    let Some(column) = source.columns.first() else { return };
    let reader = ValueReader::new(source, column);
    let own_columns = keys.all();
    let mut entities = Vec::new();
    for (at, text) in header.cells.iter().filter(|(at, _)| !own_columns.contains(at)) {
        if let Some(id) = tidying.entity(&CellContent::Text(text.clone()), header.row, *at) {
            entities.push((*at, id));
        }
    }
    let value_columns: Vec<u32> = entities.iter().map(|(at, _)| *at).collect();
    let mut notes = Notes::default();
    for row in rows {
        let Some(keyed) = keys.key_of(tidying, row, &value_columns, &mut notes) else { continue };
        let Some(year) = keyed.year else { continue };
        let before = tidying.progress();
        for (at, id) in &entities {
            let key = RowKey { entity: Some(id.clone()), category: keyed.key.category.clone() };
            tidying.take(&key, year, &reader, row.number, *at);
        }
        tidying.count_row_used(before);
    }
    notes.warn(tidying);
}
