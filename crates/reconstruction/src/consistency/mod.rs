//! Whether published tables can come from any data at all.
//!
//! [`contradictions`] looks for proofs that they can't. Three kinds are known to it, each for any numbers that are printed
//! as the published ones, and for any data:
//!
//! - coefficients of one sample whose normal equations leave no residual (`residual_form.rs` has the mathematics, and what it misses);
//! - stars of equations that explain one another's dependent variable, given the same other variables or one more (`stars.rs`; where standard
//!   errors are classical);
//! - a pooled slope on a single regressor outside the range of the units' own, whose weighted mean it is.
//!
//! That none is found proves nothing; a dataset does, which [`reconstruct_cross_products`](crate::reconstruct_cross_products) and [`search_cross_products`] look for and
//! [`verify`](crate::verify) checks.
//!
//! Reads the problem alone: no prior, no path and no solver of the crate.

mod combination;
mod conflict;
mod contradictions;
mod interval;
mod residual_form;
mod search;
mod stars;

pub use conflict::{Argument, Conflict, ConflictingRow, StatisticRange};
pub use contradictions::contradictions;
pub use search::search_cross_products;
