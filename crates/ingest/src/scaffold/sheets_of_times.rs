//! Sheets of a workbook that are one table: laid out alike, and each called by its time.

use std::collections::BTreeSet;

use super::file_guess::Readable;
use super::table_guess::TableGuess;
use super::time_reading::{TimeReading, time_in};
use super::times_seen::times_seen;
use crate::cell::Cell;
use crate::layout::Layout;
use crate::parts::SHEET;

/// The tables, those of sheets that are each of a time as one, in the place of the first.
pub(super) fn sheets_of_times(mut found: Vec<(Readable, TableGuess)>) -> Vec<(Readable, TableGuess)> {
    let of_time = |(reading, guess): &(Readable, TableGuess)| {
        let sheet = reading.sheet.as_deref()?;
        let timeless = guess.layout == Layout::Long && guess.time.is_none();
        time_in(Cell::of_text(sheet), TimeReading::default()).filter(|_| timeless).map(|(_, time)| time)
    };
    let places: Vec<usize> =
        (0..found.len()).filter(|at| found.get(*at).is_some_and(|one| of_time(one).is_some())).collect();
    let times: BTreeSet<String> = places.iter().filter_map(|at| of_time(found.get(*at)?)).collect();
    let Some(first) = places.first().and_then(|at| found.get(*at)) else { return found };
    let alike = places.iter().filter_map(|at| found.get(*at)).all(|one| is_alike(&first.1, &one.1));
    if places.len() < 2 || times.len() < places.len() || !alike {
        return found;
    }
    let sheets: Vec<String> = places.iter().filter_map(|at| found.get(*at)?.0.sheet.clone()).collect();
    let Some(seen) = times_seen(sheets.iter().map(|sheet| Cell::of_text(sheet))) else { return found };
    let mut others: Vec<TableGuess> = Vec::new();
    for at in places.iter().skip(1).rev() {
        others.push(found.remove(*at).1);
    }
    if let Some((reading, guess)) = places.first().and_then(|at| found.get_mut(*at)) {
        reading.sheet = None;
        reading.sheets = sheets;
        guess.time = Some(SHEET.to_owned());
        guess.times = seen;
        for other in others.into_iter().rev() {
            guess.score += other.score;
            if let (Some(own), Some(entity)) = (&mut guess.entity, other.entity) {
                own.found.extend(entity.found);
                let new: Vec<String> =
                    entity.names.into_iter().filter(|name| !own.names.contains(name)).collect();
                own.names.extend(new);
            }
        }
    }
    found
}

/// Whether two tables have the same columns in the same rows.
fn is_alike(one: &TableGuess, other: &TableGuess) -> bool {
    let shape =
        |guess: &TableGuess| (guess.header_row, guess.header_rows, guess.skip_rows, guess.category.clone());
    let entity = |guess: &TableGuess| guess.entity.as_ref().map(|entity| entity.column.clone());
    let headers = |guess: &TableGuess| -> BTreeSet<Option<String>> {
        guess.values.iter().map(|value| value.header.clone()).collect()
    };
    shape(one) == shape(other)
        && entity(one) == entity(other)
        && headers(one) == headers(other)
        && one.last_row.is_none()
        && other.last_row.is_none()
}
