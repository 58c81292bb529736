//! What is written for people: lines folded to the screen.

use std::io::{self, StdoutLock, Write};

use super::fold::fold;
use super::screen::{Screen, Tone};
use crate::printable::{Printable, people};

/// A stream for people: on a terminal its lines are folded between words.
pub(crate) struct Page<W: Write> {
    stream: W,
    screen: Screen,
    /// A line that isn't at its end.
    line: Vec<u8>,
}

/// Stdout for people.
pub(crate) fn page() -> Page<Printable<StdoutLock<'static>>> {
    Page { stream: people(), screen: Screen::stdout(), line: Vec::new() }
}

impl<W: Write> Page<W> {
    /// What it is shown on.
    pub(crate) fn screen(&self) -> Screen {
        self.screen
    }

    /// A text in the colour of what it is.
    pub(crate) fn paint(&self, tone: Tone, text: &str) -> String {
        self.screen.paint(tone, text)
    }
}

impl<W: Write> Write for Page<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let Some(columns) = self.screen.columns else { return self.stream.write(bytes) };
        self.line.extend_from_slice(bytes);
        while let Some(end) = self.line.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = self.line.drain(..=end).collect();
            self.stream.write_all(fold(&String::from_utf8_lossy(&line), columns).as_bytes())?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let line = std::mem::take(&mut self.line);
        self.stream.write_all(&line)?;
        self.stream.flush()
    }
}

impl<W: Write> Drop for Page<W> {
    fn drop(&mut self) {
        // Who wants to know whether it was written has flushed it.
        let _ = self.flush();
    }
}
