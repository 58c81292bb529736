//! The program in a terminal: a pseudo-terminal with an emulator behind it, which shows what a person sees.

use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::process::{Child, Command};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread::{self, JoinHandle};

use pty_process::blocking::Pty;
use vt100::Parser;

use super::Workspace;
use super::commands::wait_until;

/// Rows and columns.
pub type Size = (u16, u16);

/// What most terminals begin with.
pub const USUAL: Size = (24, 80);

/// What scrolls out of sight is kept: this many rows of it.
const SCROLLBACK: usize = 10_000;

/// A run of the program in a terminal; killed where a test ends before it does.
pub struct Terminal {
    pty: Arc<Pty>,
    child: Child,
    shown: Arc<Mutex<Shown>>,
    reading: Option<JoinHandle<()>>,
}

struct Shown {
    parser: Parser,
    /// All that came.
    bytes: Vec<u8>,
    /// The most rows that were in use at once.
    most_rows: usize,
}

impl Workspace {
    /// Begins a run of the program in a terminal of so many rows and columns.
    pub fn in_terminal(&self, size: Size, arguments: &[&str]) -> Terminal {
        self.in_terminal_with(size, arguments, &[])
    }

    /// The same with variables of the environment.
    pub fn in_terminal_with(&self, size: Size, arguments: &[&str], variables: &[(&str, &str)]) -> Terminal {
        Terminal::of(self.command(arguments), size, variables)
    }

    /// Begins a run of a line of shell in a terminal; `vintner` is the program.
    pub fn shell_in_terminal(&self, size: Size, line: &str) -> Terminal {
        let mut command = Command::new("sh");
        command.args(["-c", &line.replace("vintner", env!("CARGO_BIN_EXE_vintner"))]);
        command.current_dir(self.path("")).env_remove("VINTNER_DATA_ROOT").env_remove("VINTNER_LOG");
        Terminal::of(command, size, &[])
    }
}

impl Terminal {
    fn of(mut command: Command, (rows, columns): Size, variables: &[(&str, &str)]) -> Self {
        for variable in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "CI", "COLUMNS", "LINES"] {
            command.env_remove(variable);
        }
        command.env("TERM", "xterm-256color").envs(variables.iter().copied());
        let (pty, pts) = pty_process::blocking::open().unwrap();
        pty.resize(pty_process::Size::new(rows, columns)).unwrap();
        let child = pty_process::blocking::Command::from(command).spawn(pts).unwrap();
        let parser = Parser::new(number(rows), number(columns), SCROLLBACK);
        let shown = Arc::new(Mutex::new(Shown { parser, bytes: Vec::new(), most_rows: 0 }));
        let pty = Arc::new(pty);
        let reading = {
            let (pty, shown) = (Arc::clone(&pty), Arc::clone(&shown));
            thread::spawn(move || read(&pty, &shown))
        };
        Self { pty, child, shown, reading: Some(reading) }
    }

    fn shown(&self) -> MutexGuard<'_, Shown> {
        self.shown.lock().unwrap()
    }

    /// What is on the screen now, without blanks at the ends of lines and below the last one.
    pub fn screen(&self) -> String {
        trimmed(&rows(self.shown().parser.screen()))
    }

    /// What is on the screen, and all that has scrolled out of it.
    pub fn everything(&self) -> String {
        let mut shown = self.shown();
        let screen = shown.parser.screen_mut();
        let mut all = Vec::new();
        for back in (1..=screen.scrollback_len()).rev() {
            screen.set_scrollback(back);
            all.extend(rows(screen).into_iter().next());
        }
        screen.set_scrollback(0);
        all.extend(rows(screen));
        trimmed(&all)
    }

    /// The bytes that came, escapes and all.
    pub fn bytes(&self) -> String {
        String::from_utf8_lossy(&self.shown().bytes).into_owned()
    }

    /// The colour of the first character of a text on the screen.
    pub fn colour_of(&self, text: &str) -> vt100::Color {
        let shown = self.shown();
        let screen = shown.parser.screen();
        let found = rows(screen).iter().enumerate().find_map(|(row, line)| {
            let at = line.find(text)?;
            Some((row, line[..at].chars().count()))
        });
        let (row, column) = found.unwrap_or_else(|| panic!("`{text}` isn't on the screen"));
        screen.cell(u16::try_from(row).unwrap(), u16::try_from(column).unwrap()).unwrap().fgcolor()
    }

    /// The most rows that were in use at once.
    pub fn most_rows(&self) -> usize {
        self.shown().most_rows
    }

    /// Presses Ctrl-C.
    pub fn press_ctrl_c(&self) {
        (&*self.pty).write_all(b"\x03").unwrap();
    }

    /// Makes the terminal larger or smaller.
    pub fn resize(&self, (rows, columns): Size) {
        self.shown().parser.set_size(number(rows), number(columns));
        self.pty.resize(pty_process::Size::new(rows, columns)).unwrap();
    }

    /// Waits until a text is on the screen.
    pub fn wait_to_show(&self, text: &str) {
        self.wait_to_be(|screen| screen.contains(text));
    }

    /// Waits until the screen is as wanted.
    pub fn wait_to_be(&self, wanted: impl Fn(&str) -> bool) {
        wait_until(|| wanted(&self.screen()), "something on the screen");
    }

    /// Waits for the end, and returns the exit code: of a program that a signal ended, less than nothing.
    pub fn wait(&mut self) -> i32 {
        wait_until(|| self.child.try_wait().unwrap().is_some(), "the end of a run");
        let code = self.child.wait().unwrap().code().unwrap_or(-1);
        if let Some(reading) = self.reading.take() {
            reading.join().unwrap();
        }
        code
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Reads until the other end is closed, which is an error on Linux.
fn read(pty: &Pty, shown: &Mutex<Shown>) {
    let mut buffer = [0; 4096];
    while let Ok(read @ 1..) = (&*pty).read(&mut buffer) {
        let mut shown = shown.lock().unwrap();
        shown.parser.process(&buffer[..read]);
        shown.bytes.extend_from_slice(&buffer[..read]);
        let in_use = trimmed(&rows(shown.parser.screen())).lines().count();
        shown.most_rows = shown.most_rows.max(in_use);
    }
}

/// What stands in each row: a line that the terminal has broken is several.
fn rows(screen: &vt100::Screen) -> Vec<String> {
    screen.rows(0, screen.size().1.get()).collect()
}

fn trimmed(rows: &[String]) -> String {
    let rows: Vec<&str> = rows.iter().map(|row| row.trim_end()).collect();
    rows.join("\n").trim_end().to_owned()
}

fn number(size: u16) -> NonZeroU16 {
    NonZeroU16::new(size).unwrap()
}
