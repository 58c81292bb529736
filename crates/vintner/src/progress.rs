//! What a run looks like while it goes on.

use std::io::{IsTerminal, Write, stderr};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use vintner_pipeline::{Observer, Outcome, StageReport};

/// A bar on a terminal, and a line a stage on stderr everywhere.
pub(crate) struct Progress {
    bar: ProgressBar,
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
        Self { bar }
    }

    fn say(&self, line: &str) {
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
    fn planned(&self, branches: usize) {
        self.bar.inc_length(branches as u64);
    }

    fn started(&self, branch: &str) {
        self.bar.set_message(branch.to_owned());
    }

    fn waiting(&self, branch: &str, holder: &str) {
        self.say(&format!("  waiting  {branch}  (for {holder})"));
    }

    fn finished(&self, report: &StageReport) {
        self.say(&line(report));
        for warning in &report.warnings {
            self.say(&format!("           {warning}"));
        }
        self.bar.inc(1);
    }
}

/// A stage's line: what happened, which, how long, how much, why.
pub(crate) fn line(report: &StageReport) -> String {
    let rows = report.rows.map(|rows| format!("  {rows} rows")).unwrap_or_default();
    match &report.outcome {
        Outcome::Ran(why) => {
            format!("  ran      {:<28} {:>7.2} s{rows}  ({})", report.branch, report.seconds, why.join("; "))
        }
        Outcome::Cached => format!("  cached   {}", report.branch),
        Outcome::Failed(_) => format!("  FAILED   {}", report.branch),
        Outcome::Skipped => format!("  skipped  {}", report.branch),
        Outcome::Stopped => format!("  stopped  {}", report.branch),
    }
}
