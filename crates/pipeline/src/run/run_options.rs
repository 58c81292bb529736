//! How to run.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::executor::Executor;
use super::snapshot::Request;
use crate::digest::Digest;
use crate::fingerprint::Fingerprint;
use crate::operation::Cancelled;
use crate::store::{Locked, SharedStore};

/// How to run.
#[derive(Debug, Clone, Default)]
pub struct RunOptions {
    /// Run every selected branch, whatever the store has.
    pub force: bool,
    /// Run what doesn't depend on a failed branch, instead of stopping at the first failure.
    pub keep_going: bool,
    /// Write nothing outside the store: neither what is shown to people nor what is published.
    pub store_only: bool,
    /// Leave nothing behind but objects and records, each record after its objects are on the disk: of a worker, whose results
    /// another run shows. It is `store_only`, too.
    pub records_only: bool,
    /// What each selected branch has to depend on; one that depends on anything else isn't made.
    pub asked: Option<Arc<BTreeMap<String, Fingerprint>>>,
    /// Who makes what has to be made; the run's own threads where nobody is named.
    pub executor: Option<Arc<dyn Executor>>,
    /// What has to come out: where anything else does, nothing is shown or published.
    pub locked: Option<Locked>,
    /// How many branches may run at once; 0 for as many as there are processors.
    pub jobs: usize,
    /// Outputs of runs elsewhere, as a lock names them: files with such content are replaced where an
    /// output is published, and others are set aside.
    pub known: BTreeSet<Digest>,
    /// A store that is asked for what isn't kept here, before it is made.
    pub shared: Option<Arc<dyn SharedStore>>,
    /// Ends the run, from wherever its clone is.
    pub cancelled: Cancelled,
    /// What was asked for, of which a snapshot is taken if there was nothing to do.
    pub remember: Option<Request>,
    /// Whether the program ends after the run, so that what the run held needn't be given back piece by piece.
    pub ends_program: bool,
}
