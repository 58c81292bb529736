//! Tables with a row for each year and a column for each entity.

use crate::cell::Cell;
use crate::header::Header;
use crate::read_row::ReadRow;
use crate::records::{RecordPlace, RowKey};
use crate::row_key::KeyColumns;
use crate::rows::Row;
use crate::tidying::Tidying;
use crate::value_reader::ValueReader;

/// The columns of a table with entities across.
#[derive(Debug)]
pub(crate) struct EntitiesAcross<'a> {
    keys: KeyColumns,
    reader: ValueReader<'a>,
    /// The entities' ids, by the columns after them.
    entities: Vec<String>,
    columns: Vec<u32>,
}

impl<'a> EntitiesAcross<'a> {
    /// The columns; nothing, and faults, where some are absent.
    pub(crate) fn find(tidying: &mut Tidying<'a>, header: &Header) -> Option<Self> {
        let source = tidying.asked.source;
        let keys = KeyColumns::find(tidying, header)?;
        let reader = ValueReader::new(source, 0, source.columns.first()?, tidying.asked.decided(0));
        let own_columns = keys.all();
        let (mut entities, mut columns) = (Vec::new(), Vec::new());
        for (at, text) in header.cells.iter().filter(|(at, _)| !own_columns.contains(at)) {
            tidying.marks.see_key(Cell::Text(text), header.row, *at);
            if !tidying.is_settled(Cell::Text(text))
                && keys.missing.refuse_in(tidying, Cell::Text(text), header.row, *at)
            {
                continue;
            }
            let code = tidying.entity(Cell::Text(text), header.row, *at);
            if code.is_none() {
                tidying.left_out(Cell::Text(text), None, header.row, *at);
            }
            if let Some(id) = code.and_then(|code| tidying.records.entities.text(code)) {
                entities.push(id.to_owned());
                columns.push(*at);
            }
        }
        Some(Self { keys, reader, entities, columns })
    }
}

impl ReadRow for EntitiesAcross<'_> {
    fn read(&self, tidying: &mut Tidying<'_>, row: &dyn Row) {
        let Some(keyed) = self.keys.key_of(tidying, row, &self.columns) else { return };
        let Some(year) = keyed.time else { return };
        let number = row.number();
        for (column, id) in self.columns.iter().zip(&self.entities) {
            let entity = Some(tidying.records.entities.code(id));
            let key = RowKey { entity, category: keyed.key.category };
            if tidying.begin(key, year, RecordPlace { row: number, column: *column, variable: 0 }) {
                let mark = keyed.mark.as_deref();
                tidying.take_alone(&self.reader, row.cell(*column), number, *column, mark);
            }
        }
    }
}
