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

pub mod command;
mod difference;
mod digest;
mod error;
mod files;
mod fingerprint;
mod graph;
mod operation;
mod plan;
mod questions;
mod run;
mod shared;
mod spec;
mod store;

pub use difference::{
    Cell, DescribeDifferences, Difference, DifferenceCollector, Differences, Excerpt, RowPair, Table,
    artifact_differences, file_differences, frame_differences, json_differences, pair_lines, pair_rows,
    row_text, shown_pair, shown_text, text_differences,
};
pub use digest::{Digest, canonical_json};
pub use error::{LockDifference, LockedKind, PipelineError, Result, StageError};
pub use fingerprint::{Cause, FORMAT, Fingerprint, InputDigest};
pub use graph::{GraphFormat, GraphLink, draw, draw_linked, draw_whole_linked};
pub use operation::{
    Accepts, Artifact, Cancelled, ColumnNotes, FrameBlocks, FrameWriter, InputDeclaration, InputFile, Inputs,
    Kind, Measures, Operation, OutputDeclaration, Outputs, Question, Registry, Rows, Stage, WrittenFrame,
    bytes_of, column_notes,
};
pub use plan::{Branch, BranchId, Plan, Publication, RunKey, Selection};
pub use questions::{
    Audit, BranchReads, ColumnProfile, Histogram, LastFailure, LastRun, Mismatch, OutputAudit, OutputRead,
    Profile, PublishedState, PublishedStatus, RawFile, Reason, Rebuild, Rebuilt, RunFacts, StageStatus,
    State, Survey, Verification, Why, rebuild, status, why,
};
pub use run::{
    Ended, Engine, Executor, News, Observer, Outcome, Ready, Report, Request, RunOptions, SetAside, Silent,
    StageReport, Threads, abandoned_scratch, rehearse, unchanged, unpublish,
};
pub use shared::{PushWhat, Pushed, pull, push};
pub use spec::{
    Bound, ForEach, Item, Pipeline, PipelineStage, Reference, Resources, ResourcesSpec, SourceFile, Spec,
    StageSpec, Vintage,
};
pub use store::{
    Blobs, Collected, Contents, Failure, Got, InputRecord, Keep, KeptRun, LockFile, Locked, Locking,
    MendedBy, Origin, OutputRecord, PublishedFile, PublishedFiles, Record, Records, SharedStore, Store,
    Submitting, Taken, Unsound, check_arrived, check_unlinked, file_digest, write_within,
};
