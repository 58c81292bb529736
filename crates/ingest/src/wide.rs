//! Wide tables: a row for each entity, a column for each year.

use crate::cell::Cell;
use crate::fold::fold;
use crate::header::Header;
use crate::read_row::ReadRow;
use crate::records::RecordPlace;
use crate::row_key::KeyColumns;
use crate::rows::Row;
use crate::tidying::{Problem, Tidying};
use crate::value_reader::ValueReader;
use crate::year::{YearProblem, parse_year};

/// The columns of a wide table.
#[derive(Debug)]
pub(crate) struct Wide<'a> {
    keys: KeyColumns,
    years: Vec<(u32, i32)>,
    columns: Vec<u32>,
    /// The text that names each variable, folded, where rows name them.
    readers: Vec<(Option<String>, ValueReader<'a>)>,
    header_row: u32,
}

impl<'a> Wide<'a> {
    /// The columns; nothing, and faults, where some are absent.
    pub(crate) fn find(tidying: &mut Tidying<'a>, header: &Header) -> Option<Self> {
        let source = tidying.asked.source;
        let keys = KeyColumns::find(tidying, header);
        let years = year_columns(tidying, header);
        let (Some(keys), Some(years)) = (keys, years) else { return None };
        let variables = source.columns.iter().enumerate();
        let readers = variables
            .map(|(at, column)| (column.column.as_deref().map(fold), ValueReader::new(source, at, column)))
            .collect();
        let columns = years.iter().map(|(at, _)| *at).collect();
        Some(Self { keys, years, columns, readers, header_row: header.row })
    }
}

impl ReadRow for Wide<'_> {
    fn read(&self, tidying: &mut Tidying<'_>, row: &dyn Row) {
        let Some(keyed) = self.keys.key_of(tidying, row, &self.columns) else { return };
        let reader = match self.keys.variable {
            // A yearbook's sheet names many variables; those that the manifest doesn't are left.
            Some(column) => {
                let name = fold(&row.cell(column).raw());
                let reader = self.readers.iter().find(|(text, _)| text.as_deref() == Some(name.as_str()));
                tidying.named.insert(name);
                reader
            }
            None => self.readers.first(),
        };
        let Some((_, reader)) = reader else { return };
        let number = row.number();
        let variable = u32::try_from(reader.at).unwrap_or(u32::MAX);
        for (column, year) in &self.years {
            if tidying.begin(keyed.key, *year, RecordPlace { row: number, column: *column, variable }) {
                tidying.take_alone(reader, row.cell(*column), number, *column);
            }
        }
    }

    fn end(&self, tidying: &mut Tidying<'_>) {
        let Some(column) = self.keys.variable else { return };
        let texts = self.readers.iter().filter_map(|(text, _)| text.as_ref());
        for text in texts {
            if tidying.named.contains(text) {
                continue;
            }
            let shown: Vec<String> = tidying.named.iter().take(10).map(|name| format!("{name:?}")).collect();
            tidying.fault(Problem {
                cell: Some((self.header_row, column)),
                message: format!("no row is named {text:?}"),
                hint: format!("mend `column`; among the names are {}", shown.join(", ")),
            });
        }
    }
}

/// The columns headed by years, with their years; nothing, and faults, where there are none, one is
/// out of what the source covers, or one comes twice.
fn year_columns(tidying: &mut Tidying<'_>, header: &Header) -> Option<Vec<(u32, i32)>> {
    let before = tidying.fault_count();
    let mut years: Vec<(u32, i32)> = Vec::new();
    for (column, text) in &header.cells {
        let cell = Cell::Text(text);
        match parse_year(cell) {
            Ok(_) => {}
            Err(YearProblem::Text) => continue,
            // Near enough to a year that leaving it out shouldn't go unsaid.
            Err(problem) => {
                tidying.warn(format!("the column headed {text:?} is left out: {}", problem.message(text)));
                continue;
            }
        }
        let Some(year) = tidying.year(cell, header.row, *column) else { continue };
        if let Some((first, _)) = years.iter().find(|(_, other)| *other == year) {
            let first = tidying.cell(header.row, *first);
            tidying.fault_at(
                header.row,
                *column,
                format!("a second column for {year}; the first is {first}"),
                "give each year one column",
            );
            continue;
        }
        years.push((*column, year));
    }
    if years.is_empty() && tidying.fault_count() == before {
        let shown: Vec<String> = header.cells.iter().take(10).map(|(_, text)| format!("{text:?}")).collect();
        tidying.fault(Problem {
            cell: None,
            message: format!("no header in row {} is a year", header.row),
            hint: format!("set `header_row` or `layout: long`; its headers are {}", shown.join(", ")),
        });
    }
    (tidying.fault_count() == before).then_some(years)
}
