//! Columns whose cells mean what stands above them.

use vintner_panel::Frequency;

use crate::source::Fill;

/// A column whose cells mean what stands above them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct FillGuess {
    pub(super) column: u32,
    /// Where it is the year alone that stands above: what parts of it the cells are.
    pub(super) years_of: Option<Frequency>,
}

impl FillGuess {
    /// What a manifest says of it.
    pub(super) fn fill(self) -> Fill {
        if self.years_of.is_some() { Fill::Year } else { Fill::Down }
    }
}
