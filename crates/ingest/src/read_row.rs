//! What a layout does with a row.

use crate::rows::Row;
use crate::tidying::Tidying;

/// A layout whose columns are known.
pub(crate) trait ReadRow: Sync {
    /// Takes the values of a row.
    fn read(&self, tidying: &mut Tidying<'_>, row: &dyn Row);

    /// The columns of the variables and what stands over them, where each has its own.
    fn headers(&self) -> &[(u32, String)] {
        &[]
    }

    /// What can only be told when all rows are read.
    fn end(&self, _tidying: &mut Tidying<'_>) {}
}
