//! What can be wrong with a panel.

/// The result of building or reading a panel.
pub type Result<T> = std::result::Result<T, PanelError>;

/// A fault in the shape or content of a panel's frame.
#[derive(Debug, thiserror::Error)]
pub enum PanelError {
    /// A column that was asked for isn't in the frame.
    #[error("no column `{column}` in the panel; it has {}", available.join(", "))]
    NoColumn {
        /// The column asked for.
        column: String,
        /// The columns that there are.
        available: Vec<String>,
    },
    /// A column holds another type than its role needs.
    #[error("column `{column}` holds {found}, {expected} needed")]
    WrongType {
        /// The column.
        column: String,
        /// What it holds.
        found: String,
        /// What is needed.
        expected: &'static str,
    },
    /// An entity or time key is missing.
    #[error("row {row} of the panel has no `{column}`; every row needs its entity and its time")]
    MissingKey {
        /// The key column.
        column: String,
        /// The row, counted from 1.
        row: usize,
    },
    /// An entity has two rows for the same time.
    #[error("entity `{entity}` has more than one row for {time}; a panel has one row per entity and time")]
    DuplicateKey {
        /// The entity.
        entity: String,
        /// The time.
        time: i32,
    },
    /// Rows that are read a chunk at a time and don't come in order.
    #[error("{entity} at {time} comes out of order; the rows must be sorted by entity, then time")]
    NotSorted {
        /// The entity.
        entity: String,
        /// The time.
        time: i32,
    },
    /// A note to a column that a tidy frame can't have.
    #[error("the note to column `{column}` isn't that of a tidy frame: {message}")]
    Note {
        /// The column.
        column: String,
        /// What is wrong with it.
        message: String,
    },
    /// Polars refused.
    #[error("the panel's frame: {0}")]
    Frame(#[from] polars::error::PolarsError),
}
