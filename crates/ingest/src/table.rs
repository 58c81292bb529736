//! Tables of cells as readers of binary files hand them on, and why there are none.

use crate::grid::GridRow;
use crate::merged_region::MergedRegion;

/// A workbook or sheet that can't be read.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Unreadable {
    /// The sheet asked for, where it is a matter of one.
    pub sheet: Option<String>,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub hint: String,
}

/// A table of cells: a sheet, or what a file of another format holds. Formulas come as the values that
/// the workbook last computed.
#[derive(Debug, PartialEq)]
pub(crate) struct Table {
    /// The sheet's name.
    pub sheet: Option<String>,
    /// Its rows.
    pub rows: Vec<GridRow>,
    /// What of it is hidden.
    pub hidden: Hidden,
    /// Which cells are merged.
    pub merged: Vec<MergedRegion>,
}

/// What a sheet says of its cells beside what they hold.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Beside {
    /// What of it is hidden.
    pub hidden: Hidden,
    /// Which cells are merged.
    pub merged: Vec<MergedRegion>,
}

/// What of a sheet nobody sees who opens it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Hidden {
    /// Whether all of it is.
    pub sheet: bool,
    /// Rows, counted from 1.
    pub rows: Vec<u32>,
    /// Columns, counted from 1.
    pub columns: Vec<u32>,
}

/// Which sheets of a workbook are asked for.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Wanted<'a> {
    /// The first.
    First,
    /// The one of that name.
    Named(&'a str),
    /// All that can be read.
    All,
}
