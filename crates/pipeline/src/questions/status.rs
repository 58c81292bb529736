//! What a run would do, and why.

use serde::Serialize;

use crate::digest::Digest;
use crate::fingerprint::Cause;
use crate::plan::BranchId;
use crate::run::HasRecord;
use crate::store::Record;

/// The state of a branch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "state", content = "causes")]
pub enum State {
    /// The store has its outputs.
    Fresh,
    /// It was made, of something else than there is now; what differs.
    Stale(Vec<String>),
    /// It was never made on this vintage, or its outputs are gone; why.
    Missing(Vec<String>),
    /// Outputs in the store aren't what they were; which.
    Corrupt(Vec<String>),
    /// Something that it reads would run first, and might come out the same; which.
    Waiting(Vec<String>),
}

impl State {
    /// The state in a word.
    pub fn word(&self) -> &'static str {
        match self {
            State::Fresh => "fresh",
            State::Stale(_) => "stale",
            State::Missing(_) => "missing",
            State::Corrupt(_) => "corrupt",
            State::Waiting(_) => "waiting",
        }
    }

    /// Why it isn't fresh.
    pub fn causes(&self) -> &[String] {
        match self {
            State::Fresh => &[],
            State::Stale(causes)
            | State::Missing(causes)
            | State::Corrupt(causes)
            | State::Waiting(causes) => causes,
        }
    }

    /// Whether it would run for sure.
    pub fn would_run(&self) -> bool {
        matches!(self, State::Stale(_) | State::Missing(_) | State::Corrupt(_))
    }

    pub(crate) fn of(causes: &[Cause]) -> Self {
        let texts = causes.iter().map(Cause::to_string).collect();
        if causes.iter().any(|cause| matches!(cause, Cause::Corrupt { .. })) {
            State::Corrupt(texts)
        } else if causes
            .iter()
            .any(|cause| matches!(cause, Cause::FirstRun | Cause::Gone { .. } | Cause::NoRecord))
        {
            State::Missing(texts)
        } else {
            State::Stale(texts)
        }
    }
}

/// The state of one branch.
#[derive(Debug, Clone, Serialize)]
pub struct StageStatus {
    /// The branch.
    pub branch: String,
    /// Its state.
    #[serde(flatten)]
    pub state: State,
    /// The branch's name, in its parts.
    #[serde(skip)]
    pub id: BranchId,
    /// The causes of its state, in the same order, unless it waits.
    #[serde(skip)]
    pub causes: Vec<Cause>,
    /// What is kept of it, where it is fresh or corrupt.
    #[serde(skip)]
    pub record: Option<Record>,
    /// The digest of its fingerprint, where that is known.
    #[serde(skip)]
    pub fingerprint: Option<Digest>,
}

impl HasRecord for StageStatus {
    fn record(&self) -> Option<(&Digest, &Record)> {
        let fresh = self.state == State::Fresh;
        self.fingerprint.as_ref().zip(self.record.as_ref()).filter(|_| fresh)
    }
}

impl StageStatus {
    pub(crate) fn new(id: BranchId, state: State) -> Self {
        Self { branch: id.to_string(), id, state, causes: Vec::new(), record: None, fingerprint: None }
    }

    /// Sets the state that follows from why the branch would run.
    pub(crate) fn would_run(&mut self, causes: Vec<Cause>) {
        self.state = State::of(&causes);
        self.causes = causes;
    }
}
