//! Wide tables: a row for each entity, a column for each year.

use std::collections::BTreeSet;

use crate::fold::fold;
use crate::grid::{CellContent, GridRow};
use crate::header::Header;
use crate::row_key::{KeyColumns, Notes};
use crate::tidying::{Problem, Tidying, ValueReader};
use crate::year::{YearProblem, parse_year};

/// Takes the values of all rows.
pub(crate) fn walk(tidying: &mut Tidying<'_>, header: &Header, rows: &[&GridRow]) {
    let source = tidying.source;
    let keys = KeyColumns::find(tidying, header);
    let years = year_columns(tidying, header);
    let (Some(keys), Some(years)) = (keys, years) else { return };
    let readers: Vec<(Option<String>, ValueReader<'_>)> = source
        .columns
        .iter()
        .map(|column| (column.column.as_deref().map(fold), ValueReader::new(source, column)))
        .collect();
    let value_columns: Vec<u32> = years.iter().map(|(at, _)| *at).collect();
    let mut notes = Notes::default();
    let mut named = BTreeSet::new();
    for row in rows {
        let Some(keyed) = keys.key_of(tidying, row, &value_columns, &mut notes) else { continue };
        let reader = match keys.variable {
            // A yearbook's sheet names many variables; those that the manifest doesn't are left.
            Some(column) => {
                let name = fold(&row.cell(column).raw());
                let reader = readers.iter().find(|(text, _)| text.as_deref() == Some(name.as_str()));
                named.insert(name);
                reader
            }
            None => readers.first(),
        };
        let Some((_, reader)) = reader else { continue };
        let before = tidying.progress();
        for (at, year) in &years {
            tidying.take(&keyed.key, *year, reader, row.number, *at);
        }
        tidying.count_row_used(before);
    }
    if let Some(column) = keys.variable {
        for text in readers.iter().filter_map(|(text, _)| text.as_ref()).filter(|text| !named.contains(*text))
        {
            let shown: Vec<String> = named.iter().take(10).map(|name| format!("{name:?}")).collect();
            tidying.fault(Problem {
                cell: Some((header.row, column)),
                message: format!("no row is named {text:?}"),
                hint: format!("mend `column`; among the names are {}", shown.join(", ")),
            });
        }
    }
    notes.warn(tidying);
}

/// The columns headed by years, with their years; nothing, and faults, where there are none, one is
/// out of what the source covers, or one comes twice.
fn year_columns(tidying: &mut Tidying<'_>, header: &Header) -> Option<Vec<(u32, i32)>> {
    let before = tidying.progress().1;
    let mut years: Vec<(u32, i32)> = Vec::new();
    for (column, text) in &header.cells {
        let content = CellContent::Text(text.clone());
        match parse_year(&content) {
            Ok(_) => {}
            Err(YearProblem::Text) => continue,
            // Near enough to a year that leaving it out shouldn't go unsaid.
            Err(problem) => {
                tidying.warn(format!("the column headed {text:?} is left out: {}", problem.message(text)));
                continue;
            }
        }
        let Some(year) = tidying.year(&content, header.row, *column) else { continue };
        if let Some((first, _)) = years.iter().find(|(_, other)| *other == year) {
            let first = tidying.grid.address(header.row, *first).cell();
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
    if years.is_empty() && tidying.progress().1 == before {
        let shown: Vec<String> = header.cells.iter().take(10).map(|(_, text)| format!("{text:?}")).collect();
        tidying.fault(Problem {
            cell: None,
            message: format!("no header in row {} is a year", header.row),
            hint: format!("set `header_row` or `layout: long`; its headers are {}", shown.join(", ")),
        });
    }
    (tidying.progress().1 == before).then_some(years)
}
