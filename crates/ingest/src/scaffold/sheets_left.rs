//! Which sheets of a workbook are tables to be read, and why others aren't.

use super::file_guess::Readable;
use super::table_guess::TableGuess;
use crate::layout::Layout;

/// Sheets that aren't proposed, by name, with the reasons.
pub(super) type SheetsLeft = Vec<(String, String)>;

/// The sheets that are tables. Where one is, those that nobody sees, and those with a single row of values, as the version
/// on a sheet of notes is, are left out.
pub(super) fn tables_among(
    tried: Vec<(Readable, Option<TableGuess>)>,
) -> (Vec<(Readable, TableGuess)>, SheetsLeft) {
    let is_one_row = |guess: &TableGuess| guess.layout == Layout::Long && guess.rows < 2;
    let has_table = tried
        .iter()
        .any(|(reading, guess)| !reading.is_hidden && guess.as_ref().is_some_and(|guess| !is_one_row(guess)));
    let (mut found, mut left) = (Vec::new(), SheetsLeft::new());
    for (reading, guess) in tried {
        let reason = match &guess {
            // A chart's sheet, or an empty one, has nothing to be read.
            None if reading.rows.iter().all(|row| row.is_blank()) => continue,
            None => Some("no row of headers over rows of values"),
            Some(_) if has_table && reading.is_hidden => Some("it is hidden"),
            Some(guess) if has_table && is_one_row(guess) => Some("no two rows of values under a header"),
            Some(_) => None,
        };
        match (reason, guess, &reading.sheet) {
            (None, Some(guess), _) => found.push((reading, guess)),
            (Some(reason), _, Some(sheet)) => left.push((sheet.clone(), reason.to_owned())),
            _ => {}
        }
    }
    (found, left)
}
