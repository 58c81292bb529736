//! What stands at the end of a terminal while a run goes on.

use std::time::{Duration, Instant};

use unicode_width::UnicodeWidthStr;

use crate::printable::printable_line;
use crate::terminal::{Screen, Tone, cut};

/// The most branches that are named.
const MOST: usize = 8;
/// Beyond this many columns lines are harder to read.
const WIDEST: usize = 80;
/// How many columns the bar takes, and how many there have to be for it.
const BAR: usize = 24;
const BAR_FITS: usize = 60;

/// How far a run is at a moment.
pub(super) struct Frame {
    pub(super) finished: usize,
    /// How many branches there are, as far as that is known.
    pub(super) branches: usize,
    pub(super) failed: usize,
    /// What runs, what began first first.
    pub(super) running: Vec<Running>,
    pub(super) began: Instant,
    pub(super) now: Instant,
}

/// A branch that runs, or waits for another process that makes it.
#[derive(Debug, Clone)]
pub(super) struct Running {
    pub(super) branch: String,
    since: Instant,
    waits_for: Option<String>,
}

impl Running {
    /// From now on.
    pub(super) fn new(branch: &str, waits_for: Option<&str>) -> Self {
        Self { branch: branch.to_owned(), since: Instant::now(), waits_for: waits_for.map(str::to_owned) }
    }
}

impl Frame {
    /// The lines, for a screen of so many rows and columns: never so many that it scrolls, none so wide that
    /// the terminal breaks it.
    pub(super) fn lines(&self, rows: usize, columns: usize, screen: Screen) -> Vec<String> {
        let columns = columns.saturating_sub(1).clamp(1, WIDEST);
        let mut lines = vec![self.header(columns, screen)];
        let room = MOST.min((rows / 2).saturating_sub(1));
        // A line that says how many more there are takes the place of one.
        let shown = if self.running.len() > room { room.saturating_sub(1) } else { room };
        for running in self.running.iter().take(shown) {
            let text = match &running.waits_for {
                Some(holder) => format!("  {} waits for {holder}", running.branch),
                None => format!("  {}", running.branch),
            };
            let took = elapsed(self.now.saturating_duration_since(running.since));
            lines.push(spread(&printable_line(&text), &took, columns, |text| text.to_owned(), screen));
        }
        if self.running.len() > shown && room > 0 {
            lines.push(cut(&format!("  and {} more", self.running.len() - shown), columns));
        }
        lines
    }

    fn header(&self, columns: usize, screen: Screen) -> String {
        let left = self.branches.saturating_sub(self.finished);
        let stages = if columns >= BAR_FITS { " stages" } else { "" };
        let mut text = format!("{} of {}{stages}, {left} left", self.finished, self.branches);
        if self.failed > 0 {
            text.push_str(&format!(", {} failed", self.failed));
        }
        if columns >= BAR_FITS {
            let filled = (BAR * self.finished).checked_div(self.branches).unwrap_or(0).min(BAR);
            text = format!("[{}{}] {text}", "#".repeat(filled), "-".repeat(BAR - filled));
        }
        let took = elapsed(self.now.saturating_duration_since(self.began));
        spread(&text, &took, columns, |text| screen.paint(Tone::Strong, text), screen)
    }
}

/// The line of what has gone on for some time, for a screen of so many columns.
pub(super) fn worked(what: &str, time: Duration, columns: usize, screen: Screen) -> String {
    let columns = columns.saturating_sub(1).clamp(1, WIDEST);
    spread(what, &elapsed(time), columns, |text| text.to_owned(), screen)
}

/// A text, and a time at the right.
fn spread(
    text: &str,
    took: &str,
    columns: usize,
    painted: impl Fn(&str) -> String,
    screen: Screen,
) -> String {
    let text = cut(text, columns.saturating_sub(took.width() + 2));
    let padding = " ".repeat(columns.saturating_sub(text.width() + took.width()));
    if text.width() + took.width() > columns {
        return painted(&cut(&text, columns));
    }
    format!("{}{padding}{}", painted(&text), screen.paint(Tone::Aside, took))
}

/// A time as people tell it.
fn elapsed(time: Duration) -> String {
    match time.as_secs() {
        seconds @ 0..60 => format!("{seconds} s"),
        seconds @ 60..3600 => format!("{} min {} s", seconds / 60, seconds % 60),
        seconds => format!("{} h {} min", seconds / 3600, seconds / 60 % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::terminal::width;

    fn frame(running: &[(&str, u64)]) -> Frame {
        let began = Instant::now();
        let now = began + Duration::from_secs(100);
        let running = running.iter().map(|(branch, seconds)| Running {
            branch: (*branch).to_owned(),
            since: now - Duration::from_secs(*seconds),
            waits_for: None,
        });
        Frame { finished: 34, branches: 68, failed: 1, running: running.collect(), began, now }
    }

    #[test]
    fn what_runs_is_told_with_its_time() {
        let lines = frame(&[("fit[石家庄]", 75), ("fit[b]", 3)]).lines(24, 80, Screen::PLAIN);
        assert_eq!(
            lines,
            [
                "[############------------] 34 of 68 stages, 34 left, 1 failed        1 min 40 s",
                "  fit[石家庄]                                                        1 min 15 s",
                "  fit[b]                                                                    3 s",
            ]
        );
    }

    #[test]
    fn it_fits_every_screen() {
        let names: Vec<String> = (0..40).map(|at| format!("stage_with_a_long_name[石家庄 {at}]")).collect();
        let running: Vec<(&str, u64)> = names.iter().map(|name| (name.as_str(), 12)).collect();
        for rows in [1, 2, 3, 4, 10, 24, 50] {
            for columns in [1, 2, 5, 10, 20, 40, 80, 200] {
                let lines = frame(&running).lines(rows, columns, Screen::PLAIN);
                assert!(!lines.is_empty() && lines.len() <= (rows / 2).max(1), "{rows}x{columns}: {lines:?}");
                let fits = lines.iter().all(|line| width(line) < columns.max(2));
                assert!(fits, "{rows}x{columns}: {lines:?}");
            }
        }
        let lines = frame(&running).lines(10, 40, Screen::PLAIN);
        assert_eq!(
            lines,
            [
                "34 of 68, 34 left, 1 failed  1 min 40 s",
                "  stage_with_a_long_name[石家庄…   12 s",
                "  stage_with_a_long_name[石家庄…   12 s",
                "  stage_with_a_long_name[石家庄…   12 s",
                "  and 37 more",
            ]
        );
    }
}
