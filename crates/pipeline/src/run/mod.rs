//! What a run does: which branch when, from the cache or by running its stage, and what is shown and
//! published at the end.
//!
//! It reads the plan and all below, and is the only wing that writes into the store. It never decides
//! what is printed: an [`Observer`] is told, and a [`Report`] is what is left of it.

mod abandoned;
mod answers;
mod away;
mod branch_result;
mod ending;
mod engine;
mod executor;
mod failures;
mod finish;
mod handing_over;
mod kept;
mod locked;
mod making;
mod observer;
mod progress;
mod publish;
mod reading;
mod rehearsal;
mod report;
mod run_options;
mod seen;
mod snapshot;
mod standing;
mod standing_inputs;
mod tasks;
mod unmoved;
mod unpublish;

pub use abandoned::abandoned_scratch;
pub(crate) use answers::ROLE as ANSWERS;
pub use engine::Engine;
pub use executor::{Ended, Executor, News, Ready, Threads};
pub(crate) use failures::failures;
pub(crate) use kept::{Kept, kept};
pub(crate) use locked::locked;
pub use observer::{Observer, Silent};
pub(crate) use progress::{HasRecord, Progress};
pub(crate) use reading::{Reading, files, json_input};
pub use rehearsal::rehearse;
pub use report::{Outcome, Report, SetAside, StageReport};
pub use run_options::RunOptions;
pub use snapshot::{Request, unchanged};
pub use unpublish::unpublish;
