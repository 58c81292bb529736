//! Headings on rows of their own, as they seem to be.

/// What the rows of a table are of by the headings above them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct SectionsGuess {
    /// The column in which the headings stand.
    pub(super) column: u32,
    /// What it is called.
    pub(super) header: String,
    /// The headings with their rows, level by level, the outermost first.
    pub(super) levels: Vec<Level>,
    /// Texts that stand alone as well and seem to be notes.
    pub(super) notes: Vec<(String, u32)>,
    /// The first row of data above which no heading of all levels stands.
    pub(super) before: Option<u32>,
    /// Whether the same names stand under several headings.
    pub(super) tells_apart: bool,
}

/// The headings of one level.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Level {
    pub(super) name: String,
    pub(super) headings: Vec<(String, u32)>,
    /// Whether some rows are of none of them.
    pub(super) has_none: bool,
}

/// What rows above the first heading are said to be of.
pub(super) const BEFORE: &str = "no heading";

impl SectionsGuess {
    /// Without what stands under the table's last row; nothing where a level has no heading above that.
    pub(super) fn until(mut self, last: Option<u32>) -> Option<Self> {
        let within = |row: u32| last.is_none_or(|last| row <= last);
        self.levels.iter_mut().for_each(|level| level.headings.retain(|(_, row)| within(*row)));
        self.notes.retain(|(_, row)| within(*row));
        self.levels.iter().all(|level| !level.headings.is_empty()).then_some(self)
    }
}
