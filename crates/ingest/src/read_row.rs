//! What a layout does with a row.

use crate::rows::{Row, RowBlock};
use crate::tidying::Tidying;

/// A layout whose columns are known.
pub(crate) trait ReadRow: Sync {
    /// Takes the values of a row.
    fn read(&self, tidying: &mut Tidying<'_>, row: &dyn Row);

    /// Takes a whole block at once; false where its rows have to be looked at one by one, and what was taken is to be
    /// thrown away.
    fn read_block(&self, _tidying: &mut Tidying<'_>, _block: &dyn RowBlock) -> bool {
        false
    }

    /// The columns of the variables and what stands over them, where each has its own.
    fn headers(&self) -> &[(u32, String)] {
        &[]
    }

    /// What can only be told when all rows are read.
    fn end(&self, _tidying: &mut Tidying<'_>) {}
}
