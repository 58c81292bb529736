//! Some rows of a column as a file holds them, where nothing stands beside their values.

use crate::dictionary::Dictionary;

/// The values of rows that follow one another, by type. Flags say where one is missing; without any, nowhere.
#[derive(Debug, Clone, Copy)]
pub(crate) enum ColumnSlice<'c> {
    Numbers(&'c [f64], &'c [bool]),
    Wholes(&'c [i64], &'c [bool]),
    /// Codes of texts.
    Texts(&'c [u32], &'c Dictionary),
}

impl ColumnSlice<'_> {
    /// How many rows there are.
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Numbers(numbers, _) => numbers.len(),
            Self::Wholes(wholes, _) => wholes.len(),
            Self::Texts(codes, _) => codes.len(),
        }
    }
}
