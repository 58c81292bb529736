//! Long tables: a row for each entity and year, a column for each variable.

use crate::grid::GridRow;
use crate::header::Header;
use crate::row_key::{KeyColumns, Notes, find_column};
use crate::tidying::{Tidying, ValueReader};

/// Takes the values of all rows.
pub(crate) fn walk(tidying: &mut Tidying<'_>, header: &Header, rows: &[&GridRow]) {
    let source = tidying.source;
    let keys = KeyColumns::find(tidying, header);
    let mut readers = Vec::with_capacity(source.columns.len());
    for column in &source.columns {
        if let Some(at) = column.column.as_deref().and_then(|name| find_column(tidying, header, name)) {
            readers.push((at, ValueReader::new(source, column)));
        }
    }
    let Some(keys) = keys else { return };
    if readers.len() < source.columns.len() {
        return;
    }
    let value_columns: Vec<u32> = readers.iter().map(|(at, _)| *at).collect();
    let mut notes = Notes::default();
    for row in rows {
        let Some(keyed) = keys.key_of(tidying, row, &value_columns, &mut notes) else { continue };
        let Some(year) = keyed.year.or(source.year) else { continue };
        let before = tidying.progress();
        for (at, reader) in &readers {
            tidying.take(&keyed.key, year, reader, row.number, *at);
        }
        tidying.count_row_used(before);
    }
    notes.warn(tidying);
}
