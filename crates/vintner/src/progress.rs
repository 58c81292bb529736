//! What a run looks like while it goes on.

use std::collections::BTreeMap;
use std::io::{IsTerminal, Write, stderr};
use std::sync::{Mutex, PoisonError};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use unicode_width::UnicodeWidthStr;
use vintner_pipeline::{Observer, Outcome, Report, StageReport};

use crate::printable::printable;

/// A bar on a terminal, and lines on stderr everywhere: one for each branch that ran or failed, one
/// for all cached branches of a stage. What wasn't run is said at the end, with the failure.
pub(crate) struct Progress {
    bar: ProgressBar,
    /// How far each stage with several branches is.
    stages: Mutex<BTreeMap<String, Tally>>,
}

/// How far a stage is.
#[derive(Debug, Default, Clone, Copy)]
struct Tally {
    branches: usize,
    finished: usize,
    cached: usize,
}

impl Progress {
    pub(crate) fn new() -> Self {
        let bar = ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::hidden());
        if stderr().is_terminal() {
            bar.set_draw_target(ProgressDrawTarget::stderr());
        }
        if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} {msg}") {
            bar.set_style(style);
        }
        Self { bar, stages: Mutex::default() }
    }

    /// Says of a run that had nothing to do what would have been said while it went on.
    pub(crate) fn replay(&self, report: &Report) {
        let mut branches: BTreeMap<&str, usize> = BTreeMap::new();
        report.stages.iter().for_each(|branch| *branches.entry(branch.stage()).or_default() += 1);
        branches.into_iter().for_each(|(stage, branches)| self.planned(stage, branches));
        report.stages.iter().for_each(|branch| self.finished(branch));
    }

    fn say(&self, line: &str) {
        let line = printable(line);
        if self.bar.is_hidden() {
            // A reader of stderr that went away (`2>&1 | head`) doesn't stop the run.
            let _ = writeln!(stderr(), "{line}");
        } else {
            self.bar.println(line);
        }
    }

    pub(crate) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

impl Observer for Progress {
    fn planned(&self, stage: &str, branches: usize) {
        self.bar.inc_length(branches as u64);
        if branches > 1 {
            let tally = Tally { branches, ..Tally::default() };
            self.stages.lock().unwrap_or_else(PoisonError::into_inner).insert(stage.to_owned(), tally);
        }
    }

    fn started(&self, branch: &str) {
        self.bar.set_message(branch.to_owned());
    }

    fn waiting(&self, branch: &str, holder: &str) {
        self.say(&format!("  waiting  {branch}  (for {holder})"));
    }

    fn finished(&self, report: &StageReport) {
        let of_several = self.count(report);
        let cached = report.outcome == Outcome::Cached;
        match of_several {
            Some(_) if cached => {}
            _ => line(report).iter().for_each(|line| self.say(line)),
        }
        for warning in &report.warnings {
            match of_several {
                Some(_) if cached => self.say(&format!("           {}: {warning}", report.branch)),
                _ => self.say(&format!("           {warning}")),
            }
        }
        if let Some(tally) = of_several
            && tally.finished == tally.branches
            && tally.cached > 0
        {
            let (stage, cached, branches) =
                (report.stage(), thousands(tally.cached), thousands(tally.branches));
            self.say(&format!("  cached   {stage}: {cached} of {branches}"));
        }
        self.bar.inc(1);
    }
}

impl Progress {
    /// Counts a branch of a stage that has several, and says how far that is.
    fn count(&self, report: &StageReport) -> Option<Tally> {
        let mut stages = self.stages.lock().unwrap_or_else(PoisonError::into_inner);
        let tally = stages.get_mut(report.stage())?;
        tally.finished += 1;
        tally.cached += usize::from(report.outcome == Outcome::Cached);
        Some(*tally)
    }
}

/// A branch's line: what happened, which, how long, how much, why. Nothing of one that wasn't run.
fn line(report: &StageReport) -> Option<String> {
    let rows = report.rows.map(|rows| format!("  {rows} rows")).unwrap_or_default();
    match &report.outcome {
        Outcome::Ran(why) => Some(format!(
            "  ran      {}{} {:>7.2} s{rows}  ({})",
            report.branch,
            // Names may be of characters that take two columns.
            " ".repeat(28_usize.saturating_sub(report.branch.width())),
            report.seconds,
            why.join("; ")
        )),
        Outcome::Cached => Some(format!("  cached   {}", report.branch)),
        Outcome::Failed(_) => Some(format!("  FAILED   {}", report.branch)),
        Outcome::Skipped | Outcome::Stopped => None,
    }
}

/// A number as people write it: 1,000.
fn thousands(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::thousands;

    #[test]
    fn thousands_are_set_apart() {
        let shown = [0, 7, 999, 1000, 65_536, 1_234_567].map(thousands);
        assert_eq!(shown, ["0", "7", "999", "1,000", "65,536", "1,234,567"]);
    }
}
