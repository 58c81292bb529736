//! What a package is about, gathered once: sources with their terms, stages with what they make, data sets with their
//! variables, exhibits, numbers and claims with what makes them. It reads `package.yaml`, the pipeline, the store and
//! traces; it writes nothing, and what nobody says stays unsaid.

mod claims;
mod contents;
mod data_set;
mod exhibit;
mod exhibits;
mod formulas;
mod gather;
mod in_text;
mod machine;
mod number;
mod request;
mod software;
mod source;
mod sources;
mod stage;
mod stages;
mod variables;

pub use contents::{Contents, WorkspaceFile};
pub use data_set::{DataSet, ValueType, VariableContent};
pub use exhibit::{Exhibit, ExhibitKind};
pub use gather::{gather, gather_with_programs};
pub use machine::Machine;
pub use number::{ClaimContent, NumberContent};
pub use request::Request;
pub use software::Software;
pub use source::{RawFileContent, SourceContent};
pub use stage::{OutputContent, StageContent};
