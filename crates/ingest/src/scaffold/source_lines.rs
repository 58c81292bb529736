//! One source of a scaffolded manifest: what was guessed, each with what was seen.

use super::column_lines::column_lines;
use super::described::Described;
use super::file_lines::file_lines;
use super::key_lines::key_lines;
use super::manifest_writer::Lines;
use super::number_lines::numbers_line;

/// The lines; `variables` are those that are taken, to which its own are added.
pub(super) fn source_lines(described: &Described<'_>, variables: &mut Vec<String>) -> Lines {
    let mut lines = Lines::default();
    file_lines(described, &mut lines);
    key_lines(described, &mut lines);
    let by_comma = numbers_line(described, &mut lines);
    column_lines(described, by_comma, variables, &mut lines);
    lines
}
