//! An equation as one text, in the grammar that fixest's users know: `log(y) ~ x*z + i(region, ref = "north") + l(x, 1:2) |
//! entity + region^time | w ~ v`.
//!
//! Owns the grammar and the columns that terms become, under the names that they have in the field. Reads the panel, for
//! what its columns hold, and `sample`, for lags and effects. It never estimates anything.
//!
//! ```
//! use polars::prelude::df;
//! use vintner_estimation::WrittenEquation;
//! use vintner_panel::Panel;
//!
//! let frame = df!(
//!     "firm" => ["a", "a", "a", "b", "b", "b"],
//!     "year" => [1, 2, 3, 1, 2, 3],
//!     "y" => [1.0, 2.0, 4.0, 3.0, 5.0, 8.0],
//!     "x" => [1.0, 3.0, 2.0, 4.0, 6.0, 5.0],
//!     "region" => ["north", "north", "north", "south", "south", "south"],
//! )?;
//! let panel = Panel::new(frame, "firm", "year")?;
//! let written: WrittenEquation = "log(y) ~ i(region, x) + l(x) | entity".parse()?;
//! let bound = written.on(&panel)?;
//! assert_eq!(bound.formula.to_string(), "log(y) ~ region::north:x + region::south:x + l(x, 1) | entity");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod columns;
mod dynamic;
mod fault;
mod parse;
mod term;
mod tokens;
mod written;

pub use columns::BoundEquation;
pub use dynamic::DynamicEquation;
pub use fault::FormulaFault;
pub use term::{Expression as TermExpression, Factor as TermFactor, Function as TermFunction, Term};
pub use written::WrittenEquation;
