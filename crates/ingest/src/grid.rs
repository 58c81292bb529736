//! A grid: what every format is read into, so that layouts know nothing of formats.

use vintner_panel::CellAddress;

use crate::cell::Cell;
use crate::merged_region::MergedRegion;
use crate::shown::Shown;

/// What a cell holds.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum CellContent {
    /// Nothing.
    #[default]
    Empty,
    /// A number that the format itself holds as one.
    Number(f64),
    /// Text, which may write a number.
    Text(String),
    /// A truth value.
    Boolean(bool),
    /// A date or a time, written as ISO 8601.
    Date(String),
    /// A spreadsheet error such as `#DIV/0!`.
    Error(String),
    /// A missing value that the file writes with a code of its own, such as `.a`.
    Missing(String),
    /// Something else than what is shown.
    Shown(Box<Shown>),
}

impl CellContent {
    /// Text, or nothing where it is empty.
    pub(crate) fn from_text(text: impl Into<String>) -> Self {
        let text = text.into();
        if text.is_empty() { CellContent::Empty } else { CellContent::Text(text) }
    }

    /// A cell's content, owned.
    pub(crate) fn of(cell: Cell<'_>) -> Self {
        match cell {
            Cell::Empty => CellContent::Empty,
            Cell::Number(number) => CellContent::Number(number),
            Cell::Whole(whole) => CellContent::whole(whole),
            Cell::Text(text) => CellContent::Text(text.to_owned()),
            Cell::Boolean(flag) => CellContent::Boolean(flag),
            Cell::Date(text) => CellContent::Date(text.to_owned()),
            Cell::Error(text) => CellContent::Error(text.to_owned()),
            Cell::Missing(text) => CellContent::Missing(text.to_owned()),
            Cell::Shown(shown) => CellContent::Shown(Box::new(shown.clone())),
        }
    }

    /// A whole number: as text where no double is it.
    pub(crate) fn whole(whole: i64) -> Self {
        let number = whole as f64;
        if number.abs() < 9e15 { CellContent::Number(number) } else { CellContent::Text(whole.to_string()) }
    }

    /// Content that isn't read.
    pub(crate) fn unsure(
        text: impl Into<String>,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) -> Self {
        let (text, message, hint) = (text.into(), message.into(), hint.into());
        CellContent::Shown(Box::new(Shown::Unsure { text, message, hint }))
    }

    /// The content as a header: a raised note belongs to it (km and a raised 2 is km2), unless it stands behind a year.
    pub(crate) fn header_text(&self) -> String {
        match self {
            CellContent::Shown(shown) => match shown.as_ref() {
                Shown::Noted { text, note, raised: true, .. } => {
                    let is_year = text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit());
                    if is_year { text.clone() } else { format!("{text}{note}") }
                }
                other => other.raw(),
            },
            other => other.raw(),
        }
    }

    /// The content, borrowed.
    pub(crate) fn as_cell(&self) -> Cell<'_> {
        match self {
            CellContent::Empty => Cell::Empty,
            CellContent::Number(number) => Cell::Number(*number),
            CellContent::Text(text) => Cell::Text(text),
            CellContent::Boolean(flag) => Cell::Boolean(*flag),
            CellContent::Date(text) => Cell::Date(text),
            CellContent::Error(text) => Cell::Error(text),
            CellContent::Missing(text) => Cell::Missing(text),
            CellContent::Shown(shown) => Cell::Shown(shown),
        }
    }

    /// The content as text: as it stood in a text file, and for a workbook's or Parquet file's
    /// number the shortest decimal that reads back to the same bits.
    pub fn raw(&self) -> String {
        self.as_cell().raw().into_owned()
    }

    /// Whether it holds nothing, or nothing but white space.
    pub fn is_blank(&self) -> bool {
        self.as_cell().is_blank()
    }
}

/// A row of a grid.
#[derive(Debug, Clone, PartialEq)]
pub struct GridRow {
    /// The row as a reader sees it in the file, from 1; for text, the line on which it begins.
    pub number: u32,
    /// Its cells; the first is column 1.
    pub cells: Vec<CellContent>,
}

impl GridRow {
    /// The cell in a column counted from 1; empty where the row ends before it.
    pub fn cell(&self, column: u32) -> &CellContent {
        const EMPTY: &CellContent = &CellContent::Empty;
        (column as usize).checked_sub(1).and_then(|index| self.cells.get(index)).unwrap_or(EMPTY)
    }

    /// Whether all its cells are blank.
    pub fn is_blank(&self) -> bool {
        self.cells.iter().all(CellContent::is_blank)
    }
}

/// The cells of one sheet or file, with their addresses.
#[derive(Debug, Clone, PartialEq)]
pub struct Grid {
    /// The file's name as the manifest gives it.
    pub file: String,
    /// The sheet, in a workbook.
    pub sheet: Option<String>,
    /// The rows in order; rows that a text file skips (comments, blank lines) aren't there.
    pub rows: Vec<GridRow>,
    /// What the reader of the format found odd without being wrong.
    pub warnings: Vec<String>,
    /// Which cells are merged.
    pub(crate) merged: Vec<MergedRegion>,
}

impl Grid {
    /// The address of a cell.
    pub fn address(&self, row: u32, column: u32) -> CellAddress {
        CellAddress { file: self.file.clone(), sheet: self.sheet.clone(), row, column }
    }

    /// The row with a number as [`GridRow::number`] counts.
    pub fn row(&self, number: u32) -> Option<&GridRow> {
        let index = self.rows.binary_search_by_key(&number, |row| row.number).ok()?;
        self.rows.get(index)
    }

    /// The row of the column headers: that of the number, or in text the first from there on, which
    /// leaves out blank lines and comments. Nothing where it is blank.
    pub fn header_row(&self, number: u32, is_text: bool) -> Option<&GridRow> {
        let row = if is_text { self.rows.iter().find(|row| row.number >= number) } else { self.row(number) };
        row.filter(|row| !row.is_blank())
    }

    /// The content at an address of this grid; nothing where there is no such cell.
    pub fn content(&self, address: &CellAddress) -> Option<&CellContent> {
        self.row(address.row).map(|row| row.cell(address.column))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn raw_numbers_are_short_and_exact() {
        for (number, raw) in
            [(0.1, "0.1"), (2008.0, "2008"), (1e300, "1e300"), (0.0, "0"), (-0.5, "-0.5"), (1e-9, "1e-9")]
        {
            assert_eq!(CellContent::Number(number).raw(), raw);
        }
    }

    #[test]
    fn cells_beyond_a_row_are_empty() {
        let row = GridRow { number: 3, cells: vec![CellContent::Number(1.0)] };
        assert_eq!(row.cell(1), &CellContent::Number(1.0));
        assert_eq!(row.cell(2), &CellContent::Empty);
        assert_eq!(row.cell(0), &CellContent::Empty);
    }
}
