//! Estimators and tests against reference values, hard cases and properties.
//!
//! One program for all of them, which is linked once: `cargo test --workspace --test estimation unit_roots`
//! runs those of one file.

mod bootstrap;
mod chunked;
mod cointegration;
mod collinear_instruments;
mod covariance;
mod defaults;
mod disguised;
mod effects_and_weights;
mod formula;
mod gmm;
mod golden;
mod granger;
mod granger_extras;
mod hard_cases;
mod heterogeneous;
mod inference;
mod influence;
mod nist;
mod properties;
mod rounding;
mod row_fits;
mod specification;
mod specification_hard_cases;
mod specification_reference;
mod specification_sizes;
mod support;
mod systems;
mod systems_any_data;
mod systems_hard_cases;
mod unit_roots;
mod weights_golden;
mod what_equals_what;
