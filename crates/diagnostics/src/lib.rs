//! Strict reading of YAML, with every fault at its place.
//!
//! A spec or a manifest is read into ordinary serde types, but strictly and all at once: an unknown
//! field, a wrong type and a missing field are each a [`Fault`] with line, column and, where there
//! is a plausible one, a suggestion, and reading goes on after each so that one run shows them all.
//! [`Spanned`] fields remember where they stood, so that later checks (a cycle, a reference to
//! nothing) point at their line too.
//!
//! `serde_yaml` says what a document means; `saphyr-parser` says where each part of it stands.
//!
//! ```
//! use serde::Deserialize;
//! use vintner_diagnostics::Document;
//!
//! #[derive(Deserialize)]
//! #[serde(deny_unknown_fields)]
//! struct Stage { op: String, #[allow(dead_code)] jobs: Option<u32> }
//!
//! let document = Document::parse("pipeline.yaml", "op: ols\njbos: 2\n").unwrap();
//! let faults = document.decode::<Stage>().map(|stage| stage.op).unwrap_err();
//! assert!(faults.to_string().contains("pipeline.yaml:2:1: unknown field `jbos`"));
//! assert!(faults.to_string().contains("did you mean `jobs`?"));
//! ```

mod bounds;
mod decode;
mod document;
mod fault;
mod line_breaks;
mod magnitude;
mod merge;
mod names;
mod node;
mod span;
mod suggest;
mod tree;

pub use bounds::{DEPTH, VALUES, cut};
pub use document::Document;
pub use fault::{Fault, Faults};
pub use names::{Mention, Names, Refusal, RefusalReason, mentions, next_mention, whole};
pub use node::{Node, NodeValue, Number};
pub use span::{Span, Spanned};
pub use suggest::{did_you_mean, nearest_address, one_of};
