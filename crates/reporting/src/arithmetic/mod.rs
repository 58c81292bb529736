//! The arithmetic of printed tables: whether their numbers can stand beside one another.
//!
//! Owns what follows from rounding: each printed number stands for an interval, and two numbers agree where their
//! intervals do. It reads [`PrintedModels`](crate::PrintedModels), knows no data, and never says what is right.

mod asking;
mod bounds;
mod check;
mod coefficient;
mod finding;
mod model;
mod whole_numbers;

pub use check::check_arithmetic;
pub use finding::{Arithmetic, ArithmeticFault, Rule};
