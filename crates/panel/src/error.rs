//! What can be wrong with a panel.

use crate::frequency::Frequency;

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
    /// Rows that were said to be a grid aren't one.
    #[error("{rows} rows aren't a grid of {entities} entities in the order of text and {times} times each")]
    NotAGrid {
        /// How many entities there are to be.
        entities: usize,
        /// How many times each is to have.
        times: usize,
        /// How many rows there are.
        rows: usize,
    },
    /// An entity has two rows for the same time.
    #[error("entity `{entity}` has more than one row for {time}; a panel has one row per entity and time")]
    DuplicateKey {
        /// The entity.
        entity: String,
        /// The time.
        time: String,
    },
    /// An entity has two rows and there are no times to tell them apart.
    #[error(
        "entity `{entity}` has more than one row and there is no `{time}`; a cross-section has one row per entity"
    )]
    DuplicateEntity {
        /// The entity.
        entity: String,
        /// What a column of times would be called.
        time: String,
    },
    /// A text in the column of times that writes none.
    #[error("column `{column}`, row {row}: {fault}")]
    NotATime {
        /// The column.
        column: String,
        /// The row, counted from 1.
        row: usize,
        /// What is wrong with it.
        fault: Box<PanelError>,
    },
    /// Times of different lengths.
    #[error(
        "column `{column}` has {other} in row {other_row} and {period} in row {row}; the times of a panel are of one length"
    )]
    MixedFrequencies {
        /// The column.
        column: String,
        /// A row, counted from 1.
        row: usize,
        /// Its period ("the quarter 1990Q1").
        period: String,
        /// A row of another length.
        other_row: usize,
        /// Its period.
        other: String,
    },
    /// Times of different lengths in parts of a panel that is read a part at a time.
    #[error("column `{column}` has {one} and {other}; the times of a panel are of one length")]
    MixedTimes {
        /// The column.
        column: String,
        /// A period ("the quarter 1990Q1").
        one: String,
        /// One of another length.
        other: String,
    },
    /// A panel that is read a part at a time can't be read.
    #[error("reading the panel: {message}")]
    Unreadable {
        /// Why.
        message: String,
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
    /// A text that writes no period.
    #[error(
        "`{text}` is no period; write a year (1990), half-year (1990H1), quarter (1990Q1), month (1990-03), week (1990-W07) or day (1990-03-07)"
    )]
    NotAPeriod {
        /// The text.
        text: String,
    },
    /// A text that is no whole number, where times are counted from a period.
    #[error("`{text}` is no whole number, as times that are counted from a `zero` are")]
    NotANumber {
        /// The text.
        text: String,
    },
    /// A text that writes a period which the calendar hasn't got.
    #[error("`{text}` has a {frequency} that isn't in the calendar; mend it{}", bound(*frequency, *year))]
    NoSuchPeriod {
        /// The text.
        text: String,
        /// What it would be.
        frequency: Frequency,
        /// The year that it would lie in, where one is written.
        year: Option<i32>,
    },
    /// A text that can be read in more than one way.
    #[error("`{text}` may be {}; {cure}, or write it as one of these", readings.join(" or "))]
    AmbiguousPeriod {
        /// The text.
        text: String,
        /// The ways to read it ("the month 1990-02").
        readings: Vec<String>,
        /// What would tell them apart.
        cure: &'static str,
    },
    /// A year of two digits whose century nobody declared.
    #[error("`{text}` has a year of two digits; write all four, or declare its century")]
    NoCentury {
        /// The text.
        text: String,
    },
    /// A time of day, which no period has.
    #[error("`{text}` has a time of day, and a period is at the least a day; leave the time out")]
    TimeOfDay {
        /// The text.
        text: String,
    },
    /// Months from January on, which are no period of the declared length.
    #[error(
        "`{text}` is of the months from January on (a cumulative figure), and no period of the length that is due; take the differences in a copy of the file, or leave it out"
    )]
    CumulativePeriod {
        /// The text.
        text: String,
    },
    /// Months that are no period of the calendar.
    #[error(
        "`{text}` is of months that are no quarter, half-year or year of the calendar; leave it out, or take the months one by one"
    )]
    UnevenPeriod {
        /// The text.
        text: String,
    },
    /// A part of a fiscal year.
    #[error(
        "`{text}` counts within a fiscal year, which may begin with any month; write the quarter or month of the calendar (1990Q1)"
    )]
    FiscalPeriod {
        /// The text.
        text: String,
    },
    /// A period of another length than the one declared.
    #[error("`{text}` is a {found} where a {expected} is due; mend it, or declare the frequency `{found}`")]
    OtherFrequency {
        /// The text.
        text: String,
        /// How long it is.
        found: Frequency,
        /// How long it should be.
        expected: Frequency,
    },
    /// Polars refused.
    #[error("the panel's frame: {0}")]
    Frame(#[from] polars::error::PolarsError),
}

/// How many periods a year has.
fn bound(frequency: Frequency, year: Option<i32>) -> String {
    match (frequency, frequency.in_a_year(), year) {
        (_, Some(parts), _) if parts > 1 => format!(" (a year has {parts} {})", frequency.plural()),
        (Frequency::Week, _, Some(year)) => format!(" ({})", Frequency::weeks_in_words(year)),
        _ => String::new(),
    }
}
