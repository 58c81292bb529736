//! Lines of branches and their states.

use std::io::Write;

use crate::branch_list::grouped;
use crate::error::Result;
use crate::terminal::{Page, Tone};

/// A branch, its state in a word, and more about it.
pub(crate) struct StateLine<'a> {
    pub(crate) word: &'static str,
    pub(crate) tone: Tone,
    pub(crate) branch: &'a str,
    pub(crate) detail: String,
    /// A line of its own under it.
    pub(crate) below: Option<String>,
}

/// Prints a line for each; on a screen one for all of which the same is said. Words take so many columns.
pub(crate) fn print<W: Write>(page: &mut Page<W>, lines: &[StateLine<'_>], columns: usize) -> Result<()> {
    let mut groups: Vec<(&StateLine<'_>, Vec<&str>)> = Vec::new();
    for line in lines {
        let is_like = |other: &StateLine<'_>| {
            (other.word, &other.detail) == (line.word, &line.detail)
                && line.below.is_none()
                && other.below.is_none()
        };
        let on_screen = page.screen().columns.is_some();
        match groups.iter_mut().find(|(other, _)| on_screen && is_like(other)) {
            Some((_, branches)) => branches.push(line.branch),
            None => groups.push((line, vec![line.branch])),
        }
    }
    for (line, branches) in groups {
        let word = page.paint(line.tone, &format!("{:<columns$}", line.word));
        let detail = if line.detail.is_empty() { String::new() } else { format!("  ({})", line.detail) };
        let branches = match branches[..] {
            [one] => one.to_owned(),
            ref several => grouped(several),
        };
        writeln!(page, "  {word}  {branches}{detail}")?;
        if let Some(below) = &line.below {
            writeln!(page, "           {below}")?;
        }
    }
    Ok(())
}
