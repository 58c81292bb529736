//! Numbers and matrices: least squares, symmetric and dense matrices, distributions and their quantiles, random numbers.
//!
//! Reads `outcome` for the names of what fails. It never sees a panel, a formula or a sample.

mod collinear_columns;
pub(crate) mod dense;
mod design;
pub mod distributions;
mod least_squares;
mod noise;
pub mod quantiles;
mod random;
pub(crate) mod symmetric;
mod tall;
mod vector;

pub use collinear_columns::CollinearColumns;
pub(crate) use design::Design;
pub(crate) use distributions::{
    chi_squared_upper, f_upper, normal_lower, normal_quantile, normal_two_sided, normal_upper,
    student_t_two_sided,
};
pub(crate) use least_squares::LeastSquares;
pub use noise::Noise;
pub(crate) use noise::{CANCELLED, NOISE};
pub(crate) use quantiles::{normal_two_sided_quantile, of_sorted, student_t_two_sided_quantile};
pub use random::SeededGenerator;
pub(crate) use tall::{Triangle, dot};
pub(crate) use vector::{NOTHING, is_constant, less_means, mean, norm, power_of_two, weighted_mean};
