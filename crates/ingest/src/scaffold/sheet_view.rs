//! A table under one of the headers that it may have: its columns by name, and its rows.

use std::collections::{BTreeMap, BTreeSet};

use super::fill_guess::FillGuess;
use super::sections_guess::SectionsGuess;
use crate::cell::Cell;
use crate::column_letter::letters;
use crate::fold::{fold, fold_header};
use crate::grid::{CellContent, GridRow};
use crate::header::{Merges, joined};
use crate::number::parse_number;
use crate::shown::Shown;
use crate::year::{may_name_a_year, names_a_year};

/// What stands between the texts of several header rows.
const BETWEEN: &str = " | ";

/// So many cells that count one another are numbers of columns.
const COUNTED: usize = 4;

/// So many rows are looked at to choose a header.
const SAMPLED: usize = 1_500;

/// Rows under a header, and its columns.
#[derive(Debug, Clone)]
pub(super) struct SheetView<'r> {
    pub(super) header_row: u32,
    pub(super) header_rows: u32,
    pub(super) columns: Vec<ViewColumn>,
    /// The row above the header.
    pub(super) above: Option<&'r GridRow>,
    /// The rows of the header.
    pub(super) head: &'r [GridRow],
    /// All rows under it, and those of them that hold anything; some of these where a header is only tried.
    pub(super) below: &'r [GridRow],
    pub(super) filled: Vec<&'r GridRow>,
    /// Columns in which cells hold what stands above them.
    pub(super) fill: Vec<FillGuess>,
    /// Headings that stand on rows of their own.
    pub(super) sections: Option<SectionsGuess>,
    /// Notes that stand on rows of their own, which are left out.
    pub(super) notes: Vec<(String, u32)>,
}

/// A column, or one of several keys in a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ViewColumn {
    pub(super) at: u32,
    /// What a manifest calls it.
    pub(super) name: String,
    /// Whether a text of the header names it.
    pub(super) is_headed: bool,
    /// The texts of several header rows.
    pub(super) parts: Vec<String>,
    part: Option<usize>,
}

impl ViewColumn {
    /// A column that a text names.
    pub(super) fn headed(at: u32, name: &str) -> Self {
        Self { at, name: name.to_owned(), is_headed: true, parts: vec![name.to_owned()], part: None }
    }

    /// What a row has there.
    pub(super) fn cell<'r>(&self, row: &'r GridRow) -> Cell<'r> {
        let cell = row.cell(self.at).as_cell();
        match (self.part, cell) {
            (None, cell) => cell,
            (Some(at), Cell::Text(text)) => Cell::of_text(text.split(',').nth(at).unwrap_or_default()),
            (Some(_), other) => other,
        }
    }
}

/// A number that a cell holds as one, or that its text writes without more ado.
pub(super) fn number_of(cell: Cell<'_>) -> Option<f64> {
    match cell {
        Cell::Number(number) => Some(number),
        Cell::Whole(whole) => Some(whole as f64),
        Cell::Text(text) => parse_number(text),
        Cell::Shown(Shown::Percent { number } | Shown::Formatted { number, .. }) => Some(*number),
        _ => None,
    }
}

/// Whether a cell holds a number or a text that writes one by whatever rule.
pub(super) fn is_numeral(cell: Cell<'_>) -> bool {
    let written = |text: &str| {
        let folded = fold(text);
        let digits = folded.trim_start_matches(['-', '+', '(']);
        let mut characters = digits.trim_end_matches(['%', ')']).chars();
        let divides = |character: char| " .,'’".contains(character);
        characters.next().is_some_and(|first| first.is_ascii_digit() || first == '.' || first == ',')
            && characters.all(|character| character.is_ascii_digit() || divides(character))
            && digits.bytes().any(|byte| byte.is_ascii_digit())
    };
    number_of(cell).is_some() || matches!(cell, Cell::Text(text) if written(text))
}

/// Whether a text is the six digits of a month, or the eight of a day.
fn is_month_of_digits(text: &str) -> bool {
    let digits = text.trim();
    let has_month = digits.get(4..6).is_some_and(|month| ("01"..="12").contains(&month));
    [6, 8].contains(&digits.len())
        && digits.bytes().all(|byte| byte.is_ascii_digit())
        && digits.get(..4).is_some_and(names_a_year)
        && has_month
}

