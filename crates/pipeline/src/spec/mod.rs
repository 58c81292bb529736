//! What `pipeline.yaml` says: read strictly, with every fault of it, and bound to operations.
//!
//! It reads the seam to stages, commands (a stage with `run` is one), files, digests and errors. It
//! never looks into a file that a stage reads, and knows nothing of what was made.

mod bound;
mod branch_name;
mod check;
mod command_fields;
mod expansion;
mod foreach;
mod globals;
mod of;
mod paths;
mod pipeline;
mod pipeline_stage;
mod publish;
mod reference;
mod resources;
mod shell_names;
mod spec;
mod vintage;

pub use bound::Bound;
pub(crate) use branch_name::{BranchName, no_branch};
pub(crate) use foreach::BRANCHES;
pub use foreach::{ForEach, Item};
pub use pipeline::Pipeline;
pub use pipeline_stage::PipelineStage;
pub use reference::Reference;
pub use resources::{Resources, ResourcesSpec};
pub use spec::{Spec, StageSpec};
pub use vintage::{SourceFile, Vintage};
