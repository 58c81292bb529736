//! What is kept: objects and records, the locks around them, what files were found to contain, and
//! `pipeline.lock`.
//!
//! It reads the names of branches, artifacts' encoded form, fingerprints, files, digests and errors.
//! It never runs a stage, and believes nothing that it reads unless its digest says so.

mod atomic;
mod blobs;
mod change_times;
mod collect;
mod contents;
mod failures;
mod folder;
mod last_latest;
mod latest;
mod local;
mod lock;
mod lock_file;
mod lock_files;
mod locking;
mod outputs;
mod plain_lock;
mod published;
mod record;
mod records;
mod standing;
mod stat_cache;
mod store;
mod submitted;
mod taking;
mod unsound;
mod write_through;

pub use atomic::{check_unlinked, write_within};
pub(crate) use atomic::{place, remove_unpublished, write_published};
pub use blobs::{Blobs, Got, check_arrived, file_digest};
pub use collect::{Collected, Keep};
pub use contents::{Contents, KeptRun};
pub use failures::Failure;
pub(crate) use folder::{EntryKind, Folder};
pub(crate) use lock::{Showing, SpareLocks};
pub use lock_file::{LockFile, Locked};
pub use locking::Locking;
pub(crate) use outputs::Shown;
pub use published::{PublishedFile, PublishedFiles};
pub(crate) use record::ColumnRecord;
pub use record::{InputRecord, Origin, OutputRecord, Record};
pub use records::{Records, SharedStore};
pub(crate) use stat_cache::StatCache;
pub(crate) use store::Soundness;
pub use store::Store;
pub use submitted::Submitting;
pub use taking::Taken;
pub use unsound::{MendedBy, Unsound};
pub(crate) use write_through::WriteThrough;
