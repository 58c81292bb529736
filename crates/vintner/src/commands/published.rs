//! What is said of published files.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::Path;

use vintner_pipeline::{PublishedState, PublishedStatus, Report};

use crate::error::Result;

/// So many files are named one by one.
const MOST: usize = 12;

/// Says of each published file that isn't as it should be what has become of it; of those that no run made
/// in one line.
pub(super) fn print_remarks(out: &mut impl Write, published: &[PublishedStatus]) -> Result<()> {
    let told = published.iter().filter(|one| one.state != PublishedState::Unknown);
    let told: Vec<_> = told.filter_map(|one| Some((one, one.state.remark()?))).collect();
    for (one, remark) in told.iter().take(MOST) {
        writeln!(out, "  {:<8} {}  ({remark})", one.state.word(), one.path.display())?;
    }
    if told.len() > MOST {
        let more = told.len() - MOST;
        writeln!(out, "  and {more} more published files; `--format json` names all")?;
    }
    let unknown = published.iter().filter(|one| one.state == PublishedState::Unknown);
    let unknown: Vec<String> = unknown.map(|one| one.path.display().to_string()).collect();
    match unknown.as_slice() {
        [] => {}
        [one] => writeln!(out, "  unknown  {one}  (among published files, and no run made it)")?,
        several => {
            let shown = several.iter().take(3).cloned().collect::<Vec<_>>().join(", ");
            let more = if several.len() > 3 { ", …" } else { "" };
            let count = several.len();
            writeln!(out, "  unknown  {count} files among published ones that no run made: {shown}{more}")?;
        }
    }
    Ok(())
}

/// Says which files were in the place of published ones, and where they are now.
pub(super) fn print_set_aside(out: &mut impl Write, report: &Report) -> Result<()> {
    for one in &report.set_aside {
        let (path, aside) = (one.path.display(), one.aside.display());
        writeln!(out, "kept: {path} was edited; what was there is now {aside}")?;
    }
    Ok(())
}

/// Says that a run published into the folder that was named for it.
pub(super) fn print_elsewhere(out: &mut impl Write, report: &Report, folder: &Path) -> Result<()> {
    if !report.published.is_empty() {
        writeln!(out, "published in {}, and nowhere else", folder.display())?;
    }
    Ok(())
}

/// Says where a run with other parameters published.
pub(super) fn print_apart(out: &mut impl Write, report: &Report) -> Result<()> {
    let folders: BTreeSet<&Path> =
        report.published.iter().filter_map(|path| path.ancestors().find(|folder| is_apart(folder))).collect();
    for folder in folders {
        let folder = folder.display();
        writeln!(
            out,
            "published in {folder}, as --set was given; what the pipeline itself publishes is as it was"
        )?;
    }
    Ok(())
}

/// Whether the folder's name says what was set.
fn is_apart(folder: &Path) -> bool {
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    name.split_once('+').is_some_and(|(_, settings)| settings.contains('='))
}