impl<'r> SheetView<'r> {
    /// The views of a table whose header begins at the row of an index; none where that can be no header.
    pub(super) fn of(merges: &Merges<'r>, filled: &'r [GridRow], at: usize) -> Vec<Self> {
        let rows = merges.rows;
        let Some(first) = rows.get(at) else { return Vec::new() };
        // Numbers are no names of columns, but for years; a few may be codes.
        let is_header = |row: &GridRow| {
            let filled: Vec<&CellContent> = row.cells.iter().filter(|cell| !cell.is_blank()).collect();
            // 201801, 201802: months, where several stand there.
            let are_months = filled.iter().filter(|cell| is_month_of_digits(&cell.raw())).count() > 1;
            let other = |cell: &&&CellContent| {
                let raw = cell.raw();
                let is_time = may_name_a_year(&raw) || (are_months && is_month_of_digits(&raw));
                is_numeral(cell.as_cell()) && !is_time
            };
            !filled.is_empty() && filled.iter().filter(other).count() * 20 <= filled.len()
        };
        if first.is_blank() || !is_header(first) {
            return Vec::new();
        }
        let mut views = vec![Self::under(merges, filled, at, 1)];
        for height in 2..=3 {
            let Some(head) = rows.get(at..at + height) else { break };
            if head.iter().all(is_header) && needs_all(head) {
                views.push(Self::under(merges, filled, at, height));
            }
        }
        views
    }

    fn under(merges: &Merges<'r>, rows: &'r [GridRow], at: usize, height: usize) -> Self {
        let head = merges.rows.get(at..at + height).unwrap_or_default();
        let below = rows.get(at + height..).unwrap_or_default();
        let mut filled: Vec<&GridRow> = below.iter().filter(|row| !row.is_blank()).collect();
        if let Some(other) = another_table(head, below) {
            filled.retain(|row| row.number < other);
        }
        filled.retain(|row| !repeats(head, row));
        if filled.first().is_some_and(|row| numbers_columns(row)) {
            filled.remove(0);
        }
        let (cells, parts) = joined(head, BETWEEN, merges);
        let mut times: BTreeMap<String, usize> = BTreeMap::new();
        for (_, text) in &cells {
            *times.entry(fold_header(text)).or_default() += 1;
        }
        let headed: BTreeMap<u32, (&String, &Vec<String>)> =
            cells.iter().zip(&parts).map(|((column, text), parts)| (*column, (text, parts))).collect();
        let width = filled.iter().take(50).map(|row| row.cells.len()).max().unwrap_or_default();
        let width =
            u32::try_from(width.max(head.iter().map(|row| row.cells.len()).max().unwrap_or_default()));
        let mut columns = Vec::new();
        for at in 1..=width.unwrap_or(u32::MAX) {
            let by_place = || format!("column {}", letters(at));
            match headed.get(&at) {
                Some((text, parts)) => {
                    let once = times.get(&fold_header(text)) == Some(&1);
                    let name = if once { (*text).clone() } else { by_place() };
                    columns.push(ViewColumn {
                        at,
                        name,
                        is_headed: true,
                        parts: (*parts).clone(),
                        part: None,
                    });
                }
                None if filled.iter().any(|row| !row.cell(at).is_blank()) => {
                    columns.push(ViewColumn {
                        at,
                        name: by_place(),
                        is_headed: false,
                        parts: Vec::new(),
                        part: None,
                    });
                }
                None => {}
            }
        }
        let divided: Vec<ViewColumn> = columns.iter().flat_map(divided).collect();
        columns.retain(|column| !divided.iter().any(|part| part.at == column.at));
        columns.splice(0..0, divided);
        let header_row = head.first().map_or(1, |row| row.number);
        let above = at.checked_sub(1).and_then(|at| merges.rows.get(at));
        let header_rows = u32::try_from(height).unwrap_or(1);
        Self {
            header_row,
            header_rows,
            columns,
            above,
            head,
            below,
            filled,
            fill: Vec::new(),
            sections: None,
            notes: Vec::new(),
        }
    }

    /// The view with some of its rows, spread over all, by which it is compared with others.
    pub(super) fn sampled(&self) -> Self {
        let step = self.filled.len().div_ceil(SAMPLED).max(1);
        let spread = self.filled.iter().enumerate().filter(|(at, _)| *at < 100 || at % step == 0);
        Self { filled: spread.map(|(_, row)| *row).collect(), ..self.clone() }
    }

    /// The cells of the header's lowest rows over a column, the lowest first, as they are held.
    pub(super) fn head_cells(&self, column: u32) -> impl Iterator<Item = (usize, &'r CellContent)> {
        self.head.iter().enumerate().rev().map(move |(at, row)| (at, row.cell(column)))
    }

    /// How many rows under the header come before the first with data.
    pub(super) fn skipped(&self, first: Option<&GridRow>) -> u32 {
        let at = first.and_then(|first| self.below.iter().position(|row| row.number == first.number));
        u32::try_from(at.unwrap_or_default()).unwrap_or_default()
    }

    /// The last row with data, where something else stands under it.
    pub(super) fn last_row(&self, last: Option<&GridRow>) -> Option<u32> {
        let last = last?.number;
        self.below.iter().any(|row| row.number > last && !row.is_blank()).then_some(last)
    }
}

