//! Operations in words: what their parameters mean, what they read and make, an example of each.
//!
//! All of it is made of what stands in the code: the doc comments and types of parameters (by way of their JSON
//! Schema), declarations of inputs and outputs, and the stages of `examples/operations`, a pipeline that a
//! test runs. It reads operations and the pipeline's seam; it never runs anything.

mod example;
mod operation_words;
mod page;
mod schemas;
mod section;

pub use operation_words::{OperationWords, Part, operation_words};
pub use page::operation_page;
pub use schemas::{claims_schema, pipeline_schema, vintage_schema};
pub use section::{Row, Section};
