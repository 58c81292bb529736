//! Whether a run is to end, and how soon.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// Says whether a run is to end. Clones say the same.
#[derive(Debug, Clone, Default)]
pub struct Cancelled(Arc<State>);

#[derive(Debug, Default)]
struct State {
    cancelled: AtomicBool,
    at_once: AtomicBool,
    /// How many commands run in a folder of their own just now.
    commands: AtomicUsize,
}

/// A command that runs; dropped when nothing is left of it.
#[derive(Debug)]
pub(crate) struct RunningCommand<'a>(&'a State);

impl Cancelled {
    /// Ends the run as soon as can be.
    pub fn cancel(&self) {
        self.0.cancelled.store(true, Ordering::SeqCst);
    }

    /// Whether the run is to end.
    pub fn is_cancelled(&self) -> bool {
        self.0.cancelled.load(Ordering::SeqCst)
    }

    /// Ends the run without patience: commands are killed that would have been let end by themselves.
    /// Returns when none is left, or after `longest`; who exits then leaves no process behind.
    pub fn cancel_at_once(&self, longest: Duration) {
        self.0.at_once.store(true, Ordering::SeqCst);
        self.cancel();
        let started = Instant::now();
        while self.0.commands.load(Ordering::SeqCst) > 0 && started.elapsed() < longest {
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// Whether what runs is to be killed.
    #[cfg(unix)]
    pub(crate) fn is_at_once(&self) -> bool {
        self.0.at_once.load(Ordering::SeqCst)
    }

    /// Counts a command as running until what is returned is dropped.
    pub(crate) fn running_command(&self) -> RunningCommand<'_> {
        self.0.commands.fetch_add(1, Ordering::SeqCst);
        RunningCommand(&self.0)
    }
}

impl Drop for RunningCommand<'_> {
    fn drop(&mut self) {
        self.0.commands.fetch_sub(1, Ordering::SeqCst);
    }
}
