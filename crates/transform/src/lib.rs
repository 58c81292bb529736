//! From tidy values to the columns that an equation reads.
//!
//! [`assemble`] puts tidy values on the full grid of entities and years; [`deflate`], [`exposure`],
//! [`lag`] and [`derive()`] add columns to that panel. All of them are pure functions of frames: no
//! file is read here and no paper is known. A value that can't be had is missing and has a
//! [`Gap`](vintner_panel::Gap) that says why; it is never NaN, infinite or silently zero.

mod assemble;
mod assembly;
mod cell;
mod deflate;
mod derive;
mod derived;
mod error;
mod exposure;
mod expression;
mod expression_problem;
mod frequencies;
mod grid;
mod lag;
mod promises;
mod series;
mod suggestion;
mod tidy_rows;

pub use assemble::assemble;
pub use assembly::{Assembly, CategoryAggregate, PanelRows};
pub use deflate::{Deflate, Rebase, deflate, rebase};
pub use derive::{Definition, check, derive};
pub use derived::Derived;
pub use error::{Result, TransformError};
pub use exposure::{Exposure, ShiftShare, exposure, join_exposure};
pub use expression::{
    Aggregate, Expression, Node, Operator, Reach, ScalarFunction, TimeFunction, WindowNode, function_names,
    reads,
};
pub use expression_problem::{ExpressionError, ExpressionProblem, Position};
pub use lag::{Shifted, difference, lag, lead};
pub use promises::check_promises;
