//! Who makes branches: the threads of the run, or a cluster.

use std::fmt;

use crate::digest::Digest;
use crate::error::Result;
use crate::fingerprint::Fingerprint;
use crate::spec::Resources;

/// Makes branches that are ready. It is handed them once all that they read is made, and tells what became of them. What is
/// stale, what a result depends on and whether it is there is the run's affair: an executor is believed nothing but where to
/// look.
pub trait Executor: Send + Sync + fmt::Debug {
    /// Whether it takes the branches of a stage; the run makes the others on its own threads.
    fn takes(&self, stage: &str) -> bool;

    /// Takes a branch that has to be made. It comes back by [`Self::news`], whatever becomes of it.
    fn take(&self, ready: Ready);

    /// What happened since this was last asked; waits for it, but not for long. `idle` says that the run has nothing more to
    /// hand over until it hears of something; `is_made` whether the store has the result of a fingerprint.
    ///
    /// # Errors
    /// Where it can't go on: what it took is given up, and asked for no more.
    fn news(&self, idle: bool, is_made: &dyn Fn(&Digest) -> bool) -> Result<Vec<News>>;

    /// Nothing more is to be begun; `at_once` that what runs is to end, too.
    fn end(&self, at_once: bool);

    /// The run waits for nothing any longer: what is left of it elsewhere is put in order. What there is to tell of that.
    /// `is_made` as for [`Self::news`].
    fn settle(&self, _is_made: &dyn Fn(&Digest) -> bool) -> Vec<String> {
        Vec::new()
    }
}

/// A branch that is ready to be made.
#[derive(Debug, Clone)]
pub struct Ready {
    /// Its name.
    pub branch: String,
    /// Its stage.
    pub stage: String,
    /// The digest of what it depends on, under which its result is looked for.
    pub fingerprint: Digest,
    /// What it depends on.
    pub depends_on: Fingerprint,
    /// What its stage asks for.
    pub resources: Resources,
    /// How long it took when it was last made on this vintage, in seconds, where that is known.
    pub seconds: Option<f64>,
    /// Whether it is to be made though the store has its result.
    pub forced: bool,
}

/// Something that happened to a branch, which is named by its fingerprint.
#[derive(Debug, Clone, PartialEq)]
pub enum News {
    /// Something to be told.
    Said(String),
    /// It is being made now.
    Began(Digest),
    /// It isn't any longer.
    Ended(Digest, Ended),
}

/// What became of a branch that an executor took.
#[derive(Debug, Clone, PartialEq)]
pub enum Ended {
    /// The store has its result.
    Made,
    /// It failed.
    Failed {
        /// What of.
        message: String,
        /// All that it said, where that is known.
        log: String,
    },
    /// It wasn't made, as the run ends.
    Stopped,
}

/// The threads of the run itself, which need nothing handed over.
#[derive(Debug, Clone, Copy, Default)]
pub struct Threads;

impl Executor for Threads {
    fn takes(&self, _: &str) -> bool {
        false
    }

    fn take(&self, _: Ready) {}

    fn news(&self, _: bool, _: &dyn Fn(&Digest) -> bool) -> Result<Vec<News>> {
        Ok(Vec::new())
    }

    fn end(&self, _: bool) {}
}
