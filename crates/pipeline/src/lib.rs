//! Pipelines: a YAML spec becomes a graph of stages, and running it makes what isn't made yet.
//!
//! The life of a run, one module a step:
//!
//! 1. [`Spec`] is what `pipeline.yaml` says, read strictly.
//! 2. [`Pipeline::load`] lets each [`Operation`] of the [`Registry`] read its stage's parameters,
//!    and checks the graph: every fault of the file is reported at once.
//! 3. [`Plan`] binds the pipeline to a [`Vintage`] and a [`Selection`] of its stages.
//! 4. [`Engine`] walks the plan in parallel. It lays out the branches of a stage once what these are
//!    made for is known, makes a [`Fingerprint`] of each (code, parameters, contents of inputs),
//!    looks it up in the [`Store`], and runs the stage only where no record of it is kept.
//!
//! A run that has nothing to do leaves a snapshot of what it looked at. While none of that changes,
//! [`unchanged`] answers the next such run without any of these steps.
//!
//! A stage that reads a frame may name the columns that it reads; then its fingerprint holds the
//! digests of those columns alone, and it is handed no others. So a change in one column re-runs
//! exactly what reads it. Likewise for rows, where an output is grouped by a column of texts.
//!
//! This crate knows frames and files, and no econometrics.

mod artifact;
mod audit;
mod bound;
mod branch;
mod cancelled;
mod canonical;
mod causes;
mod check;
pub mod command;
mod difference;
mod digest;
mod engine;
mod error;
mod file_name;
mod files;
mod fingerprint;
mod foreach;
mod graph;
mod histogram;
mod inputs;
mod lineage;
mod listing;
mod lock_file;
mod making;
mod memory;
mod observer;
mod operation;
mod pipeline;
mod plan;
mod profile;
mod publish;
mod reading;
mod rebuild;
mod record;
mod reference;
mod rehearsal;
mod report;
mod seen;
mod selection;
mod snapshot;
mod spec;
mod stamp;
mod stat_cache;
mod status;
mod store;
mod survey;
mod verification;
mod vintage;
mod why;

pub use artifact::{Artifact, Kind};
pub use audit::{Audit, OutputAudit, RawFile, RunFacts};
pub use bound::Bound;
pub use branch::{Branch, BranchId};
pub use cancelled::Cancelled;
pub use canonical::canonical_json;
pub use causes::Cause;
pub use difference::{
    Cell, DescribeDifferences, Difference, DifferenceCollector, Differences, Excerpt, RowPair, Table,
    artifact_differences, file_differences, frame_differences, json_differences, pair_rows, row_text,
    shown_pair, shown_text, text_differences,
};
pub use digest::Digest;
pub use engine::{Engine, RunOptions};
pub use error::{PipelineError, Result, StageError};
pub use fingerprint::{FORMAT, Fingerprint, InputDigest};
pub use foreach::{ForEach, Item};
pub use graph::{GraphFormat, GraphLink, draw, draw_linked};
pub use histogram::Histogram;
pub use inputs::{InputFile, Inputs};
pub use lineage::{BranchReads, OutputRead};
pub use lock_file::{LockDifference, LockFile, Locked, LockedKind};
pub use observer::{Observer, Silent};
pub use operation::{
    Accepts, InputDeclaration, Operation, OutputDeclaration, Outputs, Registry, Rows, Stage,
};
pub use pipeline::{Pipeline, PipelineStage};
pub use plan::Plan;
pub use profile::{ColumnProfile, Profile};
pub use rebuild::{Rebuild, Rebuilt, rebuild};
pub use record::{InputRecord, Origin, OutputRecord, Record};
pub use reference::Reference;
pub use rehearsal::rehearse;
pub use report::{Outcome, Report, StageReport};
pub use selection::Selection;
pub use snapshot::{Request, unchanged};
pub use spec::{Spec, StageSpec};
pub use status::{StageStatus, State, status};
pub use store::{Collected, Contents, Keep, KeptRun, MendedBy, Store, Unsound};
pub use survey::Survey;
pub use verification::{Mismatch, Verification};
pub use vintage::{SourceFile, Vintage};
pub use why::{LastRun, Reason, Why, why};
