//! What a run looks like while it goes on.
//!
//! On a terminal, lines at its end tell what runs now, for how long, and how much is left; what stays are
//! failures. A log (a file, a pipe, CI) has a line for each branch that ran or failed. What was cached is a
//! number in either, told at the end.

mod drawing;
mod frame;
mod working;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use unicode_width::UnicodeWidthStr;
use vintner_pipeline::{Observer, Outcome, StageReport};

use self::drawing::Drawing;
use self::frame::{Frame, Running};
pub(crate) use self::working::working;
use crate::printable::printable;
use crate::terminal::{self, Screen, Tone};
use crate::workspace::Volume;

/// Tells of a run while it goes on.
pub(crate) struct Progress {
    screen: Screen,
    volume: Volume,
    state: Arc<Mutex<State>>,
    /// Draws the lines, once something runs.
    drawing: Mutex<Option<Drawing>>,
}

/// How far the run is.
struct State {
    began: Instant,
    /// How many branches each stage has, as far as that is known.
    branches: BTreeMap<String, usize>,
    finished: usize,
    failed: usize,
    running: Vec<Running>,
}

impl Progress {
    /// Of a run that has so many branches of each stage to make, as far as that can be told beforehand.
    pub(crate) fn new(volume: Volume, branches: BTreeMap<String, usize>) -> Self {
        let state = State { began: Instant::now(), branches, finished: 0, failed: 0, running: Vec::new() };
        Self {
            screen: Screen::stderr(),
            volume,
            state: Arc::new(Mutex::new(state)),
            drawing: Mutex::new(None),
        }
    }

    /// The run is over: what was shown while it went on is taken away.
    pub(crate) fn finish(&self) {
        self.drawing().take();
    }

    fn drawing(&self) -> MutexGuard<'_, Option<Drawing>> {
        self.drawing.lock().unwrap_or_else(PoisonError::into_inner)
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
        let mut drawing = self.drawing();
        if drawing.is_none() {
            let (state, screen) = (Arc::clone(&self.state), self.screen);
            *drawing = Drawing::begin(move |rows, columns| {
                let frame = locked(&state).frame();
                frame.lines(rows, columns, screen)
            });
        }
    }
}

fn locked(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
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
        locked(&self.state).branches.insert(stage.to_owned(), branches);
    }

    fn started(&self, branch: &str) {
        let mut state = locked(&self.state);
        state.running.retain(|running| running.branch != branch);
        state.running.push(Running::new(branch, None));
        drop(state);
        self.draw();
    }

    fn waiting(&self, branch: &str, holder: &str) {
        locked(&self.state).running.push(Running::new(branch, Some(holder)));
        self.draw();
        if self.is_log() {
            self.say(&printable(&format!("  waiting  {branch}  (for {holder})")));
        }
    }

    fn said(&self, text: &str) {
        self.say(&printable(text));
    }

    fn finished(&self, report: &StageReport) {
        let mut state = locked(&self.state);
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
