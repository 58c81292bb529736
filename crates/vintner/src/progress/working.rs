//! What a command that takes a while looks like while it works.

use std::time::Instant;

use super::drawing::Drawing;
use super::frame::worked;
use crate::terminal::Screen;
use crate::workspace::Volume;

/// Does something, and tells on a terminal what that is and for how long it has gone on.
pub(crate) fn working<T>(volume: Volume, what: &'static str, work: impl FnOnce() -> T) -> T {
    let screen = Screen::stderr();
    let began = Instant::now();
    let lines = move |_: usize, columns: usize| vec![worked(what, began.elapsed(), columns, screen)];
    let is_seen = screen.is_live && volume != Volume::Quiet;
    let _drawing = is_seen.then(|| Drawing::begin(lines)).flatten();
    work()
}