impl SheetView<'_> {
    /// Whether the row above the header is one itself: each of the header's cells stands under a word, so that
    /// what look like years may be numbers of a first row of data.
    pub(super) fn is_under_names(&self) -> bool {
        let (Some(above), Some(first)) = (self.above, self.head.first()) else { return false };
        let word = |column: u32| {
            let cell = above.cell(column);
            !cell.is_blank() && !is_numeral(cell.as_cell()) && !names_a_year(&cell.raw())
        };
        let filled = (1..).zip(&first.cells).filter(|(_, cell)| !cell.is_blank());
        filled.map(|(column, _)| column).all(word)
    }
}

/// What titles say of a table that goes on from another page.
pub(super) const GOES_ON: [&str; 10] = [
    "continued",
    "cont'd",
    "(cont",
    "(suite",
    "fortsetzung",
    "concluded",
    "продолжение",
    "续表",
    "續表",
    "(续",
];

/// Whether a row says what one of the header's rows says, as after a page break.
fn repeats(head: &[GridRow], row: &GridRow) -> bool {
    let first = row.cells.iter().find(|cell| !cell.is_blank());
    let Some(first) = first.filter(|cell| matches!(cell.as_cell(), Cell::Text(_))) else { return false };
    let same = |own: &&GridRow| {
        let width = own.cells.len().max(row.cells.len());
        let both = || (1..=u32::try_from(width).unwrap_or(u32::MAX)).map(|at| (own.cell(at), row.cell(at)));
        own.cells.iter().any(|cell| cell.raw() == first.raw())
            && both().all(|(one, other)| one.raw().trim() == other.raw().trim())
            && both().filter(|(cell, _)| !cell.is_blank()).count() > 1
    };
    head.iter().any(|own| same(&own))
}

/// The row with the title of another table that has the same header, where one stands on the sheet.
fn another_table(head: &[GridRow], below: &[GridRow]) -> Option<u32> {
    let begins = below.iter().position(|row| repeats(head, row))?;
    let above = below.get(..begins)?.iter().rev().find(|row| !row.is_blank())?;
    let mut filled = above.cells.iter().filter(|cell| !cell.is_blank());
    let title = filled.next().filter(|_| filled.next().is_none())?.raw().to_lowercase();
    let goes_on = GOES_ON.iter().any(|word| title.contains(word));
    (!goes_on && begins > 1).then_some(above.number)
}

/// Whether a row under a header counts its columns, as Indian and Russian tables do: 1, 2, 3, 4 or (1), (2), (3), (4).
fn numbers_columns(row: &GridRow) -> bool {
    let cells = row.cells.iter().filter(|cell| !cell.is_blank());
    let counted: Vec<Option<f64>> = cells
        .map(|cell| match cell.as_cell() {
            Cell::Text(text) => {
                parse_number(text.trim().trim_start_matches(['(', '[']).trim_end_matches([')', ']']))
            }
            cell => number_of(cell),
        })
        .collect();
    let first = counted.first().copied().flatten();
    counted.len() >= COUNTED
        && first.is_some_and(|first| first == 1.0 || first == 2.0)
        && counted.iter().zip(counted.iter().skip(1)).all(|(one, next)| match (one, next) {
            (Some(one), Some(next)) => *next == one + 1.0,
            _ => false,
        })
}

/// The keys of a column whose header names several, as Eurostat's `unit,geo\time`.
fn divided(column: &ViewColumn) -> Vec<ViewColumn> {
    let Some((keys, _)) = column.name.split_once('\\').filter(|(keys, _)| keys.contains(',')) else {
        return Vec::new();
    };
    let parts = keys.split(',').enumerate();
    parts
        .map(|(at, name)| ViewColumn { name: name.trim().to_owned(), part: Some(at), ..column.clone() })
        .collect()
}

/// Whether a header's last row doesn't name its columns without those above it.
fn needs_all(head: &[GridRow]) -> bool {
    let Some((last, above)) = head.split_last() else { return false };
    let texts: Vec<String> =
        last.cells.iter().filter(|cell| !cell.is_blank()).map(|cell| fold_header(&cell.raw())).collect();
    // A text alone stands over rows of its own.
    if texts.len() < 2 {
        return false;
    }
    let doubled = texts.iter().collect::<BTreeSet<_>>().len() < texts.len();
    above.iter().all(|row| {
        let own: Vec<u32> =
            (1..).zip(&row.cells).filter(|(_, cell)| !cell.is_blank()).map(|(at, _)| at).collect();
        own.len() > 1 && (doubled || own.iter().any(|at| last.cell(*at).is_blank()))
    })
}
