//! Cells that are merged into one.

/// A rectangle of cells that a workbook or page shows as one; the first of them holds what is shown. Rows and columns
/// are counted from 1, and both ends belong to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct MergedRegion {
    pub first_row: u32,
    pub first_column: u32,
    pub last_row: u32,
    pub last_column: u32,
}

impl MergedRegion {
    /// The region between two corners, from 0; nothing where it is a single cell, or no rectangle.
    pub(crate) fn between(first: (u32, u32), last: (u32, u32)) -> Option<Self> {
        let region = Self {
            first_row: first.0.checked_add(1)?,
            first_column: first.1.checked_add(1)?,
            last_row: last.0.checked_add(1)?,
            last_column: last.1.checked_add(1)?,
        };
        (first != last && first.0 <= last.0 && first.1 <= last.1).then_some(region)
    }

    pub(crate) fn has_row(&self, row: u32) -> bool {
        (self.first_row..=self.last_row).contains(&row)
    }

    pub(crate) fn has_column(&self, column: u32) -> bool {
        (self.first_column..=self.last_column).contains(&column)
    }

    /// Whether it lies in several columns.
    pub(crate) fn is_wide(&self) -> bool {
        self.last_column > self.first_column
    }

    /// Whether it lies in several rows.
    pub(crate) fn is_tall(&self) -> bool {
        self.last_row > self.first_row
    }
}
