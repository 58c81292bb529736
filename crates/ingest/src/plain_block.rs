//! Blocks of rows of a long table that a file holds by column, with keys and numbers in which nothing has to be looked at
//! cell by cell: they are taken over column by column. What comes of it is what reading each cell comes to.

use crate::cell::Cell;
use crate::column_slice::ColumnSlice;
use crate::dictionary::NONE;
use crate::missing_key::MissingKeys;
use crate::records::{RecordPlace, RowKey};
use crate::rows::RowBlock;
use crate::tidying::Tidying;
use crate::value_reader::ValueReader;

/// Which columns a table has its keys in.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PlainKeys {
    pub entity: u32,
    pub time: u32,
}

/// Takes a block's rows; nothing where any of them has to be looked at more closely. Then what was taken so far is to be
/// thrown away.
pub(crate) fn take(
    tidying: &mut Tidying<'_>,
    block: &dyn RowBlock,
    keys: PlainKeys,
    values: &[(&ValueReader<'_>, u32)],
) -> Option<()> {
    let (first, height) = block.span()?;
    let last = first.checked_add(u32::try_from(height.checked_sub(1)?).ok()?)?;
    let ColumnSlice::Texts(codes, names) = block.slice(keys.entity)? else { return None };
    let ColumnSlice::Wholes(years, missing) = block.slice(keys.time)? else { return None };
    if codes.len() != height || years.len() != height || missing.contains(&true) {
        return None;
    }
    let mut slices = Vec::with_capacity(values.len());
    for (reader, column) in values {
        let slice = block.slice(*column)?;
        if slice.len() != height || !reader.takes_as_they_are(&slice) {
            return None;
        }
        slices.push(slice);
    }

    let mut kept: Vec<usize> = Vec::with_capacity(height);
    let mut known: Option<(u32, u32)> = None;
    let missing = MissingKeys::of(tidying.asked.source);
    for (at, ((row, code), year)) in (first..=last).zip(codes).zip(years).enumerate() {
        let entity = match known {
            Some((before, entity)) if before == *code => entity,
            _ => {
                let name = Cell::of_text(names.text(*code).filter(|_| *code != NONE)?);
                if name.is_blank() || (missing.has(name) && !tidying.is_settled(name)) {
                    return None;
                }
                let entity = tidying.entity(name, row, keys.entity)?;
                known = Some((*code, entity));
                entity
            }
        };
        if missing.has(Cell::Whole(*year)) {
            return None;
        }
        let year = tidying.year(Cell::Whole(*year), row, keys.time)?;
        let key = RowKey { entity: Some(entity), category: None };
        if tidying.begin(key, year, RecordPlace { row, column: 0, variable: 0 }) {
            kept.push(at);
        }
    }
    tidying.keyed(last);
    tidying.rows_read += height;
    for ((reader, column), slice) in values.iter().zip(slices) {
        tidying.take_column(reader.at, slice, &kept, first, *column)?;
    }
    Some(())
}
