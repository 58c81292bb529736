//! The name under which results list the intercept.

/// The name of the intercept's coefficient, as R has it.
pub const INTERCEPT: &str = "(Intercept)";
