//! The likeliest of the layouts under the likeliest of a table's headers.

use super::entities_across_guess::entities_across;
use super::file_guess::DeclaredKeys;
use super::fill_guess::FillGuess;
use super::filled_down::{filled_down, with_filled};
use super::long_guess::{long, timeless};
use super::parts_across_guess::parts_across;
use super::sheet_view::SheetView;
use super::table_guess::TableGuess;
use super::time_column::declared_time;
use super::wide_guess::wide;
use crate::column_letter::letters;
use crate::crosswalk::Crosswalk;
use crate::grid::GridRow;
use crate::header::Merges;
use crate::layout::Layout;
use crate::merged;
use crate::merged_region::MergedRegion;
use crate::year::names_a_year;

/// Rows among which a header is looked for.
const HEADER_ROWS: usize = 20;

/// The likeliest table among the rows.
pub(super) fn table(
    rows: &[GridRow],
    regions: &[MergedRegion],
    keys: &DeclaredKeys<'_>,
    crosswalk: Option<&Crosswalk>,
) -> Option<TableGuess> {
    let filled = (!regions.is_empty()).then(|| merged::filled(rows, regions));
    let below = filled.as_deref().unwrap_or(rows);
    let merges = Merges { regions, rows };
    let candidates = rows.iter().enumerate().filter(|(_, row)| !row.is_blank()).take(HEADER_ROWS);
    let views: Vec<(usize, SheetView<'_>)> = candidates
        .flat_map(|(at, _)| SheetView::of(&merges, below, at).into_iter().map(move |view| (at, view)))
        .collect();
    let grids: Vec<Option<(Vec<FillGuess>, Vec<GridRow>)>> = views
        .iter()
        .map(|(at, view)| {
            let columns = filled_down(view);
            let from = at + view.header_rows as usize;
            (!columns.is_empty()).then(|| (columns.clone(), with_filled(below, from, &columns)))
        })
        .collect();
    // With and without what is filled down.
    let views = views.into_iter().zip(&grids).flat_map(|((at, view), grid)| {
        let with = grid.as_ref().and_then(|(columns, rows)| {
            let mut own = SheetView::of(&merges, rows, at).into_iter();
            let own = own.find(|own| own.header_rows == view.header_rows)?;
            Some(SheetView { fill: columns.clone(), ..own })
        });
        with.into_iter().chain([view])
    });
    let tried = views.filter_map(|view| {
        let sample = view.sampled();
        let long = long(&sample, keys, crosswalk);
        if long.is_some() && declared_time(&sample, keys).is_some() {
            return long.map(|guess| (usize::MAX, guess, view));
        }
        let guesses = [
            long,
            wide(&sample, crosswalk),
            parts_across(&sample, crosswalk),
            entities_across(&sample, crosswalk),
            timeless(&sample, crosswalk),
        ];
        let best = guesses
            .into_iter()
            .flatten()
            .reduce(|best, next| if next.score > best.score { next } else { best });
        best.map(|guess| (guess.score, guess, view))
    });
    // The earliest of equals: a header stands above its data.
    let (_, sample, view) = tried.reduce(|best, next| if next.0 > best.0 { next } else { best })?;
    let mut guess = match (sample.layout, &sample.time) {
        (Layout::Wide, None) => wide(&view, crosswalk),
        (Layout::Wide, Some(_)) => parts_across(&view, crosswalk),
        (Layout::EntitiesAcross, _) => entities_across(&view, crosswalk),
        (Layout::Long, None) => timeless(&view, crosswalk),
        (Layout::Long, Some(_)) => long(&view, keys, crosswalk),
    }?;
    let filled = view.fill.iter().filter_map(|own| {
        let column = view.columns.iter().find(|column| column.at == own.column)?;
        Some((column.name.clone(), own.fill()))
    });
    let examples = view.fill.iter().filter_map(|own| {
        let column = view.columns.iter().find(|column| column.at == own.column)?;
        let own_row = |number: u32| {
            rows.binary_search_by_key(&number, |row| row.number).ok().and_then(|at| rows.get(at))
        };
        let differs = |row: &&&GridRow| {
            own_row(row.number).is_some_and(|before| before.cell(own.column) != row.cell(own.column))
        };
        // The first part of a year that has its own is written otherwise, and says the same.
        let is_blank = |row: &&&GridRow| {
            own.years_of.is_none()
                || own_row(row.number).is_some_and(|own| !names_a_year(&own.cell(column.at).raw()))
        };
        let row = view.filled.iter().filter(differs).find(is_blank)?;
        let place = format!("{}{}", letters(own.column), row.number);
        Some((column.name.clone(), (place, column.cell(row).raw().into_owned())))
    });
    let examples: Vec<(String, (String, String))> = examples.collect();
    guess.fill = filled.filter(|(name, _)| guess.is_key(name) || guess.has_texts(name)).collect();
    let is_filled = |name: &String| guess.fill.iter().any(|(own, _)| own == name);
    let examples = examples.into_iter().filter(|(name, _)| is_filled(name));
    guess.fill_examples = examples.map(|(_, example)| example).collect();
    Some(guess)
}
