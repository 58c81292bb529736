//! The likeliest of the layouts under the likeliest of a table's headers.

use super::entities_across_guess::entities_across;
use super::file_guess::DeclaredKeys;
use super::fill_guess::FillGuess;
use super::filled_down::{filled_down, with_filled};
use super::long_guess::{long, timeless};
use super::parts_across_guess::parts_across;
use super::sections_above::{notes_seen, section_columns, sections_seen, with_sections, without};
use super::sections_guess::SectionsGuess;
use super::sheet_view::{SheetView, ViewColumn};
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

/// The rows of a table with what their blank cells mean, or with the headings above them.
enum Grid {
    Filled(Vec<FillGuess>, Vec<GridRow>),
    Sections(SectionsGuess, u32, Vec<GridRow>),
    WithoutNotes(Vec<(String, u32)>, Vec<GridRow>),
}

impl Grid {
    fn of(view: &SheetView<'_>, below: &[GridRow], at: usize) -> Option<Self> {
        let from = at + view.header_rows as usize;
        if let Some(sections) = sections_seen(view) {
            let width = view.columns.iter().map(|column| column.at).max().unwrap_or_default();
            let rows = with_sections(view, below, from, width, &sections);
            return Some(Self::Sections(sections, width, rows));
        }
        let columns = filled_down(view);
        if !columns.is_empty() {
            let rows = with_filled(below, from, &columns);
            return Some(Self::Filled(columns, rows));
        }
        let notes = notes_seen(view);
        (!notes.is_empty()).then(|| {
            let rows = without(below, &notes);
            Self::WithoutNotes(notes, rows)
        })
    }

    fn rows(&self) -> &[GridRow] {
        match self {
            Self::Filled(_, rows) | Self::Sections(.., rows) | Self::WithoutNotes(_, rows) => rows,
        }
    }

    /// A view of these rows that says so.
    fn seen<'r>(&self, mut view: SheetView<'r>) -> SheetView<'r> {
        match self {
            Self::WithoutNotes(notes, _) => view.notes.clone_from(notes),
            Self::Filled(columns, _) => view.fill.clone_from(columns),
            Self::Sections(sections, width, _) => {
                view.columns.retain(|column| column.at <= *width);
                view.columns.extend(section_columns(sections, *width));
                view.sections = Some(sections.clone());
            }
        }
        view
    }
}

/// The likeliest layout under a header, by some of its rows.
fn likeliest<'r>(
    view: SheetView<'r>,
    keys: &DeclaredKeys<'_>,
    crosswalk: Option<&Crosswalk>,
) -> Option<(usize, TableGuess, SheetView<'r>)> {
    let sample = view.sampled();
    let long = long(&sample, keys, crosswalk);
    if long.is_some() && declared_time(&sample, keys).is_some() {
        return long.map(|guess| (usize::MAX, guess, view));
    }
    // A note is left out where it would be a name.
    let is_named = |guess: &TableGuess| {
        let first = view.columns.first().map(|column| &column.name);
        guess.notes.is_empty() || guess.entity.as_ref().map(|entity| &entity.column) == first
    };
    let guesses = [
        long,
        wide(&sample, crosswalk),
        parts_across(&sample, crosswalk),
        entities_across(&sample, crosswalk),
        timeless(&sample, crosswalk),
    ];
    let guesses = guesses.into_iter().flatten().filter(is_named);
    let best = guesses.reduce(|best, next| if next.score > best.score { next } else { best })?;
    Some((best.score, best, view))
}

/// Columns without a header that nothing reads, each with three of its texts.
fn strays(view: &SheetView<'_>, guess: &TableGuess) -> Vec<(String, Vec<String>)> {
    let is_read = |name: &String| {
        guess.is_key(name)
            || guess.row_numbers.as_ref() == Some(name)
            || guess.values.iter().any(|value| value.header.as_ref() == Some(name))
    };
    let unread = view.columns.iter().filter(|column| !column.is_headed && !is_read(&column.name));
    let texts = |column: &ViewColumn| {
        let within = |row: &&&GridRow| guess.last_row.is_none_or(|last| row.number <= last);
        let rows = view.filled.iter().filter(within);
        let filled = rows.map(|row| column.cell(row)).filter(|cell| !cell.is_blank());
        filled.take(3).map(|cell| cell.raw().into_owned()).collect()
    };
    unread
        .map(|column| (column.name.clone(), texts(column)))
        .filter(|(_, texts): &(_, Vec<String>)| !texts.is_empty())
        .collect()
}

/// How many rows under the header are skipped, of which the first heading is none.
fn not_skipped(view: &SheetView<'_>, skipped: u32) -> u32 {
    let levels = view.sections.iter().flat_map(|sections| &sections.levels);
    let first = levels.filter_map(|level| Some(level.headings.first()?.1)).min();
    let above = first.map(|first| view.below.iter().take_while(|row| row.number < first).count());
    above.and_then(|above| u32::try_from(above).ok()).map_or(skipped, |above| above.min(skipped))
}

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
    let grids: Vec<Option<Grid>> = views.iter().map(|(at, view)| Grid::of(view, below, *at)).collect();
    let tried = views.into_iter().zip(&grids).flat_map(|((at, view), grid)| {
        let with = grid.as_ref().and_then(|grid| {
            let mut own = SheetView::of(&merges, grid.rows(), at).into_iter();
            let own = own.find(|own| own.header_rows == view.header_rows)?;
            likeliest(grid.seen(own), keys, crosswalk)
        });
        // With and without what is filled down; rows under headings are of these, and notes are nobody's.
        let without = with.is_none() || matches!(grid, Some(Grid::Filled(..)));
        let without = without.then(|| likeliest(view, keys, crosswalk)).flatten();
        with.into_iter().chain(without)
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
    guess.strays = strays(&view, &guess);
    guess.sections = guess.sections.take().and_then(|sections| sections.until(guess.last_row));
    guess.skip_rows = not_skipped(&view, guess.skip_rows);
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
