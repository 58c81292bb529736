//! Where numbers come from, back to cells of raw files, and what depends on a cell.
//!
//! A number of a report is about some rows of a panel and some of its variables. A variable's value in a
//! row has an *origin*: an expression over other values, a nominal value and its deflator, a share of a
//! national series, or tidy values, each of which knows the cell that it was read from. Following the origins
//! down gives the cells behind a number; following them up from a cell gives all numbers that depend on it.

mod all;
mod behind;
mod beside;
mod cell_trace;
mod cells;
mod claimed;
mod dropped_sample;
mod fitted;
mod ground;
mod influences;
mod made;
mod number;
mod number_address;
mod number_trace;
mod numbers;
mod origin;
mod output_of;
mod parameters;
mod raw_cell;
mod spread;
mod stage_equation;
mod table_cells;
mod traced_file;
mod traced_stage;
mod walk;
mod weight;

pub use all::{TracedNumber, TracedOrigin, Traces, trace_all};
pub use cell_trace::{CellTrace, trace_cell};
pub use dropped_sample::DroppedSample;
pub use influences::TracedInfluence;
pub use number::{CellValue, NumberValue};
pub use number_address::NumberAddress;
pub use number_trace::{Trace, trace_number};
pub use origin::Formula;
pub use raw_cell::RawCell;
pub use traced_file::TracedFile;
pub use traced_stage::TracedStage;
