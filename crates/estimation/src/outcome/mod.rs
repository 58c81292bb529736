//! What an estimation says where it has no number: the reason, what a reader should know beside a result, and the
//! faults in what was asked for.
//!
//! Reads no other wing. It never decides anything: the wings above make its values, and reports print them.

mod collinearity;
mod error;
mod identifying_condition;
mod intercept;
mod not_an_effect;
mod note;
mod reason;

pub use collinearity::Collinearity;
pub use error::{EstimationError, Result};
pub use identifying_condition::IdentifyingCondition;
pub use intercept::INTERCEPT;
pub use not_an_effect::NotAnEffect;
pub use note::Note;
pub use reason::Reason;
