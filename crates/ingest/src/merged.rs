//! Merged cells under a header: whether what they show is each cell's or the first's alone has to be said.

use crate::column_letter::letters;
use crate::grid::{CellContent, GridRow};
use crate::merged_region::MergedRegion;
use crate::shown::Shown;
use crate::source::{MergedCells, Source};
use crate::table::{Table, Unreadable};

/// So many cells are looked at for those that are merged; regions of a sound workbook don't overlap.
const CELLS: usize = 20_000_000;

/// So many regions are named.
const NAMED: usize = 3;

/// Does with the merged cells of a table's rows as the manifest says. Where it says nothing, a cell that may hold what
/// the first of them shows is left unsure, which is a fault where it is read. Warnings are of the header's.
pub(crate) fn apply(table: &mut Table, source: &Source) -> Result<Vec<String>, Unreadable> {
    let head = HeaderRows::of(source);
    let warnings = header_warnings(table, &head);
    let changes = covered(&table.rows, &table.merged, head.body, source.last_row.unwrap_or(u32::MAX))
        .ok_or_else(|| Unreadable {
            sheet: table.sheet.clone(),
            message: "not a readable sheet: its merged cells cover one another".into(),
            hint: "open the workbook in a spreadsheet programme, undo the merging, and save it".into(),
        })?;
    for change in &changes {
        let content = match source.merged {
            Some(MergedCells::Fill) => change.shown.clone(),
            Some(MergedCells::First) => CellContent::Empty,
            None => change.unsure(),
        };
        put(&mut table.rows, change, content);
    }
    Ok(warnings)
}

/// The rows with what merged cells show in each of these, wherever they stand.
pub(crate) fn filled(rows: &[GridRow], merged: &[MergedRegion]) -> Vec<GridRow> {
    let mut filled = rows.to_vec();
    for change in covered(rows, merged, 0, u32::MAX).unwrap_or_default() {
        let content = change.shown.clone();
        put(&mut filled, &change, content);
    }
    filled
}

/// The merged regions under a header whose cells may each hold what is shown, with what that is.
pub(crate) fn regions_in_body(
    rows: &[GridRow],
    merged: &[MergedRegion],
    first: u32,
    last: u32,
) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    for change in covered(rows, merged, first, last).unwrap_or_default() {
        let name = name(&change.region);
        if found.last().is_none_or(|(last, _)| *last != name) {
            found.push((name, change.shown.raw()));
        }
    }
    found
}

/// Which rows are the header's.
struct HeaderRows {
    first: u32,
    last: u32,
    /// The first under it and under what is skipped.
    body: u32,
}

impl HeaderRows {
    fn of(source: &Source) -> Self {
        let last = source.header_row.saturating_add(source.header_rows.max(1) - 1);
        let body = last.saturating_add(source.skip_rows).saturating_add(1);
        Self { first: source.header_row, last, body }
    }
}

/// A cell that isn't the first of its region.
struct Covered {
    row: u32,
    column: u32,
    region: MergedRegion,
    /// What the region shows.
    shown: CellContent,
    /// What the cell holds beneath it.
    held: CellContent,
}

impl Covered {
    fn unsure(&self) -> CellContent {
        let (cell, region) = (place(self.row, self.column), name(&self.region));
        let shown = self.shown.raw();
        let message = if self.held.is_blank() {
            format!(
                "{cell} is one of the merged cells {region}, which show {shown:?}: each of them may have it, or the \
                 first alone"
            )
        } else {
            format!(
                "{cell} holds {:?} beneath the merged cells {region}, which show {shown:?}",
                self.held.raw()
            )
        };
        let hint = "declare for the source in vintage.yaml `merged: fill` if each cell has what is shown, `merged: first` \
                    if the first alone has it";
        CellContent::unsure(self.held.raw(), message, hint)
    }
}

