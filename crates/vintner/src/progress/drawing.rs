//! Lines at the end of a terminal, drawn anew until what they tell of is over.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crate::terminal;

/// How often they are drawn anew.
const BEAT: Duration = Duration::from_millis(100);

/// Draws until it is dropped, and then takes away what it drew.
pub(super) struct Drawing {
    over: Arc<Over>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Over {
    is_so: Mutex<bool>,
    told: Condvar,
}

impl Drawing {
    /// Begins to draw what `lines` makes for so many rows and columns. Nothing where there is no thread to
    /// be had: what goes on then goes on unseen.
    pub(super) fn begin(lines: impl Fn(usize, usize) -> Vec<String> + Send + 'static) -> Option<Self> {
        let over = Arc::new(Over::default());
        let seen = Arc::clone(&over);
        let draw = move || {
            // What is done within a beat isn't worth a look.
            while !seen.is_told_within(BEAT) {
                terminal::draw(&lines);
            }
        };
        let thread = thread::Builder::new().spawn(draw).ok()?;
        Some(Self { over, thread: Some(thread) })
    }
}

impl Over {
    fn is_told_within(&self, time: Duration) -> bool {
        let is_so = self.is_so.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.told.wait_timeout_while(is_so, time, |is_so| !*is_so);
        *waited.unwrap_or_else(PoisonError::into_inner).0
    }
}

impl Drop for Drawing {
    fn drop(&mut self) {
        *self.over.is_so.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.over.told.notify_all();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
        terminal::take_away();
    }
}
