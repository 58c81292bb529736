//! What is kept: objects and records, the locks around them, what files were found to contain, and
//! `pipeline.lock`.
//!
//! It reads the names of branches, artifacts' encoded form, fingerprints, files, digests and errors.
//! It never runs a stage, and believes nothing that it reads unless its digest says so.

mod atomic;
mod collect;
mod contents;
mod lock;
mod lock_file;
mod outputs;
mod record;
mod stamp;
mod stat_cache;
mod store;
mod unsound;
mod write_through;

pub(crate) use atomic::{remove_unpublished, write_cache, write_published};
pub use collect::{Collected, Keep};
pub use contents::{Contents, KeptRun};
pub(crate) use lock::SpareLocks;
pub use lock_file::{LockFile, Locked};
pub(crate) use record::ColumnRecord;
pub use record::{InputRecord, Origin, OutputRecord, Record};
pub(crate) use stamp::{Stamp, now};
pub(crate) use stat_cache::StatCache;
pub(crate) use store::Soundness;
pub use store::Store;
pub use unsound::{MendedBy, Unsound};
pub(crate) use write_through::WriteThrough;
