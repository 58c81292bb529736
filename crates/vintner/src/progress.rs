//! What a run looks like while it goes on.
//!
//! On a terminal, lines at its end tell what runs now, for how long, and how much is left; what stays are
//! failures. A log (a file, a pipe, CI) has a line for each branch that ran or failed. What was cached is a
//! number in either, told at the end.

mod frame;

use std::collections::BTreeMap;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use unicode_width::UnicodeWidthStr;
use vintner_pipeline::{Observer, Outcome, StageReport};

use self::frame::{Frame, Running};
use crate::printable::printable;
use crate::terminal::{self, Screen, Tone};
use crate::workspace::Volume;

/// How often the lines at the end of a terminal are drawn anew.
const BEAT: Duration = Duration::from_millis(100);

/// Tells of a run while it goes on.
pub(crate) struct Progress {
    screen: Screen,
    volume: Volume,
    shared: Arc<Shared>,
    /// Draws the lines, once something runs.
    drawing: Mutex<Option<JoinHandle<()>>>,
}

struct Shared {
    state: Mutex<State>,
    /// Told when the run is over.
    over: Condvar,
}

/// How far the run is.
struct State {
    began: Instant,
    /// How many branches each stage has, as far as that is known.
    branches: BTreeMap<String, usize>,
    finished: usize,
    failed: usize,
    running: Vec<Running>,
    is_over: bool,
}

impl Progress {
    /// Of a run that has so many branches of each stage to make, as far as that can be told beforehand.
    pub(crate) fn new(volume: Volume, branches: BTreeMap<String, usize>) -> Self {
        let state = State {
            began: Instant::now(),
            branches,
            finished: 0,
            failed: 0,
            running: Vec::new(),
            is_over: false,
        };
        Self {
            screen: Screen::stderr(),
            volume,
            shared: Arc::new(Shared { state: Mutex::new(state), over: Condvar::new() }),
            drawing: Mutex::new(None),
        }
    }

    /// The run is over: what was shown while it went on is taken away.
    pub(crate) fn finish(&self) {
        self.shared.state().is_over = true;
        self.shared.over.notify_all();
        let drawing = self.drawing.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(drawing) = drawing {
            let _ = drawing.join();
            terminal::take_away();
        }
    }

    /// Whether each branch gets a line that stays.
    fn is_log(&self) -> bool {
        !self.screen.is_live || self.volume == Volume::Loud
    }

    fn say(&self, line: &str) {
        if self.volume != Volume::Quiet {
            terminal::say(line);
        }
    }

    /// Begins to draw, unless that has begun.
    fn draw(&self) {
        if !self.screen.is_live || self.volume == Volume::Quiet {
            return;
        }
        let mut drawing = self.drawing.lock().unwrap_or_else(PoisonError::into_inner);
        if drawing.is_none() {
            let (shared, screen) = (Arc::clone(&self.shared), self.screen);
            // Without the thread the run goes on unseen.
            *drawing = thread::Builder::new().spawn(move || shared.draw_until_over(screen)).ok();
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.finish();
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn draw_until_over(&self, screen: Screen) {
        let mut state = self.state();
        loop {
            // What is done within a beat isn't worth a look.
            let waited = self.over.wait_timeout(state, BEAT).unwrap_or_else(PoisonError::into_inner);
            state = waited.0;
            if state.is_over {
                return;
            }
            let frame = state.frame();
            drop(state);
            terminal::draw(|rows, columns| frame.lines(rows, columns, screen));
            state = self.state();
        }
    }
}

impl State {
    fn frame(&self) -> Frame {
        Frame {
            finished: self.finished,
            branches: self.branches.values().sum(),
            failed: self.failed,
            running: self.running.clone(),
            began: self.began,
            now: Instant::now(),
        }
    }
}

impl Observer for Progress {
    fn planned(&self, stage: &str, branches: usize) {
        self.shared.state().branches.insert(stage.to_owned(), branches);
    }

    fn started(&self, branch: &str) {
        let mut state = self.shared.state();
        state.running.retain(|running| running.branch != branch);
        state.running.push(Running::new(branch, None));
        drop(state);
        self.draw();
    }

    fn waiting(&self, branch: &str, holder: &str) {
        self.shared.state().running.push(Running::new(branch, Some(holder)));
        self.draw();
        if self.is_log() {
            self.say(&printable(&format!("  waiting  {branch}  (for {holder})")));
        }
    }

    fn finished(&self, report: &StageReport) {
        let mut state = self.shared.state();
        state.running.retain(|running| running.branch != report.branch);
        state.finished += 1;
        state.failed += usize::from(matches!(report.outcome, Outcome::Failed(_)));
        drop(state);
        match &report.outcome {
            Outcome::Ran(why) if self.is_log() => {
                let rows = report.rows.map(|rows| format!("  {rows} rows")).unwrap_or_default();
                let took = format!("{:>7.2} s{rows}", report.seconds);
                self.say(&ran(&self.screen, &report.branch, &took, &why.join("; ")));
            }
            Outcome::Failed(_) => {
                let failed = self.screen.paint(Tone::Bad, "FAILED");
                self.say(&format!("  {failed}   {}", printable(&report.branch)));
            }
            _ => {}
        }
    }
}

/// The line of what ran: which, how long and how much, why.
pub(crate) fn ran(screen: &Screen, what: &str, took: &str, why: &str) -> String {
    // Names may be of characters that take two columns.
    let padding = " ".repeat(28_usize.saturating_sub(what.width()));
    let why = screen.paint(Tone::Aside, &format!("({})", printable(why)));
    format!("  {}      {}{padding} {took}  {why}", screen.paint(Tone::Good, "ran"), printable(what))
}
