//! What the threads of a run are at.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// Counts what is to be done on the threads of a run, so that who waits knows when nothing is.
#[derive(Debug, Clone, Default)]
pub(super) struct Tasks(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    count: Mutex<usize>,
    changed: Condvar,
}

/// Something that is to be done; dropped when it is done, or can't be.
#[derive(Debug)]
pub(super) struct Task(Tasks);

impl Tasks {
    /// One more, until what is returned is dropped.
    pub(super) fn begin(&self) -> Task {
        *self.count() += 1;
        Task(self.clone())
    }

    /// A branch was handed over, which who waits may want to know.
    pub(super) fn handed_over(&self) {
        // Who has just found that nothing is away, and isn't waiting yet, is let go to wait first: it would sleep through this.
        drop(self.count());
        self.0.changed.notify_all();
    }

    /// Whether nothing is to be done.
    pub(super) fn are_idle(&self) -> bool {
        *self.count() == 0
    }

    /// Waits until something is away, or nothing is left to be done; whether anything is away then.
    pub(super) fn wait(&self, is_any_away: impl Fn() -> bool) -> bool {
        let mut count = self.count();
        loop {
            if is_any_away() {
                return true;
            }
            if *count == 0 {
                return false;
            }
            count = self.0.changed.wait(count).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn count(&self) -> MutexGuard<'_, usize> {
        self.0.count.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Task {
    fn drop(&mut self) {
        let mut count = self.0.count();
        *count -= 1;
        let is_last = *count == 0;
        drop(count);
        // Who waits for something to be away is told by whoever hands it over.
        if is_last {
            self.0.0.changed.notify_all();
        }
    }
}
