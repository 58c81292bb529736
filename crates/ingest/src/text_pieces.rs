//! A text file in pieces that end where a record does, of which one at a time is in memory.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use crate::delimited::{Dialect, end_of_record_from, line_ends_in};

/// The pieces of a file.
pub(crate) struct TextPieces<'d> {
    file: File,
    dialect: Dialect<'d>,
    size: usize,
    /// What was read and not handed on.
    held: Vec<u8>,
    /// Whether all of the file was read.
    is_read: bool,
    /// The line on which the next piece begins, and how many bytes come before it.
    line: u32,
    before: u64,
}

/// Some of a file's bytes, with what comes before them.
#[derive(Debug, PartialEq)]
pub(crate) struct Piece {
    pub(crate) bytes: Vec<u8>,
    pub(crate) line: u32,
    pub(crate) before: u64,
}

impl<'d> TextPieces<'d> {
    /// The pieces of a file, of about `size` bytes each.
    pub(crate) fn open(path: &Path, dialect: Dialect<'d>, size: usize) -> io::Result<Self> {
        let file = File::open(path)?;
        Ok(Self { file, dialect, size: size.max(1), held: Vec::new(), is_read: false, line: 1, before: 0 })
    }

    /// The next piece; nothing at the file's end. It is longer than was asked for where a record is.
    pub(crate) fn next(&mut self) -> io::Result<Option<Piece>> {
        let mut wanted = self.size;
        loop {
            if !self.is_read && self.held.len() < wanted {
                let more = (wanted - self.held.len()) as u64;
                let read = self.file.by_ref().take(more).read_to_end(&mut self.held)?;
                self.is_read = (read as u64) < more;
            }
            if self.held.is_empty() {
                return Ok(None);
            }
            // A record that ends with the bytes that were read may go on behind them.
            let least = self.size.min(self.held.len()) / 2;
            let end = end_of_record_from(&self.held, least, self.dialect);
            if self.is_read || end < self.held.len() {
                let rest = self.held.split_off(end);
                let bytes = std::mem::replace(&mut self.held, rest);
                let piece = Piece { line: self.line, before: self.before, bytes };
                self.line = self.line.saturating_add(line_ends_in(&piece.bytes));
                self.before += piece.bytes.len() as u64;
                return Ok(Some(piece));
            }
            wanted = self.held.len().saturating_mul(2);
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn pieces_are_the_file_and_end_where_records_do(
            text in "[ab;\"\n\r]{0,80}",
            size in 1_usize..40,
        ) {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("d.csv");
            std::fs::write(&path, &text).unwrap();
            let dialect = Dialect { delimiter: ';', comment: None, skips_space: false };
            let mut pieces = TextPieces::open(&path, dialect, size).unwrap();
            let (mut all, mut line) = (Vec::new(), 1);
            while let Some(piece) = pieces.next().unwrap() {
                prop_assert_eq!((piece.line, piece.before), (line, all.len() as u64));
                all.extend_from_slice(&piece.bytes);
                line += line_ends_in(&piece.bytes);
                // Up to here as many records end as in a reading of the whole.
                let is_end = all.len() == text.len() || end_of_record_from(text.as_bytes(), all.len(), dialect) == all.len();
                prop_assert!(is_end, "{:?} of {:?}", all.len(), text);
            }
            prop_assert_eq!(all, text.as_bytes());
        }
    }
}
