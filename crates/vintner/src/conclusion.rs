//! The last lines of a run: what ran, what it warned of, what changed, where it is.

use std::io::Write;
use std::path::PathBuf;

use vintner_pipeline::{Outcome, Report, StageReport};
use vintner_stages::count;

use crate::branch_list::grouped;
use crate::error::Result;
use crate::printable::printable;
use crate::progress;
use crate::terminal::{Page, Screen, Tone, say};
use crate::warnings::alike;
use crate::workspace::Volume;

/// So many lines of what ran are shown where lines aren't kept, and so many warnings.
const MOST: usize = 8;

/// Says what a run did: unless each branch has had its line already, what ran and why; and its warnings,
/// each once.
pub(crate) fn say_what_ran(report: &Report, volume: Volume) {
    let screen = Screen::stderr();
    if volume == Volume::Quiet {
        return;
    }
    if screen.is_live && volume == Volume::Usual {
        let ran = ran(report);
        ran.iter().take(MOST).for_each(|ran| say(&ran.line(&screen)));
        if let Some(more @ 1..) = ran.len().checked_sub(MOST) {
            let branches: usize = ran.iter().skip(MOST).map(|ran| ran.branches.len()).sum();
            say(&format!("  and {} for {more} more reasons: -v names each", count(branches, "stage")));
        }
    }
    say_warnings(report, volume, &screen);
}

/// Branches that ran for one reason.
struct Ran<'a> {
    branches: Vec<&'a StageReport>,
    why: &'a [String],
}

fn ran(report: &Report) -> Vec<Ran<'_>> {
    let mut found: Vec<Ran<'_>> = Vec::new();
    for branch in &report.stages {
        let Outcome::Ran(why) = &branch.outcome else { continue };
        match found.iter_mut().find(|ran| ran.why == why) {
            Some(ran) => ran.branches.push(branch),
            None => found.push(Ran { branches: vec![branch], why }),
        }
    }
    found
}

impl Ran<'_> {
    fn line(&self, screen: &Screen) -> String {
        let seconds: f64 = self.branches.iter().map(|branch| branch.seconds).sum();
        let names: Vec<&str> = self.branches.iter().map(|branch| branch.branch.as_str()).collect();
        let names = grouped(&names);
        progress::ran(screen, &names, &format!("{seconds:>7.2} s"), &self.why.join("; "))
    }
}

/// What there is to say of a vintage each time.
pub(crate) fn say_remarks(remarks: &[String], screen: &Screen) {
    let label = screen.paint(Tone::Warning, "warning:");
    remarks.iter().for_each(|remark| say(&format!("{label} {}", printable(remark))));
}

/// Each warning once. Those of what was cached were told when it ran.
fn say_warnings(report: &Report, volume: Volume, screen: &Screen) {
    say_remarks(&report.remarks, screen);
    let label = screen.paint(Tone::Warning, "warning:");
    if volume == Volume::Loud {
        for branch in &report.stages {
            for warning in &branch.warnings {
                say(&format!("{label} {}", printable(&format!("{}: {warning}", branch.branch))));
            }
        }
        return;
    }
    let is_new = |branch: &&StageReport| branch.outcome != Outcome::Cached;
    let new = alike(report.stages.iter().filter(is_new));
    for one in new.iter().take(MOST) {
        let more = match one.times - 1 {
            0 => String::new(),
            more => format!(" (and {more} more like it)"),
        };
        say(&format!("{label} {}", printable(&format!("{}: {}{more}", one.branch, one.text))));
    }
    let old: usize =
        report.stages.iter().filter(|branch| !is_new(branch)).map(|branch| branch.warnings.len()).sum();
    let unsaid: usize = new.iter().skip(MOST).map(|one| one.times).sum();
    let mut counts = Vec::new();
    if unsaid > 0 {
        counts.push(count(unsaid, "more warning"));
    }
    if old > 0 {
        counts.push(format!(
            "{} of what is cached",
            if unsaid > 0 { old.to_string() } else { count(old, "warning") }
        ));
    }
    if !counts.is_empty() {
        say(&screen
            .paint(Tone::Aside, &format!("{}: -v shows all, .vintner/logs has each", counts.join(", "))));
    }
}

/// Tells how many stages ran and how many were cached.
pub(crate) fn print_counts<W: Write>(page: &mut Page<W>, report: &Report) -> Result<()> {
    let vintage = page.paint(Tone::Strong, &report.vintage);
    let total = count(report.stages.len(), "stage");
    match report.ran() {
        0 => writeln!(page, "{vintage}: {total}, all cached: nothing to do")?,
        ran => writeln!(page, "{vintage}: {total}, {ran} ran, {} cached", report.cached())?,
    }
    Ok(())
}

/// Tells where what was published is: what people read first, and how much there is beside it.
pub(crate) fn print_published<W: Write>(page: &mut Page<W>, report: &Report, volume: Volume) -> Result<()> {
    if volume == Volume::Loud {
        for path in &report.published {
            writeln!(page, "{}", path.display())?;
        }
        return Ok(());
    }
    let Some(first) = first_read(&report.published) else { return Ok(()) };
    let shown = page.paint(Tone::Strong, &first.display().to_string());
    match report.published.len() - 1 {
        0 => writeln!(page, "{shown}")?,
        others => writeln!(page, "{shown} and {}", count(others, "more file"))?,
    }
    Ok(())
}

/// The file that people read first: the first page, else the first file.
fn first_read(published: &[PathBuf]) -> Option<&PathBuf> {
    let pages = ["md", "html", "pdf"];
    let is_page =
        |path: &&PathBuf| path.extension().is_some_and(|ending| pages.iter().any(|page| ending == *page));
    let depth = |path: &&PathBuf| path.components().count();
    published.iter().filter(is_page).min_by_key(depth).or(published.first())
}
