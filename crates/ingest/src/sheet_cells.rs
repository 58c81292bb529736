//! The used cells of a sheet, from which its rows are made.

use crate::grid::{CellContent, GridRow};

/// A sheet may have so many used cells: one as large as spreadsheets can be, in 24 of its columns.
pub(crate) const CELLS: usize = 25_000_000;

/// So many cells are laid out whatever is in them; beyond, where few are used, the empty ones are left out.
const DENSE: u64 = 4_000_000;

/// The used cells of a sheet, in any order, with the corners of the rectangle that they span.
#[derive(Debug)]
pub(crate) struct SheetCells {
    cells: Vec<(u32, u32, CellContent)>,
    corners: Option<Corners>,
    /// How many there may be.
    most: usize,
}

impl Default for SheetCells {
    fn default() -> Self {
        Self { cells: Vec::new(), corners: None, most: CELLS }
    }
}

#[derive(Debug, Clone, Copy)]
struct Corners {
    first_row: u32,
    last_row: u32,
    last_column: u32,
}

/// A sheet with more cells than are read.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct TooMany;

impl TooMany {
    pub(crate) fn message(&self) -> String {
        format!("more than {} million cells", CELLS / 1_000_000)
    }
}

impl SheetCells {
    /// Adds the cell in a row and column counted from 0; a later one takes the place of an earlier.
    pub(crate) fn push(&mut self, row: u32, column: u32, content: CellContent) -> Result<(), TooMany> {
        if self.cells.len() >= self.most {
            return Err(TooMany);
        }
        let seen = self.corners.unwrap_or(Corners { first_row: row, last_row: row, last_column: column });
        self.corners = Some(Corners {
            first_row: seen.first_row.min(row),
            last_row: seen.last_row.max(row),
            last_column: seen.last_column.max(column),
        });
        self.cells.push((row, column, content));
        Ok(())
    }

    /// The rows, numbered as on the sheet. They are laid out as the rectangle from the first used row to
    /// the last and from the first column to the last used one; where a stray cell makes that far larger
    /// than what is used, rows without a cell are left out, and each ends at its last used cell.
    pub(crate) fn into_rows(mut self) -> Result<Vec<GridRow>, TooMany> {
        let Some(Corners { first_row, last_row, last_column }) = self.corners else { return Ok(Vec::new()) };
        let (height, width) = (u64::from(last_row - first_row) + 1, u64::from(last_column) + 1);
        let used = self.cells.len() as u64;
        // Twice as many as may be used may be laid out.
        let most = 2 * self.most as u64;
        let dense = height * width <= DENSE.max(8 * used).min(most);
        self.cells.sort_by_key(|(row, column, _)| (*row, *column));
        let mut rows: Vec<GridRow> = Vec::new();
        let mut laid_out = 0_u64;
        for (row, column, content) in self.cells {
            let number = row.saturating_add(1);
            if rows.last().is_none_or(|last| last.number != number) {
                let next = if dense { rows.last().map_or(number, |last| last.number + 1) } else { number };
                for number in next..=number {
                    let cells = if dense { vec![CellContent::Empty; width as usize] } else { Vec::new() };
                    rows.push(GridRow { number, cells });
                }
            }
            let Some(GridRow { cells, .. }) = rows.last_mut() else { continue };
            let at = column as usize;
            if cells.len() <= at {
                laid_out += (at + 1 - cells.len()) as u64;
                if laid_out > most {
                    return Err(TooMany);
                }
                cells.resize(at + 1, CellContent::Empty);
            }
            if let Some(cell) = cells.get_mut(at) {
                *cell = content;
            }
        }
        Ok(rows)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn rows(cells: &[(u32, u32, f64)]) -> Vec<(u32, usize)> {
        let mut sheet = SheetCells::default();
        for (row, column, number) in cells {
            sheet.push(*row, *column, CellContent::Number(*number)).unwrap();
        }
        sheet.into_rows().unwrap().iter().map(|row| (row.number, row.cells.len())).collect()
    }

    #[test]
    fn rows_are_as_wide_as_the_sheet_and_none_between_is_left_out() {
        assert_eq!(rows(&[(4, 1, 2.0), (2, 3, 1.0)]), [(3, 4), (4, 4), (5, 4)]);
        assert_eq!(rows(&[]), []);
    }

    #[test]
    fn a_stray_cell_costs_its_own_row() {
        let stray = (1_048_575, 16_383, 9.0);
        assert_eq!(
            rows(&[(0, 0, 1.0), (0, 1, 1.0), (1, 0, 1.0), stray]),
            [(1, 2), (2, 1), (1_048_576, 16_384)]
        );
    }

    #[test]
    fn a_second_cell_at_a_place_counts() {
        let mut sheet = SheetCells::default();
        sheet.push(0, 0, CellContent::Number(1.0)).unwrap();
        sheet.push(0, 0, CellContent::Number(2.0)).unwrap();
        assert_eq!(sheet.into_rows().unwrap()[0].cells, [CellContent::Number(2.0)]);
    }

    #[test]
    fn rows_that_are_far_wider_than_used_are_refused() {
        let mut sheet = SheetCells { most: 500, ..SheetCells::default() };
        for row in 0..500 {
            sheet.push(row, 16_383, CellContent::Number(1.0)).unwrap();
        }
        assert_eq!(sheet.push(0, 0, CellContent::Empty), Err(TooMany));
        assert_eq!(sheet.into_rows(), Err(TooMany));
    }
}