/// The cells of some rows that lie in merged regions and may hold what these show; nothing where there are more than
/// can be. A text over several columns of one row is a heading or a note, and no cell's beside the first.
fn covered(rows: &[GridRow], merged: &[MergedRegion], first: u32, last: u32) -> Option<Vec<Covered>> {
    let mut changes = Vec::new();
    let mut seen = 0_usize;
    let width = rows.iter().map(|row| row.cells.len()).max().unwrap_or_default();
    let width = u32::try_from(width).unwrap_or(u32::MAX);
    for region in merged.iter().filter(|region| (first..=last).contains(&region.first_row)) {
        let Some(shown) = row_of(rows, region.first_row).map(|row| row.cell(region.first_column)) else {
            continue;
        };
        if shown.is_blank() {
            continue;
        }
        let is_value = is_value(shown);
        let from = rows.partition_point(|row| row.number < region.first_row);
        let within = rows.iter().skip(from).take_while(|row| row.number <= region.last_row.min(last));
        for row in within {
            seen += row.cells.len();
            if seen > CELLS {
                return None;
            }
            let beside = (1..=u32::try_from(row.cells.len()).unwrap_or(u32::MAX))
                .any(|column| !region.has_column(column) && !row.cell(column).is_blank());
            if !beside {
                continue;
            }
            for column in region.first_column..=region.last_column.min(width) {
                let is_first = (row.number, column) == (region.first_row, region.first_column);
                let held = row.cell(column);
                let may_hold = is_value || (region.is_tall() && column == region.first_column);
                if !is_first && (may_hold || !held.is_blank()) {
                    changes.push(Covered {
                        row: row.number,
                        column,
                        region: *region,
                        shown: shown.clone(),
                        held: held.clone(),
                    });
                }
            }
        }
    }
    Some(changes)
}

/// Whether content is a value rather than a word.
fn is_value(content: &CellContent) -> bool {
    match content {
        CellContent::Number(_) | CellContent::Boolean(_) | CellContent::Date(_) => true,
        CellContent::Shown(shown) => match shown.as_ref() {
            Shown::Formatted { .. } | Shown::Percent { .. } | Shown::Unsure { .. } => true,
            Shown::Noted { text, .. } => is_numeral(text),
        },
        CellContent::Text(text) => is_numeral(text),
        CellContent::Empty | CellContent::Error(_) | CellContent::Missing(_) => false,
    }
}

fn is_numeral(text: &str) -> bool {
    text.chars().any(|character| character.is_ascii_digit()) && !text.chars().any(char::is_alphabetic)
}

fn put(rows: &mut [GridRow], change: &Covered, content: CellContent) {
    let Ok(at) = rows.binary_search_by_key(&change.row, |row| row.number) else { return };
    let (Some(row), Some(column)) = (rows.get_mut(at), (change.column as usize).checked_sub(1)) else {
        return;
    };
    if row.cells.len() <= column {
        row.cells.resize(column + 1, CellContent::Empty);
    }
    if let Some(cell) = row.cells.get_mut(column) {
        *cell = content;
    }
}

fn row_of(rows: &[GridRow], number: u32) -> Option<&GridRow> {
    rows.get(rows.binary_search_by_key(&number, |row| row.number).ok()?)
}

