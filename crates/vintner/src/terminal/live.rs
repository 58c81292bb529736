//! Stderr, and lines at its end that are drawn over and over while a run goes on.
//!
//! All that goes to stderr goes through here, so that it comes to stand above these lines.

use std::io;
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};

use console::Term;

use super::fold::{fold, width};
use super::screen::{Screen, size};

/// From here to the end of the screen.
const CLEAR_BELOW: &str = "\u{1b}[J";
/// From here to the end of the line.
const CLEAR_LINE: &str = "\u{1b}[K";

static STDERR: LazyLock<Mutex<LiveLines>> =
    LazyLock::new(|| Mutex::new(LiveLines { term: Term::stderr(), drawn: Vec::new() }));

/// Says something to people: lines that stay, folded to the screen.
pub(crate) fn say(text: &str) {
    let text = Screen::stderr().columns.map_or_else(|| text.to_owned(), |columns| fold(text, columns));
    stderr().print(&format!("{text}\n"));
}

/// Puts lines at the end of the screen in the place of those that are there: `lines` makes them for so many
/// rows and columns.
pub(crate) fn draw(lines: impl FnOnce(usize, usize) -> Vec<String>) {
    stderr().draw(lines);
}

/// Takes away the lines at the end of the screen, and what was typed there.
pub(crate) fn take_away() {
    if Screen::stderr().is_live {
        stderr().take_away();
    }
}

fn stderr() -> MutexGuard<'static, LiveLines> {
    STDERR.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Stderr for those who write bytes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stderr;

impl io::Write for Stderr {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        stderr().print(&String::from_utf8_lossy(bytes));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

struct LiveLines {
    term: Term,
    /// How many columns each line takes that is there; the cursor is at the beginning of the last one.
    drawn: Vec<usize>,
}

impl LiveLines {
    fn print(&mut self, text: &str) {
        let text = format!("{}{text}", self.to_beginning());
        self.put(&text);
        self.drawn.clear();
    }

    fn draw(&mut self, lines: impl FnOnce(usize, usize) -> Vec<String>) {
        let (rows, columns) = size(&self.term);
        let lines = lines(rows.into(), columns.into());
        // What was typed meanwhile stands at the beginning of the line.
        let mut text = format!("\r{}", self.back());
        for (at, line) in lines.iter().enumerate() {
            // What was there goes as what is new comes, so that nothing flickers.
            let (clear, ending) = if at + 1 < lines.len() { (CLEAR_LINE, "\n") } else { (CLEAR_BELOW, "\r") };
            text.extend([line, clear, ending]);
        }
        self.put(&text);
        self.drawn = lines.iter().map(|line| width(line)).collect();
    }

    fn take_away(&mut self) {
        let text = format!("{}\r{CLEAR_BELOW}", self.back());
        self.put(&text);
        self.drawn.clear();
    }

    /// What moves to where the lines began, and clears them.
    fn to_beginning(&self) -> String {
        if self.drawn.is_empty() { String::new() } else { format!("{}{CLEAR_BELOW}", self.back()) }
    }

    /// What moves to where the lines began.
    fn back(&self) -> String {
        let Some((_, above)) = self.drawn.split_last() else { return String::new() };
        let columns = usize::from(size(&self.term).1).max(1);
        // A terminal that was made narrower has broken what it had in one line.
        let rows: usize = above.iter().map(|width| width.div_ceil(columns).max(1)).sum();
        if rows > 0 { format!("\r\u{1b}[{rows}A") } else { "\r".to_owned() }
    }

    fn put(&self, text: &str) {
        if !text.is_empty() {
            // A reader of stderr that went away (`2>&1 | head`) doesn't stop the run.
            let _ = self.term.write_str(text);
        }
    }
}
