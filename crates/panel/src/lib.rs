//! The ground floor: a [`Panel`] of entities observed over time, held in a Polars frame, and the
//! small nouns that every other crate speaks in: [`Variable`], [`Label`], [`CellAddress`],
//! [`TidyTable`], [`Period`] and [`Gap`].
//!
//! Nothing here knows a file format, a pipeline or an estimator.

mod address;
mod chunks;
mod east_asian_periods;
mod entity;
mod error;
mod frequency;
mod gap;
mod label;
mod labels;
mod numbers;
mod panel;
mod period;
mod period_names;
mod period_reading;
mod period_window;
mod period_word;
mod period_words;
mod shape;
mod tidy;
mod time_key;
mod type_words;
mod variable;
mod whole_entities;

pub use address::CellAddress;
pub use chunks::{FrameChunks, PanelChunk, PanelChunks, ParquetPanel};
pub use entity::Entity;
pub use error::{PanelError, Result};
pub use frequency::Frequency;
pub use gap::{Gap, gap_frame, gaps_from_frame};
pub use label::Label;
pub use labels::Labels;
pub use numbers::Numbers;
pub use panel::{GridKeys, Panel};
pub use period::Period;
pub use period_reading::{DateOrder, Numbered, NumberedDoubt, PeriodReading};
pub use period_window::PeriodWindow;
pub use shape::Shape;
pub use tidy::{
    Absences, DroppedName, HeaderPlaces, Notes, Promise, SourcePlace, TidyTable, TidyValue, TidyVariable,
    UnreadColumn, VariablePlace, across_of_variable, shortest_decimal, tidy_columns,
};
pub use type_words::{type_and_width_in_words, type_in_words};
pub use variable::Variable;
pub use whole_entities::{PanelBlocks, WholeEntities};
