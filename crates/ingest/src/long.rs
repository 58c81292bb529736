//! Long tables: a row for each entity and year, a column for each variable.

use crate::cell::Cell;
use crate::column_letter::letters;
use crate::header::Header;
use crate::key_column::find_column;
use crate::plain_block;
use crate::read_row::ReadRow;
use crate::records::RecordPlace;
use crate::row_key::KeyColumns;
use crate::rows::{Filled, Row, RowBlock};
use crate::sections::SectionColumns;
use crate::tidying::Tidying;
use crate::value_reader::ValueReader;
use crate::year::{YearReading, parse_marked_year};

/// Years of which a header beside those that are read is likely one.
const PLAUSIBLE: std::ops::RangeInclusive<i32> = 1500..=2150;

/// The columns of a long table.
#[derive(Debug)]
pub(crate) struct Long<'a> {
    keys: KeyColumns,
    readers: Vec<ValueReader<'a>>,
    columns: Vec<u32>,
    /// The year of every row, where no column has it.
    year: Option<i32>,
    /// Whether rows have no times.
    timeless: bool,
    headers: Vec<(u32, String)>,
}

impl<'a> Long<'a> {
    /// The columns that the source names; nothing, and a fault for each, where some are absent.
    pub(crate) fn find(tidying: &mut Tidying<'a>, header: &Header) -> Option<Self> {
        let source = tidying.asked.source;
        let keys = KeyColumns::find(tidying, header);
        let (mut readers, mut columns, mut headers) = (Vec::new(), Vec::new(), Vec::new());
        for (at, column) in source.columns.iter().enumerate() {
            if let Some(found) = column.column.as_deref().and_then(|name| find_column(tidying, header, name))
            {
                readers.push(ValueReader::new(source, at, column, tidying.asked.decided(at)));
                columns.push(found);
                let place = SectionColumns::place(source, header, found);
                headers.push((place, header.text(found).unwrap_or_default().to_owned()));
            }
        }
        let taken: Vec<u32> = keys.as_ref().map(KeyColumns::all).unwrap_or_default();
        for (column, text) in
            header.cells.iter().filter(|(at, _)| !columns.contains(at) && !taken.contains(at))
        {
            if parse_marked_year(Cell::Text(text), YearReading::default())
                .is_ok_and(|found| PLAUSIBLE.contains(&found.year))
            {
                tidying.not_read(header.row, *column, text);
            }
        }
        let all = readers.len() == source.columns.len();
        let timeless = source.time.is_none() && source.year.is_none();
        keys.filter(|_| all).map(|keys| Self { keys, readers, columns, year: source.year, timeless, headers })
    }
}

/// What is wrong with a cell of a column of names that is filled down; nothing where it says or is filled with one.
fn unfilled(filled: Filled) -> Option<String> {
    match filled {
        Filled::Own | Filled::FromAbove => None,
        Filled::Nothing => Some("no name, and none to fill down: the cells above it are blank, too".into()),
        Filled::Anew(left) => Some(format!(
            "no name, and none to fill down: the row begins something new in column {}",
            letters(left)
        )),
    }
}

impl ReadRow for Long<'_> {
    fn read(&self, tidying: &mut Tidying<'_>, row: &dyn Row) {
        let Some(keyed) = self.keys.key_of(tidying, row, &self.columns) else { return };
        let year = if self.timeless { Some(0) } else { keyed.time.or(self.year) };
        let Some(year) = year else { return };
        let number = row.number();
        if !tidying.begin(keyed.key, year, RecordPlace { row: number, column: 0, variable: 0 }) {
            return;
        }
        for (reader, column) in self.readers.iter().zip(&self.columns) {
            if let Some(message) = unfilled(row.filled(*column)) {
                let hint = "write it in a copy of the file, or say it in `corrections`; leave the column out of `fill` where a \
                            blank cell means that there is none";
                tidying.fault_at(number, *column, message, hint);
            }
            tidying.take(reader, row.cell(*column), number, *column, keyed.mark.as_deref());
        }
    }

    fn read_block(&self, tidying: &mut Tidying<'_>, block: &dyn RowBlock) -> bool {
        let source = tidying.asked.source;
        let Some(keys) = self.keys.plain().filter(|_| source.period.is_none() && self.year.is_none()) else {
            return false;
        };
        let values: Vec<(&ValueReader<'_>, u32)> =
            self.readers.iter().zip(self.columns.iter().copied()).collect();
        plain_block::take(tidying, block, keys, &values).is_some()
    }

    fn headers(&self) -> &[(u32, String)] {
        &self.headers
    }
}
