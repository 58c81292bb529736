//! What a raw source holds, laid out as a frame: a row an observation, a column a variable.
//!
//! Owns the names of the frame's columns, the notes that say where its values stand in the file, and the
//! computing of any value's cell from them. Reads nothing but cells' addresses. Never holds an address, or the
//! text of a cell that can be written again from its number.

mod absence;
mod decimal;
mod keys;
mod place;
mod repeated;
mod table;
pub mod tidy_columns;
mod value;
mod variable;

pub use absence::{Absences, DroppedName, Promise, UnreadColumn};
pub use decimal::shortest_decimal;
pub use place::{HeaderPlaces, SourcePlace, VariablePlace, across_of_variable};
pub use table::{Notes, TidyTable};
pub use value::TidyValue;
pub use variable::TidyVariable;
