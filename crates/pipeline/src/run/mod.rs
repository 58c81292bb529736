//! What a run does: which branch when, from the cache or by running its stage, and what is shown and
//! published at the end.
//!
//! It reads the plan and all below, and is the only wing that writes into the store. It never decides
//! what is printed: an [`Observer`] is told, and a [`Report`] is what is left of it.

mod engine;
mod making;
mod observer;
mod publish;
mod reading;
mod rehearsal;
mod report;
mod seen;
mod snapshot;
mod unpublish;

pub use engine::{Engine, RunOptions};
pub(crate) use making::{Kept, kept};
pub use observer::{Observer, Silent};
pub(crate) use reading::{Reading, files, json_input};
pub use rehearsal::rehearse;
pub use report::{Outcome, Report, SetAside, StageReport};
pub use snapshot::{Request, unchanged};
pub use unpublish::unpublish;
