//! What the lines of a source are made of.

use super::file_guess::Readable;
use super::known::Column;
use super::table_guess::TableGuess;
use crate::crosswalk::Crosswalk;

/// So many texts are listed.
pub(super) const LISTED: usize = 5;

/// What the lines of a source are made of.
pub(super) struct Described<'a> {
    pub(super) name: &'a str,
    pub(super) file: &'a str,
    pub(super) sha256: &'a str,
    pub(super) reading: &'a Readable,
    pub(super) guess: &'a TableGuess,
    pub(super) columns: &'a [Column<'a>],
    pub(super) crosswalk: Option<&'a Crosswalk>,
    /// Whether variables are known, of which alone columns are proposed.
    pub(super) are_known: bool,
}
