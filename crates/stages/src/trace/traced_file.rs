//! The raw files of cells.

use serde::Serialize;

use super::made::Made;
use super::raw_cell::RawCell;

/// A raw file with its checksum.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TracedFile {
    /// The source's name in the manifest.
    pub source: String,
    /// The file.
    pub file: String,
    /// The manifest's checksum, which was checked when the file was read.
    pub sha256: String,
    /// How many of the cells are in it.
    pub cells: usize,
}

/// The files of cells, with how many of the cells each has.
pub(super) fn files_of<'c>(made: &Made<'_>, cells: impl IntoIterator<Item = &'c RawCell>) -> Vec<TracedFile> {
    let mut files: Vec<TracedFile> = Vec::new();
    for cell in cells {
        match files.iter_mut().find(|file| file.source == cell.source) {
            Some(file) => file.cells += 1,
            None => files.push(TracedFile {
                source: cell.source.clone(),
                file: cell.address.file.clone(),
                sha256: made.checksum(&cell.source),
                cells: 1,
            }),
        }
    }
    files
}
