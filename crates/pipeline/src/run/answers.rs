//! Answers to what stages depend on beside their inputs: each is asked for once a run.
//!
//! A run asks. Who only looks (a status, a survey) runs nothing that a pipeline names: they take the answer
//! of the last run, as long as the file of the program that gave it is the same; else it isn't known.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use serde::{Deserialize, Serialize};

use crate::digest::Digest;
use crate::error::{PipelineError, Result};
use crate::files::Stamp;
use crate::operation::{Cancelled, Question, Stage};
use crate::store::Store;

/// The role under which answers are read.
pub(crate) const ROLE: &str = "environment";

/// An answer, once it was given.
type Given = Option<Arc<Vec<u8>>>;

/// Answers by what was asked.
pub(crate) struct Answers {
    /// Where they are kept, and who is asked; where nobody may be asked, nothing is kept either.
    asking: Option<(Store, Cancelled)>,
    known: Mutex<BTreeMap<String, Arc<Mutex<Given>>>>,
    kept: BTreeMap<String, Kept>,
    new: Mutex<BTreeMap<String, Kept>>,
}

/// An answer, and what the file of the program was that gave it.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Kept {
    program: Option<String>,
    answer: String,
}

impl Answers {
    /// Answers that are asked for.
    pub(crate) fn asked(store: &Store, cancelled: &Cancelled) -> Self {
        Self { asking: Some((store.clone(), cancelled.clone())), ..Self::kept(store) }
    }

    /// The answers of earlier runs.
    pub(crate) fn kept(store: &Store) -> Self {
        let kept = std::fs::read(store.answers_path()).ok();
        let kept = kept.and_then(|text| serde_json::from_slice(&text).ok()).unwrap_or_default();
        Self { asking: None, known: Mutex::default(), kept, new: Mutex::default() }
    }

    /// The answer to a question of a stage; `None` where it isn't known and nobody may be asked.
    ///
    /// # Errors
    /// Where asking fails.
    pub(crate) fn answer(&self, stage: &dyn Stage, question: &Question) -> Result<Option<Arc<Vec<u8>>>> {
        let identity = question.identity.to_string();
        let Some((_, cancelled)) = &self.asking else {
            let kept = self.kept.get(&identity).filter(|kept| kept.program == program(question));
            return Ok(kept.map(|kept| Arc::new(kept.answer.clone().into_bytes())));
        };
        let slot = Arc::clone(lock(&self.known).entry(identity.clone()).or_default());
        // Whoever asks the same meanwhile waits for the answer.
        let mut slot = lock(&slot);
        if let Some(answer) = slot.as_ref() {
            return Ok(Some(Arc::clone(answer)));
        }
        let before = program(question);
        let answer = stage
            .answer(question, cancelled)
            .map_err(|error| PipelineError::Artifact { what: ROLE.to_owned(), message: error.to_string() })?;
        if before == program(question) {
            let kept = Kept { program: before, answer: String::from_utf8_lossy(&answer).into_owned() };
            lock(&self.new).insert(identity, kept);
        }
        let answer = Arc::new(answer);
        *slot = Some(Arc::clone(&answer));
        Ok(Some(answer))
    }

    /// Keeps what was answered for those that only look. It is no harm if it can't be kept.
    pub(crate) fn save(&self) {
        let Some((store, _)) = &self.asking else { return };
        let new = std::mem::take(&mut *lock(&self.new));
        if new.is_empty() {
            return;
        }
        let mut all = self.kept.clone();
        all.extend(new);
        if let Err(error) = store.put_answers(&all) {
            tracing::debug!(%error, "what the machine's programs answered can't be remembered");
        }
    }
}

/// The digest of an answer that isn't known: that of no answer there can be.
pub(crate) fn unknown() -> Digest {
    Digest::of(b"\0not asked")
}

/// What the file system says of a program.
fn program(question: &Question) -> Option<String> {
    let path: &Path = question.program.as_deref()?;
    let (identity, stamp) = Stamp::of(&std::fs::metadata(path).ok()?)?;
    let path: PathBuf = path.to_owned();
    Some(format!(
        "{} {} {} {} {} {}",
        path.display(),
        identity.device,
        identity.inode,
        stamp.size,
        stamp.modified,
        stamp.changed
    ))
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