fn header_warnings(table: &Table, head: &HeaderRows) -> Vec<String> {
    let mut warnings = Vec::new();
    let text = |region: &MergedRegion| {
        let row = row_of(&table.rows, region.first_row)?;
        let content = row.cell(region.first_column);
        (!content.is_blank()).then(|| content.header_text())
    };
    let of_header = |region: &&MergedRegion| (head.first..=head.last).contains(&region.first_row);
    let reaching: Vec<String> = table
        .merged
        .iter()
        .filter(of_header)
        .filter(|region| region.last_row >= head.body && text(region).is_some())
        .map(name)
        .collect();
    if let Some(last) = table
        .merged
        .iter()
        .filter(of_header)
        .map(|region| region.last_row)
        .max()
        .filter(|_| !reaching.is_empty())
    {
        warnings.push(format!(
            "merged cells of the header reach under it ({}): declare `header_rows: {}`, or `skip_rows` where what \
             stands beside them is no data",
            few(&reaching),
            last - head.first + 1
        ));
    }
    // A header over several columns, of which one is read.
    let over: Vec<String> = table
        .merged
        .iter()
        .filter(of_header)
        .filter(|region| region.is_wide() && region.last_row == head.last)
        .filter_map(|region| {
            let own = row_of(&table.rows, head.last);
            let used = (region.first_column + 1..=region.last_column).filter(|column| {
                let named =
                    region.first_row < head.last || own.is_some_and(|row| !row.cell(*column).is_blank());
                let mut below = table.rows.iter().filter(|row| row.number >= head.body);
                !named && below.any(|row| is_value(row.cell(*column)))
            });
            let used: Vec<String> =
                used.take(NAMED).map(|column| format!("column {}", letters(column))).collect();
            let text = text(region).filter(|_| !used.is_empty())?;
            Some(format!("{text:?} ({}) over {}", name(region), used.join(", ")))
        })
        .collect();
    if !over.is_empty() {
        warnings.push(format!(
            "headers are merged over columns with values of which the first alone is read by that name: {}; \
             the others can be read by their place",
            few(&over)
        ));
    }
    warnings
}

/// The names of the first few.
fn few(names: &[String]) -> String {
    let more = if names.len() > NAMED { format!(" and {} more", names.len() - NAMED) } else { String::new() };
    let named: Vec<&str> = names.iter().take(NAMED).map(String::as_str).collect();
    format!("{}{more}", named.join(", "))
}

fn place(row: u32, column: u32) -> String {
    format!("{}{row}", letters(column))
}

/// `A2:A3`.
fn name(region: &MergedRegion) -> String {
    let first = place(region.first_row, region.first_column);
    format!("{first}:{}", place(region.last_row, region.last_column))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(number: u32, texts: &[&str]) -> GridRow {
        GridRow { number, cells: texts.iter().map(|text| CellContent::from_text(*text)).collect() }
    }

    fn region(first: (u32, u32), last: (u32, u32)) -> MergedRegion {
        MergedRegion { first_row: first.0, first_column: first.1, last_row: last.0, last_column: last.1 }
    }

    fn texts(rows: &[GridRow]) -> Vec<Vec<String>> {
        rows.iter().map(|row| row.cells.iter().map(CellContent::raw).collect()).collect()
    }

    #[test]
    fn names_hold_downwards_and_values_everywhere() {
        let rows = [row(2, &["A", "2000", "1"]), row(3, &["", "2001", ""]), row(4, &["B", "2000", "3.5"])];
        let merged = [region((2, 1), (3, 1)), region((2, 3), (3, 3))];
        assert_eq!(
            texts(&filled(&rows, &merged)),
            [["A", "2000", "1"], ["A", "2001", "1"], ["B", "2000", "3.5"]]
        );
        assert_eq!(
            regions_in_body(&rows, &merged, 2, 9),
            [("A2:A3", "A"), ("C2:C3", "1")].map(|(name, text)| (name.to_owned(), text.to_owned()))
        );
    }

    #[test]
    fn headings_and_notes_are_no_values() {
        let rows = [
            row(2, &["East", "", ""]),
            row(3, &["A", "1", "2"]),
            row(4, &["Note: as of", "", ""]),
            row(5, &[]),
        ];
        let merged = [region((2, 1), (2, 3)), region((4, 1), (5, 3))];
        assert_eq!(filled(&rows, &merged), rows);
        // A value over two columns may be of both.
        let rows = [row(3, &["A", "1", ""])];
        assert_eq!(texts(&filled(&rows, &[region((3, 2), (3, 3))])), [["A", "1", "1"]]);
    }

    #[test]
    fn regions_without_end_are_refused() {
        let rows: Vec<GridRow> = (1..2_000).map(|number| row(number, &["1"; 100])).collect();
        let merged = vec![region((1, 1), (u32::MAX, u32::MAX)); 1_000];
        assert!(covered(&rows, &merged, 0, u32::MAX).is_none());
    }
}
