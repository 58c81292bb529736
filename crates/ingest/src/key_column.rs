//! A column of keys, by its header or by its part of one.

use crate::cell::Cell;
use crate::fold::fold_header;
use crate::header::Header;
use crate::rows::Row;
use crate::source::Source;
use crate::tidying::Tidying;

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

    /// Whether it holds one key and no other.
    pub(crate) fn is_alone(&self) -> bool {
        self.part.is_none()
    }

    /// Whether a row has as many keys in the text as the header has.
    pub(crate) fn is_whole(&self, row: &dyn Row) -> bool {
        self.part.as_ref().is_none_or(|part| match row.cell(self.column) {
            Cell::Text(text) => text.split(part.separator.as_str()).count() == part.of,
            _ => false,
        })
    }
}

/// The column headed `name`, or the part of one that holds several keys; nothing, and a fault, where there is none.
pub(crate) fn find_key(tidying: &mut Tidying<'_>, header: &Header, name: &str) -> Option<KeyColumn> {
    if let Some(key) = part_of(header, tidying.asked.source, name) {
        return Some(key);
    }
    find_column(tidying, header, name).map(|column| KeyColumn { column, part: None })
}

/// The same without a word of what is wrong.
pub(crate) fn find_key_quietly(source: &Source, header: &Header, name: &str) -> Option<KeyColumn> {
    part_of(header, source, name)
        .or_else(|| Some(KeyColumn { column: header.find(name).ok()?.column, part: None }))
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
